#include "agent/modem_health.hpp"

#include <gtest/gtest.h>

#include <string>

#include "agent/linux/modem_words.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;

ModemAnswer answer_of(std::int32_t state, std::uint32_t failed_reason = 0) {
  ModemAnswer answer;
  answer.kind = ModemAnswer::Kind::answered;
  auto& modem = answer.modems.emplace_back();
  modem.state = state;
  modem.failed_reason = failed_reason;
  return answer;
}
ModemAnswer no_modem() {
  ModemAnswer answer;
  answer.kind = ModemAnswer::Kind::answered;
  return answer;
}
ModemAnswer of_kind(ModemAnswer::Kind kind) {
  ModemAnswer answer;
  answer.kind = kind;
  return answer;
}

class ModemHealthTest : public testing::Test {
 protected:
  /// After the answer has stayed the same for `passed`, asked once a minute.
  std::string after(Duration passed, const ModemAnswer& answer) {
    ModemFault fault = health.judge(answer, now);
    for (const SteadyTime until = now + passed; now < until;) {
      now += std::min<Duration>(60s, until - now);
      fault = health.judge(answer, now);
    }
    return std::string(to_string(fault));
  }
  ModemHealth health{10min};
  SteadyTime now{};
};

TEST_F(ModemHealthTest, AModemWithANetworkIsWell) {
  EXPECT_EQ(after(24h, answer_of(kModemConnected)), "");
  EXPECT_EQ(after(24h, answer_of(kModemRegistered)), "");
}

TEST_F(ModemHealthTest, WhatSomebodyHasToSeeToIsSaidAtOnce) {
  EXPECT_EQ(after(0s, answer_of(kModemFailed, kSimMissing)), "no SIM");
  EXPECT_EQ(after(0s, answer_of(kModemFailed, kEsimWithoutProfiles)), "no SIM");
  EXPECT_EQ(after(0s, answer_of(kModemLocked)), "SIM locked");
  for (const auto fault : {ModemFault::none, ModemFault::no_sim, ModemFault::sim_locked, ModemFault::denied})
    EXPECT_FALSE(is_hung(fault)) << to_string(fault);
}

TEST_F(ModemHealthTest, ASearchThatTakesTooLongIsAFault) {
  const auto searching = answer_of(7);
  EXPECT_EQ(after(9min, searching), "");
  EXPECT_EQ(after(1min, searching), "no registration");
  EXPECT_TRUE(is_hung(ModemFault::no_registration));
  EXPECT_EQ(after(0s, answer_of(kModemRegistered)), "");
  EXPECT_EQ(after(9min, searching), "") << "it begins anew";
}

TEST_F(ModemHealthTest, WhatBeginsAndDoesNotEndIsAFaultToo) {
  EXPECT_EQ(after(10min, answer_of(1)), "no registration") << "initializing";
}

TEST_F(ModemHealthTest, ANetworkThatRefusesItIsNotTheModemsFault) {
  auto denied = answer_of(7);
  denied.modems[0].registration = kRegistrationDenied;
  EXPECT_EQ(after(10min, denied), "registration denied");
}

TEST_F(ModemHealthTest, OneThatWasSwitchedOffHasNoFault) {
  EXPECT_EQ(after(24h, answer_of(kModemDisabled)), "");
}

TEST_F(ModemHealthTest, OneThatFailedIsHungAfterTwoMinutes) {
  EXPECT_EQ(after(1min, answer_of(kModemFailed, 1)), "");
  EXPECT_EQ(after(1min, answer_of(kModemFailed, 1)), "modem failed");
  EXPECT_EQ(after(0s, answer_of(kModemFailed, kSimError)), "modem failed");
}

TEST_F(ModemHealthTest, OnlyAModemThatWasThereCanBeGone) {
  EXPECT_EQ(after(24h, no_modem()), "");
  EXPECT_EQ(after(1min, answer_of(kModemConnected)), "");
  EXPECT_EQ(after(1min, no_modem()), "");
  EXPECT_EQ(after(1min, no_modem()), "modem gone");
  EXPECT_EQ(after(0s, answer_of(7)), "") << "it is back, and searches";
}

TEST_F(ModemHealthTest, AModemManagerThatSaysNothingIsAFault) {
  EXPECT_EQ(after(1min, of_kind(ModemAnswer::Kind::silent)), "");
  EXPECT_EQ(after(1min, of_kind(ModemAnswer::Kind::absent)), "no answer") << "the same fault goes on";
  EXPECT_EQ(after(0s, answer_of(kModemConnected)), "");
}

TEST_F(ModemHealthTest, OneModemThatWorksIsEnough) {
  auto answer = answer_of(kModemFailed, 1);
  answer.modems.emplace_back().state = kModemConnected;
  EXPECT_EQ(after(1h, answer), "");
}

}  // namespace
}  // namespace xalink
