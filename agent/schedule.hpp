#pragma once
// What is to be measured when, as rules without I/O: times in, times out.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

struct Timing {
  Duration interval = std::chrono::minutes(1);
  /// Each run begins up to this much after its slot, at random, so that boards that were switched on
  /// together do not ask together. Kept below the interval.
  Duration jitter{};
  /// Of the first slot, after the start: keeps the probes of one board out of each other's way.
  Duration phase{};
};

/// Slots lie on a fixed grid (start + phase + k * interval), so that a slow run does not shift the next
/// ones. A slot that comes while its probe still runs, or that passed while the machine slept or the loop
/// stood still, is skipped and counted: never made up for.
///
/// An entry may be hurried for a time: it then runs between its slots too. Such runs are extra, and leave the
/// slots as they are.
///
/// Thread-safety: none.
class Schedule {
 public:
  explicit Schedule(std::uint64_t seed) : random_(seed) {}

  /// Returns the entry's number: 0, 1, 2, ...
  std::size_t add(const Timing& timing, SteadyTime start);

  /// When the entry wants to run next; meaningless while it runs.
  [[nodiscard]] SteadyTime due(std::size_t entry) const { return entries_[entry].due; }
  [[nodiscard]] bool running(std::size_t entry) const { return entries_[entry].running; }
  /// Slots given up so far.
  [[nodiscard]] std::uint64_t skipped(std::size_t entry) const { return entries_[entry].skipped; }

  /// From now on: the next slot is one new interval after the last one, or now if that has passed. The first
  /// one stays where it is.
  void set_interval(std::size_t entry, Duration interval, SteadyTime now);

  /// A record that was taken will be written at `by`, and costs the same alone or with others: runs whose
  /// slots come before begin early enough within their jitter to be over by then, as far as their last run
  /// tells. True when any is due at another time now.
  bool gather_by(SteadyTime by);

  /// At most so long from one run's begin to the next, as long as it is not said anew; nothing: its slots
  /// alone. True when it is due at another time now.
  bool hurry(std::size_t entry, std::optional<Duration> every, SteadyTime now);
  /// One run as soon as may be, beside the slots; none while it runs. True when it is due now.
  bool ask(std::size_t entry, SteadyTime now);
  /// Whether the run that began last was an extra one that nobody had asked for by itself.
  [[nodiscard]] bool extra(std::size_t entry) const {
    return entries_[entry].extra && !entries_[entry].answers;
  }

  /// The run of the due slot begins. False, and nothing changes, when it is not yet due or still runs.
  bool begin(std::size_t entry, SteadyTime now);
  /// The run ended: the next slot after `now` is due.
  void end(std::size_t entry, SteadyTime now);

 private:
  struct Entry {
    Timing timing;
    SteadyTime slot{};
    SteadyTime slot_due{};
    SteadyTime due{};
    std::optional<Duration> hurry;
    std::optional<SteadyTime> last_begin;
    Duration lasts{};  ///< the last run did
    bool running = false;
    bool extra = false;
    bool asked = false;    ///< for one run
    bool answers = false;  ///< the run that began last was asked for
    std::uint64_t skipped = 0;
  };

  void choose_slot_due(Entry& entry);
  void gather(Entry& entry) const;
  void choose_due(Entry& entry, SteadyTime now);

  std::mt19937_64 random_;
  std::optional<SteadyTime> gather_by_;
  std::vector<Entry> entries_;
};

}  // namespace xalink
