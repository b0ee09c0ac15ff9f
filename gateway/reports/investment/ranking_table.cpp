#include <map>
#include <utility>

#include "gateway/reports/investment/cells.hpp"
#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports::investment_tables {
namespace {

/// A change of availability in office hours by this much, in points of percent, is one.
constexpr double kChange = 0.5;

Cell cause_cell(const RankedCommune& commune) {
  if (!commune.cause) return Missing::not_applicable;
  return Said{meaning::cause_label(*commune.cause, Language::english),
              meaning::cause_label(*commune.cause, Language::vietnamese)};
}

State trend_of(double change) {
  if (change >= kChange) return {"better", {"better", "tốt hơn"}, Tone::good};
  if (change <= -kChange) return {"worse", {"worse", "kém hơn"}, Tone::bad};
  return {"steady", {"steady", "không đổi"}, Tone::limited};
}

/// How a commune stood in the period before, by key. A unit that did not exist then is not in it.
struct Before {
  std::map<std::string, double> availability;  ///< percent
  std::map<std::string, int> rank;
};

Before before(const InvestmentReportInput& input) {
  Before before;
  if (input.before == nullptr) return before;
  for (const auto& commune : *input.before) {
    if (commune.availability && commune.completeness.value_or(0) >= kLeastCompleteness) {
      before.availability[commune.key] = 100 * *commune.availability;
    }
  }
  const auto ranking = rank(*input.before, input.weights);
  for (const auto& commune : ranking.ranked) before.rank[commune.evidence->key] = commune.rank;
  return before;
}

void add_trend(Row& row, const RankedCommune& commune, const Before& before) {
  const auto was = before.availability.find(commune.evidence->key);
  if (was == before.availability.end()) {
    row.cells.insert(row.cells.end(), 2, Missing::no_data);
  } else {
    const double change = 100 * *commune.evidence->availability - was->second;
    row.cells.emplace_back(trend_of(change));
    row.cells.emplace_back(change);
  }
  const auto rank = before.rank.find(commune.evidence->key);
  row.cells.push_back(rank == before.rank.end() ? Cell(Missing::no_data) : Cell(std::int64_t{rank->second}));
}

}  // namespace

Table ranking(const InvestmentReportInput& input, const Ranking& ranking) {
  Table table;
  table.key = "ranking";
  table.title = {"Ranking", "Xếp hạng"};
  table.note = {
      "The larger the score, the greater the need. Communes without enough data have no rank and stand in "
      "the "
      "table \"Not ranked\". The trend is availability in office hours against the period before.",
      "Điểm càng lớn, nhu cầu càng cao. Xã thiếu dữ liệu không có hạng và nằm ở bảng \"Chưa xếp hạng\". Xu "
      "hướng là độ khả dụng trong giờ làm việc so với kỳ trước."};
  table.fixed_columns = 2;
  table.columns = {
      {"rank", {"Rank", "Hạng"}, ColumnKind::integer, 0},
      {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"zone", {"Region", "Khu vực"}, ColumnKind::text, 0},
      {"score", {"Score, 0–100", "Điểm, 0–100"}, ColumnKind::decimal, 2},
      {"state", {"Need", "Nhu cầu"}, ColumnKind::state, 0},
      {"kind", {"Kind of investment", "Loại đầu tư"}, ColumnKind::text, 0},
      {"cause", {"Main cause", "Nguyên nhân chính"}, ColumnKind::text, 0},
      {"cause_percent", {"Its share of outages", "Tỷ lệ trong thời gian mất"}, ColumnKind::percent, 0},
      {"availability_percent",
       {"Availability, office hours", "Khả dụng, giờ làm việc"},
       ColumnKind::percent,
       2},
      {"trend", {"Trend", "Xu hướng"}, ColumnKind::state, 0},
      {"change_points", {"Change, points", "Thay đổi, điểm %"}, ColumnKind::decimal, 2},
      {"rank_before", {"Rank before", "Hạng kỳ trước"}, ColumnKind::integer, 0},
      {"evidence_percent", {"Evidence, of the weights", "Bằng chứng, theo trọng số"}, ColumnKind::percent, 0},
  };
  const auto then = before(input);
  for (const auto& commune : ranking.ranked) {
    const auto& evidence = *commune.evidence;
    Row row;
    row.place = evidence.place;
    row.code = evidence.key;
    row.cells = {std::int64_t{commune.rank},
                 evidence.name,
                 zone_cell(evidence),
                 commune.score,
                 need_state(commune.score),
                 words_of(commune.kind),
                 cause_cell(commune),
                 commune.cause ? Cell(100 * commune.cause_share) : Cell(Missing::not_applicable),
                 percent(evidence.availability)};
    add_trend(row, commune, then);
    row.cells.emplace_back(100 * commune.evidence_share);
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace xalink::reports::investment_tables
