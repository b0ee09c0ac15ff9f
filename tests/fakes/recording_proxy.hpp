#pragma once
// A TCP proxy in front of a broker that writes down what it sees of MQTT.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sparkplug/clock.hpp"
#include "tests/fakes/mqtt_packets.hpp"

namespace xalink::test {

enum class Direction : std::uint8_t { to_broker, to_client };

/// One packet, or the end of a connection, in the order in which the proxy saw them.
struct Captured {
  /// The connection is over; `will` is what the broker publishes of it now (no DISCONNECT came, or an
  /// MQTT 5 DISCONNECT that asks for it).
  struct Closed {
    std::optional<packet::Message> will;
  };

  std::size_t connection = 0;  ///< 1, 2, … in the order of connecting
  std::string client_id;       ///< empty until CONNECT
  int version = 0;             ///< of MQTT; 0 until CONNECT
  Direction direction = Direction::to_broker;
  WallTime at{};
  std::variant<packet::Packet, Closed> what;

  /// The packet if it is of this type, else null.
  template <class T>
  [[nodiscard]] const T* as() const {
    const auto* any = std::get_if<packet::Packet>(&what);
    return any == nullptr ? nullptr : std::get_if<T>(any);
  }
  [[nodiscard]] const Closed* closed() const { return std::get_if<Closed>(&what); }
};

/// Runs on a thread of its own from construction to destruction.
/// Thread-safety: all calls from any thread.
class RecordingProxy {
 public:
  explicit RecordingProxy(std::uint16_t broker_port);
  RecordingProxy(const RecordingProxy&) = delete;
  RecordingProxy& operator=(const RecordingProxy&) = delete;
  ~RecordingProxy();

  [[nodiscard]] std::uint16_t port() const;
  [[nodiscard]] std::vector<Captured> captured() const;

  /// Breaks the connections of this client (all when empty) on both sides, without a DISCONNECT.
  void cut(const std::string& client_id = {});
  /// Closes new connections at once, as a network that comes and goes.
  void refuse(bool on);
  /// Connections stay open but nothing passes any more, in both directions; neither end is told.
  void silence(bool on);

  /// Waits until `enough` is true of what was captured; false after `limit`.
  [[nodiscard]] bool wait_until(const std::function<bool(const std::vector<Captured>&)>& enough,
                                Duration limit = std::chrono::seconds(60)) const;

 private:
  class Relay;
  std::unique_ptr<Relay> relay_;
};

/// {"messages":[{topic,qos,retain,payload_b64,at}], "packets":[…]}: "messages" is every message as its
/// publisher sent it, with wills where the broker publishes them; "packets" is all that was captured.
[[nodiscard]] std::string capture_json(const std::vector<Captured>& captured);

}  // namespace xalink::test
