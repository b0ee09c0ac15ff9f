#include "agent/modem_reset.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/metric_names.hpp"
#include "tests/agent/recorder_bench.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::FakeClock;

TEST(ResetPlan, WaitsTwiceAsLongAfterEachReset) {
  ResetPlan plan(30min);
  BootTime now = 5min;
  ASSERT_TRUE(plan.may_reset(now));
  EXPECT_EQ(plan.begin(now), 1U);
  std::uint32_t resets = 1;
  for (const Milliseconds wait : std::vector<Milliseconds>{30min, 1h, 2h, 4h, 8h, 16h, 24h, 24h}) {
    EXPECT_FALSE(plan.may_reset(now + wait - 1ms)) << resets;
    now += wait;
    EXPECT_TRUE(plan.may_reset(now)) << resets;
    EXPECT_EQ(plan.begin(now), ++resets);
  }
}

TEST(ResetPlan, ForgetsResetsOnlyAfterAsLongAWellTime) {
  ResetPlan plan(30min);
  plan.begin(0h);
  plan.begin(1h);
  plan.well(1h + 5min);
  plan.well(1h + 59min);
  plan.hung();
  EXPECT_EQ(plan.begin(2h + 10min), 3U) << "it was well for less than the hour it had to wait";
  plan.well(3h);
  plan.well(4h);
  plan.hung();
  EXPECT_FALSE(plan.may_reset(4h + 1min));
  plan.well(5h);
  plan.well(7h);
  EXPECT_TRUE(plan.may_reset(7h));
  EXPECT_EQ(plan.begin(7h), 1U);
}

TEST(ResetPlan, OutlivesTheProgramButNotTheBoot) {
  ResetPlan plan(30min);
  plan.begin(1h);
  plan.begin(2h);
  const std::string memory = plan.memory("boot-1");
  ResetPlan same(30min);
  same.remember(memory, "boot-1");
  EXPECT_FALSE(same.may_reset(2h + 59min));
  EXPECT_EQ(same.begin(3h), 3U);
  ResetPlan other(30min);
  other.remember(memory, "boot-2");
  EXPECT_TRUE(other.may_reset(1min));
  for (const char* odd : {"", "boot-1", "boot-1 x 5", "boot-1 -"}) {
    ResetPlan fresh(30min);
    fresh.remember(odd, "boot-1");
    EXPECT_TRUE(fresh.may_reset(0min)) << odd;
  }
}

class ModemResetTest : public testing::Test {
 protected:
  ModemResetTest() { make(); }
  ~ModemResetTest() override { end(); }

  void make(const std::string& method = "command") {
    ModemReset::Method how;
    how.name = method;
    how.perform = [this](std::string device) -> boost::asio::awaitable<std::string> {
      return perform(std::move(device));
    };
    ModemReset::Surroundings around;
    around.tell = [this](std::vector<Value> values, std::string key, std::string value) {
      return tell(std::move(values), std::move(key), std::move(value));
    };
    around.note = [this](std::string key) { return read(std::move(key)); };
    around.boot_id = "boot-1";
    reset =
        std::make_unique<ModemReset>(loop.get_executor(), clock, std::move(how), 30min, std::move(around));
    stop = std::make_unique<boost::asio::cancellation_signal>();
    boost::asio::co_spawn(loop, reset->run(),
                          boost::asio::bind_cancellation_slot(stop->slot(), [](std::exception_ptr) {}));
    clock.drain();
  }
  void end() {
    stop->emit(boost::asio::cancellation_type::terminal);
    clock.drain();
  }

