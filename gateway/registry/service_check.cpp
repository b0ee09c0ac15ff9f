#include "gateway/registry/service_check.hpp"

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "gateway/registry/field_text.hpp"

namespace xalink::registry {
namespace {

class Checks {
 public:
  explicit Checks(std::vector<Mistake>& mistakes) : mistakes_(mistakes) {}

  void calendar(const Entry& row) {
    const std::chrono::weekday weekday(*read_date(row.at("day")));
    const bool weekend = weekday == std::chrono::Saturday || weekday == std::chrono::Sunday;
    if (row.at("day_type") != "working" || weekend) return;
    tell(row, "day_type",
         {row.at("day") + " is no weekend: offices work anyway",
          row.at("day") + " không phải thứ bảy, chủ nhật: vẫn là ngày làm việc"},
         {"give the Saturday or Sunday on which work is made up", "ghi thứ bảy hoặc chủ nhật đi làm bù"});
  }

  void office_hours(const Entry& row) {
    const std::vector<std::string_view> order{"morning_start", "morning_end", "afternoon_start",
                                              "afternoon_end"};
    for (std::size_t i = 1; i < order.size(); ++i) {
      const auto before = *read_time_of_day(row.at(order[i - 1]));
      const auto after = *read_time_of_day(row.at(order[i]));
      // An office without a lunch break ends its morning where its afternoon begins.
      if (i == 2 ? before <= after : before < after) continue;
      tell(row, order[i],
           {row.at(order[i]) + " is not after " + std::string(order[i - 1]) + " " + row.at(order[i - 1]),
            row.at(order[i]) + " không sau " + std::string(order[i - 1]) + " " + row.at(order[i - 1])},
           {"mend one of the times", "sửa lại giờ"});
    }
  }

  void procedure(const Entry& row) {
    const bool limited = !row.at("limit").empty();
    if (limited != !row.at("limit_unit").empty()) {
      tell(row, limited ? "limit_unit" : "limit",
           {"is empty while its other half is there", "để trống trong khi phần kia có"},
           {"give the limit with its unit, or neither",
            "ghi cả thời hạn và đơn vị tính, hoặc bỏ trống cả hai"});
      return;
    }
    if (!limited) return;
    const double limit = *read_decimal(row.at("limit"));
    if (row.at("limit_unit") == "days" && limit != std::floor(limit)) {
      tell(row, "limit", {"is no whole number of days", "không phải số ngày nguyên"},
           {"give whole calendar days, or the limit in hours", "ghi số ngày nguyên, hoặc ghi theo giờ"});
    }
    if (limit > 3650) {
      tell(row, "limit", {"is more than ten years", "dài hơn mười năm"},
           {"mend the number or its unit", "sửa số hoặc đơn vị tính"});
    }
  }

  void official(const Entry& row) {
    const auto numerator = read_whole(row.at("numerator"));
    const auto denominator = read_whole(row.at("denominator"));
    const double value = *read_decimal(row.at("value"));
    const bool percent = row.at("measure") == "percent";
    if (percent && value > 100) {
      tell(row, "value",
           {row.at("value") + " is more than 100 percent", row.at("value") + " lớn hơn 100 phần trăm"},
           {"mend the value or its measure", "sửa giá trị hoặc đơn vị tính"});
    }
    if (numerator.has_value() != denominator.has_value()) {
      tell(row, numerator ? "denominator" : "numerator",
           {"is empty while its other half is there", "để trống trong khi phần kia có"},
           {"give both or neither", "ghi cả hai hoặc bỏ trống cả hai"});
      return;
    }
    if (!percent || !numerator) return;
    if (*numerator > *denominator) {
      tell(row, "numerator", {"is greater than the denominator", "lớn hơn mẫu số"},
           {"mend one of them", "sửa lại một trong hai"});
    } else if (*denominator > 0 &&
               std::abs(100.0 * static_cast<double>(*numerator) / static_cast<double>(*denominator) - value) >
                   0.051) {
      tell(row, "value",
           {row.at("value") + " is not " + row.at("numerator") + "/" + row.at("denominator") + " in percent",
            row.at("value") + " không bằng " + row.at("numerator") + "/" + row.at("denominator") +
                " tính theo phần trăm"},
           {"look which of the three is right", "xem số nào đúng"}, true);
    }
  }

  void target(const Entry& row) {
    if (*read_decimal(row.at("value")) > 0 || row.at("direction") == "at_most") return;
    tell(row, "value", {"at least 0 is always reached", "tối thiểu 0 thì luôn đạt"},
         {"give the target", "ghi chỉ tiêu"}, true);
  }

