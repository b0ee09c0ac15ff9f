#include "gateway/config.hpp"

#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <chrono>
#include <system_error>
#include <utility>
#include <vector>

#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kNextIfMissing =
    "copy gateway.example.toml (in share/xalink of the installation, in gateway/ of the sources) to this "
    "place and fill in [broker]";
constexpr std::string_view kIdRule = "use at least one byte, without '/', '+', '#' and control characters";

void read_host(Settings& settings, HostApplicationOptions& host) {
  SettingsTable table = settings.table("host");
  host.host_id = table.text("id", host.host_id);
  if (!is_valid_id(host.host_id)) table.mistake("id", "cannot be a Sparkplug host id", std::string(kIdRule));
  host.groups = table.texts("groups", host.groups);
  for (const std::string& group : host.groups) {
    if (is_valid_id(group)) continue;
    table.mistake("groups", "holds a text that cannot be a Sparkplug group id", std::string(kIdRule));
  }
  const auto milliseconds = [](Duration duration) {
    return std::chrono::duration_cast<Milliseconds>(duration);
  };
  host.reorder_timeout = table.duration("reorder_timeout_seconds", milliseconds(host.reorder_timeout),
                                        Milliseconds(0), minutes(5));
  host.min_rebirth_interval = table.duration("rebirth_min_interval_seconds",
                                             milliseconds(host.min_rebirth_interval), seconds(1), hours(24));
  host.rebirths_per_second = table.number("rebirths_per_second", host.rebirths_per_second, 0.01, 1000.0);
}

void read_store(Settings& settings, GatewayConfig& config) {
  SettingsTable store = settings.table("store");
  config.store_file = store.path("file", config.store_file);
  if (config.store_file.empty()) {
    store.mistake("file", "is empty", "name the file that keeps the records, or remove this key");
  }
  SettingsTable registry = settings.table("registry");
  config.registry_file = registry.path("file", config.registry_file);
  if (config.registry_file.empty()) {
    registry.mistake("file", "is empty", "name the file that keeps the registry, or remove this key");
  }
  SettingsTable ledger = settings.table("ledger");
  // Acknowledgements wait for the commit, and boards time out after 2 s at the earliest.
  config.commit_max_delay =
      ledger.duration("commit_max_delay_ms", config.commit_max_delay, Milliseconds(0), seconds(1));
  config.commit_max_records = static_cast<std::size_t>(ledger.integer(
      "commit_max_records", static_cast<std::int64_t>(config.commit_max_records), 1, 1'000'000));
}

