#include "agent/service_times.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>

namespace xalink {
namespace {

using namespace std::chrono_literals;

const WallTime kNow{std::chrono::sys_days{std::chrono::January / 10 / 2026}};

class ServiceTimesTest : public testing::Test {
 protected:
  /// Valid from 1 to 3 days before what the board holds for now; `ahead`: what the service says.
  void over(const std::string& service, std::optional<Milliseconds> ahead) {
    see(service, ahead, kNow - 72h, kNow - 24h, ValidityFault::expired);
  }
  void good(const std::string& service, Milliseconds ahead) {
    see(service, ahead, kNow - 24h, kNow + 24h, std::nullopt);
  }
  void see(const std::string& service, std::optional<Milliseconds> ahead, WallTime from, WallTime until,
           std::optional<ValidityFault> fault) {
    ServiceTimes::Sight sight;
    sight.certificate.not_before = from;
    sight.certificate.not_after = until;
    sight.certificate.fault = fault;
    sight.board = kNow;
    if (ahead) sight.service = kNow + *ahead;
    sight.at = at;
    times.saw(service, sight);
  }
  ServiceTimes times;
  SteadyTime at = SteadyTime() + 100h;
};

TEST_F(ServiceTimesTest, ACertificateThatIsInTimeBlamesNobody) {
  good("portal", -48h);
  EXPECT_FALSE(times.board_is_wrong("portal", false));
  EXPECT_FALSE(times.board_is_wrong("unheard of", false));
}

TEST_F(ServiceTimesTest, ACertificateThatIsOverByTheServicesOwnTimeIsOver) {
  over("portal", 0ms);
  EXPECT_FALSE(times.board_is_wrong("portal", false));
  over("portal", -12h);
  EXPECT_FALSE(times.board_is_wrong("portal", false));
  over("portal", 48h);
  EXPECT_FALSE(times.board_is_wrong("portal", false));
}

TEST_F(ServiceTimesTest, AloneItIsBelievedWhereTheKernelIsNotSure) {
  over("portal", -48h);
  EXPECT_TRUE(times.board_is_wrong("portal", false));
  EXPECT_FALSE(times.board_is_wrong("portal", true));
}

TEST_F(ServiceTimesTest, AServiceWithABrokenClockIsOutvoted) {
  over("portal", -48h);
  good("tax", 2s);
  EXPECT_FALSE(times.board_is_wrong("portal", false));
}

TEST_F(ServiceTimesTest, SeveralThatFailAtOnceBlameTheBoard) {
  over("portal", -48h);
  over("tax", std::nullopt);
  EXPECT_TRUE(times.board_is_wrong("portal", true));
  EXPECT_TRUE(times.board_is_wrong("tax", true));
  // One more that agrees with the board: nobody has a majority, nothing is claimed.
  good("health", 0ms);
  EXPECT_FALSE(times.board_is_wrong("portal", true));
  good("insurance", -47h);
  EXPECT_TRUE(times.board_is_wrong("portal", true));
}

TEST_F(ServiceTimesTest, OtherDirectionsAndOldNewsDoNotCount) {
  over("portal", -48h);
  good("tax", 48h);
  see("health", std::nullopt, kNow + 24h, kNow + 48h, ValidityFault::not_yet_valid);
  EXPECT_FALSE(times.board_is_wrong("portal", true));
  good("insurance", 0ms);
  at += 61min;
  over("portal", -48h);
  EXPECT_FALSE(times.board_is_wrong("portal", true));
  EXPECT_TRUE(times.board_is_wrong("portal", false));
}

TEST_F(ServiceTimesTest, SomebodyHasToConfirmTheBoardsClock) {
  const auto early = [this](std::optional<Milliseconds> ahead) {
    see("portal", ahead, kNow + 24h, kNow + 72h, ValidityFault::not_yet_valid);
  };
  early(std::nullopt);
  EXPECT_FALSE(times.board_is_confirmed("portal", false)) << "nobody says anything";
  EXPECT_FALSE(times.board_is_confirmed("unheard of", false));
  EXPECT_TRUE(times.board_is_confirmed("portal", true)) << "the kernel does";
  early(2s);
  EXPECT_TRUE(times.board_is_confirmed("portal", false)) << "by the service's own time it is not good either";
  early(48h);
  EXPECT_FALSE(times.board_is_confirmed("portal", false));
  early(std::nullopt);
  good("tax", 2s);
  EXPECT_TRUE(times.board_is_confirmed("portal", false)) << "another service agrees with the board";
  see("health", std::nullopt, kNow + 24h, kNow + 48h, ValidityFault::not_yet_valid);
  EXPECT_FALSE(times.board_is_confirmed("portal", false)) << "as many are off as agree";
}

TEST_F(ServiceTimesTest, WithoutAnybodysTimeNothingIsClaimed) {
  over("portal", std::nullopt);
  EXPECT_FALSE(times.board_is_wrong("portal", false));
}

}  // namespace
}  // namespace xalink
