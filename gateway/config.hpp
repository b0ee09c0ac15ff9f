#pragma once
// The configuration of xalink-gateway, whole and checked before anything starts.
// gateway/gateway.example.toml documents every key.

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>

#include "gateway/admission.hpp"
#include "gateway/http/http_server.hpp"
#include "gateway/measure_desk.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/host_application.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/settings.hpp"

namespace xalink {

struct GatewayConfig {
  HostApplicationOptions host;
  BrokerSettings broker;
  std::filesystem::path store_file = "/var/lib/xalink-gateway/gateway.db";
  /// [registry]: what the province says of its communes, every version of it.
  std::filesystem::path registry_file = "/var/lib/xalink-gateway/registry.db";
  /// Group commit: a commit waits this long for company, or until so many records have come.
  Milliseconds commit_max_delay{50};
  std::size_t commit_max_records = 5000;
  /// [limits]; the number of metrics is in `host`.
  AdmissionLimits admission;
  std::size_t queue_bytes_per_board = 32U << 20U;
  /// Boards without NTP are told the gateway's time even when its kernel does not call it synchronised.
  bool trust_own_clock = false;
  /// [import]: how boards are known when a file of theirs comes by hand.
  std::filesystem::path import_ca_file;  ///< empty: the broker's ca_file
  std::filesystem::path import_keys_folder = "/etc/xalink-gateway/boards";
  std::filesystem::path control_socket = "/run/xalink-gateway/control.sock";
  /// [records]: rows of measurements are removed when they have been here so many days; 0: never.
  std::chrono::days keep{0};
  HttpSettings http;
  MeasureLimits measure;
  std::string log_level = "info";  ///< trace, debug, info, warning, error or off
};

inline constexpr std::string_view kDefaultGatewayConfigFile = "/etc/xalink-gateway/gateway.toml";

/// Reads and checks the whole file. On mistakes: all of them, in the file's order.
[[nodiscard]] Checked<GatewayConfig> load_gateway_config(const std::filesystem::path& file);
/// The same for a text; `file_name` is only for messages.
[[nodiscard]] Checked<GatewayConfig> parse_gateway_config(std::string_view text, std::string file_name);

}  // namespace xalink
