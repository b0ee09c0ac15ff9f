#include "tests/fakes/mqtt_packets.hpp"

#include <stdexcept>
#include <utility>

namespace xalink::test::packet {
namespace {

enum PropertyId : std::uint32_t { kSessionExpiry = 0x11, kWillDelay = 0x18 };

/// Reads the fields of one packet's body from left to right.
class Body {
 public:
  explicit Body(std::string_view bytes) : left_(bytes) {}

  [[nodiscard]] bool empty() const { return left_.empty(); }
  std::uint32_t number(std::size_t bytes) {
    std::uint32_t value = 0;
    for (const char c : take(bytes)) value = (value << 8U) | static_cast<std::uint8_t>(c);
    return value;
  }
  std::uint32_t variable() {
    std::uint32_t value = 0;
    for (unsigned shift = 0; shift < 28; shift += 7) {
      const std::uint32_t byte = number(1);
      value |= (byte & 0x7FU) << shift;
      if ((byte & 0x80U) == 0) return value;
    }
    throw std::runtime_error("MQTT: a variable number is longer than four bytes");
  }
  std::string_view text() { return take(number(2)); }
  std::string_view rest() { return take(left_.size()); }
  std::string_view take(std::size_t size) {
    if (size > left_.size()) throw std::runtime_error("MQTT: a packet ends in the middle of a field");
    const auto taken = left_.substr(0, size);
    left_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view left_;
};

using Properties = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// Properties of MQTT 5 that hold numbers; the others are skipped.
Properties read_properties(Body& body) {
  Properties numbers;
  Body properties(body.take(body.variable()));
  while (!properties.empty()) {
    const std::uint32_t id = properties.variable();
    switch (id) {
      case 0x01:
      case 0x17:
      case 0x19:
      case 0x24:
      case 0x25:
      case 0x28:
      case 0x29:
      case 0x2A: numbers.emplace_back(id, properties.number(1)); break;
      case 0x13:
      case 0x21:
      case 0x22:
      case 0x23: numbers.emplace_back(id, properties.number(2)); break;
      case 0x02:
      case 0x11:
      case 0x18:
      case 0x27: numbers.emplace_back(id, properties.number(4)); break;
      case 0x0B: numbers.emplace_back(id, properties.variable()); break;
      case 0x26:
        properties.text();
        properties.text();
        break;
      default: properties.text(); break;
    }
  }
  return numbers;
}

std::optional<std::uint32_t> find(const Properties& properties, std::uint32_t id) {
  for (const auto& [key, value] : properties) {
    if (key == id) return value;
  }
  return std::nullopt;
}

Connect read_connect(Body body) {
  Connect connect;
  if (body.text() != "MQTT") throw std::runtime_error("MQTT: CONNECT of another protocol");
  connect.version = static_cast<int>(body.number(1));
  const std::uint32_t flags = body.number(1);
  connect.clean = (flags & 0x02U) != 0;
  connect.keep_alive = static_cast<std::uint16_t>(body.number(2));
  if (connect.version >= 5) connect.session_expiry = find(read_properties(body), kSessionExpiry);
  connect.client_id = body.text();
  if ((flags & 0x04U) != 0) {
    if (connect.version >= 5) connect.will_delay = find(read_properties(body), kWillDelay);
    Message will;
    will.topic = body.text();
    will.payload = body.text();
    will.qos = static_cast<int>((flags >> 3U) & 0x03U);
    will.retain = (flags & 0x20U) != 0;
    connect.will = std::move(will);
  }
  if ((flags & 0x80U) != 0) connect.username = body.text();
  return connect;
}

Publish read_publish(std::uint8_t header, Body body, int version) {
  Publish publish;
  Message& message = publish.message;
  message.qos = (header >> 1U) & 0x03U;
  message.retain = (header & 0x01U) != 0;
  message.duplicate = (header & 0x08U) != 0;
  message.topic = body.text();
  if (message.qos > 0) body.number(2);
  if (version >= 5) read_properties(body);
  message.payload = body.rest();
  return publish;
}

Subscribe read_subscribe(Body body, int version) {
  Subscribe subscribe;
  body.number(2);
  if (version >= 5) read_properties(body);
  while (!body.empty()) {
    Subscribe::Filter filter;
    filter.filter = body.text();
    filter.qos = static_cast<int>(body.number(1) & 0x03U);
    subscribe.filters.push_back(std::move(filter));
  }
  return subscribe;
}

}  // namespace

void Reader::feed(std::string_view bytes, const std::function<void(Packet)>& on_packet) {
  pending_ += bytes;
  std::size_t begin = 0;
  while (true) {
    const std::string_view left = std::string_view(pending_).substr(begin);
    std::size_t length = 0;
    std::size_t header = 1;
    bool whole = false;
    for (unsigned shift = 0; !whole && header < left.size() && header <= 4; shift += 7) {
      const auto byte = static_cast<std::uint8_t>(left[header++]);
      length |= std::size_t{byte & 0x7FU} << shift;
      whole = (byte & 0x80U) == 0;
    }
    if (!whole || left.size() < header + length) break;
    on_packet(decode(static_cast<std::uint8_t>(left[0]), left.substr(header, length)));
    begin += header + length;
  }
  pending_.erase(0, begin);
}

Packet Reader::decode(std::uint8_t header, std::string_view bytes) {
  Body body(bytes);
  switch (header >> 4U) {
    case 1: {
      Connect connect = read_connect(body);
      version_ = connect.version;
      return connect;
    }
    case 2: {
      Connack connack;
      connack.session_present = (body.number(1) & 0x01U) != 0;
      connack.code = static_cast<int>(body.number(1));
      return connack;
    }
    case 3: return read_publish(header, body, version_);
    case 8: return read_subscribe(body, version_);
    case 14: return Disconnect{body.empty() ? 0 : static_cast<int>(body.number(1))};
    default: return Other{header >> 4U};
  }
}

}  // namespace xalink::test::packet
