#include "gateway/meaning/task_register.hpp"
#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {

Table tasks(const ShownFigures& shown) {
  Table table;
  table.key = "tasks";
  table.title = {"Registers of tasks", "Nhiệm vụ theo chương trình"};
  table.note = {"Tasks that the registry lists, and counts of agencies for those that it does not.",
                "Nhiệm vụ có trong danh bạ, cùng số liệu đơn vị gửi cho các nhiệm vụ danh bạ chưa có."};
  table.columns = {{"programme", {"Programme", "Chương trình"}, ColumnKind::text, 0},
                   {"total", {"Tasks", "Tổng số"}, ColumnKind::integer, 0},
                   {"done", {"Done", "Hoàn thành"}, ColumnKind::integer, 0},
                   {"done_percent", {"Done, percent", "Tỷ lệ hoàn thành"}, ColumnKind::percent, 1},
                   {"on_time", {"Done on time", "Hoàn thành đúng hạn"}, ColumnKind::integer, 0},
                   {"late", {"Done late", "Hoàn thành quá hạn"}, ColumnKind::integer, 0},
                   {"open", {"Open, in time", "Chưa xong, còn hạn"}, ColumnKind::integer, 0},
                   {"overdue", {"Open, overdue", "Chưa xong, quá hạn"}, ColumnKind::integer, 0},
                   {"no_deadline", {"Open, no deadline", "Chưa xong, không có hạn"}, ColumnKind::integer, 0}};
  const auto& input = shown.input();
  for (const auto& [programme, tally] :
       meaning::tasks_by(meaning::TasksBy::programme, input.rows, input.task_counts, shown.last_day())) {
    // Tasks are an administration's, not a person's: none of them is a small cell.
    table.rows.push_back(
        {{text_or_none(programme), tally.total, tally.done,
          cell_or(meaning::figures_of(tally)[0].value(), Missing::not_applicable), tally.done_on_time,
          tally.done_late, tally.open_in_time, tally.open_overdue, tally.open_without_deadline},
         std::nullopt});
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
