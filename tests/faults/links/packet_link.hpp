#pragma once
// A link made of nothing but time: moves packets between two TUN interfaces, late, in another order, or
// not at all. What netem does, without netem.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/faults/links/net_space.hpp"

namespace xalink::test {

struct PacketLinkOptions {
  std::chrono::milliseconds one_way{0};
  /// This share of packets is held up to `longest_hold` longer, so that others overtake it.
  double late = 0;
  std::chrono::milliseconds longest_hold{0};
  double lost = 0;
  std::uint64_t seed = 1;
};

/// Makes one TUN interface in each namespace (null: the calling thread's) and carries packets between them
/// until it is destroyed. Throws std::runtime_error when there are no TUN interfaces.
class PacketLink {
 public:
  PacketLink(PacketLinkOptions options, const NetSpace* left, const std::string& left_name,
             const NetSpace* right, const std::string& right_name);
  ~PacketLink();
  PacketLink(const PacketLink&) = delete;
  PacketLink& operator=(const PacketLink&) = delete;

  /// Packets that left after one that was sent later.
  [[nodiscard]] std::uint64_t overtaken() const { return overtaken_; }

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Packet {
    Time due;
    std::uint64_t number = 0;
    int to = -1;
    std::string bytes;
  };

  void carry();
  void take(int from, int to);
  void give(Time now);
  [[nodiscard]] int patience(Time now) const;

  PacketLinkOptions options_;
  std::mt19937_64 random_;
  int left_ = -1;
  int right_ = -1;
  int stop_ = -1;
  std::vector<Packet> waiting_;  ///< a heap, the next one due first
  std::uint64_t numbers_ = 0;
  std::array<std::uint64_t, 2> newest_given_{};  ///< to the left, to the right
  std::atomic<std::uint64_t> overtaken_{0};
  std::thread carrier_;
};

}  // namespace xalink::test
