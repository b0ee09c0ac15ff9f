#include "sparkplug/host_application.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

const NodeId kNode{"VN-03", "site-1"};

Metric metric(std::string name, DataType type, MetricValue value, std::optional<std::uint64_t> alias = {}) {
  Metric made;
  made.name = std::move(name);
  made.type = type;
  made.value = std::move(value);
  made.alias = alias;
  made.timestamp = 1'790'000'000'000;
  return made;
}

class Host {
 public:
  Host() : host(options()) {
    static_cast<void>(host.plan_connect(now()));
    host.connected(now());
  }
  static HostApplicationOptions options() {
    HostApplicationOptions options;
    options.reorder_timeout = seconds(5);
    options.min_rebirth_interval = seconds(10);
    return options;
  }
  [[nodiscard]] Now now() const {
    const auto elapsed = std::chrono::duration_cast<Milliseconds>(time.time_since_epoch());
    return Now{time, WallTime(Milliseconds(1'790'000'000'000) + elapsed), elapsed, clock_quality};
  }
  void hear(const std::string& topic, std::optional<std::uint64_t> seq, std::vector<Metric> metrics) {
    Payload payload;
    payload.timestamp = 1'790'000'000'000;
    payload.seq = seq;
    payload.metrics = std::move(metrics);
    host.arrived(IncomingMessage{topic, encode(payload), false}, now());
  }
  void birth(std::uint8_t bdseq = 0, RowId claimed = 0) {
    hear("spBv1.0/VN-03/NBIRTH/site-1", 0,
         {metric("bdSeq", DataType::int64, std::int64_t{bdseq}),
          metric("Node Control/Rebirth", DataType::boolean, false),
          metric("Delivery/Epoch", DataType::string, std::string("epoch-1")),
          metric("Delivery/Lane 1", DataType::uint64, std::uint64_t{claimed}, 1),
          metric("Clock/Boot Id", DataType::string, std::string("boot-1"), 2)});
    hear("spBv1.0/VN-03/DBIRTH/site-1/network", 1,
         {metric("Ping/gateway/RTT mean", DataType::uint32, std::uint64_t{500}, 10),
          metric("Delivery/Lane 1", DataType::uint64, std::uint64_t{claimed}, 11)});
  }
  void data(std::uint8_t seq, RowId row) {
    hear("spBv1.0/VN-03/DDATA/site-1/network", seq,
         {metric({}, DataType::uint32, std::uint64_t{row}, 10),
          metric({}, DataType::uint64, std::uint64_t{row}, 11)});
  }
  void advance(Duration how_far) {
    time += how_far;
    host.tick(now());
  }
  template <class F>
  [[nodiscard]] std::vector<F> facts() {
    std::vector<F> of_kind;
    for (auto& fact : host.take_facts()) {
      if (auto* found = std::get_if<F>(&fact)) of_kind.push_back(std::move(*found));
    }
    return of_kind;
  }
  [[nodiscard]] int rebirth_requests() {
    int count = 0;
    for (const auto& message : host.take_messages()) {
      const auto payload = decode(message.payload);
      count += payload && payload->metrics[0].name == metric::kRebirth ? 1 : 0;
    }
    return count;
  }

  SteadyTime time{};
  ClockQuality clock_quality = ClockQuality::synchronised;
  HostApplication host;
};

TEST(HostApplication, StateWillAndBirthShareTheTimestamp) {
  HostApplication host(Host::options());
  const auto plan = host.plan_connect(Host().now());
  const auto will = decode_state(plan.will.payload).value();
  const auto birth = decode_state(plan.birth.payload).value();
  EXPECT_FALSE(will.online);
  EXPECT_TRUE(birth.online);
  EXPECT_EQ(will.timestamp, birth.timestamp);
  EXPECT_EQ(plan.will.topic, "spBv1.0/STATE/xalink");
  EXPECT_EQ(plan.will.qos, 1);
  EXPECT_TRUE(plan.will.retain);
  EXPECT_EQ(plan.birth.qos, 1);
  EXPECT_TRUE(plan.birth.retain);
}