  void scores(const std::vector<const Entry*>& rows) {
    std::map<std::string, const Entry*> groups;
    std::map<std::string, double> sums;
    for (const Entry* row : rows) {
      if (row->at("conversion") == "group") groups[row->at("decision") + " " + row->at("id")] = row;
    }
    for (const Entry* row : rows) {
      const std::string& conversion = row->at("conversion");
      if (conversion == "group") continue;
      if (conversion == "threshold" && row->at("threshold").empty()) {
        tell(*row, "threshold", {"is empty although points go by it", "để trống dù tính điểm theo ngưỡng"},
             {"give T, or mend the conversion", "ghi T, hoặc sửa cách tính điểm"});
      } else if (conversion == "threshold" && *read_decimal(row->at("threshold")) <= 0) {
        tell(*row, "threshold", {"must be more than 0", "phải lớn hơn 0"},
             {"give T in percent", "ghi T theo phần trăm"});
      }
      if (conversion != "unstated" && row->at("maximum").empty()) {
        tell(*row, "maximum", {"is empty although points are computed", "để trống dù có tính điểm"},
             {"give the maximum points", "ghi điểm tối đa"});
      }
      if (row->at("measure").empty() && row->at("reason").empty()) {
        tell(*row, "reason", {"is empty although nothing measures it", "để trống dù không có số đo"},
             {"say why it is not measured", "ghi lý do không đo được"});
      }
      const std::string group = row->at("decision") + " " + row->at("id").substr(0, row->at("id").find('.'));
      if (!groups.contains(group)) {
        tell(*row, "id", {"there is no group " + group, "không có nhóm " + group},
             {"add the group's row", "thêm dòng của nhóm"});
      } else if (!row->at("maximum").empty()) {
        sums[group] += *read_decimal(row->at("maximum"));
      }
    }
    for (const auto& [group, sum] : sums) {
      const Entry& row = *groups.at(group);
      if (row.at("maximum").empty() || sum <= *read_decimal(row.at("maximum")) + 1e-9) continue;
      tell(row, "maximum",
           {"is less than its indicators have together: " + decimal_text(sum),
            "nhỏ hơn tổng điểm các chỉ số: " + decimal_text(sum)},
           {"mend the group's points or an indicator's", "sửa điểm của nhóm hoặc của chỉ số"});
    }
  }

  void bands(const std::vector<const Entry*>& rows) {
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const auto [from, below] = span(*rows[i]);
      if (below && *below <= from) {
        tell(*rows[i], "points_below", {"is not above points_from", "không lớn hơn points_from"},
             {"mend one of them", "sửa lại một trong hai"});
      }
      for (std::size_t j = 0; j < i; ++j) {
        if (rows[j]->at("decision") != rows[i]->at("decision")) continue;
        const auto [other_from, other_below] = span(*rows[j]);
        if ((other_below && from >= *other_below) || (below && other_from >= *below)) continue;
        tell(*rows[i], "points_from",
             {"overlaps with " + rows[j]->at("band"), "trùng với loại " + rows[j]->at("band")},
             {"let one end where the other begins", "cho loại này kết thúc tại điểm bắt đầu của loại kia"});
      }
    }
  }

 private:
  static std::pair<double, std::optional<double>> span(const Entry& row) {
    return {*read_decimal(row.at("points_from")), read_decimal(row.at("points_below"))};
  }
  void tell(const Entry& row, std::string_view column, Said what, Said next, bool warning = false) {
    mistakes_.push_back({row.place, 0, std::string(column), std::move(what), std::move(next), warning});
  }

  std::vector<Mistake>& mistakes_;
};

}  // namespace

void check_service_rows(Kind kind, const std::vector<const Entry*>& rows, std::vector<Mistake>& mistakes) {
  Checks checks(mistakes);
  switch (kind) {
    case Kind::calendar:
      for (const Entry* row : rows) checks.calendar(*row);
      break;
    case Kind::office_hours:
      for (const Entry* row : rows) checks.office_hours(*row);
      break;
    case Kind::procedures:
      for (const Entry* row : rows) checks.procedure(*row);
      break;
    case Kind::official:
      for (const Entry* row : rows) checks.official(*row);
      break;
    case Kind::targets:
      for (const Entry* row : rows) checks.target(*row);
      break;
    case Kind::scores: checks.scores(rows); break;
    case Kind::score_bands: checks.bands(rows); break;
    case Kind::tasks:
    case Kind::communes:
    case Kind::zones:
    case Kind::villages:
    case Kind::sites:
    case Kind::lines: break;
  }
}

}  // namespace xalink::registry
