#include "sparkplug/edge_node.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "sparkplug/given_up.hpp"
#include "sparkplug/hourly_summary.hpp"
#include "tests/sparkplug/edge_node_bench.hpp"

namespace xalink {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::Bench;
using test::depth;
using test::dossier;
using test::find;
using test::ping;

TEST(EdgeNode, WillIsTheDeathCertificateWithTheBirthsBdSeq) {
  Bench bench;
  bench.next_bdseq = 7;
  bench.come_online();
  EXPECT_EQ(bench.will.topic, "spBv1.0/VN-03/NDEATH/site-1");
  EXPECT_EQ(bench.will.qos, 1);
  EXPECT_FALSE(bench.will.retain);
  const auto death = decode(bench.will.payload).value();
  EXPECT_FALSE(death.seq);
  ASSERT_EQ(death.metrics.size(), 1U);
  EXPECT_EQ(death.metrics[0].type, DataType::int64);
  EXPECT_EQ(std::get<std::uint64_t>(find(death, "bdSeq")->value), 7U);
  EXPECT_EQ(std::get<std::uint64_t>(find(bench.payload(0), "bdSeq")->value), 7U);
}

TEST(EdgeNode, SaysNothingBeforeThePrimaryHostIsOnline) {
  Bench bench;
  bench.node.start(bench.now());
  bench.settle();
  EXPECT_EQ(bench.filters, (std::vector<std::string>{"spBv1.0/VN-03/NCMD/site-1",
                                                     "spBv1.0/VN-03/DCMD/site-1/+", "spBv1.0/STATE/xalink"}));
  bench.host_says(false, 1000);
  bench.host_says(true, 999);  // older than what is known
  bench.advance(minutes(5));
  EXPECT_TRUE(bench.sent.empty());
  bench.host_says(true, 1000);
  bench.advance(seconds(11));
  EXPECT_FALSE(bench.sent.empty());
}

TEST(EdgeNode, BirthsComeFirstInOrderAndCountFromZero) {
  Bench bench;
  bench.come_online();
  ASSERT_EQ(bench.topics(),
            (std::vector<std::string>{"spBv1.0/VN-03/NBIRTH/site-1", "spBv1.0/VN-03/DBIRTH/site-1/dossiers",
                                      "spBv1.0/VN-03/DBIRTH/site-1/network",
                                      "spBv1.0/VN-03/DBIRTH/site-1/backlog"}));
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    const auto payload = bench.payload(i);
    EXPECT_EQ(payload.seq, i);
    EXPECT_TRUE(payload.timestamp);
    EXPECT_EQ(bench.sent[i].qos, 0);
    EXPECT_FALSE(bench.sent[i].retain);
    for (const auto& metric : payload.metrics) {
      EXPECT_FALSE(metric.name.empty());
      EXPECT_NE(metric.type, DataType::unknown) << metric.name;
      EXPECT_TRUE(metric.timestamp) << metric.name;
    }
  }
  const auto rebirth = *find(bench.payload(0), "Node Control/Rebirth");
  EXPECT_EQ(rebirth.type, DataType::boolean);
  EXPECT_EQ(rebirth.value, MetricValue(false));
  EXPECT_FALSE(rebirth.alias);
}

// sparkplug-payload and Tahu's JavaScript read the columns of a DataSet before they ask whether it is null.
TEST(EdgeNode, NoBirthHoldsANullDataSet) {
  Bench bench;
  bench.come_online();
  int data_sets = 0;
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    for (const auto& metric : bench.payload(i).metrics) {
      if (metric.type != DataType::data_set) continue;
      ++data_sets;
      ASSERT_TRUE(std::holds_alternative<DataSet>(metric.value)) << metric.name;
      EXPECT_TRUE(std::get<DataSet>(metric.value).rows.empty()) << metric.name;
    }
  }
  EXPECT_EQ(data_sets, 3);  // dossiers, network and gaps
}

TEST(EdgeNode, AliasesAreUniqueOverTheNodeAndDataCarriesNothingElse) {
  Bench bench;
  bench.come_online();
  std::set<std::uint64_t> aliases;
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    for (const auto& metric : bench.payload(i).metrics) {
      if (!metric.alias) continue;
      EXPECT_TRUE(aliases.insert(*metric.alias).second) << metric.name;
    }
  }
  bench.sent.clear();
  bench.node.took(ping(), bench.make_record(Lane::measurements, 1), bench.now());
  bench.node.appended(Lane::measurements, 1, bench.now());
  bench.settle();
  ASSERT_FALSE(bench.sent.empty());
  for (const auto& metric : bench.payload(0).metrics) {
    EXPECT_TRUE(metric.name.empty());
    EXPECT_TRUE(aliases.contains(metric.alias.value()));
    EXPECT_EQ(metric.type, DataType::unknown);
    EXPECT_TRUE(metric.timestamp);
  }
}

