#include "agent/probes/dns.hpp"

#include <optional>
#include <utility>

#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {

DnsProbe::DnsProbe(const boost::asio::any_io_executor& /*executor*/, Clock& clock, DnsSettings settings)
    : clock_(clock),
      settings_(std::move(settings)),
      schema_(dns_schema(settings_.subject.empty() ? settings_.name : settings_.subject)) {}

boost::asio::awaitable<std::vector<Value>> DnsProbe::measure(SteadyTime deadline) {
  auto question = ask(clock_, settings_.resolver, settings_.name, settings_.type);
  const Duration left = deadline - clock_.steady();
  std::optional<DnsAnswer> answer = co_await with_timeout(clock_, left, std::move(question));
  if (!answer) {
    answer.emplace();
    answer->status = "timeout";
    answer->reason = "no answer in time";
  }
  std::optional<std::uint32_t> time;
  if (answer->time) time = microseconds(*answer->time);
  std::optional<std::uint32_t> addresses;
  if (answer->time) addresses = answer->addresses;
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.push_back(value_of(time));
  values.emplace_back(answer->status);
  values.push_back(value_of(addresses));
  if (answer->reason.empty()) {
    values.emplace_back(std::monostate{});
  } else {
    values.emplace_back(std::move(answer->reason));
  }
  co_return values;
}

}  // namespace xalink