  boost::asio::awaitable<std::string> perform(std::string device) {
    performed.push_back(std::move(device));
    co_await clock.sleep_for(takes);
    co_return failure_text;
  }
  boost::asio::awaitable<Result<void>> tell(std::vector<Value> values, std::string key, std::string value) {
    EXPECT_EQ(values.size(), modem_reset_schema().columns.size());
    if (disk_full) co_return failure("outbox", "no space");
    notes[key] = value;
    std::string line;
    for (const Value& part : values) line += (line.empty() ? "" : "|") + to_text(part);
    events.push_back(line);
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<std::optional<std::string>>> read(std::string key) {
    const auto found = notes.find(key);
    std::optional<std::string> note;
    if (found != notes.end()) note = found->second;
    co_return note;
  }

  /// Once a minute, as the probe does.
  void minutes_of(int count, ModemFault fault, bool well = false, const std::string& device = "") {
    ModemVerdict verdict;
    verdict.fault = fault;
    verdict.well = well;
    verdict.device = device;
    for (int minute = 0; minute < count; ++minute) {
      reset->judged(verdict);
      clock.advance(1min);
    }
  }

  boost::asio::io_context loop{1};
  FakeClock clock{loop};
  std::vector<std::string> performed;
  std::vector<std::string> events;
  std::map<std::string, std::string> notes;
  Duration takes = 2s;
  std::string failure_text;
  bool disk_full = false;
  std::unique_ptr<ModemReset> reset;
  std::unique_ptr<boost::asio::cancellation_signal> stop;
};

TEST_F(ModemResetTest, AResetThatHelps) {
  minutes_of(5, ModemFault::none, true, "/sys/devices/usb1/1-1");
  minutes_of(1, ModemFault::gone);
  EXPECT_EQ(performed, std::vector<std::string>{"/sys/devices/usb1/1-1"}) << "where it was last";
  minutes_of(2, ModemFault::none, false, "/sys/devices/usb1/1-1");
  minutes_of(5, ModemFault::none, true, "/sys/devices/usb1/1-1");
  EXPECT_EQ(events,
            (std::vector<std::string>{"begin|modem gone|command|1||0", "done|modem gone|command|1||2000",
                                      "recovered|modem gone|command|1||180000"}));
}

TEST_F(ModemResetTest, AResetThatDoesNotHelp) {
  minutes_of(12, ModemFault::failed, false, "/sys/devices/usb1/1-1");
  EXPECT_EQ(events,
            (std::vector<std::string>{"begin|modem failed|command|1||0", "done|modem failed|command|1||2000",
                                      "not recovered|modem failed|command|1|modem failed|600000"}));
  minutes_of(24 * 60, ModemFault::failed);
  // At 0, 0.5, 1.5, 3.5, 7.5, 15.5 h.
  EXPECT_EQ(performed.size(), 6U);
}

TEST_F(ModemResetTest, AMethodThatFails) {
  failure_text = "exit code 1";
  minutes_of(3, ModemFault::silent);
  EXPECT_EQ(events, (std::vector<std::string>{"begin|no answer|command|1||0",
                                              "failed|no answer|command|1|exit code 1|2000"}));
}

TEST_F(ModemResetTest, NobodyIsResetForAMissingSim) {
  minutes_of(60, ModemFault::no_sim, false, "/sys/devices/usb1/1-1");
  minutes_of(60, ModemFault::sim_locked);
  minutes_of(60, ModemFault::denied);
  minutes_of(60, ModemFault::none);
  EXPECT_TRUE(events.empty());
  EXPECT_TRUE(performed.empty());
}

TEST_F(ModemResetTest, ARestartOfTheProgramGainsNoReset) {
  minutes_of(1, ModemFault::failed);
  end();
  make();
  minutes_of(28, ModemFault::failed);
  EXPECT_EQ(performed.size(), 1U);
  minutes_of(2, ModemFault::failed);
  EXPECT_EQ(performed.size(), 2U);
  EXPECT_EQ(events.back(), "done|modem failed|command|2||2000");
}

TEST_F(ModemResetTest, ARestartOfTheProgramStillTellsWhatCameOfAReset) {
  minutes_of(2, ModemFault::gone);
  end();
  make();
  minutes_of(3, ModemFault::none);
  minutes_of(2, ModemFault::none, true);
  ASSERT_EQ(events.size(), 3U);
  EXPECT_EQ(events.back(), "recovered|modem gone|command|1||300000");
  // Told once, and not again by the next start.
  end();
  make();
  minutes_of(2, ModemFault::none, true);
  EXPECT_EQ(events.size(), 3U);
}

TEST_F(ModemResetTest, AProgramThatEndedInTheMiddleOfAResetTellsWhatCameOfItToo) {
  takes = 1000h;
  minutes_of(1, ModemFault::failed);
  end();
  make();
  minutes_of(11, ModemFault::failed);
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events.back(), "not recovered|modem failed|command|1|modem failed|600000");
}

