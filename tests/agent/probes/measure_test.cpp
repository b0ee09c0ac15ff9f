#include "agent/measure.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <functional>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/metric_names.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::FakeClock;

/// Answers 7 after `takes`, or does what a test says.
class ScriptedProbe final : public Probe {
 public:
  ScriptedProbe(Clock& clock, const std::string& name, Duration takes)
      : clock_(clock), takes_(takes), schema_(dns_schema(name)) {}

  [[nodiscard]] const Schema& schema() const override { return schema_; }

  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override {
    ++begun;
    last_deadline = deadline;
    if (fails_with) throw std::runtime_error(*fails_with);
    auto work = clock_.sleep_for(takes_);
    co_await std::move(work);
    if (gives_nothing) co_return std::vector<Value>();
    std::vector<Value> values(schema_.columns.size() - (gives_too_few ? 1 : 0));
    values[0] = std::uint64_t{7};
    co_return values;
  }

  int begun = 0;
  SteadyTime last_deadline{};
  std::optional<std::string> fails_with;
  bool gives_too_few = false;
  bool gives_nothing = false;

 private:
  Clock& clock_;
  Duration takes_;
  Schema schema_;
};

class MeasureTest : public testing::Test {
 protected:
  ScriptedProbe& add(const std::string& name, Timing timing, Duration takes = 10ms, Duration limit = 5s) {
    auto probe = std::make_unique<ScriptedProbe>(clock, name, takes);
    ScriptedProbe& reference = *probe;
    measure.add({std::move(probe), timing, limit});
    return reference;
  }

  void start() {
    const auto ended = [this](std::exception_ptr thrown) {
      done = true;
      error = thrown;
    };
    boost::asio::co_spawn(loop, measure.run(), boost::asio::bind_cancellation_slot(stop.slot(), ended));
    clock.drain();
  }

  [[nodiscard]] std::string reason_of(const std::string& group) const {
    return to_text(records.at(group).back().values.at(3));
  }

  ~MeasureTest() override {
    stop.emit(boost::asio::cancellation_type::terminal);
    clock.drain();
  }

  boost::asio::io_context loop{1};
  FakeClock clock{loop};
  std::map<std::string, std::vector<Record>> records;
  ClockQuality quality = ClockQuality::holdover;
  Measure measure{
      clock,
      [this] {
        return Stamp{clock.wall(), clock.boot(), "boot-1", quality};
      },
      [this](const Schema& schema, Record record) { records[schema.group].push_back(std::move(record)); }, 1};
  boost::asio::cancellation_signal stop;
  bool done = false;
  std::exception_ptr error;
};

TEST_F(MeasureTest, StampsWhatAProbeGives) {
  ScriptedProbe& probe = add("a", {60s, 0s, 2s});
  const WallTime wall = clock.wall();
  const BootTime boot = clock.boot();
  const SteadyTime begin = clock.steady();
  start();
  clock.advance(3s);
  ASSERT_EQ(records["DNS/a"].size(), 1U);
  const Record& record = records["DNS/a"].front();
  EXPECT_EQ(record.stamp, (Stamp{wall + 2010ms, boot + 2010ms, "boot-1", ClockQuality::holdover}));
  EXPECT_EQ(record.values.front(), Value(std::uint64_t{7}));
  EXPECT_EQ(probe.last_deadline, begin + 2s + 5s);
}

TEST_F(MeasureTest, RunsForADayWithoutLosingASlot) {
  add("a", {10s, 3s, 1s});
  add("b", {60s, 0s, 2s});
  start();
  clock.advance(24h);
  EXPECT_EQ(records["DNS/a"].size(), 8640U);
  EXPECT_EQ(records["DNS/b"].size(), 1440U);
}

TEST_F(MeasureTest, TellsHowLongARunTook) {
  add("a", {60s, 0s, 0s}, 2s);
  add("hangs", {60s, 0s, 0s}, 1000h, 5s);
  std::map<std::string, Duration> took;
  measure.listen([&](const Schema& schema, const Record&, Duration run) { took[schema.group] = run; });
  start();
  clock.advance(30s);
  EXPECT_EQ(took["DNS/a"], 2s);
  EXPECT_GE(took["DNS/hangs"], 5s);
}

TEST_F(MeasureTest, TellsOfExtraRunsAndRecordsOnlyTheSlots) {
  ScriptedProbe& probe = add("a", {60s, 0s, 0s});
  ScriptedProbe& other = add("b", {60s, 0s, 0s});
  int heard = 0;
  measure.listen(
      [&](const Schema& schema, const Record&, Duration) { heard += schema.group == "DNS/a" ? 1 : 0; });
  start();
  clock.advance(5s);
  measure.hurry({{"DNS/a", 10s}});
  clock.advance(54s);
  EXPECT_EQ(probe.begun, 6);
  EXPECT_EQ(other.begun, 1);
  EXPECT_EQ(heard, 6);
  EXPECT_EQ(records["DNS/a"].size(), 1U);
  clock.advance(60s);
  EXPECT_EQ(records["DNS/a"].size(), 2U);
  measure.hurry({});
  const int before = probe.begun;
  clock.advance(10min);
  EXPECT_EQ(probe.begun, before + 10);
  EXPECT_EQ(records["DNS/a"].size(), 12U);
  // Nothing but the slots wakes anybody.
  EXPECT_EQ(clock.sleepers(), 2U);
}

