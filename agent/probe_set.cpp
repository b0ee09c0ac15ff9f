#include "agent/probe_set.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/system/error_code.hpp>
#include <memory>
#include <set>
#include <utility>

#include "agent/address_text.hpp"
#include "agent/linux/network_interface.hpp"
#include "agent/linux/wireless.hpp"
#include "agent/network_config.hpp"
#include "agent/private_address.hpp"
#include "agent/probes/access_route.hpp"
#include "agent/probes/board.hpp"
#include "agent/probes/dns.hpp"
#include "agent/probes/link.hpp"
#include "agent/probes/mtu.hpp"
#include "agent/probes/path.hpp"
#include "agent/probes/ping.hpp"
#include "agent/probes/power.hpp"
#include "agent/probes/reach.hpp"
#include "agent/probes/storage.hpp"
#include "agent/probes/tcp.hpp"
#include "agent/probes/web_checks.hpp"
#include "agent/probes/wifi.hpp"
#include "sparkplug/kernel_clock.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

// The probes of one board do not begin in the same moment: the first ones measured the others' traffic.
constexpr Duration kPhaseStep = std::chrono::milliseconds(137);

class ProbeSet {
 public:
  MeasureTask& add(std::unique_ptr<Probe> probe, Milliseconds interval, Duration limit) {
    const auto& schema = probe->schema();
    if (!names_.insert(schema.device + "/" + schema.group).second && !clash_) clash_ = schema.group;
    MeasureTask task;
    task.probe = std::move(probe);
    task.timing.interval = interval;
    task.timing.jitter = interval / 20;
    task.timing.phase = kPhaseStep * static_cast<int>(tasks_.size());
    task.limit = limit;
    return tasks_.emplace_back(std::move(task));
  }
  Result<std::vector<MeasureTask>> take() {
    if (clash_) {
      return failure("configuration", "two probes would both be called \"" + *clash_ + "\"",
                     "give one of them another name");
    }
    return std::move(tasks_);
  }

 private:
  std::vector<MeasureTask> tasks_;
  std::set<std::string> names_;
  std::optional<std::string> clash_;
};

ResolverSettings resolver(const AgentConfig& config) {
  ResolverSettings settings;
  if (!config.dns.server.empty()) settings.servers.push_back(config.dns.server);
  return settings;
}

}  // namespace

namespace {

bool has_public_anchor(const AgentConfig& config) {
  const auto is_public = [](const std::string& text) {
    boost::system::error_code no_address;
    const auto address = boost::asio::ip::make_address(text, no_address);
    return !no_address && !is_private(address);
  };
  for (const auto& [name, target] : config.ping.targets) {
    if (config.ping.enabled && is_public(target)) return true;
  }
  for (const auto& [name, text] : config.tcp.anchors) {
    const auto endpoint = parse_endpoint(text);
    if (config.tcp.enabled && endpoint && !is_private(endpoint->address())) return true;
  }
  return false;
}

Result<void> add_path_probes(ProbeSet& set, const AgentConfig& config,
                             const boost::asio::any_io_executor& executor, Clock& clock) {
  if (const auto target = path_target(config, config.path.target); config.path.enabled && !target.empty()) {
    PathSettings settings;
    settings.target = target;
    settings.hops = config.path.hops;
    settings.office_hops = config.path.office_hops;
    settings.resolver = resolver(config);
    set.add(std::make_unique<PathProbe>(executor, clock, std::move(settings)), config.path.interval,
            std::chrono::seconds(15));
  }
  if (const auto target = path_target(config, config.mtu.target); config.mtu.enabled && !target.empty()) {
    MtuSettings settings;
    settings.target = target;
    settings.resolver = resolver(config);
    set.add(std::make_unique<MtuProbe>(executor, clock, std::move(settings)), config.mtu.interval,
            std::chrono::seconds(50));
  }
  const auto check = [&](const std::string& url) -> Result<WebCheckSettings> {
    auto parsed = parse_service_url(url);
    if (!parsed) return Unexpected(parsed.error());
    WebCheckSettings settings;
    settings.url = std::move(*parsed);
    settings.resolver = resolver(config);
    settings.ca_file = config.reach.ca_file;
    settings.proxy = config.proxy;
    return settings;
  };
  if (config.portal.enabled && !config.portal.url.empty()) {
    auto settings = check(config.portal.url);
    if (!settings) return Unexpected(settings.error());
    settings->expected = {config.portal.status, config.portal.body};
    set.add(std::make_unique<CaptivePortalProbe>(clock, std::move(*settings)), config.portal.interval,
            config.portal.timeout);
  }
  if (config.address.enabled && !config.address.url.empty()) {
    auto settings = check(config.address.url);
    if (!settings) return Unexpected(settings.error());
    set.add(std::make_unique<PublicAddressProbe>(clock, std::move(*settings)), config.address.interval,
            config.address.timeout);
  }
  return {};
}

}  // namespace

