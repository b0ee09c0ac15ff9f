#pragma once
// The tables of the registry about services: working days, procedures, published figures, tasks and points.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/registry/table_shape.hpp"

namespace xalink::registry {

/// Columns are few and read often by people: each is one line, key and required as letters k and r.
[[nodiscard]] Column column(std::string_view name, std::string_view vietnamese, Form form,
                            std::string_view flags, std::string english_meaning,
                            std::string vietnamese_meaning, std::vector<Choice> choices = {});

[[nodiscard]] TableShape calendar_shape();
[[nodiscard]] TableShape office_hours_shape();
[[nodiscard]] TableShape procedures_shape();
[[nodiscard]] TableShape official_shape();
[[nodiscard]] TableShape tasks_shape();
[[nodiscard]] TableShape targets_shape();
[[nodiscard]] TableShape scores_shape();
[[nodiscard]] TableShape score_bands_shape();

}  // namespace xalink::registry
