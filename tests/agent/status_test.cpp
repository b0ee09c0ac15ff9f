#include "agent/status.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <ctime>
#include <string>
#include <tuple>
#include <vector>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

AgentStatus sample() {
  AgentStatus status;
  status.site = NodeId{"VN-03", "xa-lung-cu"};
  status.at = WallTime(Milliseconds(1'767'225'600'123));
  status.clock = ClockQuality::synchronised;
  status.uptime = std::chrono::hours(5);
  status.session = EdgeNodeState::online;
  status.broker = "10.0.0.1:8883";
  status.outbox_file = "/var/lib/xalink-agent/outbox.db";
  status.outbox_bytes = 3'000'000;
  status.outbox_space.max_bytes = 67'108'864;
  status.outbox_space.spares = {2, 40};
  status.lanes[0] = LaneDepth{7, 9, 1, WallTime(Milliseconds(1'767'225'000'000))};
  status.lanes[1] = LaneDepth{100, 100, 1, std::nullopt};
  status.waiting_for_flush = 3;
  status.flush_interval = std::chrono::seconds(60);
  ProbeStatus ping;
  ping.schema = ping_schema("gateway");
  ping.last.emplace();
  ping.last->values.resize(ping.schema.columns.size());
  ping.last->values[1] = std::uint64_t{12'345};
  ping.runs = 4;
  status.probes.push_back(ping);
  for (std::size_t rung = 0; rung < kRungCount; ++rung) {
    status.ladder.push_back(RungReading{static_cast<Rung>(rung), true, {}, std::chrono::hours(4)});
  }
  status.ladder[index(Rung::internet)] = RungReading{Rung::internet, {}, {}, {}};
  SourceStatus dossiers;
  dossiers.name = "dossiers";
  dossiers.place = "/srv/ho-so";
  dossiers.counters.rows_taken = 46;
  dossiers.counters.rows_unchanged = 40;
  dossiers.waiting.push_back({"a.csv", "is being written"});
  status.sources.push_back(dossiers);
  return status;
}

TEST(Status, JsonTellsRungLanesAndProbes) {
  const auto root = boost::json::parse(status_as_json(sample()));
  EXPECT_EQ(root.at("rung").as_string(), "gateway");
  EXPECT_EQ(root.at("at").as_string(), "2026-01-01T00:00:00.123Z");
  const auto& lane = root.at("outbox").at("lanes").at(0);
  EXPECT_EQ(lane.at("depth").to_number<int>(), 2);
  EXPECT_EQ(lane.at("acknowledged").to_number<int>(), 7);
  const auto& value = root.at("probes").at(0).at("values").at(1);
  EXPECT_EQ(value.at("name").as_string(), "RTT mean");
  EXPECT_EQ(value.at("value").to_number<int>(), 12'345);
  EXPECT_TRUE(root.at("probes").at(0).at("values").at(0).at("value").is_null());
}

TEST(Status, TellsWhatCommandsHaveComeTo) {
  auto status = sample();
  EXPECT_EQ(status_as_text(status_as_json(status), Language::english)->find("Commands"), std::string::npos);
  status.commands.intervals.push_back(
      {"network", "Ping/gateway", std::chrono::hours(24), std::chrono::seconds(60)});
  status.commands.refused = 2;
  status.commands.last_refused =
      CommandStatus::Refused{{"network/Ping/gateway/Interval", "1 s is out of bounds",
                              "ask for 12 to 86400 s, or 0 for what the configuration says"},
                             std::chrono::minutes(270)};
  const auto json = status_as_json(status);
  const auto commands = boost::json::parse(json).at("commands");
  EXPECT_EQ(commands.at("intervals").at(0).at("probe").as_string(), "Ping/gateway");
  EXPECT_EQ(commands.at("intervals").at(0).at("seconds").to_number<double>(), 86'400);
  EXPECT_EQ(commands.at("intervals").at(0).at("configured_seconds").to_number<double>(), 60);
  EXPECT_EQ(commands.at("refused").to_number<int>(), 2);
  EXPECT_EQ(commands.at("last_refused").at("at").as_string(), "2025-12-31T23:30:00.123Z");
  EXPECT_EQ(commands.at("last_refused").at("metric").as_string(), "network/Ping/gateway/Interval");
  const auto english = status_as_text(json, Language::english).value();
  for (const char* part : {"Commands\n  network/Ping/gateway: every 86400 s by command; configured: 60 s\n",
                           "! 2 commands refused; the last one at ",
                           ": network/Ping/gateway/Interval: 1 s is out of bounds. ask for 12 to 86400 s, or "
                           "0 for what the configuration says\n"}) {
    EXPECT_NE(english.find(part), std::string::npos) << part << "\n" << english;
  }
  const auto vietnamese = status_as_text(json, Language::vietnamese).value();
  for (const char* part :
       {"network/Ping/gateway: mỗi 86400 s theo lệnh; cấu hình: 60 s\n", "! 2 lệnh bị từ chối; lần cuối lúc ",
        ": network/Ping/gateway/Interval: 1 giây nằm ngoài giới hạn. hãy đặt từ 12 đến "
        "86400 giây, hoặc 0 để theo cấu hình\n"}) {
    EXPECT_NE(vietnamese.find(part), std::string::npos) << part << "\n" << vietnamese;
  }
}

TEST(Status, TellsWhatMeasuringCost) {
  auto status = sample();
  EXPECT_TRUE(boost::json::parse(status_as_json(status)).at("throughput").is_null());
  ThroughputStatus throughput;
  throughput.state = "budget";
  throughput.next = WallTime(Milliseconds(1'767'229'200'000));
  throughput.link = LinkCost::metered;
  throughput.used = {0, 59'000'000};
  throughput.monthly = {1'000'000'000, 60'000'000};
  status.throughput = throughput;
  const auto json = status_as_json(status);
  const auto root = boost::json::parse(json);
  EXPECT_EQ(root.at("throughput").at("next").as_string(), "2026-01-01T01:00:00.000Z");
  EXPECT_EQ(root.at("throughput").at("budget").at("metered").at("used").to_number<int>(), 59'000'000);
  const auto english = status_as_text(json, Language::english).value();
  EXPECT_NE(english.find("Throughput: waits for the data budget, which is spread over the month"),
            std::string::npos)
      << english;
  EXPECT_NE(english.find("this month  (the link now)"), std::string::npos) << english;
  const auto vietnamese = status_as_text(json, Language::vietnamese).value();
  EXPECT_NE(vietnamese.find("Đo tốc độ: chờ hạn mức dung lượng"), std::string::npos) << vietnamese;
}

TEST(Status, ShowsTheLadderAndWhatGoesOn) {
  auto status = sample();
  status.ladder[index(Rung::services)] =
      RungReading{Rung::services, false, "Reach/tax (connect: refused)", std::chrono::minutes(270)};
  status.outages.push_back(Outage{"id", Rung::services, "tax", Rung::dns, "boot", std::chrono::minutes(270),
                                  std::chrono::minutes(270), "Reach/tax (connect: refused)"});
  const auto json = status_as_json(status);
  const auto root = boost::json::parse(json);
  EXPECT_EQ(root.at("rung").as_string(), "dns");
  EXPECT_EQ(root.at("ladder").at(7).at("since").as_string(), "2025-12-31T23:30:00.123Z");
  EXPECT_TRUE(root.at("ladder").at(5).at("holds").is_null());
  EXPECT_EQ(root.at("outages").at(0).at("seconds").to_number<int>(), 1800);
  EXPECT_EQ(root.at("outages").at(0).at("cause").as_string(), "services");
  const auto english = status_as_text(json, Language::english);
  ASSERT_TRUE(english);
  for (const char* part : {"Reaches: dns", "✗ services, since ", "? internet, not measured",
                           "Outages that go on", "! service tax, since ", "(30 min): Reach/tax"}) {
    EXPECT_NE(english->find(part), std::string::npos) << part << "\n" << *english;
  }
  EXPECT_LT(english->find("✓ gateway"), english->find("✓ power")) << "the top rung first";
  const auto vietnamese = status_as_text(json, Language::vietnamese);
  ASSERT_TRUE(vietnamese);
  for (const char* part : {"✗ dịch vụ công, từ ", "chưa đo", "Sự cố đang diễn ra", "! dịch vụ tax, từ ",
                           "(Reach/tax (kết nối: refused))", "): Reach/tax (kết nối: refused)"}) {
    EXPECT_NE(vietnamese->find(part), std::string::npos) << part << "\n" << *vietnamese;
  }
}

TEST(Status, TellsOfEachSourceWhatItTookAndWhatWaits) {
  const auto root = boost::json::parse(status_as_json(sample()));
  EXPECT_EQ(root.at("sources").at(0).at("events").to_number<int>(), 6);
  const auto english = status_as_text(status_as_json(sample()), Language::english);
  ASSERT_TRUE(english);
  EXPECT_NE(english->find("dossiers (/srv/ho-so)"), std::string::npos) << *english;
  EXPECT_NE(english->find("46 rows taken, 6 events, 40 unchanged"), std::string::npos) << *english;
  EXPECT_NE(english->find("a.csv: is being written"), std::string::npos) << *english;
  const auto vietnamese = status_as_text(status_as_json(sample()), Language::vietnamese);
  ASSERT_TRUE(vietnamese);
  EXPECT_NE(vietnamese->find("a.csv: đang được ghi"), std::string::npos) << *vietnamese;
}

TEST(Status, TellsWhatIsWrongWithTheClockAndWhatToDo) {
  auto status = sample();
  status.clock = ClockQuality::unset;
  status.system_clock = WallTime(std::chrono::seconds(90));
  status.clock_floor = status.clock_earliest = WallTime(Milliseconds(1'767'225'600'000));
  const auto json = status_as_json(status);
  const auto detail = boost::json::parse(json).at("clock_detail");
  EXPECT_TRUE(detail.at("before_floor").as_bool());
  EXPECT_TRUE(detail.at("latest").is_null());
  const auto text = status_as_text(json, Language::english);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("the system's clock says 1970-01-01"), std::string::npos) << *text;
  EXPECT_NE(text->find("Next: let NTP"), std::string::npos);
  const auto vietnamese = status_as_text(json, Language::vietnamese);
  EXPECT_NE(vietnamese->find("Tiếp theo: mở NTP"), std::string::npos) << *vietnamese;

  status.system_clock = status.at;
  for (const auto doubt : {ClockDoubt::kernel_before_floor, ClockDoubt::gateway_before_floor,
                           ClockDoubt::disagreement, ClockDoubt::jumped}) {
    status.clock_doubt = doubt;
    for (const auto language : {Language::english, Language::vietnamese}) {
      const auto told = status_as_text(status_as_json(status), language);
      const auto* next = language == Language::english ? "Next:" : "Tiếp theo:";
      EXPECT_NE(told->find(next), std::string::npos) << *told;
    }
  }
}

TEST(Status, TextTellsTheTimeOfTheWall) {
  ::setenv("TZ", "Asia/Ho_Chi_Minh", /*replace=*/1);  // NOLINT(concurrency-mt-unsafe): no threads here
  ::tzset();
  const auto text = status_as_text(status_as_json(sample()), Language::vietnamese);
  ASSERT_TRUE(text);
  EXPECT_NE(text->find("2026-01-01 07:00:00"), std::string::npos) << *text;
}

TEST(Status, TextSaysItInEnglish) {
  const auto text = status_as_text(status_as_json(sample()), Language::english);
  ASSERT_TRUE(text);
  for (const char* part :
       {"VN-03/xa-lung-cu", "Reaches: gateway", "✓ gateway", "2 waiting for the gateway", "RTT mean 12.3 ms",
        "2.86 MiB of at most 64 MiB", "42 confirmed records kept as spares", "a power cut costs at most 60 s",
        "46 rows taken"}) {
    EXPECT_NE(text->find(part), std::string::npos) << part << "\n" << *text;
  }
}

TEST(Status, TellsAnMtuFromAnotherOne) {
  auto status = sample();
  ProbeStatus mtu;
  mtu.schema = mtu_schema();
  mtu.last.emplace();
  mtu.last->values.resize(mtu.schema.columns.size());
  mtu.last->values[*column_index(mtu.schema, "Interface MTU")] = std::uint64_t{1500};
  mtu.last->values[*column_index(mtu.schema, "Path MTU")] = std::uint64_t{1492};
  status.probes.push_back(mtu);
  status.outbox_bytes = 12'288;
  const auto english = status_as_text(status_as_json(status), Language::english).value();
  for (const char* part : {"Interface MTU 1500 B", "Path MTU 1492 B", "12 KiB of at most"}) {
    EXPECT_NE(english.find(part), std::string::npos) << part << "\n" << english;
  }
}

TEST(Status, SaysNothingOfSpaceOnADiskThatWasNeverThere) {
  auto status = sample();
  status.outbox_bytes = 0;
  status.outbox_space.max_bytes = 0;
  const auto json = status_as_json(status);
  const auto english = status_as_text(json, Language::english).value();
  EXPECT_NE(english.find("Outbox: /var/lib/xalink-agent/outbox.db\n"), std::string::npos) << english;
  EXPECT_EQ(status_as_text(json, Language::vietnamese)->find("trên tối đa"), std::string::npos);
}

TEST(Status, PromisesNothingOfADiskThatTakesNothing) {
  auto status = sample();
  status.disk_error =
      "/var/lib/xalink-agent/outbox.db: cannot append: its file system is read-only. See dmesg";
  const auto text = status_as_text(status_as_json(status), Language::english);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->find("a power cut costs at most"), std::string::npos) << *text;
  EXPECT_NE(text->find("a power cut costs all of them"), std::string::npos) << *text;
  const auto vietnamese = status_as_text(status_as_json(status), Language::vietnamese);
  ASSERT_TRUE(vietnamese);
  EXPECT_NE(vietnamese->find("mất điện là mất hết"), std::string::npos) << *vietnamese;
}

TEST(Status, TextSaysItInVietnamese) {
  const auto text = status_as_text(status_as_json(sample()), Language::vietnamese);
  ASSERT_TRUE(text);
  for (const char* part :
       {"Kết nối tới: máy chủ tỉnh", "trực tuyến", "mất điện chỉ mất nhiều nhất", "46 dòng đã nhận"}) {
    EXPECT_NE(text->find(part), std::string::npos) << part << "\n" << *text;
  }
  EXPECT_EQ(text->find("waiting"), std::string::npos) << *text;
}

TEST(Status, TellsWhatWasGivenUpAndWhatToDo) {
  auto status = sample();
  status.outbox_space.given_up = {{"thinned", 210}, {"memory", 5}};
  using Pressure = OutboxSpace::Pressure;
  const std::vector<std::tuple<Pressure, std::string, std::string, std::string>> cases = {
      {Pressure::thinning, "thinning", "become hourly summaries", "gộp theo giờ. Tiếp theo"},
      {Pressure::dropping, "dropping", "are dropped. Next", "đang bị bỏ. Tiếp theo"},
      {Pressure::events_refused, "events refused", "stay with their source", "nằm lại ở nguồn"}};
  for (const auto& [pressure, name, english, vietnamese] : cases) {
    status.outbox_space.pressure = pressure;
    const auto json = status_as_json(status);
    EXPECT_EQ(boost::json::parse(json).at("outbox").at("pressure").as_string(), name);
    EXPECT_EQ(boost::json::parse(json).at("outbox").at("given_up").at("thinned").to_number<int>(), 210);
    const auto text = status_as_text(json, Language::english);
    ASSERT_TRUE(text);
    EXPECT_NE(text->find("given up: 5 memory, 210 thinned"), std::string::npos) << *text;
    EXPECT_NE(text->find(english), std::string::npos) << *text;
    const auto in_vietnamese = status_as_text(json, Language::vietnamese);
    ASSERT_TRUE(in_vietnamese);
    EXPECT_NE(in_vietnamese->find(vietnamese), std::string::npos) << *in_vietnamese;
    EXPECT_EQ(in_vietnamese->find("Next"), std::string::npos) << *in_vietnamese;
  }
}

TEST(Status, AnAnswerOfAnotherProgramIsRefused) {
  EXPECT_FALSE(status_as_text("hello", Language::english));
  EXPECT_FALSE(status_as_text("{}", Language::english));
}

}  // namespace
}  // namespace xalink
