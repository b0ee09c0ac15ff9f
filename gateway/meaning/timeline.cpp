#include "gateway/meaning/timeline.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

namespace xalink::meaning {
namespace {

using State = Segment::State;

void append(Timeline& timeline, Segment segment) {
  if (segment.span.empty()) return;
  if (!timeline.segments.empty()) {
    auto& last = timeline.segments.back();
    if (std::tie(last.state, last.cause, last.subject, last.estimated) ==
        std::tie(segment.state, segment.cause, segment.subject, segment.estimated)) {
      last.span.end = segment.span.end;
      return;
    }
  }
  timeline.segments.push_back(std::move(segment));
}

// What holds at one moment, lowest cause first, sure before estimated.
struct Active {
  std::multiset<std::tuple<Cause, std::string, bool>> down;
  int sure = 0;
  int guessed = 0;

  [[nodiscard]] Segment state() const {
    Segment segment;
    if (!down.empty()) {
      segment.state = State::down;
      std::tie(segment.cause, segment.subject, segment.estimated) = *down.begin();
    } else if (sure + guessed > 0) {
      segment.state = State::up;
      segment.estimated = sure == 0;
    }
    return segment;
  }
};

struct Edge {
  WallTime at;
  bool begins = false;
  const DownSpan* down = nullptr;  // else presence
  bool estimated = false;
};

class Cursor {
 public:
  explicit Cursor(const Member& member) : member_(member) {}

  // The site's state at `at`, and the moment up to which it stays so. Moments must not go back.
  [[nodiscard]] const Segment* at(WallTime at, WallTime& until) {
    while (part_ < member_.when.size() && member_.when[part_].end <= at) ++part_;
    if (part_ == member_.when.size()) return nullptr;
    const auto& part = member_.when[part_];
    if (at < part.begin) {
      until = std::min(until, part.begin);
      return nullptr;
    }
    until = std::min(until, part.end);
    const auto& segments = member_.timeline->segments;
    while (segment_ < segments.size() && segments[segment_].span.end <= at) ++segment_;
    static const Segment kUnknown;
    if (segment_ == segments.size()) return &kUnknown;
    if (at < segments[segment_].span.begin) {
      until = std::min(until, segments[segment_].span.begin);
      return &kUnknown;
    }
    until = std::min(until, segments[segment_].span.end);
    return &segments[segment_];
  }

 private:
  const Member& member_;
  std::size_t part_ = 0;
  std::size_t segment_ = 0;
};

Segment joined(const std::vector<const Segment*>& sites) {
  Segment whole;
  if (sites.empty()) {
    whole.state = State::no_board;
    return whole;
  }
  const auto has = [&](State state) {
    return std::ranges::any_of(sites, [&](const Segment* site) { return site->state == state; });
  };
  if (has(State::up)) {
    whole.state = State::up;
    whole.estimated = std::ranges::none_of(
        sites, [](const Segment* site) { return site->state == State::up && !site->estimated; });
    return whole;
  }
  if (!std::ranges::all_of(sites, [](const Segment* site) { return site->state == State::down; }))
    return whole;
  const auto* best = *std::ranges::min_element(sites, [](const Segment* left, const Segment* right) {
    return std::tie(right->cause, left->subject) < std::tie(left->cause, right->subject);
  });
  whole.state = State::down;
  whole.cause = best->cause;
  whole.subject = best->subject;
  whole.estimated = std::ranges::any_of(sites, &Segment::estimated);
  return whole;
}

}  // namespace

Timeline timeline_of(const SiteEvidence& evidence, const std::vector<SiteOutage>& outages,
                     const Interval& period) {
  std::vector<Edge> edges;
  const auto add = [&](const Interval& span, const DownSpan* down, bool estimated) {
    const auto part = common_part(span, period);
    if (part.empty()) return;
    edges.push_back({part.begin, true, down, estimated});
    edges.push_back({part.end, false, down, estimated});
  };
  for (const auto& outage : outages) {
    if (outage.on_battery) continue;
    for (const auto& span : outage.spans) add(span.span, &span, span.estimated);
  }
  for (const auto& known : evidence.presence()) add(known.span, nullptr, known.estimated);
  std::ranges::sort(edges, {}, &Edge::at);

  Timeline timeline;
  timeline.period = period;
  Active active;
  WallTime reached = period.begin;
  for (const auto& edge : edges) {
    if (edge.at > reached) {
      auto segment = active.state();
      segment.span = {reached, edge.at};
      append(timeline, std::move(segment));
      reached = edge.at;
    }
    if (edge.down != nullptr) {
      const std::tuple what(edge.down->cause, edge.down->subject, edge.estimated);
      if (edge.begins) {
        active.down.insert(what);
      } else {
        // An end may be sorted before another begin at the same moment, never before its own.
        active.down.erase(active.down.find(what));
      }
    } else {
      (edge.estimated ? active.guessed : active.sure) += edge.begins ? 1 : -1;
    }
  }
  Segment rest;
  rest.span = {reached, period.end};
  append(timeline, std::move(rest));
  return timeline;
}

Timeline merged(const std::vector<Member>& members, const Interval& period) {
  Timeline timeline;
  timeline.period = period;
  std::vector<Cursor> cursors(members.begin(), members.end());
  std::vector<const Segment*> sites;
  for (WallTime at = period.begin; at < period.end;) {
    WallTime until = period.end;
    sites.clear();
    for (auto& cursor : cursors) {
      if (const auto* site = cursor.at(at, until)) sites.push_back(site);
    }
    auto segment = joined(sites);
    segment.span = {at, until};
    append(timeline, std::move(segment));
    at = until;
  }
  return timeline;
}

}  // namespace xalink::meaning
