// Sessions, devices, current values, history of plain nodes and what was set aside, as the ledger keeps
// them.

#include <gtest/gtest.h>

#include "gateway/store/sqlite_ledger.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using LiveStateTest = StoreTest;

Fact died(std::int64_t at, std::string reason = "death certificate") {
  return fact::NodeDied{kSite, at_ms(at), std::move(reason)};
}

fact::Values values(std::vector<fact::Values::Entry> entries, std::string device = "network") {
  fact::Values all;
  all.node = kSite;
  all.device = std::move(device);
  all.at = at_ms(kNoon + 5);
  all.entries = std::move(entries);
  return all;
}

TEST_F(LiveStateTest, OpensASessionAtBirthAndClosesItAtDeath) {
  commit({born(7, kNoon)});
  EXPECT_EQ(number("SELECT count(*) FROM session WHERE died_ms IS NULL AND bdseq = 7"), 1);
  commit({died(kNoon + 900)});
  EXPECT_EQ(number("SELECT died_ms FROM session"), kNoon + 900);
  EXPECT_EQ(text("SELECT reason FROM session"), "death certificate");
}

TEST_F(LiveStateTest, ClosesTheOldSessionWhenABirthComesWithoutADeath) {
  commit({born(7, kNoon), born(8, kNoon + 100)});
  EXPECT_EQ(number("SELECT count(*) FROM session"), 2);
  EXPECT_EQ(number("SELECT died_ms FROM session WHERE bdseq = 7"), kNoon + 100);
  EXPECT_EQ(number("SELECT count(*) FROM session WHERE died_ms IS NULL AND bdseq = 8"), 1);
}

TEST_F(LiveStateTest, KeepsTheSessionOverARebirth) {
  auto again = std::get<fact::NodeBorn>(born(7, kNoon + 100));
  again.rebirth = true;
  again.depth = {3, 400};
  commit({born(7, kNoon), again});
  EXPECT_EQ(number("SELECT count(*) FROM session"), 1);
  EXPECT_EQ(number("SELECT born_ms FROM session"), kNoon);
  EXPECT_EQ(number("SELECT depth_1 FROM session"), 400);
}

TEST_F(LiveStateTest, OpensASessionForARebirthThatItKnewNoBirthOf) {
  auto again = std::get<fact::NodeBorn>(born(7, kNoon));
  again.rebirth = true;
  commit({again});
  EXPECT_EQ(number("SELECT count(*) FROM session WHERE died_ms IS NULL"), 1);
}

TEST_F(LiveStateTest, ReplacesACurrentValueAndRemembersItsUnit) {
  auto first = value_entry("Ping/gateway/RTT mean", DataType::uint32, std::uint64_t{900});
  first.unit = "us";
  commit({born(1, kNoon), values({first})});
  commit({values({value_entry("Ping/gateway/RTT mean", DataType::uint32, std::uint64_t{1200}, kNoon + 60)})});
  EXPECT_EQ(number("SELECT count(*) FROM current_value"), 1);
  EXPECT_EQ(number("SELECT value FROM current_value"), 1200);
  EXPECT_EQ(number("SELECT at_ms FROM current_value"), kNoon + 60);
  EXPECT_EQ(text("SELECT unit FROM current_value"), "us");
}

