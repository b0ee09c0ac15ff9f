#include "agent/path_judgement.hpp"

#include <gtest/gtest.h>

#include <initializer_list>
#include <optional>
#include <string>

#include "agent/portal_judgement.hpp"

namespace xalink {
namespace {

PathReading reading(std::initializer_list<const char*> hops, bool reached) {
  PathReading made;
  for (const char* hop : hops) {
    made.hops.push_back(*hop == '\0' ? std::nullopt : std::optional<std::string>(hop));
  }
  made.reached = reached;
  return made;
}

const PathReading kAll = reading({"192.168.1.1", "10.0.0.1", "", "113.171.1.1"}, true);

TEST(PathMemory, TellsTheLastMileFromWhatLiesBehind) {
  PathMemory memory(1);
  EXPECT_EQ(memory.judge(kAll), PathCut::none);
  EXPECT_EQ(memory.judge(reading({"", "", "", ""}, false)), PathCut::first_hop);
  EXPECT_EQ(memory.judge(reading({"192.168.1.1", "", "", ""}, false)), PathCut::last_mile);
  EXPECT_EQ(memory.judge(reading({"192.168.1.1", "10.0.0.1", "", ""}, false)), PathCut::upstream);
  EXPECT_EQ(memory.judge(kAll), PathCut::none);
}

TEST(PathMemory, CountsTheRoutersThatStandInTheOffice) {
  PathMemory memory(2);
  EXPECT_EQ(memory.judge(kAll), PathCut::none);
  EXPECT_EQ(memory.judge(reading({"192.168.1.1", "10.0.0.1", "", ""}, false)), PathCut::last_mile);
}

TEST(PathMemory, ATargetThatNeverAnsweredIsNotMissed) {
  PathMemory memory(1);
  const auto usual = reading({"192.168.1.1", "10.0.0.1", "", ""}, false);
  EXPECT_EQ(memory.judge(usual), PathCut::none);
  EXPECT_EQ(memory.judge(usual), PathCut::none);
  EXPECT_EQ(memory.judge(reading({"192.168.1.1", "", "", ""}, false)), PathCut::last_mile);
  EXPECT_EQ(memory.judge(usual), PathCut::none);
}

TEST(PathMemory, ForgetsWhatItKnewOfAnotherWay) {
  PathMemory memory(1);
  EXPECT_EQ(memory.judge(kAll), PathCut::none);
  // The 4G router, whose provider answers nothing.
  const auto mobile = reading({"192.168.8.1", "", "", ""}, false);
  EXPECT_EQ(memory.judge(mobile), PathCut::none);
  EXPECT_EQ(memory.judge(kAll), PathCut::none);
  EXPECT_EQ(memory.judge(reading({"192.168.1.1", "", "", ""}, false)), PathCut::last_mile);
}

TEST(PathMemory, ARouterThatAnswersLessOftenIsNoCut) {
  PathMemory memory(1);
  EXPECT_EQ(memory.judge(kAll), PathCut::none);
  EXPECT_EQ(memory.judge(reading({"", "", "", ""}, true)), PathCut::none);
}

TEST(PathMemory, SaysItInWords) {
  EXPECT_EQ(in_words(kAll, PathCut::none), "the target answers");
  EXPECT_EQ(in_words(reading({"192.168.1.1", "10.0.0.1", ""}, false), PathCut::upstream),
            "hop 2 10.0.0.1 answers, nothing beyond: upstream");
  EXPECT_EQ(in_words(reading({"", ""}, false), PathCut::first_hop), "no hop answers: first hop");
}

class PortalTest : public testing::Test {
 protected:
  static PortalFinding judge(const ExpectedAnswer& expected, unsigned status, const char* location,
                             const char* body) {
    return judge_answer(*parse_service_url("http://check.gov.test/"), expected, status, location, body);
  }
  using Kind = PortalFinding::Kind;
};

TEST_F(PortalTest, TheExpectedAnswerIsClear) {
  EXPECT_EQ(judge({204, ""}, 204, "", "").kind, Kind::clear);
  EXPECT_EQ(judge({200, "xalink ok"}, 200, "", "xalink ok\n").kind, Kind::clear);
  EXPECT_EQ(judge({200, ""}, 200, "", "<html>whatever</html>").kind, Kind::clear);
  EXPECT_EQ(judge({301, ""}, 301, "https://check.gov.test/", "").kind, Kind::clear);
}

TEST_F(PortalTest, AnotherPageInItsPlaceIsAPortal) {
  const auto sent = judge({204, ""}, 302, "http://login.cafe.test:8080/?mac=02:00:00:00:00:01", "");
  EXPECT_EQ(sent.kind, Kind::portal);
  EXPECT_EQ(sent.sent_to, "login.cafe.test");
  EXPECT_EQ(sent.reason.find("mac="), std::string::npos) << "tells who was asked to log in";
  EXPECT_EQ(judge({204, ""}, 302, "/login", "").sent_to, "check.gov.test");
  EXPECT_EQ(judge({204, ""}, 200, "", "<html>log in</html>").kind, Kind::portal);
  EXPECT_EQ(judge({200, "xalink ok"}, 200, "", "<html>log in</html>").kind, Kind::portal);
  EXPECT_EQ(judge({204, ""}, 511, "", "").kind, Kind::portal);
}

TEST_F(PortalTest, ErrorsOfTheServerAreNone) {
  for (const unsigned status : {404U, 500U, 503U}) {
    EXPECT_EQ(judge({204, ""}, status, "", "").kind, Kind::unexpected) << status;
  }
}

}  // namespace
}  // namespace xalink
