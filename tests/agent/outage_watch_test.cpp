#include "agent/outage_watch.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <random>

#include "sparkplug/metric_names.hpp"
#include "tests/agent/office_world.hpp"
#include "tests/fakes/fault_seeds.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::expect_between;
using test::kFirstSeenWithin;
using test::kSeenAgainWithin;
using test::Office;
using Told = std::vector<std::string>;

struct Break {
  const char* name;
  std::function<void(test::OfficeTruth&, bool)> set;
  const char* cause;
};

const Break kBreaks[] = {
    {"cable", [](auto& truth, bool broken) { truth.link = !broken; }, "link"},
    {"first hop", [](auto& truth, bool broken) { truth.hop = !broken; }, "first hop"},
    {"upstream", [](auto& truth, bool broken) { truth.internet = !broken; }, "internet"},
};

TEST(OutageWatch, SaysNothingWhileAllHolds) {
  Office office;
  office.usual().start();
  office.run(hours(24));
  EXPECT_EQ(office.told(), Told());
  EXPECT_EQ(office.watch->hurry(), std::vector<OutageWatch::Hurry>());
  EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::gateway);
  // The usual intervals and not one run more: 4 each minute and 3 each five minutes.
  EXPECT_LE(office.runs, 24U * 60U * 4U + 24U * 12U * 3U + 7U);
}

TEST(OutageWatch, NamesTheLowestMissingRungAndTimesItToItsReadings) {
  for (const Break& what : kBreaks) {
    Office office;
    office.usual().start();
    office.run(minutes(30) + seconds(13));
    what.set(office.truth, true);
    const auto broken = office.now;
    office.run(minutes(47));
    EXPECT_NE(highest_rung(office.watch->ladder()), Rung::gateway);
    what.set(office.truth, false);
    const auto mended = office.now;
    office.run(hours(1));
    ASSERT_EQ(office.told(), (Told{std::string("begin ") + what.cause, std::string("end ") + what.cause}))
        << what.name;
    expect_between(office.event(0), broken, kFirstSeenWithin);
    expect_between(office.event(1), mended, kSeenAgainWithin);
    EXPECT_EQ(office.event(0).outage.id, office.event(1).outage.id);
    EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::gateway);
  }
}

TEST(OutageWatch, FindsADnsThatIsSilent) {
  Office office;
  office.usual().start();
  office.run(minutes(31));
  office.truth.dns = false;
  const auto broken = office.now;
  office.run(hours(1));
  office.truth.dns = true;
  const auto mended = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin dns", "end dns"}));
  expect_between(office.event(0), broken, seconds(301));
  expect_between(office.event(1), mended, kSeenAgainWithin);
  EXPECT_EQ(office.event(0).outage.reached, Rung::internet);
}

// As the agent does it: when something is amiss, and not again for some minutes.
TEST(OutageWatch, SaysHowFarPacketsGotOnlyOfTheOutageInWhichThatWasSeen) {
  Office office;
  office.usual().start();
  const auto path_told = [&] {
    return office.events.back().outage.evidence.find("Path") != std::string::npos;
  };
  const auto wait_for_trouble = [&] {
    while (office.watch->hurry().empty()) office.run(seconds(1));
  };
  office.run(minutes(31));
  office.truth.internet = false;
  wait_for_trouble();
  office.watch->explain("Path", "Path (hop 1 answers, nothing beyond)", office.now);
  office.run(minutes(1));
  ASSERT_EQ(office.told(), (Told{"begin internet"}));
  EXPECT_TRUE(path_told());
  office.truth.internet = true;
  office.run(minutes(2));
  office.truth.hop = false;
  office.run(minutes(3));
  ASSERT_EQ(office.told(), (Told{"begin internet", "end internet", "begin first hop"}));
  EXPECT_FALSE(path_told()) << "of the outage before";
  office.truth.hop = true;
  office.run(minutes(40));
  // Echo requests get no further than the first hop, and others do.
  office.truth.icmp = false;
  office.truth.down = {"tax"};
  wait_for_trouble();
  office.watch->explain("Path", "Path (hop 1 answers, nothing beyond)", office.now);
  office.run(minutes(5));
  ASSERT_EQ(office.told().back(), "begin services:tax");
  EXPECT_FALSE(path_told()) << "the internet is there";
}

