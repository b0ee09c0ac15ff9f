#include "agent/probes/storage.hpp"

#include <utility>

#include "agent/linux/storage_health.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

StorageProbe::StorageProbe(const boost::asio::any_io_executor& /*executor*/, Clock& /*clock*/,
                           StorageSettings settings)
    : settings_(std::move(settings)), schema_(storage_schema()) {}

boost::asio::awaitable<std::vector<Value>> StorageProbe::measure(SteadyTime /*deadline*/) {
  const StorageHealth health = read_storage_health(settings_.storage, settings_.root);
  std::vector<Value> values =
      values_of(health.device, health.life_used, health.pre_eol, health.errors, health.read_only);
  co_return values;
}

}  // namespace xalink
