// A gap comes with its cause (design, section 1): a small Internet is broken at each rung in turn, and what
// reached the gateway's store is laid beside the truth. Agent, broker and gateway are the real ones.

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <functional>
#include <iostream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "agent/outage_rules.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/faults/ladder/outage_story.hpp"
#include "tests/faults/ladder/small_office.hpp"
#include "tests/faults/ladder/truth_table.hpp"

namespace xalink::test {
namespace {

using std::chrono::seconds;

constexpr Milliseconds kWithin = 2 * kProbeInterval;
// An outage longer than what its times may be off.
constexpr Milliseconds kHold = 3 * kProbeInterval;
// When nothing is to be seen, so many runs of a probe have to see nothing.
constexpr std::uint64_t kRunsInVain = 4;

/// Something breaks, or is mended.
struct Turn {
  Breakage broken;
  std::set<std::string> missing;    ///< causes of the outages that are open from then on
  std::function<void()> besides{};  ///< done after that, as part of the turn
};

class LadderFaults : public SmallOffice {
 protected:
  LadderFaults() {
    gateway_.program.start();
    board_.boot("11111111-1111-4111-8111-111111111111", clock_.boot() - seconds(200));
    board_.start();
  }

  [[nodiscard]] bool all_is_well() const {
    return eventually([&] { return board_.all_well(); }, kPatience, kLook);
  }
  [[nodiscard]] std::string said() const {
    return boost::json::serialize(board_.status()) + "\n" + board_.log();
  }

  /// Breaks one thing after the other, and mends all in the end.
  void suffer(const std::string& name, const std::vector<Turn>& turns,
              const std::function<void()>& mend = {}) {
    SCOPED_TRACE(name);
    ASSERT_TRUE(all_is_well()) << said();
    Truth truth;
    truth.name = name;
    for (const Turn& turn : turns) {
      const auto begin = clock_.boot();
      internet_.make(turn.broken);
      if (turn.besides) turn.besides();
      missing_from(truth, turn.missing, begin, clock_.boot());
      // A wrong verdict is better seen in the table.
      const bool seen = eventually([&] { return OfficeBoard::open_causes(board_.status()) == turn.missing; },
                                   kPatience, kLook);
      EXPECT_TRUE(seen) << boost::json::serialize(board_.status());
      if (turn.missing.empty()) see_nothing();
      const auto left = begin + kHold - clock_.boot();
      if (left > Milliseconds::zero()) std::this_thread::sleep_for(left);
    }
    const auto end = clock_.boot();
    internet_.make({});
    if (mend) mend();
    missing_from(truth, {}, end, clock_.boot());
    truths_.push_back(std::move(truth));
  }

  /// The board is off for longer than its times may be wrong, and starts with another boot, in which these
  /// outages come up. Returns when the program was started.
  [[nodiscard]] BootTime lose_power(const std::string& name, const std::string& boot_id,
                                    const std::set<std::string>& missing) {
    Truth truth;
    truth.name = name;
    const auto cut = clock_.boot();
    board_.kill();
    missing_from(truth, {"power"}, cut, clock_.boot());
    std::this_thread::sleep_for(kHold);
    // Times since a boot are whole seconds apart here.
    const auto begin = std::chrono::ceil<seconds>(clock_.boot());
    missing_from(truth, {}, begin, begin);
    truths_.push_back(truth);
    std::this_thread::sleep_for(kProbeInterval);
    board_.boot(boot_id, begin);
    const auto start = clock_.boot();
    board_.start();
    EXPECT_TRUE(
        eventually([&] { return OfficeBoard::open_causes(board_.status()) == missing; }, kPatience, kLook))
        << said();
    return start;
  }

  void compare(const std::string& name, Milliseconds within = kWithin) {
    ASSERT_TRUE(all_is_well()) << said();
    const auto recorded_so_far = [&] {
      return recorded_outages(gateway_.store(),
                              [&](const std::string& boot, BootTime at) { return board_.here(boot, at); });
    };
    // The board knows the end a moment before the gateway has it.
    EXPECT_TRUE(eventually(
        [&] {
          const auto all = recorded_so_far();
          return std::ranges::all_of(all, [](const Missing& missing) { return missing.end.has_value(); });
        },
        kPatience, kLook));
    EXPECT_EQ(board_.stop(), 0);
    const auto recorded = recorded_so_far();
    const TruthTable table(truths_, recorded, within);
    print_table("ladder-" + name, "Ladder, " + name +
                                      ": truth beside verdict, times as verdict minus truth (probes every " +
                                      std::to_string(kProbeInterval.count()) + " s)\n" + table.text());
    for (const auto& mistake : table.mistakes()) ADD_FAILURE() << mistake;
    if (HasFailure()) std::cout << board_.log() << std::endl;
  }

