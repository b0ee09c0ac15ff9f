#include "gateway/reports/coverage_report.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/technology_words.hpp"
#include "gateway/reports/unit_place.hpp"

namespace xalink::reports {
namespace {

using meaning::CommuneCoverage;
using meaning::CoverageState;
using meaning::Judged;
using meaning::Liveness;
using meaning::Measure;

State state_of(CoverageState state) {
  switch (state) {
    case CoverageState::good: return {"good", {"good", "tốt"}, Tone::good};
    case CoverageState::limited: return {"limited", {"limited", "hạn chế"}, Tone::limited};
    case CoverageState::bad: return {"bad", {"bad", "kém"}, Tone::bad};
    case CoverageState::no_recent_data: break;
  }
  return {"no_recent_data", {"no recent data", "không có dữ liệu gần đây"}, Tone::unknown};
}

State state_of(Liveness liveness) {
  switch (liveness) {
    case Liveness::live: return {"live", {"live", "đang hoạt động"}, Tone::good};
    case Liveness::at_risk: return {"at_risk", {"at risk", "có nguy cơ mất"}, Tone::limited};
    case Liveness::silent: break;
  }
  return {"silent", {"silent", "im lặng"}, Tone::unknown};
}

State state_of(Judged::Outcome outcome) {
  switch (outcome) {
    case Judged::Outcome::good: return {"good", {"met", "đạt"}, Tone::good};
    case Judged::Outcome::limited: return {"limited", {"nearly", "gần đạt"}, Tone::limited};
    case Judged::Outcome::bad: return {"bad", {"not met", "không đạt"}, Tone::bad};
    case Judged::Outcome::not_measured: return {"not_measured", {"not measured", "chưa đo"}, Tone::unknown};
    case Judged::Outcome::does_not_apply: break;
  }
  return {"does_not_apply", {"for other technologies", "cho công nghệ khác"}, Tone::unknown};
}

/// Of larger units: by most of the communes of which something is known.
State state_of(const meaning::CoverageCounts& counts) {
  const auto known = counts.all() - counts.communes[static_cast<std::size_t>(CoverageState::no_recent_data)];
  if (known == 0) return state_of(CoverageState::no_recent_data);
  if (2 * counts.communes[0] >= known && counts.communes[2] == 0) return state_of(CoverageState::good);
  if (2 * counts.communes[2] >= known) return state_of(CoverageState::bad);
  return state_of(CoverageState::limited);
}

Said words_of(meaning::Statistic statistic) {
  switch (statistic) {
    case meaning::Statistic::mean: return {"mean", "trung bình"};
    case meaning::Statistic::median: return {"median", "trung vị"};
    default: return Said::same(std::string(to_string(statistic)));
  }
}

Said words_of(const meaning::Requirement& requirement) {
  static constexpr std::array<std::pair<const char*, const char*>, 7> kWords{{
      {"Download, Mbit/s", "Tải xuống, Mbit/s"},
      {"Upload, Mbit/s", "Tải lên, Mbit/s"},
      {"Download / contract", "Tải xuống / hợp đồng"},
      {"Upload / contract", "Tải lên / hợp đồng"},
      {"Round trip, ms", "Độ trễ, ms"},
      {"Loss, %", "Mất gói, %"},
      {"Availability, %", "Độ khả dụng, %"},
  }};
  const auto& words = kWords[static_cast<std::size_t>(requirement.measure)];
  if (requirement.measure == Measure::availability_percent) {
    const bool office = requirement.availability.office_hours;
    return {std::string(words.first) + (office ? ", office hours" : ", all hours"),
            std::string(words.second) + (office ? ", giờ làm việc" : ", mọi giờ")};
  }
  return Said(words.first, words.second) + Said(", ", ", ") + words_of(requirement.statistic);
}

Said words_of(const std::set<std::string>& technologies) {
  Said words;
  for (const auto& technology : technologies) {
    if (!words.empty()) words += Said::same(", ");
    words += words_of_technology(technology);
  }
  return words;
}

std::vector<Column> village_columns() {
  return {{"villages", {"Villages surveyed", "Thôn đã khảo sát"}, ColumnKind::integer, 0},
          {"villages_without_signal", {"No signal", "Trắng sóng"}, ColumnKind::integer, 0},
          {"villages_with_gaps", {"Gaps", "Lõm sóng"}, ColumnKind::integer, 0},
          {"villages_without_power", {"No grid power", "Chưa có điện lưới"}, ColumnKind::integer, 0}};
}

void add_villages(Row& row, const meaning::VillageFigures& villages) {
  const bool any = villages.surveyed > 0;
  for (const auto number :
       {villages.surveyed, villages.without_signal, villages.with_gaps, villages.without_power}) {
    row.cells.push_back(any ? count(number) : Cell(Missing::not_given));
  }
}

class CoverageReport {
 public:
  explicit CoverageReport(const CoverageReportInput& input)
      : input_(input),
        ground_(input.ground),
        communes_(meaning::coverage_by_commune({ground_.registry, ground_.sites, input.measured,
                                                input.profile, ground_.span, ground_.opening})) {}

