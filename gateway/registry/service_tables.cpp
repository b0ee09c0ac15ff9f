#include "gateway/registry/service_tables.hpp"

#include <utility>

namespace xalink::registry {
namespace {

Column required_source() {
  return column("source", "Nguồn", Form::text, "r", "where this row comes from",
                "nguồn số liệu của dòng này");
}
Column source() {
  return column("source", "Nguồn", Form::text, "", "where this row comes from", "nguồn số liệu của dòng này");
}
Column valid(std::string_view name, std::string_view vietnamese, std::string_view flags) {
  const bool first = name == "from";
  return column(name, vietnamese, Form::date, flags,
                first ? "first day; empty: since ever" : "last day; empty: open",
                first ? "ngày đầu; để trống: từ trước đến nay" : "ngày cuối; để trống: chưa hết");
}
Column indicator() {
  return column("indicator", "Chỉ số", Form::text, "kr",
                "id of the indicator, such as on_time_of_resolved, or 2.1 of Decision 766",
                "mã chỉ số, ví dụ on_time_of_resolved, hoặc 2.1 của Quyết định 766");
}
Column level() {
  return column("level", "Cấp", Form::choice, "kr", "province, district, commune, site, agency or zone",
                "province: tỉnh; district: huyện; commune: xã; site: điểm; agency: cơ quan; zone: khu vực",
                {{"province", {"tỉnh"}},
                 {"district", {"huyện"}},
                 {"commune", {"xã"}},
                 {"zone", {"khu vực"}},
                 {"site", {"điểm"}},
                 {"agency", {"cơ quan", "sở", "sở, ngành"}}});
}
Column unit() {
  return column("unit", "Đơn vị", Form::text, "k",
                "its code; of a commune CODE@FIRST DAY, such as 00694@2025-07-01",
                "mã đơn vị; với xã ghi MÃ@NGÀY HIỆU LỰC, ví dụ 00694@2025-07-01");
}

}  // namespace

Column column(std::string_view name, std::string_view vietnamese, Form form, std::string_view flags,
              std::string english_meaning, std::string vietnamese_meaning, std::vector<Choice> choices) {
  return {name,
          vietnamese,
          form,
          flags.find('k') != std::string_view::npos,
          flags.find('r') != std::string_view::npos,
          std::move(choices),
          {std::move(english_meaning), std::move(vietnamese_meaning)}};
}

TableShape calendar_shape() {
  return {
      Kind::calendar,
      "calendar",
      {"public holidays, and working days made up on a weekend", "ngày nghỉ lễ và ngày làm bù"},
      {column("day", "Ngày", Form::date, "kr", "the day", "ngày"),
       column("day_type", "Loại ngày", Form::choice, "r",
              "holiday: no office works; working: a Saturday or Sunday on which offices work",
              "holiday: ngày nghỉ; working: thứ bảy, chủ nhật đi làm bù",
              {{"holiday", {"nghỉ", "nghỉ lễ", "ngày nghỉ"}}, {"working", {"làm bù", "làm việc", "đi làm"}}}),
       column("occasion", "Dịp", Form::text, "", "which holiday, or which day is made up",
              "dịp nghỉ, hoặc bù cho ngày nào"),
       column("sureness", "Độ chắc chắn", Form::choice, "r",
              "law: a fixed day of the law; lunar: a lunar day of the law, computed; announced: by the "
              "authority; reported: second hand, to be checked",
              "law: ngày cố định theo luật; lunar: ngày âm lịch theo luật, tính ra dương lịch; announced: "
              "cơ quan có thẩm quyền công bố; reported: theo báo chí, cần kiểm tra",
              {{"law", {"luật"}},
               {"lunar", {"âm lịch"}},
               {"announced", {"công bố"}},
               {"reported", {"báo chí"}}}),
       required_source()}};
}

TableShape office_hours_shape() {
  return {Kind::office_hours,
          "office_hours",
          {"between which times of the day offices work", "giờ làm việc"},
          {column("hours", "Tên lịch", Form::text, "k", "name that sites refer to; empty: the default",
                  "tên để bảng sites dùng; để trống: mặc định"),
           valid("from", "Từ ngày", "k"), valid("to", "Đến ngày", ""),
           column("morning_start", "Sáng từ", Form::time_of_day, "r", "such as 07:00", "ví dụ 07:00"),
           column("morning_end", "Sáng đến", Form::time_of_day, "r", "such as 11:30", "ví dụ 11:30"),
           column("afternoon_start", "Chiều từ", Form::time_of_day, "r", "such as 13:30", "ví dụ 13:30"),
           column("afternoon_end", "Chiều đến", Form::time_of_day, "r", "such as 17:00", "ví dụ 17:00"),
           source()}};
}

TableShape procedures_shape() {
  return {
      Kind::procedures,
      "procedures",
      {"administrative procedures: legal time limit and online level",
       "thủ tục hành chính: thời hạn giải quyết và mức độ trực tuyến"},
      {column("procedure", "Mã thủ tục", Form::text, "kr", "national code (MaTTHC), such as 1.001193",
              "mã thủ tục hành chính, ví dụ 1.001193"),
       valid("from", "Từ ngày", "k"), valid("to", "Đến ngày", ""),
       column("name", "Tên", Form::text, "", "its name", "tên thủ tục"),
       column("field", "Lĩnh vực", Form::text, "", "its field", "lĩnh vực"),
       column("limit", "Thời hạn", Form::decimal, "", "legal time limit", "thời hạn giải quyết"),
       column("limit_unit", "Đơn vị tính", Form::choice, "",
              "working_days, days (calendar days) or hours (of office time; 8 are a working day)",
              "working_days: ngày làm việc; days: ngày; hours: giờ làm việc (8 giờ = 1 ngày làm việc)",
              {{"working_days", {"ngày làm việc"}}, {"days", {"ngày"}}, {"hours", {"giờ", "giờ làm việc"}}}),
       column("online", "Mức độ trực tuyến", Form::choice, "", "full, partial or information",
              "full: toàn trình; partial: một phần; information: cung cấp thông tin",
              {{"full", {"toàn trình", "4", "mức độ 4"}},
               {"partial", {"một phần", "3", "mức độ 3"}},
               {"information", {"cung cấp thông tin", "1", "2", "mức độ 1", "mức độ 2"}}}),
       column("decision", "Quyết định", Form::text, "", "the decision that publishes it",
              "quyết định công bố"),
       source()}};
}

TableShape official_shape() {
  return {
      Kind::official,
      "official",
      {"figures as an authority published them, to compare with", "số liệu đã được công bố, để đối chiếu"},
      {indicator(), level(), unit(),
       column("from", "Từ ngày", Form::date, "kr", "first day of the period", "ngày đầu kỳ"),
       column("to", "Đến ngày", Form::date, "kr", "last day of the period", "ngày cuối kỳ"),
       column("as_of", "Ngày công bố", Form::date, "k", "day of the snapshot; empty: not told",
              "ngày lấy số liệu; để trống: không rõ"),
       column("measure", "Đơn vị tính", Form::choice, "r", "percent, points, count, days or rank",
              "percent: phần trăm; points: điểm; count: số lượng; days: ngày; rank: thứ hạng",
              {{"percent", {"%", "phần trăm", "tỷ lệ"}},
               {"points", {"điểm"}},
               {"count", {"số lượng"}},
               {"days", {"ngày"}},
               {"rank", {"hạng", "thứ hạng"}}}),
       column("value", "Giá trị", Form::decimal, "r", "the figure", "giá trị"),
       column("numerator", "Tử số", Form::whole, "", "where it was published", "nếu có công bố"),
       column("denominator", "Mẫu số", Form::whole, "", "where it was published", "nếu có công bố"),
       required_source()}};
}

TableShape tasks_shape() {
  return {
      Kind::tasks,
      "tasks",
      {"a register of tasks", "sổ theo dõi nhiệm vụ"},
      {column("programme", "Chương trình", Form::text, "kr",
              "what it belongs to: administrative reform, Project 06, digital transformation",
              "thuộc về: cải cách hành chính, Đề án 06, chuyển đổi số"),
       column("task", "Mã nhiệm vụ", Form::text, "kr", "its code in the register", "mã nhiệm vụ trong sổ"),
       column("text", "Nội dung", Form::text, "r", "what has to be done", "nội dung nhiệm vụ"),
       column("owner", "Đơn vị chủ trì", Form::text, "", "who answers for it", "đơn vị chịu trách nhiệm"),
       column("deadline", "Hạn hoàn thành", Form::date, "", "last day; empty: none is set",
              "ngày phải xong; để trống: không có hạn"),
       column("done", "Ngày hoàn thành", Form::date, "", "day on which it was done; empty: is not",
              "ngày xong; để trống: chưa xong"),
       source()}};
}

TableShape targets_shape() {
  return {
      Kind::targets,
      "targets",
      {"what an indicator has to reach, and until when", "chỉ tiêu và thời hạn"},
      {indicator(), level(), unit(),
       column("deadline", "Thời hạn", Form::date, "kr", "the day on which it has to be reached",
              "ngày phải đạt"),
       column("direction", "Chiều", Form::choice, "r", "at_least or at_most",
              "at_least: tối thiểu; at_most: tối đa",
              {{"at_least", {"tối thiểu", "≥", ">="}}, {"at_most", {"tối đa", "≤", "<="}}}),
       column("value", "Giá trị", Form::decimal, "r", "the target, in the indicator's unit",
              "giá trị chỉ tiêu"),
       column("decision", "Quyết định", Form::text, "", "what sets it", "văn bản giao chỉ tiêu"), source()}};
}

TableShape scores_shape() {
  return {
      Kind::scores,
      "scores",
      {"indicators with maximum points, as a decision lays them down",
       "bộ chỉ số và điểm tối đa theo quyết định"},
      {column("decision", "Quyết định", Form::text, "kr", "which set: 766/QĐ-TTg", "bộ chỉ số: 766/QĐ-TTg"),
       column("id", "Mã", Form::text, "kr", "2.1; of a group its number alone, 2",
              "2.1; với nhóm chỉ ghi số, 2"),
       column("name", "Tên chỉ số", Form::text, "r", "in Vietnamese", "tên chỉ số"),
       column("name_en", "Tên tiếng Anh", Form::text, "", "in English", "tên tiếng Anh"),
       column("code", "Mã kỹ thuật", Form::text, "", "name in the national system",
              "tên trong hệ thống quốc gia"),
       column("maximum", "Điểm tối đa", Form::decimal, "", "maximum points (Pmax); empty: not known alone",
              "điểm tối đa; để trống: không tách riêng được"),
       column("conversion", "Cách tính điểm", Form::choice, "r",
              "threshold: Pmax when R ≥ T, else R·Pmax/T; proportional: R·Pmax; group: the sum of its "
              "indicators; unstated: the source does not say, so no points are computed",
              "threshold: đủ điểm khi R ≥ T, còn lại R·Pmax/T; proportional: R·Pmax; group: tổng các chỉ "
              "số; unstated: nguồn không nêu nên không tính điểm",
              {{"threshold", {"ngưỡng"}},
               {"proportional", {"tỷ lệ"}},
               {"group", {"nhóm"}},
               {"unstated", {"không nêu"}}}),
       column("threshold", "Ngưỡng", Form::percent, "", "T, percent", "T, phần trăm"),
       column("formula", "Công thức", Form::text, "", "the rule in words", "công thức"),
       column("measure", "Số đo", Form::text, "",
              "the figure of this gateway that is R; empty: it measures none",
              "số liệu của hệ thống này dùng làm R; để trống: không đo được"),
       column("reason", "Lý do", Form::text, "", "why it is not measured, or what differs, in Vietnamese",
              "vì sao không đo được, hoặc khác ở điểm nào"),
       column("reason_en", "Lý do tiếng Anh", Form::text, "", "the same in English", "lý do, tiếng Anh"),
       required_source()}};
}

TableShape score_bands_shape() {
  return {Kind::score_bands,
          "score_bands",
          {"what points are called", "xếp loại theo điểm"},
          {column("decision", "Quyết định", Form::text, "kr", "which set", "bộ chỉ số"),
           column("band", "Xếp loại", Form::text, "kr", "its name", "tên loại"),
           column("band_en", "Xếp loại tiếng Anh", Form::text, "", "in English", "tên tiếng Anh"),
           column("points_from", "Từ điểm", Form::decimal, "r", "points from here on", "từ điểm này"),
           column("points_below", "Dưới điểm", Form::decimal, "", "and below this; empty: to the top",
                  "dưới điểm này; để trống: đến hết"),
           required_source()}};
}

}  // namespace xalink::registry
