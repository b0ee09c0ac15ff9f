#include "gateway/meaning/threshold_profiles.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "gateway/registry/field_text.hpp"
#include "sparkplug/csv_reader.hpp"
#include "sparkplug/said.hpp"

namespace xalink::meaning {
namespace {

constexpr std::array<std::string_view, 10> kColumns = {"profile",   "name",         "name_vi", "measure",
                                                       "statistic", "technologies", "good",    "limited",
                                                       "source",    "standing"};
constexpr std::array<std::string_view, 7> kMeasures = {
    "download_mbps", "upload_mbps",  "download_of_contract", "upload_of_contract",
    "rtt_ms",        "loss_percent", "availability_percent"};
constexpr std::array<std::string_view, 6> kStatistics = {"mean", "median", "p5", "p10", "p90", "p95"};

template <class Names>
std::optional<std::size_t> place_in(const Names& names, std::string_view name) {
  const auto found = std::ranges::find(names, name);
  if (found == names.end()) return std::nullopt;
  return static_cast<std::size_t>(found - names.begin());
}

template <class Names>
std::string listed(const Names& names) {
  std::string list;
  for (const auto& name : names) list += (list.empty() ? "" : ", ") + std::string(name);
  return list;
}

template <class Names>
Said none_of(const Names& names) {
  return Said{"is none of ", "không phải một trong "} + listed(names);
}

std::optional<AvailabilityKind> availability_kind(std::string_view text) {
  const auto parts = registry::split(text, '/');
  if (parts.size() != 3) return std::nullopt;
  const auto hours = place_in(std::array<std::string_view, 2>{"all_hours", "office_hours"}, parts[0]);
  const auto base = place_in(std::array<std::string_view, 2>{"known", "powered_on"}, parts[1]);
  const auto demand = place_in(std::array<std::string_view, 2>{"all", "line"}, parts[2]);
  if (!hours || !base || !demand) return std::nullopt;
  return AvailabilityKind{*hours == 1, *base == 1 ? Base::powered_on_time : Base::known_time,
                          *demand == 1 ? Demand::line : Demand::all};
}

class RowReader {
 public:
  RowReader(const CsvRow& row, const std::string& file) : row_(row), file_(file) {}

  Result<Requirement> requirement() const {
    Requirement made;
    const auto measure = place_in(kMeasures, field("measure"));
    if (!measure) return wrong("measure", none_of(kMeasures));
    made.measure = static_cast<Measure>(*measure);
    if (made.measure == Measure::availability_percent) {
      const auto kind = availability_kind(field("statistic"));
      if (!kind) {
        return wrong(
            "statistic",
            {"is not HOURS/BASE/DEMAND: all_hours or office_hours, known or powered_on, all or line",
             "không có dạng GIỜ/MẪU/YÊU_CẦU: all_hours hoặc office_hours, known hoặc powered_on, all "
             "hoặc line"});
      }
      made.availability = *kind;
    } else {
      const auto statistic = place_in(kStatistics, field("statistic"));
      if (!statistic) return wrong("statistic", none_of(kStatistics));
      made.statistic = static_cast<Statistic>(*statistic);
    }
    made.technologies = registry::split(field("technologies"), ';');
    const auto good = registry::read_decimal(field("good"));
    if (!good || *good < 0) return wrong("good", {"is no number", "không phải số"});
    made.good = *good;
    if (!field("limited").empty()) {
      made.limited = registry::read_decimal(field("limited"));
      const bool stricter = made.limited && (is_better_low(made.measure) ? *made.limited < made.good
                                                                         : *made.limited > made.good);
      if (!made.limited || stricter)
        return wrong("limited",
                     {"is no number that is easier to reach than good", "không phải số dễ đạt hơn good"});
    }
    made.source = field("source");
    made.standing = field("standing");
    if (made.source.empty())
      return wrong("source",
                   {"is empty: every number has a source", "bị trống: con số nào cũng phải có nguồn"});
    return made;
  }
  [[nodiscard]] const std::string& field(std::string_view column) const {
    return row_.fields[*place_in(kColumns, column)];
  }
  [[nodiscard]] Unexpected wrong(std::string_view column, const Said& what) const {
    const auto place = std::to_string(*place_in(kColumns, column) + 1) + " (" + std::string(column) +
                       "): \"" + field(column) + "\" ";
    return Unexpected(refusal(file_ + ":" + std::to_string(row_.line), Said{"column ", "cột "} + place + what,
                              {"Correct it as in threshold-profiles.csv of this package",
                               "Sửa lại như trong threshold-profiles.csv của gói này"}));
  }

 private:
  const CsvRow& row_;
  const std::string& file_;
};

}  // namespace

std::string_view to_string(Measure measure) {
  return kMeasures[static_cast<std::size_t>(measure)];
}
std::string_view to_string(Statistic statistic) {
  return kStatistics[static_cast<std::size_t>(statistic)];
}

bool Requirement::applies_to(std::string_view technology) const {
  return technologies.empty() || std::ranges::find(technologies, technology) != technologies.end();
}

Result<std::vector<ThresholdProfile>> parse_threshold_profiles(std::string_view csv,
                                                               const std::string& file) {
  std::vector<ThresholdProfile> profiles;
  CsvReader reader(CsvReader::kAnyDelimiter);
  reader.feed(csv);
  reader.finish();
  bool headed = false;
  while (const auto* row = reader.next()) {
    if (row->blank()) continue;
    const auto where = file + ":" + std::to_string(row->line);
    if (!row->broken.empty())
      return Unexpected(refusal(where, Said{"", "không phải CSV: "} + std::string(row->broken),
                                {"Write it as CSV, in UTF-8", "Ghi lại dạng CSV, mã UTF-8"}));
    if (!headed) {
      if (!std::ranges::equal(row->fields, kColumns))
        return Unexpected(refusal(where,
                                  Said{"the columns are not ", "các cột không phải "} + listed(kColumns),
                                  {"Put this line first", "Đặt dòng này lên đầu"}));
      headed = true;
      continue;
    }
    if (row->fields.size() != kColumns.size()) {
      const auto have = std::to_string(row->fields.size());
      const auto want = std::to_string(kColumns.size());
      return Unexpected(
          refusal(where, {"has " + have + " fields and not " + want, "có " + have + " ô, phải là " + want},
                  {"Put texts with commas in quotes", "Đặt văn bản có dấu phẩy trong dấu nháy"}));
    }
    const RowReader read(*row, file);
    if (read.field("profile").empty()) return read.wrong("profile", {"is empty", "bị trống"});
    auto requirement = read.requirement();
    if (!requirement) return Unexpected(requirement.error());
    auto profile = std::ranges::find(profiles, read.field("profile"), &ThresholdProfile::id);
    if (profile == profiles.end()) {
      profiles.push_back({read.field("profile"), read.field("name"), read.field("name_vi"), {}});
      profile = profiles.end() - 1;
    }
    profile->requirements.push_back(std::move(*requirement));
  }
  if (profiles.empty())
    return Unexpected(
        refusal(file, {"holds no profile", "không có bộ ngưỡng nào"},
                {"Take threshold-profiles.csv of this package", "Dùng threshold-profiles.csv của gói này"}));
  return profiles;
}

Result<std::vector<ThresholdProfile>> read_threshold_profiles(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    return Unexpected(refusal(
        file.string(), Said{"cannot be read: ", "không đọc được: "} + std::generic_category().message(errno),
        {"Name a file like threshold-profiles.csv of this package",
         "Nêu tên một tệp như threshold-profiles.csv của gói này"}));
  }
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  return parse_threshold_profiles(text, file.string());
}

}  // namespace xalink::meaning
