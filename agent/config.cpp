#include "agent/config.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

#include "agent/access_technology.hpp"
#include "agent/address_text.hpp"
#include "agent/ca_file_config.hpp"
#include "agent/network_config.hpp"
#include "agent/source_config.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/settings_wording.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr std::string_view kNextIfMissing =
    "copy agent.example.toml (in share/xalink of the installation, in agent/ of the sources) to this place "
    "and fill in [site] and [broker]";
// Ids and names travel in every topic or metric name; a long one is a pasted sentence.
constexpr std::size_t kMaxId = 64;
constexpr Milliseconds kDay = hours(24);

constexpr std::uint64_t kMostHourlyBytes = std::uint64_t{1} << 40U;

std::int64_t as_int(std::size_t number) {
  return static_cast<std::int64_t>(number);
}

bool is_usable_id(std::string_view id) {
  return id.size() <= kMaxId && is_valid_id(id);
}

/// Names of targets become part of metric names.
void check_names(SettingsTable& table, std::string_view key,
                 const std::map<std::string, std::string>& entries) {
  for (const auto& [name, value] : entries) {
    if (is_usable_id(name)) continue;
    table.mistake(key, name, "the name cannot be part of a metric's name",
                  "use up to 64 bytes without '/', '+', '#' and control characters");
  }
}

void read_site(Settings& settings, AgentConfig& config) {
  SettingsTable table = settings.table("site");
  config.site.group = table.required_text("group", "the province's ISO 3166-2 code, e.g. \"VN-03\"");
  config.site.node = table.required_text("id", "the site's own id, e.g. \"xa-lung-cu\"");
  for (const auto& [key, id] : {std::pair("group", &config.site.group), std::pair("id", &config.site.node)}) {
    if (id->empty() || is_usable_id(*id)) continue;
    table.mistake(key, "cannot be a Sparkplug id",
                  "use up to 64 bytes without '/', '+', '#' and control characters");
  }
}

void read_delivery(Settings& settings, AgentConfig& config) {
  SettingsTable sparkplug = settings.table("sparkplug");
  config.primary_host = sparkplug.text("primary_host", config.primary_host);
  if (!config.primary_host.empty() && !is_usable_id(config.primary_host)) {
    sparkplug.mistake("primary_host", "cannot be a Sparkplug id",
                      "use the gateway's [host] id, or \"\" to wait for no host");
  }

  SettingsTable table = settings.table("delivery");
  config.acknowledged_by =
      table.choice<AcknowledgedBy>("acknowledged_by", config.acknowledged_by,
                                   {{"gateway", AcknowledgedBy::gateway}, {"none", AcknowledgedBy::none}});
  config.backlog = table.choice<BacklogForm>(
      "backlog", config.backlog, {{"dataset", BacklogForm::data_sets}, {"metrics", BacklogForm::metrics}});
  // MQTT's own limit is 256 MB, but a message is sent whole or not at all over a weak link.
  config.max_message_bytes = static_cast<std::size_t>(
      table.integer("max_message_bytes", as_int(config.max_message_bytes), 1024, 1024 * 1024));
  // Less could not hold one full message; more than 16 MiB is a flood on any commune's link.
  config.max_window_bytes = static_cast<std::size_t>(
      table.integer("max_window_bytes", as_int(config.max_window_bytes), 4096, 16 * 1024 * 1024));
  config.backlog_share_percent =
      static_cast<int>(table.integer("backlog_share_percent", config.backlog_share_percent, 1, 100));
  // A budget that cannot hold one message would never let history through.
  config.hourly_backlog_bytes =
      table.bytes("hourly_backlog_bytes", config.hourly_backlog_bytes, 0, kMostHourlyBytes);
  if (config.hourly_backlog_bytes > 0 && config.hourly_backlog_bytes < config.max_message_bytes) {
    table.mistake("hourly_backlog_bytes", "is less than one message (max_message_bytes)",
                  "make it larger, max_message_bytes smaller, or 0 for no limit");
  }
  // Longer than an hour, and nobody would call what goes live present.
  config.gather = table.duration("gather_seconds", config.gather, seconds(0), hours(1));
  config.max_birth_delay =
      table.duration("birth_delay_seconds", config.max_birth_delay, seconds(0), hours(1));
  config.min_backoff =
      table.duration("reconnect_min_seconds", config.min_backoff, Milliseconds(100), hours(1));
  config.max_backoff = table.duration("reconnect_max_seconds", config.max_backoff, Milliseconds(100), kDay);
  if (config.max_backoff < config.min_backoff) {
    table.mistake("reconnect_max_seconds", "is less than reconnect_min_seconds", "make it at least as long");
  }
}

