#include "agent/throughput_keeper.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr Duration kLookAgain = std::chrono::minutes(1);
// A clock that is set meanwhile is noticed by then.
constexpr Duration kLongestSleep = std::chrono::hours(1);
constexpr Duration kNotNow = std::chrono::minutes(1);
// The budget grows by the day, and a link of another kind may come back.
constexpr Duration kNoBudget = std::chrono::minutes(30);
constexpr Duration kBacklogLooked = std::chrono::milliseconds(500);
constexpr char kBetween = '\x1e';  // what neither part holds

std::string_view name_of(LinkCost cost) {
  return cost == LinkCost::metered ? "metered" : "fixed";
}

}  // namespace

ThroughputKeeper::ThroughputKeeper(Clock& clock, ThroughputKeeperSettings settings, ThroughputPlan plan,
                                   Surroundings surroundings)
    : clock_(clock),
      settings_(settings),
      plan_(std::move(plan)),
      budget_(settings.monthly_bytes),
      surroundings_(std::move(surroundings)) {}

ThroughputStatus ThroughputKeeper::status() const {
  ThroughputStatus status;
  status.state = state_;
  status.next = next_;
  status.link = surroundings_.link();
  const auto now = surroundings_.now();
  for (const LinkCost cost : {LinkCost::fixed, LinkCost::metered}) {
    status.monthly[index(cost)] = budget_.monthly(cost);
    if (now) status.used[index(cost)] = budget_.used(cost, *now);
  }
  return status;
}

asio::awaitable<void> ThroughputKeeper::wait(std::string state, Duration how_long) {
  state_ = std::move(state);
  co_await clock_.sleep_for(how_long);
}

asio::awaitable<bool> ThroughputKeeper::recall(Recorder& recorder) {
  std::string key(kThroughputNote);
  auto reading = recorder.read_note(std::move(key));
  const auto note = co_await std::move(reading);
  if (!note) co_return false;
  const std::string text = note->value_or("");
  const auto between = text.find(kBetween);
  budget_.recall(std::string_view(text).substr(0, between));
  if (between != std::string::npos) plan_.recall(std::string_view(text).substr(between + 1));
  recalled_ = true;
  co_return true;
}

asio::awaitable<void> ThroughputKeeper::keep_again(Recorder& recorder) {
  // Before it is known what was spent there is nothing to tell: what the new outbox has will be recalled.
  while (recalled_) {
    auto keeping = keep(recorder);
    const bool kept = co_await std::move(keeping);
    if (kept) co_return;
    co_await clock_.sleep_for(kLookAgain);
  }
}

asio::awaitable<bool> ThroughputKeeper::keep(Recorder& recorder) {
  auto keeping = recorder.keep_note(kThroughputNote, budget_.to_text() + kBetween + plan_.to_text());
  const auto kept = co_await std::move(keeping);
  co_return kept.has_value();
}

asio::awaitable<void> ThroughputKeeper::run(Recorder& recorder) {
  while (true) {
    auto recalling = recall(recorder);
    const bool recalled = co_await std::move(recalling);
    if (recalled) break;
    auto waiting = wait("disk", kLookAgain);
    co_await std::move(waiting);
  }
  while (true) {
    const auto now = surroundings_.now();
    if (!now) {
      next_.reset();
      auto waiting = wait("clock", kLookAgain);
      co_await std::move(waiting);
      continue;
    }
    const auto next = plan_.next(*now);
    next_ = next.at;
    if (next.at > *now) {
      const Duration until = next.at - *now;
      // Why it was put off stays to be seen.
      static constexpr std::string_view kPutOff[] = {"offline", "link", "key", "backlog", "budget", "busy"};
      const bool put_off = std::ranges::find(kPutOff, state_) != std::end(kPutOff);
      std::string state = put_off ? state_ : std::string("plan");
      auto waiting = wait(std::move(state), std::min(until, kLongestSleep));
      co_await std::move(waiting);
      continue;
    }
    const auto link = surroundings_.link();
    if (!surroundings_.online() || !link) {
      state_ = surroundings_.online() ? "link" : "offline";
      plan_.postpone(next, *now, kNotNow);
      continue;
    }
    if (!surroundings_.may_sign()) {
      state_ = "key";
      plan_.postpone(next, *now, kNotNow);
      continue;
    }
    if (surroundings_.backlog()) {
      state_ = "backlog";
      plan_.postpone(next, *now, kNotNow);
      continue;
    }
    if (!budget_.may_spend(*link, most_throughput_cost(settings_.test_bytes[index(*link)]), *now)) {
      state_ = "budget";
      plan_.postpone(next, *now, kNoBudget);
      continue;
    }
    auto testing = test(recorder, *now, next, *link);
    co_await std::move(testing);
  }
}

asio::awaitable<bool> ThroughputKeeper::until_backlog() {
  while (!surroundings_.backlog()) co_await clock_.sleep_for(kBacklogLooked);
  co_return true;
}

asio::awaitable<void> ThroughputKeeper::test(Recorder& recorder, WallTime now, ThroughputPlan::Next next,
                                             LinkCost link) {
  const std::uint64_t bytes = settings_.test_bytes[index(link)];
  const auto reserved = budget_.reserve(link, most_throughput_cost(bytes), now);
  plan_.done(next.slot);
  auto reserving = keep(recorder);
  const bool kept = co_await std::move(reserving);
  if (!kept) {
    // What it costs could be forgotten: then it is not spent.
    budget_.settle(reserved, 0);
    plan_.undo(next.slot);
    plan_.postpone(next, now, kNotNow);
    auto waiting = wait("disk", kLookAgain);
    co_await std::move(waiting);
    co_return;
  }
  state_ = "running";
  auto executor = co_await asio::this_coro::executor;
  const auto result = std::make_shared<ThroughputResult>();
  auto race = asio::experimental::make_parallel_group(
      asio::co_spawn(executor, surroundings_.measure(bytes, result), asio::deferred),
      asio::co_spawn(executor, until_backlog(), asio::deferred));
  auto ended = co_await race.async_wait(asio::experimental::wait_for_one(), asio::use_awaitable);
  auto& [order, error, measured, watch_error, backlog] = ended;
  const bool aborted = order[0] == 1 && !watch_error;
  budget_.settle(reserved, result->wire_bytes);
  const bool busy = result->failure == "busy";
  if (aborted || busy) {
    plan_.undo(next.slot);
    plan_.postpone(next, now, kNotNow);
    state_ = aborted ? "backlog" : "busy";
  } else {
    state_ = "plan";
  }
  // A cancel too: what was spent by then is kept below by nobody, so the whole reservation stays on the disk.
  if (error && !aborted) std::rethrow_exception(error);
  if (aborted) {
    spdlog::info("throughput: ended after {} bytes, records wait for the link", result->wire_bytes);
  } else if (busy) {
    spdlog::info("throughput: {}", result->reason);
  } else {
    if (result->failure.empty()) {
      spdlog::info("throughput: {:.0f} kbit/s down, {:.0f} kbit/s up, for {} bytes of the {} budget",
                   result->download.value_or(0) / 1000, result->upload.value_or(0) / 1000, result->wire_bytes,
                   name_of(link));
    } else {
      spdlog::warn("throughput: {}", result->reason);
    }
    surroundings_.record(*result, link);
  }
  auto keeping = keep(recorder);
  const bool settled = co_await std::move(keeping);
  if (!settled) spdlog::warn("throughput: the budget is kept as if all of the test's bytes were spent");
}

}  // namespace xalink