TEST(OutageWatch, GivesEachServiceItsOwnOutage) {
  Office office;
  office.usual().start();
  office.run(minutes(31));
  office.truth.down = {"tax"};
  const auto broken = office.now;
  office.run(minutes(40));
  office.truth.down = {"tax", "portal"};
  office.run(minutes(40));
  EXPECT_EQ(office.watch->open().size(), 2U);
  office.truth.down = {"portal"};
  office.run(minutes(40));
  office.truth.down = {};
  office.run(minutes(40));
  ASSERT_EQ(office.told(),
            (Told{"begin services:tax", "begin services:portal", "end services:tax", "end services:portal"}));
  expect_between(office.event(0), broken, seconds(301));
  EXPECT_EQ(office.event(0).outage.reached, Rung::dns);
  EXPECT_EQ(office.event(0).outage.evidence, "Reach/tax (no)");
}

TEST(OutageWatch, AsksAServiceThatStaysAwayLessAndLess) {
  Office office;
  office.usual().start();
  office.run(minutes(10));
  const auto before = office.runs;
  office.run(hours(10));
  const auto usual = office.runs - before;
  office.truth.down = {"tax"};
  office.run(hours(10));
  EXPECT_LE(office.runs - before - 2 * usual, 60U);
}

TEST(OutageWatch, ABlockedProtocolIsNoOutageAndHidesNone) {
  Office office;
  office.truth.icmp = false;
  office.truth.hop_answers = false;
  office.usual().start();
  office.run(hours(12));
  EXPECT_EQ(office.told(), Told());
  EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::gateway);
  office.truth.internet = false;
  const auto broken = office.now;
  office.run(hours(1));
  office.truth.internet = true;
  const auto mended = office.now;
  office.run(hours(1));
  // The next hop was never heard: it cannot be told from what lies behind it.
  ASSERT_EQ(office.told(), (Told{"begin internet", "end internet"}));
  expect_between(office.event(0), broken, kFirstSeenWithin);
  expect_between(office.event(1), mended, kSeenAgainWithin);
}

TEST(OutageWatch, AProtocolThatBecomesBlockedIsNoOutage) {
  Office office;
  office.usual().start();
  office.run(hours(1));
  office.truth.icmp = false;
  office.truth.hop_answers = false;
  office.run(hours(12));
  EXPECT_EQ(office.told(), Told());
  EXPECT_EQ(office.watch->hurry().size(), 0U);
}

TEST(OutageWatch, AModemThatHangsIsTheCauseOfWhatItTakesWithIt) {
  Office office;
  office.usual().add("Cellular", 60);
  office.truth.over_modem = true;
  office.start();
  office.run(hours(1));
  EXPECT_EQ(office.told(), Told());
  office.truth.modem = false;
  const auto broken = office.now;
  office.run(minutes(5));
  // Modems are given time to find their network.
  EXPECT_EQ(office.told(), Told{"begin link"});
  office.truth.modem_at_fault = true;
  const auto found = office.now;
  office.run(minutes(5));
  ASSERT_EQ(office.told(), (Told{"begin link", "cause modem"}));
  expect_between(office.event(0), broken, kFirstSeenWithin);
  expect_between(office.event(1), found, kSeenAgainWithin);
  EXPECT_EQ(office.event(1).outage.evidence, "Cellular (no)");
  EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::board);
  office.truth.modem = true;
  office.truth.modem_at_fault = false;
  const auto mended = office.now;
  office.run(minutes(5));
  ASSERT_EQ(office.told(), (Told{"begin link", "cause modem", "end modem"}));
  expect_between(office.event(2), mended, kSeenAgainWithin);
}

TEST(OutageWatch, AModemWithoutItsSimIsTheCauseAtOnce) {
  Office office;
  office.usual().add("Cellular", 60);
  office.truth.over_modem = true;
  office.start();
  office.run(hours(1));
  office.truth.modem = false;
  office.truth.modem_at_fault = true;
  office.run(minutes(5));
  EXPECT_EQ(office.told(), Told{"begin modem"});
}

TEST(OutageWatch, AModemThatNobodyLeavesThroughIsNoCause) {
  Office office;
  office.usual().add("Cellular", 60);
  office.truth.modem = false;
  office.truth.modem_at_fault = true;
  office.start();
  office.run(hours(1));
  EXPECT_EQ(office.told(), Told());
  EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::gateway);
  office.truth.link = false;
  office.run(minutes(5));
  EXPECT_EQ(office.told(), Told{"begin link"});
}

