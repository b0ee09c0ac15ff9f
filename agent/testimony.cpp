#include "agent/testimony.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace xalink {
namespace {

constexpr std::string_view kSession = "Session";
constexpr std::uint32_t kBeyondChance = 8;  // connections: where a third is lost each way, one time in 10,000
constexpr Milliseconds kNoVisitLasts = std::chrono::minutes(2);
constexpr std::uint32_t kTellsNothing = 3;  // runs: by then what was asked before them has been asked again

}  // namespace

void Readings::take(bool is_good, BootTime at) {
  if (!read || good != is_good) {
    if (read) before = last;
    good = is_good;
    since = at;
    count = 0;
  }
  read = true;
  last = at;
  if (count < std::numeric_limits<std::uint32_t>::max()) ++count;
  if (good) last_good = at;
}

Testimony::Testimony(OutageRules rules, const std::vector<Witness>& witnesses, std::set<std::string> heard,
                     bool routeless)
    : rules_(rules), heard_(std::move(heard)), routeless_(routeless) {
  for (const Witness& witness : witnesses) {
    Seen seen;
    seen.witness = witness;
    seen.heard = heard_.contains(witness.probe);
    seen_.push_back(std::move(seen));
  }
  Seen session;
  session.witness = Witness{std::string(kSession), Rung::gateway, RungSet(Rung::gateway), {}};
  seen_.push_back(std::move(session));
}

Testimony::Seen* Testimony::find(std::string_view probe) {
  const auto found =
      std::ranges::find_if(seen_, [&](const Seen& seen) { return seen.witness.probe == probe; });
  return found == seen_.end() ? nullptr : &*found;
}

bool Testimony::take(std::string_view probe, const Verdict& verdict, BootTime at) {
  Seen* seen = find(probe);
  if (seen == nullptr) return false;
  if (is_let_through_again(*seen, verdict)) {
    seen->newly_heard = kTellsNothing;
  } else if (seen->newly_heard > 0) {
    --seen->newly_heard;
  }
  for (std::size_t number = 0; number < kRungCount; ++number) {
    const auto rung = static_cast<Rung>(number);
    if (!seen->asks(rung)) continue;
    const bool good = rung == seen->witness.rung ? verdict.good : verdict.proves.has(rung);
    Readings& readings = seen->readings[number];
    // Asked after its last answer, be it in the same millisecond: that answer does not refute its silence.
    // What was asked while a lower rung was missing tells of it from that rung's return on.
    const auto asked =
        std::max({at - verdict.took, readings.last + Milliseconds(1), std::min(at, hidden_until_[number])});
    readings.take(good, good || !verdict.silence ? at : asked);
  }
  seen->innocence.take(!verdict.accuses, at);
  seen->found.take(verdict.good || verdict.at_its_address, at);
  const bool connected = verdict.good || verdict.proves.has(Rung::first_hop);
  // Where its name was not resolved nobody asked it.
  if (connected) seen->unheard = 0;
  if (!connected && !verdict.unresolved) ++seen->unheard;
  if (verdict.loss) seen->loss.take(*verdict.loss, at, verdict.requests);
  seen->latest = verdict;
  if (seen->witness.rung == Rung::first_hop && verdict.good && !seen->heard) {
    seen->heard = true;
    heard_.insert(seen->witness.probe);
  }
  forget_deaf_hops();
  learn_whether_routeless();
  acquit_who_cannot_be_accused_again();
  for (const Rung rung : {Rung::internet, Rung::dns}) {
    if (const auto accused = accusation(rung, at)) accused_[index(rung)] = accused->last;
  }
  return true;
}

// Echo requests that were blocked while connections came through.
bool Testimony::is_let_through_again(const Seen& echoes, const Verdict& verdict) const {
  if (!is_ping(echoes.witness) || !echoes.loss.silent() || verdict.loss.value_or(1) >= 1) return false;
  return std::ranges::any_of(seen_, [&](const Seen& other) {
    const Readings& run = other.own();
    return other.witness.rung == Rung::internet && !is_ping(other.witness) &&
           run.last_good > echoes.own().since;
  });
}

