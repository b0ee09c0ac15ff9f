#pragma once
// The catalogue of metrics (sparkplug/metric_names.hpp) for whoever reads or processes it.

#include <string>

#include "sparkplug/language.hpp"

namespace xalink {

[[nodiscard]] std::string metrics_as_text(Language language);
/// One array, an object for each metric: "device" ("" is the node, "+" each device with records), "group" and
/// "metric" (with "<subject>" where a target's name stands), "lane" (null outside of records), "type",
/// "unit", "lowest", "highest" (null: no bound), "meaning", "source", "name_vi", "meaning_vi"; of
/// measurements also "deadband" (in its unit), "deadband_percent" and "silent".
[[nodiscard]] std::string metrics_as_json();

}  // namespace xalink