TEST_F(ModemResetTest, WhatCannotBeWrittenDownIsNotDone) {
  disk_full = true;
  minutes_of(5, ModemFault::failed);
  EXPECT_TRUE(performed.empty());
}

TEST_F(ModemResetTest, WithoutAMethodNothingIsDone) {
  end();
  make("");
  minutes_of(60, ModemFault::failed);
  EXPECT_TRUE(performed.empty());
  EXPECT_TRUE(events.empty());
}

TEST_F(ModemResetTest, OneThatIsStoppedInTheMiddleEnds) {
  takes = 1000h;
  minutes_of(1, ModemFault::failed);
  ASSERT_EQ(performed.size(), 1U);
  end();
  EXPECT_EQ(clock.sleepers(), 0U);
}

class ModemResetInAnOutboxTest : public test::RecorderBench {
 protected:
  ~ModemResetInAnOutboxTest() override { end(); }

  void begin() {
    ModemReset::Method how;
    how.name = "command";
    how.perform = [this](const std::string&) { return perform(); };
    ModemReset::Surroundings around;
    around.tell = [this](std::vector<Value> values, std::string key, std::string value) {
      std::vector<Pending> events(1);
      events.front().schema = modem_reset_schema();
      events.front().record.values = std::move(values);
      return recorder.record_events(std::move(events), std::move(key), std::move(value));
    };
    around.note = [this](std::string key) { return recorder.read_note(std::move(key)); };
    around.boot_id = "boot-1";
    reset.emplace(loop.get_executor(), clock, std::move(how), 30min, std::move(around));
    ended = false;
    boost::asio::co_spawn(
        loop, reset->run(),
        boost::asio::bind_cancellation_slot(stop.slot(), [this](std::exception_ptr) { ended = true; }));
    settle();
  }
  void end() {
    stop.emit(boost::asio::cancellation_type::terminal);
    until([this] { return ended; });
  }
  boost::asio::awaitable<std::string> perform() {
    ++resets;
    co_return std::string();
  }
  /// Waits for the store thread.
  void settle() {
    for (int i = 0; i < 4; ++i) (void)last_row(Lane::events);
    clock.drain();
  }
  void hangs() {
    ModemVerdict verdict;
    verdict.fault = ModemFault::failed;
    reset->judged(verdict);
    settle();
  }
  template <class T>
  void finish(boost::asio::awaitable<T> task) {
    bool done = false;
    boost::asio::co_spawn(loop, std::move(task), [&done](auto&&...) { done = true; });
    until([&done] { return done; });
  }
  /// As one that came in the place of a damaged file.
  void forget_note() { finish(recorder.record_events({}, "modem/reset", "")); }

  int resets = 0;
  bool ended = true;
  std::optional<ModemReset> reset;
  boost::asio::cancellation_signal stop;
};

TEST_F(ModemResetInAnOutboxTest, AnotherOutboxIsToldOfTheResets) {
  begin();
  hangs();
  until([this] { return resets == 1; });
  settle();
  forget_note();
  finish(reset->keep_again(recorder));
  end();
  begin();
  clock.advance(20min);
  hangs();
  EXPECT_EQ(resets, 1) << "half an hour has to pass, whatever came of the file";
  clock.advance(10min);
  hangs();
  EXPECT_EQ(resets, 2);
}

TEST_F(ModemResetInAnOutboxTest, ThereIsNothingToTellBeforeAnyReset) {
  begin();
  finish(reset->keep_again(recorder));
  std::optional<std::string> note;
  auto read = [&]() -> boost::asio::awaitable<void> {
    auto reading = recorder.read_note("modem/reset");
    const auto found = co_await std::move(reading);
    note = found.value();
  };
  finish(read());
  EXPECT_EQ(note, std::nullopt);
}

}  // namespace
}  // namespace xalink
