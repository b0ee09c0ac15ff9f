#include "gateway/meaning/procedures.hpp"

namespace xalink::meaning {
namespace {

std::optional<TimeLimit> limit_of(const registry::Entry& entry) {
  const auto amount = registry::read_decimal(entry.at("limit"));
  if (!amount) return std::nullopt;
  const std::string& unit = entry.at("limit_unit");
  if (unit == "hours") return TimeLimit::of_hours(*amount);
  if (unit == "days") return TimeLimit::of_days(static_cast<int>(*amount));
  return TimeLimit::of_working_days(*amount);
}

}  // namespace

Procedures::Procedures(const std::vector<registry::Entry>& entries) {
  for (const auto& entry : entries) {
    if (entry.kind != registry::Kind::procedures) continue;
    const std::string& code = entry.at("procedure");
    procedures_[code].push_back({code, entry.at("name"), registry::period_of(entry, "from", "to"),
                                 limit_of(entry), online_level(entry.at("online"))});
  }
}

const Procedure* Procedures::find(std::string_view code, Date day) const {
  const auto national = code.substr(0, code.find('.', std::min(code.find('.'), code.size() - 1) + 1));
  for (const std::string_view wanted : {code, national}) {
    const auto found = procedures_.find(wanted);
    if (found == procedures_.end()) continue;
    for (const auto& each : found->second) {
      if (each.valid.holds(day)) return &each;
    }
  }
  return nullptr;
}

}  // namespace xalink::meaning
