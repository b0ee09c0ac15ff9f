#include "agent/doctor/ask_network.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/experimental/parallel_group.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <exception>
#include <iterator>
#include <string_view>
#include <utility>

#include "agent/address_text.hpp"
#include "agent/doctor/ask_broker.hpp"
#include "agent/probe_set.hpp"
#include "agent/probes/resolver.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/mqtt_refusal.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

/// The agent's configuration with those probes switched off that say nothing of the way, and those on that
/// cost nothing beyond the office.
AgentConfig questions_of(const AgentConfig* config) {
  AgentConfig asked = config == nullptr ? AgentConfig() : *config;
  asked.board.enabled = asked.power.enabled = asked.storage.enabled = false;
  asked.access.enabled = false;
  asked.cellular.hung_after = {};  // whoever asks wants to know now
  asked.cellular.interval = {};    // the modem measures as often as it did
  asked.link.enabled = true;
  const bool only_gateway = config == nullptr || !asked.ping.enabled;
  asked.ping.enabled = true;
  if (only_gateway) asked.ping.targets.clear();
  asked.ping.targets["gateway"] = "gateway";
  constexpr std::uint32_t kRequests = 4;
  asked.ping.count = std::min(asked.ping.count, kRequests);
  asked.ping.spacing = std::min(asked.ping.spacing, Milliseconds(200));
  if (config == nullptr) asked.tcp.enabled = asked.dns.enabled = asked.reach.enabled = false;
  return asked;
}

/// In the order of the ladder. What else the agent measures (how fast the line is, how long the way) costs
/// more than a look should.
constexpr std::string_view kAsked[] = {"Link/",          "Cellular", "Wi-Fi/", "Ping/",
                                       "Captive Portal", "TCP/",     "DNS/",   "Reach/"};

std::ptrdiff_t place_of(const Schema& schema) {
  const auto found = std::find_if(std::begin(kAsked), std::end(kAsked),
                                  [&](std::string_view begin) { return schema.group.starts_with(begin); });
  return found - std::begin(kAsked);
}
bool is_asked(const Schema& schema) {
  return place_of(schema) < std::ssize(kAsked);
}

class Asker {
 public:
  Asker(Clock& clock, WayFacts& facts, AskingProgress progress)
      : clock_(clock), facts_(facts), progress_(std::move(progress)) {}

  asio::awaitable<void> ask(const asio::any_io_executor& executor, const AgentConfig* config) {
    AgentConfig asked = questions_of(config);
    auto probes = make_probes(asked, executor, clock_, {});
    if (!probes) throw std::runtime_error(probes.error().to_string());
    tasks_ = std::move(*probes);
    std::erase_if(tasks_, [](const MeasureTask& task) { return !is_asked(task.probe->schema()); });
    using Spawned = decltype(asio::co_spawn(executor, run(tasks_.front()), asio::deferred));
    std::vector<Spawned> all;
    for (auto& task : tasks_) all.push_back(asio::co_spawn(executor, run(task), asio::deferred));
    if (config != nullptr && config->dns.enabled && !config->dns.names.empty()) {
      auto servers = configured_name_servers();
      if (!config->dns.server.empty()) servers = {config->dns.server};
      for (auto& server : servers) {
        auto asking =
            ask_name_server(std::move(server), config->dns.names.begin()->second, config->dns.timeout);
        all.push_back(asio::co_spawn(executor, std::move(asking), asio::deferred));
      }
    }
    if (config != nullptr) {
      auto asking = run_broker(*config);
      all.push_back(asio::co_spawn(executor, std::move(asking), asio::deferred));
    }
    of_ = all.size();
    tell();
    if (all.empty()) co_return;
    auto group = asio::experimental::make_parallel_group(std::move(all));
    auto result = co_await group.async_wait(asio::experimental::wait_for_all(), asio::use_awaitable);
    const std::vector<std::exception_ptr>& errors = std::get<1>(result);
    for (const auto& error : errors) {
      if (error) std::rethrow_exception(error);
    }
  }

 private:
  void tell() const {
    if (progress_) progress_(answered_, of_);
  }
  void answered() {
    ++answered_;
    tell();
  }

