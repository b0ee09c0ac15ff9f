#include "gateway/reports/investment_report.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/reports/cell_text.hpp"

namespace xalink::reports {
namespace {

using meaning::Cause;

Cell percent(const std::optional<double>& share) {
  return share ? Cell(100 * *share) : Cell(Missing::no_data);
}

Cell number(const std::optional<std::int64_t>& count) {
  return count ? Cell(*count) : Cell(Missing::no_data);
}

Cell out_of(std::int64_t count, const std::optional<std::int64_t>& of) {
  return of ? Cell(count) : Cell(Missing::no_data);
}

/// Need, not rank: it does not depend on how many communes there are.
State need_state(double score) {
  if (score >= 50) return {"high", {"high need", "nhu cầu cao"}, Tone::bad};
  if (score >= 25) return {"medium", {"medium need", "nhu cầu vừa"}, Tone::limited};
  return {"low", {"low need", "nhu cầu thấp"}, Tone::good};
}

Cell cause_cell(const RankedCommune& commune) {
  if (!commune.cause) return Missing::not_applicable;
  return Said{meaning::cause_label(*commune.cause, Language::english),
              meaning::cause_label(*commune.cause, Language::vietnamese)};
}

Milliseconds outage_time(const CommuneEvidence& commune) {
  Milliseconds sum{0};
  for (std::size_t i = 0; i < meaning::kCauseCount; ++i) {
    if (is_outage(static_cast<Cause>(i))) sum += commune.down[i];
  }
  return sum;
}

Cell zone_cell(const CommuneEvidence& commune) {
  return commune.zone.empty() ? Cell(Missing::no_data) : Cell(zone_name(commune.zone));
}

Cell border_cell(const CommuneEvidence& commune) {
  if (!commune.border) return Missing::no_data;
  return *commune.border ? Said{"yes", "có"} : Said{"no", "không"};
}

std::string in_english(double value, int digits) {
  return number_for_people(value, digits, Language::english);
}
std::string in_vietnamese(double value, int digits) {
  return number_for_people(value, digits, Language::vietnamese);
}

class InvestmentReport {
 public:
  explicit InvestmentReport(const InvestmentReportInput& input)
      : input_(input), ranking_(rank(input.communes, input.weights)) {
    for (const auto& commune : input.communes) names_[commune.key] = commune.name;
  }

  Document write() {
    document_.kind = "investment";
    document_.scope = to_string(input_.scope);
    document_.title = {"Where to invest first", "Thứ tự ưu tiên đầu tư hạ tầng số"};
    document_.period = input_.period;
    add_parameters();
    add_findings();
    document_.tables = {ranking_table(), points_table(), unranked_table(), sensitivity_table()};
    if (input_.scope != Scope::commune) document_.tables.push_back(units_table());
    document_.charts = {
        {ChartKind::bar,
         {"Need, the first communes", "Nhu cầu, các xã đầu"},
         "ranking",
         "commune",
         {"score"},
         20,
         {}},
    };
    std::vector<std::string> points;
    for (std::size_t i = 0; i < kCriteria; ++i) points.push_back(key_of(i));
    document_.charts.push_back({ChartKind::stack,
                                {"What the need is made of", "Nhu cầu gồm những gì"},
                                "points",
                                "commune",
                                points,
                                20,
                                {}});
    document_.map = Map{{"Need for investment", "Nhu cầu đầu tư"}, "ranking", "commune", "state"};
    add_notes();
    add_definitions();
    return std::move(document_);
  }

 private:
  static std::string key_of(std::size_t criterion) {
    return std::string(to_string(static_cast<Criterion>(criterion)));
  }

  void add_parameters() {
    document_.parameters.push_back(fact_of(input_.scope));
    document_.parameters.push_back(
        {"profile", {"Threshold profile", "Bộ ngưỡng"}, input_.profile, ColumnKind::text, 0});
    for (std::size_t i = 0; i < kCriteria; ++i) {
      const auto name = words_of(static_cast<Criterion>(i));
      document_.parameters.push_back({"weight_" + key_of(i),
                                      {"Weight: " + name.english, "Trọng số: " + name.vietnamese},
                                      input_.weights[i],
                                      ColumnKind::decimal,
                                      1});
    }
    document_.parameters.push_back(
        {"least_completeness",
         {"Ranked from this share of time known", "Xếp hạng từ tỷ lệ thời gian biết được"},
         100 * kLeastCompleteness,
         ColumnKind::percent,
         0});
  }

