#pragma once
// What the probes have said of each rung of the ladder, and what follows from it: rules without I/O.

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "agent/ladder.hpp"
#include "agent/outage_rules.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// Link, first hop and so on: what every service needs, from the bottom up.
inline constexpr Rung kWay[] = {Rung::modem, Rung::link, Rung::first_hop, Rung::internet, Rung::dns};

/// How a rung stands.
struct Standing {
  enum class State : std::uint8_t {
    not_measured,
    unknown,  ///< no reading (any more)
    holds,
    doubtful,  ///< too early to tell
    missing,
  };
  State state = State::not_measured;
  bool any_good = false;
  BootTime since{};     ///< of doubtful and missing
  BootTime earliest{};  ///< the last good reading before
  std::uint32_t readings = 0;
};

/// How far the way was walked from the bottom: to its first rung that does not hold for certain.
struct Walk {
  std::optional<Rung> stop;
  Standing standing;
  [[nodiscard]] bool clear() const { return !stop; }
  [[nodiscard]] bool missing() const { return stop && standing.state == Standing::State::missing; }
};

struct Recovery {
  BootTime at{};
  BootTime earliest{};
};

/// Equal readings in a row.
struct Readings {
  bool read = false;
  bool good = false;
  std::uint32_t count = 0;
  BootTime since{};
  BootTime last{};
  std::optional<BootTime> before;  ///< the reading before them
  std::optional<BootTime> last_good;
  void take(bool is_good, BootTime at);
};

/// What share of its packets a way loses, told by echo requests or, where nobody answers these, by how often
/// TCP has to ask for a connection; the newest the most.
class WayLoss {
 public:
  WayLoss() = default;
  /// `share` of one run, 0 to 1. `requests`: how many it was of; too few are put together to a run first.
  /// 0: enough.
  void take(double share, BootTime at, std::uint32_t requests = 0);
  [[nodiscard]] bool known() const { return known_; }
  /// So much that an answer is a matter of luck.
  [[nodiscard]] bool much() const { return much_; }
  /// Nobody has answered for some runs: it tells of the way as it was.
  [[nodiscard]] bool silent() const;
  /// So many questions in a row after `when`, each sent again while it may be answered, can all be lost by
  /// chance; also while too little is known since then. `exchanges`: how many each of them takes, one after
  /// the other.
  [[nodiscard]] bool explains(std::uint32_t unanswered, BootTime when, int exchanges = 1) const;
  /// It may be as much by the requests after `when` alone, of which the newest are remembered, or these are
  /// too few to tell; nothing when nobody has answered.
  [[nodiscard]] std::optional<bool> maybe_much_since(BootTime when) const;

 private:
  explicit WayLoss(std::uint32_t silent) : silent_(silent) {}

  bool known_ = false;
  bool much_ = false;
  struct Requests {
    double lost = 0;
    std::uint32_t all = 0;
    BootTime at{};
  };

  void take_run(double share);
  void remember(const Requests& answered);
  [[nodiscard]] Requests requests_since(BootTime when) const;
  /// Of the requests after `when`; nothing when these are too few to tell.
  [[nodiscard]] std::optional<double> share_since(BootTime when) const;

  std::uint32_t silent_ = 0;  ///< runs in a row, up to now
  double share_ = 0;
  std::array<Requests, 8> newest_{};  ///< runs with an answer, or less than that; the newest first
  Requests few_;                      ///< not enough for a run yet
  std::uint32_t unanswered_ = 0;      ///< of few, in a row up to now
};

/// Each rung has witnesses: the probes that ask for it, and those whose good answer needed it. It holds while
/// any of them says so after the last doubt: one blocked protocol or one silent anchor is no outage. It is
/// missing when all say so. A rung that no probe asks for is not measured, and never a cause.
///
/// A next hop that was never heard may be one that ignores echo requests: not measured, until it was. So is
/// one that has stopped to answer while others' answers still come through it.
///
/// A way that loses much is there. The DNS, services and the gateway are not missing on it because their
/// answers did not come in time.
///
/// Two rungs can be missing while others' answers come through: a DNS that gives wrong addresses, and an
/// internet behind somebody who wants a login, as long as no service and no gateway was reached since.
///
/// A modem is missing when it is at fault itself, since the way was last there: when the others find nothing
/// they know no modem.
///
/// Thread-safety: none.
class Testimony {
 public:
  struct Seen {
    Witness witness;
    Verdict latest;
    bool heard = false;
    std::array<Readings, kRungCount> readings{};
    Readings innocence;  ///< bad: it accuses a rung
    std::uint32_t unheard = 0;  ///< of a service: visits in a row for which nobody took the connection
    WayLoss loss;
    [[nodiscard]] const Readings& own() const { return readings[index(witness.rung)]; }
    [[nodiscard]] const Readings& of(Rung rung) const { return readings[index(rung)]; }
    [[nodiscard]] bool asks(Rung rung) const { return witness.asks.has(rung); }
  };

