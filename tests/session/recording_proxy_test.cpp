#include "tests/fakes/recording_proxy.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace xalink::test {
namespace {

using packet::Packet;

std::vector<Packet> read(packet::Reader& reader, std::string_view bytes) {
  std::vector<Packet> packets;
  reader.feed(bytes, [&](Packet seen) { packets.push_back(std::move(seen)); });
  return packets;
}

// MQTT 3.1.1, section 3.1: clean session, will "w" at QoS 1, keep alive 60 s, client id "id".
constexpr std::string_view kConnect("\x10\x15\x00\x04MQTT\x04\x0e\x00\x3c\x00\x02id\x00\x01t\x00\x02wp", 23);

TEST(MqttPackets, ReadsAConnectWithItsWill) {
  packet::Reader reader;
  const auto packets = read(reader, kConnect);
  ASSERT_EQ(packets.size(), 1U);
  const auto& connect = std::get<packet::Connect>(packets[0]);
  EXPECT_EQ(connect.version, 4);
  EXPECT_EQ(connect.client_id, "id");
  EXPECT_TRUE(connect.clean);
  EXPECT_EQ(connect.keep_alive, 60);
  EXPECT_EQ(connect.will, (packet::Message{"t", "wp", 1, false, false}));
}

TEST(MqttPackets, ReadsThemHoweverTheyAreCut) {
  const std::string publish("\x33\x06\x00\x01t\x00\x07p", 8);  // QoS 1, retain
  const std::string goodbye("\xe0\x00", 2);
  const std::string all = std::string(kConnect) + publish + goodbye;
  for (std::size_t cut = 0; cut <= all.size(); ++cut) {
    packet::Reader reader;
    auto packets = read(reader, std::string_view(all).substr(0, cut));
    for (auto& packet : read(reader, std::string_view(all).substr(cut))) packets.push_back(std::move(packet));
    ASSERT_EQ(packets.size(), 3U) << cut;
    EXPECT_EQ(std::get<packet::Publish>(packets[1]).message, (packet::Message{"t", "p", 1, true, false}));
    EXPECT_EQ(std::get<packet::Disconnect>(packets[2]).reason, 0);
  }
}

TEST(CaptureJson, HoldsWhatWasPublishedAndTheWillsOfBrokenConnections) {
  std::vector<Captured> captured(3);
  captured[0].at = WallTime{std::chrono::sys_days{std::chrono::November / 23 / 2026} +
                            std::chrono::milliseconds(3'723'004)};
  captured[0].what = Packet{packet::Publish{{"t\"", "Man", 1, true, false}}};
  captured[1].direction = Direction::to_client;
  captured[1].what = Packet{packet::Publish{{"echo", "", 0, false, false}}};
  captured[2].what = Captured::Closed{packet::Message{"w", "Ma", 1, false, false}};
  const std::string json = capture_json(captured);
  EXPECT_EQ(json.substr(0, json.find(",\n\"packets\"")),
            "{\"messages\":[\n"
            "  {\"topic\":\"t\\\"\",\"qos\":1,\"retain\":true,\"payload_b64\":\"TWFu\","
            "\"at\":\"2026-11-23T01:02:03.004Z\"},\n"
            "  {\"topic\":\"w\",\"qos\":1,\"retain\":false,\"payload_b64\":\"TWE=\","
            "\"at\":\"1970-01-01T00:00:00.000Z\"}]");
}

}  // namespace
}  // namespace xalink::test
