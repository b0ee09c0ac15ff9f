#include "agent/outage_watch.hpp"

#include <algorithm>
#include <utility>

namespace xalink {
namespace {

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

OutageWatch::OutageWatch(OutageRules rules, std::string boot_id, const std::vector<Witness>& witnesses,
                         std::string_view memory, const std::optional<EarlierBoot>& earlier, BootTime now)
    : OutageWatch(rules, std::move(boot_id), witnesses, OutageMemory::from_text(memory), earlier, now) {}

OutageWatch::OutageWatch(OutageRules rules, std::string boot_id, const std::vector<Witness>& witnesses,
                         const OutageMemory& memory, const std::optional<EarlierBoot>& earlier, BootTime now)
    : rules_(rules),
      boot_id_(std::move(boot_id)),
      testimony_(rules, witnesses, memory.heard, memory.routeless),
      heard_(memory.heard),
      routeless_(memory.routeless) {
  for (std::size_t rung = 0; rung < kRungCount; ++rung) shown_[rung].rung = static_cast<Rung>(rung);
  resume(memory, earlier, now);
  show(now);
}

void OutageWatch::resume(const OutageMemory& memory, const std::optional<EarlierBoot>& earlier,
                         BootTime now) {
  for (const Outage& outage : memory.open) {
    const auto scope = scope_of(outage.cause, outage.subject);
    open_[scope] = outage;
    if (memory.boot_id == boot_id_) {
      const auto same = [&](const Testimony::Seen& seen) {
        return seen.witness.rung == outage.cause &&
               (outage.cause != Rung::services || seen.witness.subject == outage.subject);
      };
      if (std::ranges::any_of(testimony_.all(), same)) {
        const auto by_name = [](const Testimony::Seen& seen) {
          return seen.witness.rung == Rung::services && seen.asks(Rung::dns);
        };
        lied_before_ = lied_before_ || (outage.cause == Rung::dns &&
                                        outage.evidence.find(kWrongAddress) != std::string::npos &&
                                        std::ranges::any_of(testimony_.all(), by_name));
        continue;
      }
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

void OutageWatch::take(std::string_view probe, const Verdict& verdict, BootTime at) {
  if (testimony_.take(probe, verdict, at)) judge(at);
}

void OutageWatch::session(bool online, std::string why, BootTime at, bool stands) {
  testimony_.session(online, std::move(why), at, stands);
  judge(at);
}

void OutageWatch::judge(BootTime now) {
  judged_at_ = std::max(judged_at_, now);
  if (heard_ != testimony_.heard()) {
    heard_ = testimony_.heard();
    memory_changed_ = true;
  }
  if (routeless_ != testimony_.routeless()) {
    routeless_ = testimony_.routeless();
    memory_changed_ = true;
  }
  judge_way(now);
  const bool visible = !open_.contains("") && testimony_.walk(now).clear();
  for (const auto& seen : testimony_.all()) {
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
  const auto walked = testimony_.walk(now);
  if (!walked.missing()) return;
  begin("", *walked.stop, {}, walked.standing);
  hide_leaves(walked.standing.since);
}

void OutageWatch::judge_open_way(Outage& outage, BootTime now) {
  const Rung cause = outage.cause;
  auto walked = testimony_.walk(now);
  if (walked.missing() && *walked.stop < cause) {
    change_cause(outage, *walked.stop, std::max(walked.standing.since, outage.changed), walked.standing);
    return;
  }
  if (walked.stop && *walked.stop <= cause) {
    if (walked.missing()) recovery_.reset();
    return;
  }
  if (!recovery_) {
    const bool lied = lied_before_ && cause == Rung::dns;
    recovery_ =
        lied ? testimony_.reached_by_name(outage.changed) : testimony_.recovery(cause, outage.changed);
    if (!recovery_ && testimony_.stand(cause, now).state == Standing::State::not_measured) {
      recovery_ = Recovery{now, outage.changed};
    }
    if (!recovery_) return;
    testimony_.forget_bad_above(cause, recovery_->at);
    walked = testimony_.walk(now);
  }
  if (walked.missing()) {
    change_cause(outage, *walked.stop, recovery_->at, walked.standing);
  } else if (walked.clear()) {
    end("", *recovery_, testimony_.evidence_of(cause, /*good=*/true), rules_.good_readings);
  }
}

void OutageWatch::judge_leaf(const Testimony::Seen& seen, bool visible, BootTime now) {
  const Rung rung = seen.witness.rung;
  const Readings& run = seen.own();
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
  if (speaks_once ? !testimony_.way_confirmed_since(run.since) : run.count < rules_.failed_readings) return;
  if (speaks_once && now < testimony_.session_sure_from()) return;
  // A session is tried again by itself.
  const auto tries = static_cast<std::uint32_t>((now - run.since) / (3 * rules_.least));
  if (speaks_once && testimony_.may_be_lost(tries, run.since, now)) return;
  const bool silent = rung == Rung::services && seen.latest.silence;
  if (silent && testimony_.visits_may_be_lost(seen, now)) return;
  // On a line that loses much, some names come and some do not: that says nothing of the service.
  if (seen.latest.unresolved && !testimony_.names_come()) return;
  Standing standing;
  standing.since = speaks_once ? testimony_.session_missing_since() : run.since;
  standing.earliest = std::min(run.last_good.value_or(standing.since), standing.since);
  standing.readings = run.count;
  begin(scope, rung, rung == Rung::power ? "mains" : seen.witness.subject, standing);
  const auto evidence = with_findings(seen.latest.evidence, rung, standing.earliest);
  open_[scope].evidence = evidence;
  events_.back().outage.evidence = evidence;
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
  outage.reached = testimony_.reached_below(cause, standing.since);
  outage.begin_boot = boot_id_;
  outage.begin = outage.changed = standing.since;
  outage.evidence = with_findings(testimony_.evidence_of(cause, /*good=*/false), cause, standing.earliest);
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
  outage.reached = testimony_.reached_below(cause, at);
  outage.evidence = with_findings(testimony_.evidence_of(cause, /*good=*/false), cause, at);
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
  lied_before_ = false;
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
  if (!scope.empty()) return;
  // Who stood in this way is no evidence of the next outage.
  std::erase_if(findings_, [&](const auto& one) {
    return one.first == "Captive Portal" && one.second.at <= recovery.at;
  });
  recovery_.reset();
  lied_before_ = false;
}

void OutageWatch::explain(const std::string& probe, std::optional<std::string> finding, BootTime at) {
  if (finding) {
    findings_[probe] = Finding{std::move(*finding), at};
  } else {
    findings_.erase(probe);
  }
}

// What was found long ago says nothing of this outage; mains and links need no further words. Where packets
// ended in the outage before this one says nothing either, nor where echo requests do while others get
// through.
std::string OutageWatch::with_findings(std::string evidence, Rung cause, BootTime since) const {
  constexpr Milliseconds kFresh = std::chrono::minutes(20);
  if (cause < Rung::first_hop) return evidence;
  const bool internet_is_there =
      cause > Rung::internet && testimony_.stand(Rung::internet, judged_at_).state == Standing::State::holds;
  for (const auto& [probe, finding] : findings_) {
    if (finding.at + kFresh < judged_at_) continue;
    if (probe == "Path" && (internet_is_there || finding.at < since)) continue;
    if (!evidence.empty()) evidence += ", ";
    evidence += finding.words;
  }
  return evidence;
}

std::optional<BootTime> OutageWatch::wake_at() const {
  if (!session_untold() || open_.contains("")) return {};
  const auto when = std::max(testimony_.session().since + rules_.least, testimony_.session_sure_from());
  // After that only a reading can decide.
  return when > judged_at_ ? std::optional(when) : std::nullopt;
}

std::optional<OutageWatch::News> OutageWatch::take_news() {
  if (events_.empty() && !memory_changed_) return std::nullopt;
  OutageMemory memory;
  memory.boot_id = boot_id_;
  memory.heard = heard_;
  memory.routeless = routeless_;
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

bool OutageWatch::session_untold() const {
  const Readings& session = testimony_.session();
  return session.read && !session.good && !open_.contains(scope_of(Rung::gateway, {}));
}

bool OutageWatch::session_unexplained() const {
  return session_untold() && !testimony_.way_confirmed_since(testimony_.session().since);
}

bool OutageWatch::way_in_doubt() const {
  // One that was never there yet is only being made.
  const bool lost = session_unexplained() && testimony_.session().last_good;
  const auto walked = testimony_.walk(judged_at_);
  return lost || open_.contains("") || (walked.stop && walked.standing.state != Standing::State::unknown);
}

std::vector<OutageWatch::Hurry> OutageWatch::hurry() const {
  std::vector<Hurry> all;
  const bool amiss = session_unexplained() || way_in_doubt();
  // A service that is silent is as good as its way, and so is a gateway that is away: they tell what it loses
  // now.
  const bool may_be_lost = session_untold() || std::ranges::any_of(testimony_.all(), [&](const auto& seen) {
                             const bool silent = seen.own().read && !seen.own().good && seen.latest.silence;
                             return seen.witness.rung == Rung::services && silent &&
                                    !open_.contains(scope_of(Rung::services, seen.witness.subject)) &&
                                    seen.own().count <= 2 * rules_.failed_readings;
                           });
  for (const auto& seen : testimony_.all()) {
    const Rung rung = seen.witness.rung;
    const bool tells_loss = may_be_lost && testimony_.tells_loss(seen);
    if (rung == Rung::gateway || (is_way(rung) && !amiss && !tells_loss)) continue;
    Milliseconds every = rules_.recheck;
    const bool of_the_way = is_way(rung) || (rung == Rung::services && amiss);
    const Readings& run = seen.own();
    const bool missed = run.read && !run.good;
    if (!of_the_way && !missed && !open_.contains(scope_of(rung, seen.witness.subject))) continue;
    if (!of_the_way && missed && rung == Rung::services && run.count > rules_.failed_readings) {
      every *= 1 << std::min(run.count - rules_.failed_readings, kMostDoublings);
    }
    all.push_back({seen.witness.probe, every});
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
      evidence = testimony_.evidence_of(rung, /*good=*/false);
    } else if (is_way(rung)) {
      const auto standing = testimony_.stand(rung, now);
      if (standing.any_good || standing.state == Standing::State::holds) {
        holds = true;
      } else if (standing.state > Standing::State::holds) {
        holds = false;
        missing_since = standing.since;
      }
      evidence = testimony_.evidence_of(rung, holds.value_or(false));
    } else {
      for (const auto& seen : testimony_.all()) {
        const Readings& run = seen.own();
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
