#include "agent/start_reason.hpp"

#include <gtest/gtest.h>
#include <utmp.h>

#include <cstring>
#include <filesystem>
#include <fstream>

#include "agent/sign_of_life.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/agent/probes/fake_tree.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using What = StartReason::What;

class StartReasonTest : public testing::Test {
 protected:
  // A record of wtmp: a boot, a shutdown or somebody's login.
  void wtmp(short type, const char* user) {
    std::filesystem::create_directories(tree.root() / "var/log");
    utmp entry{};
    entry.ut_type = type;
    std::strncpy(entry.ut_user, user, sizeof entry.ut_user);
    std::ofstream out(tree.root() / "var/log/wtmp", std::ios::binary | std::ios::app);
    out.write(reinterpret_cast<const char*>(&entry), sizeof entry);
  }
  void file(const char* name, const char* text) {
    const auto path = tree.root() / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }
  // The newest records are of boot-1, an hour after it began.
  [[nodiscard]] StartReason reason(const std::string& boot_id) const {
    return start_reason(boot_id, newest, stop, read_reboot_traces(tree.root()));
  }
  void stopped(const char* sign) {
    stop.boot_id = "boot-1";
    stop.at = hours(1) + seconds(30);
    stop.sign = sign;
  }

  test::FakeTree tree;
  const WallTime noon = WallTime(hours(500'000));
  std::vector<Stamp> newest{{noon, hours(1), "boot-1", ClockQuality::synchronised},
                            {noon - minutes(9), minutes(51), "boot-1", ClockQuality::synchronised}};
  StopNote stop;
};

TEST_F(StartReasonTest, NothingIsKnownOfTheTimeBeforeTheFirstStart) {
  newest.clear();
  const auto first = reason("boot-1");
  EXPECT_EQ(first.what, What::first_start);
  EXPECT_TRUE(outage_before(first, Stamp{noon, seconds(20), "boot-1"}, minutes(2), seconds(20)).empty());
}

TEST_F(StartReasonTest, ABoardWithoutAnySignLostItsPower) {
  wtmp(BOOT_TIME, "reboot");
  wtmp(USER_PROCESS, "xa");
  wtmp(BOOT_TIME, "reboot");
  const auto found = reason("boot-2");
  EXPECT_EQ(found.what, What::power_loss);
  EXPECT_TRUE(found.of_board);
  ASSERT_TRUE(found.before);
  EXPECT_EQ(found.before->boot_time, hours(1));

  // Three hours later the clock is right again.
  const Stamp now{noon + hours(3), seconds(20), "boot-2", ClockQuality::synchronised};
  const auto events = outage_before(found, now, minutes(2), seconds(20));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].outage.cause, Rung::power);
  EXPECT_EQ(events[0].boot, "boot-1");
  EXPECT_EQ(events[0].at_earliest, hours(1));
  EXPECT_EQ(events[0].at, hours(1) + minutes(2)) << "by then another record would have been on the disk";
  EXPECT_EQ(events[1].boot, "boot-2");
  EXPECT_EQ(events[1].at, BootTime(0));
  EXPECT_EQ(events[1].outage.id, events[0].outage.id);
  EXPECT_EQ(events[1].lasted, hours(3) - seconds(20) - minutes(2));
  const auto record = boot_record(found, now);
  ASSERT_EQ(record.values.size(), boot_schema().columns.size());
  EXPECT_EQ(record.values[1], Value(std::string("power loss")));
  EXPECT_EQ(record.values[6], Value(std::uint64_t{3 * 3600 - 20}));
}

TEST_F(StartReasonTest, ABoardThatWasOffForAMomentWasOffNoLongerThanThat) {
  const auto found = reason("boot-2");
  const Stamp now{noon + seconds(70), seconds(20), "boot-2", ClockQuality::synchronised};
  const auto events = outage_before(found, now, minutes(2), seconds(20));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].at, hours(1) + seconds(50)) << "another sign of life was not due yet";
  EXPECT_EQ(events[1].lasted, seconds(0));
}

TEST_F(StartReasonTest, ASignOfLifeSurvivesItsText) {
  const Stamp stamp{noon, hours(7), "boot-1", ClockQuality::holdover};
  EXPECT_EQ(read_sign_of_life(sign_of_life(stamp)), stamp);
  for (const char* text :
       {"", "alive 1 ", "alive 1 5", "alive 1 5 6 1", "alive 1 5 6 1 ", "alive 1 5 6 9 boot",
        "alive 1 -5 6 1 boot", "alive 1 5x 6 1 boot", "alive 2 5 6 1 boot"}) {
    EXPECT_FALSE(read_sign_of_life(text)) << text;
  }
}

TEST_F(StartReasonTest, WithoutAClockTheTimeBetweenIsNotMadeUp) {
  const auto found = reason("boot-2");
  const Stamp now{noon - hours(900), seconds(20), "boot-2", ClockQuality::unset};
  const auto events = outage_before(found, now, minutes(2), seconds(20));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_FALSE(events[1].lasted);
  EXPECT_TRUE(is_null(boot_record(found, now).values[6]));
}

