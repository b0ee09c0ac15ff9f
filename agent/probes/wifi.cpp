#include "agent/probes/wifi.hpp"

#include <utility>

#include "agent/linux/wireless.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

WifiProbe::WifiProbe(const boost::asio::any_io_executor& /*executor*/, Clock& /*clock*/,
                     WifiSettings settings)
    : settings_(std::move(settings)), schema_(wifi_schema(settings_.interface)) {}

boost::asio::awaitable<std::vector<Value>> WifiProbe::measure(SteadyTime /*deadline*/) {
  const WirelessReading reading = read_wireless(settings_.interface, settings_.root);
  std::vector<Value> values = values_of(reading.signal_dbm, reading.quality);
  co_return values;
}

}  // namespace xalink
