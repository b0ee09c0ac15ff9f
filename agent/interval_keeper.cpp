#include "agent/interval_keeper.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

constexpr Duration kKeepAgainAfter = std::chrono::seconds(30);

std::string seconds_of(Milliseconds interval) {
  const auto ms = interval.count();
  if (ms % 1000 == 0) return std::to_string(ms / 1000) + " s";
  return std::to_string(ms) + " ms";
}

}  // namespace

IntervalKeeper::IntervalKeeper(const boost::asio::any_io_executor& executor, Clock& clock, Measure& measure)
    : clock_(clock), measure_(measure), changed_(executor) {}

void IntervalKeeper::recall(std::string_view note) {
  intervals_.recall(note);
  kept_ = note;
  recalled_ = true;
}

void IntervalKeeper::add(MeasureTask task) {
  const Schema& schema = probes_.emplace_back(task.probe->schema());
  const auto configured = std::chrono::duration_cast<Milliseconds>(task.timing.interval);
  intervals_.add(schema, configured, task.limit);
  measure_.add(std::move(task));
  measure_.set_interval(schema.device, schema.group, intervals_.of(schema.device, schema.group));
}

void IntervalKeeper::listen(Tell tell_whom) {
  tell_ = std::move(tell_whom);
  for (const Schema& schema : probes_) tell(schema.device, schema.group);
}

void IntervalKeeper::tell(const std::string& device, const std::string& group) const {
  if (!tell_) return;
  const auto interval = std::chrono::ceil<std::chrono::seconds>(intervals_.of(device, group));
  tell_(device, group + "/" + std::string(interval_declaration().name),
        static_cast<std::uint64_t>(interval.count()));
}

void IntervalKeeper::asked(const action::SettingAsked& setting) {
  const std::string group = setting.name.substr(0, setting.name.rfind('/'));
  const auto before = intervals_.of(setting.device, group);
  const auto changed = intervals_.change(setting.device, group, setting.value);
  const auto interval = intervals_.of(setting.device, group);
  if (!changed) {
    spdlog::warn("ignored a command: {}; it stays {}", changed.error().to_string(), seconds_of(interval));
  } else if (interval != before) {
    measure_.set_interval(setting.device, group, interval);
    spdlog::info("{}/{} is measured every {} now, no longer every {}: so it was commanded", setting.device,
                 group, seconds_of(interval), seconds_of(before));
  }
  tell(setting.device, group);
  changed_.ring();
}

void IntervalKeeper::keep_again() {
  kept_.clear();
  changed_.ring();
}

boost::asio::awaitable<void> IntervalKeeper::run(Recorder& recorder) {
  while (true) {
    if (!recalled_) {
      auto recalling = recall_from(recorder);
      const bool recalled = co_await std::move(recalling);
      if (!recalled) {
        co_await clock_.sleep_for(kKeepAgainAfter);
        continue;
      }
    }
    if (intervals_.encode() == kept_) {
      co_await changed_.wait();
      continue;
    }
    auto keeping = keep_in(recorder);
    const bool kept = co_await std::move(keeping);
    if (!kept) co_await clock_.sleep_for(kKeepAgainAfter);
  }
}

boost::asio::awaitable<bool> IntervalKeeper::recall_from(Recorder& recorder) {
  std::string key(kIntervalsNote);
  auto reading = recorder.read_note(std::move(key));
  const auto note = co_await std::move(reading);
  if (!note) co_return false;
  recall(note->value_or(""));
  for (const Schema& schema : probes_) {
    measure_.set_interval(schema.device, schema.group, intervals_.of(schema.device, schema.group));
    tell(schema.device, schema.group);
  }
  co_return true;
}

boost::asio::awaitable<bool> IntervalKeeper::keep_in(Recorder& recorder) {
  std::string note = intervals_.encode();
  std::vector<Pending> no_events;
  std::string key(kIntervalsNote);
  auto keeping = recorder.record_events(std::move(no_events), std::move(key), note);
  const auto kept = co_await std::move(keeping);
  if (kept) {
    kept_ = std::move(note);
    refused_ = false;
    co_return true;
  }
  if (!std::exchange(refused_, true)) {
    spdlog::warn("the intervals that were commanded hold, but would not survive a restart yet: {}",
                 kept.error().to_string());
  }
  co_return false;
}

}  // namespace xalink
