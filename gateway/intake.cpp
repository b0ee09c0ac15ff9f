#include "gateway/intake.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>
#include <variant>

#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

// A store that stays broken is worth a line now and then, not one for each attempt.
constexpr Duration kRepeatRefusalAfter = std::chrono::minutes(5);

double seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace

Intake::Intake(const asio::any_io_executor& executor, Clock& clock, Session& session, HostApplication& host,
               Ledger& ledger, WorkerThread& store, IntakeOptions options, std::uint64_t seed)
    : clock_(clock),
      session_(session),
      host_(host),
      ledger_(ledger),
      store_(store),
      options_(options),
      queue_(options.queue),
      admission_(options.admission, [&host](const NodeId& id) { return host.knows(id); }),
      facts_came_(executor),
      messages_came_(executor),
      time_changed_(executor),
      connect_backoff_(options.min_backoff, options.max_backoff, seed),
      commit_backoff_(options.min_backoff, options.max_backoff, seed + 1) {}

Now Intake::now() const {
  const auto quality = options_.clock_quality ? options_.clock_quality() : ClockQuality::unset;
  return Now{clock_.steady(), clock_.wall(), clock_.boot(), quality};
}

asio::awaitable<void> Intake::run() {
  using asio::experimental::awaitable_operators::operator&&;
  std::exception_ptr end;
  try {
    auto all = keep_connected() && commit_facts() && send_messages() && keep_time();
    co_await std::move(all);
  } catch (...) {
    end = std::current_exception();
  }
  co_await asio::this_coro::reset_cancellation_state(asio::disable_cancellation());
  co_await finish();
  if (end) std::rethrow_exception(end);
}

// --- the host application's input and output --------------------------------------------------------

void Intake::gather() {
  auto facts = host_.take_facts();
  const bool was_empty = queue_.empty();
  const bool was_short = queue_.rows() < options_.enough_records;
  for (auto& fact : facts) {
    const auto* message = std::get_if<fact::SetAside>(&fact);
    if (message == nullptr || admission_.keeps(*message, clock_.steady())) enqueue(std::move(fact));
  }
  tell_account(/*all=*/false);
  if ((was_empty && !queue_.empty()) || (was_short && queue_.rows() >= options_.enough_records)) {
    facts_came_.ring();
  }
  auto messages = host_.take_messages();
  for (auto& message : messages) {
    if (outgoing_.size() >= options_.most_outgoing) {
      // Commands are repeated when they have no effect; the oldest is the least true.
      outgoing_.pop_front();
      ++counters_.unsent_messages;
    }
    outgoing_.push_back(std::move(message));
  }
  if (!messages.empty()) messages_came_.ring();
  const auto wake = next_wake();
  if (wake && (!armed_for_ || *wake < *armed_for_)) time_changed_.ring();
}

void Intake::enqueue(Fact fact) {
  auto board = owner_of(fact);
  const auto refused = queue_.push(std::move(fact));
  if (refused.records + refused.others == 0) return;
  admission_.note_refused(board, refused.records, refused.others);
  note_refusals();
}

void Intake::tell_account(bool all) {
  for (const auto& dropped : session_.take_dropped()) admission_.note_dropped(dropped);
  const auto due = admission_.due();
  // A store that refuses would be given the same account again and again.
  if (!due || (!all && (store_refuses_ || clock_.steady() < *due))) return;
  for (auto& told : admission_.take(now())) queue_.push(std::move(told));
}

std::optional<SteadyTime> Intake::next_wake() const {
  const auto host = host_.wake_at();
  const auto account = store_refuses_ ? std::nullopt : admission_.due();
  if (!host || !account) return host ? host : account;
  return std::min(*host, *account);
}

void Intake::note_refusals() {
  const auto at = clock_.steady();
  if (refusals_told_at_ && at - *refusals_told_at_ < kRepeatRefusalAfter) return;
  const auto& refused = queue_.refused();
  spdlog::warn(
      "the store is too slow or refuses: {} records not taken in (their boards will send them again), {} "
      "values and events lost. Look at the disk of the store",
      refused.records - refusals_told_.records, refused.others - refusals_told_.others);
  refusals_told_at_ = at;
  refusals_told_ = refused;
}

// --- the session ------------------------------------------------------------------------------------

asio::awaitable<void> Intake::keep_connected() {
  for (;;) {
    const auto opened = co_await open_session();
    std::string reason;
    if (opened) {
      const auto since = clock_.steady();
      ++counters_.sessions;
      last_failure_.clear();
      spdlog::info("connected to the broker");
      online_ = true;
      host_.connected(now());
      gather();
      messages_came_.ring();
      reason = co_await receive();
      online_ = false;
      outgoing_.clear();
      host_.lost(now());
      gather();
      if (clock_.steady() - since >= options_.stable_after) connect_backoff_.reset();
    } else {
      reason = opened.error().to_string();
    }
    const Duration wait = connect_backoff_.next();
    if (reason != last_failure_) {
      spdlog::warn("no connection to the broker: {}. Trying again until it is back", reason);
      last_failure_ = reason;
    } else {
      spdlog::debug("still no connection to the broker: {}; next try in {:.1f} s", reason, seconds(wait));
    }
    co_await clock_.sleep_for(wait);
  }
}

