// [network] of the agent's configuration.

#include "agent/network_config.hpp"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "agent/address_text.hpp"
#include "sparkplug/secret_file.hpp"
#include "sparkplug/settings_wording.hpp"

namespace xalink {

void read_network(Settings& settings, AgentConfig& config) {
  SettingsTable table = settings.table("network");
  const std::string url = table.text("proxy", "");
  HttpProxy proxy;
  if (!url.empty()) {
    auto parsed = parse_proxy_url(url);
    if (parsed) {
      proxy = std::move(*parsed);
    } else {
      table.mistake("proxy", parsed.error().what, parsed.error().next);
    }
  }
  proxy.username = table.text("proxy_username", "");
  proxy.password = read_secret(table, "proxy_password_file");
  if (proxy.username.find(':') != std::string::npos) {
    table.mistake("proxy_username", "holds a ':', which ends a user name (RFC 7617)", "use another user");
  }
  if (table.has("proxy_password_file") && proxy.username.empty()) {
    table.mistake("proxy_password_file", "is set without proxy_username", "set proxy_username too");
  }
  proxy.except = table.texts("no_proxy", {});
  for (const std::string& exception : proxy.except) {
    if (is_proxy_exception(exception)) continue;
    table.mistake("no_proxy", "holds " + in_quotes(exception) + ", which is no host, address or network",
                  "use entries such as \"gov.local\", \"10.1.2.3\" or \"10.0.0.0/8\"");
  }
  for (const std::string_view key : {"proxy_username", "no_proxy"}) {
    if (url.empty() && table.has(key))
      table.mistake(key, "is set without proxy", "set proxy, or remove this key");
  }
  config.private_addresses = table.flag("private_addresses", config.private_addresses);
  if (url.empty()) return;
  // The board reaches itself.
  proxy.except.insert(proxy.except.end(), {"localhost", "127.0.0.0/8", "::1"});
  config.proxy = proxy;
  config.broker.proxy = proxy;
  config.dossier_server.proxy = std::move(proxy);
}

namespace {

constexpr Milliseconds kDay = std::chrono::hours(24);

void check_target(SettingsTable& table, const std::string& target) {
  if (target.empty() || is_ip_address(target) || is_host_name(target)) return;
  table.mistake("target", "is neither an address nor a host name",
                "name a machine outside the office, or \"\" for the first anchor");
}

void check_url(SettingsTable& table, const std::string& url, bool in_the_clear) {
  if (url.empty()) return;
  if (in_the_clear && !url.starts_with("http://")) {
    table.mistake("url", "is not an http:// URL", "TLS would hide the page that is looked for: use http://");
  } else if (!is_web_url(url)) {
    table.mistake("url", "is not an http:// or https:// URL", "write it as \"http://10.0.0.1:8080/check\"");
  }
}

/// RFC 9110, section 6.4.1.
bool has_no_body(std::uint32_t status) {
  return status == 204 || status == 304;
}

}  // namespace

void read_path_probes(Settings& settings, AgentConfig& config) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  {
    SettingsTable table = settings.table("probe.path");
    auto& path = config.path;
    path.enabled = table.flag("enabled", path.enabled);
    path.interval = table.duration("interval_seconds", path.interval, minutes(1), kDay);
    path.target = table.text("target", path.target);
    check_target(table, path.target);
    path.hops = static_cast<std::uint32_t>(table.integer("hops", path.hops, 1, 5));
    path.office_hops = static_cast<std::uint32_t>(table.integer("office_hops", path.office_hops, 1, 4));
    if (path.office_hops >= path.hops) {
      table.mistake("office_hops", "leaves no hop of the provider to look at", "make hops larger");
    }
  }
  {
    SettingsTable table = settings.table("probe.mtu");
    config.mtu.enabled = table.flag("enabled", config.mtu.enabled);
    config.mtu.interval = table.duration("interval_seconds", config.mtu.interval, minutes(1), kDay);
    config.mtu.target = table.text("target", config.mtu.target);
    check_target(table, config.mtu.target);
  }
  {
    SettingsTable table = settings.table("probe.portal");
    auto& portal = config.portal;
    portal.enabled = table.flag("enabled", portal.enabled);
    portal.interval = table.duration("interval_seconds", portal.interval, seconds(10), kDay);
    portal.timeout = table.duration("timeout_seconds", portal.timeout, seconds(1), minutes(5));
    portal.url = table.text("url", portal.url);
    check_url(table, portal.url, /*in_the_clear=*/true);
    portal.status = static_cast<std::uint32_t>(table.integer("status", portal.status, 200, 599));
    portal.body = table.text("body", portal.body);
    if (!portal.body.empty() && has_no_body(portal.status)) {
      table.mistake("body",
                    "is set, but an answer with status " + std::to_string(portal.status) + " has no body",
                    "set status = 200");
    }
  }
  SettingsTable table = settings.table("probe.address");
  auto& address = config.address;
  address.enabled = table.flag("enabled", address.enabled);
  address.interval = table.duration("interval_seconds", address.interval, minutes(1), kDay);
  address.timeout = table.duration("timeout_seconds", address.timeout, seconds(1), minutes(5));
  address.url = table.text("url", address.url);
  check_url(table, address.url, /*in_the_clear=*/false);
}

std::string path_target(const AgentConfig& config, const std::string& target) {
  if (!target.empty()) return target;
  if (config.ping.enabled) {
    for (const auto& [name, address] : config.ping.targets) {
      if (address != "gateway") return address;
    }
  }
  if (config.tcp.enabled && !config.tcp.anchors.empty()) {
    const std::string& anchor = config.tcp.anchors.begin()->second;
    const std::string host = anchor.substr(0, anchor.rfind(':'));
    return host.starts_with('[') ? host.substr(1, host.size() - 2) : host;
  }
  // Behind a proxy the broker is nobody that packets are sent to.
  const std::string& broker = config.broker.host;
  if (goes_through(config.proxy, broker)) return config.proxy->host;
  HttpProxy here;
  here.except = {"localhost", "127.0.0.0/8", "::1"};
  return goes_through(here, broker) ? broker : std::string();
}

}  // namespace xalink
