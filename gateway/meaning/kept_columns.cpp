#include "gateway/meaning/kept_columns.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "sparkplug/hourly_summary.hpp"

namespace xalink::meaning {
namespace {

using Names = std::array<std::string_view, 2>;

Names names_of(std::string_view family) {
  if (family == "Ping") return {"RTT mean", "Loss"};
  if (family == "Throughput") return {"Download", "Upload"};
  if (family == "Reach") return {"Success", ""};
  if (family == "Power") return {"Under Voltage", "Mains"};
  if (family == "Access") return {"Technology", ""};
  return {};
}

bool is_of(std::string_view column, std::string_view name) {
  if (name.empty() || !column.starts_with(name)) return false;
  column.remove_prefix(name.size());
  return column.empty() || column == " count" || column == " mean" || column == " true";
}

}  // namespace

std::vector<std::size_t> kept_columns(const Schema& schema) {
  std::string_view group = schema.group;
  if (is_summary(schema)) group.remove_suffix(kSummaryGroup.size());
  const auto names = names_of(group.substr(0, group.find('/')));
  std::vector<std::size_t> kept;
  for (std::size_t i = 0; i < schema.columns.size(); ++i) {
    const std::string_view column = schema.columns[i].name;
    const bool asked = std::ranges::any_of(names, [&](std::string_view name) { return is_of(column, name); });
    if (asked || column == "Runs" || column == "Span") kept.push_back(i);
  }
  return kept;
}

}  // namespace xalink::meaning