void Testimony::session(bool online, std::string why, BootTime at, bool stands) {
  Readings& run = seen_.back().readings[index(Rung::gateway)];
  if (online || stands) {
    // What was sent while the way was missing and is not confirmed says nothing of that time.
    if (!online) at = std::max(at, hidden_until_[index(Rung::gateway)]);
    if (!session_stands_since_) session_stands_since_ = at;
  } else {
    // It was gone all the time, and has said nothing of the gateway.
    if (run.read && !run.good && at < session_sure_from()) {
      run.read = false;
      run.before = run.last;
    }
    session_stands_since_.reset();
  }
  Verdict verdict;
  verdict.good = online;
  verdict.evidence = std::move(why);
  take(kSession, verdict, at);
}

BootTime Testimony::session_sure_from() const {
  const bool outlived = session_stands_since_ && *session_stands_since_ < way_was_gone_until_;
  return outlived ? way_was_gone_until_ + rules_.session_notices : BootTime{};
}

BootTime Testimony::session_missing_since() const {
  const Readings& run = session();
  const BootTime way_is_back = hidden_until_[index(Rung::gateway)];
  const bool lost_before =
      run.before && *run.before <= way_is_back && !(run.last_good && *run.last_good >= *run.before);
  return lost_before ? std::min(run.since, way_is_back) : run.since;
}

void Testimony::forget_deaf_hops() {
  for (Seen& seen : seen_) {
    const Readings& run = seen.own();
    if (seen.witness.rung != Rung::first_hop || !seen.heard || !run.read || run.good) continue;
    const auto passed = [&](const Seen& other) {
      const auto& good = other.readings[index(Rung::first_hop)].last_good;
      return other.asks(Rung::first_hop) && good && *good > run.since && *good <= run.last;
    };
    if (run.count < rules_.failed_readings || std::ranges::none_of(seen_, passed)) continue;
    seen.heard = false;
    heard_.erase(seen.witness.probe);
  }
}

// A visit that was under way when the route went may still end well: none lasts that long.
void Testimony::learn_whether_routeless() {
  std::optional<BootTime> without_route_since;
  bool carrier = false;
  for (const Seen& link : seen_) {
    const Readings& run = link.own();
    if (link.witness.rung != Rung::link || !run.read) continue;
    if (run.good) {
      routeless_ = false;
      return;
    }
    carrier = carrier || !link.latest.certain;
    without_route_since = std::max(without_route_since.value_or(run.since), run.since);
  }
  if (!carrier) return;
  routeless_ = routeless_ || std::ranges::any_of(seen_, [&](const Seen& other) {
                 const Rung rung = other.witness.rung;
                 const auto& good = other.own().last_good;
                 return (rung == Rung::services || rung == Rung::gateway) && good &&
                        *good >= *without_route_since + kNoVisitLasts;
               });
}

bool Testimony::link_is_enough() const {
  return routeless_ && std::ranges::any_of(seen_, [](const Seen& link) {
           return link.witness.rung == Rung::link && link.own().read && !link.latest.certain;
         });
}

// Whether it is a witness of its own rung's absence.
bool Testimony::can_be_missed(const Seen& seen, const std::optional<BootTime>& last_good) const {
  const Readings& run = seen.own();
  if (seen.witness.rung == Rung::first_hop) return seen.heard || (run.read && seen.latest.certain);
  if (seen.witness.rung == Rung::link) return !link_is_enough();
  if (seen.witness.rung == Rung::modem) return run.read && !(last_good && run.since <= *last_good);
  return true;
}

bool Testimony::names_come() const {
  bool asked = false;
  for (const Seen& seen : seen_) {
    if (seen.witness.rung != Rung::dns) continue;
    const Readings& run = seen.own();
    if (run.read && run.good && run.count >= rules_.good_readings) return true;
    asked = true;
  }
  return !asked;
}

bool Testimony::tells_loss(const Seen& seen) const {
  if (seen.witness.rung != Rung::internet || !seen.loss.known()) return false;
  // One connection is one or two packets, a run of echo requests is many. But where these are blocked by now
  // they tell of the way as it was, and where they have just been let through again, of nothing but now.
  const auto tells = [](const Seen& echoes) { return echoes.newly_heard == 0 && !echoes.loss.silent(); };
  bool echoes = false;
  bool connections = false;
  for (const Seen& other : seen_) {
    if (other.witness.rung != Rung::internet || !other.loss.known()) continue;
    echoes = echoes || (is_ping(other.witness) && tells(other));
    connections = connections || !is_ping(other.witness);
  }
  if (!is_ping(seen.witness)) return !echoes;
  return tells(seen) || (!echoes && !connections);
}

