#pragma once
// The seam between a session, which lives on a loop, and an MQTT library, which has threads of its own.

#include <atomic>
#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/token_bucket.hpp"

namespace xalink {

class SessionLoop;

/// How an action that was handed to the library ended.
struct MqttOutcome {
  bool success = false;
  int code = 0;              ///< CONNACK code, MQTT 5 reason code, or the library's own (negative)
  std::vector<int> granted;  ///< subscribe: one code for each filter, where the broker gave them
};

using MqttTicket = std::uintptr_t;  ///< names an action under way

/// What may wait for next(). A message that comes when either is reached is dropped and counted.
struct InboxBounds {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  /// Where sources are told apart: what may wait of each, so that one cannot fill the inbox of all.
  ClassifyMessage* classify = nullptr;
  std::size_t share_messages = 0;
  std::size_t share_bytes = 0;
  /// What each may send in a second, and at once; 0: any number.
  double share_rate = 0;
  double share_burst = 0;
  /// Of a longer payload only the beginning is handed over; 0: any length.
  std::size_t longest_payload = 0;
};

/// What the loop and the library's threads share. The receiving thread adds, the loop takes away.
class InboxLoad {
 public:
  explicit InboxLoad(const InboxBounds& bounds);

  /// On the receiving thread: whether its source may send one more and there is room, which is then taken.
  /// Otherwise it is counted. A flood ends here, where a message costs least: the broker queues for this
  /// thread, and what it drops when the queue is full is everybody's.
  [[nodiscard]] bool add(std::string_view topic, std::size_t size, SteadyTime now);
  /// On the loop.
  void take_away(std::string_view topic, std::size_t size);

  [[nodiscard]] std::uint64_t dropped() const { return dropped_.load(std::memory_order_relaxed); }
  [[nodiscard]] std::vector<DroppedMessages> take_dropped();

  std::atomic<bool> closed{false};  ///< nothing is posted any more

 private:
  /// Sources share a slot by their hash: two in one are rare, and only share its room.
  static constexpr std::size_t kSlots = std::size_t{1} << 14U;
  struct Use {
    std::atomic<std::size_t> messages{0};
    std::atomic<std::size_t> bytes{0};
  };
  static bool fits(const Use& use, std::size_t messages, std::size_t bytes, std::size_t size, bool precious);
  [[nodiscard]] bool within_rate(const MessageClass& message, SteadyTime now);

  InboxBounds bounds_;
  Use all_;
  /// The receiving thread's own. By source and not by slot: whoever shares a flooder's slot would be cut off.
  std::unordered_map<std::size_t, TokenBucket> buckets_;
  std::unique_ptr<Use[]> slots_;  ///< with `classify` only
  std::atomic<std::uint64_t> dropped_{0};
  std::mutex guard_;  ///< of what follows; taken only where something is dropped, and to read it
  std::map<std::size_t, DroppedMessages> dropped_by_slot_;
};

/// Where a connection tells what happened. Each call posts one value to the loop and returns; the loop
/// ignores what a connection says that is over.
///
/// Thread-safety: any thread; arrived() from one at a time.
class MqttReports {
 public:
  MqttReports(std::weak_ptr<SessionLoop> session, boost::asio::any_io_executor loop, const Clock& clock,
              std::shared_ptr<InboxLoad> load, InboxBounds bounds, std::uint64_t generation)
      : session_(std::move(session)),
        loop_(std::move(loop)),
        clock_(clock),
        load_(std::move(load)),
        bounds_(bounds),
        generation_(generation) {}

  void completed(MqttTicket ticket, MqttOutcome outcome) const;
  void arrived(std::string_view topic, std::string_view payload, bool retained) const;
  /// The connection ended without our asking.
  void ended(std::string reason) const;

 private:
  template <class Handler>
  void post(Handler handler) const;

  std::weak_ptr<SessionLoop> session_;
  boost::asio::any_io_executor loop_;
  const Clock& clock_;  ///< the loop's; the session outlives every connection
  std::shared_ptr<InboxLoad> load_;
  InboxBounds bounds_;
  std::uint64_t generation_;
};

/// One connection to a broker, from its first try to its end; never used again.
class MqttConnection {
 public:
  MqttConnection() = default;
  MqttConnection(const MqttConnection&) = delete;
  MqttConnection& operator=(const MqttConnection&) = delete;
  virtual ~MqttConnection() = default;

  // These two may block and run on a thread of their own.
  virtual void open(const std::string& client_id, const OutgoingMessage& will, MqttTicket ticket) = 0;
  /// Sends DISCONNECT if the connection is up. Nothing is reported after this.
  virtual void free() = 0;

  // These on the loop, once connected; false when the library takes nothing any more.
  virtual bool publish(OutgoingMessage message, MqttTicket ticket) = 0;
  virtual bool subscribe(const std::vector<std::string>& filters, MqttTicket ticket) = 0;
  /// Sends a DISCONNECT that has the broker publish the will; false where free() says all there is to say.
  virtual bool disconnect_with_will(MqttTicket ticket) = 0;
};

}  // namespace xalink
