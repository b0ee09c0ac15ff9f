#include "agent/interval_keeper.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>

#include "sparkplug/metric_names.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/faulty_disk.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class CountingProbe : public Probe {
 public:
  explicit CountingProbe(int& runs) : runs_(runs) {}
  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime) override {
    ++runs_;
    co_return std::vector<Value>(schema_.columns.size());
  }

 private:
  Schema schema_ = ping_schema("anchor");
  int& runs_;
};

class IntervalKeeperTest : public testing::Test {
 protected:
  ~IntervalKeeperTest() override { end(); }

  /// The agent's life with this outbox, until end().
  void begin() {
    outbox = std::make_unique<HoldingOutbox>(std::move(Outbox::open(folder / "outbox.db").value()));
    store.emplace();
    recorder.emplace(loop.get_executor(), clock, *outbox, *store, Recorder::Timing{seconds(60)});
    measure.emplace(
        clock, [] { return Stamp{}; }, [](const Schema&, const Record&) {}, 1);
    keeper.emplace(loop.get_executor(), clock, *measure);
    if (recalls) {
      auto note = outbox->note(std::string(kIntervalsNote));
      ASSERT_TRUE(note);
      keeper->recall(note->value_or(""));
    }
    MeasureTask task;
    task.probe = std::make_unique<CountingProbe>(runs);
    task.timing.interval = minutes(1);
    task.limit = limit;
    keeper->add(std::move(task));
    keeper->listen([this](const std::string& device, const std::string& metric, std::uint64_t value) {
      told[device + "/" + metric] = value;
      ++tellings;
    });
    spawn(measure->run());
    spawn(keeper->run(*recorder));
    clock.drain();
  }
  void end() {
    for (auto& stop : stops) {
      stop->emit(boost::asio::cancellation_type::terminal);
      clock.drain();
    }
    until([this] { return running == 0; });
    stops.clear();
    keeper.reset();
    measure.reset();
    recorder.reset();
    store.reset();
    outbox.reset();
  }

  void ask(std::uint64_t value, const std::string& name = "Ping/anchor/Interval") {
    keeper->asked({"network", name, value, std::to_string(value)});
    clock.drain();
  }
  [[nodiscard]] std::uint64_t interval() const { return told.at("network/Ping/anchor/Interval"); }
  /// What is told next, when nothing else is.
  [[nodiscard]] std::uint64_t answer(int before) {
    until([&] { return tellings > before; });
    return interval();
  }
  [[nodiscard]] int runs_within(Duration time) {
    const int before = runs;
    clock.advance(time);
    return runs - before;
  }
  [[nodiscard]] std::string kept() {
    std::optional<std::string> note;
    bool done = false;
    auto read = [&]() -> boost::asio::awaitable<void> {
      std::string key(kIntervalsNote);
      auto reading = recorder->read_note(std::move(key));
      const auto answer = co_await std::move(reading);
      note = answer ? answer->value_or("") : "unreadable";
      done = true;
    };
    boost::asio::co_spawn(loop, read(), [](const std::exception_ptr&) {});
    until([&] { return done; });
    return *note;
  }
  // The store thread answers in its own time; waits until it has.
  void until(const std::function<bool()>& done) {
    for (int i = 0; i < 30'000 && !done(); ++i) {
      loop.restart();
      loop.run_for(std::chrono::milliseconds(2));
    }
    ASSERT_TRUE(done());
  }

 private:
  void spawn(boost::asio::awaitable<void> what) {
    auto& stop = *stops.emplace_back(std::make_unique<boost::asio::cancellation_signal>());
    ++running;
    const auto ended = [this](const std::exception_ptr&) { --running; };
    boost::asio::co_spawn(loop, std::move(what), boost::asio::bind_cancellation_slot(stop.slot(), ended));
  }

 protected:
  ScratchFolder folder;
  FaultyDisk disk;
  boost::asio::io_context loop{1};
  test::FakeClock clock{loop};
  std::unique_ptr<HoldingOutbox> outbox;
  std::optional<WorkerThread> store;
  std::optional<Recorder> recorder;
  std::optional<Measure> measure;
  std::optional<IntervalKeeper> keeper;
  std::vector<std::unique_ptr<boost::asio::cancellation_signal>> stops;
  int running = 0;
  int runs = 0;
  Duration limit = seconds(10);  ///< of one run of the probe
  bool recalls = true;
  std::map<std::string, std::uint64_t> told;
  int tellings = 0;
};

TEST_F(IntervalKeeperTest, TellsWhatTheConfigurationSays) {
  begin();
  EXPECT_EQ(interval(), 60U);
  EXPECT_EQ(runs_within(minutes(10)), 10);
  EXPECT_EQ(kept(), "");
}

TEST_F(IntervalKeeperTest, DoesAtOnceWhatIsAskedForAndKeepsItOverALife) {
  begin();
  clock.advance(seconds(30));
  const int before = tellings;
  ask(10);
  EXPECT_EQ(answer(before), 10U);
  EXPECT_EQ(runs_within(minutes(10)), 60);
  EXPECT_EQ(kept(), "10 network/Ping/anchor\n");
  end();
  begin();
  EXPECT_EQ(interval(), 10U);
  EXPECT_EQ(runs_within(minutes(10)), 60);
  const int again = tellings;
  ask(0);
  EXPECT_EQ(answer(again), 60U);
  EXPECT_EQ(kept(), "");
  end();
  begin();
  EXPECT_EQ(interval(), 60U);
}