TEST_F(MeasureTest, LetsNobodyWaitForAProbeThatHangs) {
  add("hangs", {10s, 0s, 0s}, 1000h);
  add("fine", {10s, 0s, 0s});
  start();
  clock.advance(59s);
  EXPECT_EQ(records["DNS/fine"].size(), 6U);
  // Ended half a second after its limit, each time.
  ASSERT_EQ(records["DNS/hangs"].size(), 6U);
  EXPECT_EQ(reason_of("DNS/hangs"), "the probe did not end in time");
  EXPECT_TRUE(is_null(records["DNS/hangs"].back().values.front()));
  EXPECT_EQ(measure.status().at(0).failures, 6U);
  EXPECT_EQ(measure.status().at(1).failures, 0U);
}

TEST_F(MeasureTest, SkipsTheSlotsThatASlowProbeCovers) {
  ScriptedProbe& slow = add("slow", {10s, 0s, 0s}, 25s, 30s);
  start();
  clock.advance(60s);
  EXPECT_EQ(slow.begun, 3);  // at 0, 30 and 60 s
  EXPECT_EQ(records["DNS/slow"].size(), 2U);
  EXPECT_EQ(measure.status().at(0).skipped, 4U);
  EXPECT_TRUE(measure.status().at(0).running);
}

TEST_F(MeasureTest, MakesARecordOfAProbesFailure) {
  ScriptedProbe& probe = add("a", {10s, 0s, 0s});
  probe.fails_with = "out of sockets";
  start();
  clock.advance(1s);
  ASSERT_EQ(records["DNS/a"].size(), 1U);
  EXPECT_EQ(reason_of("DNS/a"), "the probe failed: out of sockets");
  EXPECT_EQ(measure.status().at(0).failures, 1U);

  probe.fails_with.reset();
  clock.advance(10s);
  ASSERT_EQ(records["DNS/a"].size(), 2U);
  EXPECT_EQ(records["DNS/a"].back().values.front(), Value(std::uint64_t{7}));
  EXPECT_FALSE(done);
}

TEST_F(MeasureTest, RefusesRecordsOfTheWrongShape) {
  add("a", {10s, 0s, 0s}).gives_too_few = true;
  start();
  clock.advance(1s);
  ASSERT_EQ(records["DNS/a"].size(), 1U);
  EXPECT_EQ(records["DNS/a"].front().values.size(), 4U);
  EXPECT_EQ(reason_of("DNS/a"), "the probe gave 3 values for 4 columns");
}

TEST_F(MeasureTest, RecordsNothingOfAProbeThatHasNothingToSay) {
  ScriptedProbe& probe = add("a", {10s, 0s, 0s});
  probe.gives_nothing = true;
  start();
  EXPECT_EQ(measure.status().size(), 1U);
  clock.advance(15s);
  EXPECT_EQ(probe.begun, 2);
  EXPECT_TRUE(records["DNS/a"].empty());
  EXPECT_TRUE(measure.status().empty());

  probe.gives_nothing = false;
  clock.advance(10s);
  EXPECT_EQ(records["DNS/a"].size(), 1U);
  probe.gives_nothing = true;
  clock.advance(10s);
  EXPECT_EQ(records["DNS/a"].size(), 1U);
  ASSERT_EQ(measure.status().size(), 1U);
  EXPECT_EQ(measure.status()[0].runs, 4U);
  EXPECT_EQ(measure.status()[0].failures, 0U);
}

TEST_F(MeasureTest, EndsAllProbesWhenCancelled) {
  add("runs", {10s, 0s, 0s}, 4s);
  add("waits", {10s, 0s, 5s});
  start();
  clock.advance(1s);
  EXPECT_FALSE(done);
  stop.emit(boost::asio::cancellation_type::terminal);
  clock.drain();
  ASSERT_TRUE(done);
  ASSERT_TRUE(error);
  try {
    std::rethrow_exception(error);
  } catch (const boost::system::system_error& failed) {
    EXPECT_EQ(failed.code(), boost::asio::error::operation_aborted);
  }
  EXPECT_EQ(clock.sleepers(), 0U);
  EXPECT_TRUE(records.empty());
}

TEST_F(MeasureTest, IdlesWithoutProbesUntilCancelled) {
  start();
  clock.advance(24h);
  EXPECT_FALSE(done);
  stop.emit(boost::asio::cancellation_type::terminal);
  clock.drain();
  EXPECT_TRUE(done);
}

TEST_F(MeasureTest, EndsWhenItsRecordsAreNotTaken) {
  Measure refused(
      clock, [] { return Stamp{}; },
      [](const Schema&, const Record&) { throw std::logic_error("nobody takes it"); }, 1);
  refused.add({std::make_unique<ScriptedProbe>(clock, "a", 1ms), Timing{10s, 0s, 0s}, 5s});
  refused.add({std::make_unique<ScriptedProbe>(clock, "b", 1h), Timing{10s, 0s, 0s}, 2h});
  std::string what;
  const auto ended = [&](std::exception_ptr thrown) {
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& exception) {
      what = exception.what();
    }
  };
  boost::asio::co_spawn(loop, refused.run(), ended);
  clock.drain();
  clock.advance(1s);
  EXPECT_EQ(what, "nobody takes it");
  EXPECT_EQ(clock.sleepers(), 0U);
}

TEST_F(MeasureTest, TellsTheLastValueAndWhenItWasTaken) {
  add("a", {10s, 0s, 0s});
  start();
  EXPECT_FALSE(measure.status().at(0).last);
  const SteadyTime begin = clock.steady();
  clock.advance(15s);
  const std::vector<ProbeStatus> status = measure.status();
  ASSERT_EQ(status.size(), 1U);
  EXPECT_EQ(status[0].schema.group, "DNS/a");
  EXPECT_EQ(status[0].runs, 2U);
  EXPECT_EQ(status[0].last_run, begin + 10s);
  EXPECT_EQ(status[0].last, records["DNS/a"].back());
  EXPECT_FALSE(status[0].running);
}

}  // namespace
}  // namespace xalink
