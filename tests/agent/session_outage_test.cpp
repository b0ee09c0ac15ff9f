// The gateway is what its session says, as far as the way to it was there.

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
using test::Office;
using test::take_told;
using Told = std::vector<std::string>;

TEST(OutageWatch, TellsOfAGatewayAlone) {
  Office office;
  office.usual().start();
  office.run(minutes(31));
  office.truth.gateway = false;
  const auto broken = office.now;
  office.run(minutes(31));
  EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::services);
  office.truth.gateway = true;
  office.run(minutes(31));
  ASSERT_EQ(office.told(), (Told{"begin gateway", "end gateway"}));
  expect_between(office.event(0), broken, seconds(2));
  EXPECT_EQ(office.event(0).outage.evidence, "connection refused");
}

/// A way of an anchor and a name, and what is told of it.
struct ShortWay {
  const std::vector<Witness> witnesses = {*witness_of(ping_schema("anchor")),
                                          *witness_of(dns_schema("portal"))};
  BootTime now = hours(1);
  OutageWatch watch{{}, "boot", witnesses, "", std::nullopt, now};
  Told told;

  void run(bool internet, bool names, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      now += seconds(5);
      for (const auto& [witness, good] :
           {std::pair(witnesses[0], internet), std::pair(witnesses[1], names)}) {
        Verdict verdict;
        verdict.good = good;
        if (good) verdict.proves = witness.asks;
        watch.take(witness.probe, verdict, now);
      }
      watch.tick(now);
      take_told(watch, told);
    }
  }
  [[nodiscard]] static std::string at(BootTime when) { return " " + std::to_string(when.count() / 1000); }
  [[nodiscard]] BootTime next() const { return now + seconds(5); }
};

// An attempt that began while the way was missing may wait for half a minute after it is back.
TEST(OutageWatch, AGatewayThatIsDownWhenTheWayComesBackIsMissingSinceThen) {
  ShortWay way;
  way.watch.session(true, {}, way.now);
  way.run(true, true, 12);
  const auto cut = way.next();
  way.run(false, false, 3);
  way.watch.session(false, "no answer in time", way.now);
  way.run(false, false, 12);
  const auto back = way.next();
  way.run(true, true, 6);
  way.watch.session(false, "no answer in time", way.now);
  way.run(true, true, 6);
  const Told expected = {"begin internet" + way.at(cut), "end internet" + way.at(back),
                         "begin gateway" + way.at(back)};
  EXPECT_EQ(way.told, expected);
  // Once it has been there, its next loss is one of itself.
  way.watch.session(true, {}, way.now);
  way.run(true, true, 12);
  const auto lost = way.now;
  way.watch.session(false, "refused", way.now);
  way.run(true, true, 6);
  ASSERT_EQ(way.told.size(), 5U);
  EXPECT_EQ(way.told.back(), "begin gateway" + way.at(lost));
}

// It says so once, be it while names are missing, and goes on to stand.
TEST(OutageWatch, ASessionThatStandsMeansWhatItHasSaidOfTheGateway) {
  const OutageRules rules;
  for (const bool cut : {false, true}) {
    ShortWay way;
    way.watch.session(true, {}, way.now);
    way.run(true, true, 12);
    const auto broken = way.next();
    way.run(!cut, false, 6);
    way.watch.session(false, "the broker answers, the gateway is not there", way.now, /*stands=*/true);
    way.run(!cut, false, 6);
    const auto back = way.next();
    // A connection that has lived through a way without packets may not have noticed yet.
    const auto wait = cut ? rules.session_notices : rules.least;
    way.run(true, true, static_cast<int>(wait / seconds(5)));
    const std::string cause = cut ? "internet" : "dns";
    Told expected = {"begin " + cause + way.at(broken), "end " + cause + way.at(back)};
    EXPECT_EQ(way.told, expected);
    way.run(true, true, 2);
    expected.push_back("begin gateway" + way.at(back));
    EXPECT_EQ(way.told, expected);
  }
}

// The router has forgotten the connection while the cable was out, and nobody says so before the next
// attempt.
TEST(OutageWatch, ASessionThatWasGoneAllTheTimeHasSaidNothingOfTheGateway) {
  for (const bool told_late : {false, true}) {
    ShortWay way;
    way.watch.session(true, {}, way.now);
    way.run(true, true, 12);
    const auto cut = way.next();
    const auto unanswered = cut + seconds(5);
    way.run(false, false, 6);
    if (!told_late) way.watch.session(false, "not confirmed", unanswered, /*stands=*/true);
    way.run(false, false, 6);
    const auto back = way.next();
    way.run(true, true, 6);
    if (told_late) way.watch.session(false, "not confirmed", unanswered, /*stands=*/true);
    way.run(true, true, 3);
    way.watch.session(false, "the connection was lost", way.now);
    way.run(true, true, 1);
    way.watch.session(true, {}, way.now);
    way.run(true, true, 6);
    EXPECT_EQ(way.told, (Told{"begin internet" + way.at(cut), "end internet" + way.at(back)}));
  }
}

// What the way loses has to be known first, and nobody asks for it by itself for minutes.
TEST(OutageWatch, AGatewayIsToldSoonAlsoWhereEchoRequestsAreBlocked) {
  Office office;
  office.usual();
  office.truth.icmp = false;
  office.start();
  office.run(hours(1));
  office.truth.gateway = false;
  const auto broken = office.now;
  office.run(minutes(3));
  ASSERT_EQ(office.told(), Told{"begin gateway"});
  expect_between(office.event(0), broken, seconds(2));
  const auto runs = office.runs;
  office.run(minutes(30));
  EXPECT_LE(office.runs - runs, 30U * 4U + 6U * 3U + 7U) << "the usual intervals";
}

}  // namespace
}  // namespace xalink