TEST_F(IntervalKeeperTest, TellsWhatHoldsWhenItIsAskedForTooMuch) {
  begin();
  ask(600);
  until([&] { return interval() == 600U; });
  for (const std::uint64_t wrong : {std::uint64_t{1}, std::uint64_t{100'000}, ~std::uint64_t{0}}) {
    const int before = tellings;
    ask(wrong);
    EXPECT_EQ(answer(before), 600U);
    EXPECT_EQ(tellings, before + 1) << wrong;
  }
  EXPECT_EQ(kept(), "600 network/Ping/anchor\n");
}

TEST_F(IntervalKeeperTest, ShowsWhatItRefusedLast) {
  begin();
  EXPECT_FALSE(keeper->status().last_refused);
  // The disk answers when it likes: each is told before the next is asked.
  int asked = tellings;
  ask(600);
  EXPECT_EQ(answer(asked), 600U);
  clock.advance(seconds(30));
  asked = tellings;
  ask(1);
  EXPECT_EQ(answer(asked), 600U);
  auto status = keeper->status();
  ASSERT_EQ(status.intervals.size(), 1U);
  EXPECT_EQ(status.intervals[0].in_force, minutes(10));
  EXPECT_EQ(status.refused, 1U);
  ASSERT_TRUE(status.last_refused);
  EXPECT_EQ(status.last_refused->at, clock.boot());
  EXPECT_EQ(status.last_refused->why.where, "network/Ping/anchor/Interval");
  EXPECT_EQ(status.last_refused->why.what, "1 s is out of bounds");
  const int before = tellings;
  ask(60, "Ping/nobody/Interval");
  ask(60, "Ping/anchor/RTT mean");
  EXPECT_EQ(tellings, before) << "there is nothing to tell of them";
  status = keeper->status();
  EXPECT_EQ(status.refused, 3U);
  EXPECT_EQ(status.last_refused->why.what, "60 is for a metric that no command changes");
  keeper->asked({"network", "Ping/anchor/Interval", std::nullopt, std::string(200, 'x') + "\n"});
  EXPECT_EQ(answer(before), 600U);
  EXPECT_EQ(keeper->status().last_refused->why.what,
            std::string(80, 'x') + "… is no whole number of seconds");
}

// Each run may take a hundred seconds now.
TEST_F(IntervalKeeperTest, SaysThatACommandOfAnEarlierLifeIsOutOfTheBoundsOfThisOne) {
  begin();
  ask(10);
  until([&] { return kept() == "10 network/Ping/anchor\n"; });
  end();
  limit = seconds(100);
  begin();
  EXPECT_EQ(interval(), 60U);
  const auto status = keeper->status();
  EXPECT_EQ(status.refused, 1U);
  ASSERT_TRUE(status.last_refused);
  EXPECT_EQ(status.last_refused->why.what, "10 s, as it was commanded once, is out of bounds by now");
  EXPECT_EQ(kept(), "10 network/Ping/anchor\n") << "a configuration may be put right";
}

// That it is kept by then is what IntervalCommand.HoldsOverAKillFromItsConfirmationOn shows, by killing it.
TEST_F(IntervalKeeperTest, AnswersEachCommandAlsoTheSameOneAgain) {
  begin();
  for (const std::uint64_t wanted : {10U, 20U, 30U, 30U}) {
    const int before = tellings;
    ask(wanted);
    EXPECT_EQ(answer(before), wanted);
    EXPECT_EQ(kept(), std::to_string(wanted) + " network/Ping/anchor\n");
  }
  // The second one may come while the first is being kept.
  ask(40);
  ask(50);
  until([&] { return interval() == 50U; });
  EXPECT_EQ(kept(), "50 network/Ping/anchor\n");
}

TEST_F(IntervalKeeperTest, ObeysWhileTheDiskRefusesAndKeepsItWhenTheDiskIsWell) {
  begin();
  disk.fail(0, SQLITE_IOERR_WRITE);
  int before = tellings;
  ask(10);
  EXPECT_EQ(answer(before), 10U);
  until([&] { return !recorder->disk_error().empty(); });
  before = tellings;
  ask(20);
  EXPECT_EQ(tellings, before + 1);
  EXPECT_EQ(interval(), 20U);
  ask(10);
  EXPECT_EQ(runs_within(minutes(1)), 6);
  EXPECT_EQ(kept(), "");
  disk.heal();
  clock.advance(seconds(31));
  until([&] { return kept() == "10 network/Ping/anchor\n"; });
}

TEST_F(IntervalKeeperTest, RecallsLaterWhatTheDiskDidNotSayAtTheStart) {
  begin();
  ask(10);
  until([&] { return !kept().empty(); });
  end();
  recalls = false;  // a disk that could not be read
  begin();
  until([&] { return interval() == 10U; });
  EXPECT_EQ(runs_within(minutes(10)), 60);
}

TEST_F(IntervalKeeperTest, PutsItIntoANewOutboxToo) {
  begin();
  ask(10);
  until([&] { return !kept().empty(); });
  end();
  std::filesystem::remove(folder / "outbox.db");
  begin();
  ask(20);
  until([&] { return kept() == "20 network/Ping/anchor\n"; });
  // Another one came in its place.
  boost::asio::co_spawn(loop, recorder->record_events({}, std::string(kIntervalsNote), ""),
                        [](const std::exception_ptr&, const Result<void>&) {});
  until([&] { return kept().empty(); });
  keeper->keep_again();
  until([&] { return kept() == "20 network/Ping/anchor\n"; });
}

}  // namespace
}  // namespace xalink