TEST(EdgeNode, SequenceNumbersWrapAfter255) {
  Bench bench;
  bench.come_online();
  for (RowId row = 1; row <= 300; ++row) {
    bench.node.appended(Lane::events, row, bench.now());
    bench.settle();
    bench.acknowledge(Lane::events, row);
  }
  ASSERT_GT(bench.sent.size(), 300U);
  for (std::size_t i = 0; i < bench.sent.size(); ++i) EXPECT_EQ(bench.payload(i).seq, i % 256);
}

TEST(EdgeNode, RebirthKeepsBdSeqAndGoesOn) {
  Bench bench;
  bench.come_online();
  bench.sent.clear();
  bench.command({Bench::metric("Node Control/Rebirth", DataType::boolean, true)});
  ASSERT_GE(bench.sent.size(), 4U);
  EXPECT_EQ(bench.sent[0].topic, "spBv1.0/VN-03/NBIRTH/site-1");
  EXPECT_EQ(bench.payload(0).seq, 0U);
  EXPECT_EQ(std::get<std::uint64_t>(find(bench.payload(0), "bdSeq")->value), 0U);
}

TEST(EdgeNode, LeavesWithItsHostAndComesBackWithANewBdSeq) {
  Bench bench;
  bench.come_online();
  bench.sent.clear();
  bench.host_says(false, 999);  // older than the host's own birth: a lie or a ghost
  EXPECT_EQ(bench.node.state(), EdgeNodeState::online);
  bench.host_says(false, 1000);
  ASSERT_EQ(bench.topics(), std::vector<std::string>{"spBv1.0/VN-03/NDEATH/site-1"});
  EXPECT_EQ(bench.closes, 1);
  bench.advance(minutes(1));
  EXPECT_EQ(bench.node.state(), EdgeNodeState::waiting_for_host);
  EXPECT_EQ(bench.next_bdseq, 2);
}

TEST(EdgeNode, StoppingPublishesADeathCertificateAndDisconnects) {
  Bench bench;
  bench.come_online();
  bench.sent.clear();
  bench.node.stop(bench.now());
  bench.settle();
  ASSERT_EQ(bench.topics(), std::vector<std::string>{"spBv1.0/VN-03/NDEATH/site-1"});
  EXPECT_EQ(bench.closes, 1);
  EXPECT_EQ(bench.node.state(), EdgeNodeState::stopped);
  EXPECT_FALSE(bench.node.wake_at());
}

TEST(EdgeNode, WaitsLongerAfterEachFailureUpToTheLimit) {
  Bench bench;
  bench.node.start(bench.now());
  Duration longest{};
  for (int attempt = 0; attempt < 40; ++attempt) {
    static_cast<void>(bench.node.take_actions());
    bench.node.lost("refused", bench.now());
    const Duration wait = *bench.node.wake_at() - bench.time;
    EXPECT_GE(wait, seconds(1));
    EXPECT_LE(wait, std::min<Duration>(minutes(5), seconds(1) * (1 << std::min(attempt + 1, 16))));
    longest = std::max(longest, wait);
    bench.time = *bench.node.wake_at();
    bench.node.tick(bench.now());
  }
  EXPECT_GT(longest, minutes(2));
}

TEST(EdgeNode, DoesNotSitOutALongWaitWhenTheWayIsBack) {
  Bench bench;
  bench.node.start(bench.now());
  bench.node.way_is_back(bench.now());  // there is nothing to cut short
  for (int failure = 0; failure < 12; ++failure) {
    static_cast<void>(bench.node.take_actions());
    bench.node.lost("no route", bench.now());
    ASSERT_TRUE(bench.node.wake_at());
    if (failure < 11) {
      bench.time = *bench.node.wake_at();
      bench.node.tick(bench.now());
    }
  }
  const auto before = *bench.node.wake_at();
  bench.node.way_is_back(bench.now());
  EXPECT_LE(*bench.node.wake_at(), std::min(before, bench.time + seconds(15)));
  EXPECT_GE(*bench.node.wake_at(), std::min(before, bench.time + seconds(1)));
}