bool Testimony::may_be_lost(std::uint32_t unanswered, BootTime silent_since, BootTime now,
                            int exchanges) const {
  const bool may_wait = now - silent_since < 3 * rules_.least;
  bool explained = false;
  for (const Seen& seen : seen_) {
    if (!tells_loss(seen)) continue;
    if (!seen.loss.much() && !seen.loss.maybe_much_since(silent_since).value_or(may_wait)) return false;
    explained = explained || seen.loss.explains(unanswered, silent_since, exchanges);
  }
  return explained;
}

bool Testimony::loses_much() const {
  return std::ranges::any_of(seen_,
                             [this](const Seen& seen) { return tells_loss(seen) && seen.loss.much(); });
}

bool Testimony::visits_may_be_lost(const Seen& service, BootTime now) const {
  constexpr int kOfAVisit = 5;  // name, connection, two of the handshake, and the page
  const Readings& run = service.own();
  return may_be_lost(service.unheard, run.since, now) && may_be_lost(run.count, run.since, now, kOfAVisit);
}

Standing Testimony::stand(Rung rung, BootTime now) const {
  Standing standing;
  std::optional<BootTime> last_good;
  bool asked = false;
  bool contested = false;
  bool unread = false;
  bool others = false;
  bool told = false;  // by somebody, not by silence
  bool refused = false;
  std::uint32_t unanswered = 0;  // by all together
  bool echoes = false;           // among them
  for (const Seen& seen : seen_) {
    if (!seen.asks(rung)) continue;
    const Readings& run = seen.of(rung);
    if (seen.witness.rung == rung) {
      // A board without a modem has a probe that has never found one.
      asked = asked || rung != Rung::modem || run.read;
    } else {
      others = true;
    }
    if (run.last_good) last_good = std::max(last_good.value_or(*run.last_good), *run.last_good);
    unread = unread || !run.read;
    if (!run.read) continue;
    told = told || (seen.witness.rung == rung && !run.good && !seen.latest.silence);
    standing.any_good = standing.any_good || run.good;
  }
  if (!asked) return {};
  if (const auto accused = accusation(rung, now)) {
    standing.any_good = false;
    unread = false;
    told = true;
    contested = accused->contested;
    standing.since = accused->since;
    standing.readings = accused->readings;
    standing.earliest = accused->earliest;
  } else {
    // Who was bad before others were good knows nothing of this rung: a protocol that is blocked, a machine
    // that does not answer.
    std::optional<BootTime> since;
    for (const Seen& seen : seen_) {
      const Readings& run = seen.of(rung);
      if (!seen.asks(rung) || !run.read || run.good || (last_good && run.since <= *last_good)) continue;
      since = std::min(since.value_or(run.since), run.since);
      standing.readings = std::max(standing.readings, run.count);
      unanswered += run.count;
      echoes = echoes || is_ping(seen.witness);
      refused = refused || !(seen.latest.silence || is_ping(seen.witness));
    }
    const auto speaks = [&](const Seen& seen) {
      return seen.witness.rung == rung && can_be_missed(seen, last_good);
    };
    if (!standing.any_good && std::ranges::none_of(seen_, speaks)) return standing;
    // Where nothing but the session goes beyond the next hop, its keep-alive has to decide.
    const bool carried = rung == Rung::first_hop && !others && session().read && session().good;
    if (!since || carried) {
      const bool holds = standing.any_good || carried;
      standing.state = holds ? Standing::State::holds : Standing::State::unknown;
      return standing;
    }
    standing.since = *since;
    standing.earliest = std::min(last_good.value_or(*since), *since);
  }
  bool by_chance = rung == Rung::dns && !told && may_be_lost(standing.readings, standing.since, now);
  // Where only connections are left to ask, three in a row are soon lost: also when nothing was lost before.
  if (rung == Rung::internet && !refused && unanswered > 0) {
    by_chance =
        loses_much() ? may_be_lost(unanswered, standing.since, now) : !echoes && unanswered < kBeyondChance;
  }
  const bool decided = !standing.any_good && !unread && !contested && !by_chance &&
                       standing.readings >= rules_.failed_readings && now - standing.since >= rules_.least;
  standing.state = decided ? Standing::State::missing : Standing::State::doubtful;
  return standing;
}