TEST_F(StartReasonTest, SwitchedOffIsNotBroken) {
  stopped("/run/nologin");
  const auto by_note = reason("boot-2");
  EXPECT_EQ(by_note.what, What::shutdown);
  EXPECT_EQ(by_note.before->boot_time, hours(1) + seconds(30)) << "the stop is the last sign of life";
  EXPECT_EQ(by_note.before->wall, noon + seconds(30));
  EXPECT_TRUE(outage_before(by_note, Stamp{noon, seconds(9), "boot-2"}, minutes(2), seconds(20)).empty());
  // The program was killed before it could say so; the system did.
  stop = {};
  wtmp(BOOT_TIME, "reboot");
  wtmp(RUN_LVL, "shutdown");
  wtmp(BOOT_TIME, "reboot");
  EXPECT_EQ(reason("boot-2").what, What::shutdown);
}

TEST_F(StartReasonTest, AShutdownOfLongAgoExplainsNothing) {
  wtmp(RUN_LVL, "shutdown");
  wtmp(BOOT_TIME, "reboot");
  wtmp(BOOT_TIME, "reboot");
  EXPECT_EQ(reason("boot-2").what, What::power_loss);
}

TEST_F(StartReasonTest, AWatchdogSaysThatItWasIt) {
  file("sys/class/watchdog/watchdog0/bootstatus", "32\n");
  const auto found = reason("boot-2");
  EXPECT_EQ(found.what, What::watchdog);
  EXPECT_EQ(found.evidence, "watchdog0 says so");
  const auto events = outage_before(found, Stamp{noon, seconds(9), "boot-2"}, minutes(2), seconds(20));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].outage.cause, Rung::board);
  // Boards that restart by way of their watchdog were restarted.
  stopped("scheduled: reboot");
  EXPECT_EQ(reason("boot-2").what, What::shutdown);
}

TEST_F(StartReasonTest, AWatchdogThatDidNotResetSaysNothing) {
  file("sys/class/watchdog/watchdog0/bootstatus", "0\n");
  EXPECT_EQ(reason("boot-2").what, What::power_loss);
}

TEST_F(StartReasonTest, AKernelsLastWordsAreReadOnce) {
  file("sys/fs/pstore/console-ramoops-0", "...");
  EXPECT_EQ(reason("boot-2").what, What::power_loss);
  file("sys/fs/pstore/dmesg-ramoops-0", "Panic#1");
  EXPECT_EQ(reason("boot-2").what, What::kernel_panic);
  stop.known = {"dmesg-ramoops-0"};
  EXPECT_EQ(reason("boot-2").what, What::power_loss);
  file("var/lib/systemd/pstore/1767225600/dmesg.txt", "Panic#2");
  EXPECT_EQ(reason("boot-2").evidence, "1767225600");
}

TEST_F(StartReasonTest, WhatStoppedBeforeTheBoardDidIsNotGuessed) {
  stopped("");
  const auto found = reason("boot-2");
  EXPECT_EQ(found.what, What::not_known);
  EXPECT_TRUE(outage_before(found, Stamp{noon, seconds(9), "boot-2"}, minutes(2), seconds(20)).empty());
}

TEST_F(StartReasonTest, AProgramThatWasRestartedIsNoBoardThatWas) {
  stopped("");
  const auto asked = reason("boot-1");
  EXPECT_EQ(asked.what, What::request);
  EXPECT_FALSE(asked.of_board);
  stop = {};
  const auto crashed = reason("boot-1");
  EXPECT_EQ(crashed.what, What::crash);
  // Started anew at once by its unit: no outage; after an hour without a record: one of the board.
  EXPECT_TRUE(
      outage_before(crashed, Stamp{noon, hours(1) + minutes(3), "boot-1"}, minutes(2), seconds(20)).empty());
  const auto events = outage_before(crashed, Stamp{noon, hours(2), "boot-1"}, minutes(2), seconds(20));
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].outage.cause, Rung::board);
  EXPECT_EQ(events[1].at, hours(2));
  EXPECT_EQ(events[1].lasted, minutes(58));
}

TEST_F(StartReasonTest, OfTwoLanesTheNewestOfThisBootIsTheSignOfLife) {
  newest[1] = {noon - hours(5), minutes(2), "boot-2", ClockQuality::unset};
  EXPECT_EQ(reason("boot-2").before->boot_id, "boot-2");
  EXPECT_EQ(reason("boot-3").before->boot_id, "boot-1");
}

TEST_F(StartReasonTest, SeesThatTheMachineIsGoingDown) {
  EXPECT_FALSE(going_down(tree.root()));
  file("run/nologin", "\"System is booting up. Unprivileged users are not permitted to log in yet.\"");
  EXPECT_FALSE(going_down(tree.root())) << "it is coming up";
  file("run/nologin", "System is going down.");
  EXPECT_EQ(going_down(tree.root()), "/run/nologin");
  file("run/systemd/shutdown/scheduled", "USEC=1767225600000000\nWARN_WALL=1\nMODE=poweroff\n");
  EXPECT_EQ(going_down(tree.root()), "scheduled: poweroff");
}

TEST(StopNote, SurvivesItsText) {
  StopNote note{"boot-1", seconds(77), "scheduled: reboot", {"dmesg-ramoops-0", "1767225600"}};
  EXPECT_EQ(StopNote::from_text(note.to_text()), note);
  note.boot_id.clear();
  EXPECT_EQ(StopNote::from_text(note.to_text()), note);
  EXPECT_EQ(StopNote::from_text(""), StopNote());
  EXPECT_EQ(StopNote::from_text("stop 2\tboot-1\t5\t"), StopNote());
  EXPECT_EQ(StopNote::from_text("stop 1\tboot-1\tx\t").boot_id, "");
}

}  // namespace
}  // namespace xalink
