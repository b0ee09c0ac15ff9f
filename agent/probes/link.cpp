#include "agent/probes/link.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "agent/linux/network_interface.hpp"
#include "agent/linux/routes.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

LinkProbe::LinkProbe(const boost::asio::any_io_executor& /*executor*/, Clock& /*clock*/,
                     LinkSettings settings)
    : settings_(std::move(settings)), schema_(link_schema(settings_.interface)) {}

boost::asio::awaitable<std::vector<Value>> LinkProbe::measure(SteadyTime /*deadline*/) {
  const InterfaceReading reading = read_interface(settings_.interface, settings_.root);
  const std::vector<DefaultRoute> routes = default_routes(settings_.root);
  const bool leads_out =
      std::ranges::find(routes, settings_.interface, &DefaultRoute::interface) != routes.end();
  std::vector<Value> values = values_of(reading.carrier, std::optional<bool>(leads_out), reading.speed_mbit,
                                        reading.received_bytes, reading.sent_bytes, reading.receive_errors,
                                        reading.send_errors, reading.receive_drops, reading.send_drops);
  co_return values;
}

}  // namespace xalink
