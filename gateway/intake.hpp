#pragma once
// From the broker to the store and back: session → host application → ledger → acknowledgement.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/admission.hpp"
#include "gateway/backoff.hpp"
#include "gateway/fact_queue.hpp"
#include "gateway/ledger.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/host_application.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/wake_up.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

struct IntakeOptions {
  /// Group commit: a commit waits this long for company, or until `enough_records` have come. While one
  /// runs, the next gathers by itself.
  Duration max_delay = std::chrono::milliseconds(50);
  std::size_t enough_records = 5000;
  FactQueueLimits queue;
  AdmissionLimits admission;
  std::size_t most_outgoing = 10'000;  ///< messages for a broker that does not take them
  Duration min_backoff = std::chrono::seconds(1);
  Duration max_backoff = std::chrono::minutes(1);
  Duration stable_after = std::chrono::minutes(1);  ///< a session this old resets the backoff
  Duration publish_timeout = std::chrono::seconds(30);
  Duration goodbye_timeout = std::chrono::seconds(5);
  /// Of the gateway's own clock; none: not known to be right, and no board is told the time.
  std::function<ClockQuality()> clock_quality;
};

struct IntakeCounters {
  std::uint64_t sessions = 0;
  std::uint64_t commits = 0;
  std::uint64_t failed_commits = 0;
  std::uint64_t unsent_messages = 0;  ///< commands dropped because the broker took none
};

/// An acknowledgement leaves only after the commit of what it acknowledges. A commit that fails is tried
/// again with the same facts until it goes through; meanwhile memory is bounded (FactQueue).
/// Thread-safety: one loop; the ledger is touched only on the store thread.
class Intake {
 public:
  /// All references must outlive run(), and the store thread's last job.
  Intake(const boost::asio::any_io_executor& executor, Clock& clock, Session& session, HostApplication& host,
         Ledger& ledger, WorkerThread& store, IntakeOptions options, std::uint64_t seed);

  /// Until cancelled (or a bug's exception comes through): then says goodbye, closes the session, commits
  /// what was taken in, and throws what ended it.
  boost::asio::awaitable<void> run();

  /// Commits what came by hand, in a transaction of its own between those of the broker's facts. Not tried
  /// again: whoever brought it is told.
  boost::asio::awaitable<Result<std::vector<LaneMark>>> commit_carried(std::vector<Fact> facts);
  /// Marks that rose by hand, told to their boards if they are online.
  void tell_carried(const std::vector<LaneMark>& marks);

  [[nodiscard]] bool online() const { return online_; }
  [[nodiscard]] const IntakeCounters& counters() const { return counters_; }
  [[nodiscard]] const FactQueue& queue() const { return queue_; }

 private:
  [[nodiscard]] Now now() const;
  /// After every input to the host: its facts to the queue, its messages to the sender.
  void gather();
  void note_refusals();
  /// What was not taken in of each board goes to the ledger now and then; `all`: whatever there is.
  void tell_account(bool all);
  void enqueue(Fact fact);
  [[nodiscard]] std::optional<SteadyTime> next_wake() const;

  boost::asio::awaitable<void> keep_connected();
  boost::asio::awaitable<Result<void>> open_session();
  boost::asio::awaitable<std::string> receive();
  boost::asio::awaitable<Result<void>> publish(OutgoingMessage message, Duration limit);
  boost::asio::awaitable<void> commit_facts();
  boost::asio::awaitable<bool> commit_once();
  boost::asio::awaitable<void> send_messages();
  boost::asio::awaitable<void> keep_time();
  boost::asio::awaitable<void> finish();
  void end_sessions();

  Clock& clock_;
  Session& session_;
  HostApplication& host_;
  Ledger& ledger_;
  WorkerThread& store_;
  IntakeOptions options_;

  FactQueue queue_;
  Admission admission_;
  std::shared_ptr<const std::vector<Fact>> in_hand_;  ///< taken from the queue, not yet committed
  std::deque<OutgoingMessage> outgoing_;
  WakeUp facts_came_;
  WakeUp messages_came_;
  WakeUp time_changed_;
  std::optional<SteadyTime> armed_for_;
  Backoff connect_backoff_;
  Backoff commit_backoff_;
  bool online_ = false;
  bool store_refuses_ = false;
  std::string last_failure_;
  std::optional<SteadyTime> refusals_told_at_;
  FactQueue::Refused refusals_told_;
  IntakeCounters counters_;
};

}  // namespace xalink
