#pragma once
// Runs each probe when it is due, turns whatever comes of it into a record, and hands that on.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probe.hpp"
#include "agent/schedule.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// For `status`: how a probe fares.
struct ProbeStatus {
  Schema schema;
  std::optional<Record> last;  ///< the newest record; its stamp says when
  std::optional<SteadyTime> last_run;
  bool running = false;
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;  ///< runs without values: the probe threw, or did not end in time
  std::uint64_t skipped = 0;   ///< slots given up because the run before was not over, or the loop was late
};

struct MeasureTask {
  std::unique_ptr<Probe> probe;
  Timing timing;
  Duration limit = std::chrono::seconds(10);  ///< for one run; the probe's deadline
  /// It may never have anything to record: it is announced with its first record, not before.
  bool may_have_nothing = false;
};

/// Thread-safety: one loop.
class Measure {
 public:
  /// Takes records in the order in which they were made. What it throws ends run().
  using Sink = std::function<void(const Schema& schema, Record record)>;
  using StampOf = std::function<Stamp()>;
  /// `took`: the run, whose end the record's stamp is.
  using Listener = std::function<void(const Schema& schema, const Record& record, Duration took)>;

  /// `clock` and the probes' executor belong to the loop that runs run(). `stamp` is asked for each
  /// record (TimeKeeper on a board). `seed` is for the schedule's jitter.
  Measure(Clock& clock, StampOf stamp, Sink sink, std::uint64_t seed);
  ~Measure();
  Measure(const Measure&) = delete;
  Measure& operator=(const Measure&) = delete;

  /// Before run() only. Two probes must not have one schema.
  void add(MeasureTask task);

  /// Hears of every run, also of those that are not recorded: extra ones, when somebody hurries. Before
  /// run() only.
  void listen(Listener listener) { listener_ = std::move(listener); }

  /// Probes (by the group of their records) that are to run at least so often from now on, between their
  /// slots too; all others by their slots alone. Extra runs are for the listener and status(), not for the
  /// sink: eleven hours without a link must not fill the outbox with what the outage says in one line.
  void hurry(const std::map<std::string, Duration, std::less<>>& every);

  /// As Schedule::gather_by.
  void gather_by(SteadyTime by);

  /// One run of a probe (by the group of its records) as soon as may be, which is recorded.
  void ask(std::string_view group);

  /// From now on, also while run() waits for its next slot.
  void set_interval(std::string_view device, std::string_view group, Duration interval);

  /// One coroutine for each probe, until cancelled: then it ends them all and throws operation_aborted.
  /// A probe that fails or overruns its limit costs itself a record of nulls, and nobody else anything.
  boost::asio::awaitable<void> run();

  /// Without those that ran and have never had anything to record.
  [[nodiscard]] std::vector<ProbeStatus> status() const;

 private:
  struct Task;

  boost::asio::awaitable<void> run_task(std::size_t number);
  boost::asio::awaitable<void> run_once(Task& task);

  Clock& clock_;
  StampOf stamp_;
  Sink sink_;
  Listener listener_;
  Schedule schedule_;
  std::vector<std::unique_ptr<Task>> tasks_;
};

}  // namespace xalink