void read_limits(Settings& settings, GatewayConfig& config) {
  SettingsTable table = settings.table("limits");
  auto& admission = config.admission;
  admission.messages_per_second =
      table.number("messages_per_second", admission.messages_per_second, 1, 1'000'000);
  admission.births_per_minute = table.number("births_per_minute", admission.births_per_minute, 1, 100'000);
  admission.set_aside_per_minute =
      table.number("set_aside_per_minute", admission.set_aside_per_minute, 0, 100'000);
  // A message of a board must find room for all its values at once.
  config.queue_bytes_per_board = static_cast<std::size_t>(
      table.integer("queue_bytes_per_board", static_cast<std::int64_t>(config.queue_bytes_per_board), 1 << 20,
                    std::int64_t{1} << 40));
  config.host.max_metrics_of_node = static_cast<std::size_t>(table.integer(
      "metrics_per_board", static_cast<std::int64_t>(config.host.max_metrics_of_node), 100, 10'000'000));
}

void read_records(Settings& settings, GatewayConfig& config) {
  SettingsTable records = settings.table("records");
  config.keep = std::chrono::days(records.integer("keep_days", config.keep.count(), 0, 36'500));
}

void read_clock(Settings& settings, GatewayConfig& config) {
  SettingsTable clock = settings.table("clock");
  config.trust_own_clock = clock.flag("trust_own", config.trust_own_clock);
}

void read_import(Settings& settings, GatewayConfig& config) {
  SettingsTable import = settings.table("import");
  config.import_ca_file = import.path("ca_file", config.import_ca_file);
  std::error_code error;
  if (!config.import_ca_file.empty() && !std::filesystem::is_regular_file(config.import_ca_file, error)) {
    import.mistake("ca_file", config.import_ca_file.string() + ": there is no such file",
                   "put the certificates there, or remove this key to use the broker's");
  }
  config.import_keys_folder = import.path("keys_folder", config.import_keys_folder);
  SettingsTable control = settings.table("control");
  config.control_socket = control.path("socket", config.control_socket);
  // sockaddr_un holds 108 bytes with the closing zero.
  constexpr std::size_t kMaxSocketPath = 107;
  if (config.control_socket.empty() || config.control_socket.string().size() > kMaxSocketPath) {
    control.mistake("socket", config.control_socket.empty() ? "is empty" : "is longer than 107 bytes",
                    "name a path such as /run/xalink-gateway/control.sock");
  }
}

/// "127.0.0.1:8080" or "[::1]:8080".
bool read_listen(const std::string& text, HttpSettings& http) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
    if (address.find(':') == std::string::npos) return false;
  } else if (address.find(':') != std::string::npos) {
    return false;
  }
  boost::system::error_code no_address;
  (void)boost::asio::ip::make_address(address, no_address);
  const char* const end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, http.port);
  if (no_address || read.ec != std::errc() || read.ptr != end) return false;
  http.address = std::move(address);
  return true;
}

void read_http(Settings& settings, HttpSettings& http) {
  SettingsTable table = settings.table("http");
  const std::string listen = table.text("listen", "");
  if (!listen.empty() && !read_listen(listen, http)) {
    table.mistake("listen", "is no IP address with a port",
                  "write it as \"127.0.0.1:8080\" or \"[::]:8443\", or \"\" for no HTTP");
  }
  for (const auto& [key, file] :
       {std::pair("certificate_file", &http.certificate_file), std::pair("key_file", &http.key_file)}) {
    *file = table.path(key, {});
    std::error_code error;
    if (file->empty() || std::filesystem::is_regular_file(*file, error)) continue;
    table.mistake(key, file->string() + ": there is no such file",
                  "put the file there, or correct the path or its permissions");
  }
  if (http.certificate_file.empty() != http.key_file.empty()) {
    const bool has_key = http.certificate_file.empty();
    table.mistake(has_key ? "key_file" : "certificate_file",
                  std::string("is set without ") + (has_key ? "certificate_file" : "key_file"),
                  "set both: a certificate needs its key");
  }
  const auto number = [&](std::string_view key, std::size_t fallback) {
    return static_cast<std::size_t>(table.integer(key, static_cast<std::int64_t>(fallback), 1, 100'000));
  };
  http.connections = number("connections", http.connections);
  http.connections_per_address = number("connections_per_address", http.connections_per_address);
}

void read_measure(Settings& settings, MeasureLimits& measure) {
  SettingsTable table = settings.table("measure");
  measure.simultaneous = static_cast<std::size_t>(
      table.integer("simultaneous", static_cast<std::int64_t>(measure.simultaneous), 0, 1000));
  measure.seconds = table.duration("max_seconds", measure.seconds, seconds(1), minutes(1));
  measure.bytes = table.bytes("max_bytes", measure.bytes, 100'000, 10'000'000'000);
}

Checked<GatewayConfig> read(Result<Settings> settings) {
  if (!settings) return Mistakes(std::vector<Error>{std::move(settings.error())});
  GatewayConfig config;
  read_host(*settings, config.host);
  config.broker = read_broker(*settings);
  read_store(*settings, config);
  read_records(*settings, config);
  read_limits(*settings, config);
  read_clock(*settings, config);
  read_import(*settings, config);
  read_http(*settings, config.http);
  read_measure(*settings, config.measure);
  config.log_level = read_log_level(*settings);
  std::vector<Error> mistakes = settings->finish();
  if (!mistakes.empty()) return Mistakes(std::move(mistakes));
  return config;
}

}  // namespace

Checked<GatewayConfig> load_gateway_config(const std::filesystem::path& file) {
  return read(Settings::load(file, std::string(kNextIfMissing)));
}

Checked<GatewayConfig> parse_gateway_config(std::string_view text, std::string file_name) {
  return read(Settings::parse(text, std::move(file_name)));
}

}  // namespace xalink