TEST(OutageWatch, AFaultOfAModemThatWorksIsNoOutageAndNoCause) {
  // ModemManager hangs, not the modem.
  Office office;
  office.usual().add("Cellular", 60);
  office.truth.over_modem = true;
  office.truth.modem_at_fault = true;
  office.start();
  office.run(hours(1));
  EXPECT_EQ(office.told(), Told());
  office.truth.internet = false;
  office.run(minutes(5));
  EXPECT_EQ(office.told(), Told{"begin internet"});
}

TEST(OutageWatch, ABoardThatHasNeverFoundAModemMissesNone) {
  Office office;
  office.usual().add("Cellular", 60);
  office.truth.has_modem = false;
  office.start();
  office.truth.internet = false;
  office.run(minutes(10));
  EXPECT_EQ(office.told(), Told{"begin internet"});
  EXPECT_FALSE(office.watch->ladder()[index(Rung::modem)].holds);
}

TEST(OutageWatch, ANextHopThatTurnsDeafIsNotTakenForOneThatIsGone) {
  Office office;
  office.usual().start();
  office.run(hours(1));
  office.truth.icmp = false;
  office.truth.hop_answers = false;
  office.run(hours(1));
  office.truth.internet = false;
  office.run(minutes(10));
  office.stop();
  office.start();
  office.run(minutes(10));
  office.truth.internet = true;
  office.run(minutes(10));
  EXPECT_EQ(office.told(), (Told{"begin internet", "end internet"}));
  // It is heard again: from then on it is missed again.
  office.truth.hop_answers = true;
  office.run(minutes(10));
  office.truth.hop_answers = false;
  office.truth.internet = false;
  office.run(minutes(10));
  EXPECT_EQ(office.told(), (Told{"begin internet", "end internet", "begin first hop"}));
}

TEST(OutageWatch, BlockedIcmpWithoutOtherAnchorsIsSeenByTheServices) {
  Office office;
  office.truth.icmp = false;
  office.add("Ping/anchor", 60).add("DNS/portal", 300).add("Reach/portal", 300).start();
  office.run(hours(12));
  EXPECT_EQ(office.told(), Told());
}

TEST(OutageWatch, OneSilentAnchorIsNoOutage) {
  Office office;
  office.usual().start();
  office.run(hours(1));
  office.truth.dead_anchors = {"TCP/anchor"};
  office.run(hours(6));
  EXPECT_EQ(office.told(), Told());
}

TEST(OutageWatch, ANextHopThatIgnoresPingsIsNoOutage) {
  Office office;
  office.truth.hop_answers = false;
  office.usual().start();
  office.run(hours(6));
  EXPECT_EQ(office.told(), Told());
}

TEST(OutageWatch, WithNothingButTheGatewayTheSessionVouchesForTheNextHop) {
  Office office;
  office.start();
  office.run(hours(1));
  office.truth.hop_answers = false;
  office.run(hours(6));
  EXPECT_EQ(office.told(), Told());
  office.truth.hop = false;
  office.run(minutes(10));
  EXPECT_EQ(office.told(), Told{"begin first hop"});
}

TEST(OutageWatch, APrivateNetworkWithoutAnchorsHasNoInternetToLose) {
  Office office;
  office.add("DNS/internal", 60).add("Reach/one-stop", 60).start();
  office.run(hours(1));
  const auto ladder = office.watch->ladder();
  EXPECT_FALSE(ladder[index(Rung::internet)].holds);
  EXPECT_EQ(highest_rung(ladder), Rung::gateway);
  office.truth.dns = false;
  office.run(minutes(10));
  EXPECT_EQ(office.told(), Told{"begin dns"});
}

TEST(OutageWatch, WhatIsShortIsNoOutage) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  for (int blink = 0; blink < 200; ++blink) {
    office.truth.link = false;
    office.run(seconds(9));
    office.truth.link = true;
    office.run(seconds(97));
  }
  EXPECT_EQ(office.told(), Told());
}

TEST(OutageWatch, ABlinkOfTheLinkDoesNotEndAnOutage) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  for (int blink = 0; blink < 20; ++blink) {
    office.truth.link = false;
    office.run(seconds(100));
    office.truth.link = true;
    office.run(seconds(9));
  }
  EXPECT_EQ(office.told(), Told{"begin link"});
}

