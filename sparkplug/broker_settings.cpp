// [broker], the one table that both programs share.
#include <charconv>
#include <optional>
#include <system_error>

#include "sparkplug/secret_file.hpp"
#include "sparkplug/settings.hpp"
#include "sparkplug/settings_wording.hpp"

namespace xalink {
namespace {

constexpr std::uint16_t kPlainPort = 1883;
constexpr std::uint16_t kTlsPort = 8883;

struct Address {
  bool tls = false;
  std::string host;
  std::uint16_t port = 0;
};

/// `why` gets the reason when there is no address in `url`.
std::optional<Address> parse_url(std::string_view url, std::string& why) {
  Address address;
  if (url.substr(0, 8) == "mqtts://") {
    address.tls = true;
    url.remove_prefix(8);
  } else if (url.substr(0, 7) == "mqtt://") {
    url.remove_prefix(7);
  } else {
    why = "does not begin with mqtt:// or mqtts://";
    return std::nullopt;
  }
  if (!url.empty() && url.back() == '/') url.remove_suffix(1);
  if (url.find('@') != std::string_view::npos) {
    why = "holds a user name; use the keys username and password_file";
    return std::nullopt;
  }
  if (url.find_first_of("/?# \t") != std::string_view::npos) {
    why = "holds more than a host and a port";
    return std::nullopt;
  }
  std::string_view port;
  if (!url.empty() && url.front() == '[') {
    const std::size_t close = url.find(']');
    if (close == std::string_view::npos) {
      why = "has a '[' without ']'";
      return std::nullopt;
    }
    address.host = url.substr(1, close - 1);
    port = url.substr(close + 1);
  } else {
    const std::size_t colon = url.find(':');
    address.host = url.substr(0, colon);
    if (colon != std::string_view::npos) port = url.substr(colon);
    if (port.find(':', 1) != std::string_view::npos) {
      why = "looks like an IPv6 address without brackets";
      return std::nullopt;
    }
  }
  if (address.host.empty()) {
    why = "names no host";
    return std::nullopt;
  }
  if (port.empty()) {
    address.port = address.tls ? kTlsPort : kPlainPort;
    return address;
  }
  const char* const last = port.data() + port.size();
  const auto [end, error] = std::from_chars(port.data() + 1, last, address.port);
  if (port.front() != ':' || error != std::errc{} || end != last || address.port == 0) {
    why = "has a port that is no number between 1 and 65535";
    return std::nullopt;
  }
  return address;
}

}  // namespace

BrokerSettings read_broker(Settings& settings) {
  SettingsTable table = settings.table("broker");
  BrokerSettings broker;

  const std::string url = table.text("url", "mqtt://127.0.0.1:1883");
  std::string why;
  if (const std::optional<Address> address = parse_url(url, why)) {
    broker.tls = address->tls;
    broker.host = address->host;
    broker.port = address->port;
  } else {
    // What stands before an '@' may be a password.
    const std::string given = url.find('@') == std::string::npos ? in_quotes(url) : std::string("a URL");
    table.mistake("url", "is " + given + ", which " + why,
                  "write it as \"mqtt://host:1883\" or \"mqtts://host:8883\"");
  }

  broker.username = table.text("username", "");
  broker.password = read_secret(table, "password_file");
  if (table.has("password_file") && broker.username.empty()) {
    table.mistake("password_file", "is set without username",
                  "set username too; MQTT has no password without one");
  }

  broker.ca_file = readable_file(table, "ca_file");
  broker.certificate_file = readable_file(table, "certificate_file");
  broker.key_file = readable_file(table, "key_file");
  if (table.has("certificate_file") != table.has("key_file")) {
    const bool has_key = table.has("key_file");
    table.mistake(has_key ? "key_file" : "certificate_file",
                  std::string("is set without ") + (has_key ? "certificate_file" : "key_file"),
                  "set both: a client certificate needs its key");
  }
  if (why.empty() && !broker.tls) {
    for (const std::string_view key : {"ca_file", "certificate_file", "key_file"}) {
      if (!table.has(key)) continue;
      table.mistake(key, "is set, but the url is mqtt:// and would send everything in the clear",
                    "write the url as mqtts://, or remove this key");
    }
  }

  broker.version = table.choice<MqttVersion>("mqtt_version", MqttVersion::v3_1_1,
                                             {{"3.1.1", MqttVersion::v3_1_1}, {"5", MqttVersion::v5}});
  const Milliseconds keep_alive = table.duration("keep_alive_seconds", std::chrono::seconds(60),
                                                 std::chrono::seconds(5), std::chrono::hours(18));
  broker.keep_alive = std::chrono::duration_cast<std::chrono::seconds>(keep_alive);
  return broker;
}

}  // namespace xalink
