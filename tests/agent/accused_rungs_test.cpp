// Rungs that seem to hold and do not: a DNS that lies, and somebody who wants a login.

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
using test::good_of;
using test::kSeenAgainWithin;
using test::Office;
using test::take_told;
using test::told_with_time;
using Told = std::vector<std::string>;

TEST(OutageWatch, FindsADnsThatLies) {
  Office office;
  office.usual().start();
  office.run(minutes(31));
  office.truth.poisoned = true;
  const auto broken = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin dns"}));
  expect_between(office.event(0), broken, seconds(301));
  EXPECT_NE(office.event(0).outage.evidence.find("Reach/"), std::string::npos);
  office.truth.poisoned = false;
  const auto mended = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin dns", "end dns"}));
  expect_between(office.event(1), mended, kSeenAgainWithin);
}

// The DNS is mended while large packets vanish: no service answers, and yet it is not the DNS any more.
TEST(OutageWatch, ADnsThatLiesNoMoreIsThereAlsoWhenServicesStall) {
  const std::vector<Witness> witnesses = {*witness_of(ping_schema("anchor")), *witness_of(dns_schema("tax")),
                                          *witness_of(reach_schema("tax"))};
  BootTime now = hours(1);
  OutageWatch watch({}, "boot", witnesses, "", std::nullopt, now);
  Told told;
  const auto run = [&](const std::string& reason, int rounds) {
    Verdict good;
    good.good = true;
    const Schema schema = reach_schema("tax");
    Record record;
    record.values.resize(schema.columns.size());
    record.values.at(column_index(schema, "Success").value()) = reason.empty();
    if (!reason.empty()) record.values.at(column_index(schema, "Reason").value()) = reason;
    if (reason.starts_with("TLS"))
      record.values.at(column_index(schema, "Connect").value()) = std::uint64_t{9};
    for (int i = 0; i < rounds; ++i) {
      for (std::size_t other : {0U, 1U}) {
        good.proves = witnesses[other].asks;
        watch.take(witnesses[other].probe, good, now += seconds(1));
      }
      watch.take("Reach/tax", *judge(witnesses[2], schema, record), now += seconds(8));
      take_told(watch, told);
    }
  };
  const auto next = [&] { return std::to_string((now + seconds(10)).count() / 1000); };
  run("", 6);
  const auto poisoned = next();
  run(std::string(kWrongAddress) + " 203.0.113.66; the service is at 203.0.113.11" + std::string(kAsBefore),
      6);
  const auto mended = next();
  run("TLS: no answer in time" + std::string(kAtItsAddress), 6);
  EXPECT_EQ(told, (Told{"begin dns " + poisoned, "end dns " + mended, "begin services " + mended}));
}

// Their visits are what tells that names are right again, and last until they have waited in vain.
TEST(OutageWatch, ServicesThatStallAreMissingAsSoonAsTheDnsIsNot) {
  const std::vector<Witness> witnesses = {*witness_of(dns_schema("tax")), *witness_of(reach_schema("tax")),
                                          *witness_of(reach_schema("portal"))};
  BootTime now = hours(1);
  OutageWatch watch({}, "boot", witnesses, "", std::nullopt, now);
  Told told;
  const auto run = [&](const Verdict& visit, int rounds) {
    for (int i = 0; i < rounds; ++i) {
      const Verdict resolves = good_of(witnesses[0]);
      watch.take("DNS/tax", resolves, now += seconds(1));
      watch.take("Reach/tax", visit, now += seconds(8));
      watch.take("Reach/portal", visit, now += seconds(1));
      take_told(watch, told);
    }
  };
  const Verdict there = good_of(witnesses[1]);
  Verdict astray;
  astray.accuses = Rung::dns;
  astray.certain = true;
  Verdict stalls;
  stalls.silence = true;
  stalls.took = seconds(10);
  stalls.proves = RungSet(Rung::link, Rung::first_hop, Rung::internet, Rung::dns);
  run(there, 6);
  const std::string poisoned = " " + std::to_string((now + seconds(9)).count() / 1000);
  run(astray, 6);
  const std::string mended = " " + std::to_string((now + seconds(9)).count() / 1000);
  run(stalls, 6);
  EXPECT_EQ(told, (Told{"begin dns" + poisoned, "end dns" + mended, "begin services" + mended,
                        "begin services" + mended}));
}

