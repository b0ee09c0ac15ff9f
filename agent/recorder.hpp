#pragma once
// Between what takes records (probes, sources) and the outbox: decides when a record becomes durable.

#include <algorithm>
#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outbox/holding_outbox.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/wake_up.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// The promise (design, section 7): an event (lane 0) is on the disk before its source is told; a
/// measurement (lane 1) is on the disk, or confirmed by the gateway, at most `flush_interval` after it was
/// taken. That is all that a power cut costs. What the gateway has confirmed goes to the disk up to `hold`
/// later, as a spare, many at a time: that spares the card nearly all commits of a board whose link works.
///
/// Thread-safety: one loop. The outbox is touched only on the worker thread.
class Recorder {
 public:
  struct Listener {
    /// A record was taken; it is not durable yet.
    std::function<void(const Schema&, const Record&)> took;
    /// Rows up to these are durable.
    std::function<void(const std::array<RowId, kLaneCount>&)> appended = {};
    /// Rows up to these have their ids and are not on the disk: they go there at the end of their flush
    /// interval, unless the gateway confirms them before. So they are sent now.
    std::function<void(const std::array<RowId, kLaneCount>&)> handed_over = {};
    /// How the outbox stands, after each append that was tried.
    std::function<void(const OutboxSpace&)> stands = {};
    /// Whether the gateway has confirmed all there was, so that it may well confirm what comes next within
    /// seconds. Without it everything goes to the disk first.
    std::function<bool()> gateway_keeps_up = {};
    /// What waits will be written, or handed over, at this time: more of it until then costs nothing more.
    std::function<void(SteadyTime)> writes_at = {};
  };

  struct Timing {
    Duration flush_interval;
    Duration hold{};  ///< 0: every measurement goes to the disk within the flush interval
  };

  Recorder(boost::asio::any_io_executor executor, Clock& clock, HoldingOutbox& outbox, WorkerThread& store,
           Timing timing);

  /// Before the end of the flush interval, for the gateway to confirm what it is handed.
  [[nodiscard]] static constexpr Duration answer_time(Duration flush_interval) {
    return std::min<Duration>(std::chrono::seconds(15), flush_interval / 4);
  }

  void listen(Listener listener) { listener_ = std::move(listener); }

  /// What a power cut is dated by: the newest row on the disk, and once `at_least` has passed since that was
  /// taken, a sign that tells no more than that the board is alive. `now` is asked on the loop, `keep` brings
  /// it to the disk, on the store thread. The first one at once. Before run() only.
  void keep_signs(std::function<Stamp()> now, std::function<Result<void>(const Stamp&)> keep,
                  Duration at_least) {
    sign_now_ = std::move(now);
    keep_sign_ = std::move(keep);
    sign_at_least_ = at_least;
  }

  /// Lane 1: kept in memory until the next flush.
  void record(const Schema& schema, Record record);

  /// Lane 0: durable on return, together with the source's note. On error nothing was kept. Measurements that
  /// wait go along: the commit is paid for.
  boost::asio::awaitable<Result<void>> record_events(std::vector<Pending> events, std::string note_key,
                                                     std::string note_value);
  /// The same of a note alone.
  boost::asio::awaitable<Result<void>> keep_note(std::string_view key, std::string value);
  /// As above, of those that are news (Outbox::append_news).
  boost::asio::awaitable<Result<Told>> record_news(std::vector<Telling> tellings, std::string note_key,
                                                   std::string note_value, Outbox::NoteWhen when,
                                                   std::string remembered);
  boost::asio::awaitable<Result<bool>> remembers(std::string subject);
  boost::asio::awaitable<Result<std::optional<std::string>>> read_note(std::string key);

  /// Flushes until cancelled.
  boost::asio::awaitable<void> run();
  /// What is in memory, to the disk now, what the outbox holds included. For the end of the process.
  boost::asio::awaitable<void> flush();

  [[nodiscard]] std::size_t waiting() const { return waiting_.size(); }
  /// The newest so many measurements have row ids and are not on the disk.
  [[nodiscard]] std::size_t held() const { return held_; }
  /// Measurements dropped because the disk refused them for so long that memory was full. They are counted
  /// in the outbox as soon as it takes anything again.
  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }
  [[nodiscard]] const OutboxSpace& space() const { return space_; }
  /// Why the disk refused last; empty when it does not.
  [[nodiscard]] const std::string& disk_error() const { return disk_error_; }

 private:
  boost::asio::awaitable<void> hand_over();
  [[nodiscard]] std::vector<Pending> take_company();
  void company_kept();
  boost::asio::awaitable<void> sign();
  void alive_on_disk(SteadyTime newest);
  boost::asio::awaitable<void> settle();
  [[nodiscard]] std::optional<SteadyTime> wake_at() const;
  [[nodiscard]] bool due(const std::optional<SteadyTime>& when) const;
  void put_back(std::vector<Pending> batch);
  void disk_refused(const Error& error);
  void stands(Result<OutboxSpace> space);
  void drop_oldest(std::size_t most);

  Clock& clock_;
  HoldingOutbox& outbox_;
  WorkerThread& store_;
  Timing timing_;
  Listener listener_;
  std::function<Stamp()> sign_now_;
  std::function<Result<void>(const Stamp&)> keep_sign_;
  Duration sign_at_least_{};
  std::optional<SteadyTime> sign_at_;   ///< the disk needs a newer sign of life
  std::optional<SteadyTime> taken_at_;  ///< the newest measurement was
  std::vector<Pending> waiting_;
  std::size_t held_ = 0;
  std::optional<SteadyTime> flush_at_;      ///< what waits must be on the disk
  std::optional<SteadyTime> hand_over_at_;  ///< or given to the gateway by now, so that it can answer in time
  std::optional<SteadyTime> settle_at_;     ///< what was given to it is confirmed, or goes to the disk
  std::optional<SteadyTime> keep_at_;       ///< held rows go to the disk in any case
  WakeUp changed_;
  std::uint64_t dropped_ = 0;
  std::uint64_t dropped_counted_ = 0;  ///< of them, in the outbox
  OutboxSpace space_;
  std::string disk_error_;
  std::string disk_advice_;  ///< of disk_error_: tells one reason from another, whatever its numbers
};

}  // namespace xalink