  void add_findings() {
    const auto add = [&](const char* key, Said name, std::size_t count) {
      document_.findings.push_back(
          {key, std::move(name), static_cast<std::int64_t>(count), ColumnKind::integer, 0});
    };
    add("ranked", {"Communes ranked", "Số xã được xếp hạng"}, ranking_.ranked.size());
    add("unranked", {"Not ranked for want of data", "Chưa xếp hạng do thiếu dữ liệu"},
        ranking_.unranked.size());
    std::map<Investment, std::size_t> kinds;
    for (const auto& commune : ranking_.ranked) ++kinds[commune.kind];
    for (const auto& [kind, count] : kinds) {
      add(("kind_" + std::string(to_string(kind))).c_str(), words_of(kind), count);
    }
  }

  Table ranking_table() const {
    Table table;
    table.key = "ranking";
    table.title = {"Ranking", "Xếp hạng"};
    table.note = {
        "The larger the score, the greater the need. Communes without enough data have no rank and stand "
        "at the end.",
        "Điểm càng lớn, nhu cầu càng cao. Xã thiếu dữ liệu không có hạng và đứng cuối."};
    table.fixed_columns = 2;
    table.columns = {
        {"rank", {"Rank", "Hạng"}, ColumnKind::integer, 0},
        {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
        {"zone", {"Region", "Khu vực"}, ColumnKind::text, 0},
        {"score", {"Score, 0–100", "Điểm, 0–100"}, ColumnKind::decimal, 2},
        {"state", {"Need", "Nhu cầu"}, ColumnKind::state, 0},
        {"kind", {"Kind of investment", "Loại đầu tư"}, ColumnKind::text, 0},
        {"cause", {"Main cause", "Nguyên nhân chính"}, ColumnKind::text, 0},
        {"cause_percent", {"Its share of outages", "Tỷ lệ trong thời gian mất"}, ColumnKind::percent, 0},
        {"availability_percent",
         {"Availability, office hours", "Khả dụng, giờ làm việc"},
         ColumnKind::percent,
         2},
        {"completeness_percent", {"Time known", "Thời gian biết được"}, ColumnKind::percent, 0},
        {"outage_time", {"Time of outages", "Thời gian mất"}, ColumnKind::duration, 0},
        {"coverage_gap_percent", {"Gap to thresholds", "Thiếu so với ngưỡng"}, ColumnKind::percent, 1},
        {"villages", {"Villages surveyed", "Thôn đã khảo sát"}, ColumnKind::integer, 0},
        {"villages_without_signal", {"No signal", "Trắng sóng"}, ColumnKind::integer, 0},
        {"villages_with_gaps", {"Gaps", "Lõm sóng"}, ColumnKind::integer, 0},
        {"villages_without_power", {"No grid power", "Chưa có điện lưới"}, ColumnKind::integer, 0},
        {"dossiers", {"Dossiers", "Hồ sơ"}, ColumnKind::integer, 0},
        {"dossiers_delayed", {"Delayed offline", "Chậm do mất kết nối"}, ColumnKind::integer, 0},
        {"population", {"Population", "Dân số"}, ColumnKind::integer, 0},
        {"ethnic_minority_percent", {"Ethnic minorities", "Dân tộc thiểu số"}, ColumnKind::percent, 1},
        {"border", {"Border", "Biên giới"}, ColumnKind::text, 0},
        {"evidence_percent",
         {"Evidence, of the weights", "Bằng chứng, theo trọng số"},
         ColumnKind::percent,
         0},
    };
    for (const auto& commune : ranking_.ranked) {
      const auto& evidence = *commune.evidence;
      Row row;
      row.place = evidence.place;
      row.cells = {std::int64_t{commune.rank},
                   evidence.name,
                   zone_cell(evidence),
                   commune.score,
                   need_state(commune.score),
                   words_of(commune.kind),
                   cause_cell(commune),
                   commune.cause ? Cell(100 * commune.cause_share) : Cell(Missing::not_applicable)};
      add_evidence(row, evidence);
      row.cells.emplace_back(100 * commune.evidence_share);
      table.rows.push_back(std::move(row));
    }
    for (const auto* evidence : ranking_.unranked) {
      Row row;
      row.place = evidence->place;
      row.cells = {Missing::not_applicable,
                   evidence->name,
                   zone_cell(*evidence),
                   Missing::no_data,
                   State{"no_data", {"no data", "không có dữ liệu"}, Tone::unknown},
                   Missing::no_data,
                   Missing::no_data,
                   Missing::no_data};
      add_evidence(row, *evidence);
      row.cells.emplace_back(Missing::not_applicable);
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  static void add_evidence(Row& row, const CommuneEvidence& evidence) {
    const bool known = evidence.completeness.value_or(0) > 0;
    row.cells.push_back(percent(evidence.availability));
    row.cells.push_back(percent(evidence.completeness));
    row.cells.push_back(known ? Cell(outage_time(evidence)) : Cell(Missing::no_data));
    row.cells.push_back(percent(evidence.coverage_gap));
    row.cells.push_back(number(evidence.villages));
    row.cells.push_back(out_of(evidence.villages_without_signal, evidence.villages));
    row.cells.push_back(out_of(evidence.villages_with_gaps, evidence.villages));
    row.cells.push_back(out_of(evidence.villages_without_power, evidence.villages_power_told));
    row.cells.push_back(evidence.dossiers ? count_or_suppressed(*evidence.dossiers)
                                          : Cell(Missing::not_measured));
    row.cells.push_back(evidence.dossiers ? count_or_suppressed(evidence.dossiers_delayed)
                                          : Cell(Missing::not_measured));
    row.cells.push_back(number(evidence.population));
    row.cells.push_back(evidence.ethnic_minority_percent ? Cell(*evidence.ethnic_minority_percent)
                                                         : Cell(Missing::no_data));
    row.cells.push_back(border_cell(evidence));
  }

  Table points_table() const {
    Table table;
    table.key = "points";
    table.title = {"What each score is made of", "Điểm gồm những gì"};
    table.note = {
        "Points of each criterion: 100 × weight × need / sum of the weights with evidence. They add up to "
        "the score.",
        "Điểm từng tiêu chí: 100 × trọng số × nhu cầu / tổng trọng số có bằng chứng. Cộng lại bằng điểm."};
    table.columns = {{"commune", {"Commune", "Xã"}, ColumnKind::text, 0}};
    for (std::size_t i = 0; i < kCriteria; ++i) {
      table.columns.push_back({key_of(i), words_of(static_cast<Criterion>(i)), ColumnKind::decimal, 2});
    }
    table.columns.push_back({"score", {"Score", "Điểm"}, ColumnKind::decimal, 2});
    for (const auto& commune : ranking_.ranked) {
      double known = 0;
      for (std::size_t i = 0; i < kCriteria; ++i) known += commune.need[i] ? input_.weights[i] : 0;
      Row row;
      row.cells.emplace_back(commune.evidence->name);
      for (std::size_t i = 0; i < kCriteria; ++i) {
        row.cells.push_back(commune.need[i] && known > 0
                                ? Cell(100 * input_.weights[i] * *commune.need[i] / known)
                                : Cell(Missing::no_data));
      }
      row.cells.emplace_back(commune.score);
      table.rows.push_back(std::move(row));
    }
    return table;
  }

  Table unranked_table() const {
    Table table;
    table.key = "unranked";
    table.title = {"Not ranked for want of data", "Chưa xếp hạng do thiếu dữ liệu"};
    table.note = {
        "Nothing says that these are well connected. Next: bring a board to them, or see why it is silent "
        "(xalink-gateway boards).",
        "Không có gì cho thấy các xã này có kết nối tốt. Tiếp theo: lắp máy, hoặc xem vì sao máy im lặng "
        "(xalink-gateway boards)."};
    table.columns = {
        {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
        {"zone", {"Region", "Khu vực"}, ColumnKind::text, 0},
        {"completeness_percent", {"Time known", "Thời gian biết được"}, ColumnKind::percent, 1},
        {"villages", {"Villages surveyed", "Thôn đã khảo sát"}, ColumnKind::integer, 0},
        {"villages_without_signal", {"No signal", "Trắng sóng"}, ColumnKind::integer, 0},
        {"villages_without_power", {"No grid power", "Chưa có điện lưới"}, ColumnKind::integer, 0},
        {"population", {"Population", "Dân số"}, ColumnKind::integer, 0}};
    for (const auto* evidence : ranking_.unranked) {
      table.rows.push_back(
          {{evidence->name, zone_cell(*evidence), percent(evidence->completeness), number(evidence->villages),
            out_of(evidence->villages_without_signal, evidence->villages),
            out_of(evidence->villages_without_power, evidence->villages_power_told),
            number(evidence->population)},
           evidence->place});
    }
    return table;
  }

  Said names_of(const std::vector<std::string>& keys) const {
    Said all;
    for (const auto& key : keys) {
      const auto& name = names_.at(key);
      all.english += (all.english.empty() ? "" : ", ") + name.english;
      all.vietnamese += (all.vietnamese.empty() ? "" : ", ") + name.vietnamese;
    }
    return all.empty() ? Said{"nobody", "không có"} : all;
  }

  Table sensitivity_table() const {
    Table table;
    table.key = "sensitivity";
    table.title = {"How the first ten change when a weight does",
                   "Mười xã đầu thay đổi thế nào khi đổi trọng số"};
    table.columns = {
        {"criterion", {"Weight of", "Trọng số"}, ColumnKind::text, 0},
        {"weight", {"Weight", "Giá trị"}, ColumnKind::decimal, 1},
        {"change_percent", {"Changed by", "Thay đổi"}, ColumnKind::percent, 0},
        {"entered", {"Come among the first ten", "Vào mười xã đầu"}, ColumnKind::text, 0},
        {"left", {"Leave them", "Ra khỏi"}, ColumnKind::text, 0},
        {"largest_move", {"Largest move, ranks", "Đổi hạng nhiều nhất"}, ColumnKind::integer, 0}};
    for (const auto& change : ranking_.sensitivity) {
      table.rows.push_back(
          {{words_of(change.criterion), input_.weights[static_cast<std::size_t>(change.criterion)],
            change.factor < 1 ? -20.0 : 20.0, names_of(change.entered), names_of(change.left),
            std::int64_t{change.largest_move}},
           std::nullopt});
    }
    return table;
  }

  Table units_table() const {
    std::map<std::string, Said> units;
    for (const auto& commune : input_.communes) units[commune.unit.english] = commune.unit;
    struct Sum {
      std::int64_t ranked = 0;
      std::int64_t unranked = 0;
      std::int64_t first = 0;
      double score = 0;
    };
    std::map<std::string, Sum> sums;
    for (const auto& commune : ranking_.ranked) {
      auto& sum = sums[commune.evidence->unit.english];
      ++sum.ranked;
      sum.score += commune.score;
      if (commune.rank <= static_cast<int>(kFirst)) ++sum.first;
    }
    for (const auto* evidence : ranking_.unranked) ++sums[evidence->unit.english].unranked;
    Table table;
    table.key = "units";
    table.title = {"By unit", "Theo đơn vị"};
    table.columns = {{"unit", heading_of(input_.scope), ColumnKind::text, 0},
                     {"ranked", {"Communes ranked", "Số xã xếp hạng"}, ColumnKind::integer, 0},
                     {"unranked", {"Not ranked", "Chưa xếp hạng"}, ColumnKind::integer, 0},
                     {"first_ten", {"Among the first ten", "Trong mười xã đầu"}, ColumnKind::integer, 0},
                     {"mean_score", {"Mean score", "Điểm trung bình"}, ColumnKind::decimal, 2}};
    for (const auto& [name, sum] : sums) {
      table.rows.push_back(
          {{units.at(name), sum.ranked, sum.unranked, sum.first,
            sum.ranked > 0 ? Cell(sum.score / static_cast<double>(sum.ranked)) : Cell(Missing::no_data)},
           std::nullopt});
    }
    return table;
  }

  void add_notes() {
    document_.notes.push_back(
        {"A ranking is an argument, not a decision: see the evidence of each commune and how the first ten "
         "change "
         "with the weights.",
         "Xếp hạng là căn cứ, không phải quyết định: xem bằng chứng từng xã và mười xã đầu thay đổi ra sao "
         "theo "
         "trọng số."});
    const bool dossiers = std::ranges::any_of(
        input_.communes, [](const auto& commune) { return commune.dossiers.has_value(); });
    if (!dossiers) {
      document_.notes.push_back(
          {"Dossiers delayed while an office was offline are not measured: their weight is left "
           "out.",
           "Chưa đo hồ sơ chậm do mất kết nối: trọng số này được bỏ ra."});
    }
  }

  void add_definitions() {
    std::string english =
        "score = 100 × Σ(weight × need) / Σ(weight), over the criteria of which there is evidence. ";
    std::string vietnamese =
        "điểm = 100 × Σ(trọng số × nhu cầu) / Σ(trọng số), trên các tiêu chí có bằng chứng. ";
    english += "Weights: ";
    vietnamese += "Trọng số: ";
    for (std::size_t i = 0; i < kCriteria; ++i) {
      const auto name = words_of(static_cast<Criterion>(i));
      english += (i == 0 ? "" : ", ") + name.english + " " + in_english(input_.weights[i], 1);
      vietnamese += (i == 0 ? "" : "; ") + name.vietnamese + " " + in_vietnamese(input_.weights[i], 1);
    }
    document_.definitions = {
        {{"Score", "Điểm"}, {english + ".", vietnamese + "."}, {}},
        {{"Need: availability", "Nhu cầu: độ khả dụng"},
         {"(99.5 % − availability in office hours) / 25 points, 0 to 1",
          "(99,5 % − độ khả dụng trong giờ làm việc) / 25 điểm phần trăm, từ 0 đến 1"},
         {"99.5 %: QCVN 34; the scale is ours", "99,5 %: QCVN 34; thang đo do phần mềm đặt"}},
        {{"Need: quality of the line", "Nhu cầu: chất lượng đường truyền"},
         {"Mean shortfall below the requirements of the profile that were measured (1 − measured / required; "
          "of "
          "round trips and loss 1 − required / measured), of the commune's best site; availability is not "
          "counted "
          "here again.",
          "Mức thiếu trung bình so với các yêu cầu đã đo của bộ ngưỡng (1 − đo được / yêu cầu; với độ trễ và "
          "mất "
          "gói 1 − yêu cầu / đo được), của điểm tốt nhất trong xã; không tính lại độ khả dụng."},
         {}},
        {{"Need: villages, power", "Nhu cầu: thôn, điện"},
         {"(Villages without signal + half of those with gaps) / villages surveyed; villages without grid "
          "power / "
          "villages of which it is told",
          "(Thôn trắng sóng + một nửa thôn lõm sóng) / thôn đã khảo sát; thôn chưa có điện lưới / thôn có số "
          "liệu"},
         {"The registry's surveys", "Khảo sát trong danh bạ"}},
        {{"Need: dossiers", "Nhu cầu: hồ sơ"},
         {"Dossiers that fell due while the office was offline and were late / dossiers handled; a fifth is "
          "1",
          "Hồ sơ đến hạn khi trụ sở mất kết nối và bị trễ / hồ sơ đã xử lý; một phần năm là 1"},
         {}},
        {{"Need: people", "Nhu cầu: người dân"},
         {"Population / 10,000, at most 1; share of ethnic minorities; region III 1, II two thirds, I one "
          "third, "
          "none 0",
          "Dân số / 10.000, nhiều nhất 1; tỷ lệ dân tộc thiểu số; khu vực III là 1, II hai phần ba, I một "
          "phần ba, "
          "ngoài khu vực 0"},
         {"The registry", "Danh bạ"}},
        {{"Kind of investment", "Loại đầu tư"},
         {"By the causes of outages: power → UPS or solar power; modem, link, first hop → line to the "
          "office, where "
          "half the villages or more lack signal (gaps count half) → satellite; internet, DNS → provider's "
          "network; "
          "services → owner of the service; gateway; board. A kind needs two fifths of the time of outages, "
          "else the "
          "cause must be found first. With 99.8 % available and more: faster line where the gap is over 5 %, "
          "signal "
          "for villages where a tenth lacks it, else none.",
          "Theo nguyên nhân mất kết nối: điện → UPS hoặc điện mặt trời; modem, đường truyền, chặng đầu → "
          "đường truyền "
          "đến trụ sở, nơi một nửa số thôn trở lên thiếu sóng (lõm tính một nửa) → vệ tinh; Internet, DNS → "
          "mạng nhà "
          "cung cấp; dịch vụ → đơn vị chủ quản; máy chủ tỉnh; máy đo. Một loại phải chiếm hai phần năm thời "
          "gian mất, "
          "nếu không cần tìm nguyên nhân trước. Khả dụng từ 99,8 %: nâng tốc độ nếu thiếu trên 5 %, phủ sóng "
          "thôn nếu "
          "một phần mười thiếu sóng, còn lại chưa cần."},
         {"Rules of this software", "Quy tắc của phần mềm"}},
    };
  }

  const InvestmentReportInput& input_;
  Ranking ranking_;
  std::map<std::string, Said> names_;
  Document document_;
};

}  // namespace

Document investment_report(const InvestmentReportInput& input) {
  return InvestmentReport(input).write();
}

}  // namespace xalink::reports