// One service of a VPN that is down is no reason to distrust all names.
TEST(OutageWatch, AnAddressThatOnlyLooksWrongIsTheDnsWhenNoServiceIsThereByItsName) {
  const std::vector<Witness> witnesses = {*witness_of(dns_schema("portal")), *witness_of(reach_schema("tax")),
                                          *witness_of(reach_schema("portal"))};
  Testimony testimony({}, witnesses, {});
  BootTime now = hours(1);
  const auto round = [&](bool other_is_there) {
    const Verdict resolves = good_of(witnesses[0]);
    Verdict astray;
    astray.accuses = Rung::dns;
    const Verdict there = good_of(witnesses[2]);
    testimony.take("DNS/portal", resolves, now);
    testimony.take("Reach/tax", astray, now);
    testimony.take("Reach/portal", other_is_there ? there : astray, now);
    now += minutes(1);
  };
  for (int i = 0; i < 5; ++i) round(true);
  EXPECT_EQ(testimony.stand(Rung::dns, now).state, Standing::State::holds);
  for (int i = 0; i < 5; ++i) round(false);
  EXPECT_EQ(testimony.stand(Rung::dns, now).state, Standing::State::missing);
}

// A line that loses every second packet: what is lost is the question for the name, and most often not all.
TEST(OutageWatch, AServiceIsNotMissingForANameThatIsLostOnTheWay) {
  const std::vector<Witness> witnesses = {*witness_of(dns_schema("portal")),
                                          *witness_of(reach_schema("tax"))};
  BootTime now = hours(1);
  OutageWatch watch({}, "boot", witnesses, "", std::nullopt, now);
  const Verdict resolved = good_of(witnesses[0]);
  Verdict unresolved;
  unresolved.unresolved = true;
  std::vector<Rung> begun;
  const auto round = [&](bool name_comes) {
    watch.take("Reach/tax", unresolved, now += seconds(10));
    watch.take("DNS/portal", name_comes ? resolved : Verdict(), now += seconds(10));
    const auto news = watch.take_news();
    if (!news) return;
    for (const auto& event : news->events) begun.push_back(event.outage.cause);
  };
  for (int i = 0; i < 30; ++i) round(i % 2 == 1);
  EXPECT_EQ(begun, std::vector<Rung>());
  // Other names come again and again, and this one never.
  for (int i = 0; i < 4; ++i) round(true);
  EXPECT_EQ(begun, std::vector{Rung::services});
}

// The new program knows no right addresses: where a wrong one leads, nobody answers.
TEST(OutageWatch, ADnsThatLiesDoesNotBecomeAServiceThatIsMissingWhenTheProgramIsStartedAgain) {
  const std::vector<Witness> witnesses = {*witness_of(dns_schema("portal")),
                                          *witness_of(reach_schema("tax"))};
  BootTime now = hours(1);
  std::vector<std::string> told;
  std::string memory;
  std::optional<OutageWatch> watch;
  const auto start = [&] { watch.emplace(OutageRules{}, "boot", witnesses, memory, std::nullopt, now); };
  const auto round = [&](const Verdict& visit) {
    const Verdict resolves = good_of(witnesses[0]);
    watch->take("DNS/portal", resolves, now += seconds(5));
    watch->take("Reach/tax", visit, now += seconds(5));
    while (auto news = watch->take_news()) {
      memory = news->memory;
      for (const auto& event : news->events) {
        told.push_back(told_with_time(event));
      }
    }
  };
  const Verdict there = good_of(witnesses[1]);
  Verdict astray;
  astray.accuses = Rung::dns;
  astray.certain = true;
  astray.evidence = "Reach/tax (" + std::string(kWrongAddress) +
                    " 203.0.113.66; the service is at 203.0.113.11" + std::string(kAsBefore) + ")";
  Verdict nobody;
  nobody.proves.add(Rung::dns);
  nobody.evidence = "Reach/tax (connect: no answer in time)";
  Verdict stalls = nobody;
  stalls.proves = RungSet(Rung::link, Rung::first_hop, Rung::dns);
  stalls.at_its_address = true;
  for (const bool answers : {true, false}) {
    now = hours(1);
    memory.clear();
    told.clear();
    start();
    for (int i = 0; i < 3; ++i) round(there);
    for (int i = 0; i < 5; ++i) round(astray);
    const Told begun{"begin dns 3640"};
    EXPECT_EQ(told, begun);
    start();
    for (int i = 0; i < 20; ++i) round(nobody);
    EXPECT_EQ(told, begun);
    EXPECT_EQ(watch->open().at(0).cause, Rung::dns);
    const std::string mended = " " + std::to_string((now + seconds(10)).count() / 1000);
    for (int i = 0; i < 4; ++i) round(answers ? there : stalls);
    Told expected{begun[0], "end dns" + mended};
    if (!answers) expected.push_back("begin services" + mended);
    EXPECT_EQ(told, expected);
  }
}