asio::awaitable<Result<void>> Intake::open_session() {
  auto plan = host_.plan_connect(now());
  auto connecting = session_.connect(plan.client_id, plan.will);
  auto done = co_await std::move(connecting);
  if (!done) co_return done;
  auto subscribing = session_.subscribe(plan.filters);
  done = co_await std::move(subscribing);
  if (done) {
    auto publishing = publish(plan.birth, options_.publish_timeout);
    done = co_await std::move(publishing);
  }
  if (!done && session_.connected()) co_await session_.close();
  co_return done;
}

/// Until the session ends; gives the reason.
asio::awaitable<std::string> Intake::receive() {
  const auto executor = co_await asio::this_coro::executor;
  for (;;) {
    auto event = co_await session_.next();
    if (auto* lost = std::get_if<SessionLost>(&event)) co_return std::move(lost->reason);
    auto& message = std::get<IncomingMessage>(event);
    if (admission_.admits(message.topic, clock_.steady())) {
      host_.arrived(std::move(message), now());
    } else {
      host_.left_unread(message.topic, now());
    }
    gather();
    // While messages wait, next() does not: without this all of them would be read before the loop sends one
    // acknowledgement, and each of those takes a turn of the loop.
    auto turn = asio::post(executor, asio::use_awaitable);
    co_await std::move(turn);
  }
}

asio::awaitable<Result<void>> Intake::publish(OutgoingMessage message, Duration limit) {
  auto topic = message.topic;
  auto publishing = session_.publish(std::move(message));
  auto limited = with_timeout(clock_, limit, std::move(publishing));
  auto answer = co_await std::move(limited);
  if (!answer) co_return failure(std::move(topic), "the broker did not take the message in time");
  co_return std::move(*answer);
}

asio::awaitable<void> Intake::send_messages() {
  for (;;) {
    if (!online_ || outgoing_.empty()) {
      co_await messages_came_.wait();
      continue;
    }
    auto message = std::move(outgoing_.front());
    outgoing_.pop_front();
    auto publishing = publish(std::move(message), options_.publish_timeout);
    const auto sent = co_await std::move(publishing);
    // A connection that ends shows in receive(); a command that was lost shows in what the node does.
    if (!sent) spdlog::debug("not sent: {}", sent.error().to_string());
  }
}

asio::awaitable<void> Intake::keep_time() {
  for (;;) {
    armed_for_ = next_wake();
    auto waiting = time_changed_.wait_until(clock_, armed_for_);
    co_await std::move(waiting);
    const auto due = next_wake();
    if (!due || clock_.steady() < *due) continue;
    armed_for_.reset();
    host_.tick(now());
    gather();
  }
}

// --- the store --------------------------------------------------------------------------------------

asio::awaitable<void> Intake::commit_facts() {
  for (;;) {
    while (queue_.empty()) co_await facts_came_.wait();
    const auto deadline = clock_.steady() + options_.max_delay;
    while (queue_.rows() < options_.enough_records && clock_.steady() < deadline) {
      auto company = facts_came_.wait_until(clock_, deadline);
      co_await std::move(company);
    }
    in_hand_ = queue_.take();
    for (;;) {
      const bool committed = co_await commit_once();
      if (committed) break;
      const Duration wait = commit_backoff_.next();
      co_await clock_.sleep_for(wait);
    }
  }
}

asio::awaitable<bool> Intake::commit_once() {
  auto job = [&ledger = ledger_, facts = in_hand_] { return ledger.commit(*facts); };
  auto working = store_.run(std::move(job));
  const auto marks = co_await std::move(working);
  if (!marks) {
    ++counters_.failed_commits;
    if (!store_refuses_) {
      spdlog::error("the store takes nothing: {}. Boards keep their records; trying again until it does",
                    marks.error().to_string());
      store_refuses_ = true;
    }
    co_return false;
  }
  ++counters_.commits;
  in_hand_.reset();
  queue_.done();
  commit_backoff_.reset();
  if (store_refuses_) {
    spdlog::info("the store takes records again");
    store_refuses_ = false;
  }
  host_.committed(*marks, now());
  gather();
  co_return true;
}

asio::awaitable<Result<std::vector<LaneMark>>> Intake::commit_carried(std::vector<Fact> facts) {
  auto job = [&ledger = ledger_, facts = std::move(facts)] { return ledger.commit(facts); };
  auto working = store_.run(std::move(job));
  auto marks = co_await std::move(working);
  co_return marks;
}

void Intake::tell_carried(const std::vector<LaneMark>& marks) {
  host_.committed(marks, now());
  gather();
}

/// From here on nobody knows who is online; the store says so with the right reason.
void Intake::end_sessions() {
  host_.lost(now());
  for (auto& fact : host_.take_facts()) {
    if (auto* death = std::get_if<fact::NodeDied>(&fact)) death->reason = "the gateway was stopped";
    enqueue(std::move(fact));
  }
}

asio::awaitable<void> Intake::finish() {
  online_ = false;
  if (session_.connected()) {
    auto leaving = publish(host_.goodbye(now()), options_.goodbye_timeout);
    const auto said = co_await std::move(leaving);
    if (!said) spdlog::warn("no goodbye to the broker: {}", said.error().to_string());
    co_await session_.close();
    end_sessions();
  }
  tell_account(/*all=*/true);
  // Records would come again; values of plain nodes would not.
  while (in_hand_ || !queue_.empty()) {
    if (!in_hand_) in_hand_ = queue_.take();
    const bool committed = co_await commit_once();
    if (!committed) break;
  }
}

}  // namespace xalink
