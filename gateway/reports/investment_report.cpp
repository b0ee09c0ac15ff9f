#include "gateway/reports/investment_report.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/investment/tables.hpp"

namespace xalink::reports {
namespace {

std::string in_english(double value, int digits) {
  return number_for_people(value, digits, Language::english);
}
std::string in_vietnamese(double value, int digits) {
  return number_for_people(value, digits, Language::vietnamese);
}

class InvestmentReport {
 public:
  explicit InvestmentReport(const InvestmentReportInput& input)
      : input_(input), ranking_(rank(input.communes, input.weights)) {}

  Document write() {
    document_.kind = "investment";
    document_.scope = to_string(input_.scope);
    document_.title = {"Where to invest first", "Thứ tự ưu tiên đầu tư hạ tầng số"};
    document_.period = input_.period;
    add_parameters();
    if (input_.before != nullptr) {
      document_.parameters.push_back({"period_before",
                                      {"Trend against", "Xu hướng so với"},
                                      Said{input_.period_before.label(Language::english),
                                           input_.period_before.label(Language::vietnamese)},
                                      ColumnKind::text,
                                      0});
    }
    add_findings();
    document_.tables = {
        investment_tables::ranking(input_, ranking_), investment_tables::evidence(ranking_),
        investment_tables::registered(ranking_),      investment_tables::points(input_, ranking_),
        investment_tables::unranked(ranking_),        investment_tables::sensitivity(input_, ranking_)};
    if (input_.scope != Scope::commune)
      document_.tables.push_back(investment_tables::units(input_, ranking_));
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
    document_.map = Map{{"Need for investment", "Nhu cầu đầu tư"}, "ranking", "commune", "state", "unranked"};
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
          "1. Fewer than 5 of them count as none, and of fewer than 5 dossiers nothing is concluded: neither "
          "can be told from the score.",
          "Hồ sơ đến hạn khi trụ sở mất kết nối và bị trễ / hồ sơ đã xử lý; một phần năm là 1. Dưới 5 hồ sơ "
          "chậm tính là không có, dưới 5 hồ sơ thì không kết luận: không thể suy ra từ điểm số."},
         {}},
        {{"Trend", "Xu hướng"},
         {"Availability in office hours less that of the period before, in points; from half a point on "
          "better or worse. Only of a unit that was in force then and of which a tenth of the time is known. "
          "The rank before is by the same formula and weights over that period.",
          "Độ khả dụng trong giờ làm việc trừ của kỳ trước, tính bằng điểm phần trăm; từ nửa điểm là tốt hơn "
          "hoặc kém hơn. Chỉ với đơn vị đã có khi đó và biết được ít nhất một phần mười thời gian. Hạng kỳ "
          "trước tính cùng công thức và trọng số."},
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
  Document document_;
};

}  // namespace

Document investment_report(const InvestmentReportInput& input) {
  return InvestmentReport(input).write();
}

}  // namespace xalink::reports