// The page that tells a login was last asked while the first one stood in the way. When the second one
// comes, the session still seems to stand: who was reached since the first one acquits nobody of the
// second.
TEST(OutageWatch, ALoginThatComesAgainDoesNotBecomeServicesThatAreMissing) {
  const std::vector<Witness> witnesses = {*witness_of(ping_schema("anchor")),
                                          *witness_of(reach_schema("tax")),
                                          *witness_of(captive_portal_schema())};
  BootTime now = hours(1);
  OutageWatch watch({}, "boot", witnesses, "", std::nullopt, now);
  Verdict login;
  login.accuses = Rung::internet;
  Told told;
  const auto round = [&](bool anchor, bool visit, bool asks_page) {
    watch.take("Ping/anchor", anchor ? good_of(witnesses[0]) : Verdict(), now += seconds(5));
    watch.take("Reach/tax", visit ? good_of(witnesses[1]) : Verdict(), now += seconds(5));
    if (asks_page) watch.take("Captive Portal", login, now += seconds(1));
    while (auto news = watch.take_news()) {
      for (const auto& event : news->events) {
        told.push_back(std::string(to_string(event.kind)) + " " + std::string(to_string(event.outage.cause)));
      }
    }
  };
  watch.session(true, {}, now);
  for (int i = 0; i < 3; ++i) round(true, true, false);
  watch.session(false, "the connection was lost", now);
  for (int i = 0; i < 4; ++i) round(false, false, true);
  watch.session(true, {}, now);
  for (int i = 0; i < 30; ++i) round(true, true, false);
  EXPECT_EQ(told, (Told{"begin internet", "end internet"}));
  for (int i = 0; i < 4; ++i) round(true, false, true);
  EXPECT_EQ(told.size(), 2U);
  watch.session(false, "the connection was lost", now);
  for (int i = 0; i < 4; ++i) round(true, false, true);
  EXPECT_EQ(told, (Told{"begin internet", "end internet", "begin internet"}));
}

// Nobody can ask for the page that tells a login while names do not come.
TEST(OutageWatch, ALoginIsOverForAnchorsThatItHeldUpWhenNamesDoNotCome) {
  for (const bool names : {false, true}) {
    const std::vector<Witness> witnesses = {*witness_of(ping_schema("anchor")),
                                            *witness_of(dns_schema("tax")), *witness_of(reach_schema("tax")),
                                            *witness_of(captive_portal_schema())};
    BootTime now = hours(1);
    OutageWatch watch({}, "boot", witnesses, "", std::nullopt, now);
    Told told;
    const auto round = [&](bool anchor, bool name, bool visit) {
      now += seconds(10);
      for (const auto& [number, is_good] : {std::pair(0, anchor), std::pair(1, name), std::pair(2, visit)}) {
        const Witness& witness = witnesses.at(static_cast<std::size_t>(number));
        Verdict verdict;
        verdict.good = is_good;
        if (is_good) verdict.proves = witness.asks;
        verdict.unresolved = !name;
        watch.take(witness.probe, verdict, now);
      }
      take_told(watch, told);
    };
    const auto next = [&] { return " " + std::to_string((now + seconds(10)).count() / 1000); };
    for (int i = 0; i < 6; ++i) round(true, true, true);
    Told expected = {"begin internet" + next()};
    for (int i = 0; i < 6; ++i) {
      round(false, true, false);
      Verdict login;
      login.accuses = Rung::internet;
      watch.take("Captive Portal", login, now);
    }
    for (int i = 0; i < 4; ++i) round(false, names, false);
    EXPECT_EQ(told, expected);
    const std::string back = next();
    for (int i = 0; i < 4; ++i) round(true, names, false);
    if (!names) expected.push_back("cause dns" + back);
    EXPECT_EQ(told, expected) << "where names come it may be that it only lets anchors through by now";
    // Nor is it there again when names are, and no service yet.
    const std::string resolved = next();
    round(true, true, false);
    if (!names) expected.insert(expected.end(), {"end dns" + resolved, "begin services" + next()});
    for (int i = 0; i < 4; ++i) round(true, true, false);
    EXPECT_EQ(told, expected);
  }
}