TEST_F(LiveStateTest, KeepsEveryKindOfValue) {
  commit(
      {values({value_entry("a", DataType::boolean, true), value_entry("b", DataType::int8, std::int64_t{-7}),
               value_entry("c", DataType::uint64, std::numeric_limits<std::uint64_t>::max()),
               value_entry("d", DataType::float64, 0.1), value_entry("e", DataType::string, "Hà Giang"),
               value_entry("f", DataType::string, Value{})})});
  EXPECT_EQ(number("SELECT value FROM current_value WHERE metric = 'a'"), 1);
  EXPECT_EQ(number("SELECT value FROM current_value WHERE metric = 'b'"), -7);
  EXPECT_EQ(static_cast<std::uint64_t>(number("SELECT value FROM current_value WHERE metric = 'c'")),
            std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(text("SELECT value = 0.1 FROM current_value WHERE metric = 'd'"), "1");
  EXPECT_EQ(text("SELECT value FROM current_value WHERE metric = 'e'"), "Hà Giang");
  EXPECT_EQ(number("SELECT value IS NULL FROM current_value WHERE metric = 'f'"), 1);
}

TEST_F(LiveStateTest, MarksTheValuesOfADeadNodeStaleAndThoseOfAReturnedOneFresh) {
  const auto value = value_entry("x", DataType::uint32, std::uint64_t{1});
  commit({born(1, kNoon), values({value}), values({value}, "board")});
  commit({died(kNoon + 10)});
  EXPECT_EQ(number("SELECT count(*) FROM current_value WHERE stale = 1"), 2);
  commit({born(2, kNoon + 20), values({value})});
  EXPECT_EQ(number("SELECT stale FROM current_value WHERE device = 'network'"), 0);
  EXPECT_EQ(number("SELECT stale FROM current_value WHERE device = 'board'"), 1);
}

TEST_F(LiveStateTest, MarksTheValuesOfADeadDeviceAloneStale) {
  const auto value = value_entry("x", DataType::uint32, std::uint64_t{1});
  commit({born(1, kNoon), fact::DeviceBorn{kSite, "network", at_ms(kNoon)},
          fact::DeviceBorn{kSite, "board", at_ms(kNoon)}, values({value}), values({value}, "board"),
          fact::DeviceDied{kSite, "board", at_ms(kNoon + 3)}});
  EXPECT_EQ(number("SELECT stale FROM current_value WHERE device = 'network'"), 0);
  EXPECT_EQ(number("SELECT stale FROM current_value WHERE device = 'board'"), 1);
  EXPECT_EQ(number("SELECT died_ms FROM device WHERE device = 'board'"), kNoon + 3);
  EXPECT_EQ(number("SELECT died_ms IS NULL FROM device WHERE device = 'network'"), 1);
}

TEST_F(LiveStateTest, DoesNotTakeThePastForThePresent) {
  auto past = value_entry("x", DataType::uint32, std::uint64_t{1}, kNoon - 1000);
  past.historical = true;
  commit({values({value_entry("x", DataType::uint32, std::uint64_t{2})}), values({past})});
  EXPECT_EQ(number("SELECT value FROM current_value"), 2);
}

TEST_F(LiveStateTest, KeepsTheHistoryOfPlainNodes) {
  auto past = value_entry("x", DataType::float64, 1.5, kNoon - 1000);
  past.historical = true;
  auto plain = values({past, value_entry("x", DataType::float64, 2.5)});
  plain.plain = true;
  commit({plain});
  restart();
  commit({plain});
  EXPECT_EQ(number("SELECT count(*) FROM plain_value"), 4);
  EXPECT_EQ(number("SELECT count(*) FROM series"), 1);
  EXPECT_EQ(number("SELECT count(*) FROM plain_value WHERE historical = 1 AND value = 1.5"), 2);
  EXPECT_EQ(text("SELECT value = 2.5 FROM current_value"), "1");
}

TEST_F(LiveStateTest, ClosesWhatACrashLeftOpenAtTheTimeOfTheLastCommit) {
  commit({born(1, kNoon), values({value_entry("x", DataType::uint32, std::uint64_t{1})})});
  restart();
  ASSERT_TRUE(
      ledger().close_open_sessions(at_ms(kNoon + 3'600'000), "the gateway was not running").has_value());
  EXPECT_EQ(number("SELECT died_ms FROM session"), kNoon + 5);
  EXPECT_EQ(text("SELECT reason FROM session"), "the gateway was not running");
  EXPECT_EQ(number("SELECT stale FROM current_value"), 1);
}

TEST_F(LiveStateTest, KeepsSetAsideMessagesWithTheirReason) {
  commit({fact::SetAside{"spBv1.0/VN-03/NBIRTH/x", std::string("\0\x01\xff", 3), "not a payload",
                         at_ms(kNoon)}});
  EXPECT_EQ(text("SELECT hex(payload) FROM set_aside"), "0001FF");
  EXPECT_EQ(text("SELECT reason FROM set_aside"), "not a payload");
  EXPECT_EQ(number("SELECT value FROM counter WHERE name = 'set_aside_total'"), 1);
}

TEST_F(LiveStateTest, KeepsWhatOthersSetAsideWhenOneBoardFloods) {
  store::SetAsideLimits limits;
  limits.messages = 20;
  const auto of = [](const std::string& node) {
    return fact::SetAside{"spBv1.0/VN-03/NDATA/" + node, "x", "too odd", at_ms(kNoon)};
  };
  for (const bool restarted : {false, true}) {
    const auto opened = store::SqliteLedger::open(file(), limits);
    ASSERT_TRUE(opened.has_value());
    std::vector<Fact> facts;
    if (!restarted) {
      for (const auto* node : {"site-a", "quiet"}) facts.push_back(born(1, kNoon, kEpochA, {"VN-03", node}));
      for (int i = 0; i < 5; ++i) facts.emplace_back(of("quiet"));
    }
    for (int i = 0; i < 500; ++i) facts.emplace_back(of("site-a"));
    for (int i = 0; i < 500; ++i) facts.emplace_back(of("invented-" + std::to_string(i)));
    ASSERT_TRUE((*opened)->commit(facts).has_value());
    EXPECT_EQ(number("SELECT count(*) FROM set_aside"), 20);
    EXPECT_EQ(number("SELECT count(*) FROM set_aside WHERE topic LIKE '%/quiet'"), 5);
    EXPECT_GE(number("SELECT count(*) FROM set_aside WHERE topic LIKE '%/site-a'"), 5);
    EXPECT_GE(number("SELECT count(*) FROM set_aside WHERE topic LIKE '%/invented-%'"), 5);
  }
  EXPECT_EQ(number("SELECT set_aside FROM curbed JOIN node ON node.id = curbed.node WHERE node.node = "
                   "'site-a'"),
            1000);
  EXPECT_EQ(number("SELECT count(*) FROM node"), 2) << "garbage makes no board";
}

TEST_F(LiveStateTest, BoundsWhatIsSetAsideAndCountsWhatGaveWay) {
  store::SetAsideLimits limits;
  limits.messages = 5;
  limits.bytes = 100;
  limits.bytes_of_one = 40;
  const auto message = [](std::string topic, std::size_t size) {
    return fact::SetAside{std::move(topic), std::string(size, 'x'), "too odd", at_ms(kNoon)};
  };
  {
    auto ledger = store::SqliteLedger::open(file(), limits);
    ASSERT_TRUE(ledger.has_value());
    for (int i = 0; i < 8; ++i) ASSERT_TRUE((*ledger)->commit({message(std::to_string(i), 1)}).has_value());
  }
  EXPECT_EQ(number("SELECT count(*) FROM set_aside"), 5);
  EXPECT_EQ(text("SELECT topic FROM set_aside ORDER BY id LIMIT 1"), "3");
  EXPECT_EQ(number("SELECT value FROM counter WHERE name = 'set_aside_dropped'"), 3);
  {
    auto ledger = store::SqliteLedger::open(file(), limits);
    ASSERT_TRUE(ledger.has_value());
    for (int i = 0; i < 3; ++i) ASSERT_TRUE((*ledger)->commit({message("long", 1000)}).has_value());
  }
  EXPECT_LE(number("SELECT sum(length(payload)) FROM set_aside"), 100);
  EXPECT_EQ(number("SELECT max(size) FROM set_aside"), 1000);
}

}  // namespace
}  // namespace xalink::test
