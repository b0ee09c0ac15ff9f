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
  std::optional<std::string> boot_id;
  if (!unsaid_boot_id_.empty()) boot_id = std::exchange(unsaid_boot_id_, {});
  std::vector<Value> values =
      values_of(readings.uptime_s, readings.load_1m, readings.memory_available, readings.memory_total,
                readings.disk_available, readings.disk_total, readings.temperature, boot_id);
  co_return values;
}

}  // namespace xalink