  Document write() {
    document_.kind = "coverage";
    document_.scope = to_string(ground_.scope);
    document_.title = {"Coverage and quality of lines", "Vùng phủ và chất lượng đường truyền"};
    document_.period = ground_.period;
    document_.parameters = {
        fact_of(ground_.scope),
        {"profile",
         {"Threshold profile", "Bộ ngưỡng"},
         Said{input_.profile.name(Language::english), input_.profile.name(Language::vietnamese)},
         ColumnKind::text,
         0}};
    add_findings();
    document_.tables = {ground_.scope == Scope::commune ? communes_table() : units_table(),
                        requirements_table(), services_table()};
    if (auto villages = village_table(input_); !villages.rows.empty()) {
      document_.tables.push_back(std::move(villages));
    }
    if (ground_.scope != Scope::commune) {
      document_.charts.push_back({ChartKind::stack,
                                  {"Communes by state", "Số xã theo tình trạng"},
                                  "units",
                                  "unit",
                                  {"good", "limited", "bad", "no_recent_data"},
                                  40,
                                  {Tone::good, Tone::limited, Tone::bad, Tone::unknown}});
    }
    if (!table_named(document_, "services")->rows.empty()) {
      document_.charts.push_back({ChartKind::bar,
                                  {"Public services that answered", "Dịch vụ công có phản hồi"},
                                  "services",
                                  "service",
                                  {"answered_percent"},
                                  20,
                                  {}});
    }
    document_.map = Map{{"Quality of lines", "Chất lượng đường truyền"}, "units", "unit", "state"};
    add_definitions();
    add_ground(document_, ground_);
    return std::move(document_);
  }

 private:
  void add_findings() {
    std::array<std::int64_t, 4> states{};
    for (const auto& commune : communes_) ++states[static_cast<std::size_t>(commune.state)];
    document_.findings.push_back({"communes",
                                  {"Communes", "Số xã"},
                                  static_cast<std::int64_t>(communes_.size()),
                                  ColumnKind::integer,
                                  0});
    for (const auto state :
         {CoverageState::good, CoverageState::limited, CoverageState::bad, CoverageState::no_recent_data}) {
      const auto shown = state_of(state);
      document_.findings.push_back(
          {shown.key, shown.words, states[static_cast<std::size_t>(state)], ColumnKind::integer, 0});
    }
  }