/// Places that are emptied by a restart: a power cut would take the records with it.
bool is_volatile(const std::filesystem::path& file) {
  std::error_code error;
  const auto absolute = std::filesystem::absolute(file, error).lexically_normal();
  auto real = std::filesystem::weakly_canonical(absolute, error);
  if (error) real = absolute;
  for (const std::filesystem::path place : {"/tmp", "/dev/shm", "/run", "/var/run"}) {
    for (const std::filesystem::path* candidate : {&std::as_const(absolute), &std::as_const(real)}) {
      const auto parts = std::mismatch(place.begin(), place.end(), candidate->begin(), candidate->end());
      if (parts.first == place.end()) return true;
    }
  }
  return false;
}

void read_outbox(Settings& settings, AgentConfig& config) {
  SettingsTable table = settings.table("outbox");
  config.outbox_file = table.path("file", config.outbox_file);
  config.flush_interval = table.duration("flush_seconds", config.flush_interval, seconds(1), hours(1));
  config.hold = table.duration("hold_seconds", config.hold, seconds(0), hours(1));
  config.outbox.max_bytes =
      table.bytes("max_bytes", config.outbox.max_bytes, kLeastOutboxBytes, kMostOutboxBytes);
  // Ten years are longer than a card lives.
  constexpr std::chrono::hours kADay(24);
  config.outbox.max_age = kADay * table.integer("max_age_days", config.outbox.max_age / kADay, 1, 3650);
  const bool allow_volatile = table.flag("allow_volatile", /*fallback=*/false);
  if (config.outbox_file.empty()) {
    table.mistake("file", "is empty", "name the file that keeps the records, or remove this key");
  } else if (!allow_volatile && is_volatile(config.outbox_file)) {
    table.mistake("file", "is in a place that a restart empties, and the records with it",
                  "use a folder on the card or disk, e.g. /var/lib/xalink-agent, or for tests set "
                  "allow_volatile = true");
  }
}

void read_control(Settings& settings, AgentConfig& config) {
  SettingsTable table = settings.table("control");
  config.control_socket = table.path("socket", config.control_socket);
  // sockaddr_un holds 108 bytes with the closing zero.
  constexpr std::size_t kMaxSocketPath = 107;
  if (config.control_socket.empty() || config.control_socket.string().size() > kMaxSocketPath) {
    table.mistake("socket", config.control_socket.empty() ? "is empty" : "is longer than 107 bytes",
                  "name a path such as /run/xalink-agent/control.sock");
  }
}

/// IFNAMSIZ is 16 with the closing zero; the name is looked up as a folder.
bool is_interface(const std::string& name) {
  const bool usable = name.size() < 16 && is_valid_id(name) && name != "." && name != "..";
  return usable && name.find_first_of(" :") == std::string::npos;
}

