// A board whose measurements are at the gateway before they are on its disk, and that dies then.

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <string>

#include "sparkplug/metric_names.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {
namespace {

class HeldMeasurements : public DeploymentTest {
 protected:
  HeldMeasurements() : DeploymentTest(Measures::every_second) { board_.hold_for(std::chrono::minutes(15)); }

  [[nodiscard]] std::uint64_t on_the_disk(Lane lane) const {
    return ask_number(board_.outbox(), "SELECT row_id FROM position WHERE what = 'last' AND lane = " +
                                           std::to_string(index(lane)));
  }
  [[nodiscard]] std::uint64_t at_the_gateway(const std::string& epoch, Lane lane) const {
    return ask_number(gateway_.store(),
                      "SELECT ifnull(sum(row_id), 0) FROM mark WHERE lane = " + std::to_string(index(lane)) +
                          " AND epoch IN (SELECT id FROM epoch WHERE uuid = '" + epoch + "')");
  }
  [[nodiscard]] std::uint64_t depth(Lane lane) const {
    const auto told = board_.status();
    if (told.empty()) return 0;
    const auto& lanes = at(told, "outbox", "lanes").as_array();
    return lanes[index(lane)].as_object().at("last").to_number<std::uint64_t>();
  }
  /// Each run of a probe is one row of one moment: another row of the same one is a repetition.
  [[nodiscard]] std::uint64_t repetitions() const {
    return ask_number(gateway_.store(),
                      "SELECT count(*) - count(DISTINCT boot || ' ' || schema || ' ' || boot_ms) FROM record "
                      "WHERE lane = 1 AND first IS NULL");
  }
};

TEST_F(HeldMeasurements, AKilledBoardLosesNoneThatTheGatewayConfirmedAndCountsNoneTwice) {
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return gateway_.state_of(board_.node()) == "online"; }));
  const auto epoch = board_.epoch();
  board_.drop_dossiers(1, 5);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  // Events were on the disk before the file was moved; measurements that the gateway has are not there.
  EXPECT_GE(on_the_disk(Lane::events), 5U);
  ASSERT_TRUE(eventually([&] {
    return at_the_gateway(epoch, Lane::measurements) >= on_the_disk(Lane::measurements) + 10;
  })) << on_the_disk(Lane::measurements)
      << " on the disk, " << at_the_gateway(epoch, Lane::measurements) << " at the gateway";
  EXPECT_GT(depth(Lane::measurements), on_the_disk(Lane::measurements)) << "status tells of what is held";

  board_.program.kill();
  const auto kept = on_the_disk(Lane::measurements);
  const auto events = on_the_disk(Lane::events);
  const auto confirmed = at_the_gateway(epoch, Lane::measurements);
  ASSERT_GT(confirmed, kept);

  // It gives the same row ids out again, until it hears that the gateway has them.
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return board_.epoch() != epoch; }));
  ASSERT_TRUE(eventually([&] { return at_the_gateway(board_.epoch(), Lane::measurements) > kept + 10; }));
  EXPECT_EQ(board_.program.stop(), 0);
  board_.configure(Measures::nothing);
  board_.program.start();
  ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
  expect_exactly_once(board_);
  EXPECT_EQ(repetitions(), 0U);
  EXPECT_GE(at_the_gateway(epoch, Lane::measurements), confirmed);
  EXPECT_GE(at_the_gateway(epoch, Lane::events), events);
  EXPECT_EQ(ask_number(gateway_.store(),
                       "SELECT count(*) FROM continuation WHERE lane = 1 AND last = " + std::to_string(kept)),
            1U)
      << "the gateway knows from which row on the two epochs differ";
}

TEST_F(HeldMeasurements, WhatNobodyConfirmsGoesToTheDisk) {
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return gateway_.state_of(board_.node()) == "online"; }));
  const auto epoch = board_.epoch();
  ASSERT_TRUE(eventually(
      [&] { return at_the_gateway(epoch, Lane::measurements) >= on_the_disk(Lane::measurements) + 10; }));
  gateway_.program.kill();
  const auto confirmed = at_the_gateway(epoch, Lane::measurements);
  ASSERT_TRUE(eventually([&] { return on_the_disk(Lane::measurements) > confirmed + 10; }))
      << "of the rows that came after, and of those before them";
  board_.program.kill();
  const auto kept = on_the_disk(Lane::measurements);
  EXPECT_EQ(board_.epoch(), epoch);

  gateway_.program.start();
  board_.configure(Measures::nothing);
  board_.program.start();
  ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
  EXPECT_EQ(board_.epoch(), epoch) << "the gateway has no row that the disk had not";
  EXPECT_EQ(at_the_gateway(epoch, Lane::measurements), kept);
  expect_exactly_once(board_);
  EXPECT_EQ(repetitions(), 0U);
}

TEST_F(HeldMeasurements, AnOrderlyStopBringsThemAllToTheDisk) {
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return gateway_.state_of(board_.node()) == "online"; }));
  const auto epoch = board_.epoch();
  ASSERT_TRUE(eventually(
      [&] { return at_the_gateway(epoch, Lane::measurements) >= on_the_disk(Lane::measurements) + 10; }));
  EXPECT_EQ(board_.program.stop(), 0);
  EXPECT_GE(on_the_disk(Lane::measurements), at_the_gateway(epoch, Lane::measurements));
  board_.configure(Measures::nothing);
  board_.program.start();
  ASSERT_TRUE(delivers_all(board_));
  EXPECT_EQ(board_.epoch(), epoch);
  expect_exactly_once(board_);
  EXPECT_EQ(repetitions(), 0U);
}

}  // namespace
}  // namespace xalink::test
