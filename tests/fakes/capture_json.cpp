// The capture as JSON, so that the tools of others can grade it.

#include <array>
#include <chrono>
#include <cstdio>
#include <string_view>

#include "tests/fakes/recording_proxy.hpp"

namespace xalink::test {
namespace {

std::string json_text(std::string_view text) {
  std::string json = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      json += '\\';
      json += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      json += escape.data();
    } else {
      json += c;
    }
  }
  return json + '"';
}

std::string base64(std::string_view bytes) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](std::size_t at) -> std::uint32_t {
      return at < bytes.size() ? static_cast<std::uint8_t>(bytes[at]) : 0U;
    };
    const std::uint32_t group = (byte(i) << 16U) | (byte(i + 1) << 8U) | byte(i + 2);
    text += kDigits[group >> 18U];
    text += kDigits[(group >> 12U) & 0x3FU];
    text += i + 1 < bytes.size() ? kDigits[(group >> 6U) & 0x3FU] : '=';
    text += i + 2 < bytes.size() ? kDigits[group & 0x3FU] : '=';
  }
  return text;
}

/// RFC 3339 in UTC with milliseconds.
std::string time_text(WallTime at) {
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(at - day);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%03dZ", int{date.year()},
                unsigned{date.month()}, unsigned{date.day()}, static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()),
                static_cast<int>(time.subseconds().count()));
  return text.data();
}

const char* yes_no(bool value) {
  return value ? "true" : "false";
}

std::string fields(const packet::Message& message) {
  return "\"topic\":" + json_text(message.topic) + ",\"qos\":" + std::to_string(message.qos) +
         ",\"retain\":" + yes_no(message.retain) + ",\"payload_b64\":\"" + base64(message.payload) + "\"";
}

struct PacketFields {
  std::string operator()(const packet::Connect& connect) const {
    std::string json = "\"packet\":\"CONNECT\",\"version\":" + std::to_string(connect.version) +
                       ",\"clean\":" + yes_no(connect.clean) +
                       ",\"keep_alive\":" + std::to_string(connect.keep_alive);
    if (connect.session_expiry) json += ",\"session_expiry\":" + std::to_string(*connect.session_expiry);
    if (connect.will) json += ",\"will\":{" + fields(*connect.will) + "}";
    return json;
  }
  std::string operator()(const packet::Connack& connack) const {
    return "\"packet\":\"CONNACK\",\"session_present\":" + std::string(yes_no(connack.session_present)) +
           ",\"code\":" + std::to_string(connack.code);
  }
  std::string operator()(const packet::Subscribe& subscribe) const {
    std::string json = "\"packet\":\"SUBSCRIBE\",\"filters\":[";
    for (const auto& filter : subscribe.filters) {
      if (json.back() != '[') json += ',';
      json += "{\"filter\":" + json_text(filter.filter) + ",\"qos\":" + std::to_string(filter.qos) + "}";
    }
    return json + "]";
  }
  std::string operator()(const packet::Publish& publish) const {
    return "\"packet\":\"PUBLISH\"," + fields(publish.message);
  }
  std::string operator()(const packet::Disconnect& disconnect) const {
    return "\"packet\":\"DISCONNECT\",\"reason\":" + std::to_string(disconnect.reason);
  }
  std::string operator()(const packet::Other& other) const {
    return "\"packet\":" + std::to_string(other.type);
  }
};

}  // namespace

std::string capture_json(const std::vector<Captured>& captured) {
  std::string messages;
  std::string packets;
  for (const auto& entry : captured) {
    const std::string at = "\"at\":\"" + time_text(entry.at) + "\"";
    const packet::Message* published = nullptr;
    const auto* publish = entry.as<packet::Publish>();
    if (publish != nullptr && entry.direction == Direction::to_broker) published = &publish->message;
    if (entry.closed() != nullptr && entry.closed()->will) published = &*entry.closed()->will;
    if (published != nullptr) {
      if (!messages.empty()) messages += ",\n";
      messages += "  {" + fields(*published) + "," + at + "}";
    }
    if (!packets.empty()) packets += ",\n";
    packets += "  {\"connection\":" + std::to_string(entry.connection) +
               ",\"client_id\":" + json_text(entry.client_id) + ",\"direction\":\"" +
               (entry.direction == Direction::to_broker ? "to_broker" : "to_client") + "\"," + at + ",";
    const auto* any = std::get_if<packet::Packet>(&entry.what);
    packets += any == nullptr ? "\"packet\":\"closed\"" : std::visit(PacketFields{}, *any);
    packets += "}";
  }
  return "{\"messages\":[\n" + messages + "],\n\"packets\":[\n" + packets + "]}\n";
}

}  // namespace xalink::test