  /// From a moment between these two on these are missing, and nothing else is any more.
  static void missing_from(Truth& truth, const std::set<std::string>& causes, BootTime earliest,
                           BootTime latest) {
    std::set<std::string> fresh = causes;
    for (Missing& missing : truth.missing) {
      if (missing.end || fresh.erase(missing.cause) > 0) continue;
      missing.end_earliest = earliest;
      missing.end = latest;
    }
    for (const auto& cause : fresh) {
      Missing missing;
      missing.cause = cause;
      missing.begin_earliest = earliest;
      missing.begin = latest;
      truth.missing.push_back(std::move(missing));
    }
  }

  void see_nothing() const {
    std::map<std::string, std::uint64_t> enough;
    for (const char* probe : {"Ping/anchor", "TCP/anchor", "Reach/tax"}) {
      enough[probe] = board_.runs(probe) + kRunsInVain;
    }
    for (const auto& [probe, runs] : enough) {
      EXPECT_TRUE(
          eventually([&, name = probe, most = runs] { return board_.runs(name) >= most; }, kPatience, kLook));
    }
  }

  std::vector<Truth> truths_;
};

TEST_F(LadderFaults, OfTheWayHaveTheirCauseAndTimes) {
  suffer("cable", {{{.cable = true}, {"link"}}});
  suffer("first hop", {{{.first_hop = true}, {"first hop"}}});
  suffer("upstream", {{{.upstream = true}, {"internet"}}});
  suffer("ICMP blocked", {{{.icmp = true}, {}}});
  suffer("ICMP blocked, then upstream",
         {{{.icmp = true}, {}}, {{.upstream = true, .icmp = true}, {"internet"}}, {{.icmp = true}, {}}});
  // The router is there, and lets nobody ask whether it is.
  suffer("upstream and ICMP at once", {{{.upstream = true, .icmp = true}, {"internet"}}});
  suffer("first hop, while deaf", {{{.icmp = true}, {}}, {{.first_hop = true, .icmp = true}, {"first hop"}}});
  compare("way");
}

TEST_F(LadderFaults, ThatOverlapOnTheWayAreToldApart) {
  suffer("upstream, then cable too", {{{.upstream = true}, {"internet"}},
                                      {{.cable = true, .upstream = true}, {"link"}},
                                      {{.upstream = true}, {"internet"}}});
  suffer("DNS, then first hop too", {{{.dns_silent = true}, {"dns"}},
                                     {{.first_hop = true, .dns_silent = true}, {"first hop"}},
                                     {{.dns_silent = true}, {"dns"}}});
  compare("overlapping on the way");
}

TEST_F(LadderFaults, ThatOverlapWithServicesAreToldApart) {
  suffer("service, then upstream too", {{{.tax_down = true}, {"services:tax"}},
                                        {{.upstream = true, .tax_down = true}, {"internet"}},
                                        {{.tax_down = true}, {"services:tax"}}});
  suffer("one trouble after another",
         {{{.tax_expired = true}, {"services:tax"}}, {{.tax_down = true}, {"services:tax"}}});
  compare("overlapping with services");
}

TEST_F(LadderFaults, OfNamesAndServicesHaveTheirCauseAndTimes) {
  suffer("DNS silent", {{{.dns_silent = true}, {"dns"}}});
  suffer("DNS poisoned", {{{.dns_lies = true}, {"dns"}}});
  suffer("DNS refuses", {{{.dns_refuses = true}, {"dns"}}});
  suffer("one service down", {{{.tax_down = true}, {"services:tax"}}});
  suffer("certificate expired", {{{.tax_expired = true}, {"services:tax"}}});
  compare("names and services");
}

TEST_F(LadderFaults, OfWhoStandsInTheWayHaveTheirCauseAndTimes) {
  // Names resolve and web pages come, but they are somebody else's.
  suffer("captive portal", {{{.login = true}, {"internet"}}});
  // So are anchors.
  suffer("captive portal, anchors free", {{{.login = true, .anchors_free = true}, {"internet"}}});
  // Connections are made, and stall with their first full packet.
  suffer("MTU black hole", {{{.large_lost = true}, {"services:portal", "services:tax"}}});
  compare("who stands in the way");
}

TEST_F(LadderFaults, OfTheGatewayAloneHaveTheirCauseAndTimes) {
  suffer("gateway killed", {{{}, {"gateway"}, [&] { gateway_.program.kill(); }}},
         [&] { gateway_.program.start(); });
  // The machine room is dark.
  suffer("gateway and broker gone",
         {{{},
           {"gateway"},
           [&] {
             gateway_.program.kill();
             broker_.kill();
           }}},
         [&] {
           broker_.start();
           gateway_.program.start();
         });
  compare("gateway");
}

// Of five visits to a service four wait in vain, the session breaks, and all is there all the time.
TEST_F(LadderFaults, OfALineThatLosesAThirdAreNotMadeUp) {
  suffer("a third of the packets lost", {{{.third_lost = true}, {}}});
  suffer("the same, and upstream",
         {{{.third_lost = true}, {}}, {{.upstream = true, .third_lost = true}, {"internet"}}});
  suffer("service down after that", {{{.tax_down = true}, {"services:tax"}}});
  compare("line that loses");
}

// Then connections have to tell what is lost, each a packet or two.
TEST_F(LadderFaults, OfALineThatLosesAThirdAndAllEchoesAreNotMadeUp) {
  suffer("ICMP blocked, and a third lost",
         {{{.icmp = true}, {}}, {{.third_lost = true, .icmp = true}, {}}, {{.icmp = true}, {}}});
  compare("line that loses, without ICMP");
}

// It does not confirm what it is sent.
TEST_F(LadderFaults, OfAGatewayThatHangsHaveTheirCauseAndTimes) {
  suffer("gateway hangs", {{{}, {"gateway"}, [&] { gateway_.program.freeze(); }}},
         [&] { gateway_.program.thaw(); });
  compare("gateway that hangs");
}

// The connection stays open, and an office in which nothing changes has nothing to send: then the keep-alive
// alone finds out.
TEST_F(LadderFaults, OfABrokerThatHangsAreKnownByTheKeepAlive) {
  suffer("broker hangs", {{{}, {"gateway"}, [&] { broker_.freeze(); }}}, [&] { broker_.thaw(); });
  suffer("broker hangs, then DNS too",
         {{{}, {"gateway"}, [&] { broker_.freeze(); }}, {{.dns_silent = true}, {"dns"}}},
         [&] { broker_.thaw(); });
  compare("broker that hangs", session_notices(OfficeBoard::kKeepAlive));
}

// The agent is killed and started again while something is missing, and before it could be sure of that.
TEST_F(LadderFaults, AreRememberedByAProgramThatIsKilled) {
  const auto start_again = [&] {
    board_.kill();
    board_.start();
  };
  suffer("upstream, killed at once", {{{.upstream = true}, {"internet"}, start_again}});
  suffer("upstream, killed in it",
         {{{.upstream = true}, {"internet"}}, {{.upstream = true}, {"internet"}, start_again}});
  suffer("service, killed in it",
         {{{.tax_down = true}, {"services:tax"}}, {{.tax_down = true}, {"services:tax"}, start_again}});
  // The new program knows no address that was right.
  suffer("DNS poisoned, killed in it",
         {{{.dns_lies = true}, {"dns"}}, {{.dns_lies = true}, {"dns"}, start_again}});
  compare("killed");
  EXPECT_EQ(recorded_starts(gateway_.store()),
            (std::vector<std::string>{"program: first start", "program: crash", "program: crash",
                                      "program: crash", "program: crash"}));
}

// The board goes off without a word: once while all is well, then while something is missing, which a new boot
// has to find anew.
TEST_F(LadderFaults, OfPowerAreToldWithTheLastSignOfLife) {
  const auto lose_it_during = [&](const std::string& what, const Breakage& breakage, const std::string& cause,
                                  const std::string& boot_id) {
    ASSERT_TRUE(all_is_well()) << said();
    Truth truth;
    truth.name = what + ", then power too";
    const auto broken = clock_.boot();
    internet_.make(breakage);
    missing_from(truth, {cause}, broken, clock_.boot());
    EXPECT_TRUE(eventually([&] { return OfficeBoard::open_causes(board_.status()).contains(cause); },
                           kPatience, kLook));
    std::this_thread::sleep_for(kHold);
    missing_from(truth, {}, clock_.boot(), clock_.boot());
    const auto started = lose_power("power, " + what + " missing", boot_id, {cause});
    missing_from(truth, {cause}, started, started);
    std::this_thread::sleep_for(kHold);
    const auto mended = clock_.boot();
    internet_.make({});
    missing_from(truth, {}, mended, clock_.boot());
    truths_.push_back(truth);
  };
  ASSERT_TRUE(all_is_well()) << said();
  std::this_thread::sleep_for(kHold);
  (void)lose_power("power", "22222222-2222-4222-8222-222222222222", {});
  lose_it_during("upstream", {.upstream = true}, "internet", "33333333-3333-4333-8333-333333333333");
  // Where the service was is remembered across the boot.
  lose_it_during("DNS poisoned", {.dns_lies = true}, "dns", "44444444-4444-4444-8444-444444444444");
  compare("power");
  EXPECT_EQ(recorded_starts(gateway_.store()),
            (std::vector<std::string>{"program: first start", "board: power loss", "board: power loss",
                                      "board: power loss"}));
}

}  // namespace
}  // namespace xalink::test
