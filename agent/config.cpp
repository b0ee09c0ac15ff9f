#include "agent/config.hpp"

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <charconv>
#include <optional>
#include <utility>

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

bool is_ip_address(const std::string& text) {
  boost::system::error_code error;
  boost::asio::ip::make_address(text, error);
  return !error;
}

bool is_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port != 0;
}

/// RFC 1123 names, underscores allowed as resolvers do.
bool is_host_name(std::string_view text) {
  if (!text.empty() && text.back() == '.') text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : text) {
    const bool word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (c == '.') {
      if (label == 0) return false;
      label = 0;
    } else if ((!word && c != '-') || ++label > 63) {
      return false;
    }
  }
  return label > 0;
}

/// "host", "host:port", "[v6]", "[v6]:port".
bool is_host_and_port(std::string_view text) {
  if (!text.empty() && text.front() == '[') {
    const std::size_t close = text.find(']');
    if (close == std::string_view::npos || !is_ip_address(std::string(text.substr(1, close - 1))))
      return false;
    text.remove_prefix(close + 1);
    return text.empty() || (text.front() == ':' && is_port(text.substr(1)));
  }
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos && !is_port(text.substr(colon + 1))) return false;
  return is_host_name(text.substr(0, colon));
}

bool is_web_url(std::string_view url) {
  if (url.substr(0, 8) == "https://") {
    url.remove_prefix(8);
  } else if (url.substr(0, 7) == "http://") {
    url.remove_prefix(7);
  } else {
    return false;
  }
  const bool printable = std::none_of(url.begin(), url.end(), [](char c) { return c <= ' ' || c == 0x7F; });
  return printable && is_host_and_port(url.substr(0, url.find_first_of("/?#")));
}

bool is_dns_server(const std::string& text) {
  if (is_ip_address(text)) return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos || !is_port(std::string_view(text).substr(colon + 1))) return false;
  std::string address = text.substr(0, colon);
  if (address.size() > 2 && address.front() == '[' && address.back() == ']') {
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return false;
  }
  return is_ip_address(address);
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

