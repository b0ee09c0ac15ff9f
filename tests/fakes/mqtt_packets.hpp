#pragma once
// Enough of MQTT 3.1.1 and 5 on the wire to read along between a client and a broker.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace xalink::test::packet {

struct Message {
  std::string topic;
  std::string payload;
  int qos = 0;
  bool retain = false;
  bool duplicate = false;
  friend bool operator==(const Message&, const Message&) = default;
};
struct Connect {
  int version = 0;  ///< 4: MQTT 3.1.1, 5: MQTT 5
  std::string client_id;
  bool clean = false;  ///< clean session (3.1.1) or clean start (5)
  std::uint16_t keep_alive = 0;
  std::optional<std::uint32_t> session_expiry;  ///< MQTT 5, when sent
  std::optional<std::uint32_t> will_delay;      ///< MQTT 5, when sent
  std::optional<Message> will;
  std::string username;
};
struct Connack {
  bool session_present = false;
  int code = 0;
};
struct Subscribe {
  struct Filter {
    std::string filter;
    int qos = 0;
  };
  std::vector<Filter> filters;
};
struct Publish {
  Message message;
};
struct Disconnect {
  int reason = 0;  ///< MQTT 5; 0 with 3.1.1
};
/// Everything else, by its type number.
struct Other {
  int type = 0;
};

using Packet = std::variant<Connect, Connack, Subscribe, Publish, Disconnect, Other>;

/// Cuts one direction of a connection into packets. Throws std::runtime_error on what is not MQTT.
class Reader {
 public:
  /// `version`: of the connection, as long as no CONNECT was read here.
  explicit Reader(int version = 4) : version_(version) {}
  void feed(std::string_view bytes, const std::function<void(Packet)>& on_packet);
  void set_version(int version) { version_ = version; }

 private:
  Packet decode(std::uint8_t header, std::string_view body);

  int version_;
  std::string pending_;
};

}  // namespace xalink::test::packet
