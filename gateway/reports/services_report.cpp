#include "gateway/reports/services_report.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/reports/unit_place.hpp"

namespace xalink::reports {
namespace {

/// In percent of answers: from the first on good, from the second on limited.
constexpr double kGoodShare = 99.0;
constexpr double kLimitedShare = 95.0;

struct Service {
  meaning::Ratio answers;
  std::int64_t outages = 0;
  Milliseconds missing{};
  Milliseconds longest{};

  void operator+=(const Service& other) {
    answers += other.answers;
    outages += other.outages;
    missing += other.missing;
    longest = std::max(longest, other.longest);
  }
};
using Services = std::map<std::string, Service>;

std::optional<double> percent_of(const Service& service) {
  const auto value = service.answers.value();
  return value ? std::optional(100 * *value) : std::nullopt;
}

State state_of(const Service& service) {
  const auto percent = percent_of(service);
  if (!percent) return {"no_data", {"no data", "không có dữ liệu"}, Tone::unknown};
  if (*percent >= kGoodShare) return {"good", {"good", "tốt"}, Tone::good};
  if (*percent >= kLimitedShare) return {"limited", {"limited", "hạn chế"}, Tone::limited};
  return {"bad", {"bad", "kém"}, Tone::bad};
}

std::vector<Column> figure_columns() {
  return {{"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
          {"answered_percent", {"Answered as it should", "Phản hồi đúng"}, ColumnKind::percent, 2},
          {"answered", {"Times", "Số lần"}, ColumnKind::integer, 0},
          {"asked", {"Of", "Trên tổng"}, ColumnKind::integer, 0},
          {"outages", {"Outages", "Số lần mất"}, ColumnKind::integer, 0},
          {"missing", {"Missing in all", "Tổng thời gian mất"}, ColumnKind::duration, 0},
          {"longest", {"Longest", "Lần dài nhất"}, ColumnKind::duration, 0}};
}

void add_figures(Row& row, const Service& service) {
  const auto percent = percent_of(service);
  row.cells.emplace_back(state_of(service));
  row.cells.push_back(cell_or(percent, Missing::no_data));
  row.cells.push_back(count(service.answers.yes));
  row.cells.push_back(count(service.answers.of));
  row.cells.emplace_back(service.outages);
  row.cells.emplace_back(service.missing);
  row.cells.emplace_back(service.longest);
}

class ServicesReport {
 public:
  explicit ServicesReport(const CoverageReportInput& input)
      : input_(input), ground_(input.ground), places_(ground_.registry, ground_.scope, ground_.period) {
    const auto communes = meaning::coverage_by_commune(
        {ground_.registry, ground_.sites, input.measured, input.profile, ground_.span, ground_.opening});
    for (const auto& commune : communes) take(commune);
  }

  Document write() {
    document_.kind = "services";
    document_.scope = to_string(ground_.scope);
    document_.title = {"Public services as offices find them", "Dịch vụ công nhìn từ các xã"};
    document_.period = ground_.period;
    document_.parameters = {fact_of(ground_.scope)};
    document_.tables = {services_table(), units_table()};
    if (!all_.empty()) {
      document_.charts.push_back({ChartKind::bar,
                                  {"Answered as they should", "Dịch vụ phản hồi đúng"},
                                  "services",
                                  "service",
                                  {"answered_percent"},
                                  20,
                                  {}});
    }
    document_.definitions = {
        {{"Answered as it should", "Phản hồi đúng"},
         {"The service's name, certificate and HTTP answer were in order when the board asked, of all times "
          "that "
          "it asked; also when the office itself was cut off.",
          "Tên miền, chứng thư và phản hồi HTTP đều đúng khi máy hỏi, trên tổng số lần hỏi; kể cả lúc điểm "
          "đo mất "
          "kết nối."},
         {"The boards' probes of [probe.reach]", "Phép đo [probe.reach] của máy"}},
        {{"Outages, missing", "Số lần mất, thời gian mất"},
         {"The service did not answer while the way to it was there, as the board stated it, within the "
          "period, "
          "added up over sites.",
          "Dịch vụ không phản hồi trong khi đường truyền vẫn tốt, theo máy ghi, trong kỳ, cộng qua các "
          "điểm."},
         {}},
        {{"State", "Tình trạng"},
         {"Good from 99 % of answers on, limited from 95 % on, else bad: our scale, no norm.",
          "Tốt từ 99 %, hạn chế từ 95 %, còn lại kém: thang của phần mềm, không phải quy chuẩn."},
         {}}};
    add_ground(document_, ground_);
    return std::move(document_);
  }

 private:
  void take(const meaning::CommuneCoverage& commune) {
    Services services;
    for (const auto& [name, answers] : commune.services) services[name].answers += answers;
    for (const auto& site : commune.sites) {
      const auto line = ground_.sites.find(site.site);
      if (line != ground_.sites.end()) add_outages(services, line->second);
    }
    Services& unit = units_[meaning::unit_key(commune, by_of(ground_.scope))];
    for (const auto& [name, service] : services) {
      unit[name] += service;
      all_[name] += service;
    }
  }

  void add_outages(Services& services, const meaning::SiteTimeline& line) const {
    for (const auto& outage : line.outages) {
      for (const auto& down : outage.spans) {
        if (down.cause != meaning::Cause::services) continue;
        const Milliseconds within = meaning::common_part(down.span, ground_.span).length();
        if (within.count() <= 0) continue;
        Service& service = services[down.subject];
        ++service.outages;
        service.missing += within;
        service.longest = std::max(service.longest, within);
      }
    }
  }

  [[nodiscard]] Table services_table() const {
    Table table;
    table.key = "services";
    table.title = {"Services, over all communes", "Dịch vụ, toàn bộ các xã"};
    table.columns = {{"service", {"Service", "Dịch vụ"}, ColumnKind::text, 0}};
    for (auto& column : figure_columns()) table.columns.push_back(std::move(column));
    for (const auto& [name, service] : all_) {
      Row row;
      row.cells.emplace_back(name);
      add_figures(row, service);
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  [[nodiscard]] Table units_table() const {
    Table table;
    table.key = "units";
    table.title = {"By unit", "Theo đơn vị"};
    table.note = {"The poorest first. Units whose boards ask for no service are not in it.",
                  "Kém nhất trước. Đơn vị có máy không hỏi dịch vụ nào thì không có ở đây."};
    table.columns = {{"unit", heading_of(ground_.scope), ColumnKind::text, 0},
                     {"service", {"Service", "Dịch vụ"}, ColumnKind::text, 0}};
    for (auto& column : figure_columns()) table.columns.push_back(std::move(column));
    table.fixed_columns = 2;
    struct Line {
      double percent;
      Row row;
    };
    std::vector<Line> lines;
    for (const auto& [key, services] : units_) {
      meaning::UnitAvailability unit;
      unit.key = key;
      for (const auto& [name, service] : services) {
        Row row;
        row.place = places_.place_of(unit);
        row.cells = {places_.name_of(unit), name};
        add_figures(row, service);
        lines.push_back({percent_of(service).value_or(101), std::move(row)});
      }
    }
    std::ranges::stable_sort(lines, {}, &Line::percent);
    for (auto& line : lines) table.rows.push_back(std::move(line.row));
    return table;
  }

  const CoverageReportInput& input_;
  const OutageReportInput& ground_;
  UnitPlaces places_;
  std::map<std::string, Services> units_;
  Services all_;
  Document document_;
};

}  // namespace

Document services_report(const CoverageReportInput& input) {
  return ServicesReport(input).write();
}

}  // namespace xalink::reports
