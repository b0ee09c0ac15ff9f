#include "agent/interval_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

#include "sparkplug/metric_names.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

constexpr Duration kKeepAgainAfter = std::chrono::seconds(30);
// Names and values of commands are anybody's: a line in the log stays a line.
constexpr std::size_t kMostShown = 80;

std::string shown(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) c = '_';
  }
  if (text.size() <= kMostShown) return text;
  text.resize(kMostShown);
  text.resize(std::min(text.size(), find_broken_utf8(text)));
  return text + "…";
}

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
  put_in_force(schema);
}

void IntervalKeeper::put_in_force(const Schema& schema) {
  measure_.set_interval(schema.device, schema.group, intervals_.of(schema.device, schema.group));
  auto outdated = intervals_.outdated(schema.device, schema.group);
  if (outdated) refuse(std::move(*outdated), schema.device, schema.group);
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
  const auto said = shown(setting.said);
  const std::string ending = "/" + std::string(interval_declaration().name);
  if (!setting.name.ends_with(ending)) {
    refuse({shown(setting.device + "/" + setting.name), said + " is for a metric that no command changes",
            "commands change metrics that end in " + ending},
           {}, {});
    return;
  }
  const std::string group = setting.name.substr(0, setting.name.size() - ending.size());
  const auto before = intervals_.of(setting.device, group);
  const auto changed = intervals_.change(setting.device, group, setting.value, said);
  const auto interval = intervals_.of(setting.device, group);
  if (!changed) {
    refuse(changed.error(), setting.device, group);
  } else if (interval != before) {
    measure_.set_interval(setting.device, group, interval);
    spdlog::info("{}/{} is measured every {} now, no longer every {}: so it was commanded", setting.device,
                 group, seconds_of(interval), seconds_of(before));
  }
  if (!intervals_.has(setting.device, group)) return;
  if (!recalled_ || disk_refuses_) {
    tell(setting.device, group);
  } else {
    untold_.emplace(setting.device, group);
  }
  changed_.ring();
}

void IntervalKeeper::refuse(Error why, const std::string& device, const std::string& group) {
  why.where = shown(std::move(why.where));
  const auto stays = intervals_.has(device, group) ? "; it stays " + seconds_of(intervals_.of(device, group))
                                                   : std::string();
  spdlog::warn("refused a command: {}{}", why.to_string(), stays);
  ++refused_;
  last_refused_ = CommandStatus::Refused{std::move(why), clock_.boot()};
}

CommandStatus IntervalKeeper::status() const {
  return {intervals_.commanded(), refused_, last_refused_};
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
    auto untold = std::exchange(untold_, {});
    if (intervals_.encode() == kept_) {
      tell_what_was_asked(untold);
      co_await changed_.wait();
      continue;
    }
    auto keeping = keep_in(recorder);
    const bool kept = co_await std::move(keeping);
    if (!kept) untold.merge(std::exchange(untold_, {}));
    tell_what_was_asked(untold);
    if (!kept) co_await clock_.sleep_for(kKeepAgainAfter);
  }
}

void IntervalKeeper::tell_what_was_asked(const std::set<std::pair<std::string, std::string>>& probes) const {
  // What was asked for again meanwhile is not kept yet.
  for (const auto& probe : probes) {
    if (!untold_.contains(probe)) tell(probe.first, probe.second);
  }
}

boost::asio::awaitable<bool> IntervalKeeper::recall_from(Recorder& recorder) {
  std::string key(kIntervalsNote);
  auto reading = recorder.read_note(std::move(key));
  const auto note = co_await std::move(reading);
  if (!note) co_return false;
  recall(note->value_or(""));
  for (const Schema& schema : probes_) {
    put_in_force(schema);
    tell(schema.device, schema.group);
  }
  co_return true;
}

boost::asio::awaitable<bool> IntervalKeeper::keep_in(Recorder& recorder) {
  std::string note = intervals_.encode();
  auto keeping = recorder.keep_note(kIntervalsNote, note);
  const auto kept = co_await std::move(keeping);
  if (kept) {
    kept_ = std::move(note);
    disk_refuses_ = false;
    co_return true;
  }
  if (!std::exchange(disk_refuses_, true)) {
    spdlog::warn("the intervals that were commanded hold, but would not survive a restart yet: {}",
                 kept.error().to_string());
  }
  co_return false;
}

}  // namespace xalink
