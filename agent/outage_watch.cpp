#include "agent/outage_watch.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace xalink {
namespace {

constexpr std::string_view kSession = "Session";
constexpr Rung kWay[] = {Rung::link, Rung::first_hop, Rung::internet, Rung::dns};
// A service that stays away is asked less and less: ten thousand boards that ask every ten seconds are what
// keeps it down. Its usual interval is the limit.
constexpr std::uint32_t kMostDoublings = 12;

std::string scope_of(Rung cause, const std::string& subject) {
  if (is_way(cause)) return {};
  std::string scope(to_string(cause));
  if (cause == Rung::services) scope += "/" + subject;
  return scope;
}

}  // namespace

void OutageWatch::Run::take(bool is_good, BootTime at) {
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

OutageWatch::OutageWatch(OutageRules rules, std::string boot_id, const std::vector<Witness>& witnesses,
                         std::string_view memory, const std::optional<EarlierBoot>& earlier, BootTime now)
    : rules_(rules), boot_id_(std::move(boot_id)) {
  for (const Witness& witness : witnesses) {
    Seen seen;
    seen.witness = witness;
    seen_.push_back(std::move(seen));
  }
  Seen session;
  session.witness = Witness{std::string(kSession), Rung::gateway, RungSet(Rung::gateway), {}};
  seen_.push_back(std::move(session));
  for (std::size_t rung = 0; rung < kRungCount; ++rung) shown_[rung].rung = static_cast<Rung>(rung);
  resume(OutageMemory::from_text(memory), earlier, now);
  show(now);
}

void OutageWatch::resume(const OutageMemory& memory, const std::optional<EarlierBoot>& earlier,
                         BootTime now) {
  heard_ = memory.heard;
  for (Seen& seen : seen_) seen.heard = heard_.contains(seen.witness.probe);
  for (const Outage& outage : memory.open) {
    const auto scope = scope_of(outage.cause, outage.subject);
    open_[scope] = outage;
    if (memory.boot_id == boot_id_) {
      const auto same = [&](const Seen& seen) {
        return seen.witness.rung == outage.cause &&
               (outage.cause != Rung::services || seen.witness.subject == outage.subject);
      };
      if (std::ranges::any_of(seen_, same)) continue;
      end(scope, {now, outage.changed}, "not measured any more", 0);
      continue;
    }
    // Another boot: what was, was until the board went off.
    OutageEvent event;
    event.kind = OutageEvent::Kind::end;
    event.outage = outage;
    event.outage.evidence = "the board went off";
    event.boot = memory.boot_id;
    event.at = outage.changed;
    if (earlier && earlier->boot_id == memory.boot_id) {
      event.at = std::max(outage.changed, earlier->last_sign);
      if (!earlier->how.empty()) event.outage.evidence += ": " + earlier->how;
    }
    event.at_earliest = event.at;
    event.outage.changed = event.at;
    events_.push_back(std::move(event));
    open_.erase(scope);
    memory_changed_ = true;
  }
}

OutageWatch::Seen* OutageWatch::find(std::string_view probe) {
  const auto found =
      std::ranges::find_if(seen_, [&](const Seen& seen) { return seen.witness.probe == probe; });
  return found == seen_.end() ? nullptr : &*found;
}

void OutageWatch::take(std::string_view probe, const Verdict& verdict, BootTime at) {
  Seen* seen = find(probe);
  if (seen == nullptr) return;
  for (std::size_t number = 0; number < kRungCount; ++number) {
    const auto rung = static_cast<Rung>(number);
    if (!seen->asks(rung)) continue;
    seen->runs[number].take(rung == seen->witness.rung ? verdict.good : verdict.proves.has(rung), at);
  }
  seen->latest = verdict;
  if (seen->witness.rung == Rung::first_hop && verdict.good && !seen->heard) {
    seen->heard = true;
    heard_.insert(seen->witness.probe);
    memory_changed_ = true;
  }
  forget_deaf_hops();
  judge(at);
}

void OutageWatch::forget_deaf_hops() {
  for (Seen& seen : seen_) {
    const Run& run = seen.own();
    if (seen.witness.rung != Rung::first_hop || !seen.heard || !run.read || run.good) continue;
    const auto passed = [&](const Seen& other) {
      const auto& good = other.runs[index(Rung::first_hop)].last_good;
      return other.asks(Rung::first_hop) && good && *good > run.since && *good <= run.last;
    };
    if (run.count < rules_.failed_readings || std::ranges::none_of(seen_, passed)) continue;
    seen.heard = false;
    heard_.erase(seen.witness.probe);
    memory_changed_ = true;
  }
}

void OutageWatch::session(bool online, std::string why, BootTime at) {
  Verdict verdict;
  verdict.good = online;
  verdict.evidence = std::move(why);
  take(kSession, verdict, at);
}

bool OutageWatch::session_is_up() const {
  const Run& run = seen_.back().own();
  return run.read && run.good;
}

OutageWatch::Standing OutageWatch::stand(Rung rung, BootTime now) const {
  Standing standing;
  std::optional<BootTime> last_good;
  const Seen* accuser = nullptr;
  bool asked = false;
  bool unread = false;
  bool heard = rung != Rung::first_hop;
  bool others = false;
  for (const Seen& seen : seen_) {
    if (!seen.asks(rung)) continue;
    const Run& run = seen.runs[index(rung)];
    if (seen.witness.rung == rung) {
      asked = true;
      heard = heard || seen.heard || (run.read && seen.latest.certain);
    } else {
      others = true;
    }
    if (run.last_good) last_good = std::max(last_good.value_or(*run.last_good), *run.last_good);
    unread = unread || !run.read;
    if (!run.read) continue;
    standing.any_good = standing.any_good || run.good;
    if (rung == Rung::dns && seen.latest.accuses_dns) accuser = &seen;
  }
  if (!asked) return {};
  if (accuser != nullptr) {
    const Run& run = accuser->runs[index(rung)];
    standing.any_good = false;
    unread = false;
    standing.since = run.since;
    standing.readings = run.count;
    standing.earliest = run.before.value_or(run.since);
  } else {
    // Who was bad before others were good knows nothing of this rung: a protocol that is blocked, a machine
    // that does not answer.
    std::optional<BootTime> since;
    for (const Seen& seen : seen_) {
      const Run& run = seen.runs[index(rung)];
      if (!seen.asks(rung) || !run.read || run.good || (last_good && run.since <= *last_good)) continue;
      since = std::min(since.value_or(run.since), run.since);
      standing.readings = std::max(standing.readings, run.count);
    }
    if (!standing.any_good && !heard) return standing;
    // Where nothing but the session goes beyond the next hop, its keep-alive has to decide.
    const bool carried = rung == Rung::first_hop && !others && session_is_up();
    if (!since || carried) {
      const bool holds = standing.any_good || carried;
      standing.state = holds ? Standing::State::holds : Standing::State::unknown;
      return standing;
    }
    standing.since = *since;
    standing.earliest = std::min(last_good.value_or(*since), *since);
  }
  const bool decided = !standing.any_good && !unread && standing.readings >= rules_.failed_readings &&
                       now - standing.since >= rules_.least;
  standing.state = decided ? Standing::State::missing : Standing::State::doubtful;
  return standing;
}

// A session is lost for want of any rung below it, often long before a probe comes round to it.
bool OutageWatch::way_confirmed_since(BootTime when) const {
  for (const Rung rung : kWay) {
    bool asked = false;
    bool confirmed = false;
    bool ever = false;
    for (const Seen& seen : seen_) {
      if (!seen.asks(rung)) continue;
      const Run& run = seen.runs[index(rung)];
      asked = asked || seen.witness.rung == rung;
      ever = ever || run.last_good;
      confirmed = confirmed || (run.last_good && *run.last_good >= when);
    }
    if (asked && ever && !confirmed) return false;
  }
  return true;
}

OutageWatch::Walk OutageWatch::walk(BootTime now) const {
  for (const Rung rung : kWay) {
    const auto standing = stand(rung, now);
    if (standing.state == Standing::State::holds || standing.state == Standing::State::not_measured) continue;
    return {rung, standing};
  }
  return {};
}

std::optional<OutageWatch::Recovery> OutageWatch::recovery(Rung rung, BootTime after) const {
  std::optional<Recovery> found;
  bool sure = false;
  for (const Seen& seen : seen_) {
    const Run& run = seen.runs[index(rung)];
    if (!seen.asks(rung) || !run.read || !run.good || run.since <= after) continue;
    sure = sure || run.count >= rules_.good_readings;
    if (found && found->at <= run.since) continue;
    found = Recovery{run.since, std::max(after, run.before.value_or(after))};
  }
  return sure ? found : std::nullopt;
}

// What could not be reached for want of a lower rung has said nothing of itself.
void OutageWatch::forget_bad_above(Rung rung, BootTime after) {
  for (Seen& seen : seen_) {
    for (std::size_t number = index(rung) + 1; number < kRungCount; ++number) {
      Run& run = seen.runs[number];
      if (!run.read || run.good) continue;
      if (run.last <= after) {
        run.read = false;
        run.before = run.last;
      } else if (run.since < after) {
        run.before = after;
        run.since = after;
        run.count = 1;
      }
    }
  }
}

void OutageWatch::judge(BootTime now) {
  judged_at_ = std::max(judged_at_, now);
  judge_way(now);
  const bool visible = !open_.contains("") && walk(now).clear();
  for (const Seen& seen : seen_) {
    const Rung rung = seen.witness.rung;
    if (!is_way(rung)) judge_leaf(seen, visible || rung == Rung::power, now);
  }
  show(now);
}

void OutageWatch::judge_way(BootTime now) {
  const auto open = open_.find("");
  if (open != open_.end()) {
    judge_open_way(open->second, now);
    return;
  }
  const auto walked = walk(now);
  if (!walked.missing()) return;
  begin("", *walked.stop, {}, walked.standing);
  hide_leaves(walked.standing.since);
}

void OutageWatch::judge_open_way(Outage& outage, BootTime now) {
  const Rung cause = outage.cause;
  auto walked = walk(now);
  if (walked.missing() && *walked.stop < cause) {
    change_cause(outage, *walked.stop, std::max(walked.standing.since, outage.changed), walked.standing);
    return;
  }
  if (walked.stop && *walked.stop <= cause) {
    if (walked.missing()) recovery_.reset();
    return;
  }
  if (!recovery_) {
    recovery_ = recovery(cause, outage.changed);
    if (!recovery_ && stand(cause, now).state == Standing::State::not_measured) {
      recovery_ = Recovery{now, outage.changed};
    }
    if (!recovery_) return;
    forget_bad_above(cause, recovery_->at);
    walked = walk(now);
  }
  if (walked.missing()) {
    change_cause(outage, *walked.stop, recovery_->at, walked.standing);
  } else if (walked.clear()) {
    end("", *recovery_, evidence_of(cause, /*good=*/true), rules_.good_readings);
  }
}

void OutageWatch::judge_leaf(const Seen& seen, bool visible, BootTime now) {
  const Rung rung = seen.witness.rung;
  const Run& run = seen.own();
  if (!run.read) return;
  // The session says what it is until it changes: time is what decides.
  const bool speaks_once = rung == Rung::gateway;
  const auto scope = scope_of(rung, seen.witness.subject);
  const auto open = open_.find(scope);
  if (open != open_.end()) {
    const auto after = open->second.changed;
    if (!run.good || run.since <= after || (!speaks_once && run.count < rules_.good_readings)) return;
    end(scope, {run.since, std::max(after, run.before.value_or(after))}, seen.latest.evidence, run.count);
    return;
  }
  if (!visible || run.good || now - run.since < rules_.least) return;
  if (speaks_once ? !way_confirmed_since(run.since) : run.count < rules_.failed_readings) return;
  Standing standing;
  standing.since = run.since;
  standing.earliest = run.last_good.value_or(run.since);
  standing.readings = run.count;
  begin(scope, rung, rung == Rung::power ? "mains" : seen.witness.subject, standing);
  open_[scope].evidence = seen.latest.evidence;
  events_.back().outage.evidence = seen.latest.evidence;
}

void OutageWatch::hide_leaves(BootTime at) {
  std::vector<std::string> hidden;
  for (const auto& [scope, outage] : open_) {
    if (outage.cause > Rung::dns) hidden.push_back(scope);
  }
  const std::string why = "not seen any more: the " + std::string(to_string(open_[""].cause)) + " is missing";
  for (const auto& scope : hidden) {
    const auto when = std::max(at, open_[scope].changed);
    end(scope, {when, when}, why, 0);
  }
}

void OutageWatch::begin(const std::string& scope, Rung cause, std::string subject, const Standing& standing) {
  Outage outage;
  outage.cause = cause;
  outage.subject = std::move(subject);
  outage.reached = reached_below(cause, standing.since);
  outage.begin_boot = boot_id_;
  outage.begin = outage.changed = standing.since;
  outage.evidence = evidence_of(cause, /*good=*/false);
  outage.id = boot_id_ + "-" + std::to_string(outage.begin.count()) + "-" + std::string(to_string(cause));
  if (!outage.subject.empty()) outage.id += "-" + outage.subject;
  std::ranges::replace(outage.id, ' ', '-');
  OutageEvent event;
  event.kind = OutageEvent::Kind::begin;
  event.outage = outage;
  event.boot = boot_id_;
  event.at = standing.since;
  event.at_earliest = standing.earliest;
  event.readings = standing.readings;
  events_.push_back(std::move(event));
  open_[scope] = std::move(outage);
  if (scope.empty()) recovery_.reset();
}

void OutageWatch::change_cause(Outage& outage, Rung cause, BootTime at, const Standing& standing) {
  outage.cause = cause;
  outage.reached = reached_below(cause, at);
  outage.evidence = evidence_of(cause, /*good=*/false);
  OutageEvent event;
  event.kind = OutageEvent::Kind::cause;
  event.boot = boot_id_;
  event.at = at;
  event.at_earliest = std::clamp(standing.earliest, std::min(outage.changed, at), at);
  event.readings = standing.readings;
  outage.changed = at;
  event.outage = outage;
  events_.push_back(std::move(event));
  recovery_.reset();
}

void OutageWatch::end(const std::string& scope, Recovery recovery, std::string evidence,
                      std::uint32_t readings) {
  const auto found = open_.find(scope);
  OutageEvent event;
  event.kind = OutageEvent::Kind::end;
  event.outage = std::move(found->second);
  event.outage.evidence = std::move(evidence);
  event.outage.changed = recovery.at;
  event.boot = boot_id_;
  event.at = recovery.at;
  event.at_earliest = recovery.earliest;
  event.readings = readings;
  events_.push_back(std::move(event));
  open_.erase(found);
  if (scope.empty()) recovery_.reset();
}

Rung OutageWatch::reached_below(Rung rung, BootTime now) const {
  Rung reached = Rung::board;
  for (const Rung below : kWay) {
    if (below >= rung) break;
    const auto standing = stand(below, now);
    if (standing.state == Standing::State::holds || standing.any_good) reached = below;
  }
  return reached;
}

std::string OutageWatch::evidence_of(Rung rung, bool good) const {
  std::string evidence;
  // First those who ask for the rung itself.
  for (const bool own : {true, false}) {
    for (const Seen& seen : seen_) {
      const Run& run = seen.runs[index(rung)];
      const bool accuses = rung == Rung::dns && seen.latest.accuses_dns;
      if (!seen.asks(rung) || (seen.witness.rung == rung) != own || !run.read || run.good != good) continue;
      if (!own && !accuses && (!good || !evidence.empty())) continue;
      if (!evidence.empty()) evidence += ", ";
      evidence += seen.latest.evidence;
    }
  }
  return evidence;
}

std::optional<BootTime> OutageWatch::wake_at() const {
  const Run& run = seen_.back().own();
  if (!run.read || run.good || open_.contains("") || open_.contains(scope_of(Rung::gateway, {}))) return {};
  const auto when = run.since + rules_.least;
  // After that only a reading can decide.
  return when > judged_at_ ? std::optional(when) : std::nullopt;
}

std::optional<OutageWatch::News> OutageWatch::take_news() {
  if (events_.empty() && !memory_changed_) return std::nullopt;
  OutageMemory memory;
  memory.boot_id = boot_id_;
  memory.heard = heard_;
  for (const auto& [scope, outage] : open_) memory.open.push_back(outage);
  memory_changed_ = false;
  return News{std::exchange(events_, {}), memory.to_text()};
}

void OutageWatch::give_back(News news) {
  events_.insert(events_.begin(), std::make_move_iterator(news.events.begin()),
                 std::make_move_iterator(news.events.end()));
  memory_changed_ = true;
}

void OutageWatch::add(std::vector<OutageEvent> events) {
  events_.insert(events_.end(), std::make_move_iterator(events.begin()),
                 std::make_move_iterator(events.end()));
}

std::vector<OutageWatch::Hurry> OutageWatch::hurry() const {
  std::vector<Hurry> all;
  const auto walked = walk(judged_at_);
  const Run& session = seen_.back().own();
  const bool lost = session.read && !session.good && !open_.contains(scope_of(Rung::gateway, {})) &&
                    !way_confirmed_since(session.since);
  const bool amiss =
      lost || open_.contains("") || (walked.stop && walked.standing.state != Standing::State::unknown);
  for (const Seen& seen : seen_) {
    const Rung rung = seen.witness.rung;
    if (rung == Rung::gateway) continue;
    const Run& run = seen.own();
    const auto open = open_.find(scope_of(rung, seen.witness.subject));
    if (is_way(rung)) {
      if (amiss) all.push_back({seen.witness.probe, rules_.recheck});
    } else if (rung == Rung::services && amiss) {
      all.push_back({seen.witness.probe, rules_.recheck});
    } else if (run.read && !run.good) {
      const std::uint32_t more = run.count > rules_.failed_readings ? run.count - rules_.failed_readings : 0;
      const auto doublings = rung == Rung::services ? std::min(more, kMostDoublings) : 0;
      all.push_back({seen.witness.probe, rules_.recheck * (1 << doublings)});
    } else if (open != open_.end()) {
      all.push_back({seen.witness.probe, rules_.recheck});
    }
  }
  return all;
}

void OutageWatch::show(BootTime now) {
  for (auto& reading : shown_) {
    const Rung rung = reading.rung;
    std::optional<bool> holds;
    std::optional<BootTime> missing_since;
    std::string evidence;
    if (rung == Rung::power || rung == Rung::board) {
      holds = true;  // somebody is here to say so
      evidence = evidence_of(rung, /*good=*/false);
    } else if (is_way(rung)) {
      const auto standing = stand(rung, now);
      if (standing.any_good || standing.state == Standing::State::holds) {
        holds = true;
      } else if (standing.state > Standing::State::holds) {
        holds = false;
        missing_since = standing.since;
      }
      evidence = evidence_of(rung, holds.value_or(false));
    } else {
      for (const Seen& seen : seen_) {
        const Run& run = seen.own();
        if (seen.witness.rung != rung || !run.read) continue;
        holds = holds.value_or(false) || run.good;
        if (!run.good) missing_since = std::max(missing_since.value_or(run.since), run.since);
        evidence += (evidence.empty() ? "" : ", ") + seen.latest.evidence;
      }
    }
    if (holds != reading.holds) reading.since = holds == false ? missing_since : now;
    if (!holds) reading.since.reset();
    reading.holds = holds;
    reading.evidence = std::move(evidence);
  }
}

std::vector<RungReading> OutageWatch::ladder() const {
  return {shown_.begin(), shown_.end()};
}

std::vector<Outage> OutageWatch::open() const {
  std::vector<Outage> all;
  for (const auto& [scope, outage] : open_) all.push_back(outage);
  return all;
}

}  // namespace xalink
