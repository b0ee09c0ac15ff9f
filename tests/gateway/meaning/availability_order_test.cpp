// Whatever happens to a board, and in whatever order its records come: the parts add up, and stay the same.

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>
#include <vector>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/meaning/opening_times.hpp"
#include "tests/gateway/meaning/board_story.hpp"

namespace xalink::test {
namespace {

using namespace meaning;

constexpr const char* kCauses[] = {"power",    "board", "modem",    "link",   "first hop",
                                   "internet", "dns",   "services", "gateway"};

class Chance {
 public:
  explicit Chance(std::uint32_t seed) : random_(seed) {}
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(limit));
  }
  std::mt19937_64& source() { return random_; }

 private:
  std::mt19937_64 random_;
};

// Boots one after the other, some without a clock, with outages that nest, overlap, cross, lack their begin
// or their end, or contradict each other.
BoardStory random_story(Chance& chance, const std::string& site) {
  BoardStory story(site);
  auto at = local("2024-09-01 00:00");
  std::string before;
  for (int boot = 0; boot < 6; ++boot) {
    const auto name = site + "-boot-" + std::to_string(boot);
    at += Milliseconds(chance.below(20'000'000));
    story.boot(name, at);
    if (chance.below(3) == 0) story.without_clock(name, std::chrono::hours(chance.below(40)));
    const auto begin = at;
    const auto end = at + Milliseconds(chance.below(90'000'000));
    while (at < end) {
      story.sign(name, at);
      at += Milliseconds(chance.below(2'000'000));
    }
    for (auto outages = chance.below(5); outages > 0; --outages) {
      const auto from = begin + Milliseconds(chance.below(90'000'000));
      const auto to = from + Milliseconds(chance.below(9'000'000) - 1'000'000);
      const std::string cause = kCauses[chance.below(9)];
      const auto subject = cause == "services" ? "s" + std::to_string(chance.below(3)) : std::string();
      const auto id = name + std::to_string(outages);
      if (from < begin || to < begin) continue;
      const auto what = chance.below(8);
      if (what != 0) story.event(id, "begin", cause, name, from, name, from, subject);
      if (what == 1)
        story.event(id, "cause", kCauses[chance.below(9)], name, from, name, from + (to - from) / 2);
      if (what != 2) story.event(id, "end", cause, name, from, name, std::max(from, to), subject);
    }
    if (!before.empty() && chance.below(2) == 0) {
      story.shutdown(before, begin - Milliseconds(chance.below(1'000)), name);
    } else if (!before.empty()) {
      story.power_loss(before, begin - Milliseconds(chance.below(1'000)), name);
    }
    before = name;
  }
  return story;
}

Timeline timeline_of_records(const std::vector<store::StoredRecord>& records, const Interval& period,
                             WallTime now) {
  SiteEvidence evidence;
  for (const auto& record : records) evidence.take(record);
  return site_timeline(evidence, period, now).timeline;
}

void expect_whole(const Timeline& timeline, const Interval& period, std::uint32_t seed) {
  auto reached = period.begin;
  for (std::size_t i = 0; i < timeline.segments.size(); ++i) {
    const auto& segment = timeline.segments[i];
    ASSERT_EQ(segment.span.begin, reached) << "seed " << seed;
    ASSERT_LT(segment.span.begin, segment.span.end) << "seed " << seed;
    reached = segment.span.end;
  }
  ASSERT_EQ(reached, period.end) << "seed " << seed;
}

void expect_sums(const Tally& tally, Milliseconds period, std::uint32_t seed) {
  EXPECT_EQ(tally.period, period) << "seed " << seed;
  EXPECT_EQ(tally.up + tally.unknown + tally.down_total(), tally.period) << "seed " << seed;
  Milliseconds services{};
  for (const auto& [name, time] : tally.services) services += time;
  EXPECT_EQ(services, tally.down_by(Cause::services)) << "seed " << seed;
  EXPECT_LE(tally.longest, tally.outage_time()) << "seed " << seed;
  EXPECT_LE(tally.estimated, tally.known()) << "seed " << seed;
}

TEST(AvailabilityOrder, PartsAddUpExactlyWhateverTheOrderOfArrival) {
  const MondayToFriday opening;
  for (std::uint32_t seed = 1; seed <= 150; ++seed) {
    Chance chance(seed);
    const Interval period{local("2024-09-01 00:00") + Milliseconds(chance.below(100'000'000)),
                          local("2024-09-05 00:00") + Milliseconds(chance.below(100'000'000))};
    const auto now = local("2024-09-05 12:00");
    const auto until = up_to_now(period, now);
    const auto one = random_story(chance, "one");
    const auto two = random_story(chance, "two");
    const auto first = timeline_of_records(one.records(), period, now);
    const auto second = timeline_of_records(two.records(), period, now);
    expect_whole(first, until, seed);
    const std::vector<Interval> parts = {{until.begin, until.begin + (until.end - until.begin) / 3},
                                         {until.begin + (until.end - until.begin) / 2, until.end}};
    const auto both = merged({{"one", &first, {until}}, {"two", &second, parts}}, until);
    expect_whole(both, until, seed);
    const auto office = open_within(until, opening, {});
    Milliseconds open{};
    for (const auto& window : office) open += window.length();
    for (const auto* timeline : {&first, &second, &both}) {
      const auto found = measure(*timeline, {until}, office);
      expect_sums(found.all_hours, until.length(), seed);
      expect_sums(found.office_hours, open, seed);
    }
    auto shuffled = one.records();
    for (int again = 0; again < 3; ++again) {
      std::ranges::shuffle(shuffled, chance.source());
      ASSERT_EQ(timeline_of_records(shuffled, period, now), first) << "seed " << seed;
    }
    if (testing::Test::HasFailure()) break;
  }
}

TEST(AvailabilityOrder, MoreRecordsNeverMakeLessKnown) {
  for (std::uint32_t seed = 1; seed <= 40; ++seed) {
    Chance chance(seed);
    const Interval period{local("2024-09-01 00:00"), local("2024-09-06 00:00")};
    BoardStory story;
    story.boot("b", period.begin);
    for (auto at = period.begin; at < period.end; at += Milliseconds(chance.below(1'900'000)))
      story.sign("b", at);
    auto records = story.records();
    std::ranges::shuffle(records, chance.source());
    SiteEvidence evidence;
    Milliseconds known{};
    for (std::size_t i = 0; i < records.size(); ++i) {
      evidence.take(records[i]);
      if (i % 50 != 0) continue;
      const auto now_known = tally(site_timeline(evidence, period, period.end).timeline, {period}).known();
      EXPECT_GE(now_known, known) << "seed " << seed;
      known = now_known;
    }
  }
}

}  // namespace
}  // namespace xalink::test
