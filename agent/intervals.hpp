#pragma once
// How often each probe measures, as changed at run time: a command to its metric "<group>/Interval". Rules
// without I/O.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Key of the outbox's note that holds what encode() gives: so it survives a restart.
inline constexpr std::string_view kIntervalsNote = "probes/intervals";

/// One that a command changed and that is in force.
struct CommandedInterval {
  std::string device;
  std::string group;
  Milliseconds in_force{};
  Milliseconds configured{};
};

/// Thread-safety: none; one loop.
class Intervals {
 public:
  /// `note`: as encode() gave it in an earlier life; what cannot be read is as if it had not been said. What
  /// was changed in this life stays.
  void recall(std::string_view note);

  /// A probe, with the interval of the configuration and the least that it can keep up with: the longest that
  /// one run may take. What was asked for earlier and is out of these bounds by now does not count.
  void add(const Schema& schema, Milliseconds configured, Duration longest_run);
  /// In force now.
  [[nodiscard]] Milliseconds of(std::string_view device, std::string_view group) const;

  [[nodiscard]] bool has(std::string_view device, std::string_view group) const;
  /// What was asked for in an earlier life, and is out of the bounds that the configuration gives it now.
  [[nodiscard]] std::optional<Error> outdated(std::string_view device, std::string_view group) const;
  /// By device and group.
  [[nodiscard]] std::vector<CommandedInterval> commanded() const;

  /// Takes `seconds` for the probe; 0 goes back to the configuration. Fails, and changes nothing, when there
  /// is no such probe, or it is out of bounds or nothing: no number of seconds. `said`: as it was asked for.
  Result<void> change(const std::string& device, const std::string& group,
                      std::optional<std::uint64_t> seconds, const std::string& said);

  [[nodiscard]] std::string encode() const;

 private:
  struct Entry {
    Milliseconds configured{};
    std::uint64_t least = 0;  ///< s
  };
  [[nodiscard]] std::optional<Milliseconds> asked_of(const std::string& key, const Entry& probe) const;
  std::map<std::string, Entry> probes_;         ///< by "device/group"
  std::set<std::string> changed_;               ///< of them, in this life
  std::map<std::string, std::uint64_t> asked_;  ///< s; also of probes that are not there at the moment
};

}  // namespace xalink
