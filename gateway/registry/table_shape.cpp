#include "gateway/registry/table_shape.hpp"

#include "gateway/registry/service_tables.hpp"
#include "sparkplug/text_form.hpp"

namespace xalink::registry {
namespace {

Column commune_code() {
  return column("code", "Mã", Form::commune_code, "kr", "code of the commune in the national list, 5 digits",
                "mã đơn vị hành chính cấp xã, 5 chữ số");
}
Column commune_valid_from() {
  return column(
      "valid_from", "Hiệu lực từ", Form::date, "k",
      "first day in force; empty: since before anything here. The same code with another day is another "
      "unit",
      "ngày bắt đầu có hiệu lực; để trống: từ trước đến nay. Cùng mã nhưng khác ngày là đơn vị khác");
}
Column source() {
  return column("source", "Nguồn", Form::text, "", "where this row comes from", "nguồn số liệu của dòng này");
}

TableShape communes() {
  return {
      Kind::communes,
      "communes",
      {"administrative units of commune level", "đơn vị hành chính cấp xã"},
      {commune_code(),
       commune_valid_from(),
       column("valid_to", "Hiệu lực đến", Form::date, "", "last day in force; empty: still is",
              "ngày cuối cùng còn hiệu lực; để trống: vẫn còn"),
       column("type", "Loại", Form::choice, "r", "xã, phường, thị trấn or đặc khu",
              "xã, phường, thị trấn hoặc đặc khu",
              {{"xã", {"commune"}},
               {"phường", {"ward"}},
               {"thị trấn", {"township", "tt"}},
               {"đặc khu", {"special zone"}}}),
       column("name", "Tên", Form::text, "r", "name without its type", "tên, không kèm loại"),
       column("name_en", "Tên tiếng Anh", Form::text, "", "name without diacritics", "tên không dấu"),
       column("district_code", "Mã huyện", Form::district_code, "", "until 2025-06-30", "đến 30/6/2025"),
       column("district", "Huyện", Form::text, "", "until 2025-06-30", "đến 30/6/2025"),
       column("province_code", "Mã tỉnh", Form::province_code, "r", "2 digits", "2 chữ số"),
       column("province", "Tỉnh", Form::text, "r", "name of the province", "tên tỉnh"),
       column("latitude", "Vĩ độ", Form::latitude, "", "of a point in the commune, degrees (WGS 84)",
              "của một điểm trong xã, độ (WGS 84)"),
       column("longitude", "Kinh độ", Form::longitude, "", "of a point in the commune, degrees (WGS 84)",
              "của một điểm trong xã, độ (WGS 84)"),
       column("area_km2", "Diện tích km2", Form::decimal, "", "area", "diện tích tự nhiên"),
       column("successors", "Đơn vị thay thế", Form::successors, "",
              "what replaced it after valid_to: CODE@DAY;CODE@DAY", "đơn vị thay thế: MÃ@NGÀY;MÃ@NGÀY"),
       column("decision", "Nghị quyết", Form::text, "", "the resolution that ended or made it",
              "nghị quyết thành lập hoặc giải thể"),
       column("border", "Biên giới", Form::yes_no, "", "on the national border", "xã biên giới"),
       column("population", "Dân số", Form::whole, "", "people", "số người"),
       column("population_date", "Ngày số liệu dân số", Form::date, "", "day of that figure",
              "ngày của số liệu dân số"),
       column("ethnic_minority_percent", "Tỷ lệ dân tộc thiểu số", Form::percent, "",
              "share of ethnic minorities in the population, percent",
              "tỷ lệ người dân tộc thiểu số, phần trăm"),
       column("programmes", "Chương trình", Form::text, "", "programmes it is in, such as 1719; VTCI; DII",
              "chương trình áp dụng, ví dụ 1719; VTCI; DII"),
       source()}};
}

TableShape zones() {
  return {Kind::zones,
          "zones",
          {"zones (khu vực) of communes by decision and period",
           "khu vực I, II, III theo quyết định và giai đoạn"},
          {commune_code(), commune_valid_from(),
           column("zone", "Khu vực", Form::choice, "r", "I, II, III, or none", "I, II, III hoặc không",
                  {{"I", {"1", "kv i", "khu vực i", "kv1"}},
                   {"II", {"2", "kv ii", "khu vực ii", "kv2"}},
                   {"III", {"3", "kv iii", "khu vực iii", "kv3"}},
                   {"none", {"không", "0"}}}),
           column("zone_from", "Từ ngày", Form::date, "kr", "first day of the period", "ngày đầu giai đoạn"),
           column("zone_to", "Đến ngày", Form::date, "", "last day of the period; empty: open",
                  "ngày cuối giai đoạn; để trống: chưa hết"),
           column("decision", "Quyết định", Form::text, "r", "number and day of the decision",
                  "số, ngày của quyết định"),
           source()}};
}

TableShape villages() {
  return {Kind::villages,
          "villages",
          {"villages and their coverage as a survey declares it", "thôn, bản và vùng phủ sóng theo khảo sát"},
          {commune_code(), commune_valid_from(),
           column("village", "Thôn", Form::text, "kr", "name of the village", "tên thôn, bản, tổ dân phố"),
           column("date", "Ngày khảo sát", Form::date, "kr", "day of the survey", "ngày khảo sát"),
           column("coverage", "Phủ sóng", Form::choice, "r",
                  "none: no signal at the village's centre (trắng sóng); partial: some clusters without (lõm "
                  "sóng); covered",
                  "none: trắng sóng (không có sóng tại trung tâm thôn); partial: lõm sóng; covered: có sóng",
                  {{"none", {"trắng", "trắng sóng", "không"}},
                   {"partial", {"lõm", "lõm sóng", "một phần"}},
                   {"covered", {"có", "có sóng", "full", "yes"}}}),
           column("grid_power", "Điện lưới", Form::yes_no, "", "has grid power", "có điện lưới"),
           column("hard_area", "Đặc biệt khó khăn", Form::yes_no, "", "thôn đặc biệt khó khăn by decision",
                  "thôn đặc biệt khó khăn theo quyết định"),
           column("households", "Số hộ", Form::whole, "", "households", "số hộ"), source()}};
}

TableShape sites() {
  return {Kind::sites,
          "sites",
          {"places with a board and the commune they are in", "điểm đặt máy và xã mà điểm đó thuộc về"},
          {column("site", "Mã điểm", Form::site_id, "kr", "id of the site = Sparkplug edge node id",
                  "mã điểm = mã nút Sparkplug"),
           column("from", "Từ ngày", Form::date, "k", "first day in this commune; empty: since ever",
                  "ngày đầu thuộc xã này; để trống: từ đầu"),
           column("to", "Đến ngày", Form::date, "", "last day; empty: open", "ngày cuối; để trống: chưa hết"),
           commune_code(), commune_valid_from(),
           column("name", "Tên điểm", Form::text, "", "name of the place", "tên điểm"),
           column("role", "Vai trò", Form::choice, "", "office or annex", "office: trụ sở; annex: điểm phụ",
                  {{"office", {"trụ sở"}}, {"annex", {"điểm phụ", "điểm tiếp nhận"}}}),
           column("latitude", "Vĩ độ", Form::latitude, "", "degrees (WGS 84)", "độ (WGS 84)"),
           column("longitude", "Kinh độ", Form::longitude, "", "degrees (WGS 84)", "độ (WGS 84)"),
           column("office_hours", "Giờ làm việc", Form::text, "",
                  "name of the calendar whose office hours hold here; empty: the default",
                  "tên lịch làm việc áp dụng; để trống: mặc định"),
           source()}};
}

TableShape lines() {
  return {
      Kind::lines,
      "lines",
      {"contracted lines of sites", "đường truyền theo hợp đồng của từng điểm"},
      {column("site", "Mã điểm", Form::site_id, "kr", "the site", "mã điểm"),
       column("from", "Từ ngày", Form::date, "kr", "first day of the contract", "ngày đầu hợp đồng"),
       column("to", "Đến ngày", Form::date, "", "last day; empty: open", "ngày cuối; để trống: chưa hết"),
       column("technology", "Công nghệ", Form::choice, "kr",
              "fibre, tslcd (dedicated state network), 4g, 5g, 3g, vsat, leo or other",
              "fibre: cáp quang; tslcd: mạng truyền số liệu chuyên dùng; 4g, 5g, 3g, vsat, leo hoặc other",
              {{"fibre", {"ftth", "cáp quang", "fiber"}},
               {"tslcd", {"truyền số liệu chuyên dùng"}},
               {"5g", {}},
               {"4g", {"lte"}},
               {"3g", {}},
               {"vsat", {"vệ tinh"}},
               {"leo", {"vệ tinh quỹ đạo thấp"}},
               {"other", {"khác"}}}),
       column("provider", "Nhà cung cấp", Form::text, "", "who is paid", "doanh nghiệp cung cấp"),
       column("down_mbps", "Tải xuống Mbps", Form::speed, "", "contracted, Mbit/s",
              "theo hợp đồng, Mbit/s"),
       column("up_mbps", "Tải lên Mbps", Form::speed, "", "contracted, Mbit/s", "theo hợp đồng, Mbit/s"),
       column("price_vnd_month", "Giá đồng/tháng", Form::whole, "", "price a month, VND",
              "giá mỗi tháng, đồng"),
       source()}};
}

}  // namespace

std::optional<std::size_t> TableShape::column(std::string_view heading) const {
  std::string wanted = folded(heading);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (wanted == columns[i].name || wanted == folded(columns[i].vietnamese)) return i;
    std::string spaced(columns[i].name);
    for (char& letter : spaced) letter = letter == '_' ? ' ' : letter;
    if (wanted == spaced) return i;
  }
  return std::nullopt;
}

const TableShape& shape_of(Kind kind) {
  static const std::array<TableShape, kKinds.size()> shapes{communes(),
                                                            zones(),
                                                            villages(),
                                                            sites(),
                                                            lines(),
                                                            calendar_shape(),
                                                            office_hours_shape(),
                                                            procedures_shape(),
                                                            official_shape(),
                                                            tasks_shape(),
                                                            targets_shape(),
                                                            scores_shape(),
                                                            score_bands_shape()};
  return shapes.at(static_cast<std::size_t>(kind));
}

std::optional<Kind> kind_named(std::string_view name) {
  for (const Kind kind : kKinds) {
    if (shape_of(kind).name == name) return kind;
  }
  return std::nullopt;
}

}  // namespace xalink::registry
