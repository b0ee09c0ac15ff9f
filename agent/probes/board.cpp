#include "agent/probes/board.hpp"

#include <utility>

#include "agent/linux/boot_id.hpp"
#include "agent/linux/system_readings.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

BoardProbe::BoardProbe(const boost::asio::any_io_executor& /*executor*/, Clock& /*clock*/,
                       BoardSettings settings)
    : settings_(std::move(settings)),
      schema_(board_schema()),
      unsaid_boot_id_(read_boot_id(settings_.root)) {}

boost::asio::awaitable<std::vector<Value>> BoardProbe::measure(SteadyTime /*deadline*/) {
  const SystemReadings readings = read_system(settings_.storage, settings_.root);
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.push_back(value_of(readings.uptime_s));
  values.push_back(value_of(readings.load_1m));
  values.push_back(value_of(readings.memory_available));
  values.push_back(value_of(readings.memory_total));
  values.push_back(value_of(readings.disk_available));
  values.push_back(value_of(readings.disk_total));
  values.push_back(value_of(readings.temperature));
  if (unsaid_boot_id_.empty()) {
    values.emplace_back(std::monostate{});
  } else {
    values.emplace_back(std::exchange(unsaid_boot_id_, {}));
  }
  co_return values;
}

}  // namespace xalink
