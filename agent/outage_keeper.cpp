#include "agent/outage_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

constexpr Duration kRetryAfter = std::chrono::seconds(30);
// A line that comes and goes is not asked each time.
constexpr Duration kExplainAgainAfter = std::chrono::minutes(10);

}  // namespace

OutageKeeper::OutageKeeper(const boost::asio::any_io_executor& executor, Clock& clock, StampOf stamp,
                           const std::vector<Witness>& witnesses, OutageWatch watch)
    : clock_(clock), stamp_(std::move(stamp)), watch_(std::move(watch)), changed_(executor) {
  for (const Witness& witness : witnesses) witnesses_.emplace(witness.probe, witness);
}

void OutageKeeper::took(const Schema& schema, const Record& record, Duration run) {
  const auto witness = witnesses_.find(schema.group);
  const bool explains = witness == witnesses_.end() || witness->second.asks.empty();
  if (explains) watch_.explain(schema.group, finding_of(schema, record), record.stamp.boot_time);
  if (witness == witnesses_.end()) return;
  auto verdict = judge(witness->second, schema, record);
  if (!verdict) return;
  verdict->took = std::chrono::duration_cast<Milliseconds>(run);
  watch_.take(schema.group, *verdict, record.stamp.boot_time);
  heard();
}

void OutageKeeper::heard() {
  changed_.ring();
  auto hurry = watch_.hurry();
  ask_why(how_far_, watch_.way_in_doubt());
  ask_why(whose_page_, !hurry.empty());
  if (hurry == hurried_) return;
  hurried_ = std::move(hurry);
  if (listener_.hurry) listener_.hurry(hurried_);
}

void OutageKeeper::ask_why(Question& question, bool amiss) {
  if (!amiss) question.asked = false;
  const auto now = clock_.steady();
  if (!amiss || question.asked || now < question.may_ask_at || !listener_.explain) return;
  question.asked = true;
  question.may_ask_at = now + kExplainAgainAfter;
  listener_.explain(question.group);
}

void OutageKeeper::session(EdgeNodeState state, const std::string& failure) {
  switch (state) {
    case EdgeNodeState::birth_pending:  // the gateway is there; births are spread by ourselves
    case EdgeNodeState::online: watch_.session(true, std::string(to_string(state)), clock_.boot()); break;
    case EdgeNodeState::waiting_for_host:
      watch_.session(false, "the broker answers, the gateway is not there", clock_.boot(), /*stands=*/true);
      break;
    case EdgeNodeState::waiting_to_connect: watch_.session(false, failure, clock_.boot()); break;
    default: return;
  }
  heard();
}

void OutageKeeper::unanswered(std::optional<BootTime> since) {
  const auto now = clock_.boot();
  if (since) {
    watch_.session(false, "the session stands, the gateway does not confirm what it is sent", *since,
                   /*stands=*/true);
    watch_.tick(now);
  } else {
    watch_.session(true, std::string(to_string(EdgeNodeState::online)), now);
  }
  heard();
}

void OutageKeeper::keep_again() {
  watch_.tell_memory();
  changed_.ring();
}

boost::asio::awaitable<void> OutageKeeper::run(Recorder& recorder) {
  while (true) {
    co_await record_news(recorder);
    std::optional<SteadyTime> when;
    const auto boot = clock_.boot();
    if (const auto wake = watch_.wake_at()) when = clock_.steady() + std::max(*wake - boot, Milliseconds(1));
    if (refused_) when = clock_.steady() + kRetryAfter;
    co_await changed_.wait_until(clock_, when);
    watch_.tick(clock_.boot());
  }
}

boost::asio::awaitable<void> OutageKeeper::record_news(Recorder& recorder) {
  auto news = watch_.take_news();
  const bool again = std::exchange(refused_, false);
  if (!news) co_return;
  for (const auto& event : news->events) {
    const bool over = event.kind == OutageEvent::Kind::end && is_way(event.outage.cause) && !again;
    if (over && listener_.way_is_back) listener_.way_is_back();
  }
  std::vector<Pending> records;
  const auto stamp = stamp_();
  for (const auto& event : news->events) {
    records.push_back(Pending{outage_schema(), outage_record(event, stamp)});
  }
  std::string key(kOutageNote);
  auto recording = recorder.record_events(std::move(records), std::move(key), news->memory);
  auto recorded = co_await std::move(recording);
  if (recorded) {
    for (const auto& event : news->events) log(event);
    co_return;
  }
  // The recorder has told what the disk says.
  watch_.give_back(std::move(*news));
  refused_ = true;
}

void OutageKeeper::log(const OutageEvent& event) const {
  const auto& outage = event.outage;
  std::string what(to_string(outage.cause));
  if (!outage.subject.empty()) what += " " + outage.subject;
  const auto ago = event.boot == stamp_().boot_id ? (clock_.boot() - event.at).count() / 1000 : 0;
  switch (event.kind) {
    case OutageEvent::Kind::begin:
      spdlog::warn("outage: {} missing since {} s ago: {}", what, ago, outage.evidence);
      return;
    case OutageEvent::Kind::cause:
      spdlog::warn("the outage goes on, now for want of {}: {}", what, outage.evidence);
      return;
    case OutageEvent::Kind::end:
      spdlog::info("the outage of {} is over since {} s ago: {}", what, ago, outage.evidence);
      return;
  }
}

}  // namespace xalink
