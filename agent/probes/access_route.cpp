#include "agent/probes/access_route.hpp"

#include <utility>

#include "agent/linux/routes.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {

AccessProbe::AccessProbe(const boost::asio::any_io_executor& executor, Clock& clock, AccessSettings settings)
    : clock_(clock),
      settings_(std::move(settings)),
      bus_(executor, clock, settings_.bus),
      schema_(access_schema()) {}

boost::asio::awaitable<std::vector<Value>> AccessProbe::measure(SteadyTime deadline) {
  const auto& root = settings_.root;
  std::optional<std::string> interface;
  if (const auto routes = default_routes(root); !routes.empty()) interface = routes.front().interface;
  AccessSources sources;
  sources.configured = settings_.technologies;
  sources.kind = [&root](const std::string& name) { return interface_kind(name, root); };
  sources.below = [&root](const std::string& name) { return interfaces_below(name, root); };
  bool unanswered = false;
  if (interface && needs_modems(*interface, sources)) {
    auto asking = bus_.ask(deadline);
    ModemAnswer answer = co_await std::move(asking);
    unanswered = answer.kind == ModemAnswer::Kind::silent;
    sources.modems = std::move(answer.modems);
  }
  std::vector<Value> values;
  const Access access = judge_access(interface, sources);
  // A ModemManager that hangs does not turn 4G into something unknown: it is still the same interface.
  const bool no_news = unanswered && recorded_ && recorded_->interface == interface;
  const bool heartbeat = !recorded_ || clock_.steady() - recorded_at_ >= settings_.heartbeat;
  if (!heartbeat && (no_news || access == *recorded_)) co_return values;
  recorded_at_ = clock_.steady();
  recorded_ = access;
  values = values_of(access.interface, access.technology, access.known_by);
  co_return values;
}

}  // namespace xalink
