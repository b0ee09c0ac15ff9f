#include "gateway/admission.hpp"

#include <gtest/gtest.h>

namespace xalink::test {
namespace {

using std::chrono::milliseconds;

class AdmissionTest : public ::testing::Test {
 protected:
  std::size_t admitted(const std::string& topic, std::size_t messages) {
    std::size_t count = 0;
    for (std::size_t i = 0; i < messages; ++i) count += admission_.admits(topic, time_) ? 1 : 0;
    return count;
  }
  std::size_t kept(const std::string& topic, std::size_t messages) {
    std::size_t count = 0;
    const fact::SetAside message{topic, "payload", "no seq", {}, 0};
    for (std::size_t i = 0; i < messages; ++i) count += admission_.keeps(message, time_) ? 1 : 0;
    return count;
  }
  std::map<NodeId, fact::Curbed> account() {
    std::map<NodeId, fact::Curbed> by_node;
    for (auto& told : admission_.take(Now{time_, {}, {}, {}})) by_node[told.node] = told;
    return by_node;
  }

  const NodeId known_{"VN-03", "known"};
  const AdmissionLimits limits_{.messages_per_second = 10, .births_per_minute = 6, .set_aside_per_minute = 5};
  SteadyTime time_{std::chrono::hours(1)};
  Admission admission_{limits_, [](const NodeId& id) { return id.node.starts_with("known"); }};
};

TEST_F(AdmissionTest, LimitsABoardAndNobodyElse) {
  EXPECT_EQ(admitted("spBv1.0/VN-03/NDATA/known", 1000), 40U) << "four seconds' worth at once";
  EXPECT_EQ(admitted("spBv1.0/VN-03/DDATA/known/network", 10), 0U) << "devices are the node's";
  EXPECT_EQ(admitted("spBv1.0/VN-03/NDATA/known-too", 40), 40U);
  time_ += milliseconds(1000);
  EXPECT_EQ(admitted("spBv1.0/VN-03/NDATA/known", 1000), 10U);
  const auto told = account();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.at(known_).limited, 960U + 10U + 990U);
  EXPECT_NE(told.at(known_).reason.find("10 messages a second"), std::string::npos);
  EXPECT_TRUE(account().empty());
}

TEST_F(AdmissionTest, AlwaysTakesDeathsAndState) {
  EXPECT_EQ(admitted("spBv1.0/VN-03/NDATA/known", 1000), 40U);
  EXPECT_EQ(admitted("spBv1.0/VN-03/NDEATH/known", 100), 100U);
  EXPECT_EQ(admitted("spBv1.0/STATE/xalink", 100), 100U);
}

TEST_F(AdmissionTest, StrangersShareOneLimitHoweverManyTheyAre) {
  std::size_t count = 0;
  for (int i = 0; i < 1000; ++i) count += admitted("spBv1.0/VN-03/NBIRTH/stranger-" + std::to_string(i), 1);
  EXPECT_EQ(count, 160U);
  EXPECT_EQ(admitted("spBv1.0/VN-03/NDATA/known", 40), 40U);
  const auto told = account();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.at(NodeId{}).limited, 840U);
}

TEST_F(AdmissionTest, LimitsTheBirthsOfABoardAndNotItsRecords) {
  EXPECT_EQ(admitted("spBv1.0/VN-03/NBIRTH/known", 20), 6U) << "a minute's worth at once";
  EXPECT_EQ(admitted("spBv1.0/VN-03/DDATA/known/network", 20), 20U);
  EXPECT_EQ(admitted("spBv1.0/VN-03/NBIRTH/known-too", 6), 6U);
  time_ += std::chrono::seconds(10);
  EXPECT_EQ(admitted("spBv1.0/VN-03/NBIRTH/known", 20), 1U);
  const auto told = account();
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(told.at(known_).limited, 14U + 19U);
  EXPECT_NE(told.at(known_).reason.find("6 births a minute"), std::string::npos) << told.at(known_).reason;
}

