#pragma once
// The words that every report has, whatever it is about.

#include <string>
#include <vector>

#include "gateway/reports/document.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/version.hpp"

namespace xalink::reports {

struct ReportWords {
  Said period{"Period", "Kỳ báo cáo"};
  Said summary{"Summary", "Tổng hợp"};
  Said findings{"Findings", "Kết quả chính"};
  Said parameters{"Parameters", "Tham số"};
  Said notes{"Notes", "Lưu ý"};
  Said definitions{"Definitions and sources", "Định nghĩa và nguồn"};
  Said term{"Term", "Thuật ngữ"};
  Said meaning{"Meaning", "Ý nghĩa"};
  Said source{"Source", "Nguồn"};
  Said basis{"What the figures rest on", "Cơ sở số liệu"};
  Said records{"Records used", "Số bản ghi đã dùng"};
  Said estimated{"Records whose time is estimated", "Bản ghi có thời gian ước lượng"};
  Said registry_version{"Registry version", "Phiên bản danh bạ"};
  Said calendar{"Working-day calendar", "Lịch ngày làm việc"};
  Said program{"Program", "Phần mềm"};
  Said without_data{"Communes without data in the period", "Xã không có dữ liệu trong kỳ"};
  Said none{"none", "không có"};
  Said without_place{"Not on the map, for want of coordinates", "Không có trên bản đồ do thiếu tọa độ"};
  Said more_rows{"The chart shows the first rows of the table only.",
                 "Biểu đồ chỉ vẽ các dòng đầu của bảng."};
  Said hours{"hours", "giờ"};
  Said no_rows{"No rows.", "Không có dòng nào."};
  Said code{"Code in the registry", "Mã trong danh bạ"};
  Said missing{"Missing values", "Giá trị thiếu"};
};

[[nodiscard]] inline const ReportWords& report_words() {
  static const ReportWords words;
  return words;
}

/// What the figures rest on, as lines to be shown.
[[nodiscard]] inline std::vector<Fact> basis_facts(const Document& document) {
  const auto& words = report_words();
  std::vector<Fact> facts;
  facts.push_back(
      {"records", words.records, static_cast<std::int64_t>(document.records), ColumnKind::integer, 0});
  facts.push_back({"estimated_percent", words.estimated,
                   cell_or(document.estimated_percent, Missing::not_applicable), ColumnKind::percent, 2});
  facts.push_back({"registry_version", words.registry_version,
                   cell_or(document.registry_version, Missing::not_applicable), ColumnKind::integer, 0});
  if (!document.calendar_version.empty()) {
    facts.push_back({"calendar_version", words.calendar, document.calendar_version, ColumnKind::text, 0});
  }
  facts.push_back({"program", words.program, std::string("xalink-gateway ") + kVersion, ColumnKind::text, 0});
  return facts;
}

}  // namespace xalink::reports
