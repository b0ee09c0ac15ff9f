#include "gateway/reports/dossiers_report.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/meaning/official_figures.hpp"
#include "gateway/meaning/service_figures.hpp"
#include "gateway/meaning/service_scores.hpp"
#include "gateway/meaning/small_cells.hpp"
#include "gateway/meaning/task_register.hpp"

namespace xalink::reports {
namespace {

using meaning::Figure;
using meaning::FigureUnit;
using meaning::Level;
using meaning::ServiceTally;
using registry::Kind;

constexpr std::string_view kDecision = "766/QĐ-TTg";
constexpr std::size_t kMostListed = 5000;

// Of each unit; what else there is stands in the table of figures.
constexpr const char* kCounts[] = {"received",          "resolved",        "resolved_early",
                                   "resolved_on_time",  "resolved_late",   "resolved_not_judged",
                                   "pending",           "pending_in_time", "pending_overdue",
                                   "pending_not_judged"};
// Columns of these that are the sum of others.
const std::vector<meaning::SumOfColumns>& sums_of_counts() {
  static const std::vector<meaning::SumOfColumns> kSums{{1, {2, 3, 4, 5}}, {6, {7, 8, 9}}};
  return kSums;
}
constexpr const char* kShares[] = {"on_time_of_resolved", "on_time_of_all", "online_filed", "full_online",
                                   "partial_online",      "online_payment", "reused_data",  "satisfaction"};
constexpr const char* kDays[] = {"processing_days", "processing_days_median"};
// What a reader looks for first.
constexpr const char* kFindings[] = {"received",       "resolved",        "on_time_of_resolved",
                                     "on_time_of_all", "pending_overdue", "online_filed",
                                     "online_payment", "satisfaction",    "processing_days"};

Level level_of(Scope scope) {
  switch (scope) {
    case Scope::commune: return Level::commune;
    case Scope::district: return Level::district;
    case Scope::region: return Level::zone;
    case Scope::province: break;
  }
  return Level::province;
}

ColumnKind kind_of(FigureUnit measure) {
  switch (measure) {
    case FigureUnit::count: return ColumnKind::integer;
    case FigureUnit::percent: return ColumnKind::percent;
    case FigureUnit::days: break;
  }
  return ColumnKind::decimal;
}
int digits_of(FigureUnit measure) {
  return measure == FigureUnit::count ? 0 : 2;
}

Missing why_missing(const Figure& figure, const ServiceTally& tally) {
  if (figure.id == "digitised_results") return Missing::not_measured;
  if (figure.id.starts_with("satisfaction") || figure.id == "response") return Missing::no_data;
  return tally.received + tally.resolved + tally.pending == 0 ? Missing::not_applicable : Missing::no_data;
}

State state_of(meaning::ScoreStatus status) {
  switch (status) {
    case meaning::ScoreStatus::scored: return {"scored", {"measured", "đo được"}, Tone::good};
    case meaning::ScoreStatus::rate_only: return {"rate_only", {"rate only", "chỉ có tỷ lệ"}, Tone::limited};
    case meaning::ScoreStatus::no_cases: return {"no_cases", {"no cases", "không phát sinh"}, Tone::unknown};
    case meaning::ScoreStatus::not_measured: break;
  }
  return {"not_measured", {"not measured", "không đo"}, Tone::unknown};
}

State state_of(meaning::TargetState state) {
  switch (state) {
    case meaning::TargetState::reached: return {"reached", {"reached", "đạt"}, Tone::good};
    case meaning::TargetState::open: return {"open", {"not yet reached", "chưa đạt, còn hạn"}, Tone::limited};
    case meaning::TargetState::missed: return {"missed", {"missed", "không đạt"}, Tone::bad};
    case meaning::TargetState::not_measured: break;
  }
  return {"not_measured", {"not measured", "không đo"}, Tone::unknown};
}

/// In words that claim no threshold; a target's is in the table of targets.
State timeliness_of(const ServiceTally& tally) {
  const auto judged = tally.resolved_judged() + tally.pending_judged();
  const auto late = tally.late + tally.overdue;
  if (judged == 0) return {"none", {"nothing to judge", "không có hồ sơ để xét"}, Tone::unknown};
  if (late == 0) return {"in_time", {"nothing late", "không có quá hạn"}, Tone::good};
  if (2 * late > judged) return {"mostly_late", {"mostly late", "phần lớn quá hạn"}, Tone::bad};
  return {"some_late", {"some late", "có quá hạn"}, Tone::limited};
}

Cell text_or_none(const std::string& text) {
  return text.empty() ? Cell(Missing::not_applicable) : Cell(text);
}
Cell said_or_none(const Said& said) {
  return said.empty() ? Cell(Missing::not_applicable) : Cell(said);
}
Cell number_or(const std::optional<double>& number, Missing missing) {
  return number ? Cell(*number) : Cell(missing);
}

class DossiersReport {
 public:
  explicit DossiersReport(const DossiersReportInput& input)
      : input_(input),
        all_(input.table.tally({Level::all, ""})),
        figures_(meaning::figures_of(all_)),
        hidden_(hidden_of({figures_}, false).front()) {
    for (const auto& [key, commune] : input.registry.communes()) {
      if (const auto place = place_of(commune)) places_[key.to_string()] = *place;
    }
  }

