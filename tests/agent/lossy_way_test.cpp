// Silence on a way that loses packets proves nothing, and where it does prove something it began with the
// question.

#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "agent/outage_watch.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

TEST(WayLoss, IsMuchWhereManyAreLostAndNotWhereAllAre) {
  const auto after = [](std::vector<double> shares) {
    WayLoss loss;
    for (const double share : shares) loss.take(share, {});
    return loss.much();
  };
  EXPECT_FALSE(after({}));
  EXPECT_FALSE(after({0.2}));
  EXPECT_TRUE(after({0, 0, 0.4, 0.4}));
  EXPECT_TRUE(after({0.4, 0.6, 0.2, 0, 0, 0.4})) << "good ones come by chance";
  EXPECT_FALSE(after({0, 0.2, 0, 0, 0, 0.2, 0, 0, 0, 0.2})) << "a good radio link";
  EXPECT_FALSE(after({0, 0, 1, 1, 1, 1, 1, 1})) << "gone, and that is something else";
  EXPECT_FALSE(after({0, 0, 1, 1, 1, 0}));
  EXPECT_FALSE(after({1, 1, 1})) << "nobody there, or deaf to echo requests";
  EXPECT_TRUE(after({0, 1, 0, 1, 0.5, 1})) << "two requests a run, and every second packet lost";
  EXPECT_FALSE(after({0.6, 0.6, 0.6, 0, 0, 0, 0, 0, 0, 0, 0}));
  std::vector<double> shares(4, 0.6);
  shares.insert(shares.end(), 23, 1.0);
  EXPECT_TRUE(after(shares)) << "it may come back as it was";
  shares.push_back(1.0);
  EXPECT_FALSE(after(shares)) << "echo requests are blocked by now";
  shares.insert(shares.end(), 20, 1.0);
  EXPECT_FALSE(after(shares));
}

/// An office whose probes fail as somebody says, behind a way that loses as much as somebody says.
struct LossyOffice {
  const std::vector<Witness> witnesses = {*witness_of(ping_schema("anchor")),
                                          *witness_of(dns_schema("portal")), *witness_of(reach_schema("tax")),
                                          *witness_of(tcp_schema("anchor"))};
  BootTime now = hours(1);
  OutageWatch watch{{}, "boot", witnesses, "", std::nullopt, now};
  std::vector<OutageEvent> begun;

  static Verdict silent(Milliseconds took = {}) {
    Verdict verdict;
    verdict.silence = true;
    verdict.took = took;
    return verdict;
  }
  [[nodiscard]] Verdict good(std::size_t witness) const {
    Verdict verdict;
    verdict.good = true;
    verdict.proves = witnesses[witness].asks;
    return verdict;
  }
  /// A connection whose request was sent so often, of which `loss` were lost; nobody took it where all were.
  [[nodiscard]] Verdict connection(double loss, std::uint32_t requests) const {
    auto verdict = loss < 1 ? good(3) : silent();
    verdict.loss = loss;
    verdict.requests = requests;
    return verdict;
  }
  void round(double loss, const Verdict& name, const Verdict& visit) {
    auto ping = good(0);
    ping.loss = loss;
    watch.take("Ping/anchor", ping, now += seconds(5));
    round_of_services(name, visit);
  }
  void round_of_services(const Verdict& name, const Verdict& visit) {
    watch.take("DNS/portal", name, now += seconds(5));
    watch.take("Reach/tax", visit, now += seconds(5));
    while (const auto news = watch.take_news()) {
      std::ranges::copy_if(news->events, std::back_inserter(begun),
                           [](const OutageEvent& event) { return event.kind == OutageEvent::Kind::begin; });
    }
  }
};