TEST(OutageWatch, ALoginIsOverForAServiceThatIsFoundWhereItWasWhileTheDnsLies) {
  const std::vector<Witness> witnesses = {*witness_of(ping_schema("anchor")), *witness_of(dns_schema("tax")),
                                          *witness_of(reach_schema("tax")),
                                          *witness_of(captive_portal_schema())};
  BootTime now = hours(1);
  OutageWatch watch({}, "boot", witnesses, "", std::nullopt, now);
  Told told;
  const auto round = [&](const Verdict& visit) {
    now += seconds(10);
    // All the time.
    for (std::size_t number : {0U, 1U}) {
      const Verdict good = good_of(witnesses[number]);
      watch.take(witnesses[number].probe, good, now);
    }
    watch.take("Reach/tax", visit, now);
    take_told(watch, told);
  };
  const auto next = [&] { return " " + std::to_string((now + seconds(10)).count() / 1000); };
  const Verdict there = good_of(witnesses[2]);
  for (int i = 0; i < 6; ++i) round(there);
  Told expected = {"begin internet" + next()};
  for (int i = 0; i < 6; ++i) {
    round(Verdict());
    Verdict login;
    login.accuses = Rung::internet;
    watch.take("Captive Portal", login, now);
  }
  Verdict astray;
  astray.accuses = Rung::dns;
  astray.certain = true;
  astray.proves = RungSet(Rung::link, Rung::first_hop, Rung::internet);
  expected.push_back("cause dns" + next());
  for (int i = 0; i < 6; ++i) round(astray);
  EXPECT_EQ(told, expected);
}

TEST(OutageWatch, FindsALoginThatLetsAnchorsThrough) {
  Office office;
  office.usual().add("Captive Portal", 900).start();
  office.run(minutes(31));
  office.truth.login = true;
  const auto broken = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin internet"}));
  expect_between(office.event(0), broken, seconds(301));
  EXPECT_EQ(office.event(0).outage.reached, Rung::first_hop);
  office.truth.login = false;
  const auto mended = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin internet", "end internet"}));
  expect_between(office.event(1), mended, kSeenAgainWithin);
}

TEST(OutageWatch, TakesAChangedPageForNoOutage) {
  Office office;
  office.usual().add("Captive Portal", 900).start();
  office.truth.odd_page = true;
  office.run(hours(2));
  EXPECT_EQ(office.told(), Told());
  // One service is down, and then the other and the gateway too: from then on it cannot be told from a
  // login.
  office.truth.down = {"tax"};
  office.run(hours(1));
  EXPECT_EQ(office.told(), (Told{"begin services:tax"}));
  office.truth.down = {"tax", "portal"};
  office.truth.gateway = false;
  const auto broken = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin services:tax", "begin internet", "end services:tax"}));
  EXPECT_GE(office.event(1).at, broken) << "not since the page has changed";
}

TEST(OutageWatch, FindsALoginAfterAnUpstreamThatWasLost) {
  Office office;
  office.usual().add("Captive Portal", 900).start();
  office.run(minutes(31));
  office.truth.internet = false;
  office.run(minutes(30));
  office.truth.internet = true;
  office.truth.login = true;
  office.run(minutes(30));
  office.truth.login = false;
  const auto mended = office.now;
  office.run(hours(1));
  ASSERT_EQ(office.told(), (Told{"begin internet", "end internet"}));
  expect_between(office.event(1), mended, kSeenAgainWithin);
}

}  // namespace
}  // namespace xalink
