#pragma once
// The configuration of xalink-agent, whole and checked before anything starts.
// agent/agent.example.toml documents every key.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/by_exception.hpp"
#include "agent/data_budget.hpp"
#include "agent/dossiers/drop_folder_settings.hpp"
#include "agent/dossiers/http_source_settings.hpp"
#include "agent/outage_rules.hpp"
#include "agent/outbox/outbox_options.hpp"
#include "agent/throughput_plan.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/settings.hpp"

namespace xalink {

struct LinkProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::seconds(60);
  std::vector<std::string> interfaces;  ///< empty: all physical ones and the default route's
};

struct PingProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::seconds(60);
  std::uint32_t count = 5;  ///< echo requests in one measurement
  Milliseconds spacing{200};
  Milliseconds timeout = std::chrono::seconds(2);  ///< for each reply
  /// Name in "Ping/<name>/..." → IP address, or "gateway" for the default route's next hop.
  std::map<std::string, std::string> targets = {{"anchor", "1.1.1.1"}, {"gateway", "gateway"}};
};

struct TcpProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::minutes(5);
  Milliseconds timeout = std::chrono::seconds(5);
  /// Name in "TCP/<name>/..." → "ADDRESS:PORT".
  std::map<std::string, std::string> anchors = {{"anchor", "8.8.8.8:53"}};
};

struct DnsProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::minutes(5);
  Milliseconds timeout = std::chrono::seconds(5);
  std::string server;  ///< IP address, with ":port" if need be; empty: the system's
  std::map<std::string, std::string> names = {{"portal", "dichvucong.gov.vn"}};
};

struct ReachProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::minutes(5);
  Milliseconds timeout = std::chrono::seconds(15);
  std::string ca_file;  ///< empty: the system's trust store
  /// Name in "Reach/<name>/..." → http:// or https:// URL.
  std::map<std::string, std::string> services = {{"portal", "https://dichvucong.gov.vn/"}};
};

/// Targets of [probe.path] and [probe.mtu]: "" is the first of the anchors, else the broker.
struct PathProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::hours(6);
  std::string target;
  std::uint32_t hops = 5;         ///< looked at, 1 to 5
  std::uint32_t office_hops = 1;  ///< of them, those that stand in the office
};

struct MtuProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::hours(12);
  std::string target;
};

struct PortalProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::minutes(15);
  Milliseconds timeout = std::chrono::seconds(10);
  std::string url;             ///< empty: no such probe
  std::uint32_t status = 204;  ///< expected
  std::string body;            ///< expected, blanks at its ends aside; empty: whatever comes
};

struct AddressProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::hours(1);
  Milliseconds timeout = std::chrono::seconds(15);
  std::string url;  ///< empty: no such probe
};

struct BoardProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::minutes(5);
  std::filesystem::path disk_path = "/";
};

/// A probe that has nothing to be told but when.
struct PlainProbeConfig {
  bool enabled = true;
  Milliseconds interval;
};

struct CellularProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::minutes(1);
  Milliseconds hung_after = std::chrono::minutes(10);  ///< without a network, though it is on
  std::vector<std::string> reset_command;              ///< program and arguments; empty: none
  std::string reset_usb_device;                        ///< "auto", or a name such as "1-1.2"; empty: none
  Milliseconds reset_timeout = std::chrono::seconds(60);
  Milliseconds reset_interval = std::chrono::minutes(30);
};

struct AccessProbeConfig {
  bool enabled = true;
  Milliseconds interval = std::chrono::seconds(60);
  /// Interface → what is at its other end, one of kAccessTechnologies.
  std::map<std::string, std::string> technologies;
};

