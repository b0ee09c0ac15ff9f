// Rungs that are missing although they seem to hold: who says so, and who knows better.

#include <algorithm>

#include "agent/testimony.hpp"

namespace xalink {

// The page of whoever wants a login has a name. Where names do not come, nobody can say that it is gone: then
// anchors do that were held up by it. Where they are wrong, whoever was found at an old address does.
bool Testimony::cannot_be_accused_again(BootTime accused) const {
  bool anchors = false;
  bool names = true;
  for (const Seen& seen : seen_) {
    const Readings& run = seen.own();
    if (!run.read || seen.witness.asks.empty()) continue;
    const bool found = seen.latest.accuses == Rung::dns && seen.latest.certain;
    if (found && seen.innocence.last > accused) return true;
    if (seen.witness.rung == Rung::internet) anchors = anchors || (run.good && run.since > accused);
    if (seen.witness.rung == Rung::dns) names = names && (run.good || run.last <= accused);
  }
  return anchors && !names;
}

void Testimony::acquit_who_cannot_be_accused_again() {
  for (Seen& seen : seen_) {
    Readings& run = seen.innocence;
    if (!run.read || run.good || seen.latest.accuses != Rung::internet) continue;
    if (!cannot_be_accused_again(run.last)) continue;
    run.read = false;
    run.before = run.last;
  }
}

std::optional<Testimony::Accusation> Testimony::accusation(Rung rung, BootTime now) const {
  const bool by_name = rung == Rung::dns && std::ranges::any_of(seen_, [](const Seen& seen) {
                         return seen.witness.rung == Rung::services && seen.asks(Rung::dns) &&
                                seen.own().read && seen.own().good;
                       });
  const auto found = std::ranges::find_if(seen_, [&](const Seen& seen) {
    const bool accuses = seen.innocence.read && !seen.innocence.good && seen.latest.accuses == rung;
    return accuses && (seen.latest.certain || !by_name);
  });
  if (found == seen_.end()) return std::nullopt;
  const Readings& run = found->innocence;
  Accusation accused{run.since, run.before.value_or(run.since), run.last, run.count};
  if (rung != Rung::internet) return accused;
  // A page that has changed is taken for a portal too: whoever gets to a service is not held up.
  const auto is_beyond = [](const Seen& seen) {
    const bool beyond = seen.witness.rung == Rung::services || seen.witness.rung == Rung::gateway;
    return beyond && seen.own().read;
  };
  std::optional<BootTime> last_good;
  std::optional<BootTime> bad_since;
  for (const Seen& seen : seen_) {
    if (!is_beyond(seen)) continue;
    const Readings& own = seen.own();
    if (own.good && seen.witness.rung == Rung::gateway && now - run.since < rules_.session_notices) {
      accused.contested = true;
      continue;
    }
    if (own.good) return std::nullopt;
    if (own.last_good) last_good = std::max(last_good.value_or(*own.last_good), *own.last_good);
  }
  for (const Seen& seen : seen_) {
    const Readings& own = seen.own();
    if (!is_beyond(seen) || own.good) continue;
    if (!last_good || own.since > *last_good) bad_since = std::min(bad_since.value_or(own.since), own.since);
  }
  if (!bad_since) return accused;
  accused.since = std::max(accused.since, *bad_since);
  if (last_good) accused.earliest = std::max(accused.earliest, *last_good);
  accused.earliest = std::min(accused.earliest, accused.since);
  return accused;
}

}  // namespace xalink
