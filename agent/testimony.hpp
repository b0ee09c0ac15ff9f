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
#include "agent/way_loss.hpp"
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
/// A link that has a carrier and no default route is missing, unless services or the gateway were reached
/// over it like that: the proxy or the routes of a private network may need no more.
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
    Readings innocence;         ///< bad: it accuses a rung
    Readings found;             ///< of a service: its name led to it, whether it answers or not
    std::uint32_t unheard = 0;  ///< of a service: visits in a row for which nobody took the connection
    WayLoss loss;
    std::uint32_t newly_heard = 0;  ///< more runs in which it tells nothing of what was lost before them
    [[nodiscard]] const Readings& own() const { return readings[index(witness.rung)]; }
    [[nodiscard]] const Readings& of(Rung rung) const { return readings[index(rung)]; }
    [[nodiscard]] bool asks(Rung rung) const { return witness.asks.has(rung); }
  };

  /// `heard`: probes of next hops that have answered at some time. `routeless`: as routeless().
  Testimony(OutageRules rules, const std::vector<Witness>& witnesses, std::set<std::string> heard,
            bool routeless = false);

  /// False: nobody of that name is a witness.
  bool take(std::string_view probe, const Verdict& verdict, BootTime at);
  /// `stands`: it is connected, and says itself that the gateway is not there. It says so once, and means it
  /// until it says something else.
  void session(bool online, std::string why, BootTime at, bool stands = false);

  /// The witnesses, and the session with the gateway as the last of them.
  [[nodiscard]] const std::vector<Seen>& all() const { return seen_; }
  [[nodiscard]] const Readings& session() const { return seen_.back().own(); }
  /// Of a session that is lost. One that was lost before the way has not come back with it: since then, and
  /// not since the first attempt that has failed, which may have begun while the way was missing and waited.
  [[nodiscard]] BootTime session_missing_since() const;
  /// What it says is known to be so from then on: a connection that has outlived a way without packets brings
  /// late what was sent meanwhile, or is gone without having noticed.
  [[nodiscard]] BootTime session_sure_from() const;
  [[nodiscard]] const std::set<std::string>& heard() const { return heard_; }
  /// Services or the gateway were reached without a default route, and there has been none since.
  [[nodiscard]] bool routeless() const { return routeless_; }

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
  /// When services were there again after `after`, by their names, or names led to where they are known to
  /// be.
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
  [[nodiscard]] bool cannot_be_accused_again(BootTime accused) const;
  void acquit_who_cannot_be_accused_again();
  [[nodiscard]] bool is_let_through_again(const Seen& echoes, const Verdict& verdict) const;
  /// Without a default route and without the need of one: a carrier is there.
  [[nodiscard]] bool link_is_enough() const;
  [[nodiscard]] bool can_be_missed(const Seen& seen, const std::optional<BootTime>& last_good) const;
  void forget_deaf_hops();
  void learn_whether_routeless();

  OutageRules rules_;
  std::vector<Seen> seen_;
  std::array<std::optional<BootTime>, kRungCount> accused_;  ///< when it last was
  std::array<BootTime, kRungCount> hidden_until_{};          ///< for want of a lower rung
  std::set<std::string> heard_;
  bool routeless_ = false;
  std::optional<BootTime> session_stands_since_;
  BootTime way_was_gone_until_{};  ///< below the DNS, which takes packets with it
};

}  // namespace xalink
