#include "tests/faults/links/country_road.hpp"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>
#include <stdexcept>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {
namespace {

// A modem's queue: some seconds of a slow line, but never less than a few packets.
std::uint64_t queue_bytes(std::uint64_t bits_per_second) {
  return std::max<std::uint64_t>(16'000, bits_per_second / 8);
}

void limit_rate(const std::string& interface, std::uint64_t bits_per_second) {
  must_run("tc qdisc add dev " + interface + " root tbf rate " + std::to_string(bits_per_second) +
           "bit burst 1600 limit " + std::to_string(queue_bytes(bits_per_second)));
}

void apply_rules(const std::string& text) {
  const ScratchFolder folder;
  must_run({"nft", "-f", folder.write("rules", text).string()});
}

// The oldest and most timid of TCPs, whatever the machine of the test prefers: it is in every kernel, and
// a namespace may choose it.
void speak_plain_tcp() {
  set_kernel("net/ipv4/tcp_congestion_control", "reno");
}

// Local ports of the established connections of this thread's namespace.
std::set<std::uint16_t> open_ports() {
  std::set<std::uint16_t> ports;
  std::ifstream in("/proc/thread-self/net/tcp");
  std::string line;
  std::getline(in, line);
  while (std::getline(in, line)) {
    std::istringstream words(line);
    std::string number;
    std::string local;
    std::string remote;
    std::string state;
    words >> number >> local >> remote >> state;
    constexpr const char* kEstablished = "01";
    if (state != kEstablished) continue;
    ports.insert(
        static_cast<std::uint16_t>(std::strtoul(local.substr(local.find(':') + 1).c_str(), nullptr, 16)));
  }
  return ports;
}

}  // namespace

CountryRoad::CountryRoad(const RoadOptions& options) {
  build_line(options);
  build_rest(options);
}

void CountryRoad::build_line(const RoadOptions& options) {
  router_.inside([&] {
    must_run("ip link add down0 type veth peer name up0 netns " + board_.path());
    must_run("ip addr add 10.77.1.1/24 dev down0");
    must_run("ip link set down0 up");
    limit_rate("down0", options.bits_per_second);
    set_kernel("net/ipv4/ip_forward", "1");
  });
  board_.inside([&] {
    must_run("ip addr add 10.77.1.2/24 dev up0");
    must_run("ip link set up0 up");
    must_run("ip route add default via 10.77.1.1");
    limit_rate("up0", options.bits_per_second);
    speak_plain_tcp();
  });
}

void CountryRoad::build_rest(const RoadOptions& options) {
  speak_plain_tcp();
  if (options.one_way.count() > 0 || options.late > 0) {
    PacketLinkOptions delay;
    delay.one_way = options.one_way;
    delay.late = options.late;
    delay.longest_hold = std::max(options.one_way / 4, std::chrono::milliseconds(40));
    delay.seed = options.seed;
    delay_ = std::make_unique<PacketLink>(delay, &router_, "wan0", nullptr, "wan1");
  } else {
    must_run("ip link add wan1 type veth peer name wan0 netns " + router_.path());
  }
  must_run(std::string("ip addr add ") + kProvinceAddress + "/24 dev wan1");
  must_run("ip link set wan1 up");
  router_.inside([&] {
    must_run("ip addr add 10.77.2.1/24 dev wan0");
    must_run("ip link set wan0 up");
    apply_rules(rules(options));
    if (options.nat_memory.count() == 0) return;
    set_kernel("net/netfilter/nf_conntrack_tcp_loose", "0");
    set_kernel("net/netfilter/nf_conntrack_tcp_timeout_established",
               std::to_string(options.nat_memory.count()));
  });
  if (!options.nat) must_run("ip route add 10.77.1.0/24 via 10.77.2.1");
}

std::string CountryRoad::rules(const RoadOptions& options) {
  std::string text =
      "table ip road {\n chain forward {\n  type filter hook forward priority 0; policy accept;\n";
  if (options.nat) text += "  ct state invalid drop\n";
  if (options.lost > 0) {
    text +=
        "  numgen random mod 10000 < " + std::to_string(static_cast<int>(options.lost * 10000)) + " drop\n";
  }
  text += " }\n";
  if (options.nat) {
    text += " chain out {\n  type nat hook postrouting priority 100;\n  oifname \"wan0\" masquerade\n }\n";
  }
  return text + "}\n";
}

WireBytes CountryRoad::wire() const {
  WireBytes bytes;
  board_.inside([&] { bytes = wire_bytes(kBoardInterface); });
  return bytes;
}

void CountryRoad::let_connections_die() const {
  std::set<std::uint16_t> ports;
  board_.inside([&] { ports = open_ports(); });
  if (ports.empty()) throw std::runtime_error("the board has no connection that could die");
  std::string text;
  for (const auto port : ports) {
    const auto number = std::to_string(port);
    text += "insert rule ip road forward tcp sport " + number + " drop\n";
    text += "insert rule ip road forward tcp dport " + number + " drop\n";
  }
  router_.inside([&] { apply_rules(text); });
}

}  // namespace xalink::test
