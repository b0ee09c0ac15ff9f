#pragma once
// Between what takes records (probes, sources) and the outbox: decides when a record becomes durable.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/wake_up.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// The promise (design, section 7): an event (lane 0) is on the disk before its source is told; a
/// measurement (lane 1) at most `flush_interval` after it was taken. That is all that a power cut costs.
///
/// Thread-safety: one loop. The outbox is touched only on the worker thread.
class Recorder {
 public:
  struct Listener {
    /// A record was taken; it is not durable yet.
    std::function<void(const Schema&, const Record&)> took;
    /// Rows up to these are durable.
    std::function<void(const std::array<RowId, kLaneCount>&)> appended = {};
    /// How the outbox stands, after each append that was tried.
    std::function<void(const OutboxSpace&)> stands = {};
  };

  Recorder(boost::asio::any_io_executor executor, Clock& clock, Outbox& outbox, WorkerThread& store,
           Duration flush_interval);

  void listen(Listener listener) { listener_ = std::move(listener); }

  /// A note that goes to the disk with every flush, and alone once `at_least` has passed without one. Before
  /// run() only.
  void keep_noting(std::string key, std::function<std::string()> value, Duration at_least) {
    kept_key_ = std::move(key);
    kept_value_ = std::move(value);
    note_at_least_ = at_least;
  }

  /// Lane 1: kept in memory until the next flush.
  void record(const Schema& schema, Record record);

  /// Lane 0: durable on return, together with the source's note. On error nothing was kept.
  boost::asio::awaitable<Result<void>> record_events(std::vector<Pending> events, std::string note_key,
                                                     std::string note_value);
  /// As above, of those that are news (Outbox::append_news).
  boost::asio::awaitable<Result<Told>> record_news(std::vector<Telling> tellings, std::string note_key,
                                                   std::string note_value, Outbox::NoteWhen when,
                                                   std::string remembered);
  boost::asio::awaitable<Result<bool>> remembers(std::string subject);
  boost::asio::awaitable<Result<std::optional<std::string>>> read_note(std::string key);

  /// Flushes until cancelled.
  boost::asio::awaitable<void> run();
  /// What is in memory, to the disk now. For the end of the process.
  boost::asio::awaitable<void> flush();

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  /// Measurements dropped because the disk refused them for so long that memory was full. They are counted
  /// in the outbox as soon as it takes anything again.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] const OutboxSpace& space() const { return space_; }
  /// Why the disk refused last; empty when it does not.
  [[nodiscard]] const std::string& disk_error() const { return disk_error_; }

 private:
  void disk_refused(const Error& error);
  void stands(Result<OutboxSpace> space);
  void drop_oldest(std::size_t most);
  boost::asio::awaitable<void> note_alone();

  Clock& clock_;
  Outbox& outbox_;
  WorkerThread& store_;
  Duration flush_interval_;
  Listener listener_;
  std::string kept_key_;
  std::function<std::string()> kept_value_;
  Duration note_at_least_{};
  std::optional<SteadyTime> note_alone_at_;
  std::vector<Pending> waiting_;
  std::optional<SteadyTime> flush_at_;
  WakeUp changed_;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_counted_ = 0;  ///< of them, in the outbox
  OutboxSpace space_;
  std::string disk_error_;
  std::string disk_advice_;  ///< of disk_error_: tells one reason from another, whatever its numbers
};

}  // namespace xalink