void read_link(Settings& settings, LinkProbeConfig& link) {
  SettingsTable table = settings.table("probe.link");
  link.enabled = table.flag("enabled", link.enabled);
  link.interval = table.duration("interval_seconds", link.interval, seconds(1), kDay);
  link.interfaces = table.texts("interfaces", link.interfaces);
  for (const std::string& interface : link.interfaces) {
    // IFNAMSIZ is 16 with the closing zero; the name is looked up as a folder.
    const bool usable =
        interface.size() < 16 && is_valid_id(interface) && interface != "." && interface != "..";
    if (usable && interface.find_first_of(" :") == std::string::npos) continue;
    table.mistake("interfaces", "holds a name that no interface can have",
                  "use names as `ip link` shows them, e.g. [\"eth0\"]");
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
  reach.ca_file = table.path("ca_file", reach.ca_file).string();
  std::error_code error;
  if (!reach.ca_file.empty() && !std::filesystem::is_regular_file(reach.ca_file, error)) {
    table.mistake("ca_file", reach.ca_file + ": there is no such file",
                  "put the certificates there, or remove this key to use the system's");
  }
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

void read_columns(Settings& settings, TableSettings& into) {
  SettingsTable table = settings.table(std::string(into.kind->settings) + ".columns");
  TableColumns& columns = into.columns;
  for (const TableField& field : into.kind->fields) {
    std::string& header = columns.find(field.key)->second;
    header = table.text(field.key, header);
    if (field.mandatory && header.empty()) {
      table.mistake(field.key, "is empty, but no row can be read without it",
                    "name the column of the file that holds it");
    }
  }
  for (auto field = into.kind->fields.begin(); field != into.kind->fields.end(); ++field) {
    const std::string& header = columns.find(field->key)->second;
    if (header.empty()) continue;
    for (auto other = into.kind->fields.begin(); other != field; ++other) {
      if (columns.find(other->key)->second != header) continue;
      const bool this_one = table.has(field->key);
      table.mistake(this_one ? field->key : other->key,
                    "names the same column as " + std::string(this_one ? other->key : field->key),
                    "give each field its own column, or \"\" where the file has none");
    }
  }
}

/// Keys that every kind of table has.
void read_drop_folder(Settings& settings, DropFolderSettings& into) {
  SettingsTable table = settings.table(into.table.kind->settings);
  into.folder = table.path("drop_folder", into.folder);
  into.scan_interval = table.duration("scan_seconds", into.scan_interval, Milliseconds(100), hours(1));
  into.settle = table.duration("settle_seconds", into.settle, Milliseconds(0), hours(1));
  into.keep_done = std::chrono::days(table.integer("keep_done_days", into.keep_done.count(), 0, 3650));
  into.table.delimiter = table.choice<char>(
      "delimiter", into.table.delimiter,
      {{"auto", TableSettings::kAnyDelimiter}, {",", ','}, {";", ';'}, {"\t", '\t'}, {"|", '|'}});
  into.table.encoding = table.choice<TextEncoding>("encoding", into.table.encoding,
                                                   {{"auto", TextEncoding::automatic},
                                                    {"utf-8", TextEncoding::utf8},
                                                    {"utf-16", TextEncoding::utf16},
                                                    {"windows-1258", TextEncoding::windows_1258},
                                                    {"tcvn3", TextEncoding::tcvn3}});
  read_columns(settings, into.table);
}

void read_dossiers(Settings& settings, DropFolderSettings& dossiers) {
  read_drop_folder(settings, dossiers);
  SettingsTable table = settings.table("dossiers");
  // The one zone of the country, +07:00 without daylight saving since 1975: nothing to choose yet, but a
  // file from elsewhere must not be read as if it were from here.
  (void)table.word("time_zone", "Asia/Ho_Chi_Minh", {"Asia/Ho_Chi_Minh"});
  const std::filesystem::path key_file = table.path("code_hash_key_file", {});
  if (!key_file.empty()) {
    Result<CodeHash> hash = CodeHash::load(key_file);
    if (hash) {
      dossiers.table.code_hash = std::move(*hash);
    } else {
      table.mistake("code_hash_key_file", hash.error().where + ": " + hash.error().what, hash.error().next);
    }
  }
  for (const auto& [word, state] : table.named_integers("states", 1, 10)) {
    dossiers.table.states.insert_or_assign(word, static_cast<std::uint8_t>(state));
  }
}

/// "field:KEY", "json:PATH" or "header:NAME".
bool is_cursor(const std::string& cursor, const TableKind& kind) {
  const std::size_t colon = cursor.find(':');
  if (colon == std::string::npos || colon + 1 == cursor.size()) return false;
  const std::string_view where = std::string_view(cursor).substr(0, colon);
  const std::string_view what = std::string_view(cursor).substr(colon + 1);
  if (where == "json" || where == "header") return true;
  return where == "field" &&
         std::any_of(kind.fields.begin(), kind.fields.end(), [&](const TableField& field) {
           return field.key == what && field.kind == FieldKind::time;
         });
}

void read_dossier_server(Settings& settings, const DropFolderSettings& dossiers, HttpSourceSettings& server) {
  // Columns, states, delimiter and code hash are the same, wherever a dossier comes from.
  server.table = dossiers.table;
  SettingsTable table = settings.table("dossiers.http");
  server.url = table.text("url", server.url);
  if (!server.url.empty() && (!is_web_url(server.url) || server.url.find('#') != std::string::npos)) {
    table.mistake("url", "is not an http:// or https:// URL",
                  "write it as \"https://lgsp.example.gov.vn/ho-so?donvi=H22.58.12\"");
  }
  server.interval = table.duration("interval_seconds", server.interval, seconds(10), kDay);
  server.timeout = table.duration("timeout_seconds", server.timeout, seconds(1), minutes(10));
  server.token_file = table.path("token_file", server.token_file);
  std::error_code error;
  if (!server.token_file.empty() && !std::filesystem::is_regular_file(server.token_file, error)) {
    table.mistake("token_file", server.token_file.string() + ": there is no such file",
                  "put the token there (mode 0600), or remove this key");
  }
  const bool in_the_clear = server.url.starts_with("http://");
  if (!server.token_file.empty() && in_the_clear && server.url.substr(7, 9) != "127.0.0.1") {
    table.mistake("url", "sends the token in the clear", "use https://");
  }
  server.ca_file = table.path("ca_file", server.ca_file).string();
  if (!server.ca_file.empty() && !std::filesystem::is_regular_file(server.ca_file, error)) {
    table.mistake("ca_file", server.ca_file + ": there is no such file",
                  "put the certificates there, or remove this key to use the system's");
  }
  server.since_parameter = table.text("since_parameter", server.since_parameter);
  server.since_form = table.choice<SinceForm>(
      "since_form", server.since_form,
      {{"iso", SinceForm::iso}, {"compact", SinceForm::compact}, {"unix_ms", SinceForm::unix_ms}});
  server.cursor = table.text("cursor", server.cursor);
  if (!is_cursor(server.cursor, *server.table.kind)) {
    table.mistake("cursor", "says not where the next cursor comes from",
                  "use \"field:state_at\" or another field with a time, \"json:data.cursor\" or "
                  "\"header:X-Cursor\"");
  }
  server.rows = table.text("rows", server.rows);
  server.next = table.text("next", server.next);
  server.max_answer_bytes = static_cast<std::size_t>(
      table.integer("max_answer_bytes", as_int(server.max_answer_bytes), 1024, 64 * 1024 * 1024));
  server.rejected_folder = table.path("rejected_folder", server.rejected_folder);
  if (server.rejected_folder.empty() && !dossiers.folder.empty()) {
    server.rejected_folder = dossiers.folder / "rejected";
  }
  if (!server.url.empty() && server.rejected_folder.empty()) {
    table.mistake("rejected_folder", "is missing, and there is no drop_folder to have it in",
                  "name a folder for the reports of rows that cannot be read");
  }
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
  read_link(*settings, config.link);
  read_ping(*settings, config.ping);
  read_dns(*settings, config.dns);
  read_reach(*settings, config.reach);
  read_board(*settings, config.board);
  read_dossiers(*settings, config.dossiers);
  read_dossier_server(*settings, config.dossiers, config.dossier_server);
  for (DropFolderSettings& indicators : config.indicators) read_drop_folder(*settings, indicators);
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
  options.max_birth_delay = config.max_birth_delay;
  options.min_backoff = config.min_backoff;
  options.max_backoff = config.max_backoff;
  return options;
}

}  // namespace xalink