  Document write() {
    const bool office = input_.audience == Audience::office;
    document_.kind = office ? "dossiers-office" : "dossiers";
    document_.scope = to_string(input_.scope);
    document_.title = office ? Said{"Dossiers, for the office", "Hồ sơ thủ tục hành chính (nội bộ)"}
                             : Said{"Dossiers of administrative procedures", "Giải quyết thủ tục hành chính"};
    document_.period = input_.period;
    document_.registry_version = input_.registry_version;
    document_.calendar_version = calendar_version();
    document_.records = input_.records;
    add_parameters();
    for (const char* id : kFindings) add_finding(*meaning::find_figure(figures_, id));
    document_.tables.push_back(units_table());
    document_.tables.push_back(figures_table());
    add_if_any(scores_table());
    add_if_any(official_table());
    add_if_any(targets_table());
    add_if_any(tasks_table());
    if (office) document_.tables.push_back(due_table());
    document_.charts.push_back(
        {ChartKind::bar,
         {"Early and on time, of the resolved", "Tỷ lệ trước và đúng hạn trên số đã giải quyết"},
         "units",
         "unit",
         {"on_time_of_resolved"},
         40,
         {}});
    document_.map =
        Map{{"Late dossiers by place", "Hồ sơ quá hạn theo địa bàn"}, "units", "unit", "timeliness"};
    add_notes();
    add_definitions();
    add_communes_without_dossiers();
    return std::move(document_);
  }

 private:
  [[nodiscard]] bool open() const { return input_.audience == Audience::everybody; }

  std::string calendar_version() const {
    std::int64_t days = 0;
    for (const auto& row : input_.rows) days += row.kind == Kind::calendar ? 1 : 0;
    if (days == 0) return {};
    return "registry " + std::to_string(input_.registry_version) + " (" + std::to_string(days) + ")";
  }

  void add_if_any(Table table) {
    if (!table.rows.empty()) document_.tables.push_back(std::move(table));
  }

  using Hidden = std::set<std::string_view>;

  /// Of each row of kCounts, which figures are not shown: counts, and shares that would tell them.
  [[nodiscard]] std::vector<Hidden> hidden_of(const std::vector<std::vector<Figure>>& rows,
                                              bool with_sums) const {
    std::vector<Hidden> hidden(rows.size());
    if (!open()) return hidden;
    std::vector<std::vector<std::int64_t>> counts;
    for (const auto& figures : rows) {
      counts.emplace_back();
      for (const char* id : kCounts) counts.back().push_back(meaning::find_figure(figures, id)->numerator);
    }
    const auto cells = meaning::hidden_cells(counts, sums_of_counts(), with_sums);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t i = 0; i < std::size(kCounts); ++i) {
        if (cells[row][i]) hidden[row].insert(kCounts[i]);
      }
      const auto any_part = [&](std::size_t sum) {
        return std::ranges::any_of(sums_of_counts()[sum].parts,
                                   [&](std::size_t part) { return cells[row][part]; });
      };
      if (any_part(0)) hidden[row].insert({"on_time_of_resolved", "early_of_resolved"});
      if (any_part(0) || any_part(1)) hidden[row].insert({"on_time_of_all", "not_judged"});
    }
    return hidden;
  }