TEST(LossyWay, AServiceIsNotMissingForWhatAWayLosesOnIt) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
  office.watch.session(true, {}, office.now);
  for (int i = 0; i < 2; ++i) office.round(0.6, office.good(1), office.good(2));
  const auto silent_from = office.now + seconds(15);
  office.watch.session(false, "the connection was lost", office.now);
  for (int i = 0; i < 17; ++i) office.round(0.6, office.good(1), LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  // Lost no more, and still nobody there: since then.
  for (int i = 0; i < 12; ++i) office.round(0, office.good(1), LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 2U);
  for (const auto& event : office.begun) {
    const bool service = event.outage.cause == Rung::services;
    EXPECT_TRUE(service || event.outage.cause == Rung::gateway);
    EXPECT_EQ(event.at, service ? silent_from : silent_from - seconds(15));
  }
}

// The losses and the silence begin together: nothing is known of the way as it is now.
TEST(LossyWay, AServiceIsNotMissingForALossThatHasJustBegun) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
  const auto silent_from = office.now + seconds(15);
  office.round(0.2, office.good(1), LossyOffice::silent());
  const auto asked = office.watch.hurry();
  EXPECT_TRUE(std::ranges::any_of(asked, [](const auto& hurry) { return hurry.probe == "Ping/anchor"; }));
  for (int i = 0; i < 3; ++i) office.round(0.2, office.good(1), LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  for (int i = 0; i < 8; ++i) office.round(0, office.good(1), LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].at, silent_from);
  const auto now = office.watch.hurry();
  EXPECT_TRUE(std::ranges::none_of(now, [](const auto& hurry) { return hurry.probe == "Ping/anchor"; }));
}

TEST(LossyWay, SilentEchoRequestsAreWaitedForAWhileAndNotForEver) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
  const auto silent_from = office.now + seconds(10);
  for (int i = 0; i < 8; ++i) {
    office.watch.take("TCP/anchor", office.good(3), office.now += seconds(5));
    office.watch.take("DNS/portal", office.good(1), office.now);
    office.watch.take("Reach/tax", LossyOffice::silent(), office.now += seconds(5));
  }
  const auto news = office.watch.take_news();
  ASSERT_TRUE(news);
  ASSERT_EQ(news->events.size(), 1U);
  EXPECT_EQ(news->events[0].at, silent_from);
}

TEST(LossyWay, NamesAreNotMissingForWhatAWayLosesOfThem) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
  for (int i = 0; i < 2; ++i) office.round(0.6, office.good(1), office.good(2));
  for (int i = 0; i < 17; ++i) office.round(0.6, LossyOffice::silent(), LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  for (int i = 0; i < 12; ++i) office.round(0, LossyOffice::silent(), LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::dns);
}