void read_by_exception(Settings& settings, ByExceptionSettings& by_exception) {
  SettingsTable table = settings.table("by_exception");
  by_exception.enabled = table.flag("enabled", by_exception.enabled);
  by_exception.heartbeat = table.duration("heartbeat_seconds", by_exception.heartbeat, seconds(60), kDay);
  by_exception.every_run = table.texts("every_run", by_exception.every_run);
  for (const std::string& name : by_exception.every_run) {
    const std::string_view group = std::string_view(name).substr(0, name.find('/'));
    const auto known = record_declarations();
    const bool is_known = std::any_of(known.begin(), known.end(), [&](const RecordDeclaration& record) {
      return record.lane == Lane::measurements && record.group == group;
    });
    if (is_known) continue;
    table.mistake("every_run", "holds \"" + name + "\", which is no group of measurements",
                  "use groups as `xalink-agent metrics` lists them, e.g. [\"Ping\", \"Reach/portal\"]");
  }
}

void read_link(Settings& settings, LinkProbeConfig& link) {
  SettingsTable table = settings.table("probe.link");
  link.enabled = table.flag("enabled", link.enabled);
  link.interval = table.duration("interval_seconds", link.interval, seconds(1), kDay);
  link.interfaces = table.texts("interfaces", link.interfaces);
  std::set<std::string_view> before;
  for (const std::string& interface : link.interfaces) {
    if (!is_interface(interface)) {
      table.mistake("interfaces", "holds a name that no interface can have",
                    "use names as `ip link` shows them, e.g. [\"eth0\"]");
    } else if (!before.insert(interface).second) {
      // Both would be one metric.
      table.mistake("interfaces", "holds " + in_quotes(interface) + " twice", "name each interface once");
    }
  }
}

void read_ping(Settings& settings, PingProbeConfig& ping) {
  SettingsTable table = settings.table("probe.ping");
  ping.enabled = table.flag("enabled", ping.enabled);
  ping.interval = table.duration("interval_seconds", ping.interval, seconds(1), kDay);
  ping.count = static_cast<std::uint32_t>(table.integer("count", ping.count, 1, 100));
  // iputils lets only root send faster than one in 2 ms; 10 ms keeps a radio link from seeing a flood.
  ping.spacing = table.duration("spacing_ms", ping.spacing, Milliseconds(10), seconds(60));
  ping.timeout = table.duration("timeout_seconds", ping.timeout, Milliseconds(100), seconds(60));
  ping.targets = table.named_texts("targets", ping.targets);
  check_names(table, "targets", ping.targets);
  for (const auto& [name, address] : ping.targets) {
    if (address == "gateway" || is_ip_address(address)) continue;
    table.mistake("targets", name, "is neither an IP address nor \"gateway\"",
                  "give an address: a name would measure DNS too, which has its own probe");
  }
  if (ping.spacing * (ping.count - 1) + ping.timeout > ping.interval) {
    table.mistake("interval_seconds", "is shorter than one run of count × spacing_ms + timeout_seconds",
                  "make the interval longer, or send fewer requests");
  }
}

void read_tcp(Settings& settings, TcpProbeConfig& tcp) {
  SettingsTable table = settings.table("probe.tcp");
  tcp.enabled = table.flag("enabled", tcp.enabled);
  tcp.interval = table.duration("interval_seconds", tcp.interval, seconds(1), kDay);
  tcp.timeout = table.duration("timeout_seconds", tcp.timeout, Milliseconds(100), seconds(60));
  tcp.anchors = table.named_texts("anchors", tcp.anchors);
  check_names(table, "anchors", tcp.anchors);
  for (const auto& [name, address] : tcp.anchors) {
    // Every address with a port that a DNS server may have.
    if (is_dns_server(address) && !is_ip_address(address)) continue;
    table.mistake("anchors", name, "is not an IP address with a port",
                  "write it as \"192.0.2.1:443\" or \"[2001:db8::1]:443\"");
  }
}

