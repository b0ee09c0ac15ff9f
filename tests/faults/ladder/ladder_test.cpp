// A gap comes with its cause (design, section 1): a small Internet is broken at each rung in turn, and what
// reached the gateway's store is laid beside the truth. Agent, broker and gateway are the real ones.

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "agent/outage_rules.hpp"
#include "tests/faults/ladder/ladder_faults.hpp"

namespace xalink::test {
namespace {

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
  // No service answers any more, and still the names have to be right first.
  suffer("DNS poisoned, then MTU black hole", {{{.dns_lies = true}, {"dns"}},
                                               {{.large_lost = true, .dns_lies = true}, {"dns"}},
                                               {{.large_lost = true}, {"services:portal", "services:tax"}}});
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
  // The session stands all the time, and has said so long before names come again.
  suffer("gateway killed, while DNS is silent",
         {{{.dns_silent = true}, {"dns"}},
          {{.dns_silent = true}, {"dns"}, [&] { gateway_.program.kill(); }},
          {{}, {"gateway"}}},
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

// It does not confirm what it is sent. That echo requests are blocked is something to send: an office in
// which nothing changes finds out when the broker does.
TEST_F(LadderFaults, OfAGatewayThatHangsHaveTheirCauseAndTimes) {
  suffer("gateway hangs", {{{.icmp = true}, {"gateway"}, [&] { gateway_.program.freeze(); }}},
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

// The board goes off without a word: once while all is well, then while something is missing, which a new
// boot has to find anew.
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
