#include "tests/bench/plain_mqtt.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <stdexcept>
#include <system_error>

namespace xalink::bench {
namespace {

constexpr Duration kPatience = std::chrono::seconds(30);
constexpr std::size_t kReadAtOnce = std::size_t{256} * 1024;

enum PacketType : unsigned { kConnack = 2, kPublish = 3, kSuback = 9 };

std::runtime_error system_failure(const char* what) {
  return std::runtime_error(std::string(what) + ": " + std::system_category().message(errno));
}

std::string text_field(std::string_view text) {
  std::string field;
  field.push_back(static_cast<char>(text.size() >> 8U));
  field.push_back(static_cast<char>(text.size()));
  return field.append(text);
}

}  // namespace

PlainMqtt::PlainMqtt(std::uint16_t port, const std::string& client_id)
    : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    const auto failure = system_failure("no connection to the broker");
    ::close(socket_);
    throw failure;
  }
  const int yes = 1;
  ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
  // Protocol level 4, clean session, no keep-alive.
  const std::string body = text_field("MQTT") + std::string("\x04\x02\x00\x00", 4) + text_field(client_id);
  std::string packet = "\x10";
  packet.push_back(static_cast<char>(body.size()));
  send(packet + body);
  for (bool answered = false; !answered;) {
    if (!read(kPatience)) throw std::runtime_error("the broker does not answer");
    cut([&](unsigned type, std::string_view, std::size_t) { answered |= type == kConnack; });
  }
}

PlainMqtt::~PlainMqtt() {
  ::close(socket_);
}

void PlainMqtt::subscribe(const std::string& filter) {
  const std::string body = std::string("\x00\x01", 2) + text_field(filter) + std::string("\x00", 1);
  std::string packet = "\x82";
  packet.push_back(static_cast<char>(body.size()));
  send(packet + body);
  for (bool answered = false; !answered;) {
    if (!read(kPatience)) throw std::runtime_error("the broker does not confirm a subscription");
    cut([&](unsigned type, std::string_view, std::size_t) { answered |= type == kSuback; });
  }
}

void PlainMqtt::send(std::string_view packets) {
  while (!packets.empty()) {
    const auto sent = ::send(socket_, packets.data(), packets.size(), MSG_NOSIGNAL);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0) throw system_failure("the broker takes nothing");
    packets.remove_prefix(static_cast<std::size_t>(sent));
  }
}

bool PlainMqtt::read(Duration limit) {
  pollfd waiting{socket_, POLLIN, 0};
  const auto ms = std::chrono::ceil<std::chrono::milliseconds>(limit).count();
  if (::poll(&waiting, 1, static_cast<int>(ms)) <= 0) return false;
  pending_.erase(0, std::exchange(used_, 0));
  const std::size_t size = pending_.size();
  pending_.resize(size + kReadAtOnce);
  const auto got = ::recv(socket_, pending_.data() + size, kReadAtOnce, 0);
  pending_.resize(size + (got > 0 ? static_cast<std::size_t>(got) : 0));
  if (got <= 0) throw std::runtime_error("the broker ended the connection");
  return true;
}

void PlainMqtt::cut(const std::function<void(unsigned, std::string_view, std::size_t)>& take) {
  for (;;) {
    const std::string_view left = std::string_view(pending_).substr(used_);
    std::size_t length = 0;
    std::size_t at = 1;
    for (unsigned shift = 0;; shift += 7) {
      if (at >= left.size()) return;
      const auto byte = static_cast<unsigned char>(left[at++]);
      length |= static_cast<std::size_t>(byte & 0x7fU) << shift;
      if ((byte & 0x80U) == 0) break;
    }
    if (left.size() < at + length) return;
    take(static_cast<unsigned char>(left[0]) >> 4U, left.substr(0, at + length), at);
    used_ += at + length;
  }
}

bool PlainMqtt::receive(Duration limit, const std::function<void(const PublishSeen&)>& take) {
  if (!read(limit)) return false;
  cut([&](unsigned type, std::string_view packet, std::size_t body) {
    if (type != kPublish) return;
    const auto high = static_cast<unsigned char>(packet[body]);
    const auto low = static_cast<unsigned char>(packet[body + 1]);
    const std::size_t length = (std::size_t{high} << 8U) | low;
    PublishSeen seen;
    seen.packet = packet;
    seen.topic = packet.substr(body + 2, length);
    seen.payload = packet.substr(body + 2 + length);
    take(seen);
  });
  return true;
}

}  // namespace xalink::bench
