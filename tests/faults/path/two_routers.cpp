#include "tests/faults/path/two_routers.hpp"

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {
namespace {

/// A line between two namespaces; one of its ends is made in the calling thread's.
void lay(const std::string& here, const std::string& there, const NetSpace& other) {
  must_run("ip link add " + here + " type veth peer name " + there + " netns " + other.path());
}

void give(const std::string& interface, const std::string& address) {
  must_run("ip addr add " + address + "/24 dev " + interface);
  must_run("ip link set " + interface + " up");
}

}  // namespace

void load_rules(const std::string& rules) {
  const ScratchFolder folder;
  must_run({"nft", "-f", folder.write("rules", "flush ruleset\n" + rules).string()});
}

TwoRouters::TwoRouters() {
  office_.inside([&] {
    lay("in", "up0", board_);
    lay("out", "in", provider_);
    give("in", kOffice);
    give("out", "10.91.2.1");
    must_run(std::string("ip route add default via ") + kProvider);
    set_kernel("net/ipv4/ip_forward", "1");
    // Routers tell of a few packets a second; these are told of all.
    set_kernel("net/ipv4/icmp_ratelimit", "0");
  });
  lay("world", "out", provider_);
  give("world", kWorld);
  must_run("ip route add 10.91.0.0/16 via 10.91.3.1");
  provider_.inside([] {
    give("in", kProvider);
    give("out", "10.91.3.1");
    must_run("ip route add 10.91.1.0/24 via 10.91.2.1");
    must_run(std::string("ip route add default via ") + kWorld);
    set_kernel("net/ipv4/ip_forward", "1");
    set_kernel("net/ipv4/icmp_ratelimit", "0");
  });
  board_.inside([] {
    give("up0", kBoard);
    must_run(std::string("ip route add default via ") + kOffice);
    set_kernel("net/ipv4/ping_group_range", "0 2147483647");
  });
}

void TwoRouters::office_rules(const std::string& rules) const {
  office_.inside([&] { load_rules(rules); });
}

void TwoRouters::provider_rules(const std::string& rules) const {
  provider_.inside([&] { load_rules(rules); });
}

void TwoRouters::board_rules(const std::string& rules) const {
  board_.inside([&] { load_rules(rules); });
}

void TwoRouters::narrow(unsigned mtu) const {
  const std::string to = " mtu " + std::to_string(mtu);
  office_.inside([&] { must_run("ip link set out" + to); });
  provider_.inside([&] { must_run("ip link set in" + to); });
}

}  // namespace xalink::test
