#include <cstddef>
#include <string>

#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

constexpr std::size_t kMostListed = 5000;

}  // namespace

Table due(const ShownFigures& shown) {
  Table table;
  table.key = "due";
  table.title = {"Overdue, and due within " + std::to_string(kDueSoonDays) + " working days",
                 "Quá hạn và đến hạn trong " + std::to_string(kDueSoonDays) + " ngày làm việc"};
  table.columns = {
      {"code", {"Dossier", "Mã hồ sơ"}, ColumnKind::text, 0},
      {"procedure", {"Procedure", "Thủ tục"}, ColumnKind::text, 0},
      {"site", {"Site", "Điểm"}, ColumnKind::text, 0},
      {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"due", {"Due", "Hạn trả"}, ColumnKind::time, 0},
      {"working_days_left", {"Working days left", "Số ngày làm việc còn lại"}, ColumnKind::integer, 0},
      {"waits", {"Waits for the citizen", "Chờ công dân bổ sung"}, ColumnKind::text, 0}};
  const auto due = shown.input().table.due_within(kDueSoonDays);
  for (std::size_t i = 0; i < due.size() && i < kMostListed; ++i) {
    const auto& each = due[i];
    table.rows.push_back(
        {{each.code, text_or_none(each.procedure), each.site,
          shown.name_of({meaning::Level::commune, each.commune}), each.due, each.working_days_left,
          each.awaiting_papers ? Said{"yes", "có"} : Said{"no", "không"}},
         std::nullopt});
  }
  if (due.size() > kMostListed) {
    const auto more = std::to_string(due.size() - kMostListed);
    table.note = {more + " more are not listed", "còn " + more + " hồ sơ không liệt kê"};
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
