#include "agent/measure.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <utility>

#include "sparkplug/metric_names.hpp"
#include "sparkplug/wake_up.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {

namespace asio = boost::asio;

namespace {

// Probes end by their deadline themselves; this much later they are ended.
constexpr Duration kGrace = std::chrono::milliseconds(500);

/// A record for a run that gave no values: all null, and why where the schema can say it.
std::vector<Value> without_values(const Schema& schema, std::string why) {
  std::vector<Value> values(schema.columns.size());
  if (const auto reason = column_index(schema, "Reason")) values[*reason] = std::move(why);
  return values;
}

}  // namespace

struct Measure::Task {
  explicit Task(MeasureTask task_in) : task(std::move(task_in)) {}
  MeasureTask task;
  std::size_t entry = 0;
  std::optional<Record> last;
  std::optional<SteadyTime> last_run;
  std::uint64_t runs = 0;
  std::uint64_t failures = 0;
  std::optional<WakeUp> due_changed;  ///< while it runs
};

Measure::Measure(Clock& clock, StampOf stamp, Sink sink, std::uint64_t seed)
    : clock_(clock), stamp_(std::move(stamp)), sink_(std::move(sink)), schedule_(seed) {}

Measure::~Measure() = default;

void Measure::add(MeasureTask task) {
  tasks_.push_back(std::make_unique<Task>(std::move(task)));
  tasks_.back()->entry = schedule_.add(tasks_.back()->task.timing, clock_.steady());
}

void Measure::hurry(const std::map<std::string, Duration, std::less<>>& every) {
  for (const auto& task : tasks_) {
    const auto found = every.find(task->task.probe->schema().group);
    const auto how = found == every.end() ? std::nullopt : std::optional(found->second);
    if (schedule_.hurry(task->entry, how, clock_.steady()) && task->due_changed) task->due_changed->ring();
  }
}

void Measure::set_interval(std::string_view device, std::string_view group, Duration interval) {
  for (const auto& task : tasks_) {
    const Schema& schema = task->task.probe->schema();
    if (schema.device != device || schema.group != group) continue;
    schedule_.set_interval(task->entry, interval, clock_.steady());
    if (task->due_changed) task->due_changed->ring();
  }
}

void Measure::gather_by(SteadyTime by) {
  if (!schedule_.gather_by(by)) return;
  for (const auto& task : tasks_) {
    if (task->due_changed) task->due_changed->ring();
  }
}

void Measure::ask(std::string_view group) {
  for (const auto& task : tasks_) {
    if (task->task.probe->schema().group != group) continue;
    if (schedule_.ask(task->entry, clock_.steady()) && task->due_changed) task->due_changed->ring();
  }
}

asio::awaitable<void> Measure::run() {
  auto executor = co_await asio::this_coro::executor;
  if (tasks_.empty()) {
    co_await clock_.sleep_until(SteadyTime::max());
    co_return;
  }
  using Spawned = decltype(asio::co_spawn(executor, run_task(0), asio::deferred));
  std::vector<Spawned> all;
  for (std::size_t number = 0; number < tasks_.size(); ++number) {
    all.push_back(asio::co_spawn(executor, run_task(number), asio::deferred));
  }
  auto group = asio::experimental::make_parallel_group(std::move(all));
  auto result = co_await group.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  // Tasks run for ever: the first to end is the one that was cancelled or is broken.
  const std::vector<std::size_t>& order = std::get<0>(result);
  const std::vector<std::exception_ptr>& errors = std::get<1>(result);
  if (errors[order.front()]) std::rethrow_exception(errors[order.front()]);
}

asio::awaitable<void> Measure::run_task(std::size_t number) {
  Task& task = *tasks_[number];
  auto executor = co_await asio::this_coro::executor;
  task.due_changed.emplace(executor);
  while (true) {
    auto waiting = task.due_changed->wait_until(clock_, schedule_.due(task.entry));
    co_await std::move(waiting);
    const SteadyTime now = clock_.steady();
    if (!schedule_.begin(task.entry, now)) continue;
    auto once = run_once(task);
    co_await std::move(once);
    schedule_.end(task.entry, clock_.steady());
  }
}

asio::awaitable<void> Measure::run_once(Task& task) {
  Probe& probe = *task.task.probe;
  const Schema& schema = probe.schema();
  const SteadyTime begin = clock_.steady();
  Record record;
  std::string failed;
  bool nothing = false;
  try {
    auto measuring = probe.measure(begin + task.task.limit);
    auto values = co_await with_timeout(clock_, task.task.limit + kGrace, std::move(measuring));
    if (!values) {
      failed = "the probe did not end in time";
    } else if (values->empty()) {
      nothing = true;
    } else if (values->size() != schema.columns.size()) {
      failed = "the probe gave " + std::to_string(values->size()) + " values for " +
               std::to_string(schema.columns.size()) + " columns";
    } else {
      record.values = std::move(*values);
    }
  } catch (const std::exception& exception) {
    failed = std::string("the probe failed: ") + exception.what();
  }
  const auto state = co_await asio::this_coro::cancellation_state;
  if (state.cancelled() != asio::cancellation_type::none) {
    throw boost::system::system_error(asio::error::operation_aborted);
  }
  ++task.runs;
  if (!failed.empty()) {
    ++task.failures;
    record.values = without_values(schema, std::move(failed));
  }
  task.last_run = begin;
  if (nothing) co_return;
  // At the end of the run: so the times of one loop's records never go back.
  record.stamp = stamp_();
  task.last = record;
  if (listener_) listener_(schema, record, clock_.steady() - begin);
  if (!schedule_.extra(task.entry)) sink_(schema, std::move(record));
}

std::vector<ProbeStatus> Measure::status() const {
  std::vector<ProbeStatus> all;
  for (const auto& task : tasks_) {
    if (task->runs > 0 && !task->last) continue;
    ProbeStatus status;
    status.schema = task->task.probe->schema();
    status.last = task->last;
    status.last_run = task->last_run;
    status.running = schedule_.running(task->entry);
    status.runs = task->runs;
    status.failures = task->failures;
    status.skipped = schedule_.skipped(task->entry);
    all.push_back(std::move(status));
  }
  return all;
}

}  // namespace xalink