void read_dns(Settings& settings, DnsProbeConfig& dns) {
  SettingsTable table = settings.table("probe.dns");
  dns.enabled = table.flag("enabled", dns.enabled);
  dns.interval = table.duration("interval_seconds", dns.interval, seconds(1), kDay);
  dns.timeout = table.duration("timeout_seconds", dns.timeout, Milliseconds(100), seconds(60));
  dns.server = table.text("server", dns.server);
  if (!dns.server.empty() && !is_dns_server(dns.server)) {
    table.mistake("server", "is not an IP address with an optional port",
                  "write it as \"8.8.8.8\", \"8.8.8.8:53\" or \"[2001:4860:4860::8888]:53\", or \"\" for "
                  "the system's");
  }
  dns.names = table.named_texts("names", dns.names);
  check_names(table, "names", dns.names);
  for (const auto& [name, host] : dns.names) {
    if (is_host_name(host) && !is_ip_address(host)) continue;
    table.mistake("names", name, "is not a host name", "write it as \"dichvucong.gov.vn\"");
  }
}

void read_reach(Settings& settings, ReachProbeConfig& reach) {
  SettingsTable table = settings.table("probe.reach");
  reach.enabled = table.flag("enabled", reach.enabled);
  reach.interval = table.duration("interval_seconds", reach.interval, seconds(1), kDay);
  reach.timeout = table.duration("timeout_seconds", reach.timeout, Milliseconds(100), minutes(5));
  reach.ca_file = read_ca_file(table);
  reach.services = table.named_texts("services", reach.services);
  check_names(table, "services", reach.services);
  for (const auto& [name, url] : reach.services) {
    if (is_web_url(url)) continue;
    table.mistake("services", name, "is not an http:// or https:// URL",
                  "write it as \"https://dichvucong.gov.vn/\"");
  }
}

void read_board(Settings& settings, BoardProbeConfig& board) {
  SettingsTable table = settings.table("probe.board");
  board.enabled = table.flag("enabled", board.enabled);
  board.interval = table.duration("interval_seconds", board.interval, seconds(1), kDay);
  board.disk_path = table.path("disk_path", board.disk_path);
  if (!board.disk_path.is_absolute()) {
    table.mistake("disk_path", "is not an absolute path", "name a folder on the disk to watch, e.g. \"/\"");
  }
}

void read_access(Settings& settings, AccessProbeConfig& access) {
  SettingsTable table = settings.table("probe.access");
  access.enabled = table.flag("enabled", access.enabled);
  access.interval = table.duration("interval_seconds", access.interval, seconds(1), kDay);
  access.technologies = table.named_texts("technologies", access.technologies);
  for (const auto& [interface, technology] : access.technologies) {
    if (!is_interface(interface)) {
      table.mistake("technologies", interface, "is no name that an interface can have",
                    "use names as `ip link` shows them, e.g. { eth0 = \"fibre\" }");
    } else if (std::ranges::find(kAccessTechnologies, technology) == kAccessTechnologies.end()) {
      table.mistake("technologies", interface, "is " + in_quotes(technology) + ", which is no technology",
                    "use one of " + list_of({kAccessTechnologies.begin(), kAccessTechnologies.end()}));
    }
  }
}

void read_cellular(Settings& settings, CellularProbeConfig& cellular) {
  SettingsTable table = settings.table("probe.cellular");
  cellular.enabled = table.flag("enabled", cellular.enabled);
  cellular.interval = table.duration("interval_seconds", cellular.interval, seconds(1), kDay);
  // Modems need minutes to find their network after a cold start.
  cellular.hung_after = table.duration("hung_after_seconds", cellular.hung_after, minutes(2), kDay);
  cellular.reset_command = table.texts("reset_command", cellular.reset_command);
  if (!cellular.reset_command.empty() && !cellular.reset_command.front().starts_with('/')) {
    table.mistake("reset_command", "does not begin with the path of a program",
                  "write it without a shell, e.g. [\"/usr/bin/mmcli\", \"--modem=any\", \"--reset\"]");
  }
  cellular.reset_usb_device = table.text("reset_usb_device", cellular.reset_usb_device);
  const std::string& device = cellular.reset_usb_device;
  if (device.find_first_of("/ ") != std::string::npos || device.starts_with('.')) {
    table.mistake("reset_usb_device", "is no name of a USB device",
                  "use \"auto\", or a name as in /sys/bus/usb/devices, e.g. \"1-1.2\"");
  } else if (!device.empty() && !cellular.reset_command.empty()) {
    table.mistake("reset_usb_device", "stands beside reset_command", "keep one of the two");
  }
  cellular.reset_timeout =
      table.duration("reset_timeout_seconds", cellular.reset_timeout, seconds(1), hours(1));
  cellular.reset_interval =
      table.duration("reset_interval_seconds", cellular.reset_interval, minutes(10), kDay);
}

