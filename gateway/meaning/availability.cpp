#include "gateway/meaning/availability.hpp"

#include <algorithm>
#include <numeric>

namespace xalink::meaning {
namespace {

using State = Segment::State;

// One outage of the timeline goes through breaks of the hours that are looked at; it ends where the timeline
// says so.
class Outages {
 public:
  explicit Outages(Tally& tally) : tally_(tally) {}

  void add(Milliseconds length) {
    if (!open_) {
      ++tally_.outages;
      open_ = true;
      length_ = Milliseconds::zero();
    }
    length_ += length;
    tally_.longest = std::max(tally_.longest, length_);
  }
  void end() { open_ = false; }

 private:
  Tally& tally_;
  bool open_ = false;
  Milliseconds length_{};
};

void add(Tally& tally, const Segment& segment, Milliseconds length) {
  switch (segment.state) {
    case State::up: tally.up += length; break;
    case State::down:
      tally.down[index(segment.cause)] += length;
      if (segment.cause == Cause::services) tally.services[segment.subject] += length;
      break;
    case State::no_board: tally.without_board += length; [[fallthrough]];
    case State::unknown: tally.unknown += length; break;
  }
  if (segment.estimated) tally.estimated += length;
}

}  // namespace

std::optional<double> Share::value() const {
  if (denominator <= Milliseconds::zero()) return std::nullopt;
  return static_cast<double>(numerator.count()) / static_cast<double>(denominator.count());
}

Milliseconds Tally::down_total() const {
  return std::accumulate(down.begin(), down.end(), Milliseconds::zero());
}

Milliseconds Tally::outage_time() const {
  return down_total() - down_by(Cause::switched_off);
}

Milliseconds Tally::powered_on() const {
  return known() - down_by(Cause::switched_off) - down_by(Cause::power);
}

std::optional<Milliseconds> Tally::mean_time_to_repair() const {
  if (outages == 0) return std::nullopt;
  return outage_time() / static_cast<std::int64_t>(outages);
}

std::optional<Milliseconds> Tally::mean_time_between_failures() const {
  if (outages == 0) return std::nullopt;
  return up / static_cast<std::int64_t>(outages);
}

Tally& Tally::operator+=(const Tally& other) {
  period += other.period;
  up += other.up;
  unknown += other.unknown;
  without_board += other.without_board;
  estimated += other.estimated;
  for (std::size_t i = 0; i < kCauseCount; ++i) down[i] += other.down[i];
  for (const auto& [name, time] : other.services) services[name] += time;
  outages += other.outages;
  longest = std::max(longest, other.longest);
  return *this;
}

Share availability(const Tally& tally, Base base, Demand demand) {
  Share share{tally.up, base == Base::known_time ? tally.known() : tally.powered_on()};
  if (demand == Demand::line)
    share.numerator += tally.down_by(Cause::services) + tally.down_by(Cause::gateway);
  return share;
}

Availability& Availability::operator+=(const Availability& other) {
  all_hours += other.all_hours;
  office_hours += other.office_hours;
  return *this;
}

Tally tally(const Timeline& timeline, const std::vector<Interval>& hours) {
  Tally sums;
  Outages outages(sums);
  auto hour = hours.begin();
  for (const auto& segment : timeline.segments) {
    const bool outage = segment.state == State::down && is_outage(segment.cause);
    if (!outage) outages.end();
    while (hour != hours.end() && hour->end <= segment.span.begin) ++hour;
    for (auto at = hour; at != hours.end() && at->begin < segment.span.end; ++at) {
      const auto length = common_part(*at, segment.span).length();
      sums.period += length;
      add(sums, segment, length);
      if (outage && length > Milliseconds::zero()) outages.add(length);
    }
  }
  return sums;
}

Availability measure(const Timeline& timeline, const std::vector<Interval>& scope,
                     const std::vector<Interval>& office) {
  return {tally(timeline, scope), tally(timeline, common_parts(scope, office))};
}

}  // namespace xalink::meaning