// An attempt that was under way when the way came back may still fail for want of it.
TEST(EdgeNode, DoesNotWaitLongAfterAnAttemptDuringWhichTheWayCameBack) {
  Bench bench;
  bench.node.start(bench.now());
  for (int failure = 0; failure < 12; ++failure) {
    static_cast<void>(bench.node.take_actions());
    bench.node.lost("no answer", bench.now());
    bench.time = *bench.node.wake_at();
    bench.node.tick(bench.now());
  }
  bench.node.way_is_back(bench.now());
  bench.time += seconds(15);
  bench.node.lost("no answer", bench.now());
  ASSERT_TRUE(bench.node.wake_at());
  EXPECT_EQ(*bench.node.wake_at(), bench.time + seconds(1));
  // Once: who fails after that waits as long as others.
  Duration longest{};
  for (int attempt = 0; attempt < 40; ++attempt) {
    bench.time = *bench.node.wake_at();
    bench.node.tick(bench.now());
    bench.node.lost("refused", bench.now());
    longest = std::max(longest, *bench.node.wake_at() - bench.time);
  }
  EXPECT_GT(longest, minutes(2));
}

TEST(EdgeNode, EventsGoBeforeMeasurements) {
  Bench bench({depth(0, 100), depth(0, 100)});
  bench.come_online();
  std::vector<bool> events;
  for (int round = 0; round < 200; ++round) {
    for (const Lane lane : kLanes) bench.acknowledge(lane, bench.node.lane(lane).last);
  }
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    if (bench.sent[i].topic != "spBv1.0/VN-03/DDATA/site-1/backlog") continue;
    const auto payload = bench.payload(i);
    events.push_back(std::get<DataSet>(payload.metrics[0].value).columns.back().name == "Code");
  }
  ASSERT_GE(events.size(), 2U);
  EXPECT_TRUE(std::is_sorted(events.rbegin(), events.rend()));  // all events, then all measurements
}

TEST(EdgeNode, AsksAgainForNothingThatTheGatewayAlreadyHas) {
  Bench bench({LaneDepth{}, depth(10, 50)});
  bench.node.start(bench.now());
  bench.settle();
  bench.host_says(true, 1000);
  bench.advance(seconds(11));
  bench.acknowledge(Lane::measurements, 50);  // committed, but the acknowledgement had been lost
  EXPECT_TRUE(bench.data_topics().empty());
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 50U);
  ASSERT_EQ(bench.forgotten.size(), 1U);
  EXPECT_EQ(bench.forgotten[0].mark, 50U);
}

