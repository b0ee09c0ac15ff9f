#include "gateway/site_reading.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tests/gateway/meaning/board_story.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using namespace meaning;
using std::chrono::minutes;

class SiteReadingTest : public StoreTest {
 protected:
  // Records first..last of the story, as the board would number and send them.
  void deliver(const BoardStory& story, std::size_t first, std::size_t last) {
    for (std::size_t i = first; i <= last; ++i) {
      const auto& told = story.records()[i];
      Batch batch;
      batch.epoch = told.node.node + "-epoch";
      batch.lane = told.schema->lane;
      batch.schemas = {*told.schema};
      const RowId row = ++rows_[batch.epoch + std::to_string(xalink::index(batch.lane))];
      batch.items = {Batch::Item{
          0, row, row, Record{Stamp{told.wall, told.boot_time, told.boot, told.quality}, told.values}}};
      facts_.push_back(fact::Arrived{told.node, told.wall + minutes(1), std::move(batch)});
    }
    commit(facts_);
    facts_.clear();
  }
  SiteTimelines read(const Interval& period) {
    auto query = store::RecordQuery::open(file());
    EXPECT_TRUE(query.has_value());
    auto read = read_site_timelines(*query, period, local("2024-12-01 00:00"));
    EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().to_string());
    return read.value_or(SiteTimelines{});
  }
  std::map<std::string, RowId> rows_;
  std::vector<Fact> facts_;
};

TEST_F(SiteReadingTest, WhatTheStoreGivesIsWhatTheRecordsSay) {
  BoardStory story("site-a");
  story.boot("b0", local("2024-08-01 06:00")).boot("b1", local("2024-09-05 06:00"));
  // An outage that began weeks before the period and was over in it.
  story.sign("b0", local("2024-08-01 06:00"));
  story.event("o", "begin", "internet", "b0", local("2024-08-20 10:00"), "b0", local("2024-08-20 10:00"));
  story.event("o", "end", "internet", "b0", local("2024-08-20 10:00"), "b0", local("2024-09-04 09:00"));
  story.present("b0", local("2024-09-04 09:00"), local("2024-09-04 18:00"));
  story.shutdown("b0", local("2024-09-04 18:00"), "b1");
  story.present("b1", local("2024-09-05 06:00"), local("2024-09-05 18:00"));
  BoardStory other("site-b");
  other.boot("c", local("2024-09-03 00:00"));
  other.present("c", local("2024-09-04 00:00"), local("2024-09-04 24:00"));
  deliver(story, 0, story.records().size() - 1);
  deliver(other, 0, other.records().size() - 1);

  const Interval period{local("2024-09-04 00:00"), local("2024-09-04 24:00")};
  const auto sites = read(period);
  ASSERT_EQ(sites.size(), 2U);
  const auto found = tally(sites.at("site-a").timeline, {period});
  EXPECT_EQ(found.down_by(Cause::internet), minutes(540));
  EXPECT_EQ(found.up, minutes(540));
  EXPECT_EQ(found.down_by(Cause::switched_off), minutes(360));
  EXPECT_EQ(tally(sites.at("site-b").timeline, {period}).up, minutes(1440));
  EXPECT_EQ(sites.at("site-b").records_in({period}).records, 144U);
  ASSERT_EQ(sites.at("site-a").outages.size(), 2U);
  EXPECT_EQ(sites.at("site-a").outages[0].span.begin, local("2024-08-20 10:00"));

  SiteEvidence evidence;
  for (const auto& record : story.records()) evidence.take(record);
  EXPECT_EQ(sites.at("site-a").timeline, site_timeline(evidence, period, local("2024-12-01 00:00")).timeline);
}

TEST_F(SiteReadingTest, RecordsThatComeLaterTakeThePlaceOfUnknown) {
  BoardStory story;
  story.boot("b", local("2024-09-04 00:00"));
  story.present("b", local("2024-09-04 00:00"), local("2024-09-04 24:00"));
  const Interval period{local("2024-09-04 00:00"), local("2024-09-04 24:00")};
  deliver(story, 0, 60);
  EXPECT_EQ(tally(read(period).at("site-a").timeline, {period}).unknown, minutes(840));
  deliver(story, 61, 144);
  EXPECT_EQ(tally(read(period).at("site-a").timeline, {period}).unknown, minutes(0));
}

TEST_F(SiteReadingTest, ABoardThatRecordsEachHourIsNotUnknownInBetween) {
  BoardStory story;
  story.boot("b", local("2024-09-04 00:00"));
  for (int hour = 0; hour <= 24; ++hour) story.sign("b", local("2024-09-04 00:00") + minutes(60 * hour));
  deliver(story, 0, story.records().size() - 1);
  const Interval period{local("2024-09-04 00:00"), local("2024-09-04 24:00")};
  EXPECT_EQ(tally(read(period).at("site-a").timeline, {period}).up, minutes(0)) << "nothing says so";
  const auto says = [&](const std::string& device, const std::string& metric, std::uint64_t seconds) {
    fact::Values values;
    values.node = story.records().front().node;
    values.device = device;
    values.birth = true;
    values.entries = {value_entry(metric, DataType::uint32, seconds)};
    commit({values});
  };
  says("", "Agent/Heartbeat", 900);
  says("network", "Ping/gateway/Interval", 60);
  EXPECT_EQ(tally(read(period).at("site-a").timeline, {period}).up, minutes(0));
  says("network", "Ping/gateway/Interval", 3'600);
  says("network", "Throughput/Interval", 21'600);
  EXPECT_EQ(tally(read(period).at("site-a").timeline, {period}).up, minutes(1'440));
  says("network", "Ping/gateway/Interval", 0);
  says("network", "Throughput/Interval", 0);
  says("", "Agent/Heartbeat", 3'600);
  EXPECT_EQ(tally(read(period).at("site-a").timeline, {period}).up, minutes(1'440));
}

}  // namespace
}  // namespace xalink::test
