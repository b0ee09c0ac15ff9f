// Need for investment, reckoned by hand. Weights: availability 25, coverage 20, villages 15, power 10,
// dossiers 10, population 5, ethnic minorities 5, zone 10.
//
//             A                          B                        C
// available   0.945 -> 0.05/0.25 = 0.2  0.80 -> 0.195/0.25 = 0.78 0.999 -> 0 (above 99.5 %)
// gap         0.4                        0                        0.2
// villages    10: 2 none, 4 gaps -> 0.4  no survey                20: none -> 0
// power       10 told: 1 -> 0.1          -                        20 told: 0 -> 0
// dossiers    100: 5 -> 0.05/0.2 = 0.25  -                        50: 0 -> 0
// population  5000 -> 0.5                -                        20000 -> 1
// minorities  90 % -> 0.9                -                        10 % -> 0.1
// zone        III -> 1                   II -> 2/3                I -> 1/3
//
// A: 25*.2 + 20*.4 + 15*.4 + 10*.1 + 10*.25 + 5*.5 + 5*.9 + 10*1
//    = 5 + 8 + 6 + 1 + 2.5 + 2.5 + 4.5 + 10 = 39.5 of 100
// B: 25*.78 + 20*0 + 10*2/3 = 26.167 of 55 -> 47.576; evidence 0.55
// C: 0 + 20*.2 + 0 + 0 + 0 + 5*1 + 5*.1 + 10/3 = 12.833 of 100

#include "gateway/reports/investment.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/investment_report.hpp"
#include "gateway/reports/json_writer.hpp"

