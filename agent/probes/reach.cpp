#include "agent/probes/reach.hpp"

#include <cstdint>
#include <optional>
#include <utility>

#include "agent/probes/reach_attempt.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

Value time_of(const std::optional<Duration>& interval) {
  if (!interval) return std::monostate{};
  return std::uint64_t{microseconds(*interval)};
}

}  // namespace

ReachProbe::ReachProbe(const boost::asio::any_io_executor& /*executor*/, Clock& clock, ReachSettings settings)
    : clock_(clock), settings_(std::move(settings)), schema_(reach_schema(settings_.service)) {}

boost::asio::awaitable<std::vector<Value>> ReachProbe::measure(SteadyTime deadline) {
  ReachProgress progress;
  auto attempt = attempt_reach(clock_, settings_, deadline, progress);
  const Duration left = deadline - clock_.steady();
  const std::optional<bool> reached = co_await with_timeout(clock_, left, std::move(attempt));
  if (!reached) progress.reason = "no answer in time";
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.emplace_back(reached.value_or(false));
  values.push_back(time_of(progress.connect));
  values.push_back(time_of(progress.handshake));
  values.push_back(time_of(progress.first_byte));
  values.push_back(value_of(progress.http_status));
  if (reached.value_or(false)) {
    values.emplace_back(std::monostate{});
  } else {
    values.emplace_back(to_string(progress.step) + ": " + progress.reason);
  }
  co_return values;
}

}  // namespace xalink
