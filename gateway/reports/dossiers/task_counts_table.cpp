#include <algorithm>

#include "gateway/meaning/task_register.hpp"
#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports::dossiers_tables {
namespace {

State state_of(const meaning::TaskCount& count, Date day) {
  if (count.done >= count.total) return {"reached", {"done", "hoàn thành"}, Tone::good};
  if (count.deadline && day > *count.deadline) return {"missed", {"overdue", "quá hạn"}, Tone::bad};
  return {"open", {"not yet done", "chưa xong"}, Tone::limited};
}

Cell told(const std::optional<meaning::Count>& count) {
  return cell_or(count, Missing::no_data);
}

}  // namespace

Table task_counts(const ShownFigures& shown) {
  Table table;
  table.key = "task_counts";
  table.title = {"Tasks as agencies count them", "Nhiệm vụ theo số liệu các đơn vị gửi"};
  table.note = {
      "The newest count of each register up to the end of the period. Where the registry lists the tasks of "
      "the same agency and programme one by one, those are counted and this line is not.",
      "Số liệu mới nhất của từng danh mục đến cuối kỳ. Nếu danh bạ đã liệt kê từng nhiệm vụ của cùng đơn vị "
      "và chương trình thì chỉ tính danh bạ, không tính dòng này."};
  table.columns = {{"code", {"Register", "Mã danh mục"}, ColumnKind::text, 0},
                   {"programme", {"Programme", "Chương trình"}, ColumnKind::text, 0},
                   {"owner", {"Agency", "Đơn vị chủ trì"}, ColumnKind::text, 0},
                   {"as_of", {"Stand of", "Ngày số liệu"}, ColumnKind::date, 0},
                   {"deadline", {"Deadline", "Thời hạn"}, ColumnKind::date, 0},
                   {"total", {"Tasks", "Tổng số"}, ColumnKind::integer, 0},
                   {"done", {"Done", "Hoàn thành"}, ColumnKind::integer, 0},
                   {"done_percent", {"Done, percent", "Tỷ lệ hoàn thành"}, ColumnKind::percent, 1},
                   {"on_time", {"Done on time", "Hoàn thành đúng hạn"}, ColumnKind::integer, 0},
                   {"late", {"Late", "Quá hạn"}, ColumnKind::integer, 0},
                   {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
                   {"counted", {"Counted", "Được tính"}, ColumnKind::text, 0}};
  const auto& input = shown.input();
  const auto newest = meaning::newest_counts(input.task_counts, shown.last_day());
  const auto counted = meaning::not_listed(newest, input.rows);
  for (const auto& count : newest) {
    const bool is_counted = std::ranges::find(counted, count) != counted.end();
    table.rows.push_back(
        {{text_or_none(count.code), text_or_none(count.programme), text_or_none(count.owner), count.as_of,
          cell_or(count.deadline, Missing::not_given), count.total, count.done,
          count.total > 0 ? Cell(100.0 * static_cast<double>(count.done) / static_cast<double>(count.total))
                          : Cell(Missing::not_applicable),
          told(count.on_time), told(count.late), state_of(count, shown.last_day()),
          is_counted ? Said{"yes", "có"} : Said{"no: listed in the registry", "không: đã có trong danh bạ"}},
         std::nullopt});
  }
  return table;
}

}  // namespace xalink::reports::dossiers_tables