namespace xalink::reports {
namespace {

using meaning::Cause;
using std::chrono::hours;

CommuneEvidence commune(const std::string& key, double availability) {
  CommuneEvidence evidence;
  evidence.key = key;
  evidence.name = {"xã " + key, "xã " + key};
  evidence.completeness = 0.9;
  evidence.availability = availability;
  return evidence;
}

void down(CommuneEvidence& evidence, Cause cause, Milliseconds time) {
  evidence.down[meaning::index(cause)] = time;
}

CommuneEvidence a() {
  auto evidence = commune("A", 0.945);
  evidence.coverage_gap = 0.4;
  evidence.villages = 10;
  evidence.villages_without_signal = 2;
  evidence.villages_with_gaps = 4;
  evidence.villages_power_told = 10;
  evidence.villages_without_power = 1;
  evidence.dossiers = 100;
  evidence.dossiers_delayed = 5;
  evidence.population = 5000;
  evidence.ethnic_minority_percent = 90;
  evidence.zone = "III";
  down(evidence, Cause::power, hours(30));
  down(evidence, Cause::link, hours(10));
  down(evidence, Cause::switched_off, hours(500));  // wanted: no outage
  return evidence;
}
CommuneEvidence b() {
  auto evidence = commune("B", 0.80);
  evidence.coverage_gap = 0;
  evidence.zone = "II";
  down(evidence, Cause::modem, hours(20));
  down(evidence, Cause::first_hop, hours(25));
  down(evidence, Cause::power, hours(30));  // the largest cause, and not the largest kind
  return evidence;
}
CommuneEvidence c() {
  auto evidence = commune("C", 0.999);
  evidence.coverage_gap = 0.2;
  evidence.villages = 20;
  evidence.villages_power_told = 20;
  evidence.dossiers = 50;
  evidence.population = 20000;
  evidence.ethnic_minority_percent = 10;
  evidence.zone = "I";
  down(evidence, Cause::services, hours(1));
  return evidence;
}

TEST(Investment, ScoresAsReckonedByHand) {
  const std::vector<CommuneEvidence> communes{c(), a(), b()};
  const auto ranking = rank(communes);
  ASSERT_EQ(ranking.ranked.size(), 3U);
  EXPECT_EQ(ranking.ranked[0].evidence->key, "B");
  EXPECT_NEAR(ranking.ranked[0].score, 47.5757575757, 1e-9);
  EXPECT_NEAR(ranking.ranked[0].evidence_share, 0.55, 1e-12);
  EXPECT_EQ(ranking.ranked[0].kind, Investment::last_mile) << "20 + 25 h of one line before 30 h of power";
  EXPECT_EQ(ranking.ranked[0].cause, Cause::power);
  EXPECT_NEAR(ranking.ranked[0].cause_share, 0.4, 1e-12);
  EXPECT_EQ(ranking.ranked[1].evidence->key, "A");
  EXPECT_NEAR(ranking.ranked[1].score, 39.5, 1e-9);
  EXPECT_NEAR(ranking.ranked[1].evidence_share, 1, 1e-12);
  EXPECT_EQ(ranking.ranked[1].kind, Investment::power);
  EXPECT_NEAR(ranking.ranked[1].cause_share, 0.75, 1e-12) << "what was switched off on purpose is no outage";
  EXPECT_EQ(ranking.ranked[2].evidence->key, "C");
  EXPECT_NEAR(ranking.ranked[2].score, 12.8333333333, 1e-9);
  EXPECT_EQ(ranking.ranked[2].kind, Investment::coverage) << "99.9 % available, a fifth below the thresholds";
}

TEST(Investment, NeverRanksWhoHasNoDataAsFine) {
  auto silent = commune("S", 1.0);
  silent.completeness = 0.0999;
  auto unknown = commune("U", 1.0);
  unknown.availability.reset();
  const std::vector<CommuneEvidence> communes{unknown, a(), silent};
  const auto ranking = rank(communes);
  ASSERT_EQ(ranking.ranked.size(), 1U);
  ASSERT_EQ(ranking.unranked.size(), 2U);
  EXPECT_EQ(ranking.unranked[0]->key, "S");
  EXPECT_EQ(ranking.unranked[1]->key, "U");
}

TEST(Investment, DoesNotCountMissingEvidenceForNorAgainst) {
  auto more = a();
  auto less = a();
  less.key = "L";
  less.dossiers.reset();
  less.villages = 0;
  // (39.5 - 2.5 - 6) of 75 instead of 39.5 of 100
  const std::vector<CommuneEvidence> communes{more, less};
  const auto ranking = rank(communes);
  EXPECT_EQ(ranking.ranked[0].evidence->key, "L");
  EXPECT_NEAR(ranking.ranked[0].score, 31.0 / 75 * 100, 1e-9);
}

TEST(Investment, ChoosesTheKindByTheCausesOfOutages) {
  const auto kind_of = [](const CommuneEvidence& evidence) {
    const std::vector<CommuneEvidence> one{evidence};
    return rank(one).ranked.at(0).kind;
  };
  const std::array<std::pair<Cause, Investment>, 9> kinds{{{Cause::power, Investment::power},
                                                           {Cause::board, Investment::board},
                                                           {Cause::modem, Investment::last_mile},
                                                           {Cause::link, Investment::last_mile},
                                                           {Cause::first_hop, Investment::last_mile},
                                                           {Cause::internet, Investment::backhaul},
                                                           {Cause::dns, Investment::backhaul},
                                                           {Cause::services, Investment::service_owner},
                                                           {Cause::gateway, Investment::gateway}}};
  for (const auto& [cause, kind] : kinds) {
    auto evidence = commune("X", 0.9);
    down(evidence, cause, hours(5));
    EXPECT_EQ(kind_of(evidence), kind) << meaning::to_string(cause);
  }
  auto evidence = commune("X", 0.9);
  down(evidence, Cause::link, hours(5));
  evidence.villages = 10;
  evidence.villages_without_signal = 5;
  EXPECT_EQ(kind_of(evidence), Investment::satellite) << "half the villages have no signal";
  evidence.villages_without_signal = 4;
  evidence.villages_with_gaps = 1;
  EXPECT_EQ(kind_of(evidence), Investment::last_mile) << "4.5 of 10";
  auto mixed = commune("X", 0.9);
  down(mixed, Cause::power, hours(39));
  down(mixed, Cause::link, hours(31));
  down(mixed, Cause::services, hours(30));
  EXPECT_EQ(kind_of(mixed), Investment::find_cause) << "39 of 100 is no two fifths";
  auto fine = commune("X", 0.9985);
  down(fine, Cause::power, hours(1));
  EXPECT_EQ(kind_of(fine), Investment::none);
  fine.villages = 8;
  fine.villages_without_signal = 1;
  EXPECT_EQ(kind_of(fine), Investment::villages);
}

TEST(Investment, SharesARankWhereScoresAreEqualInPrint) {
  auto d = a();
  d.key = "D";
  auto e = c();
  e.key = "E";
  const std::vector<CommuneEvidence> communes{d, a(), c(), e, b()};
  const auto ranking = rank(communes);
  std::string told;
  for (const auto& each : ranking.ranked) told += each.evidence->key + std::to_string(each.rank) + " ";
  EXPECT_EQ(told, "B1 A2 D2 C4 E4 ");
}

// Eleven communes, told apart by availability alone but for the last two: "ten" leads "x" by 0.5 points, and
// x has all its need from the zone.
//   weights 25 and 10 only (no other evidence): ten 25*.30/35 = 21.43 with zone 0; x 25*0 + 10*.6667 -> 19.05
//   zone * 1.2 = 12: ten 7.5/37 = 20.27, x 8/37 = 21.62: x comes in, ten leaves
TEST(Investment, TellsHowTheFirstTenChangeWithEachWeight) {
  std::vector<CommuneEvidence> communes;
  for (int i = 0; i < 9; ++i) {
    communes.push_back(commune("k" + std::to_string(i), 0.80));
    communes.back().zone = "none";
  }
  communes.push_back(commune("ten", 0.995 - 0.075));
  communes.back().zone = "none";
  communes.push_back(commune("x", 1.0));
  communes.back().zone = "II";
  const auto ranking = rank(communes);
  ASSERT_EQ(ranking.sensitivity.size(), 2 * kCriteria);
  for (const auto& change : ranking.sensitivity) {
    const bool zone_up = change.criterion == Criterion::zone && change.factor > 1;
    const bool availability_down = change.criterion == Criterion::availability && change.factor < 1;
    // availability * 0.8 = 20: ten 6/30 = 20.00, x 6.667/30 = 22.22: the same
    if (zone_up || availability_down) {
      EXPECT_EQ(change.entered, std::vector<std::string>{"x"}) << to_string(change.criterion);
      EXPECT_EQ(change.left, std::vector<std::string>{"ten"});
      EXPECT_EQ(change.largest_move, 1);
    } else {
      EXPECT_TRUE(change.entered.empty()) << to_string(change.criterion) << change.factor;
      EXPECT_TRUE(change.left.empty());
      EXPECT_EQ(change.largest_move, 0);
    }
  }
}

TEST(InvestmentReport, PrintsFormulaWeightsEvidenceAndWhoIsNotRanked) {
  auto silent = commune("S", 1.0);
  silent.completeness = 0;
  silent.availability.reset();
  auto few = a();
  few.key = "F";
  few.dossiers_delayed = 3;
  const std::vector<CommuneEvidence> communes{a(), b(), c(), silent, few};
  Weights weights = kUsualWeights;
  weights[0] = 30.5;
  const auto document = investment_report({communes,
                                           weights,
                                           *meaning::read_period("2024-Q3"),
                                           Scope::commune,
                                           {"office floor", "mức tối thiểu"}});
  EXPECT_EQ(flaw_of(document), "");
  EXPECT_NE(document.definitions[0].meaning.english.find("Availability 30.5"), std::string::npos);
  EXPECT_NE(document.definitions[0].meaning.vietnamese.find("Độ khả dụng 30,5"), std::string::npos);
  const auto& ranking = *table_named(document, "ranking");
  const auto& unranked = *table_named(document, "unranked");
  ASSERT_EQ(ranking.rows.size(), 4U);
  ASSERT_EQ(unranked.rows.size(), 1U) << "and in no other table";
  EXPECT_EQ(unranked.rows[0].cells[0], Cell(Said{"xã S", "xã S"}));
  std::vector<const Table*> on_map = tables_on_map(document);
  ASSERT_EQ(on_map.size(), 2U) << "who has no data stands on the map all the same";
  EXPECT_EQ(on_map[1]->key, "unranked");
  EXPECT_EQ(table_named(document, "sensitivity")->rows.size(), 16U);
  const auto& evidence = *table_named(document, "evidence");
  EXPECT_EQ(evidence.rows.size(), 4U);
  const auto delayed = *column_at(evidence, "dossiers_delayed");
  EXPECT_TRUE(std::ranges::any_of(
      evidence.rows, [&](const Row& row) { return row.cells[delayed] == Cell(Missing::suppressed); }));
}

TEST(InvestmentReport, LetsNoSmallCountFollowFromThePoints) {
  std::vector<CommuneEvidence> communes;
  for (const std::int64_t delayed : {0, 1, 4, 5}) {
    auto evidence = a();
    evidence.key = std::to_string(delayed);
    evidence.dossiers_delayed = delayed;
    communes.push_back(std::move(evidence));
  }
  auto few = a();
  few.key = "few";
  few.dossiers = 4;
  few.dossiers_delayed = 4;
  communes.push_back(std::move(few));
  const auto ranking = rank(communes);
  const auto of = [&](const char* key) {
    const auto found = std::ranges::find_if(
        ranking.ranked, [&](const RankedCommune& each) { return each.evidence->key == key; });
    return found->need[static_cast<std::size_t>(Criterion::dossiers)];
  };
  EXPECT_EQ(of("0"), 0.0);
  EXPECT_EQ(of("1"), 0.0);
  EXPECT_EQ(of("4"), 0.0);
  EXPECT_DOUBLE_EQ(of("5").value_or(-1), 0.25);
  EXPECT_EQ(of("few"), std::nullopt);
}

// Availability in office hours, percent, and the score before, when all else was the same:
//            before      now    change  trend    score before                        rank before
//   A        93.5        94.5   +1.0    better   39.5 + 25*(.24 - .2) = 40.5         1
//   B        90.0        80.0   -10.0   worse    (25*.38 + 10*2/3) of 55 = 29.39     2
//   C        99.8        99.9   +0.1    steady   12.83                               3
//   N        not there   94.5   -       -        -                                   -
//   W        5 % known   94.5   -       -        -                                   -
TEST(InvestmentReport, TellsTheTrendAgainstThePeriodBefore) {
  auto unit = a();
  unit.key = "N";
  auto was_silent = a();
  was_silent.key = "W";
  const std::vector<CommuneEvidence> now{a(), b(), c(), unit, was_silent};
  std::vector<CommuneEvidence> then{a(), b(), c(), was_silent};
  then[0].availability = 0.935;
  then[1].availability = 0.90;
  then[2].availability = 0.998;
  then[3].completeness = 0.05;
  const auto document = investment_report({now,
                                           kUsualWeights,
                                           *meaning::read_period("2024-Q3"),
                                           Scope::commune,
                                           {"p", "p"},
                                           &then,
                                           *meaning::read_period("2024-Q2")});
  EXPECT_EQ(flaw_of(document), "");
  const auto& ranking = *table_named(document, "ranking");
  const auto of = [&](const char* name, const char* column) {
    const auto row = std::ranges::find_if(ranking.rows, [&](const Row& each) {
      return each.cells[1] == Cell(Said{name, name});
    });
    return row->cells[*column_at(ranking, column)];
  };
  const auto trend = [&](const char* name) { return std::get<State>(of(name, "trend")).key; };
  ASSERT_EQ(std::ranges::count_if(ranking.rows,
                                  [&](const Row& each) {
                                    return each.cells[1] == Cell(Said{"xã A", "xã A"});
                                  }),
            3)
      << "N and W are called A too; the first row of the name is A's own";
  EXPECT_EQ(trend("xã B"), "worse");
  EXPECT_NEAR(std::get<double>(of("xã B", "change_points")), -10.0, 1e-9);
  EXPECT_EQ(trend("xã C"), "steady");
  EXPECT_NEAR(std::get<double>(of("xã C", "change_points")), 0.1, 1e-9);
  EXPECT_EQ(trend("xã A"), "better");
  EXPECT_NEAR(std::get<double>(of("xã A", "change_points")), 1.0, 1e-9);
  EXPECT_EQ(of("xã A", "rank_before"), Cell(std::int64_t{1}));
  EXPECT_EQ(of("xã B", "rank_before"), Cell(std::int64_t{2}));
  EXPECT_EQ(of("xã C", "rank_before"), Cell(std::int64_t{3}));
  const auto without = *column_at(ranking, "trend");
  EXPECT_EQ(std::ranges::count_if(
                ranking.rows, [&](const Row& row) { return row.cells[without] == Cell(Missing::no_data); }),
            2)
      << "a unit that was not there and one that was silent have no trend";
}

TEST(InvestmentReport, SaysNotGivenOfWhatTheProvinceHasNotFilledIn) {
  auto filled = a();
  filled.contract = {Said::same("fibre VNPT"), 100.0, 50.0, std::int64_t{330'000}};
  filled.programmes = "1719; VTCI";
  const std::vector<CommuneEvidence> communes{filled, b()};
  const auto document = investment_report(
      {communes, kUsualWeights, *meaning::read_period("2024-Q3"), Scope::commune, {"p", "p"}});
  const auto& table = *table_named(document, "registry");
  const auto of = [&](std::size_t row, const char* column) {
    return table.rows.at(row).cells[*column_at(table, column)];
  };
  // B has the greater need and is first.
  for (const char* column : {"population", "ethnic_minority_percent", "border", "lines",
                             "contracted_down_mbps", "contracted_up_mbps", "price_vnd_month", "programmes"}) {
    EXPECT_EQ(of(0, column), Cell(Missing::not_given)) << column;
  }
  EXPECT_EQ(of(1, "lines"), Cell(Said::same("fibre VNPT")));
  EXPECT_EQ(of(1, "price_vnd_month"), Cell(std::int64_t{330'000}));
  EXPECT_EQ(of(1, "programmes"), Cell(std::string("1719; VTCI")));
}

TEST(InvestmentReport, HasPointsThatAddUpToTheScore) {
  const std::vector<CommuneEvidence> communes{a(), b(), c()};
  const auto document = investment_report(
      {communes, kUsualWeights, *meaning::read_period("2024-Q3"), Scope::province, {"p", "p"}});
  EXPECT_EQ(flaw_of(document), "");
  for (const auto& row : table_named(document, "points")->rows) {
    double sum = 0;
    for (std::size_t i = 1; i <= kCriteria; ++i) sum += figure_of(row.cells[i]).value_or(0);
    EXPECT_NEAR(sum, figure_of(row.cells.back()).value_or(-1), 1e-9);
  }
  EXPECT_EQ(as_json(document),
            as_json(investment_report(
                {communes, kUsualWeights, *meaning::read_period("2024-Q3"), Scope::province, {"p", "p"}})));
}

}  // namespace
}  // namespace xalink::reports
