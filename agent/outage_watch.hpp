#pragma once
// Finds outages in what the probes say: when they began and ended, and on which rung of the ladder. Rules
// without I/O; agent/outage_keeper gives them the clock and the outbox.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/ladder.hpp"
#include "agent/outage.hpp"
#include "agent/outage_memory.hpp"
#include "agent/outage_rules.hpp"
#include "agent/testimony.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// How the boot before this one ended.
struct EarlierBoot {
  std::string boot_id;
  BootTime last_sign{};  ///< time since that boot of the last record of it
  std::string how;       ///< in words, for the evidence
};

/// The rules:
/// - Whether a rung holds is what its witnesses say (Testimony).
/// - Modem, link, first hop, internet and DNS are the way. While a part of it is missing there is one
///   outage, whose cause is the lowest missing rung. When that comes back and a higher one is missing, or a
///   lower one goes too, the outage goes on with a change of its cause.
/// - Services, the gateway and the mains are outages of their own, side by side. Those of services and the
///   gateway end when the way does: what cannot be seen is not claimed. (The readings of that time are void,
///   but for what a session says that stands all the time.)
/// - A DNS that gave wrong addresses is there again when a service is, or a name leads to where one is
///   known to be. Who knew the right ones may have been ended meanwhile, and that names resolve is no news
///   then.
/// - With the board everything ends: a new boot ends what was open with the last sign of life of the old one.
///   A program that is only started again goes on with what is open.
///
/// Thread-safety: none; one loop.
class OutageWatch {
 public:
  /// `memory`: text of an OutageMemory, from the outbox. `earlier`: when this is another boot than that of
  /// the last record.
  OutageWatch(OutageRules rules, std::string boot_id, const std::vector<Witness>& witnesses,
              std::string_view memory, const std::optional<EarlierBoot>& earlier, BootTime now);

  /// One run of a probe. Probes that are no witnesses are ignored.
  void take(std::string_view probe, const Verdict& verdict, BootTime at);
  /// The session with the gateway: up, or an attempt that failed, or its loss. `why`: in words. `stands`: it
  /// is connected, and says itself that the gateway is not there.
  void session(bool online, std::string why, BootTime at, bool stands = false);
  /// What a probe that proves nothing found of the way (finding_of()); nothing: that all is well. It stands
  /// in the evidence of outages that begin soon after. How far packets got ("Path") is of the moment: it
  /// stands there only where that was looked at since, and not beside an internet that is there.
  void explain(const std::string& probe, std::optional<std::string> finding, BootTime at);
  /// Also when time alone decides; see wake_at().
  void tick(BootTime now) { judge(now); }
  [[nodiscard]] std::optional<BootTime> wake_at() const;

  struct News {
    std::vector<OutageEvent> events;
    std::string memory;  ///< to be kept in the same transaction
  };
  [[nodiscard]] std::optional<News> take_news();
  /// They could not be recorded: they are given again, with what came up meanwhile.
  void give_back(News news);
  /// What is to be remembered was forgotten: take_news() gives it again, also when nothing came up.
  void tell_memory() { memory_changed_ = true; }
  /// Of an outage that was found in another way: one whose begin and end are known together.
  void add(std::vector<OutageEvent> events);

  struct Hurry {
    std::string probe;
    Milliseconds every{};
    friend bool operator==(const Hurry&, const Hurry&) = default;
  };
  /// The probes that ought to be asked more often than they are, and how often. Nobody while all is well.
  [[nodiscard]] std::vector<Hurry> hurry() const;
  /// A part of the way is missing or may be, or the session that was there is lost and nobody knows yet why.
  [[nodiscard]] bool way_in_doubt() const;

  /// From the bottom up.
  [[nodiscard]] std::vector<RungReading> ladder() const;
  [[nodiscard]] std::vector<Outage> open() const;

 private:
  OutageWatch(OutageRules rules, std::string boot_id, const std::vector<Witness>& witnesses,
              const OutageMemory& memory, const std::optional<EarlierBoot>& earlier, BootTime now);
  void resume(const OutageMemory& memory, const std::optional<EarlierBoot>& earlier, BootTime now);
  void judge(BootTime now);
  void judge_way(BootTime now);
  void judge_open_way(Outage& outage, BootTime now);
  void judge_leaf(const Testimony::Seen& seen, bool visible, BootTime now);
  void hide_leaves(BootTime at);
  void show(BootTime now);
  /// Lost, and no outage of the gateway is told.
  [[nodiscard]] bool session_untold() const;
  [[nodiscard]] bool session_unexplained() const;
  void begin(const std::string& scope, Rung cause, std::string subject, const Standing& standing);
  void change_cause(Outage& outage, Rung cause, BootTime at, const Standing& standing);
  void end(const std::string& scope, Recovery recovery, std::string evidence, std::uint32_t readings);
  [[nodiscard]] std::string with_findings(std::string evidence, Rung cause, BootTime since) const;

  OutageRules rules_;
  std::string boot_id_;
  Testimony testimony_;
  std::map<std::string, Outage> open_;  ///< by scope: "" is the way
  std::optional<Recovery> recovery_;    ///< of the way's cause; what is above it is not known yet
  bool lied_before_ = false;  ///< the way's outage is an earlier program's, which knew the right addresses
  std::set<std::string> heard_;
  bool routeless_ = false;
  struct Finding {
    std::string words;
    BootTime at{};
  };
  std::map<std::string, Finding> findings_;  ///< by probe
  std::vector<OutageEvent> events_;
  bool memory_changed_ = false;
  BootTime judged_at_{};
  std::array<RungReading, kRungCount> shown_;
};

}  // namespace xalink
