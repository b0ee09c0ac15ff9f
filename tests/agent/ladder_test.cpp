#include "agent/ladder.hpp"

#include <gtest/gtest.h>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

// A probe whose newest record has these values; the others are null.
ProbeStatus probe(Schema schema, const std::vector<std::pair<std::string, Value>>& values) {
  ProbeStatus status;
  status.schema = std::move(schema);
  status.last.emplace();
  status.last->values.resize(status.schema.columns.size());
  for (const auto& [name, value] : values) {
    bool found = false;
    for (std::size_t i = 0; i < status.schema.columns.size(); ++i) {
      if (status.schema.columns[i].name != name) continue;
      status.last->values[i] = value;
      found = true;
    }
    EXPECT_TRUE(found) << name;
  }
  return status;
}

ProbeStatus link(bool carrier, bool route) {
  return probe(link_schema("eth0"), {{"Carrier", carrier}, {"Default Route", route}});
}
ProbeStatus answered(const std::string& target) {
  return probe(ping_schema(target), {{"RTT mean", std::uint64_t{900}}});
}
ProbeStatus silent(const std::string& target) {
  return probe(ping_schema(target), {{"Reason", std::string("no reply")}});
}

TEST(Ladder, IsWholeWhenEverythingAnswers) {
  const auto ladder = read_ladder({link(true, true), answered("gateway"), answered("anchor"),
                                   probe(dns_schema("portal"), {{"Status", std::string("NOERROR")}}),
                                   probe(reach_schema("portal"), {{"Success", true}})},
                                  EdgeNodeState::online);
  for (const auto& reading : ladder) EXPECT_EQ(reading.holds, true) << to_string(reading.rung);
  EXPECT_EQ(highest_rung(ladder), Rung::gateway);
}

TEST(Ladder, EndsWhereTheCableIsOut) {
  const auto ladder = read_ladder({link(false, false), silent("gateway"), silent("anchor")},
                                  EdgeNodeState::waiting_to_connect);
  EXPECT_EQ(highest_rung(ladder), Rung::board);
  EXPECT_EQ(ladder[static_cast<std::size_t>(Rung::first_hop)].evidence, "Ping/gateway (no reply)");
}

TEST(Ladder, AFirstHopThatIgnoresPingsIsNoOutage) {
  const auto ladder =
      read_ladder({link(true, true), silent("gateway"), answered("anchor")}, EdgeNodeState::connecting);
  EXPECT_EQ(highest_rung(ladder), Rung::internet);
}

TEST(Ladder, OneServiceOfTwoIsEnoughForTheRung) {
  const auto down =
      probe(reach_schema("tax"), {{"Success", false}, {"Reason", std::string("connect: refused")}});
  const auto up = probe(reach_schema("portal"), {{"Success", true}});
  for (const auto& probes : {std::vector{down, up}, std::vector{up, down}}) {
    const auto ladder = read_ladder(probes, EdgeNodeState::online);
    const auto& services = ladder[static_cast<std::size_t>(Rung::services)];
    EXPECT_EQ(services.holds, true);
    EXPECT_EQ(services.evidence, "Reach/portal");
  }
}

TEST(Ladder, WhatWasNotMeasuredIsNotClaimed) {
  ProbeStatus fresh;
  fresh.schema = ping_schema("anchor");
  const auto ladder = read_ladder({fresh}, EdgeNodeState::online);
  EXPECT_FALSE(ladder[static_cast<std::size_t>(Rung::internet)].holds);
  EXPECT_EQ(highest_rung(ladder), Rung::gateway);
}

}  // namespace
}  // namespace xalink
