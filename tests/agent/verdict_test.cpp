#include "agent/verdict.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

using Values = std::vector<std::pair<std::string, Value>>;

// What is said of a record with these values; the others are null.
std::optional<Verdict> verdict(const Schema& schema, const Values& values, bool by_name = true) {
  Record record;
  record.values.resize(schema.columns.size());
  for (const auto& [name, value] : values) {
    const auto place = column_index(schema, name);
    EXPECT_TRUE(place) << name;
    if (place) record.values[*place] = value;
  }
  const auto witness = witness_of(schema, by_name);
  EXPECT_TRUE(witness) << schema.group;
  return witness ? judge(*witness, schema, record) : std::nullopt;
}

std::string text(const char* words) {
  return words;
}

TEST(Verdict, ALinkNeedsItsCarrierAndADefaultRoute) {
  const auto schema = link_schema("eth0");
  EXPECT_TRUE(verdict(schema, {{"Carrier", true}, {"Default Route", true}})->good);
  const auto no_carrier = verdict(schema, {{"Carrier", false}, {"Default Route", true}});
  EXPECT_FALSE(no_carrier->good);
  EXPECT_EQ(no_carrier->evidence, "Link/eth0 (no carrier)");
  // An interface that is switched off has no carrier to tell.
  EXPECT_FALSE(verdict(schema, {{"Default Route", false}})->good);
  EXPECT_EQ(verdict(schema, {{"Carrier", true}, {"Default Route", false}})->evidence,
            "Link/eth0 (no default route)");
}

TEST(Verdict, AModemIsAtFaultWhereTheDefaultRouteLeadsThroughIt) {
  const auto schema = cellular_schema();
  EXPECT_TRUE(verdict(schema, {{"Default Route", true}})->good);
  const auto hung = verdict(schema, {{"Default Route", true}, {"Fault", text("modem gone")}});
  EXPECT_FALSE(hung->good);
  EXPECT_EQ(hung->evidence, "Cellular (modem gone)");
  EXPECT_TRUE(verdict(schema, {{"Default Route", false}, {"Fault", text("no SIM")}})->good);
  EXPECT_FALSE(verdict(schema, {{"Fault", text("no SIM")}})) << "it is not known whether it is the way";
}

