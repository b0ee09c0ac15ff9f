#pragma once
// The way from a board to its province: a slow line, a router, and what happens to packets in between.
//
//   board --veth, tbf both ways--> router --veth, or TUN with delay and reordering--> province (the test)

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "tests/faults/links/net_space.hpp"
#include "tests/faults/links/packet_link.hpp"

namespace xalink::test {

struct RoadOptions {
  std::uint64_t bits_per_second = 64'000;  ///< in each direction
  double lost = 0;                         ///< share of packets, in each direction
  std::chrono::milliseconds one_way{0};    ///< of delay
  double late = 0;                         ///< share of packets that others overtake
  bool nat = false;                        ///< the router hides the board's address
  std::chrono::seconds nat_memory{0};      ///< it forgets a flow that was silent for this long; 0: never
  std::uint64_t seed = 1;
};

/// Where the broker listens for the board.
inline constexpr const char* kProvinceAddress = "10.77.2.2";
inline constexpr std::uint16_t kBrokerPort = 1883;
/// The board's interface.
inline constexpr const char* kBoardInterface = "up0";

/// Moves the calling thread into the province (NetSpace::move_here) and builds the rest.
class CountryRoad {
 public:
  explicit CountryRoad(const RoadOptions& options);

  [[nodiscard]] const NetSpace& board() const { return board_; }
  /// Counted at the board's interface: what it put on the line and what came out of it, with Ethernet, IP
  /// and TCP headers and whatever TCP sent again. What was lost behind the board counts as sent.
  [[nodiscard]] WireBytes wire() const;
  /// From now on nothing of the board's open connections gets through, in either direction, and nobody is
  /// told. New ones are not touched.
  void let_connections_die() const;
  [[nodiscard]] std::uint64_t overtaken() const { return delay_ ? delay_->overtaken() : 0; }

 private:
  void build_line(const RoadOptions& options);
  void build_rest(const RoadOptions& options);
  [[nodiscard]] static std::string rules(const RoadOptions& options);

  struct Province {
    Province() { NetSpace::move_here(); }
  } province_;
  NetSpace board_;
  NetSpace router_;
  std::unique_ptr<PacketLink> delay_;
};

}  // namespace xalink::test