  [[nodiscard]] Cell cell_of(const Figure& figure, const ServiceTally& tally, const Hidden& hidden) const {
    // Of whom no dossier is known nobody can say that there were none: exports may be missing.
    const bool nothing = tally == ServiceTally{};
    if (!figure.has_value()) return nothing ? Missing::no_data : why_missing(figure, tally);
    if (hidden.contains(figure.id)) return Missing::suppressed;
    if (nothing) return Missing::no_data;
    switch (figure.measure) {
      case FigureUnit::count: return open() ? count_or_suppressed(figure.numerator) : Cell(figure.numerator);
      case FigureUnit::percent:
        if (open() && !meaning::share_may_be_shown(figure.numerator, figure.denominator))
          return Missing::suppressed;
        break;
      case FigureUnit::days:
        if (open() && meaning::is_small_cell(static_cast<std::int64_t>(tally.processing.size())))
          return Missing::suppressed;
        break;
    }
    return *figure.value();
  }

  void add_parameters() {
    document_.parameters.push_back(fact_of(input_.scope));
    const bool exact = input_.rules.granularity == meaning::Granularity::exact;
    document_.parameters.push_back(
        {"granularity",
         {"Due dates are compared by", "So hạn theo"},
         exact ? Said{"the moment", "thời điểm"} : Said{"the day, Vietnam's time", "ngày, giờ Việt Nam"},
         ColumnKind::text,
         0});
    const bool first = input_.rules.due_date == meaning::DueDate::first;
    document_.parameters.push_back({"due_date",
                                    {"Of several due dates counts", "Khi hẹn lại ngày trả, tính"},
                                    first ? Said{"the first", "hẹn đầu"} : Said{"the last", "hẹn cuối"},
                                    ColumnKind::text,
                                    0});
    document_.parameters.push_back(
        {"as_of", {"Stand of", "Tính đến"}, input_.table.as_of() - Milliseconds(1), ColumnKind::time, 0});
  }

  void add_finding(const Figure& figure) {
    document_.findings.push_back({figure.id, figure.label, cell_of(figure, all_, hidden_),
                                  kind_of(figure.measure), digits_of(figure.measure)});
  }

  Said name_of(const meaning::Unit& unit) const {
    if (unit.level == Level::zone) return zone_name(unit.key);
    if (unit.key.empty()) return {"not placed by the registry", "chưa có trong danh bạ"};
    const auto name = input_.table.name_of(unit);
    return {name, name};
  }

