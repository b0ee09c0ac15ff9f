#include "tests/faults/links/packet_link.hpp"

#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

namespace xalink::test {
namespace {

constexpr std::size_t kLargestPacket = 65536;

int open_tun(const std::string& name) {
  const int tun = ::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name.c_str(), IFNAMSIZ - 1);
  if (tun < 0 || ::ioctl(tun, TUNSETIFF, &request) != 0) {
    throw std::runtime_error("no TUN interface " + name + ": " + std::strerror(errno) +
                             ". Next: give this machine /dev/net/tun (modprobe tun)");
  }
  return tun;
}

int open_tun(const NetSpace* space, const std::string& name) {
  if (space == nullptr) return open_tun(name);
  int tun = -1;
  space->inside([&] { tun = open_tun(name); });
  return tun;
}

bool later(std::chrono::steady_clock::time_point due_a, std::uint64_t number_a,
           std::chrono::steady_clock::time_point due_b, std::uint64_t number_b) {
  return std::pair(due_a, number_a) > std::pair(due_b, number_b);
}

}  // namespace

PacketLink::PacketLink(PacketLinkOptions options, const NetSpace* left, const std::string& left_name,
                       const NetSpace* right, const std::string& right_name)
    : options_(options),
      random_(options.seed),
      left_(open_tun(left, left_name)),
      right_(open_tun(right, right_name)),
      stop_(::eventfd(0, EFD_CLOEXEC)),
      carrier_([this] { carry(); }) {}

PacketLink::~PacketLink() {
  const std::uint64_t one = 1;
  static_cast<void>(::write(stop_, &one, sizeof(one)));
  carrier_.join();
  for (const int file : {left_, right_, stop_}) ::close(file);
}

void PacketLink::carry() {
  for (;;) {
    std::array<pollfd, 3> files = {pollfd{left_, POLLIN, 0}, pollfd{right_, POLLIN, 0},
                                   pollfd{stop_, POLLIN, 0}};
    ::poll(files.data(), files.size(), patience(std::chrono::steady_clock::now()));
    if (files[2].revents != 0) return;
    if (files[0].revents != 0) take(left_, right_);
    if (files[1].revents != 0) take(right_, left_);
    give(std::chrono::steady_clock::now());
  }
}

int PacketLink::patience(Time now) const {
  if (waiting_.empty()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(waiting_.front().due - now);
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

void PacketLink::take(int from, int to) {
  std::array<char, kLargestPacket> buffer;
  std::uniform_real_distribution<double> chance(0.0, 1.0);
  for (;;) {
    const auto size = ::read(from, buffer.data(), buffer.size());
    if (size <= 0) return;
    if (chance(random_) < options_.lost) continue;
    auto due = std::chrono::steady_clock::now() + options_.one_way;
    if (chance(random_) < options_.late) {
      due += std::chrono::duration_cast<std::chrono::microseconds>(options_.longest_hold * chance(random_));
    }
    waiting_.push_back(
        Packet{due, ++numbers_, to, std::string(buffer.data(), static_cast<std::size_t>(size))});
    std::push_heap(waiting_.begin(), waiting_.end(),
                   [](const Packet& a, const Packet& b) { return later(a.due, a.number, b.due, b.number); });
  }
}

void PacketLink::give(Time now) {
  while (!waiting_.empty() && waiting_.front().due <= now) {
    std::pop_heap(waiting_.begin(), waiting_.end(),
                  [](const Packet& a, const Packet& b) { return later(a.due, a.number, b.due, b.number); });
    const Packet packet = std::move(waiting_.back());
    waiting_.pop_back();
    auto& newest = newest_given_[packet.to == right_ ? 1 : 0];
    if (packet.number < newest) ++overtaken_;
    newest = std::max(newest, packet.number);
    static_cast<void>(::write(packet.to, packet.bytes.data(), packet.bytes.size()));
  }
}

}  // namespace xalink::test