TEST(EdgeNode, KeepsNoMoreUnacknowledgedThanTheWindowAndSendsAgainAfterSilence) {
  Bench bench({LaneDepth{}, depth(0, 100'000)});
  bench.come_online();
  std::size_t bytes = 0;
  for (const auto& message : bench.sent) bytes += message.payload.size();
  EXPECT_LT(bytes, 16 * 1024U);  // of 100,000 rows, one small window
  const auto before = bench.data_topics().size();
  bench.advance(seconds(60));
  EXPECT_GT(bench.data_topics().size(), before);  // the same rows again, with new sequence numbers
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 0U);
  // Doubling waits: a dead link is not hammered.
  const auto after_a_minute = bench.data_topics().size();
  bench.advance(minutes(10));
  EXPECT_LT(bench.data_topics().size() - after_a_minute, 40U);
}

TEST(EdgeNode, FillsItsMessagesAcrossReadsOfTheOutbox) {
  auto options = Bench::defaults();
  options.max_message_bytes = 3600;  // three full ones and a rest in 1000 rows
  options.min_window_bytes = std::size_t{128} * 1024;
  Bench bench({LaneDepth{}, depth(0, 100'000)}, options);
  bench.come_online();
  std::size_t messages = 0;
  for (const auto& message : bench.sent) {
    if (!message.topic.ends_with("/DDATA/site-1/backlog")) continue;
    ++messages;
    EXPECT_GE(message.payload.size(), options.max_message_bytes * 3 / 4) << messages;
  }
  EXPECT_GT(messages, 10U);
}

TEST(EdgeNode, PresentValuesDoNotWaitForTheBacklog) {
  Bench bench({LaneDepth{}, depth(0, 100'000)});
  bench.come_online();
  bench.sent.clear();
  bench.advance(milliseconds(100));
  bench.node.took(ping(), bench.make_record(Lane::measurements, 7), bench.now());
  bench.settle();
  ASSERT_EQ(bench.topics(), std::vector<std::string>{"spBv1.0/VN-03/DDATA/site-1/network"});
  const auto payload = bench.payload(0);
  ASSERT_EQ(payload.metrics.size(), 1U);  // the value alone: its row is delivered in its turn
  EXPECT_FALSE(payload.metrics[0].historical);
}

TEST(EdgeNode, BacklogGoesOnWhenTheSessionHasTakenAFloodOfPresentValues) {
  Bench bench;
  bench.come_online();
  bench.sent.clear();
  bench.hand_over = false;
  // A file of dossiers: the next events come while the rows of the first are being read.
  bench.node.appended(Lane::events, 100, bench.now());
  for (RowId row = 101; row <= 200; ++row) {
    bench.node.took(dossier(), bench.make_record(Lane::events, row), bench.now());
  }
  bench.settle();
  const std::size_t present_values = bench.sent.size();
  ASSERT_EQ(bench.topics().back(), "spBv1.0/VN-03/DDATA/site-1/dossiers");
  for (std::size_t i = 0; i < present_values; ++i) bench.node.published(bench.now());
  bench.settle();
  ASSERT_GT(bench.sent.size(), present_values);
  EXPECT_EQ(bench.topics().back(), "spBv1.0/VN-03/DDATA/site-1/backlog");
}

TEST(EdgeNode, TellsAtOnceWhenNothingWaitsAnyMore) {
  Bench bench({LaneDepth{}, depth(0, 50)});
  bench.come_online();
  for (int round = 0; round < 20 && bench.node.lane(Lane::measurements).acknowledged < 50; ++round) {
    bench.acknowledge(Lane::measurements, 50);
  }
  EXPECT_EQ(bench.topics().back(), "spBv1.0/VN-03/NDATA/site-1");
}

TEST(EdgeNode, IgnoresAcknowledgementsThatCannotBeTrue) {
  Bench bench({LaneDepth{}, depth(0, 100)});
  bench.come_online();
  bench.acknowledge(Lane::measurements, 101);
  EXPECT_EQ(bench.node.ignored_commands(), 1U);
  bench.acknowledge(Lane::measurements, 50, "another epoch");
  EXPECT_EQ(bench.node.ignored_commands(), 2U);
  bench.command({Bench::metric("Node Control/Acknowledge Lane 1", DataType::uint64, std::uint64_t{50})});
  EXPECT_EQ(bench.node.ignored_commands(), 3U);  // no epoch at all
  bench.command({Bench::metric("Node Control/Reboot", DataType::boolean, true)});
  EXPECT_EQ(bench.node.ignored_commands(), 4U);
  bench.command({Bench::metric("Node Control/Rebirth", DataType::boolean, true)}, /*retained=*/true);
  EXPECT_EQ(bench.node.ignored_commands(), 5U);
  bench.node.arrived(IncomingMessage{"spBv1.0/VN-03/NCMD/site-1", "nonsense", false}, bench.now());
  EXPECT_EQ(bench.node.ignored_commands(), 6U);
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 0U);
}

TEST(EdgeNode, RowsWrittenAfterTheStartMustBeSentBeforeTheyCanBeAcknowledged) {
  Bench bench;
  bench.come_online();
  bench.hand_over = false;
  bench.node.lost("cut", bench.now());
  bench.node.appended(Lane::measurements, 5, bench.now());
  static_cast<void>(bench.node.take_actions());
  bench.advance(minutes(1));
  bench.host_says(true, 1000);
  bench.advance(milliseconds(1));
  bench.acknowledge(Lane::measurements, 5);  // before the node sent them: somebody else's numbers
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 0U);
}

TEST(EdgeNode, SendsAgainFromWhereARestoredGatewayAsks) {
  Bench bench({LaneDepth{}, depth(80, 80)});
  bench.come_online();
  bench.sent.clear();
  bench.command({Bench::metric("Node Control/Acknowledge Epoch", DataType::string, std::string("epoch-1")),
                 Bench::metric("Node Control/Resend From Lane 1", DataType::uint64, std::uint64_t{31})});
  ASSERT_FALSE(bench.data_topics().empty());
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 30U);
  const auto payload = bench.payload(0);
  const auto& data = std::get<DataSet>(payload.metrics[0].value);
  EXPECT_EQ(data.rows[0].back(), Value(std::uint64_t{31}));
}

TEST(EdgeNode, DoesNotStartOverWhenARestoredGatewayAsksTwice) {
  Bench bench({LaneDepth{}, depth(80, 80)});
  bench.come_online();
  const auto ask = [&] {
    bench.command({Bench::metric("Node Control/Acknowledge Epoch", DataType::string, std::string("epoch-1")),
                   Bench::metric("Node Control/Resend From Lane 1", DataType::uint64, std::uint64_t{31})});
  };
  ask();
  bench.sent.clear();
  ask();
  EXPECT_TRUE(bench.data_topics().empty());
  EXPECT_EQ(bench.node.ignored_commands(), 0U);
  // A gateway that is restored once more in the middle of it must see all that it lost.
  bench.command({Bench::metric("Node Control/Rebirth", DataType::boolean, true)});
  const auto births = bench.payload(0);
  const auto told = std::find_if(births.metrics.begin(), births.metrics.end(),
                                 [](const Metric& metric) { return metric.name == "Delivery/Lane 1"; });
  ASSERT_NE(told, births.metrics.end());
  EXPECT_EQ(told->value, MetricValue(std::uint64_t{80}));
}

TEST(EdgeNode, ForForeignHostsHandingOverIsEnough) {
  auto options = Bench::defaults();
  options.acknowledged_by = AcknowledgedBy::none;
  options.backlog = BacklogForm::metrics;
  options.primary_host.clear();
  Bench bench({depth(0, 3), depth(0, 3)}, options);
  bench.node.start(bench.now());
  bench.settle();
  bench.advance(seconds(1));
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 3U);
  EXPECT_EQ(bench.data_topics().size(), 6U);
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    if (bench.sent[i].topic.find("DDATA") == std::string::npos) continue;
    const auto payload = bench.payload(i);
    EXPECT_TRUE(payload.metrics[0].historical);  // taken before the birth
    EXPECT_FALSE(std::holds_alternative<DataSet>(payload.metrics[0].value));
  }
}

TEST(EdgeNode, DeclaresSummariesBeforeItSendsThem) {
  std::array<LaneDepth, kLaneCount> lanes;
  lanes[1].last = 5;
  Bench bench(lanes);
  bench.thinned = true;
  bench.come_online();
  // The read behind the first birth showed what nobody had declared.
  bench.acknowledge(Lane::measurements, 0);
  std::size_t births = 0;
  std::set<std::uint64_t> declared;
  bool sent_any = false;
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    const auto& topic = bench.sent[i].topic;
    const auto payload = bench.payload(i);
    if (topic.find("NBIRTH") != std::string::npos) ++births;
    if (topic.find("DBIRTH") != std::string::npos) {
      for (const auto& metric : payload.metrics) {
        if (metric.alias) declared.insert(*metric.alias);
        // A summary is no current value of a device.
        if (topic.find("/network") != std::string::npos) {
          EXPECT_EQ(metric.name.find("/Hourly/"), std::string::npos);
        }
      }
    } else if (topic.find("DDATA") != std::string::npos) {
      EXPECT_EQ(topic, "spBv1.0/VN-03/DDATA/site-1/backlog");
      for (const auto& metric : payload.metrics) EXPECT_TRUE(declared.contains(*metric.alias));
      sent_any = true;
    }
  }
  EXPECT_EQ(births, 2U);
  EXPECT_TRUE(sent_any);
}

TEST(EdgeNode, DeclaresEveryReasonOfGivingUpAndTellsWhatChanges) {
  Bench bench;
  bench.come_online();
  const auto told = [&](std::size_t message, const std::string& name) -> const Metric* {
    static Payload payload;
    payload = bench.payload(message);
    const auto found = std::find_if(payload.metrics.begin(), payload.metrics.end(),
                                    [&](const Metric& metric) { return metric.name == name; });
    return found == payload.metrics.end() ? nullptr : &*found;
  };
  std::map<std::string, std::uint64_t> aliases;
  for (const auto reason : given_up::kReasons) {
    const auto* metric = told(0, "Outbox/Given Up/" + std::string(reason));
    ASSERT_NE(metric, nullptr) << reason;
    EXPECT_EQ(metric->value, MetricValue(std::uint64_t{0}));
    aliases[std::string(reason)] = metric->alias.value();
  }
  bench.sent.clear();
  bench.node.set_given_up({{"thinned", 210}});
  bench.advance(minutes(1));
  ASSERT_EQ(bench.topics(), std::vector<std::string>{"spBv1.0/VN-03/NDATA/site-1"}) << "and no rebirth";
  bool found = false;
  for (const auto& metric : bench.payload(0).metrics) {
    if (metric.alias != aliases["thinned"]) continue;
    found = true;
    EXPECT_EQ(metric.value, MetricValue(std::uint64_t{210}));
  }
  EXPECT_TRUE(found);
}

TEST(EdgeNode, AnUnknownShapeIsDeclaredByARebirth) {
  Bench bench;
  bench.come_online();
  bench.sent.clear();
  const Schema board{"board", "Board", Lane::measurements, {{"Uptime", DataType::uint32, "s"}}};
  Record record = bench.make_record(Lane::measurements, 1);
  bench.node.took(board, record, bench.now());
  bench.settle();
  ASSERT_FALSE(bench.sent.empty());
  EXPECT_EQ(bench.sent[0].topic, "spBv1.0/VN-03/NBIRTH/site-1");
  const auto all = bench.topics();
  EXPECT_NE(std::find(all.begin(), all.end(), "spBv1.0/VN-03/DBIRTH/site-1/board"), all.end());
}

// --- by hand ----------------------------------------------------------------------------------------

TEST(EdgeNode, ForgetsWhatAnAcknowledgementFileConfirmsEvenWhileOffline) {
  std::array<LaneDepth, kLaneCount> lanes;
  lanes[1] = LaneDepth{10, 50, 1, std::nullopt};
  Bench bench(lanes);
  bench.node.acknowledged_by_hand(Lane::measurements, 40, bench.now());
  bench.settle();
  ASSERT_EQ(bench.forgotten.size(), 1U);
  EXPECT_EQ(bench.forgotten[0].mark, 40U);
  bench.node.acknowledged_by_hand(Lane::measurements, 40, bench.now());
  bench.node.acknowledged_by_hand(Lane::measurements, 20, bench.now());
  bench.node.acknowledged_by_hand(Lane::measurements, 51, bench.now());
  bench.settle();
  EXPECT_EQ(bench.forgotten.size(), 1U);
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 40U);
  EXPECT_EQ(bench.node.ignored_commands(), 1U);
}

TEST(EdgeNode, BelievesAnAcknowledgementOfRowsThatWereCarried) {
  Bench bench;
  bench.come_online();
  bench.hand_over = false;  // nothing leaves by the broker
  bench.node.appended(Lane::measurements, 2'000, bench.now());
  bench.settle();
  bench.acknowledge(Lane::measurements, 2'000);
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 0U);
  bench.node.carried(Lane::measurements, 2'000);
  bench.acknowledge(Lane::measurements, 2'000);
  EXPECT_EQ(bench.node.lane(Lane::measurements).acknowledged, 2'000U);
}

TEST(EdgeNode, TellsTheKeyOfItsExportFilesInItsBirth) {
  auto options = Bench::defaults();
  options.export_key = "MCowBQYDK2VwAyEA";
  Bench bench({}, options);
  bench.come_online();
  const auto birth = bench.payload(0);
  const auto told = std::find_if(birth.metrics.begin(), birth.metrics.end(),
                                 [](const Metric& metric) { return metric.name == metric::kExportKey; });
  ASSERT_NE(told, birth.metrics.end());
  EXPECT_EQ(std::get<std::string>(told->value), "MCowBQYDK2VwAyEA");
}

// --- the clock --------------------------------------------------------------------------------------

std::optional<std::uint64_t> question_in(const Payload& payload) {
  const auto* metric = find(payload, "Clock/Question");
  const auto* number = metric == nullptr ? nullptr : std::get_if<std::uint64_t>(&metric->value);
  return number == nullptr ? std::nullopt : std::optional<std::uint64_t>(*number);
}

void answer(Bench& bench, std::uint64_t question, std::uint64_t time, bool retained = false) {
  bench.command({Bench::metric("Node Control/Clock Answer", DataType::uint64, question)}, retained, time);
}

TEST(EdgeNodeClock, ASynchronisedNodeAsksNobodyForTheTime) {
  Bench bench;
  bench.come_online();
  bench.advance(std::chrono::hours(3));
  EXPECT_FALSE(question_in(bench.payload(0)));
  for (const auto& message : bench.sent) EXPECT_EQ(message.topic.find("NDATA"), std::string::npos);
}

TEST(EdgeNodeClock, AsksInItsBirthAndHourlyWhenAnswered) {
  Bench bench;
  bench.quality = ClockQuality::unset;
  bench.come_online();
  const auto question = question_in(bench.payload(0));
  ASSERT_TRUE(question);
  const auto asked = bench.now().boot;
  bench.advance(seconds(2));
  answer(bench, *question, 1'795'000'000'000);
  ASSERT_EQ(bench.answers.size(), 1U);
  EXPECT_EQ(bench.answers[0].asked, Milliseconds(static_cast<std::int64_t>(*question)));
  EXPECT_LE(bench.answers[0].asked, asked);
  EXPECT_EQ(bench.answers[0].arrived, bench.now().boot);
  EXPECT_EQ(wire_time(bench.answers[0].gateway), 1'795'000'000'000U);
  const auto before = bench.sent.size();
  bench.advance(minutes(59));
  EXPECT_EQ(bench.sent.size(), before);
  bench.advance(minutes(2));
  EXPECT_EQ(bench.sent.size(), before + 1);
  EXPECT_EQ(bench.sent.back().topic, "spBv1.0/VN-03/NDATA/site-1");
}

TEST(EdgeNodeClock, AsksAgainWhenNobodyAnswers) {
  Bench bench;
  bench.quality = ClockQuality::holdover;
  bench.come_online();
  const auto before = bench.sent.size();
  bench.advance(minutes(31));
  EXPECT_EQ(bench.sent.size(), before + 3);
}

TEST(EdgeNodeClock, BelievesOnlyTheAnswerToItsOwnQuestion) {
  Bench bench;
  bench.quality = ClockQuality::unset;
  bench.come_online();
  const auto question = question_in(bench.payload(0)).value();
  answer(bench, question + 1, 1'795'000'000'000);
  answer(bench, question, 1'795'000'000'000, /*retained=*/true);
  answer(bench, question, ~std::uint64_t{0});
  EXPECT_TRUE(bench.answers.empty());
  answer(bench, question, 1'795'000'000'000);
  answer(bench, question, 1'796'000'000'000);  // the same once more
  EXPECT_EQ(bench.answers.size(), 1U);
}

TEST(EdgeNodeClock, ForeignHostsAreNotAsked) {
  auto options = Bench::defaults();
  options.acknowledged_by = AcknowledgedBy::none;
  Bench bench({}, options);
  bench.quality = ClockQuality::unset;
  bench.come_online();
  EXPECT_FALSE(question_in(bench.payload(0)));
}

TEST(EdgeNodeClock, TellsItsBoundsAndTellsThemAnewWhenTheClockIsCorrected) {
  Bench bench;
  bench.quality = ClockQuality::unset;
  bench.bounds = OffsetBounds{Milliseconds(1'780'000'000'000), std::nullopt};
  bench.come_online();
  const auto birth = bench.payload(0);
  EXPECT_EQ(std::get<std::uint64_t>(find(birth, "Clock/Earliest Offset")->value), 1'780'000'000'000U);
  EXPECT_TRUE(std::holds_alternative<std::monostate>(find(birth, "Clock/Latest Offset")->value));
  bench.sent.clear();
  bench.quality = ClockQuality::synchronised;
  bench.set_by = std::chrono::hours(24);
  bench.bounds->latest = Milliseconds(1'790'086'403'000);
  bench.node.tick(bench.now());
  bench.settle();
  ASSERT_FALSE(bench.sent.empty());
  EXPECT_EQ(bench.sent[0].topic, "spBv1.0/VN-03/NDATA/site-1");
  EXPECT_EQ(bench.payload(0).metrics.size(), 5U);
}

TEST(EdgeNodeClock, ValuesStayLiveWhenTheClockIsSetBack) {
  Bench bench;
  bench.quality = ClockQuality::unset;
  bench.come_online();
  // The bench's own rows are ten minutes old; these are the records that were just taken.
  const auto take = [&](RowId row) {
    bench.sent.clear();
    Batch batch;
    batch.epoch = "epoch-1";
    batch.lane = Lane::measurements;
    batch.schemas = {ping()};
    batch.items = {Batch::Item{0, row, row, bench.make_record(Lane::measurements, row)}};
    bench.node.took(ping(), batch.items[0].record, bench.now());
    bench.node.appended(Lane::measurements, row, bench.now());
    auto actions = bench.node.take_actions();
    for (auto& action : actions) {
      auto* read = std::get_if<action::Read>(&action);
      if (read != nullptr) bench.node.batch_read(read->generation, batch, bench.now());
    }
    bench.settle();
    return bench.data_topics();
  };
  const std::vector<std::string> live = {"spBv1.0/VN-03/DDATA/site-1/network"};
  EXPECT_EQ(take(1), live);
  bench.acknowledge(Lane::measurements, 1);
  bench.quality = ClockQuality::synchronised;
  bench.set_by = -std::chrono::hours(24);
  bench.advance(minutes(1));
  EXPECT_EQ(take(2), live);
}

TEST(EdgeNodeSettings, AreToldInBirthsAndAskedForByCommandsToTheDevice) {
  Bench bench;
  bench.node.set_setting("network", "Ping/gateway/Interval", 60, bench.now());
  bench.come_online();
  std::optional<Metric> told;
  for (std::size_t i = 0; i < bench.sent.size(); ++i) {
    if (bench.sent[i].topic != "spBv1.0/VN-03/DBIRTH/site-1/network") continue;
    const auto payload = bench.payload(i);
    if (const auto* found = find(payload, "Ping/gateway/Interval")) told = *found;
  }
  ASSERT_TRUE(told);
  EXPECT_EQ(told->type, DataType::uint32);
  EXPECT_FALSE(told->alias);
  EXPECT_EQ(told->value, MetricValue(std::uint64_t{60}));

  const auto ask = [&](const std::string& name, MetricValue value, DataType type, bool retained = false) {
    Payload payload;
    payload.timestamp = 1;
    payload.metrics.push_back(Bench::metric(name, type, std::move(value)));
    bench.node.arrived(IncomingMessage{"spBv1.0/VN-03/DCMD/site-1/network", encode(payload), retained},
                       bench.now());
    std::vector<action::SettingAsked> asked;
    for (auto& action : bench.node.take_actions()) {
      if (auto* setting = std::get_if<action::SettingAsked>(&action)) asked.push_back(*setting);
    }
    return asked;
  };
  const auto asked = ask("Ping/gateway/Interval", std::uint64_t{300}, DataType::uint32);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].device, "network");
  EXPECT_EQ(asked[0].name, "Ping/gateway/Interval");
  EXPECT_EQ(asked[0].value, 300U);
  EXPECT_EQ(asked[0].said, "300");
  const auto before = bench.node.ignored_commands();
  // Hosts that others wrote have their own types.
  EXPECT_EQ(ask("Ping/gateway/Interval", std::int64_t{300}, DataType::int32).at(0).value, 300U);
  EXPECT_EQ(bench.node.ignored_commands(), before);
  EXPECT_TRUE(ask("Ping/gateway/Interval", std::uint64_t{300}, DataType::uint32, /*retained=*/true).empty());
  EXPECT_EQ(ask("Ping/gateway/RTT mean", std::uint64_t{300}, DataType::uint32).at(0).name,
            "Ping/gateway/RTT mean");
  EXPECT_EQ(bench.node.ignored_commands(), before + 2);
  const std::tuple<MetricValue, DataType, std::string> no_numbers[] = {
      {std::string("often"), DataType::string, "\"often\""},
      {true, DataType::boolean, "true"},
      {1.5, DataType::float64, "1.5"},
      {std::int64_t{-5}, DataType::int32, "-5"},
      {std::monostate{}, DataType::uint32, "null"}};
  for (const auto& [value, type, said] : no_numbers) {
    const auto wrong = ask("Ping/gateway/Interval", value, type).at(0);
    EXPECT_FALSE(wrong.value) << said;
    EXPECT_EQ(wrong.said, said);
  }
  EXPECT_EQ(bench.node.ignored_commands(), before + 7);

  bench.sent.clear();
  bench.node.set_setting("network", "Ping/gateway/Interval", 300, bench.now());
  bench.settle();
  ASSERT_EQ(bench.data_topics().size(), 1U);
  const auto payload = bench.payload(0);
  ASSERT_NE(find(payload, "Ping/gateway/Interval"), nullptr);
  EXPECT_EQ(find(payload, "Ping/gateway/Interval")->value, MetricValue(std::uint64_t{300}));
}

EdgeNodeOptions gathering() {
  auto options = Bench::defaults();
  options.gather = std::chrono::minutes(5);
  return options;
}

TEST(EdgeNodeGathering, KeepsMeasurementsForEachOthersCompany) {
  Bench bench({}, gathering());
  bench.come_online();
  bench.sent.clear();
  for (RowId row = 1; row <= 4; ++row) {
    bench.node.appended(Lane::measurements, row, bench.now());
    bench.settle();
    bench.advance(std::chrono::seconds(60));
    EXPECT_TRUE(bench.sent.empty()) << row;
  }
  bench.advance(std::chrono::seconds(61));
  EXPECT_FALSE(bench.data_topics().empty());
  EXPECT_FALSE(bench.node.wake_at() < bench.now().steady);
  // Nobody is told of a depth that only comes and goes.
  bench.acknowledge(Lane::measurements, 4);
  for (const auto& topic : bench.topics()) EXPECT_EQ(topic.find("NDATA"), std::string::npos);
}

TEST(EdgeNodeGathering, NeverHoldsEventsNorManyRows) {
  Bench bench({}, gathering());
  bench.come_online();
  bench.sent.clear();
  bench.node.appended(Lane::events, 1, bench.now());
  bench.settle();
  EXPECT_EQ(bench.data_topics().size(), 1U);
  bench.node.appended(Lane::measurements, 17, bench.now());
  bench.settle();
  EXPECT_GT(bench.data_topics().size(), 1U);
}

TEST(EdgeNodeGathering, HoldsNothingWhileSomethingIsNews) {
  Bench bench({}, gathering());
  bench.come_online();
  bench.sent.clear();
  bench.node.appended(Lane::measurements, 1, bench.now());
  bench.settle();
  EXPECT_TRUE(bench.data_topics().empty());
  bench.node.hurry(bench.now());
  bench.settle();
  EXPECT_EQ(bench.data_topics().size(), 1U);
  bench.acknowledge(Lane::measurements, 1);
  bench.node.appended(Lane::measurements, 2, bench.now());
  bench.settle();
  EXPECT_EQ(bench.data_topics().size(), 2U);
  bench.acknowledge(Lane::measurements, 2);
  bench.advance(std::chrono::minutes(3));
  bench.node.appended(Lane::measurements, 3, bench.now());
  bench.settle();
  EXPECT_EQ(bench.data_topics().size(), 2U);
}

}  // namespace
}  // namespace xalink