// Six packets in a row are lost one time in ten thousand where a fifth is lost.
TEST(LossyWay, SilenceBeyondAllChanceIsBelievedOnAWayThatLosesMuch) {
  LossyOffice office;
  for (int i = 0; i < 8; ++i) office.round(0.2, office.good(1), office.good(2));
  office.watch.session(true, {}, office.now);
  const auto silent_from = office.now + seconds(15);
  office.watch.session(false, "the connection was lost", office.now);
  for (int i = 0; i < 5; ++i) office.round(0.2, office.good(1), LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  for (int i = 0; i < 3; ++i) office.round(0.2, office.good(1), LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::services);
  EXPECT_EQ(office.begun[0].at, silent_from);
  // A session has as long for each of its tries as an outage has to last, three times.
  for (int i = 0; i < 45; ++i) office.round(0.2, office.good(1), LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 2U);
  EXPECT_EQ(office.begun[1].outage.cause, Rung::gateway);
  EXPECT_EQ(office.begun[1].at, silent_from - seconds(15));
}

// What was measured before is little, and what is measured since is much.
TEST(LossyWay, AnOnsetOfMuchLossExplainsALongSilence) {
  LossyOffice office;
  for (int i = 0; i < 8; ++i) office.round(0, office.good(1), office.good(2));
  for (int i = 0; i < 17; ++i) office.round(0.6, office.good(1), LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
}

TEST(LossyWay, WhereEchoRequestsAreBlockedConnectionsTellOfIt) {
  LossyOffice office;
  const auto round = [&](double loss, const Verdict& visit) {
    office.watch.take("Ping/anchor", LossyOffice::silent(), office.now);
    office.watch.take("TCP/anchor", office.connection(loss, 0), office.now += seconds(5));
    office.round_of_services(office.good(1), visit);
  };
  for (int i = 0; i < 4; ++i) round(0, office.good(2));
  for (const double loss : {0.5, 0.67, 0.0, 0.5}) round(loss, office.good(2));
  for (const double loss : {0.5, 0.0, 0.5, 0.5, 0.0, 0.67}) round(loss, LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  for (int i = 0; i < 12; ++i) round(0, LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::services);
}

// One connection is one request or two: eight of these tell what a run of echo requests does.
TEST(LossyWay, AFewConnectionsThatCameAtOnceSayNothingOfALossThatHasJustBegun) {
  LossyOffice office;
  const auto round = [&](double loss, std::uint32_t requests, const Verdict& visit) {
    office.watch.take("TCP/anchor", office.connection(loss, requests), office.now += seconds(5));
    office.round_of_services(office.good(1), visit);
  };
  for (int i = 0; i < 4; ++i) round(0, 1, office.good(2));
  const auto silent_from = office.now + seconds(15);
  for (int i = 0; i < 6; ++i) round(0, 1, LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  for (int i = 0; i < 8; ++i) round(0, 1, LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::services);
  EXPECT_EQ(office.begun[0].at, silent_from);
}

// The line is well again before the visits that it has spoilt are judged.
TEST(LossyWay, ALossThatIsOverStillExplainsWhatWasLostInIt) {
  LossyOffice office;
  const auto connect = [&](double loss, std::uint32_t requests) {
    office.watch.take("TCP/anchor", office.connection(loss, requests), office.now += seconds(1));
  };
  for (int i = 0; i < 20; ++i) {
    connect(0, 1);
    office.round_of_services(office.good(1), office.good(2));
  }
  const auto spoilt = [&] {
    office.watch.take("Reach/tax", LossyOffice::silent(), office.now += seconds(1));
  };
  for (int i = 0; i < 3; ++i) {
    connect(0.5, 2);
    spoilt();
    connect(0.75, 4);
    spoilt();
  }
  for (int i = 0; i < 10; ++i) connect(0, 1);
  spoilt();
  spoilt();
  office.round_of_services(office.good(1), office.good(2));
  EXPECT_TRUE(office.begun.empty());
}

TEST(LossyWay, OfConnectionsEachRequestCounts) {
  const auto seconds_of = [](int number) { return seconds(number); };
  WayLoss loss;
  int now = 0;
  // Five of nine, which are as many of a way that loses a third each way.
  for (int i = 0; i < 4; ++i) {
    loss.take(0, seconds_of(++now), 1);
    loss.take(0.75, seconds_of(++now), 4);
    loss.take(1, seconds_of(++now), 2);
    loss.take(0, seconds_of(++now), 1);
    loss.take(0, seconds_of(++now), 1);
  }
  EXPECT_TRUE(loss.much());
  EXPECT_TRUE(loss.explains(12, {}));
  EXPECT_FALSE(loss.explains(40, {}));
  // Two of eight may be luck.
  WayLoss lucky;
  for (int i = 0; i < 6; ++i) lucky.take(i < 2 ? 0.5 : 0, seconds_of(++now), i < 2 ? 2 : 1);
  EXPECT_TRUE(lucky.explains(8, {}));
  EXPECT_FALSE(lucky.explains(16, {}));
  // A way that was gone lost all, and that is something else.
  WayLoss calm;
  for (int i = 0; i < 16; ++i) calm.take(0, seconds_of(++now), 1);
  for (int i = 0; i < 9; ++i) calm.take(1, seconds_of(++now), 2);
  for (int i = 0; i < 16; ++i) calm.take(0, seconds_of(++now), 1);
  EXPECT_FALSE(calm.much());
}

TEST(LossyWay, EchoRequestsThatAreBlockedByNowSayNothingOfALossThatBeginsThen) {
  LossyOffice office;
  const auto round = [&](const Verdict& ping, double loss, std::uint32_t requests, const Verdict& visit) {
    office.watch.take("Ping/anchor", ping, office.now);
    office.watch.take("TCP/anchor", office.connection(loss, requests), office.now += seconds(5));
    office.round_of_services(office.good(1), visit);
  };
  auto answered = office.good(0);
  answered.loss = 0;
  auto blocked = LossyOffice::silent();
  blocked.loss = 1;
  for (int i = 0; i < 8; ++i) round(answered, 0, 1, office.good(2));
  for (int i = 0; i < 3; ++i) {
    round(blocked, 0.5, 2, LossyOffice::silent());
    round(blocked, 1, 2, LossyOffice::silent());
    round(blocked, 0, 1, LossyOffice::silent());
    round(blocked, 0.75, 4, LossyOffice::silent());
  }
  EXPECT_TRUE(office.begun.empty());
}

// The loss and the block of echo requests end in one moment: what was lost until then was lost by it.
TEST(LossyWay, EchoRequestsThatAreJustLetThroughSayNothingOfWhatWasAskedBefore) {
  LossyOffice office;
  auto blocked = LossyOffice::silent();
  blocked.loss = 1;
  for (int i = 0; i < 16; ++i) {
    office.watch.take("Ping/anchor", blocked, office.now);
    office.watch.take("TCP/anchor", office.connection(i % 2 == 0 ? 0 : 0.75, i % 2 == 0 ? 1 : 4),
                      office.now += seconds(5));
    const bool comes = i < 12;
    office.round_of_services(comes ? office.good(1) : LossyOffice::silent(),
                             comes ? office.good(2) : LossyOffice::silent());
  }
  auto through = office.good(0);
  through.loss = 0;
  office.watch.take("Ping/anchor", through, office.now += seconds(1));
  office.round_of_services(office.good(1), office.good(2));
  EXPECT_TRUE(office.begun.empty());
}

TEST(LossyWay, TheInternetIsNotMissingForThreeConnectionsThatWereLost) {
  LossyOffice office;
  auto blocked = LossyOffice::silent();
  blocked.loss = 1;
  blocked.silence = false;  // "no reply"
  const auto round = [&](const Verdict& connected, const Verdict& visit) {
    office.watch.take("Ping/anchor", blocked, office.now);
    office.watch.take("TCP/anchor", connected, office.now += seconds(5));
    office.round_of_services(office.good(1), visit);
  };
  const auto late = office.connection(0.75, 4);
  const auto lost = office.connection(1, 2);
  for (int i = 0; i < 8; ++i) round(late, office.good(2));
  for (int i = 0; i < 5; ++i) round(lost, LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  const auto silent_from = office.now + seconds(5);
  round(late, LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  for (int i = 0; i < 40; ++i) round(lost, LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::internet);
  EXPECT_GE(office.begun[0].at, silent_from);
}

TEST(LossyWay, TheInternetIsNotMissingForThreeConnectionsThatAreLostAsSoonAsTheWayBeginsToLose) {
  LossyOffice office;
  auto blocked = LossyOffice::silent();
  blocked.loss = 1;
  const auto round = [&](const Verdict& connected, const Verdict& visit) {
    office.watch.take("Ping/anchor", blocked, office.now);
    office.watch.take("TCP/anchor", connected, office.now += seconds(5));
    office.round_of_services(office.good(1), visit);
  };
  for (int i = 0; i < 8; ++i) round(office.connection(0, 1), office.good(2));
  const auto silent_from = office.now + seconds(5);
  for (int i = 0; i < 3; ++i) round(office.connection(1, 2), LossyOffice::silent());
  EXPECT_TRUE(office.begun.empty());
  round(office.connection(1, 2), LossyOffice::silent());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::internet);
  EXPECT_GE(office.begun[0].at, silent_from);
}

// Of a visit's many packets one is lost more easily than its first question with all its repetitions.
TEST(LossyWay, OnlyVisitsThatNobodyTookCountAgainstAService) {
  auto stalled = LossyOffice::silent();
  stalled.proves = RungSet(Rung::link, Rung::first_hop);
  auto not_asked = LossyOffice::silent();
  not_asked.unresolved = true;
  for (const Verdict& visit : {stalled, not_asked}) {
    LossyOffice office;
    for (int i = 0; i < 8; ++i) office.round(0.6, office.good(1), office.good(2));
    for (int i = 0; i < 40; ++i) office.round(0.6, office.good(1), visit);
    EXPECT_TRUE(office.begun.empty());
    // Not for ever.
    for (int i = 0; i < 80; ++i) office.round(0.6, office.good(1), visit);
    EXPECT_EQ(office.begun.size(), 1U);
  }
}

// A visit that was under way when the Internet came back failed for want of that.
TEST(LossyWay, AServiceIsNotMissingBeforeItCouldBeSeenAgain) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
  auto gone = LossyOffice::silent(seconds(1));
  gone.loss = 1;
  for (int i = 0; i < 6; ++i) {
    office.watch.take("Ping/anchor", gone, office.now += seconds(5));
    office.watch.take("TCP/anchor", gone, office.now);
    office.round_of_services(gone, gone);
  }
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::internet);
  const auto back = office.now + seconds(5);
  for (int i = 0; i < 2; ++i) {
    office.watch.take("Ping/anchor", office.good(0), back + seconds(i));
    office.watch.take("DNS/portal", office.good(1), back + seconds(i));
  }
  for (int i = 0; i < 8; ++i) office.round(0, office.good(1), LossyOffice::silent(seconds(19)));
  ASSERT_EQ(office.begun.size(), 2U);
  EXPECT_EQ(office.begun[1].outage.cause, Rung::services);
  EXPECT_GE(office.begun[1].at, back);
}

TEST(LossyWay, WhoSaysNoIsBelievedAlsoOnAWayThatLosesMuch) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0.6, office.good(1), office.good(2));
  for (int i = 0; i < 4; ++i) office.round(0.6, office.good(1), Verdict());
  ASSERT_EQ(office.begun.size(), 1U);
  EXPECT_EQ(office.begun[0].outage.cause, Rung::services);
  for (int i = 0; i < 4; ++i) office.round(0.6, Verdict(), Verdict());
  EXPECT_EQ(office.begun.back().outage.cause, Rung::dns);
}

TEST(LossyWay, SilenceIsMissingSinceItWasAskedAndANoSinceItWasSaid) {
  const auto begin_of = [](const Verdict& visit) {
    LossyOffice office;
    for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
    const auto first_verdict = office.now + seconds(15);
    for (int i = 0; i < 4; ++i) office.round(0, office.good(1), visit);
    EXPECT_EQ(office.begun.size(), 1U);
    return office.begun.empty() ? Milliseconds(-1) : first_verdict - office.begun[0].at;
  };
  EXPECT_EQ(begin_of(LossyOffice::silent(seconds(8))), seconds(8));
  auto refused = LossyOffice::silent(seconds(8));
  refused.silence = false;
  EXPECT_EQ(begin_of(refused), seconds(0));
  // Nothing was asked before the reading before it.
  EXPECT_EQ(begin_of(LossyOffice::silent(seconds(100))), seconds(15) - Milliseconds(1));
}

// All are silent since before the last good answer, which the service gave: its own silence began after that.
TEST(LossyWay, AVisitRightAfterAGoodOneIsNotRefutedByIt) {
  LossyOffice office;
  for (int i = 0; i < 4; ++i) office.round(0, office.good(1), office.good(2));
  const auto silent = LossyOffice::silent(seconds(5));
  const auto all_but_the_service = [&] {
    office.watch.take("Ping/anchor", silent, office.now);
    office.watch.take("TCP/anchor", silent, office.now);
    office.watch.take("DNS/portal", silent, office.now);
  };
  office.now += seconds(5);
  all_but_the_service();
  office.watch.take("Reach/tax", office.good(2), office.now);
  for (int i = 0; i < 8; ++i) {
    office.now += seconds(5);
    office.watch.take("Reach/tax", silent, office.now);
    all_but_the_service();
  }
  const auto news = office.watch.take_news();
  ASSERT_TRUE(news);
  ASSERT_EQ(news->events.size(), 1U);
  EXPECT_EQ(news->events[0].outage.cause, Rung::internet);
}

}  // namespace
}  // namespace xalink
