#pragma once
// An MQTT session as values: connect, subscribe, publish, and what arrives.

#include <boost/asio/awaitable.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sparkplug/http_proxy.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

enum class MqttVersion : std::uint8_t { v3_1_1 = 4, v5 = 5 };

/// Where the broker is and how to be let in. Both programs read it from their [broker] table.
struct BrokerSettings {
  std::string host = "127.0.0.1";
  std::uint16_t port = 1883;
  bool tls = false;
  std::string ca_file;           ///< empty: the system's trust store
  std::string certificate_file;  ///< client certificate (PEM), with key_file
  std::string key_file;
  std::string username;
  std::string password;
  MqttVersion version = MqttVersion::v3_1_1;
  std::chrono::seconds keep_alive{60};
  std::chrono::seconds connect_timeout{30};
  std::optional<HttpProxy> proxy;  ///< on the way to it, unless the broker is an exception
};

struct OutgoingMessage {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
  friend bool operator==(const OutgoingMessage&, const OutgoingMessage&) = default;
};

struct IncomingMessage {
  std::string topic;
  std::string payload;
  bool retained = false;
  /// Of the whole payload when it was too long to be handed over and `payload` is only its beginning.
  std::size_t cut_from = 0;
  friend bool operator==(const IncomingMessage&, const IncomingMessage&) = default;
};

/// Whose message it is, told from its topic without reading it. `precious` ones may use a quarter more
/// room than others: little follows from them being few, much from one being missing.
struct MessageClass {
  std::size_t source = 0;  ///< equal for messages of one source
  bool precious = false;
  bool metered = true;  ///< counts against what its source may send in a second
};
using ClassifyMessage = MessageClass(std::string_view topic);

/// Messages of one source that were not handed over.
struct DroppedMessages {
  std::string topic;           ///< of the last one
  std::uint64_t no_room = 0;   ///< they came faster than they were taken
  std::uint64_t too_many = 0;  ///< beyond what a source may send in a second
};

/// The connection ended without our asking: keep-alive missed, socket closed, broker said goodbye.
struct SessionLost {
  std::string reason;
};

using SessionEvent = std::variant<IncomingMessage, SessionLost>;

/// One connection at a time; after SessionLost or close() it may be connected again.
///
/// Thread-safety: all calls on the loop that made it. Exactly one coroutine may wait in next().
/// Nothing is queued over a reconnect: what was not handed over when the connection ended is gone,
/// which is safe because delivery is acknowledged end to end (design, section 5).
class Session {
 public:
  Session() = default;
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  virtual ~Session() = default;

  /// Clean session (3.1.1) or clean start with session expiry 0 (5), will included. Gives an error,
  /// not an exception, when the broker cannot be reached, refuses, or does not answer in time.
  virtual boost::asio::awaitable<Result<void>> connect(std::string client_id, OutgoingMessage will) = 0;
  /// All filters at QoS 1. An error when one of them is refused (return code 0x80 or above).
  virtual boost::asio::awaitable<Result<void>> subscribe(std::vector<std::string> filters) = 0;
  /// Ends when the message has been handed to the network (QoS 0) or acknowledged (QoS 1): whoever
  /// awaits each call has back-pressure. Messages leave in the order of the calls.
  virtual boost::asio::awaitable<Result<void>> publish(OutgoingMessage message) = 0;
  /// The next thing that happens. Throws operation_aborted when cancelled.
  virtual boost::asio::awaitable<SessionEvent> next() = 0;
  /// Sends DISCONNECT and closes. Pending next() calls end with SessionLost.
  virtual boost::asio::awaitable<void> close() = 0;
  [[nodiscard]] virtual bool connected() const = 0;
  /// Messages that arrived faster than next() took them and were dropped since start.
  [[nodiscard]] virtual std::uint64_t dropped() const = 0;
  /// These, and those beyond a source's rate, by source, where the session tells sources apart, since the
  /// last call.
  [[nodiscard]] virtual std::vector<DroppedMessages> take_dropped() { return {}; }
};

}  // namespace xalink