TEST(HostApplication, SaysItIsOnlineWhenSomebodySaysItIsNot) {
  Host host;
  host.host.arrived(IncomingMessage{"spBv1.0/STATE/xalink", encode_state({false, 1}), true}, host.now());
  const auto messages = host.host.take_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_TRUE(decode_state(messages[0].payload)->online);
  static_cast<void>(host.host.goodbye(host.now()));
  host.host.arrived(IncomingMessage{"spBv1.0/STATE/xalink", encode_state({false, 2}), true}, host.now());
  EXPECT_TRUE(host.host.take_messages().empty());  // it is leaving: that is its own goodbye
}

TEST(HostApplication, SaysItIsOnlineWhenNonsenseStandsInItsPlace) {
  Host host;
  for (const char* nonsense : {"garbage", "", "{}"}) {
    host.host.arrived(IncomingMessage{"spBv1.0/STATE/xalink", nonsense, true}, host.now());
    const auto messages = host.host.take_messages();
    ASSERT_EQ(messages.size(), 1U) << nonsense;
    EXPECT_TRUE(decode_state(messages[0].payload)->online);
    EXPECT_TRUE(messages[0].retain);
    const auto facts = host.host.take_facts();
    ASSERT_EQ(facts.size(), 1U) << nonsense;
    EXPECT_TRUE(std::holds_alternative<fact::SetAside>(facts[0]));
  }
  host.host.arrived(IncomingMessage{"spBv1.0/STATE/another", "garbage", true}, host.now());
  EXPECT_TRUE(host.host.take_messages().empty());
}

TEST(HostApplication, ReadsRecordsByAliasOnlyAfterABirth) {
  Host host;
  host.birth();
  host.data(2, 1);
  const auto arrived = host.facts<fact::Arrived>();
  ASSERT_EQ(arrived.size(), 1U);
  EXPECT_EQ(arrived[0].node, kNode);
  EXPECT_EQ(arrived[0].batch.epoch, "epoch-1");
  EXPECT_EQ(arrived[0].batch.last(), 1U);
  EXPECT_EQ(arrived[0].batch.schemas[0].columns[0].name, "RTT mean");
  EXPECT_EQ(arrived[0].batch.items[0].record.stamp.boot_id, "boot-1");
}

TEST(HostApplication, AsksANodeItDoesNotKnowForABirthOnceInAWhile) {
  Host host;
  host.data(5, 1);
  host.data(6, 2);
  EXPECT_EQ(host.rebirth_requests(), 1);
  EXPECT_EQ(host.facts<fact::SetAside>().size(), 2U);
  host.time += seconds(11);
  host.data(7, 3);
  EXPECT_EQ(host.rebirth_requests(), 1);
}

TEST(HostApplication, PutsMessagesInOrderBeforeItLosesPatience) {
  Host host;
  host.birth();
  static_cast<void>(host.host.take_facts());
  host.data(4, 3);
  host.data(3, 2);
  EXPECT_TRUE(host.facts<fact::Arrived>().empty());
  host.data(2, 1);
  EXPECT_EQ(host.facts<fact::Arrived>().size(), 3U);
  host.time += seconds(6);
  host.host.tick(host.now());
  EXPECT_EQ(host.rebirth_requests(), 0);
}

TEST(HostApplication, AsksForARebirthWhenAMessageStaysAway) {
  Host host;
  host.birth();
  host.data(3, 2);
  EXPECT_EQ(host.host.wake_at(), host.time + seconds(5));
  host.time += seconds(5);
  host.host.tick(host.now());
  EXPECT_EQ(host.rebirth_requests(), 1);
  static_cast<void>(host.host.take_facts());
  host.data(4, 3);  // without a birth nothing can be read
  EXPECT_TRUE(host.facts<fact::Arrived>().empty());
  host.birth();
  host.data(2, 1);
  EXPECT_EQ(host.facts<fact::Arrived>().size(), 1U);
}

// Its data cannot be read, but it is there, and its death is a death.
TEST(HostApplication, ANodeWithAGapIsStillOnline) {
  const auto lose_a_message = [](Host& host) {
    host.birth(4);
    host.data(3, 2);
    host.time += seconds(5);
    host.host.tick(host.now());
    EXPECT_EQ(host.rebirth_requests(), 1);
    static_cast<void>(host.host.take_facts());
  };
  Host reborn;
  lose_a_message(reborn);
  reborn.birth(4);
  const auto births = reborn.facts<fact::NodeBorn>();
  ASSERT_EQ(births.size(), 1U);
  EXPECT_TRUE(births[0].rebirth);  // the same session goes on

  Host dying;
  lose_a_message(dying);
  dying.hear("spBv1.0/VN-03/NDEATH/site-1", {}, {metric("bdSeq", DataType::int64, std::int64_t{4})});
  EXPECT_EQ(dying.facts<fact::NodeDied>().size(), 1U);

  Host cut_off;
  lose_a_message(cut_off);
  cut_off.host.lost(cut_off.now());
  EXPECT_EQ(cut_off.facts<fact::NodeDied>().size(), 1U);
}

