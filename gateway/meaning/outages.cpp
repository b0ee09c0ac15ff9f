#include "gateway/meaning/outages.hpp"

#include <algorithm>
#include <optional>
#include <tuple>
#include <utility>

namespace xalink::meaning {
namespace {

constexpr std::string_view kMains = "mains";

struct Turn {
  Placed at;
  Cause cause = Cause::link;
  std::string subject;
};

std::optional<Placed> begin_of(const SiteEvidence& evidence, const std::vector<StatedEvent>& events) {
  const auto& any = events.front();
  if (const auto begin = evidence.place(any.begin_boot, any.begin)) return begin;
  for (const auto& event : events) {
    const auto at = evidence.place(event.boot, event.at);
    if (at && event.lasted) return Placed{at->time - *event.lasted, at->estimated};
  }
  return std::nullopt;
}

std::optional<Placed> time_of(const SiteEvidence& evidence, const StatedEvent& event, const Placed& begin) {
  if (const auto at = evidence.place(event.boot, event.at)) return at;
  if (event.lasted) return Placed{begin.time + *event.lasted, begin.estimated};
  return std::nullopt;
}

// Where a board is known to have been at the end of what it said of an outage that has no end.
Placed last_known(const SiteEvidence& evidence, const std::vector<StatedEvent>& events, const Placed& begin) {
  Placed last = begin;
  for (const auto& event : events) {
    for (const auto& boot : {event.begin_boot, event.boot}) {
      const auto sign = evidence.last_sign(boot);
      if (sign && sign->time > last.time) last = *sign;
    }
  }
  return last;
}

std::optional<SiteOutage> outage_of(const SiteEvidence& evidence, const std::vector<StatedEvent>& events,
                                    WallTime now) {
  const auto begin = begin_of(evidence, events);
  if (!begin) return std::nullopt;
  SiteOutage outage;
  outage.id = events.front().outage;
  std::vector<Turn> turns;
  std::optional<Placed> end;
  for (const auto& event : events) {
    if (event.kind == StatedEvent::Kind::begin) {
      turns.push_back({*begin, event.cause, event.subject});
      outage.evidence = event.evidence;
      continue;
    }
    const auto at = time_of(evidence, event, *begin);
    if (!at) continue;
    if (event.kind == StatedEvent::Kind::cause) {
      turns.push_back({*at, event.cause, event.subject});
    } else if (!end || at->time < end->time) {
      end = at;
    }
  }
  std::ranges::stable_sort(turns, [](const Turn& left, const Turn& right) {
    return std::tie(left.at.time, left.cause, left.subject) <
           std::tie(right.at.time, right.cause, right.subject);
  });
  // Its begin or its changes are still under way: what is told of its cause holds from the begin.
  if (turns.empty()) turns.push_back({*begin, events.back().cause, events.back().subject});
  turns.front().at = *begin;
  outage.open = !end;
  if (!end) end = last_known(evidence, events, *begin);
  end->time = std::min(end->time, now);
  outage.span = {begin->time, std::max(begin->time, end->time)};
  for (std::size_t i = 0; i < turns.size(); ++i) {
    const auto& turn = turns[i];
    const Placed& until = i + 1 < turns.size() ? turns[i + 1].at : *end;
    DownSpan span;
    span.span = common_part({turn.at.time, until.time}, outage.span);
    span.cause = turn.cause;
    span.subject = turn.subject;
    span.estimated = turn.at.estimated || until.estimated;
    if (!span.span.empty()) outage.spans.push_back(std::move(span));
  }
  outage.on_battery = turns.front().cause == Cause::power && turns.front().subject == kMains;
  return outage;
}

}  // namespace

std::vector<SiteOutage> outages_of(const SiteEvidence& evidence, WallTime now) {
  std::vector<SiteOutage> outages;
  for (const auto& [id, events] : evidence.outages()) {
    if (auto outage = outage_of(evidence, events, now)) outages.push_back(std::move(*outage));
  }
  for (const auto& off : evidence.offs()) {
    const auto begin = evidence.place(off.before_boot, off.before);
    const auto end = evidence.place(off.boot, BootTime::zero());
    if (!begin || !end) continue;
    SiteOutage outage;
    outage.id = off.before_boot + "-" + std::to_string(off.before.count()) + "-switched-off";
    outage.span = {begin->time, std::max(begin->time, std::min(end->time, now))};
    outage.spans = {{outage.span, Cause::switched_off, {}, begin->estimated || end->estimated}};
    if (!outage.span.empty()) outages.push_back(std::move(outage));
  }
  std::ranges::sort(outages, [](const SiteOutage& left, const SiteOutage& right) {
    return std::tie(left.span, left.id) < std::tie(right.span, right.id);
  });
  return outages;
}

}  // namespace xalink::meaning