  Table communes_table() const {
    Table table;
    table.key = "units";
    table.title = {"Communes", "Các xã"};
    table.columns = {
        {"unit", heading_of(Scope::commune), ColumnKind::text, 0},
        {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
        {"liveness", {"Board", "Máy đo"}, ColumnKind::state, 0},
        {"zone", {"Region", "Khu vực"}, ColumnKind::text, 0},
        {"sites", {"Sites", "Số điểm"}, ColumnKind::integer, 0},
        {"technologies", {"Access", "Công nghệ truy nhập"}, ColumnKind::text, 0},
        {"services_percent", {"Services answered", "Dịch vụ có phản hồi"}, ColumnKind::percent, 1}};
    for (auto& column : village_columns()) table.columns.push_back(std::move(column));
    for (const auto& commune : communes_) {
      const auto* unit = ground_.registry.find(commune.commune);
      meaning::Ratio services;
      for (const auto& [name, ratio] : commune.services) services += ratio;
      Row row;
      row.place = unit == nullptr ? std::nullopt : place_of(*unit);
      row.code = commune.commune.to_string();
      row.cells = {unit == nullptr ? Said{commune.name, commune.name} : name_of(*unit),
                   state_of(commune.state),
                   state_of(commune.liveness),
                   commune.zone.empty() ? Cell(Missing::not_given) : Cell(zone_name(commune.zone)),
                   count(commune.sites.size()),
                   commune.technologies.empty() ? Cell(Missing::no_data) : Cell(words_of(commune.technologies)),
                   percent_of_ratio(services)};
      add_villages(row, commune.villages);
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  static Cell percent_of_ratio(const meaning::Ratio& ratio) {
    const auto value = ratio.value();
    return value ? Cell(100 * *value) : Cell(Missing::no_data);
  }

  Table units_table() const {
    Table table;
    table.key = "units";
    table.title = {"Communes by state", "Số xã theo tình trạng"};
    table.note = {
        "Every commune once; of communes without recent data nothing is concluded. A unit is good when "
        "half of those known or more are good and none is bad, bad when half or more are bad.",
        "Mỗi xã tính một lần; xã không có dữ liệu gần đây không được kết luận. Đơn vị tốt khi từ nửa số "
        "xã biết được là tốt và không xã nào kém; kém khi từ một nửa là kém."};
    table.columns = {{"unit", heading_of(ground_.scope), ColumnKind::text, 0},
                     {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
                     {"communes", {"Communes", "Số xã"}, ColumnKind::integer, 0},
                     {"good", {"Good", "Tốt"}, ColumnKind::integer, 0},
                     {"limited", {"Limited", "Hạn chế"}, ColumnKind::integer, 0},
                     {"bad", {"Bad", "Kém"}, ColumnKind::integer, 0},
                     {"no_recent_data", {"No recent data", "Không có dữ liệu"}, ColumnKind::integer, 0}};
    for (auto& column : village_columns()) table.columns.push_back(std::move(column));
    const UnitPlaces places(ground_.registry, ground_.scope, ground_.period);
    for (const auto& [key, counts] : meaning::count_coverage(communes_, by_of(ground_.scope))) {
      meaning::UnitAvailability unit;
      unit.key = key;
      Row row;
      row.place = places.place_of(unit);
      row.code = key;
      row.cells = {places.name_of(unit), state_of(counts), count(counts.all())};
      for (const auto number : counts.communes) row.cells.push_back(count(number));
      add_villages(row, counts.villages);
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  Table requirements_table() const {
    Table table;
    table.key = "requirements";
    table.title = {"Requirements of each site", "Yêu cầu tại từng điểm"};
    table.columns = {{"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
                     {"site", {"Site", "Điểm"}, ColumnKind::text, 0},
                     {"technology", {"Access", "Công nghệ"}, ColumnKind::text, 0},
                     {"requirement", {"Requirement", "Yêu cầu"}, ColumnKind::text, 0},
                     {"wanted", {"Wanted", "Mức cần"}, ColumnKind::decimal, 2},
                     {"measured", {"Measured", "Đo được"}, ColumnKind::decimal, 2},
                     {"outcome", {"Outcome", "Kết quả"}, ColumnKind::state, 0},
                     {"measurements", {"Measurements", "Số lần đo"}, ColumnKind::integer, 0}};
    table.fixed_columns = 2;
    for (const auto& commune : communes_) {
      const auto* unit = ground_.registry.find(commune.commune);
      for (const auto& site : commune.sites) {
        for (const auto& judged : site.coverage.requirements) {
          table.rows.push_back(
              {{unit == nullptr ? Said{commune.name, commune.name} : name_of(*unit), site.site,
                site.technology.empty() ? Cell(Missing::no_data) : Cell(words_of_technology(site.technology)),
                words_of(*judged.requirement), judged.requirement->good,
                cell_or(judged.measured, Missing::not_measured), state_of(judged.outcome),
                judged.requirement->measure == Measure::availability_percent ? Cell(Missing::not_applicable)
                                                                             : count(judged.measurements)},
               std::nullopt});
        }
      }
    }
    return table;
  }

  Table services_table() const {
    std::map<std::string, meaning::Ratio> services;
    for (const auto& commune : communes_) {
      for (const auto& [name, ratio] : commune.services) services[name] += ratio;
    }
    Table table;
    table.key = "services";
    table.title = {"Public services", "Dịch vụ công"};
    table.columns = {{"service", {"Service", "Dịch vụ"}, ColumnKind::text, 0},
                     {"answered_percent", {"Answered as it should", "Phản hồi đúng"}, ColumnKind::percent, 2},
                     {"answered", {"Times", "Số lần"}, ColumnKind::integer, 0},
                     {"asked", {"Of", "Trên tổng"}, ColumnKind::integer, 0}};
    for (const auto& [name, ratio] : services) {
      table.rows.push_back(
          {{name, percent_of_ratio(ratio), count(ratio.yes), count(ratio.of)}, std::nullopt});
    }
    return table;
  }

  void add_definitions() {
    document_.definitions = {
        {{"State", "Tình trạng"},
         {"Good: every requirement that was measured is met; bad: none is, or one is below its lower bound; "
          "else "
          "limited. No recent data: the board is silent for more than 28 days, or nothing that applies was "
          "measured. "
          "A commune is as good as its best site.",
          "Tốt: mọi yêu cầu đã đo đều đạt; kém: không yêu cầu nào đạt, hoặc có yêu cầu dưới mức tối thiểu; "
          "còn lại "
          "hạn chế. Không có dữ liệu gần đây: máy im lặng trên 28 ngày hoặc chưa đo gì phù hợp. Xã tốt như "
          "điểm tốt "
          "nhất."},
         {}},
        {{"Villages", "Thôn"},
         {"As the newest survey in the registry declares them.", "Theo khảo sát mới nhất trong danh bạ."},
         {"The registry's table villages", "Bảng villages của danh bạ"}},
    };
    for (const auto& requirement : input_.profile.requirements) {
      const auto words = words_of(requirement);
      document_.definitions.push_back(
          {words,
           Said("Wanted: " + number_for_people(requirement.good, 2, Language::english) + " (",
                "Mức cần: " + number_for_people(requirement.good, 2, Language::vietnamese) + " (") +
               halves(requirement.standing) + ")",
           halves(requirement.source)});
    }
  }

  const CoverageReportInput& input_;
  const OutageReportInput& ground_;
  std::vector<CommuneCoverage> communes_;
  Document document_;
};

}  // namespace

Document coverage_report(const CoverageReportInput& input) {
  return CoverageReport(input).write();
}

}  // namespace xalink::reports
