// Outages go on when the program is started again, and end with the boot in which they were.

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "agent/outage_watch.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/agent/office_world.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::expect_between;
using test::kSeenAgainWithin;
using test::Office;
using Told = std::vector<std::string>;

TEST(OutageWatch, GoesOnWithAnOutageWhenTheProgramIsStartedAgain) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.internet = false;
  office.run(minutes(30));
  office.stop();
  office.run(minutes(5));
  office.start();
  office.run(minutes(10));
  ASSERT_EQ(office.watch->open().size(), 1U);
  office.truth.internet = true;
  const auto mended = office.now;
  office.run(minutes(10));
  ASSERT_EQ(office.told(), (Told{"begin internet", "end internet"}));
  EXPECT_EQ(office.event(0).outage.id, office.event(1).outage.id);
  expect_between(office.event(1), mended, kSeenAgainWithin);
}

TEST(OutageWatch, AnOutageThatEndedWhileTheProgramWasOffEndsWithTheFirstGoodReading) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.link = false;
  office.run(minutes(30));
  office.stop();
  office.run(minutes(5));
  office.truth.link = true;
  const auto mended = office.now;
  office.run(minutes(5));
  office.start();
  office.run(minutes(10));
  ASSERT_EQ(office.told(), (Told{"begin link", "end link"}));
  expect_between(office.event(1), mended, minutes(5) + seconds(20));
}

TEST(OutageWatch, ARebootEndsWhatWasOpenWithTheLastSignOfLife) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.internet = false;
  office.truth.down = {"tax"};
  office.run(minutes(30));
  const auto last = office.now;
  office.reboot("boot-2");
  office.run(minutes(10));
  office.truth.internet = true;
  office.truth.down = {};
  office.run(minutes(10));
  ASSERT_EQ(office.told(), (Told{"begin internet", "end internet", "begin internet", "end internet"}));
  EXPECT_EQ(office.event(1).boot, "boot-1");
  EXPECT_EQ(office.event(1).at, last);
  EXPECT_EQ(office.event(1).outage.evidence, "the board went off: power was lost");
  EXPECT_EQ(office.event(2).boot, "boot-2");
  EXPECT_EQ(office.event(2).outage.begin_boot, "boot-2");
  EXPECT_NE(office.event(2).outage.id, office.event(0).outage.id);
}

TEST(OutageWatch, ANextHopThatWasHeardOnceIsMissedAfterAReboot) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.reboot("boot-2");
  office.truth.hop = false;
  office.run(minutes(10));
  EXPECT_EQ(office.told(), Told{"begin first hop"});
}

TEST(OutageWatch, AProbeThatIsNoLongerThereEndsItsOutage) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.down = {"tax"};
  office.run(minutes(30));
  office.stop();
  Office without;
  without.add("Reach/portal", 60);
  without.memory = office.memory;
  without.now = office.now;
  without.start();
  ASSERT_EQ(without.told(), Told{"end services:tax"});
  EXPECT_EQ(without.event(0).outage.evidence, "not measured any more");
}

}  // namespace
}  // namespace xalink
