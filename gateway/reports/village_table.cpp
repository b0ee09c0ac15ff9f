#include <cstdint>
#include <optional>

#include "gateway/reports/coverage_report.hpp"

namespace xalink::reports {
namespace {

Cell told(const std::optional<std::int64_t>& count) {
  return cell_or(count, Missing::not_given);
}

}  // namespace

Table village_table(const CoverageReportInput& input) {
  Table table;
  table.key = "villages";
  table.title = {"Villages: agencies' counts beside the registry", "Thôn: số liệu các đơn vị gửi và danh bạ"};
  table.note = {
      "The newest count of each source up to the end of the period. The registry surveys the same villages "
      "one "
      "by one: the two are compared and never added.",
      "Số liệu mới nhất của từng nguồn đến cuối kỳ. Danh bạ khảo sát từng thôn của cùng xã: chỉ so sánh, "
      "không cộng."};
  table.columns = {
      {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"as_of", {"Stand of", "Ngày số liệu"}, ColumnKind::date, 0},
      {"source", {"Source", "Nguồn"}, ColumnKind::text, 0},
      {"villages", {"Villages", "Số thôn"}, ColumnKind::integer, 0},
      {"no_signal", {"No signal", "Trắng sóng"}, ColumnKind::integer, 0},
      {"gaps", {"Gaps", "Lõm sóng"}, ColumnKind::integer, 0},
      {"no_power", {"No grid power", "Chưa có điện lưới"}, ColumnKind::integer, 0},
      {"registry_villages", {"Registry: villages", "Danh bạ: số thôn"}, ColumnKind::integer, 0},
      {"registry_no_signal", {"Registry: no signal", "Danh bạ: trắng sóng"}, ColumnKind::integer, 0},
      {"registry_gaps", {"Registry: gaps", "Danh bạ: lõm sóng"}, ColumnKind::integer, 0},
      {"registry_no_power", {"Registry: no grid power", "Danh bạ: chưa có điện"}, ColumnKind::integer, 0},
      {"registry_survey", {"Registry: newest survey", "Danh bạ: khảo sát mới nhất"}, ColumnKind::date, 0}};
  const auto& ground = input.ground;
  const auto day = meaning::day_of(ground.span.end - Milliseconds(1));
  for (const auto& each : meaning::newest_counts(input.village_counts, day)) {
    const auto* commune = meaning::commune_of(ground.registry, each);
    meaning::VillageFigures own;
    if (commune != nullptr) own = meaning::village_figures(ground.registry, commune->key, day);
    const bool surveyed = own.surveyed > 0;
    const auto of_registry = [&](std::uint64_t number) {
      return surveyed ? count(number) : Cell(Missing::not_given);
    };
    Row row;
    if (commune != nullptr) row.place = place_of(*commune);
    row.cells = {commune == nullptr ? Cell(each.commune) : Cell(name_of(*commune)),
                 each.as_of,
                 each.source.empty() ? Cell(Missing::not_given) : Cell(each.source),
                 each.villages,
                 told(each.no_signal),
                 told(each.gaps),
                 told(each.no_power),
                 of_registry(own.surveyed),
                 of_registry(own.without_signal),
                 of_registry(own.with_gaps),
                 of_registry(own.without_power),
                 cell_or(own.newest_survey, Missing::not_given)};
    table.rows.push_back(std::move(row));
  }
  return table;
}

}  // namespace xalink::reports