Result<std::vector<MeasureTask>> make_probes(const AgentConfig& config,
                                             const boost::asio::any_io_executor& executor, Clock& clock,
                                             ProbeListeners listeners) {
  ProbeSet set;
  constexpr Duration kMargin = std::chrono::seconds(2);  // above what a probe allows itself
  if (config.link.enabled) {
    const auto interfaces = config.link.interfaces.empty() ? outward_interfaces() : config.link.interfaces;
    for (const auto& interface : interfaces) {
      set.add(std::make_unique<LinkProbe>(executor, clock, LinkSettings{interface, "/"}),
              config.link.interval, kMargin);
    }
  }
  if (config.ping.enabled) {
    for (const auto& [name, target] : config.ping.targets) {
      PingSettings settings;
      settings.subject = name;
      settings.target = target;
      settings.count = config.ping.count;
      settings.spacing = config.ping.spacing;
      settings.patience = config.ping.timeout;
      settings.resolver = resolver(config);
      const Duration limit = settings.spacing * config.ping.count + settings.patience + kMargin;
      set.add(std::make_unique<PingProbe>(executor, clock, std::move(settings)), config.ping.interval, limit);
    }
  }
  if (config.tcp.enabled) {
    for (const auto& [name, text] : config.tcp.anchors) {
      const auto endpoint = parse_endpoint(text);
      if (!endpoint) return Unexpected(endpoint.error());
      set.add(std::make_unique<TcpProbe>(executor, clock, TcpSettings{name, *endpoint}), config.tcp.interval,
              config.tcp.timeout);
    }
  }
  if (config.dns.enabled) {
    for (const auto& [subject, name] : config.dns.names) {
      DnsSettings settings;
      settings.subject = subject;
      settings.name = name;
      settings.resolver = resolver(config);
      set.add(std::make_unique<DnsProbe>(executor, clock, std::move(settings)), config.dns.interval,
              config.dns.timeout);
    }
  }
  if (config.reach.enabled) {
    const bool public_addresses = !config.private_addresses && has_public_anchor(config);
    const auto times = std::make_shared<ServiceTimes>();
    for (const auto& [service, text] : config.reach.services) {
      auto url = parse_service_url(text);
      if (!url) return Unexpected(url.error());
      ReachSettings settings;
      settings.service = service;
      settings.url = std::move(*url);
      settings.ca_file = config.reach.ca_file;
      settings.times = times;
      settings.proofs = listeners.proofs;
      settings.proxy = config.proxy;
      settings.public_addresses = public_addresses;
      settings.synchronised = [] { return kernel_clock_quality() == ClockQuality::synchronised; };
      settings.resolver = resolver(config);
      set.add(std::make_unique<ReachProbe>(executor, clock, std::move(settings)), config.reach.interval,
              config.reach.timeout);
    }
  }
  if (auto added = add_path_probes(set, config, executor, clock); !added) return Unexpected(added.error());
  if (config.board.enabled) {
    set.add(std::make_unique<BoardProbe>(executor, clock, BoardSettings{config.board.disk_path, "/"}),
            config.board.interval, kMargin);
  }
  if (config.power.enabled && PowerProbe::has_answers({})) {
    set.add(std::make_unique<PowerProbe>(executor, clock, PowerSettings()), config.power.interval, kMargin);
  }
  if (config.storage.enabled) {
    StorageSettings settings;
    settings.storage = std::filesystem::absolute(config.outbox_file).parent_path();
    set.add(std::make_unique<StorageProbe>(executor, clock, std::move(settings)), config.storage.interval,
            kMargin);
  }
  if (config.wifi.enabled) {
    for (const auto& interface : wireless_interfaces()) {
      set.add(std::make_unique<WifiProbe>(executor, clock, WifiSettings{interface, "/"}),
              config.wifi.interval, kMargin);
    }
  }
  // ModemManager asks the modem itself for nothing here, and answers within milliseconds when it is well.
  constexpr Duration kPatience = std::chrono::seconds(10);
  ModemBusSettings bus;
  bus.signal_rate = std::chrono::ceil<std::chrono::seconds>(config.cellular.interval);
  if (config.access.enabled) {
    AccessSettings settings;
    settings.technologies = config.access.technologies;
    settings.bus = bus;
    set.add(std::make_unique<AccessProbe>(executor, clock, std::move(settings)), config.access.interval,
            kPatience);
  }
  if (config.cellular.enabled) {
    CellularSettings settings;
    settings.bus = std::move(bus);
    settings.patience = config.cellular.hung_after;
    settings.judged = std::move(listeners.modem_judged);
    set.add(std::make_unique<CellularProbe>(executor, clock, std::move(settings)), config.cellular.interval,
            kPatience)
        .may_have_nothing = true;
  }
  return set.take();
}

std::vector<Witness> witnesses_of(const std::vector<MeasureTask>& tasks, const AgentConfig& config) {
  std::set<std::string> by_address;
  for (const auto& [service, text] : config.reach.services) {
    const std::string host = host_of(text);
    // Nobody on the board looks up what a proxy is asked for.
    const bool proxied = goes_through(config.proxy, host);
    if (proxied || is_ip_address(host)) by_address.insert(reach_schema(service).group);
  }
  std::vector<Witness> witnesses;
  for (const auto& task : tasks) {
    const Schema& schema = task.probe->schema();
    auto witness = witness_of(schema, /*by_name=*/!by_address.contains(schema.group));
    if (witness) witnesses.push_back(std::move(*witness));
  }
  return witnesses;
}

}  // namespace xalink
