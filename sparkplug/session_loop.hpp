#pragma once
// A session as its loop sees it, over any MQTT library.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/loop_event.hpp"
#include "sparkplug/mqtt_connection.hpp"
#include "sparkplug/session.hpp"

namespace xalink {

/// The loop's side of a session: who waits for what, and one connection at a time. Shared with the
/// coroutines that wait in it, which may outlive the session.
///
/// Thread-safety: everything on the loop, but what MqttReports posts.
class SessionLoop : public std::enable_shared_from_this<SessionLoop> {
 public:
  using Connect = std::function<std::shared_ptr<MqttConnection>(MqttReports)>;

  SessionLoop(boost::asio::any_io_executor loop, Clock& clock, BrokerSettings broker, InboxBounds bounds,
              Connect new_connection);

  static boost::asio::awaitable<Result<void>> connect(std::shared_ptr<SessionLoop> self,
                                                      std::string client_id, OutgoingMessage will);
  static boost::asio::awaitable<Result<void>> subscribe(std::shared_ptr<SessionLoop> self,
                                                        std::vector<std::string> filters);
  static boost::asio::awaitable<SessionEvent> next(std::shared_ptr<SessionLoop> self);
  static boost::asio::awaitable<void> close(std::shared_ptr<SessionLoop> self);
  boost::asio::awaitable<Result<void>> publish(OutgoingMessage message);
  [[nodiscard]] bool connected() const { return up_; }
  [[nodiscard]] std::uint64_t dropped() const { return load_->dropped(); }
  [[nodiscard]] std::vector<DroppedMessages> take_dropped() { return load_->take_dropped(); }
  /// Ends everything and waits for the library; the loop may be destroyed afterwards.
  void shut_down();

 private:
  friend class MqttReports;

  /// An action under way. Only the loop touches it.
  struct Ticket {
    std::optional<MqttOutcome> outcome;
    LoopEvent ended;
  };

  static boost::asio::awaitable<MqttOutcome> wait(std::shared_ptr<Ticket> ticket);
  static boost::asio::awaitable<Result<void>> published(std::shared_ptr<SessionLoop> self,
                                                        std::shared_ptr<Ticket> ticket);

  std::pair<MqttTicket, std::shared_ptr<Ticket>> new_ticket();
  /// Handlers of what the library's threads posted; the generation tells a connection that is over from the
  /// present one.
  void completed(MqttTicket id, MqttOutcome outcome);
  void arrived(std::uint64_t generation, IncomingMessage message);
  void ended(std::uint64_t generation, std::string reason);

  /// Hands over the next message when the one before is through. Never two: Paho C sends a queue more slowly
  /// than one at a time, forgets for a second to go on with it after a partial write, and leaks what is
  /// left of it when the connection breaks (paho.mqtt.c #1429).
  void send_next();
  /// Fails what is under way and gives the connection to its thread to be freed, which closes it.
  /// The ticket is fulfilled when that is done.
  std::shared_ptr<Ticket> retire();
  /// The inbox has room again.
  void taken(const IncomingMessage& message);
  [[nodiscard]] Error not_connected() const;

  boost::asio::any_io_executor loop_;
  Clock& clock_;
  BrokerSettings broker_;
  InboxBounds bounds_;
  Connect new_connection_;

  boost::asio::thread_pool opener_{1};  ///< opens and frees connections
  std::shared_ptr<MqttConnection> connection_;
  bool up_ = false;
  std::uint64_t generation_ = 0;
  MqttTicket connecting_ = 0;

  struct Queued {
    MqttTicket ticket = 0;
    OutgoingMessage message;
  };

  std::deque<Queued> outgoing_;
  MqttTicket sending_ = 0;  ///< the message that the library has, or 0
  std::unordered_map<MqttTicket, std::shared_ptr<Ticket>> pending_;
  MqttTicket last_ticket_ = 0;

  std::shared_ptr<InboxLoad> load_;
  std::deque<IncomingMessage> inbox_;
  int readers_ = 0;  ///< coroutines in next(), those included that were woken and have not run yet
  std::optional<SessionLost> lost_;
  LoopEvent arrival_;
};

}  // namespace xalink