TEST(OutageWatch, AnOutageGoesOnWithAnotherCause) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.internet = false;
  office.run(minutes(20));
  office.truth.link = false;
  const auto cut = office.now;
  office.run(minutes(20));
  office.truth.link = true;
  const auto mended = office.now;
  office.run(minutes(20));
  office.truth.internet = true;
  const auto over = office.now;
  office.run(minutes(20));
  ASSERT_EQ(office.told(), (Told{"begin internet", "cause link", "cause internet", "end internet"}));
  expect_between(office.event(1), cut, kSeenAgainWithin);
  expect_between(office.event(2), mended, kSeenAgainWithin);
  expect_between(office.event(3), over, kSeenAgainWithin);
  for (const auto& event : office.events) EXPECT_EQ(event.outage.id, office.event(0).outage.id);
}

TEST(OutageWatch, WhatCannotBeSeenIsNotClaimed) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.down = {"tax"};
  office.truth.gateway = false;
  office.run(minutes(30));
  office.truth.link = false;
  office.run(minutes(30));
  office.truth.down = {};
  office.truth.link = true;
  office.run(minutes(30));
  ASSERT_EQ(office.told(), (Told{"begin gateway", "begin services:tax", "begin link", "end gateway",
                                 "end services:tax", "end link", "begin gateway"}));
  EXPECT_EQ(office.event(3).at, office.event(2).at);
  // What began behind the outage begins, for us, when the way is there again.
  EXPECT_GE(office.event(6).at, office.event(5).at);
}

TEST(OutageWatch, TellsOfABoardThatRunsOnItsBattery) {
  Office office;
  office.usual().add("Power", 60).start();
  office.run(minutes(30));
  office.truth.mains = false;
  const auto broken = office.now;
  office.run(minutes(30));
  EXPECT_EQ(highest_rung(office.watch->ladder()), Rung::gateway);
  office.truth.mains = true;
  office.run(minutes(30));
  ASSERT_EQ(office.told(), (Told{"begin power:mains", "end power:mains"}));
  expect_between(office.event(0), broken, kFirstSeenWithin);
}

TEST(OutageWatch, WhatWasNotRecordedIsGivenAgain) {
  Office office;
  office.usual().start();
  office.run(minutes(30));
  office.truth.link = false;
  office.run(seconds(20));
  auto& watch = *office.watch;
  for (int i = 0; i < 20; ++i) {
    Verdict gone;
    gone.evidence = "gone";
    for (const char* probe : {"Link/eth0", "Ping/gateway", "Ping/anchor", "TCP/anchor", "DNS/portal",
                              "Reach/portal", "Reach/tax"}) {
      watch.take(probe, gone, office.now + seconds(10 * i));
    }
  }
  auto news = watch.take_news();
  ASSERT_TRUE(news);
  ASSERT_EQ(news->events.size(), 1U);
  EXPECT_FALSE(watch.take_news());
  const auto again = *news;
  watch.give_back(std::move(*news));
  news = watch.take_news();
  ASSERT_TRUE(news);
  EXPECT_EQ(news->events, again.events);
  EXPECT_EQ(news->memory, again.memory);
}

TEST(OutageWatch, WakesOnlyForWhatTimeAloneDecides) {
  Office office;
  office.start();
  EXPECT_FALSE(office.watch->wake_at());
  office.watch->session(false, "refused", office.now);
  ASSERT_EQ(office.watch->wake_at(), office.now + seconds(20));
  office.watch->tick(office.now + seconds(20));
  EXPECT_FALSE(office.watch->wake_at());
}

