#include "agent/outage_keeper.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "sparkplug/metric_names.hpp"
#include "tests/agent/recorder_bench.hpp"

namespace xalink {
namespace {

using std::chrono::seconds;

class OutageKeeperTest : public test::RecorderBench {
 protected:
  OutageKeeperTest() {
    keeper.listen({[this](const std::vector<OutageWatch::Hurry>& probes) { hurried = probes.size(); },
                   [this] { ++back; }, [this](std::string_view group) { questions.emplace_back(group); }});
    boost::asio::co_spawn(loop, keeper.run(recorder), boost::asio::detached);
    clock.drain();
  }

  void link(bool carrier) {
    Record record;
    record.stamp = stamp();
    record.values.resize(schema.columns.size());
    record.values[*column_index(schema, "Carrier")] = carrier;
    record.values[*column_index(schema, "Default Route")] = true;
    keeper.took(schema, record);
    clock.advance(seconds(10));
  }
  [[nodiscard]] Stamp stamp() const { return {clock.wall(), clock.boot(), "boot-1", ClockQuality::holdover}; }

  RowId events() { return last_row(Lane::events); }

  Schema schema = link_schema("eth0");
  std::vector<Witness> witnesses{*witness_of(schema)};
  OutageKeeper keeper{loop.get_executor(), clock, [this] { return stamp(); }, witnesses,
                      OutageWatch({}, "boot-1", witnesses, "", {}, clock.boot())};
  std::vector<std::string> questions;
  std::size_t hurried = 0;
  int back = 0;
};

TEST_F(OutageKeeperTest, RecordsAnOutageWithWhatIsOpenInOneTransaction) {
  link(true);
  EXPECT_EQ(hurried, 0U);
  const auto cut = clock.boot();
  for (int i = 0; i < 4; ++i) link(false);
  EXPECT_EQ(hurried, 1U);
  until([&] { return events() == 1; });
  const auto note = outbox->note(std::string(kOutageNote)).value();
  ASSERT_TRUE(note);
  const auto memory = OutageMemory::from_text(*note);
  ASSERT_EQ(memory.open.size(), 1U);
  EXPECT_EQ(memory.open[0].cause, Rung::link);
  EXPECT_EQ(memory.open[0].begin, cut);

  for (int i = 0; i < 3; ++i) link(true);
  until([&] { return events() == 2; });
  EXPECT_EQ(back, 1);
  EXPECT_EQ(hurried, 0U);
  EXPECT_TRUE(OutageMemory::from_text(*outbox->note(std::string(kOutageNote)).value()).open.empty());
  const auto batch = outbox->read(Lane::events, 1, 10).value();
  const auto id = *column_index(batch.schemas[0], "Outage");
  ASSERT_EQ(batch.items.size(), 2U);
  EXPECT_EQ(batch.items[0].record.values[id], batch.items[1].record.values[id]);
}

TEST_F(OutageKeeperTest, TheSessionThatDoesNotComeBackIsAnOutageByTimeAlone) {
  link(true);
  keeper.session(EdgeNodeState::waiting_for_host, {});
  link(true);
  EXPECT_EQ(events(), 0U);
  clock.advance(seconds(11));
  until([&] { return events() == 1; });
  EXPECT_EQ(keeper.watch().open().at(0).evidence, "the broker answers, the gateway is not there");
  keeper.session(EdgeNodeState::birth_pending, {});
  clock.drain();
  until([&] { return events() == 2; });
}

TEST_F(OutageKeeperTest, AGatewayThatConfirmsNothingIsMissingSinceItWasAsked) {
  link(true);
  keeper.session(EdgeNodeState::online, {});
  const auto asked = clock.boot();
  clock.advance(seconds(25));
  keeper.unanswered(asked);
  link(true);
  until([&] { return events() == 1; });
  EXPECT_EQ(keeper.watch().open().at(0).cause, Rung::gateway);
  EXPECT_EQ(keeper.watch().open().at(0).begin, asked);
  // The keep-alive has run out: it is one outage.
  keeper.session(EdgeNodeState::waiting_to_connect, "no answer");
  keeper.session(EdgeNodeState::online, {});
  clock.drain();
  until([&] { return events() == 2; });
  EXPECT_TRUE(keeper.watch().open().empty());
  // It was only late.
  keeper.unanswered(clock.boot());
  clock.advance(seconds(5));
  keeper.unanswered({});
  clock.advance(seconds(60));
  EXPECT_EQ(events(), 2U);
}

// The file was damaged, and what is open with it.
TEST_F(OutageKeeperTest, ANewOutboxIsToldWhatIsOpen) {
  link(true);
  for (int i = 0; i < 4; ++i) link(false);
  until([&] { return events() == 1; });
  bool forgotten = false;
  boost::asio::co_spawn(loop, recorder.record_events({}, std::string(kOutageNote), ""),
                        [&](const std::exception_ptr&, const Result<void>&) { forgotten = true; });
  until([&] { return forgotten; });
  keeper.keep_again();
  until([&] { return events() == 1 && !outbox->note(std::string(kOutageNote)).value()->empty(); });
  EXPECT_EQ(OutageMemory::from_text(*outbox->note(std::string(kOutageNote)).value()).open.size(), 1U);
}

TEST_F(OutageKeeperTest, AsksHowFarPacketsGetOncePerTroubleOfTheWay) {
  using Asked = std::vector<std::string>;
  // The first session is only being made.
  link(true);
  keeper.session(EdgeNodeState::waiting_to_connect, "not yet");
  EXPECT_EQ(questions, Asked{"Captive Portal"});
  keeper.session(EdgeNodeState::online, {});
  link(true);
  clock.advance(std::chrono::minutes(10));
  questions.clear();
  // Before it is an outage.
  link(false);
  EXPECT_EQ(questions, (Asked{"Path", "Captive Portal"}));
  for (int i = 0; i < 90; ++i) link(false);
  EXPECT_EQ(questions.size(), 2U);
  for (int i = 0; i < 3; ++i) link(true);
  questions.clear();
  link(false);
  EXPECT_EQ(questions, (Asked{"Path", "Captive Portal"}));
  // It comes and goes.
  for (int i = 0; i < 10; ++i) {
    link(true);
    link(true);
    link(false);
  }
  EXPECT_EQ(questions.size(), 2U);
  // What lasts is asked of when it may be again.
  for (int i = 0; i < 60; ++i) link(false);
  EXPECT_EQ(questions.size(), 4U);
  EXPECT_EQ(questions[2], "Path");
}

TEST_F(OutageKeeperTest, ConnectingSaysNothingYet) {
  link(true);
  keeper.session(EdgeNodeState::connecting, {});
  clock.advance(seconds(300));
  EXPECT_TRUE(keeper.watch().open().empty());
  // Nobody wakes while nothing is amiss.
  EXPECT_EQ(clock.sleepers(), 0U);
}

}  // namespace
}  // namespace xalink
