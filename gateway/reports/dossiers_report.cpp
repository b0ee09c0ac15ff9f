#include "gateway/reports/dossiers_report.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <variant>

#include "gateway/meaning/service_figures.hpp"
#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/dossiers/tables.hpp"

namespace xalink::reports {
namespace {

using meaning::Figure;
using meaning::Level;
using meaning::ServiceTally;
using registry::Kind;

// What a reader looks for first.
constexpr const char* kFindings[] = {"received",       "resolved",        "on_time_of_resolved",
                                     "on_time_of_all", "pending_overdue", "online_filed",
                                     "online_payment", "satisfaction",    "processing_days"};

class DossiersReport {
 public:
  explicit DossiersReport(const DossiersReportInput& input) : input_(input), shown_(input) {}

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
    for (const char* id : kFindings) add_finding(*meaning::find_figure(shown_.figures(), id));
    document_.tables.push_back(dossiers_tables::units(shown_));
    document_.tables.push_back(dossiers_tables::figures(shown_));
    add_if_any(dossiers_tables::scores(shown_));
    add_if_any(dossiers_tables::official(shown_));
    add_if_any(dossiers_tables::targets(shown_));
    add_if_any(dossiers_tables::tasks(shown_));
    add_if_any(dossiers_tables::task_counts(shown_));
    if (office) document_.tables.push_back(dossiers_tables::due(shown_));
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
  [[nodiscard]] bool open() const { return shown_.open(); }

  Said calendar_version() const {
    std::int64_t days = 0;
    for (const auto& row : input_.rows) days += row.kind == Kind::calendar ? 1 : 0;
    if (days == 0) return {};
    return Said("registry ", "danh bạ phiên bản ") + std::to_string(input_.registry_version) +
           Said(" (" + std::to_string(days) + " days)", " (" + std::to_string(days) + " ngày)");
  }

  void add_if_any(Table table) {
    if (!table.rows.empty()) document_.tables.push_back(std::move(table));
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
    Fact fact{figure.id, figure.label, shown_.cell_of(figure, shown_.all(), shown_.hidden()),
              kind_of(figure.measure), digits_of(figure.measure)};
    if (figure.measure == meaning::FigureUnit::percent && std::holds_alternative<double>(fact.value)) {
      const auto of = [&](Language language) {
        return number_for_people(static_cast<double>(figure.numerator), 0, language) + " / " +
               number_for_people(static_cast<double>(figure.denominator), 0, language) + " " +
               figure.denominator_label.in(language);
      };
      fact.of = {of(Language::english), of(Language::vietnamese)};
    }
    document_.findings.push_back(std::move(fact));
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
    for (const auto& figure : shown_.figures()) {
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
  ShownFigures shown_;
  Document document_;
};

}  // namespace

Document dossiers_report(const DossiersReportInput& input) {
  return DossiersReport(input).write();
}

}  // namespace xalink::reports
