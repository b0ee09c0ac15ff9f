// What the way out is like, told by probes behind two real routers.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "agent/probes/mtu.hpp"
#include "agent/probes/path.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/faults/path/two_routers.hpp"

namespace xalink::test {
namespace {

using std::chrono::seconds;

class PathFaults : public testing::Test {
 protected:
  using Said = std::map<std::string, std::string>;

  /// One run of a probe in the board's namespace, as texts by column; nulls are left out.
  template <class Run>
  Said on_board(const Run& run) {
    Said said;
    net_.board().inside([&] {
      boost::asio::io_context loop{1};
      AsioClock clock;
      said = run(loop, clock);
    });
    return said;
  }
  static Said measure(boost::asio::io_context& loop, AsioClock& clock, Probe& probe) {
    std::vector<Value> values;
    std::exception_ptr failed;
    boost::asio::co_spawn(loop, probe.measure(clock.steady() + seconds(60)),
                          [&](std::exception_ptr error, std::vector<Value> measured) {
                            failed = error;
                            values = std::move(measured);
                          });
    loop.run();
    if (failed) std::rethrow_exception(failed);
    Said said;
    const auto& columns = probe.schema().columns;
    EXPECT_EQ(values.size(), columns.size());
    for (std::size_t column = 0; column < values.size(); ++column) {
      if (!is_null(values[column])) said[columns[column].name] = to_text(values[column]);
    }
    return said;
  }
  Said mtu() {
    return on_board([](boost::asio::io_context& loop, AsioClock& clock) {
      MtuSettings settings;
      settings.target = TwoRouters::kWorld;
      settings.patience = std::chrono::milliseconds(300);
      MtuProbe probe(loop.get_executor(), clock, settings);
      return measure(loop, clock, probe);
    });
  }
  static std::string drop_in(const std::string& chain, const std::string& what) {
    return "table ip way {\n  chain it {\n    type filter hook " + chain + " priority 0;\n    " + what +
           " drop\n  }\n}\n";
  }

  struct OwnNamespace {
    OwnNamespace() { NetSpace::move_here(); }
  };
  OwnNamespace here_;
  TwoRouters net_;
};

TEST_F(PathFaults, TellsTheLastMileFromUpstream) {
  // The probe remembers how far it came, so all runs are of one, each with a loop of its own.
  std::vector<Said> said;
  const ScratchFolder folder;
  net_.board().inside([&] {
    boost::asio::io_context loop{1};
    AsioClock clock;
    PathSettings settings;
    // "/proc/net" is the first thread's.
    std::filesystem::create_directories(folder / "proc/net");
    std::ofstream(folder / "proc/net/route") << std::ifstream("/proc/thread-self/net/route").rdbuf();
    settings.root = folder.path();
    settings.target = TwoRouters::kWorld;
    settings.patience = seconds(1);
    PathProbe probe(loop.get_executor(), clock, settings);
    const auto run = [&] {
      loop.restart();
      said.push_back(measure(loop, clock, probe));
    };
    run();
    net_.provider_rules(drop_in("forward", ""));
    run();
    net_.office_rules(drop_in("forward", ""));
    run();
    const std::string deaf = drop_in("input", "") + drop_in("forward", "").replace(9, 3, "gone");
    net_.office_rules(
        deaf + "table arp gone {\n  chain it {\n    type filter hook input priority 0;\n    drop\n  }\n}\n");
    net_.board_rules(drop_in("input", "icmp type time-exceeded"));
    run();
    // It is there, and lets nobody ask: where the way ends nobody knows.
    net_.office_rules(deaf);
    run();
    net_.board_rules("");
    net_.office_rules("");
    net_.provider_rules("");
    run();
  });
  for (const std::size_t well : {0U, 5U}) {
    const Said& all = said[well];
    EXPECT_EQ(all.at("Target"), TwoRouters::kWorld);
    EXPECT_EQ(all.at("Hop 1"), TwoRouters::kOffice);
    EXPECT_EQ(all.at("Hop 2"), TwoRouters::kProvider);
    EXPECT_EQ(all.at("Hop 3"), TwoRouters::kWorld);
    EXPECT_FALSE(all.contains("Hop 4")) << "the target stands there already";
    EXPECT_TRUE(all.contains("RTT 2"));
    EXPECT_EQ(all.at("Reached"), "true");
    EXPECT_FALSE(all.contains("Cut"));
    EXPECT_FALSE(all.contains("Reason"));
  }
  EXPECT_EQ(said[1].at("Cut"), "upstream");
  EXPECT_EQ(said[1].at("Hop 2"), TwoRouters::kProvider);
  EXPECT_EQ(said[1].at("Reached"), "false");
  EXPECT_EQ(said[2].at("Cut"), "last mile");
  EXPECT_EQ(said[2].at("Hop 1"), TwoRouters::kOffice);
  EXPECT_FALSE(said[2].contains("Hop 2"));
  EXPECT_EQ(said[3].at("Cut"), "first hop");
  EXPECT_EQ(said[3].at("Reason"), "no answer");
  EXPECT_FALSE(said[4].contains("Cut"));
  EXPECT_EQ(said[4].at("Reason"), kNoHopAnswers);
}

TEST_F(PathFaults, FindsTheSizeOfPacketsThatPass) {
  const Said wide = mtu();
  EXPECT_EQ(wide.at("Finding"), "full");
  EXPECT_EQ(wide.at("Path MTU"), "1500");
  EXPECT_EQ(wide.at("Interface MTU"), "1500");
  EXPECT_FALSE(wide.contains("Reason"));

  net_.narrow(1431);
  const Said told = mtu();
  EXPECT_EQ(told.at("Finding"), "told");
  EXPECT_EQ(told.at("Told MTU"), "1431");
  EXPECT_EQ(told.at("Path MTU"), "1431");

  // The router keeps it to itself.
  net_.office_rules(drop_in("output", "icmp type destination-unreachable"));
  const Said hole = mtu();
  EXPECT_EQ(hole.at("Finding"), "black hole");
  EXPECT_EQ(hole.at("Path MTU"), "1420") << "the next of the usual sizes";
  EXPECT_FALSE(hole.contains("Told MTU"));

  // Four of five large ones are lost, and that is no hole.
  net_.narrow(1500);
  net_.office_rules(drop_in("forward", "icmp type echo-request meta length > 1300 numgen inc mod 5 < 4"));
  const Said lossy = mtu();
  EXPECT_EQ(lossy.at("Finding"), "full");
  EXPECT_EQ(lossy.at("Path MTU"), "1500");

  net_.office_rules(drop_in("forward", ""));
  const Said cut = mtu();
  EXPECT_EQ(cut.at("Finding"), "no answer");
  EXPECT_FALSE(cut.contains("Path MTU"));
  EXPECT_TRUE(cut.contains("Reason"));
}

}  // namespace
}  // namespace xalink::test