  Table units_table() {
    Table table;
    table.key = "units";
    table.title = {"By " + std::string(to_string(input_.scope)),
                   "Theo " + heading_of(input_.scope).vietnamese};
    table.columns = {{"unit", heading_of(input_.scope), ColumnKind::text, 0},
                     {"code", {"Code", "Mã"}, ColumnKind::text, 0},
                     {"timeliness", {"Timeliness", "Tình trạng"}, ColumnKind::state, 0}};
    std::vector<const meaning::Unit*> units;
    std::vector<std::vector<Figure>> figures;
    for (const auto& [unit, tally] : input_.table.tallies()) {
      if (unit.level != level_of(input_.scope)) continue;
      // What is nowhere is told when there is something of it.
      if (unit.key.empty() && tally == ServiceTally{}) continue;
      units.push_back(&unit);
      figures.push_back(meaning::figures_of(tally));
    }
    const auto add_columns = [&](const auto& ids) {
      for (const char* id : ids) {
        const Figure& figure = *meaning::find_figure(figures_, id);
        table.columns.push_back({id, figure.label, kind_of(figure.measure), digits_of(figure.measure)});
      }
    };
    add_columns(kCounts);
    add_columns(kShares);
    add_columns(kDays);
    const auto hidden = hidden_of(figures, true);
    for (std::size_t i = 0; i < units.size(); ++i) {
      const auto& tally = input_.table.tallies().at(*units[i]);
      Row row;
      row.cells = {name_of(*units[i]), text_or_none(units[i]->key), timeliness_of(tally)};
      const auto add_cells = [&](const auto& ids) {
        for (const char* id : ids) {
          row.cells.push_back(cell_of(*meaning::find_figure(figures[i], id), tally, hidden[i]));
        }
      };
      add_cells(kCounts);
      add_cells(kShares);
      add_cells(kDays);
      const auto place = places_.find(units[i]->key);
      if (place != places_.end()) row.place = place->second;
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  Table figures_table() const {
    Table table;
    table.key = "figures";
    table.title = {"All figures of the whole", "Toàn bộ chỉ số chung"};
    table.columns = {{"figure", {"Figure", "Chỉ số"}, ColumnKind::text, 0},
                     {"id", {"Id", "Mã"}, ColumnKind::text, 0},
                     {"count", {"Number", "Số lượng"}, ColumnKind::integer, 0},
                     {"percent", {"Percent", "Tỷ lệ %"}, ColumnKind::percent, 2},
                     {"days", {"Days", "Số ngày"}, ColumnKind::decimal, 2},
                     {"numerator", {"Numerator", "Tử số"}, ColumnKind::integer, 0},
                     {"denominator", {"Denominator", "Mẫu số"}, ColumnKind::integer, 0},
                     {"numerator_is", {"Numerator is", "Tử số là"}, ColumnKind::text, 0},
                     {"denominator_is", {"Denominator is", "Mẫu số là"}, ColumnKind::text, 0},
                     {"note", {"Note", "Ghi chú"}, ColumnKind::text, 0}};
    for (const auto& figure : figures_) {
      const Cell value = cell_of(figure, all_, hidden_);
      const auto in = [&](FigureUnit measure) {
        return figure.measure == measure ? value : Cell(Missing::not_applicable);
      };
      const bool percent = figure.measure == FigureUnit::percent;
      const auto part = [&](std::int64_t count) {
        if (!percent || !figure.has_value()) return Cell(Missing::not_applicable);
        return std::holds_alternative<Missing>(value) ? value : Cell(count);
      };
      table.rows.push_back(
          {{figure.label, figure.id, in(FigureUnit::count), in(FigureUnit::percent), in(FigureUnit::days),
            part(figure.numerator), part(figure.denominator), said_or_none(figure.numerator_label),
            said_or_none(figure.denominator_label), said_or_none(figure.note)},
           std::nullopt});
    }
    return table;
  }

  Table scores_table() const {
    Table table;
    table.key = "scores";
    table.title = {"Decision 766, as far as it is measured", "Bộ chỉ số 766, phần đo được"};
    table.note = {
        "Points of part of a group are not the group's score, and have no band. Points that the source "
        "does not say how to compute are not computed.",
        "Điểm của một phần không phải điểm của nhóm và không xếp loại. Chỉ số mà nguồn không nêu cách tính "
        "điểm thì không tính."};
    table.columns = {{"id", {"Id", "Mã"}, ColumnKind::text, 0},
                     {"name", {"Indicator", "Chỉ số"}, ColumnKind::text, 0},
                     {"maximum", {"Maximum points", "Điểm tối đa"}, ColumnKind::decimal, 2},
                     {"rate", {"Rate", "Tỷ lệ"}, ColumnKind::percent, 2},
                     {"threshold", {"Threshold", "Ngưỡng"}, ColumnKind::percent, 0},
                     {"points", {"Points", "Điểm"}, ColumnKind::decimal, 2},
                     {"status", {"Measured", "Tình trạng"}, ColumnKind::state, 0},
                     {"reason", {"Why", "Lý do"}, ColumnKind::text, 0}};
    const auto scores = meaning::scores_of(input_.rows, kDecision, figures_);
    for (const auto& group : scores.groups) {
      table.rows.push_back(
          {{group.id, group.name, number_or(group.maximum, Missing::not_applicable), Missing::not_applicable,
            Missing::not_applicable, group.complete ? Cell(group.points) : Cell(Missing::not_measured),
            group.complete
                ? state_of(meaning::ScoreStatus::scored)
                : State{"partly", {"partly measured or not", "đo một phần hoặc không đo"}, Tone::unknown},
            Missing::not_applicable},
           std::nullopt});
      for (const auto& line : scores.lines) {
        if (line.group != group.id) continue;
        Cell rate = Missing::not_measured;
        if (line.figure) {
          rate = line.figure->measure == FigureUnit::percent ? cell_of(*line.figure, all_, hidden_)
                                                             : Cell(Missing::not_applicable);
        }
        const bool hidden = std::holds_alternative<Missing>(rate) && line.points;
        table.rows.push_back({{line.id, line.name, number_or(line.maximum, Missing::not_applicable), rate,
                               number_or(line.threshold, Missing::not_applicable),
                               hidden ? rate : number_or(line.points, Missing::not_measured),
                               state_of(line.status), said_or_none(line.reason)},
                              std::nullopt});
      }
    }
    return table;
  }

  static std::optional<Level> level_named(std::string_view name) {
    if (name == "province") return Level::province;
    if (name == "district") return Level::district;
    if (name == "commune") return Level::commune;
    if (name == "zone") return Level::zone;
    if (name == "site") return Level::site;
    return std::nullopt;  // an agency has no place among communes
  }

  /// Units that a table of the registry has rows for, each with its figures.
  template <class Take>
  void for_units_of(Kind kind, Take take) const {
    std::set<std::pair<std::string, std::string>> seen;
    for (const auto& row : input_.rows) {
      if (row.kind != kind || !seen.insert({row.at("level"), row.at("unit")}).second) continue;
      const auto level = level_named(row.at("level"));
      if (!level) continue;
      const meaning::Unit unit{*level, row.at("unit")};
      take(row.at("level"), unit, input_.table.tally(unit));
    }
  }

  Table official_table() const {
    Table table;
    table.key = "official";
    table.title = {"Published figures of the period, and these",
                   "Số liệu đã công bố trong kỳ và số liệu này"};
    table.columns = {{"unit", {"Unit", "Đơn vị"}, ColumnKind::text, 0},
                     {"indicator", {"Indicator", "Chỉ số"}, ColumnKind::text, 0},
                     {"measure", {"In", "Tính bằng"}, ColumnKind::text, 0},
                     {"official", {"Published", "Công bố"}, ColumnKind::decimal, 2},
                     {"ours", {"Here", "Hệ thống"}, ColumnKind::decimal, 2},
                     {"difference", {"Difference", "Chênh lệch"}, ColumnKind::decimal, 2},
                     {"note", {"Note", "Ghi chú"}, ColumnKind::text, 0},
                     {"source", {"Source", "Nguồn"}, ColumnKind::text, 0}};
    for_units_of(
        Kind::official, [&](const std::string& level, const meaning::Unit& unit, const ServiceTally& tally) {
          const auto figures = meaning::figures_of(tally);
          const auto official = meaning::official_of(input_.rows, level, unit.key, input_.period);
          for (const auto& each :
               meaning::compare(official, figures, meaning::scores_of(input_.rows, kDecision, figures))) {
            // What may not be shown as a figure may not follow from a difference.
            const Cell shown = each.ours ? cell_of(*each.ours, tally, hidden_of({figures}, false).front())
                                         : Cell(Missing::not_measured);
            const bool hidden =
                std::holds_alternative<Missing>(shown) && std::get<Missing>(shown) == Missing::suppressed;
            const auto value = [&](const std::optional<double>& number) {
              return hidden ? Cell(Missing::suppressed) : number_or(number, Missing::not_measured);
            };
            table.rows.push_back({{name_of(unit), each.official.indicator, each.official.measure,
                                   each.official.value, value(each.ours_value), value(each.difference),
                                   said_or_none(each.note), text_or_none(each.official.source)},
                                  std::nullopt});
          }
        });
    return table;
  }

  Table targets_table() const {
    Table table;
    table.key = "targets";
    table.title = {"Targets", "Chỉ tiêu"};
    table.columns = {{"unit", {"Unit", "Đơn vị"}, ColumnKind::text, 0},
                     {"indicator", {"Indicator", "Chỉ số"}, ColumnKind::text, 0},
                     {"deadline", {"Deadline", "Thời hạn"}, ColumnKind::date, 0},
                     {"direction", {"Direction", "Chiều"}, ColumnKind::text, 0},
                     {"target", {"Target", "Chỉ tiêu"}, ColumnKind::decimal, 2},
                     {"now", {"In the period", "Trong kỳ"}, ColumnKind::decimal, 2},
                     {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
                     {"decision", {"Decision", "Văn bản"}, ColumnKind::text, 0}};
    const Date last = meaning::day_of(input_.table.as_of() - Milliseconds(1));
    for_units_of(Kind::targets, [&](const std::string& level, const meaning::Unit& unit,
                                    const ServiceTally& tally) {
      const auto figures = meaning::figures_of(tally);
      for (const auto& target : meaning::targets_of(input_.rows, level, unit.key, figures, last)) {
        const auto* figure = meaning::find_figure(figures, target.indicator);
        Cell now = Missing::not_measured;
        if (figure != nullptr) {
          now = cell_of(*figure, tally, hidden_of({figures}, false).front());
          if (const auto* count = std::get_if<std::int64_t>(&now)) now = static_cast<double>(*count);
        }
        table.rows.push_back({{name_of(unit), target.indicator, target.deadline,
                               target.at_least ? Said{"at least", "tối thiểu"} : Said{"at most", "tối đa"},
                               target.value, now, state_of(target.state), text_or_none(target.decision)},
                              std::nullopt});
      }
    });
    return table;
  }

  Table tasks_table() const {
    Table table;
    table.key = "tasks";
    table.title = {"Registers of tasks", "Nhiệm vụ theo chương trình"};
    table.columns = {
        {"programme", {"Programme", "Chương trình"}, ColumnKind::text, 0},
        {"total", {"Tasks", "Tổng số"}, ColumnKind::integer, 0},
        {"done", {"Done", "Hoàn thành"}, ColumnKind::integer, 0},
        {"done_percent", {"Done, percent", "Tỷ lệ hoàn thành"}, ColumnKind::percent, 1},
        {"on_time", {"Done on time", "Hoàn thành đúng hạn"}, ColumnKind::integer, 0},
        {"late", {"Done late", "Hoàn thành quá hạn"}, ColumnKind::integer, 0},
        {"open", {"Open, in time", "Chưa xong, còn hạn"}, ColumnKind::integer, 0},
        {"overdue", {"Open, overdue", "Chưa xong, quá hạn"}, ColumnKind::integer, 0},
        {"no_deadline", {"Open, no deadline", "Chưa xong, không có hạn"}, ColumnKind::integer, 0}};
    const Date last = meaning::day_of(input_.table.as_of() - Milliseconds(1));
    for (const auto& [programme, tally] : meaning::tasks_by(meaning::TasksBy::programme, input_.rows, last)) {
      // Tasks are an administration's, not a person's: none of them is a small cell.
      table.rows.push_back(
          {{programme, tally.total, tally.done,
            number_or(meaning::figures_of(tally)[0].value(), Missing::not_applicable), tally.done_on_time,
            tally.done_late, tally.open_in_time, tally.open_overdue, tally.open_without_deadline},
           std::nullopt});
    }
    return table;
  }

  Table due_table() {
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
    const auto due = input_.table.due_within(kDueSoonDays);
    for (std::size_t i = 0; i < due.size() && i < kMostListed; ++i) {
      const auto& each = due[i];
      table.rows.push_back(
          {{each.code, text_or_none(each.procedure), each.site, name_of({Level::commune, each.commune}),
            each.due, each.working_days_left, each.awaiting_papers ? Said{"yes", "có"} : Said{"no", "không"}},
           std::nullopt});
    }
    if (due.size() > kMostListed) {
      const auto more = std::to_string(due.size() - kMostListed);
      table.note = {more + " more are not listed", "còn " + more + " hồ sơ không liệt kê"};
    }
    return table;
  }

  void add_notes() {
    if (open()) {
      document_.notes.push_back(
          {"Counts of 1 to 4, and counts and shares of the same table from which one would follow, are not "
           "shown; the "
           "report dossiers-office shows them.",
           "Không hiển thị số từ 1 đến 4, cùng các số và tỷ lệ trong cùng bảng mà từ đó suy ra được; báo cáo "
           "dossiers-office hiển thị đầy đủ."});
    } else {
      document_.notes.push_back({"Not for publication: small counts are shown and dossiers are named.",
                                 "Không công bố: có số nhỏ và mã từng hồ sơ."});
    }
    document_.notes.push_back(
        {"A dossier counts as received where it was accepted, as resolved where it ended: of a commune that "
         "merged in "
         "the period, before and after stand apart.",
         "Hồ sơ tính tiếp nhận tại nơi tiếp nhận, tính giải quyết tại nơi kết thúc: xã sáp nhập trong kỳ "
         "được tách "
         "trước và sau."});
    const bool known = std::ranges::any_of(
        input_.rows, [](const registry::Entry& row) { return row.kind == Kind::calendar; });
    if (!known) {
      document_.notes.push_back(
          {"The registry has no working-day calendar: due dates that were not told cannot be computed. Next: "
           "xalink-gateway communes import /usr/share/xalink/working-days-2024-2027.csv",
           "Danh bạ chưa có lịch ngày làm việc nên không tính được hạn khi thiếu ngày hẹn trả. Tiếp theo: "
           "xalink-gateway communes import /usr/share/xalink/working-days-2024-2027.csv"});
    }
    if (input_.unusable > 0) {
      const auto number = std::to_string(input_.unusable);
      document_.notes.push_back({number + " records without a code or a state were left out.",
                                 "Bỏ qua " + number + " bản ghi không có mã hồ sơ hoặc trạng thái."});
    }
    if (input_.answers_left_out > 0) {
      const auto number = std::to_string(input_.answers_left_out);
      document_.notes.push_back(
          {number + " tables of answers were left out: they reach outside the period or overlap others.",
           "Bỏ qua " + number + " bảng phiếu hài lòng: vượt ra ngoài kỳ hoặc trùng với bảng khác."});
    }
  }

  void add_definitions() {
    const Said source{"Decision 766/QĐ-TTg, indicator 2.1, as the national portal computes it",
                      "Quyết định 766/QĐ-TTg, chỉ số 2.1, theo cách tính của Cổng Dịch vụ công quốc gia"};
    document_.definitions = {
        {{"End of processing", "Kết thúc xử lý"},
         {"Time of state 9; without it of 10; without it of 8 or 3; of 7 where the dossier had been "
          "accepted. A dossier "
          "that went back to work has not ended.",
          "Thời điểm trạng thái 9; nếu không có thì 10; rồi 8 hoặc 3; trạng thái 7 chỉ khi đã tiếp nhận. Hồ "
          "sơ quay lại "
          "xử lý thì chưa kết thúc."},
         source},
        {{"On time", "Đúng hạn"},
         {"The end of processing, less the citizen's time for papers, is not after the due date. In "
          "progress: the end of "
          "the period instead, or the moment of the one request for papers that is open. More than one "
          "request is late.",
          "Kết thúc xử lý, trừ thời gian công dân bổ sung, không sau ngày hẹn trả. Đang xử lý: so cuối kỳ, "
          "hoặc thời điểm "
          "yêu cầu bổ sung đang chờ. Yêu cầu bổ sung quá một lần là quá hạn."},
         source},
        {{"Not judged", "Không xét"},
         {"No due date was told and the procedure's legal limit is not in the registry (table procedures), "
          "or it reaches "
          "into a year without a calendar.",
          "Không có ngày hẹn trả và danh bạ không có thời hạn của thủ tục (bảng procedures), hoặc năm đó "
          "chưa có lịch."},
         {}},
    };
    for (const auto& figure : figures_) {
      if (figure.denominator_label.empty()) continue;
      document_.definitions.push_back(
          {figure.label,
           {figure.numerator_label.english + " / " + figure.denominator_label.english,
            figure.numerator_label.vietnamese + " / " + figure.denominator_label.vietnamese},
           {}});
    }
  }

  void add_communes_without_dossiers() {
    for (const auto& [key, commune] : input_.registry.communes()) {
      const meaning::Unit unit{Level::commune, key.to_string()};
      const auto found = input_.table.tallies().find(unit);
      if (found != input_.table.tallies().end() && found->second == ServiceTally{}) {
        document_.without_data.push_back(reports::name_of(commune));
      }
    }
  }

  const DossiersReportInput& input_;
  ServiceTally all_;
  std::vector<Figure> figures_;
  Hidden hidden_;  ///< of the whole
  std::map<std::string, Place> places_;
  Document document_;
};

}  // namespace

Document dossiers_report(const DossiersReportInput& input) {
  return DossiersReport(input).write();
}

}  // namespace xalink::reports