bool Testimony::way_confirmed_since(BootTime when) const {
  for (const Rung rung : kWay) {
    // There is no next hop then, and no modem in between.
    if (rung <= Rung::first_hop && link_is_enough()) continue;
    bool asked = false;
    bool confirmed = false;
    bool ever = false;
    for (const Seen& seen : seen_) {
      if (!seen.asks(rung)) continue;
      const Readings& run = seen.of(rung);
      asked = asked || seen.witness.rung == rung;
      ever = ever || run.last_good;
      confirmed = confirmed || (run.last_good && *run.last_good >= when);
    }
    if (asked && ever && !confirmed) return false;
  }
  return true;
}

Walk Testimony::walk(BootTime now) const {
  for (const Rung rung : kWay) {
    const auto standing = stand(rung, now);
    if (standing.state == Standing::State::holds || standing.state == Standing::State::not_measured) continue;
    return {rung, standing};
  }
  return {};
}

std::optional<Recovery> Testimony::recovery(Rung rung, BootTime after) const {
  std::optional<Recovery> found;
  bool sure = false;
  if (const auto& accused = accused_[index(rung)]; accused && *accused > after) {
    // Who was good all the time knew nothing of it.
    after = *accused;
    const Readings& run = session();
    if (rung == Rung::internet && run.read && run.good && run.since > after) {
      return Recovery{run.since, std::max(after, run.before.value_or(after))};
    }
  }
  for (const Seen& seen : seen_) {
    const bool accused = seen.witness.asks.empty() && seen.witness.rung == rung;
    const Readings& run = accused ? seen.innocence : seen.of(rung);
    if (!(accused || seen.asks(rung)) || !run.read || !run.good || run.since <= after) continue;
    sure = sure || run.count >= rules_.good_readings;
    if (found && found->at <= run.since) continue;
    found = Recovery{run.since, std::max(after, run.before.value_or(after))};
  }
  return sure ? found : std::nullopt;
}

std::optional<Recovery> Testimony::reached_by_name(BootTime after) const {
  std::optional<Recovery> found;
  for (const Seen& seen : seen_) {
    const Readings& run = seen.found;
    if (seen.witness.rung != Rung::services || !seen.asks(Rung::dns) || !run.read || !run.good) continue;
    if (run.since <= after || run.count < rules_.good_readings) continue;
    if (found && found->at <= run.since) continue;
    found = Recovery{run.since, std::max(after, run.before.value_or(after))};
  }
  return found;
}

void Testimony::forget_bad_above(Rung rung, BootTime after) {
  const auto forget = [after](Readings& run, bool means_it = false) {
    if (!run.read || run.good) return;
    if (run.last <= after && !means_it) {
      run.read = false;
      run.before = run.last;
    } else if (run.since < after) {
      run.before = after;
      run.since = after;
      run.last = std::max(run.last, after);
      run.count = 1;
    }
  };
  if (rung < Rung::dns) way_was_gone_until_ = std::max(way_was_gone_until_, after);
  for (std::size_t number = index(rung) + 1; number < kRungCount; ++number) {
    hidden_until_[number] = std::max(hidden_until_[number], after);
  }
  for (Seen& seen : seen_) {
    const bool stands = seen.witness.rung == Rung::gateway && session_stands_since_;
    // It has seen itself that the rung is there, and what it wants is not.
    const Readings& back = seen.of(rung);
    const bool saw_it = seen.asks(rung) && back.read && back.good && back.last >= after;
    for (std::size_t number = index(rung) + 1; number < kRungCount; ++number) {
      forget(seen.readings[number], stands || saw_it);
    }
    // Nor is a rung accused any more that has come back since.
    if (seen.latest.accuses && *seen.latest.accuses >= rung) forget(seen.innocence);
  }
}

Rung Testimony::reached_below(Rung rung, BootTime now) const {
  Rung reached = Rung::board;
  for (const Rung below : kWay) {
    if (below >= rung) break;
    const auto standing = stand(below, now);
    if (standing.state == Standing::State::holds || standing.any_good) reached = below;
  }
  return reached;
}

std::string Testimony::evidence_of(Rung rung, bool good) const {
  std::string evidence;
  // First those who ask for the rung itself.
  for (const bool own : {true, false}) {
    for (const Seen& seen : seen_) {
      const Readings& run = seen.of(rung);
      const bool accuses = seen.latest.accuses == rung;
      if (!seen.asks(rung) || (seen.witness.rung == rung) != own || !run.read || run.good != good) continue;
      if (!own && !accuses && (!good || !evidence.empty())) continue;
      if (!evidence.empty()) evidence += ", ";
      evidence += seen.latest.evidence;
    }
  }
  return evidence;
}

}  // namespace xalink