/// Of each array the first is for links that cost the same whatever goes over them, the other for those that
/// are paid by volume (LinkCost).
struct ThroughputProbeConfig {
  bool enabled = true;
  std::string url;      ///< of the gateway's HTTP port; empty: nothing is measured
  std::string ca_file;  ///< empty: the system's trust store
  Milliseconds time = std::chrono::seconds(10);
  std::array<std::uint64_t, kLinkCosts> test_bytes = {8'000'000, 2'000'000};
  std::array<std::uint64_t, kLinkCosts> monthly_bytes = {1'000'000'000, 60'000'000};
  std::vector<std::string> metered_technologies = {"5g", "4g", "3g", "2g", "mobile", "vsat"};
  std::uint32_t tests_per_day = 2;
  std::vector<DailyWindow> windows = {{std::chrono::minutes(450), std::chrono::minutes(690)},
                                      {std::chrono::minutes(810), std::chrono::minutes(1020)}};
  /// There is somewhere to measure to, and it is wanted.
  [[nodiscard]] bool measures() const { return enabled && !url.empty(); }
  friend bool operator==(const ThroughputProbeConfig&, const ThroughputProbeConfig&) = default;
};

/// [outages]: as OutageRules (agent/outage_watch), where they are explained.
struct AgentConfig {
  NodeId site;  ///< group: province; node: the site's id
  BrokerSettings broker;
  std::optional<HttpProxy> proxy;  ///< [network]; also in `broker` and `dossier_server`
  bool private_addresses = false;  ///< [network]: services may have addresses of a private network

  /// [sparkplug] and [delivery]; by name as in EdgeNodeOptions.
  std::string primary_host = "xalink";  ///< empty: do not wait for any host
  AcknowledgedBy acknowledged_by = AcknowledgedBy::gateway;
  BacklogForm backlog = BacklogForm::data_sets;
  std::size_t max_message_bytes = 16 * 1024;
  std::size_t max_window_bytes = 1024 * 1024;
  int backlog_share_percent = 100;         ///< of the time the link is busy
  std::uint64_t hourly_backlog_bytes = 0;  ///< 0: no limit
  Milliseconds gather = std::chrono::minutes(5);
  Milliseconds max_birth_delay = std::chrono::seconds(10);
  Milliseconds min_backoff = std::chrono::seconds(1);
  Milliseconds max_backoff = std::chrono::minutes(5);

  std::filesystem::path outbox_file = "/var/lib/xalink-agent/outbox.db";
  OutboxOptions outbox;
  Milliseconds flush_interval = std::chrono::seconds(60);
  /// What the gateway confirmed before it was on the disk goes there so much later, as a spare; 0: first the
  /// disk, then the gateway.
  Milliseconds hold = std::chrono::minutes(15);

  std::filesystem::path control_socket = "/run/xalink-agent/control.sock";
  std::string log_level = "info";  ///< trace, debug, info, warning, error or off

  ByExceptionSettings by_exception;
  LinkProbeConfig link;
  PingProbeConfig ping;
  TcpProbeConfig tcp;
  DnsProbeConfig dns;
  ReachProbeConfig reach;
  PathProbeConfig path;
  MtuProbeConfig mtu;
  PortalProbeConfig portal;
  AddressProbeConfig address;
  BoardProbeConfig board;
  PlainProbeConfig power{true, std::chrono::minutes(1)};
  PlainProbeConfig storage{true, std::chrono::hours(6)};
  CellularProbeConfig cellular;
  PlainProbeConfig wifi{true, std::chrono::minutes(1)};
  AccessProbeConfig access;
  ThroughputProbeConfig throughput;
  OutageRules outages;
  DropFolderSettings dossiers;
  HttpSourceSettings dossier_server;
  /// [indicators.*]
  std::array<DropFolderSettings, 3> indicators = {DropFolderSettings(satisfaction_table()),
                                                  DropFolderSettings(task_table()),
                                                  DropFolderSettings(village_table())};
};

inline constexpr std::string_view kDefaultAgentConfigFile = "/etc/xalink-agent/agent.toml";

/// Reads and checks the whole file. On mistakes: all of them, in the file's order.
[[nodiscard]] Checked<AgentConfig> load_agent_config(const std::filesystem::path& file);
/// The same for a text; `file_name` is only for messages.
[[nodiscard]] Checked<AgentConfig> parse_agent_config(std::string_view text, std::string file_name);

/// The part of the edge node's options that the configuration decides.
[[nodiscard]] EdgeNodeOptions edge_node_options(const AgentConfig& config);

}  // namespace xalink