TEST(HostApplication, ARepeatedMessageIsNotNews) {
  Host host;
  host.birth();
  host.data(2, 1);
  host.data(2, 1);
  EXPECT_EQ(host.facts<fact::Arrived>().size(), 1U);
  EXPECT_EQ(host.host.counters().stale, 1U);
}

TEST(HostApplication, OnlyTheDeathOfThisSessionIsADeath) {
  Host host;
  host.birth(4);
  static_cast<void>(host.host.take_facts());
  host.hear("spBv1.0/VN-03/NDEATH/site-1", {}, {metric("bdSeq", DataType::int64, std::int64_t{3})});
  EXPECT_TRUE(host.facts<fact::NodeDied>().empty());
  host.hear("spBv1.0/VN-03/NDEATH/site-1", {}, {metric("bdSeq", DataType::uint64, std::uint64_t{4})});
  EXPECT_EQ(host.facts<fact::NodeDied>().size(), 1U);
}

TEST(HostApplication, AcknowledgesMarksOfTheLivingEpochOnly) {
  Host host;
  host.birth();
  host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 7, false}}, host.now());
  auto messages = host.host.take_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].topic, "spBv1.0/VN-03/NCMD/site-1");
  EXPECT_EQ(messages[0].qos, 0);
  EXPECT_FALSE(messages[0].retain);
  const auto payload = decode(messages[0].payload).value();
  EXPECT_FALSE(payload.seq);
  ASSERT_EQ(payload.metrics.size(), 2U);
  EXPECT_EQ(payload.metrics[0].value, MetricValue(std::string("epoch-1")));
  EXPECT_EQ(payload.metrics[1].name, "Node Control/Acknowledge Lane 1");
  EXPECT_EQ(payload.metrics[1].value, MetricValue(std::uint64_t{7}));
  host.host.committed({LaneMark{kNode, "epoch-0", Lane::measurements, 9, false}}, host.now());
  EXPECT_TRUE(host.host.take_messages().empty());
}

TEST(HostApplication, AsksForWhatARestoreLost) {
  Host host;
  host.birth(0, 100);  // the node believes that 100 rows are safe
  host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 40, false}}, host.now());
  const auto messages = host.host.take_messages();
  ASSERT_EQ(messages.size(), 1U);
  const auto payload = decode(messages[0].payload).value();
  EXPECT_EQ(payload.metrics.back().name, "Node Control/Resend From Lane 1");
  EXPECT_EQ(payload.metrics.back().value, MetricValue(std::uint64_t{41}));
}

/// Rows asked for again by these messages: lane → first row.
std::map<std::size_t, RowId> resends_in(const std::vector<OutgoingMessage>& messages) {
  std::map<std::size_t, RowId> resends;
  for (const auto& message : messages) {
    const auto payload = decode(message.payload).value();
    for (const auto& metric : payload.metrics) {
      for (const Lane lane : kLanes) {
        if (metric.name == metric::resend_from(lane)) {
          resends[index(lane)] = std::get<std::uint64_t>(metric.value);
        }
      }
    }
  }
  return resends;
}

