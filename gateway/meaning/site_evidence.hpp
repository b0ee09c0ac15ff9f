#pragma once
// What the records of one site prove: when its board was there, and what it said of interruptions. The same
// records give the same, in whatever order they came.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/meaning/cause.hpp"
#include "gateway/meaning/interval.hpp"
#include "gateway/registry/field_text.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/clock.hpp"

namespace xalink::meaning {

/// A moment of a boot in true time.
struct Placed {
  WallTime time{};
  bool estimated = false;  ///< no synchronised clock says so: it lies within bounds
};

/// A stretch of time of which something is known.
struct Known {
  Interval span;
  bool estimated = false;
  friend bool operator==(const Known&, const Known&) = default;
};

/// One event of an outage as the board stated it (outage_schema()).
struct StatedEvent {
  enum class Kind : std::uint8_t { begin, cause, end };
  std::string outage;
  Kind kind = Kind::begin;
  Cause cause = Cause::link;
  std::string subject;
  std::string begin_boot;
  BootTime begin{};
  std::string boot;
  BootTime at{};
  std::optional<Milliseconds> lasted;  ///< to a second
  std::string evidence;
  friend auto operator<=>(const StatedEvent&, const StatedEvent&) = default;
  friend bool operator==(const StatedEvent&, const StatedEvent&) = default;
};

/// A board that was shut down as it should be, and started again.
struct StatedOff {
  std::string before_boot;
  BootTime before{};
  std::string boot;
  friend auto operator<=>(const StatedOff&, const StatedOff&) = default;
  friend bool operator==(const StatedOff&, const StatedOff&) = default;
};

struct EvidenceRules {
  /// The longest time between two records of one boot in which the board is believed to have been there all
  /// the same. Rows are recorded by exception (agent/by_exception.hpp): while nothing changes one comes each
  /// heartbeat, 15 minutes, and at most half a probe's interval later; boards say when theirs differ
  /// (read_site_evidence()).
  Milliseconds longest_quiet = std::chrono::minutes(20);
  /// A record whose time lies within wider bounds than these, or without bounds on both sides, proves nothing
  /// of any particular time. A day: a board without clock that is switched on each morning is known to that.
  Milliseconds widest_bounds = std::chrono::hours(24);
};

/// Thread-safety: none.
class SiteEvidence {
 public:
  explicit SiteEvidence(EvidenceRules rules = {}) : rules_(rules) {}

  /// Of this site; gaps are ignored. Events (groups "Outage" and "Boot") from long before the period are
  /// wanted as well: an outage that began then may go on in it.
  void take(const store::StoredRecord& record);

  /// When the board was there, by boots; sorted, may overlap where two boards are at work.
  [[nodiscard]] std::vector<Known> presence() const;
  /// By outage.
  [[nodiscard]] const std::map<std::string, std::vector<StatedEvent>>& outages() const { return outages_; }
  [[nodiscard]] const std::vector<StatedOff>& offs() const { return offs_; }

  /// Nothing while no record of that boot has a time that can be used.
  [[nodiscard]] std::optional<Placed> place(const std::string& boot, BootTime at) const;
  /// The last sign of that boot.
  [[nodiscard]] std::optional<Placed> last_sign(const std::string& boot) const;
  /// The newest record of all, by the board's time.
  [[nodiscard]] std::optional<WallTime> last_seen() const;

  struct Counts {
    std::uint64_t records = 0;
    std::uint64_t estimated = 0;  ///< of those: with a time within bounds only
    std::uint64_t undated = 0;    ///< of those: of no known time, so of no use here
    std::uint64_t removed = 0;    ///< of those: their rows are gone ([records] keep_days)
    Counts& operator+=(const Counts& other);
    friend bool operator==(const Counts&, const Counts&) = default;
  };
  /// Of the records of each day of Vietnam by their time; undated ones by the best guess.
  [[nodiscard]] std::map<registry::Date, Counts> counts_by_day() const;

 private:
  struct Sign {
    BootTime at{};
    BootTime since{};  ///< of a summary: the first record in it
    WallTime time{};
    bool estimated = false;
    bool removed = false;
    friend auto operator<=>(const Sign&, const Sign&) = default;
  };
  struct Boot {
    std::vector<Sign> signs;  ///< sorted when `sorted`
    bool tied = false;        ///< some are not estimated
  };
  void take_outage(const store::StoredRecord& record);
  void take_start(const store::StoredRecord& record);
  [[nodiscard]] const std::map<std::string, Boot>& sorted_boots() const;

  EvidenceRules rules_;
  mutable std::map<std::string, Boot> boots_;
  mutable bool sorted_ = true;
  std::vector<std::pair<WallTime, bool>> undated_;  ///< and whether their rows are gone
  std::map<std::string, std::vector<StatedEvent>> outages_;
  std::vector<StatedOff> offs_;
};

}  // namespace xalink::meaning