  /// `heard`: probes of next hops that have answered at some time.
  Testimony(OutageRules rules, const std::vector<Witness>& witnesses, std::set<std::string> heard);

  /// False: nobody of that name is a witness.
  bool take(std::string_view probe, const Verdict& verdict, BootTime at);
  void session(bool online, std::string why, BootTime at);

  /// The witnesses, and the session with the gateway as the last of them.
  [[nodiscard]] const std::vector<Seen>& all() const { return seen_; }
  [[nodiscard]] const Readings& session() const { return seen_.back().own(); }
  [[nodiscard]] const std::set<std::string>& heard() const { return heard_; }

  /// By those who ask nothing but names: some have come, so many times in a row that chance is not the
  /// reason. Also where nobody asks.
  [[nodiscard]] bool names_come() const;
  /// By what goes beyond the office: the way loses so much that `unanswered` questions in a row are no proof
  /// that nobody is there. `silent_since`: when the first of them was asked. A way may begin to lose much at
  /// any time, and what was heard before that says nothing: for a while news of it are waited for.
  [[nodiscard]] bool may_be_lost(std::uint32_t unanswered, BootTime silent_since, BootTime now,
                                 int exchanges = 1) const;
  /// By one of those that tell what the way loses.
  [[nodiscard]] bool loses_much() const;
  /// The same of a service. Most visits that a way's losses spoil are connected, and wait for one of the many
  /// packets after that: they are no sign that nobody is there.
  [[nodiscard]] bool visits_may_be_lost(const Seen& service, BootTime now) const;
  /// What the way loses is known by it.
  [[nodiscard]] bool tells_loss(const Seen& seen) const;
  [[nodiscard]] Standing stand(Rung rung, BootTime now) const;
  [[nodiscard]] Walk walk(BootTime now) const;
  /// Each rung of the way was there at `when` or later. A session is lost for want of any rung below it,
  /// often long before a probe comes round to it.
  [[nodiscard]] bool way_confirmed_since(BootTime when) const;
  /// When the rung was there again after `after`; nothing while that is not sure.
  [[nodiscard]] std::optional<Recovery> recovery(Rung rung, BootTime after) const;
  /// When services were there again after `after`, by their names.
  [[nodiscard]] std::optional<Recovery> reached_by_name(BootTime after) const;
  [[nodiscard]] Rung reached_below(Rung rung, BootTime now) const;
  /// Who says so, those that ask for the rung itself first.
  [[nodiscard]] std::string evidence_of(Rung rung, bool good) const;

  /// What could not be reached for want of a lower rung has said nothing of itself, and who accused the rung
  /// before it was back knows nothing of it now.
  void forget_bad_above(Rung rung, BootTime after);

 private:
  [[nodiscard]] Seen* find(std::string_view probe);
  struct Accusation {
    BootTime since{};
    BootTime earliest{};
    BootTime last{};
    std::uint32_t readings = 0;
    bool contested = false;  ///< the session says otherwise, and may only not have noticed yet
  };
  [[nodiscard]] std::optional<Accusation> accusation(Rung rung, BootTime now) const;
  [[nodiscard]] bool can_be_missed(const Seen& seen, const std::optional<BootTime>& last_good) const;
  void forget_deaf_hops();

  OutageRules rules_;
  std::vector<Seen> seen_;
  std::array<std::optional<BootTime>, kRungCount> accused_;  ///< when it last was
  std::array<BootTime, kRungCount> hidden_until_{};          ///< for want of a lower rung
  std::set<std::string> heard_;
};

}  // namespace xalink