TEST(HostApplication, AsksAgainForALaneOfARestoreThatStaysSilent) {
  Host host;
  host.birth(0, 100);
  // The copy knows nothing of this epoch: all that the node believes safe is asked for.
  host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 0, false}}, host.now());
  EXPECT_EQ(resends_in(host.host.take_messages()), (std::map<std::size_t, RowId>{{1, 1}}));
  // The command was lost, and the node has nothing new to say that would show a hole.
  ASSERT_TRUE(host.host.wake_at().has_value());
  EXPECT_LE(*host.host.wake_at(), host.now().steady + seconds(30));
  host.advance(seconds(29));
  EXPECT_TRUE(resends_in(host.host.take_messages()).empty());
  host.advance(seconds(2));
  EXPECT_EQ(resends_in(host.host.take_messages()), (std::map<std::size_t, RowId>{{1, 1}}));
  // While rows come nobody is asked; when they stop coming the rest is.
  host.advance(seconds(20));
  host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 40, false}}, host.now());
  host.advance(seconds(20));
  EXPECT_TRUE(resends_in(host.host.take_messages()).empty());
  host.advance(seconds(20));
  EXPECT_EQ(resends_in(host.host.take_messages()), (std::map<std::size_t, RowId>{{1, 41}}));
  host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 100, false}}, host.now());
  host.advance(minutes(5));
  EXPECT_TRUE(resends_in(host.host.take_messages()).empty());
  EXPECT_FALSE(host.host.wake_at().has_value());
}

TEST(HostApplication, RepeatsAResendAtAHoleButNotForEveryMessageBehindIt) {
  Host host;
  host.birth(0, 100);
  host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 40, false}}, host.now());
  static_cast<void>(host.host.take_messages());
  int asked = 0;
  for (int i = 0; i < 50; ++i) {
    host.advance(std::chrono::milliseconds(100));
    host.host.committed({LaneMark{kNode, "epoch-1", Lane::measurements, 40, true}}, host.now());
    asked += resends_in(host.host.take_messages()).empty() ? 0 : 1;
  }
  EXPECT_GE(asked, 1);
  EXPECT_LE(asked, 3);
}

TEST(HostApplication, TellsTheLedgerWhichMarksANodeBelievesIn) {
  Host host;
  host.birth(0, 100);
  const auto facts = host.host.take_facts();
  const auto* birth = std::get_if<fact::NodeBorn>(&facts.front());
  ASSERT_NE(birth, nullptr);
  EXPECT_EQ(birth->claimed[1], RowId{100});
}

TEST(HostApplication, SetsAsideWhatItCannotUseAndGoesOn) {
  Host host;
  host.birth();
  static_cast<void>(host.host.take_facts());
  const auto say = [&](const std::string& topic, const std::string& payload) {
    host.host.arrived(IncomingMessage{topic, payload, false}, host.now());
  };
  say("spBv1.0/VN-03/DDATA/site-1/network", "garbage");
  say("spBv1.0/VN-03/XDATA/site-1", "");
  say("spBv1.0/VN-03", "");
  host.hear("spBv1.0/VN-03/NBIRTH/site-2", 0, {});  // no bdSeq
  host.hear("spBv1.0/VN-03/NBIRTH/site-2", {},
            {metric("bdSeq", DataType::int64, std::int64_t{0})});  // no seq
  host.hear("spBv1.0/VN-03/NDEATH/site-1", {}, {});                // no bdSeq
  host.hear("spBv1.0/VN-03/DDATA/site-1/network", {}, {});         // no seq
  EXPECT_EQ(host.facts<fact::SetAside>().size(), 7U);
  host.data(2, 1);
  EXPECT_EQ(host.facts<fact::Arrived>().size(), 1U);
}

TEST(HostApplication, DoesNotReadByABirthThatIsNotTheLast) {
  Host host;
  host.birth();
  static_cast<void>(host.facts<fact::NodeBorn>());
  host.host.left_unread("spBv1.0/VN-03/DDATA/site-1/network", host.now());
  EXPECT_EQ(host.rebirth_requests(), 0) << "that shows in the sequence";
  // Its DBIRTH and DDATA are next by their numbers, and of an epoch that nobody knows.
  host.host.left_unread("spBv1.0/VN-03/NBIRTH/site-1", host.now());
  EXPECT_EQ(host.rebirth_requests(), 1);
  host.data(2, 1);
  EXPECT_TRUE(host.facts<fact::Arrived>().empty());
  host.birth(1);
  host.data(2, 1);
  EXPECT_EQ(host.facts<fact::Arrived>().size(), 1U);
}

TEST(HostApplication, KeepsValuesOfPlainNodes) {
  Host host;
  host.hear(
      "spBv1.0/VN-03/NBIRTH/plc", 0,
      {metric("bdSeq", DataType::int64, std::int64_t{0}), metric("Temperature", DataType::float64, 20.5)});
  host.hear("spBv1.0/VN-03/NDATA/plc", 1, {metric("Temperature", DataType::unknown, 21.5)});
  const auto values = host.facts<fact::Values>();
  ASSERT_EQ(values.size(), 2U);
  EXPECT_TRUE(values[1].plain);
  EXPECT_EQ(values[1].entries[0].name, "Temperature");
  EXPECT_EQ(values[1].entries[0].value, Value(21.5));
}