  asio::awaitable<void> run(MeasureTask& task) {
    const Schema& schema = task.probe->schema();
    ProbeReading reading{schema, {}};
    const Duration limit = std::min(task.limit, kLongestQuestion);
    std::string failed;
    try {
      auto measuring = task.probe->measure(clock_.steady() + limit);
      auto values = co_await with_timeout(clock_, limit + std::chrono::seconds(1), std::move(measuring));
      if (!values) {
        failed = "no answer in time";
      } else {
        reading.record.values = std::move(*values);
      }
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      failed = std::string("the probe failed: ") + error.what();
    } catch (const std::exception& error) {
      failed = std::string("the probe failed: ") + error.what();
    }
    if (!failed.empty()) {
      reading.record.values.assign(schema.columns.size(), Value());
      if (const auto reason = column_index(schema, "Reason")) reading.record.values[*reason] = failed;
    }
    if (!reading.record.values.empty()) facts_.readings.push_back(std::move(reading));
    answered();
  }

  asio::awaitable<void> ask_name_server(std::string server, std::string name, Milliseconds timeout) {
    NameServerFacts said;
    said.server = server;
    said.name = name;
    ResolverSettings settings;
    settings.servers.push_back(std::move(server));
    if (const auto usable = check_servers(settings.servers); !usable) {
      said.reason = usable.error().what;
    } else {
      auto asking = xalink::ask(clock_, std::move(settings), std::move(name), AddressType::a);
      auto answer =
          co_await with_timeout(clock_, std::min<Duration>(timeout, kLongestQuestion), std::move(asking));
      if (!answer) {
        said.status = "timeout";
      } else {
        said.answered = answer->time.has_value();
        said.status = answer->status;
        if (!said.answered) said.reason = answer->reason;
      }
    }
    facts_.name_servers.push_back(std::move(said));
    answered();
  }

  asio::awaitable<void> run_broker(const AgentConfig& config) {
    auto asking = ask_broker(clock_, config, facts_.broker);
    co_await std::move(asking);
    answered();
  }

  Clock& clock_;
  WayFacts& facts_;
  AskingProgress progress_;
  std::vector<MeasureTask> tasks_;
  std::size_t answered_ = 0;
  std::size_t of_ = 0;
};

/// In the order of the configuration, whoever answered first.
void put_in_order(WayFacts& facts) {
  const auto place = [](const ProbeReading& reading) {
    return std::pair(place_of(reading.schema), reading.schema.group);
  };
  std::sort(facts.readings.begin(), facts.readings.end(),
            [&](const auto& left, const auto& right) { return place(left) < place(right); });
}

}  // namespace

asio::awaitable<void> ask_network(asio::any_io_executor executor, Clock& clock, const AgentConfig* config,
                                  WayFacts& facts, AskingProgress progress) {
  facts.addresses = interface_addresses();
  facts.routes = default_routes();
  facts.without_configuration = config == nullptr;
  if (config != nullptr) {
    facts.through_proxy = config->proxy.has_value();
    const bool pings_anchor = std::any_of(config->ping.targets.begin(), config->ping.targets.end(),
                                          [](const auto& target) { return target.second != "gateway"; });
    facts.anchors_configured =
        (config->ping.enabled && pings_anchor) || (config->tcp.enabled && !config->tcp.anchors.empty());
    facts.names_configured = config->dns.enabled && !config->dns.names.empty();
    for (const auto& [service, url] : config->reach.services) {
      // Nobody on the board looks up what a proxy is asked for.
      const bool proxied = goes_through(config->proxy, host_of(url));
      if (proxied || is_ip_address(host_of(url))) facts.by_address.push_back(reach_schema(service).group);
    }
    for (const auto& [name, target] : config->ping.targets) facts.targets["Ping/" + name] = target;
    for (const auto& [name, target] : config->tcp.anchors) facts.targets["TCP/" + name] = target;
    for (const auto& [name, target] : config->dns.names) facts.targets["DNS/" + name] = target;
    for (const auto& [name, target] : config->reach.services) facts.targets["Reach/" + name] = target;
    facts.broker.broker = broker_name(config->broker);
    facts.broker.host = config->primary_host;
  }
  Asker asker(clock, facts, std::move(progress));
  auto asking = asker.ask(executor, config);
  co_await std::move(asking);
  put_in_order(facts);
}

}  // namespace xalink