// Whatever happens: outages of the way never overlap, each one begins once and ends at most once, times of a
// boot never go back, and what is over for good is told to be over.
TEST(OutageWatch, KeepsItsBooksInAnyHistory) {
  const auto seeds = test::fault_seeds(5);
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const auto chance = [&](int percent) { return static_cast<int>(random() % 100) < percent; };
    Office office;
    office.usual().add("Power", 60);
    office.truth.icmp = chance(70);
    office.truth.hop_answers = chance(70);
    office.start();
    int boots = 1;
    for (int turn = 0; turn < 60; ++turn) {
      auto& truth = office.truth;
      switch (random() % 9) {
        case 0: truth.link = !truth.link; break;
        case 1: truth.hop = !truth.hop; break;
        case 2: truth.internet = !truth.internet; break;
        case 3: truth.dns = !truth.dns; break;
        case 4: truth.gateway = !truth.gateway; break;
        case 5: truth.mains = !truth.mains; break;
        case 6:
          truth.down = truth.down.empty() ? std::set<std::string>{"tax"} : std::set<std::string>();
          break;
        case 7: truth.poisoned = !truth.poisoned; break;
        default:
          if (chance(30)) {
            office.reboot("boot-" + std::to_string(++boots));
          } else if (chance(50)) {
            office.stop();
            office.run(seconds(random() % 400));
            office.start();
          }
      }
      office.run(seconds(1 + random() % 600));
    }
    const bool icmp = office.truth.icmp;
    const bool hop_answers = office.truth.hop_answers;
    office.truth = {};
    office.truth.icmp = icmp;
    office.truth.hop_answers = hop_answers;
    office.run(hours(1));
    EXPECT_EQ(office.watch->open().size(), 0U);

    std::map<std::string, Outage> open;
    std::map<std::string, BootTime> way_free_from;
    for (const auto& event : office.events) {
      const auto& outage = event.outage;
      EXPECT_LE(event.at_earliest, event.at);
      const bool way = outage.cause >= Rung::link && outage.cause <= Rung::dns;
      if (event.kind == OutageEvent::Kind::begin) {
        EXPECT_FALSE(open.contains(outage.id)) << outage.id;
        if (way) {
          for (const auto& [id, other] : open)
            EXPECT_FALSE(other.cause >= Rung::link && other.cause <= Rung::dns);
          EXPECT_GE(event.at, way_free_from[event.boot]);
        }
      } else {
        ASSERT_TRUE(open.contains(outage.id)) << outage.id;
        EXPECT_GE(event.at, open[outage.id].changed);
      }
      if (event.kind == OutageEvent::Kind::end) {
        open.erase(outage.id);
        if (way) way_free_from[event.boot] = event.at;
      } else {
        open[outage.id] = outage;
      }
    }
    EXPECT_TRUE(open.empty());
  }
}

TEST(OutageMemory, SurvivesItsText) {
  OutageMemory memory;
  memory.boot_id = "boot-1";
  memory.heard = {"Ping/gateway"};
  memory.routeless = true;
  Outage outage{"id", Rung::services, "thuế", Rung::dns, "boot-1", seconds(5), seconds(9), "Reach/thuế (no)"};
  memory.open = {outage};
  EXPECT_EQ(OutageMemory::from_text(memory.to_text()), memory);
  memory.open[0].evidence = "two\nlines\tand a tab";
  EXPECT_EQ(OutageMemory::from_text(memory.to_text()).open[0].evidence, "two lines and a tab");
}

TEST(OutageMemory, LeavesOutWhatItCannotRead) {
  EXPECT_EQ(OutageMemory::from_text(""), OutageMemory());
  EXPECT_EQ(OutageMemory::from_text("outages 2\tboot\nheard\tx"), OutageMemory());
  const auto memory = OutageMemory::from_text(
      "outages 1\tboot\nopen\tid\tcloud\t\tlink\tboot\t1\t2\tx\nopen\tid\tlink\t\tboard\tboot\t-1\t2\tx\n"
      "open\tid\nrubbish\nheard\tPing/gateway");
  EXPECT_TRUE(memory.open.empty());
  EXPECT_EQ(memory.heard.size(), 1U);
}

TEST(OutageRecord, FitsItsSchema) {
  OutageEvent event;
  event.outage.id = "boot-1-5000-link";
  event.outage.begin_boot = event.boot = "boot-1";
  event.outage.begin = seconds(5);
  event.at = seconds(65);
  const auto schema = outage_schema();
  auto record = outage_record(event, Stamp());
  ASSERT_EQ(record.values.size(), schema.columns.size());
  const auto place = column_index(schema, "Seconds");
  ASSERT_TRUE(place);
  EXPECT_EQ(record.values[*place], Value(std::uint64_t{60}));
  event.boot = "boot-2";
  EXPECT_TRUE(is_null(outage_record(event, Stamp()).values[*place]));
}

}  // namespace
}  // namespace xalink