std::vector<DailyWindow> read_windows(SettingsTable& table, std::vector<DailyWindow> fallback) {
  if (!table.has("windows")) {
    (void)table.texts("windows", {});
    return fallback;
  }
  std::vector<DailyWindow> windows;
  // Where it is no list of texts that is told already, and any window will do.
  for (const std::string& text : table.texts("windows", {"07:30-11:30"})) {
    const auto parsed = parse_window(text);
    if (parsed.empty()) {
      table.mistake("windows", "holds " + in_quotes(text) + ", which is no part of a day",
                    "write it as \"07:30-11:30\", or \"22:00-05:00\" over midnight");
      return fallback;
    }
    windows.insert(windows.end(), parsed.begin(), parsed.end());
  }
  std::ranges::sort(windows, {}, &DailyWindow::from);
  const auto overlap = std::ranges::adjacent_find(
      windows, [](const DailyWindow& one, const DailyWindow& next) { return one.until > next.from; });
  if (windows.empty() || overlap != windows.end()) {
    table.mistake("windows", windows.empty() ? "is empty" : "holds two that overlap",
                  "name the parts of the day in which to measure, each once, or set enabled = false");
    return fallback;
  }
  return windows;
}

void read_throughput(Settings& settings, ThroughputProbeConfig& throughput) {
  SettingsTable table = settings.table("probe.throughput");
  throughput.enabled = table.flag("enabled", throughput.enabled);
  throughput.url = table.text("url", throughput.url);
  const std::string next =
      "write the address of the gateway's HTTP port, e.g. \"https://gateway.example:8443\", or \"\" to "
      "measure "
      "nothing";
  if (!throughput.url.empty() && !is_web_url(throughput.url)) {
    table.mistake("url", "is not an http:// or https:// URL", next);
  } else if (has_path(throughput.url)) {
    // The gateway has one place to measure at: another one, of a proxy before it, would not be asked.
    table.mistake("url", "is " + in_quotes(throughput.url) + ", which holds more than a host and a port",
                  next);
  }
  throughput.ca_file = read_ca_file(table);
  throughput.time =
      std::chrono::floor<seconds>(table.duration("seconds", throughput.time, seconds(1), seconds(60)));
  struct Keys {
    LinkCost cost;
    const char* test;
    const char* month;
  };
  for (const auto& [cost, test, month] :
       {Keys{LinkCost::fixed, "test_bytes", "monthly_bytes"},
        Keys{LinkCost::metered, "metered_test_bytes", "metered_monthly_bytes"}}) {
    auto& test_bytes = throughput.test_bytes[index(cost)];
    auto& monthly = throughput.monthly_bytes[index(cost)];
    // Less than 100 kB says nothing of a link.
    test_bytes = table.bytes(test, test_bytes, 100'000, 1'000'000'000);
    monthly = table.bytes(month, monthly, 0, std::uint64_t{1} << 50U);
    if (monthly == 0 || monthly >= most_throughput_cost(test_bytes)) continue;
    table.mistake(month,
                  "is less than one test can cost, " + std::to_string(most_throughput_cost(test_bytes)),
                  std::string("make it larger, ") + test + " smaller, or 0 to measure nothing on such links");
  }
  throughput.metered_technologies = table.texts("metered_technologies", throughput.metered_technologies);
  for (const std::string& technology : throughput.metered_technologies) {
    if (std::ranges::find(kAccessTechnologies, technology) != kAccessTechnologies.end()) continue;
    table.mistake("metered_technologies", "holds " + in_quotes(technology) + ", which is no technology",
                  "use some of " + list_of({kAccessTechnologies.begin(), kAccessTechnologies.end()}));
  }
  throughput.tests_per_day =
      static_cast<std::uint32_t>(table.integer("tests_per_day", throughput.tests_per_day, 1, 24));
  throughput.windows = read_windows(table, throughput.windows);
}