TEST(HostApplication, PacesRebirthsOfAWholeFleet) {
  auto options = Host::options();
  options.rebirths_per_second = 5;
  HostApplication host(options);
  Host clock;
  static_cast<void>(host.plan_connect(clock.now()));
  host.connected(clock.now());
  Payload payload;
  payload.seq = 9;
  for (int i = 0; i < 100; ++i) {
    host.arrived(IncomingMessage{"spBv1.0/VN-03/NDATA/site-" + std::to_string(i), encode(payload), false},
                 clock.now());
  }
  EXPECT_LE(host.take_messages().size(), 5U);
  std::size_t total = 5;
  for (int second = 0; second < 19; ++second) {
    clock.time += seconds(1);
    host.tick(clock.now());
    const auto now_sent = host.take_messages().size();
    EXPECT_LE(now_sent, 5U);
    total += now_sent;
  }
  EXPECT_EQ(total, 100U);
}

TEST(HostApplication, TellsTheTimeToANodeThatAsks) {
  Host host;
  host.birth();
  static_cast<void>(host.host.take_messages());
  const auto birth = [&](std::uint64_t question) {
    host.hear("spBv1.0/VN-03/NBIRTH/site-1", 0,
              {metric("bdSeq", DataType::int64, std::int64_t{0}),
               metric("Clock/Question", DataType::uint64, question, 5)});
  };
  birth(61'234);
  auto messages = host.host.take_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(messages[0].topic, "spBv1.0/VN-03/NCMD/site-1");
  EXPECT_FALSE(messages[0].retain);
  const auto told = decode(messages[0].payload).value();
  EXPECT_EQ(told.timestamp, wire_time(host.now().wall));
  ASSERT_EQ(told.metrics.size(), 1U);
  EXPECT_EQ(told.metrics[0].name, "Node Control/Clock Answer");
  EXPECT_EQ(std::get<std::uint64_t>(told.metrics[0].value), 61'234U);

  host.hear("spBv1.0/VN-03/NDATA/site-1", 1, {metric({}, DataType::uint64, std::uint64_t{3'661'234}, 5)});
  messages = host.host.take_messages();
  ASSERT_EQ(messages.size(), 1U);
  EXPECT_EQ(std::get<std::uint64_t>(decode(messages[0].payload)->metrics[0].value), 3'661'234U);
}

TEST(HostApplication, DoesNotTellATimeThatItDoesNotKnow) {
  Host host;
  host.clock_quality = ClockQuality::holdover;
  host.hear("spBv1.0/VN-03/NBIRTH/site-1", 0,
            {metric("bdSeq", DataType::int64, std::int64_t{0}),
             metric("Clock/Question", DataType::uint64, std::uint64_t{5}, 5)});
  EXPECT_TRUE(host.host.take_messages().empty());
}

// --- lies -------------------------------------------------------------------------------------------

TEST(HostApplication, DoesNotBelieveARetainedBirth) {
  Host host;
  Payload payload;
  payload.seq = 0;
  payload.metrics = {metric("bdSeq", DataType::int64, std::int64_t{0})};
  host.host.arrived(IncomingMessage{"spBv1.0/VN-03/NBIRTH/site-1", encode(payload), true}, host.now());
  const auto aside = host.facts<fact::SetAside>();
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_NE(aside[0].reason.find("retained"), std::string::npos);
  EXPECT_FALSE(host.host.knows(kNode));
}

TEST(HostApplication, SetsARecordAsideWhoseTypeNoStoreCouldHold) {
  Host host;
  host.birth();
  host.hear("spBv1.0/VN-03/DBIRTH/site-1/board", 2,
            {metric("Ping/gateway/Loss", DataType::unknown, std::uint64_t{1}, 12),
             metric("Delivery/Lane 1", DataType::uint64, {}, 13)});
  static_cast<void>(host.facts<fact::Arrived>());
  host.hear("spBv1.0/VN-03/DDATA/site-1/board", 3,
            {metric({}, DataType::unknown, std::uint64_t{5}, 12),
             metric({}, DataType::uint64, std::uint64_t{1}, 13)});
  const auto aside = host.facts<fact::SetAside>();
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_NE(aside[0].reason.find("no record can hold"), std::string::npos) << aside[0].reason;
}

TEST(HostApplication, SetsRowsAsideThatCannotBeNumbered) {
  for (const auto row : {RowId{1} << 63U, ~RowId{0}}) {
    Host host;
    host.birth();
    static_cast<void>(host.facts<fact::SetAside>());
    host.hear("spBv1.0/VN-03/DDATA/site-1/network", 2,
              {metric({}, DataType::uint32, std::uint64_t{7}, 10), metric({}, DataType::uint64, row, 11)});
    const auto aside = host.facts<fact::SetAside>();
    ASSERT_EQ(aside.size(), 1U);
    EXPECT_NE(aside[0].reason.find("higher than any row"), std::string::npos) << aside[0].reason;
  }
}

TEST(HostApplication, SetsTimesOfOtherErasAside) {
  Host host;
  host.birth();
  static_cast<void>(host.facts<fact::SetAside>());
  auto late = metric({}, DataType::uint32, std::uint64_t{7}, 10);
  late.timestamp = 9'223'372'036'854'775'807;
  host.hear("spBv1.0/VN-03/DDATA/site-1/network", 2, {late});
  const auto aside = host.facts<fact::SetAside>();
  ASSERT_EQ(aside.size(), 1U);
  EXPECT_NE(aside[0].reason.find("9999"), std::string::npos) << aside[0].reason;
}

TEST(HostApplication, BoundsWhatANodeDeclares) {
  auto options = Host::options();
  options.max_metrics_of_node = 10;
  options.max_names_of_node = 25;
  HostApplication host(options);
  Now now;
  static_cast<void>(host.plan_connect(now));
  host.connected(now);
  const auto birth = [&](int first, int count) {
    Payload payload;
    payload.seq = 0;
    payload.metrics = {metric("bdSeq", DataType::int64, std::int64_t{first})};
    for (int i = 0; i < count; ++i) {
      payload.metrics.push_back(metric("m" + std::to_string(first + i), DataType::uint8, std::uint64_t{1}));
    }
    host.arrived(IncomingMessage{"spBv1.0/VN-03/NBIRTH/site-1", encode(payload), false}, now);
    std::string reason;
    for (const auto& fact : host.take_facts()) {
      if (const auto* aside = std::get_if<fact::SetAside>(&fact)) reason = aside->reason;
    }
    return reason;
  };
  EXPECT_NE(birth(0, 10).find("metrics_per_board"), std::string::npos) << "bdSeq makes eleven";
  EXPECT_EQ(birth(0, 9), "");
  EXPECT_EQ(birth(0, 9), "") << "the same names again";
  EXPECT_EQ(birth(10, 9), "");
  EXPECT_NE(birth(20, 9).find("too many names"), std::string::npos);
  EXPECT_TRUE(host.knows(kNode));
}

TEST(HostApplication, KeepsReasonsPrintableAndMessagesShort) {
  Host host;
  host.birth();
  static_cast<void>(host.facts<fact::SetAside>());
  host.host.arrived(IncomingMessage{"spBv1.0/VN-03/\x1b[2J/site-1", std::string(200'000, 'x'), false},
                    host.now());
  host.host.arrived(IncomingMessage{"spBv1.0/VN-03/NDATA/" + std::string(60'000, 'n'), "x", false},
                    host.now());
  host.host.arrived(IncomingMessage{"spBv1.0/VN-03/NDATA/site-1", std::string(100, 'x'), false, 200'000'000},
                    host.now());
  const auto aside = host.facts<fact::SetAside>();
  ASSERT_EQ(aside.size(), 3U);
  for (const auto& message : aside) {
    EXPECT_LE(message.reason.size(), 300U);
    EXPECT_LE(message.topic.size(), 1024U);
    EXPECT_LE(message.payload.size(), 65'536U);
    EXPECT_EQ(message.reason.find('\x1b'), std::string::npos);
  }
  EXPECT_EQ(aside[0].size, 200'000U);
  EXPECT_EQ(aside[2].size, 200'000'000U);
  EXPECT_NE(aside[2].reason.find("200000000 bytes"), std::string::npos);
}

}  // namespace
}  // namespace xalink