TEST(Verdict, TellsWhatIsLostAndWhoOnlyGaveNoAnswer) {
  const auto lossy = verdict(ping_schema("anchor"), {{"RTT mean", std::uint64_t{900}}, {"Loss", 60.0}});
  EXPECT_TRUE(lossy->good);
  EXPECT_EQ(lossy->loss, 0.6);
  EXPECT_EQ(lossy->evidence, "Ping/anchor (60 % of packets lost)");
  // The first SYN is answered, or the one after a second, or the one after three.
  const auto share_of = [](std::uint64_t took) {
    return verdict(tcp_schema("anchor"), {{"Connect", took}})->loss.value_or(-1);
  };
  EXPECT_EQ(share_of(999'999), 0);
  EXPECT_EQ(share_of(1'030'000), 0.5);
  EXPECT_DOUBLE_EQ(share_of(3'030'000), 2.0 / 3);
  const auto unheard = verdict(tcp_schema("anchor"), {{"Reason", std::string("no answer in time")}});
  EXPECT_EQ(unheard->loss, 1);
  EXPECT_EQ(unheard->requests, 2U);
  EXPECT_EQ(verdict(tcp_schema("anchor"), {{"Connect", std::uint64_t{3'030'000}}})->requests, 3U);
  const auto refused = verdict(tcp_schema("anchor"), {{"Reason", std::string("Connection refused")}});
  EXPECT_FALSE(refused->loss);
  EXPECT_EQ(verdict(ping_schema("anchor"), {{"RTT mean", std::uint64_t{900}}, {"Loss", 0.0}})->evidence,
            "Ping/anchor");
  for (const char* reason :
       {"name: no answer in time", "name: no DNS server answered in time", "connect: Connection timed out",
        "TLS: no answer in time", "TLS: no answer in time; this is an address of the service, as before",
        "connect: no answer in time; before it was at 1.2.3.4, where it is not either",
        "TLS: certificate is not yet valid by the clock of the board, which is wrong: services "
        "say another time; HTTP: no answer in time"}) {
    EXPECT_TRUE(verdict(reach_schema("tax"), {{"Success", false}, {"Reason", text(reason)}})->silence);
  }
  EXPECT_TRUE(
      verdict(dns_schema("portal"), {{"Status", text("timeout")}, {"Reason", text("no answer in time")}})
          ->silence);
  for (const char* reason : {"connect: Connection refused", "TLS: certificate has expired",
                             "HTTP: status 500", "name: the name does not exist"}) {
    EXPECT_FALSE(verdict(reach_schema("tax"), {{"Success", false}, {"Reason", text(reason)}})->silence);
  }
  EXPECT_FALSE(verdict(reach_schema("tax"), {{"Success", true}})->silence);
}

TEST(Verdict, AnAnswerProvesWhatItStandsOn) {
  const auto ping = verdict(ping_schema("anchor"), {{"RTT mean", std::uint64_t{900}}});
  EXPECT_TRUE(ping->good);
  for (const Rung rung : {Rung::link, Rung::first_hop, Rung::internet}) EXPECT_TRUE(ping->proves.has(rung));
  EXPECT_FALSE(ping->proves.has(Rung::dns));
  const auto dns = verdict(dns_schema("portal"), {{"Status", text("NOERROR")}});
  EXPECT_TRUE(dns->good);
  EXPECT_FALSE(dns->proves.has(Rung::link)) << "the server may be on this board";
  const auto visit = verdict(reach_schema("portal"), {{"Success", true}});
  for (const Rung rung : {Rung::link, Rung::first_hop, Rung::internet, Rung::dns, Rung::services}) {
    EXPECT_TRUE(visit->proves.has(rung));
  }
  EXPECT_FALSE(verdict(reach_schema("portal"), {{"Success", true}}, false)->proves.has(Rung::dns));
}

TEST(Verdict, ARunThatCouldNotAskSaysNothing) {
  for (const char* reason : {"the probe did not end in time", "no ICMP socket: Operation not permitted"}) {
    EXPECT_FALSE(verdict(ping_schema("anchor"), {{"Reason", text(reason)}})) << reason;
  }
  EXPECT_FALSE(verdict(link_schema("eth0"), {}));
  EXPECT_FALSE(verdict(power_schema(), {{"Charge", std::uint64_t{80}}}));
}

TEST(Verdict, AMachineThatIsNotThereIsNotOneThatKeepsSilent) {
  EXPECT_FALSE(verdict(ping_schema("gateway"), {{"Reason", text("no reply")}})->certain);
  EXPECT_TRUE(verdict(ping_schema("gateway"), {{"Reason", text("No route to host")}})->certain);
  const auto gone = verdict(ping_schema("gateway"), {{"Reason", std::string(kSilentAndGone)}});
  EXPECT_TRUE(gone->certain);
  EXPECT_FALSE(gone->good);
}

TEST(Verdict, ANextHopThatIsOnlyDeafIsThere) {
  const auto deaf = verdict(ping_schema("gateway"), {{"Reason", std::string(kSilentButThere)}});
  EXPECT_TRUE(deaf->good);
  EXPECT_EQ(deaf->proves, RungSet(Rung::modem, Rung::link, Rung::first_hop));
  // Nobody beyond it could be asked so.
  EXPECT_FALSE(verdict(ping_schema("anchor"), {{"Reason", std::string(kSilentButThere)}})->good);
}

TEST(Verdict, AVisitThatFailsProvesTheStepsThatItTook) {
  const auto schema = reach_schema("tax");
  const auto fails = [&](const char* reason, Values values = {}) {
    values.emplace_back("Success", false);
    values.emplace_back("Reason", text(reason));
    auto said = verdict(schema, values);
    EXPECT_FALSE(said->good);
    EXPECT_EQ(said->evidence, std::string("Reach/tax (") + reason + ")");
    return said->proves;
  };
  const Values connected = {{"Connect", std::uint64_t{9}}};
  const RungSet somebody(Rung::modem, Rung::link, Rung::first_hop);
  EXPECT_EQ(fails("name: timeout"), RungSet());
  EXPECT_EQ(fails("connect: Connection refused"), RungSet(Rung::dns));
  const std::string nowhere =
      "connect: no answer in time; before it was at 1.2.3.4" + std::string(kNorWhereItWas);
  EXPECT_EQ(fails(nowhere.c_str()), RungSet());
  EXPECT_EQ(fails("TLS: self-signed certificate", connected), somebody);
  const RungSet all(Rung::modem, Rung::link, Rung::first_hop, Rung::internet, Rung::dns);
  EXPECT_EQ(fails("TLS: certificate has expired", connected), all);
  const std::string stalls = "TLS: no answer in time" + std::string(kAtItsAddress);
  EXPECT_EQ(fails(stalls.c_str(), connected), RungSet(Rung::modem, Rung::link, Rung::first_hop, Rung::dns));
  EXPECT_EQ(fails("HTTP: status 503", {{"Connect", std::uint64_t{9}}, {"TLS Handshake", std::uint64_t{9}}}),
            all);
  EXPECT_EQ(fails("HTTP: status 511", connected), somebody);
}

TEST(Verdict, AWrongAddressAccusesTheDns) {
  const auto said = verdict(reach_schema("tax"),
                            {{"Success", false}, {"Reason", std::string(kWrongAddress) + " 10.0.0.1"}});
  EXPECT_EQ(said->accuses, Rung::dns);
  EXPECT_FALSE(said->certain);
  EXPECT_EQ(said->proves, RungSet());
  const auto sure =
      verdict(reach_schema("tax"),
              {{"Success", false},
               {"Reason", std::string(kWrongAddress) + " 10.0.0.1; the service is at 1.2.3.4 as before"}});
  EXPECT_TRUE(sure->certain);
  EXPECT_EQ(sure->proves, RungSet(Rung::modem, Rung::link, Rung::first_hop, Rung::internet));
}

TEST(Verdict, TellsWhatTheBatteryHas) {
  const auto said = verdict(power_schema(), {{"Mains", false}, {"Charge", std::uint64_t{80}}});
  EXPECT_FALSE(said->good);
  EXPECT_EQ(said->evidence, "Power (on battery, 80 %)");
}

std::optional<std::string> finding(const Schema& schema, const Values& values) {
  Record record;
  record.values.resize(schema.columns.size());
  for (const auto& [name, value] : values) record.values.at(column_index(schema, name).value()) = value;
  return finding_of(schema, record);
}

TEST(Verdict, WhatExplainsAnOutageIsSaidInWords) {
  const auto path = path_schema();
  EXPECT_EQ(finding(path, {{"Reached", true}, {"Hop 1", text("10.0.0.1")}}), std::nullopt);
  EXPECT_EQ(finding(path, {{"Reached", false},
                           {"Hop 1", text("192.168.1.1")},
                           {"Hop 3", text("10.0.0.1")},
                           {"Cut", text("upstream")}}),
            "Path (hop 3 10.0.0.1 answers, nothing beyond: upstream)");
  EXPECT_EQ(finding(path, {{"Reached", false}, {"Reason", text("no answer")}}), "Path (no hop answers)");
  EXPECT_EQ(finding(path, {{"Reached", false}, {"Reason", text(kNoHopAnswers.data())}}),
            "Path (no hop answers, but the network card of the first)");
  // The board could not ask.
  EXPECT_EQ(finding(path, {{"Reached", false}, {"Reason", text("no ICMP socket: Operation not permitted")}}),
            std::nullopt);
  EXPECT_EQ(finding(mtu_schema(), {{"Finding", text("full")}, {"Path MTU", std::uint64_t{1500}}}),
            std::nullopt);
  EXPECT_EQ(finding(mtu_schema(), {{"Finding", text("black hole")}, {"Path MTU", std::uint64_t{1420}}}),
            "MTU (packets above 1420 bytes vanish)");
  EXPECT_EQ(
      finding(captive_portal_schema(), {{"Finding", text("portal")}, {"Reason", text("sent to a.test")}}),
      "Captive Portal (sent to a.test)");
  EXPECT_EQ(finding(board_schema(), {}), std::nullopt);
}

TEST(Verdict, AWrongClockOfTheBoardIsNoOutageOfAService) {
  const auto said =
      verdict(reach_schema("tax"), {{"Success", true},
                                    {"Failure", text("board clock")},
                                    {"Reason", text("TLS: certificate has expired by the clock")}});
  EXPECT_TRUE(said->good);
}

TEST(Verdict, OtherRecordsSayNothingOfTheLadder) {
  for (const auto& schema : {board_schema(), storage_schema(), dossier_schema()}) {
    EXPECT_FALSE(witness_of(schema)) << schema.group;
  }
}

TEST(Ladder, WhatIsNotMeasuredStandsInNobodysWay) {
  std::vector<RungReading> ladder(kRungCount);
  for (std::size_t i = 0; i < kRungCount; ++i) {
    ladder[i].rung = static_cast<Rung>(i);
    ladder[i].holds = true;
  }
  EXPECT_EQ(highest_rung(ladder), Rung::gateway);
  ladder[index(Rung::internet)].holds.reset();
  EXPECT_EQ(highest_rung(ladder), Rung::gateway);
  ladder[index(Rung::dns)].holds = false;
  EXPECT_EQ(highest_rung(ladder), Rung::first_hop);
}

TEST(Ladder, NamesItsRungs) {
  for (std::size_t i = 0; i < kRungCount; ++i) {
    const auto rung = static_cast<Rung>(i);
    EXPECT_EQ(rung_named(to_string(rung)), rung);
  }
  EXPECT_FALSE(rung_named("cloud"));
}

}  // namespace
}  // namespace xalink
