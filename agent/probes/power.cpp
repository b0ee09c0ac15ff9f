#include "agent/probes/power.hpp"

#include <utility>

#include "agent/linux/power_readings.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

PowerProbe::PowerProbe(const boost::asio::any_io_executor& /*executor*/, Clock& /*clock*/,
                       PowerSettings settings)
    : settings_(std::move(settings)), schema_(power_schema()) {}

bool PowerProbe::has_answers(const PowerSettings& settings) {
  return !(read_power(settings.root) == PowerReadings());
}

boost::asio::awaitable<std::vector<Value>> PowerProbe::measure(SteadyTime /*deadline*/) {
  const PowerReadings readings = read_power(settings_.root);
  std::vector<Value> values = values_of(readings.mains, readings.charge_percent, readings.battery_status,
                                        readings.runtime_s, readings.battery_volts, readings.under_voltage,
                                        readings.under_voltage_since_boot, readings.throttled);
  co_return values;
}

}  // namespace xalink
