// A router that drops echo requests is told from one that is not there, by ARP and by neighbour discovery.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "agent/linux/neighbour.hpp"
#include "agent/probes/ping.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/faults/path/two_routers.hpp"

namespace xalink::test {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr const char* kOffice6 = "fd00:91::1";

class NextHop : public testing::Test {
 protected:
  /// What a run of the ping of the next hop gives as its reason; empty when it answers.
  std::string ping(const std::string& target = "gateway") {
    Value reason;
    net_.board().inside([&] {
      boost::asio::io_context loop{1};
      AsioClock clock;
      // "/proc/net" is the first thread's.
      std::filesystem::create_directories(folder_ / "proc/net");
      std::ofstream(folder_ / "proc/net/route") << std::ifstream("/proc/thread-self/net/route").rdbuf();
      PingSettings settings;
      settings.root = folder_.path();
      settings.target = target;
      settings.count = 2;
      settings.spacing = milliseconds(10);
      settings.patience = milliseconds(300);
      PingProbe probe(loop.get_executor(), clock, settings);
      std::vector<Value> values = run(loop, probe.measure(clock.steady() + seconds(60)));
      reason = values.at(*column_index(probe.schema(), "Reason"));
    });
    return is_null(reason) ? std::string() : to_text(reason);
  }
  Presence ask(const std::string& address) {
    Presence presence = Presence::unknown;
    net_.board().inside([&] {
      boost::asio::io_context loop{1};
      AsioClock clock;
      const auto now = clock.steady();
      presence = run(
          loop, ask_neighbour(clock, "up0", boost::asio::ip::make_address(address), now, now + seconds(60)));
    });
    return presence;
  }
  template <class T>
  static T run(boost::asio::io_context& loop, boost::asio::awaitable<T> task) {
    std::exception_ptr failed;
    T result{};
    boost::asio::co_spawn(loop, std::move(task), [&](std::exception_ptr error, T value) {
      failed = error;
      result = std::move(value);
    });
    loop.run();
    if (failed) std::rethrow_exception(failed);
    return result;
  }
  static std::string table(const std::string& family, const std::string& what) {
    return "table " + family + " deaf {\n  chain mine {\n    type filter hook input priority 0;\n    " +
           what + " drop\n  }\n}\n";
  }

  struct OwnNamespace {
    OwnNamespace() { NetSpace::move_here(); }
  };
  ScratchFolder folder_;
  OwnNamespace here_;
  TwoRouters net_;
};

TEST_F(NextHop, ThatDropsEchoRequestsIsToldFromOneThatIsGone) {
  EXPECT_EQ(ping(), "");
  const std::string deaf = table("ip", "icmp type echo-request");
  net_.office_rules(deaf);
  EXPECT_EQ(ping(), kSilentButThere);
  net_.office_rules(deaf + table("arp", ""));
  EXPECT_EQ(ping(), kSilentAndGone) << "the kernel's table still has it as reachable";
  net_.office_rules(deaf);
  EXPECT_EQ(ping(), kSilentButThere);
  net_.office_rules("");
  EXPECT_EQ(ping(), "");
}

TEST_F(NextHop, IsAskedByNeighbourDiscoveryOverIpv6) {
  net_.in_office([] { must_run(std::string("ip addr add ") + kOffice6 + "/64 dev in nodad"); });
  net_.board().inside([] { must_run("ip addr add fd00:91::2/64 dev up0 nodad"); });
  EXPECT_EQ(ping(kOffice6), "");
  net_.office_rules(table("ip6", "icmpv6 type echo-request"));
  EXPECT_EQ(ask(kOffice6), Presence::there);
  net_.office_rules(table("ip6", ""));
  EXPECT_EQ(ask(kOffice6), Presence::gone);
}

TEST_F(NextHop, OfWhichTheTableKnowsNothingByItselfIsLeftOpen) {
  EXPECT_EQ(ask("10.91.1.77"), Presence::unknown) << "nothing was ever sent there";
  net_.board().inside(
      [] { must_run("ip neigh add 10.91.1.78 lladdr 02:00:00:00:00:01 nud permanent dev up0"); });
  EXPECT_EQ(ask("10.91.1.78"), Presence::unknown) << "a static entry is never asked for";
}

}  // namespace
}  // namespace xalink::test
