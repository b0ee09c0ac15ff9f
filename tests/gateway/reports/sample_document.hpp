#pragma once
// A small report with every kind of cell in it, and with texts that try to be something else.

#include "gateway/reports/document.hpp"

namespace xalink::reports {

inline Date sample_day(int year, unsigned month, unsigned day) {
  return std::chrono::sys_days(std::chrono::year(year) / std::chrono::month(month) / std::chrono::day(day));
}

inline Document sample_document() {
  const State good{"good", {"good", "tốt"}, Tone::good};
  const State bad{"bad", {"bad", "kém"}, Tone::bad};
  const State unknown{"no_data", {"no recent data", "không có dữ liệu gần đây"}, Tone::unknown};
  Document document;
  document.kind = "sample";
  document.scope = "commune";
  document.title = {"A sample <report>", "Báo cáo mẫu <thử>"};
  document.period = *meaning::read_period("2024-Q3");
  document.parameters = {
      {"by", {"Grouped by", "Theo"}, Said{"commune", "xã"}, ColumnKind::text, 0},
      {"floor", {"Floor", "Ngưỡng"}, 20.5, ColumnKind::decimal, 1},
  };
  document.findings = {
      {"on_time", {"On time", "Đúng hạn"}, 97.9, ColumnKind::percent, 1},
      {"dossiers", {"Dossiers", "Hồ sơ"}, std::int64_t{1234567}, ColumnKind::integer, 0},
      {"satisfied", {"Satisfied", "Hài lòng"}, Missing::not_measured, ColumnKind::percent, 1},
  };
  document.notes = {{"A note & more.", "Một lưu ý & thêm."}};
  Table table;
  table.key = "communes";
  table.title = {"Communes", "Các xã"};
  table.columns = {
      {"name", {"Commune", "Xã"}, ColumnKind::text, 0},
      {"people", {"People", "Dân số"}, ColumnKind::integer, 0},
      {"down_mbps", {"Down, Mb/s", "Tải xuống, Mb/s"}, ColumnKind::decimal, 1},
      {"available", {"Available", "Khả dụng"}, ColumnKind::percent, 2},
      {"down", {"Down", "Mất kết nối"}, ColumnKind::duration, 0},
      {"since", {"Since", "Từ ngày"}, ColumnKind::date, 0},
      {"last", {"Last record", "Bản ghi cuối"}, ColumnKind::time, 0},
      {"state", {"State", "Trạng thái"}, ColumnKind::state, 0},
  };
  const auto moment = meaning::start_of(sample_day(2024, 9, 18)) + std::chrono::hours(7) +
                      std::chrono::minutes(5) + std::chrono::milliseconds(9250);
  table.rows = {
      {{std::string("xã Lũng Cú"), std::int64_t{4567}, 1234.55, 99.5, Milliseconds(93784000),
        sample_day(2021, 6, 4), moment, good},
       Place{23.363889, 105.316667}},
      {{std::string("=HYPERLINK(\"http://x\",\"<b>y</b>\")"), std::int64_t{-7}, -0.04, 0.0,
        Milliseconds(1500), sample_day(1970, 1, 1), WallTime{}, bad},
       Place{22.8, 104.98}},
      {{std::string("a,b\n\"c\" \x01"), Missing::not_applicable, Missing::not_measured, Missing::suppressed,
        Missing::no_data, Missing::no_data, Missing::no_data, unknown},
       std::nullopt},
  };
  document.tables.push_back(std::move(table));
  document.charts = {
      {ChartKind::bar, {"Availability", "Độ khả dụng"}, "communes", "name", {"available"}, 40, {}},
      {ChartKind::stack, {"Down", "Mất kết nối"}, "communes", "name", {"down"}, 40, {}},
      {ChartKind::line, {"Speeds", "Tốc độ"}, "communes", "name", {"down_mbps", "people"}, 40, {}},
  };
  document.map = Map{{"Map", "Bản đồ"}, "communes", "name", "state"};
  document.definitions = {{{"Availability", "Độ khả dụng"},
                           {"time up / time known", "thời gian có kết nối / thời gian biết được"},
                           {"QCVN 34", "QCVN 34"}}};
  document.registry_version = 3;
  document.calendar_version = {"registry 3", "danh bạ phiên bản 3"};
  document.records = 98765;
  document.estimated_percent = 2.5;
  document.without_data = {{"xã Sủng Là", "xã Sủng Là"}};
  return document;
}

}  // namespace xalink::reports
