#include "agent/way_out.hpp"

#include <algorithm>
#include <utility>
#include <variant>

#include "agent/linux/routes.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

WayOut::WayOut(std::vector<std::string> metered, std::filesystem::path root)
    : metered_(std::move(metered)),
      root_(std::move(root)),
      access_(access_schema()),
      interface_column_(column_index(access_, "Interface").value()),
      technology_column_(column_index(access_, "Technology").value()) {}

bool WayOut::took(const Schema& schema, const Record& record) {
  if (schema == access_) {
    Judged judged;
    if (const auto* interface = std::get_if<std::string>(&record.values[interface_column_])) {
      judged.interface = *interface;
      const auto* technology = std::get_if<std::string>(&record.values[technology_column_]);
      const bool by_volume =
          technology == nullptr || std::ranges::find(metered_, *technology) != metered_.end();
      judged.cost = by_volume ? LinkCost::metered : LinkCost::fixed;
    }
    judged_ = std::move(judged);
    return false;
  }
  const auto column = column_index(schema, "Default Route");
  if (!column) return false;
  const auto* leads_out = std::get_if<bool>(&record.values[*column]);
  if (leads_out == nullptr) return false;
  const auto [before, first] = leads_out_.try_emplace(schema.group, *leads_out);
  return !first && std::exchange(before->second, *leads_out) != *leads_out;
}

std::optional<LinkCost> WayOut::cost() const {
  if (!judged_) return std::nullopt;
  const auto routes = default_routes(root_);
  const std::string interface = routes.empty() ? std::string() : routes.front().interface;
  if (interface != judged_->interface) return std::nullopt;
  return judged_->cost;
}

}  // namespace xalink
