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
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.push_back(value_of(reading.carrier));
  values.emplace_back(leads_out);
  values.push_back(value_of(reading.speed_mbit));
  values.push_back(value_of(reading.received_bytes));
  values.push_back(value_of(reading.sent_bytes));
  values.push_back(value_of(reading.receive_errors));
  values.push_back(value_of(reading.send_errors));
  values.push_back(value_of(reading.receive_drops));
  values.push_back(value_of(reading.send_drops));
  co_return values;
}

}  // namespace xalink