void read_plain(Settings& settings, std::string_view name, PlainProbeConfig& probe) {
  SettingsTable table = settings.table(name);
  probe.enabled = table.flag("enabled", probe.enabled);
  probe.interval = table.duration("interval_seconds", probe.interval, seconds(1), kDay);
}

void read_outages(Settings& settings, OutageRules& outages) {
  SettingsTable table = settings.table("outages");
  outages.failed_readings =
      static_cast<std::uint32_t>(table.integer("failed_readings", outages.failed_readings, 1, 100));
  outages.good_readings =
      static_cast<std::uint32_t>(table.integer("good_readings", outages.good_readings, 1, 100));
  outages.least = table.duration("least_seconds", outages.least, seconds(0), hours(1));
  // Faster would be a load of its own, and one run of most probes takes a second.
  outages.recheck = table.duration("recheck_seconds", outages.recheck, seconds(1), hours(1));
}

Checked<AgentConfig> read(Result<Settings> settings) {
  if (!settings) return Mistakes(std::vector<Error>{std::move(settings.error())});
  AgentConfig config;
  read_site(*settings, config);
  config.broker = read_broker(*settings);
  read_delivery(*settings, config);
  read_outbox(*settings, config);
  read_control(*settings, config);
  config.log_level = read_log_level(*settings);
  read_by_exception(*settings, config.by_exception);
  read_link(*settings, config.link);
  read_ping(*settings, config.ping);
  read_tcp(*settings, config.tcp);
  read_dns(*settings, config.dns);
  read_reach(*settings, config.reach);
  read_board(*settings, config.board);
  read_plain(*settings, "probe.power", config.power);
  read_plain(*settings, "probe.storage", config.storage);
  read_cellular(*settings, config.cellular);
  read_plain(*settings, "probe.wifi", config.wifi);
  read_access(*settings, config.access);
  read_throughput(*settings, config.throughput);
  read_outages(*settings, config.outages);
  config.outages.session_notices = session_notices(config.broker.keep_alive);
  read_sources(*settings, config);
  read_network(*settings, config);
  read_path_probes(*settings, config);
  std::vector<Error> mistakes = settings->finish();
  if (!mistakes.empty()) return Mistakes(std::move(mistakes));
  return config;
}

}  // namespace

Checked<AgentConfig> load_agent_config(const std::filesystem::path& file) {
  return read(Settings::load(file, std::string(kNextIfMissing)));
}

Checked<AgentConfig> parse_agent_config(std::string_view text, std::string file_name) {
  return read(Settings::parse(text, std::move(file_name)));
}

EdgeNodeOptions edge_node_options(const AgentConfig& config) {
  EdgeNodeOptions options;
  options.id = config.site;
  options.primary_host = config.primary_host;
  options.acknowledged_by = config.acknowledged_by;
  options.backlog = config.backlog;
  options.max_message_bytes = config.max_message_bytes;
  options.min_window_bytes = std::min(options.min_window_bytes, config.max_window_bytes);
  options.max_window_bytes = config.max_window_bytes;
  options.backlog_share = config.backlog_share_percent / 100.0;
  options.hourly_backlog_bytes = config.hourly_backlog_bytes;
  options.gather = config.gather;
  // A row that is news is on the disk by the next flush.
  options.hurry_for = std::max<Duration>(options.hurry_for, 2 * config.flush_interval);
  if (config.by_exception.enabled) options.heartbeat = config.by_exception.heartbeat;
  options.max_birth_delay = config.max_birth_delay;
  options.min_backoff = config.min_backoff;
  options.max_backoff = config.max_backoff;
  return options;
}

}  // namespace xalink
