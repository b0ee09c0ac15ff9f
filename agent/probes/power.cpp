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
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.push_back(value_of(readings.mains));
  values.push_back(value_of(readings.charge_percent));
  values.push_back(value_of(readings.battery_status));
  values.push_back(value_of(readings.runtime_s));
  values.push_back(value_of(readings.battery_volts));
  values.push_back(value_of(readings.under_voltage));
  values.push_back(value_of(readings.under_voltage_since_boot));
  values.push_back(value_of(readings.throttled));
  co_return values;
}

}  // namespace xalink