TEST_F(AdmissionTest, LeavesRoomForTheDevicesOfEachBirth) {
  std::size_t births = 0;
  for (int second = 0; second < 60; ++second) {
    births += admitted("spBv1.0/VN-03/DBIRTH/known/device-" + std::to_string(second), 10);
    time_ += std::chrono::seconds(1);
  }
  EXPECT_GE(births, 300U) << "fifty for each of the six births that a minute may have";
  EXPECT_LT(births, 600U + 40U);
}

TEST_F(AdmissionTest, DoesNotCountBirthsOfStrangers) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(admitted("spBv1.0/VN-03/NBIRTH/stranger-" + std::to_string(i), 1), 1U)
        << "after a restart of the gateway all boards are";
  }
}

TEST_F(AdmissionTest, SaysWhyWhatWasDropped) {
  admission_.note_dropped({"spBv1.0/VN-03/DDATA/known/network", 3, 4});
  const auto told = account();
  EXPECT_EQ(told.at(known_).limited, 7U);
  EXPECT_NE(told.at(known_).reason.find("10 messages a second"), std::string::npos);
}

TEST_F(AdmissionTest, KeepsSomeUnusableMessagesOfEachBoardAndCountsTheRest) {
  EXPECT_EQ(kept("spBv1.0/VN-03/NDATA/known", 100), 5U);
  EXPECT_EQ(kept("spBv1.0/VN-03/NDATA/known-too", 3), 3U);
  EXPECT_EQ(kept("nonsense", 100), 20U);
  time_ += std::chrono::minutes(1);
  EXPECT_EQ(kept("spBv1.0/VN-03/NDATA/known", 100), 5U);
  const auto told = account();
  EXPECT_EQ(told.at(known_).set_aside, 95U + 95U);
  EXPECT_EQ(told.at(known_).reason, "no seq");
  EXPECT_EQ(told.at(NodeId{}).set_aside, 80U);
}

TEST_F(AdmissionTest, TellsItsAccountNowAndThen) {
  EXPECT_FALSE(admission_.due().has_value());
  admission_.note_refused(known_, 7, 2);
  admission_.note_dropped({"spBv1.0/VN-03/DDATA/known/network", 3});
  ASSERT_TRUE(admission_.due().has_value());
  EXPECT_LE(*admission_.due(), time_);
  const auto told = account();
  EXPECT_EQ(told.at(known_).refused, 7U);
  EXPECT_EQ(told.at(known_).lost, 2U);
  EXPECT_EQ(told.at(known_).limited, 3U);
  admission_.note_refused(known_, 1, 0);
  ASSERT_TRUE(admission_.due().has_value());
  EXPECT_GT(*admission_.due(), time_);
}

TEST(ClassOfMessage, TellsBoardsApartAndWhatIsPrecious) {
  const auto data = class_of_message("spBv1.0/VN-03/DDATA/a/network");
  EXPECT_EQ(data.source, class_of_message("spBv1.0/VN-03/NDEATH/a").source);
  EXPECT_NE(data.source, class_of_message("spBv1.0/VN-03/DDATA/b/network").source);
  EXPECT_NE(data.source, class_of_message("spBv1.0/VN-04/DDATA/a/network").source);
  EXPECT_FALSE(data.precious);
  for (const auto* topic : {"spBv1.0/VN-03/NDEATH/a", "spBv1.0/VN-03/NBIRTH/a", "spBv1.0/STATE/xalink"}) {
    EXPECT_TRUE(class_of_message(topic).precious) << topic;
  }
  EXPECT_EQ(class_of_message("").source, class_of_message("spBv1.0").source);
}

TEST(ClassOfMessage, MetersAllButBirthsDeathsStateAndCommands) {
  for (const auto* topic : {"spBv1.0/VN-03/NDATA/a", "spBv1.0/VN-03/DDATA/a/network", "nonsense", ""}) {
    EXPECT_TRUE(class_of_message(topic).metered) << topic;
  }
  for (const auto* topic :
       {"spBv1.0/VN-03/NBIRTH/a", "spBv1.0/VN-03/NDEATH/a", "spBv1.0/VN-03/NCMD/a", "spBv1.0/STATE/xalink"}) {
    EXPECT_FALSE(class_of_message(topic).metered) << topic;
  }
}

}  // namespace
}  // namespace xalink::test
