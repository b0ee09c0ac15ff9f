#include "agent/probes/reach.hpp"

#include <algorithm>
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

boost::asio::awaitable<bool> ReachProbe::visit(SteadyTime deadline, ReachProgress& progress) {
  auto search = resolve(settings_.resolver, settings_.url.host);
  const auto addresses = co_await std::move(search);
  if (!addresses) {
    progress.reason = addresses.error().what;
    co_return false;
  }
  const bool checkable = settings_.verify && settings_.url.scheme == ServiceUrl::Scheme::https;
  const bool known = std::ranges::any_of(
      *addresses, [&](const auto& address) { return std::ranges::find(proven_, address) != proven_.end(); });
  const bool doubtful = checkable && !known && !proven_.empty();
  if (!doubtful) {
    auto attempt = attempt_reach(clock_, settings_, *addresses, deadline, progress);
    const bool there = co_await std::move(attempt);
    if (there && checkable) proven_ = *addresses;
    co_return there;
  }
  // Half of the time for each: an address that swallows everything must not take it all.
  const SteadyTime begin = clock_.steady();
  const Duration share = (deadline - begin) / 2;
  auto attempt = attempt_reach(clock_, settings_, *addresses, begin + share, progress);
  const std::optional<bool> there = co_await with_timeout(clock_, share, std::move(attempt));
  if (there.value_or(false)) {
    proven_ = *addresses;
    co_return true;
  }
  if (!there) progress.reason = "no answer in time";
  ReachProgress before;
  auto second = attempt_reach(clock_, settings_, proven_, deadline, before);
  const bool still_there = co_await std::move(second);
  if (!still_there) co_return false;
  progress = ReachProgress();
  progress.reason = "wrong address " + addresses->front().to_string() + "; the service is at " +
                    proven_.front().to_string() + " as before";
  co_return false;
}

boost::asio::awaitable<std::vector<Value>> ReachProbe::measure(SteadyTime deadline) {
  ReachProgress progress;
  auto attempt = visit(deadline, progress);
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
