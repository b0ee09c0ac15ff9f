#include "agent/config.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "agent/network_config.hpp"
#include "sparkplug/settings_words.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

constexpr std::string_view kLeast = "[site]\ngroup = \"VN-03\"\nid = \"xa-lung-cu\"\n";

std::vector<Error> mistakes_in(std::string_view more) {
  const auto config = parse_agent_config(std::string(kLeast) + std::string(more), "a.toml");
  return config ? std::vector<Error>{} : config.error();
}

std::string example() {
  std::ifstream in(XALINK_EXAMPLE);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(AgentConfig, TheExampleLoads) {
  const auto config = load_agent_config(XALINK_EXAMPLE);
  ASSERT_TRUE(config.has_value()) << to_string(config.error());
  EXPECT_EQ(config->site, (NodeId{"VN-03", "xa-lung-cu"}));
}

// The example shows defaults, so it must not differ from leaving everything out.
TEST(AgentConfig, TheExampleShowsTheDefaults) {
  const auto shown = load_agent_config(XALINK_EXAMPLE);
  const auto usual = parse_agent_config(kLeast, "a.toml");
  ASSERT_TRUE(shown.has_value());
  ASSERT_TRUE(usual.has_value()) << to_string(usual.error());
  EXPECT_EQ(shown->broker.host, usual->broker.host);
  EXPECT_EQ(shown->broker.port, usual->broker.port);
  EXPECT_EQ(shown->broker.keep_alive, usual->broker.keep_alive);
  EXPECT_EQ(shown->primary_host, usual->primary_host);
  EXPECT_EQ(shown->acknowledged_by, usual->acknowledged_by);
  EXPECT_EQ(shown->backlog, usual->backlog);
  EXPECT_EQ(shown->max_message_bytes, usual->max_message_bytes);
  EXPECT_EQ(shown->max_window_bytes, usual->max_window_bytes);
  EXPECT_EQ(shown->backlog_share_percent, usual->backlog_share_percent);
  EXPECT_EQ(shown->hourly_backlog_bytes, usual->hourly_backlog_bytes);
  EXPECT_EQ(shown->max_birth_delay, usual->max_birth_delay);
  EXPECT_EQ(shown->min_backoff, usual->min_backoff);
  EXPECT_EQ(shown->max_backoff, usual->max_backoff);
  EXPECT_EQ(shown->outbox_file, usual->outbox_file);
  EXPECT_EQ(shown->outbox, usual->outbox);
  EXPECT_EQ(shown->flush_interval, usual->flush_interval);
  EXPECT_EQ(shown->control_socket, usual->control_socket);
  EXPECT_EQ(shown->log_level, usual->log_level);
  EXPECT_EQ(shown->link.interval, usual->link.interval);
  EXPECT_EQ(shown->link.interfaces, usual->link.interfaces);
  EXPECT_EQ(shown->throughput, usual->throughput);
  EXPECT_EQ(shown->ping.interval, usual->ping.interval);
  EXPECT_EQ(shown->ping.count, usual->ping.count);
  EXPECT_EQ(shown->ping.spacing, usual->ping.spacing);
  EXPECT_EQ(shown->ping.timeout, usual->ping.timeout);
  EXPECT_EQ(shown->ping.targets, usual->ping.targets);
  EXPECT_EQ(shown->tcp.interval, usual->tcp.interval);
  EXPECT_EQ(shown->tcp.timeout, usual->tcp.timeout);
  EXPECT_EQ(shown->tcp.anchors, usual->tcp.anchors);
  EXPECT_EQ(shown->outages.failed_readings, usual->outages.failed_readings);
  EXPECT_EQ(shown->outages.good_readings, usual->outages.good_readings);
  EXPECT_EQ(shown->outages.least, usual->outages.least);
  EXPECT_EQ(shown->outages.recheck, usual->outages.recheck);
  EXPECT_EQ(shown->dns.interval, usual->dns.interval);
  EXPECT_EQ(shown->dns.timeout, usual->dns.timeout);
  EXPECT_EQ(shown->dns.names, usual->dns.names);
  EXPECT_EQ(shown->reach.interval, usual->reach.interval);
  EXPECT_EQ(shown->reach.timeout, usual->reach.timeout);
  EXPECT_EQ(shown->reach.services, usual->reach.services);
  EXPECT_EQ(shown->proxy, usual->proxy);
  EXPECT_EQ(shown->private_addresses, usual->private_addresses);
  EXPECT_EQ(shown->path.enabled, usual->path.enabled);
  EXPECT_EQ(shown->path.interval, usual->path.interval);
  EXPECT_EQ(shown->path.target, usual->path.target);
  EXPECT_EQ(shown->path.hops, usual->path.hops);
  EXPECT_EQ(shown->path.office_hops, usual->path.office_hops);
  EXPECT_EQ(shown->mtu.enabled, usual->mtu.enabled);
  EXPECT_EQ(shown->mtu.interval, usual->mtu.interval);
  EXPECT_EQ(shown->mtu.target, usual->mtu.target);
  EXPECT_EQ(shown->portal.enabled, usual->portal.enabled);
  EXPECT_EQ(shown->portal.interval, usual->portal.interval);
  EXPECT_EQ(shown->portal.timeout, usual->portal.timeout);
  EXPECT_EQ(shown->portal.url, usual->portal.url);
  EXPECT_EQ(shown->portal.status, usual->portal.status);
  EXPECT_EQ(shown->portal.body, usual->portal.body);
  EXPECT_EQ(shown->address.enabled, usual->address.enabled);
  EXPECT_EQ(shown->address.interval, usual->address.interval);
  EXPECT_EQ(shown->address.timeout, usual->address.timeout);
  EXPECT_EQ(shown->address.url, usual->address.url);
  EXPECT_EQ(shown->board.interval, usual->board.interval);
  EXPECT_EQ(shown->board.disk_path, usual->board.disk_path);
  EXPECT_EQ(shown->dossiers.folder, usual->dossiers.folder);
  EXPECT_EQ(shown->dossiers.scan_interval, usual->dossiers.scan_interval);
  EXPECT_EQ(shown->dossiers.settle, usual->dossiers.settle);
  EXPECT_EQ(shown->dossiers.table.delimiter, usual->dossiers.table.delimiter);
  EXPECT_EQ(shown->dossiers.table.encoding, usual->dossiers.table.encoding);
  EXPECT_EQ(shown->dossiers.table.columns, usual->dossiers.table.columns);
  EXPECT_EQ(shown->dossiers.table.states, usual->dossiers.table.states);
  EXPECT_EQ(shown->dossiers.table.code_hash, usual->dossiers.table.code_hash);
  EXPECT_EQ(shown->dossier_server.url, usual->dossier_server.url);
  EXPECT_EQ(shown->dossier_server.interval, usual->dossier_server.interval);
  EXPECT_EQ(shown->dossier_server.timeout, usual->dossier_server.timeout);
  EXPECT_EQ(shown->dossier_server.since_parameter, usual->dossier_server.since_parameter);
  EXPECT_EQ(shown->dossier_server.since_form, usual->dossier_server.since_form);
  EXPECT_EQ(shown->dossier_server.cursor, usual->dossier_server.cursor);
  EXPECT_EQ(shown->dossier_server.rows, usual->dossier_server.rows);
  EXPECT_EQ(shown->dossier_server.next, usual->dossier_server.next);
  EXPECT_EQ(shown->dossier_server.max_answer_bytes, usual->dossier_server.max_answer_bytes);
  EXPECT_EQ(shown->dossier_server.rejected_folder, usual->dossier_server.rejected_folder);
  for (std::size_t i = 0; i < usual->indicators.size(); ++i) {
    EXPECT_EQ(shown->indicators[i].folder, usual->indicators[i].folder);
    EXPECT_EQ(shown->indicators[i].scan_interval, usual->indicators[i].scan_interval);
    EXPECT_EQ(shown->indicators[i].settle, usual->indicators[i].settle);
    EXPECT_EQ(shown->indicators[i].table.delimiter, usual->indicators[i].table.delimiter);
    EXPECT_EQ(shown->indicators[i].table.encoding, usual->indicators[i].table.encoding);
    EXPECT_EQ(shown->indicators[i].table.columns, usual->indicators[i].table.columns);
  }
}

TEST(AgentConfig, TheExampleNamesEveryKey) {
  // A key that the example lacks would be unknown to its readers: each line "# key = " or "key = " counts.
  const std::string text = example();
  for (const std::string_view key : {"group",
                                     "id",
                                     "url",
                                     "username",
                                     "password_file",
                                     "ca_file",
                                     "certificate_file",
                                     "key_file",
                                     "mqtt_version",
                                     "keep_alive_seconds",
                                     "primary_host",
                                     "acknowledged_by",
                                     "backlog",
                                     "max_message_bytes",
                                     "max_window_bytes",
                                     "backlog_share_percent",
                                     "hourly_backlog_bytes",
                                     "gather_seconds",
                                     "heartbeat_seconds",
                                     "every_run",
                                     "birth_delay_seconds",
                                     "reconnect_min_seconds",
                                     "reconnect_max_seconds",
                                     "file",
                                     "allow_volatile",
                                     "flush_seconds",
                                     "hold_seconds",
                                     "max_bytes",
                                     "max_age_days",
                                     "socket",
                                     "level",
                                     "enabled",
                                     "interval_seconds",
                                     "interfaces",
                                     "count",
                                     "spacing_ms",
                                     "timeout_seconds",
                                     "targets",
                                     "server",
                                     "names",
                                     "services",
                                     "disk_path",
                                     "drop_folder",
                                     "scan_seconds",
                                     "delimiter",
                                     "time_zone"}) {
    const std::string line = std::string(key) + " = ";
    EXPECT_TRUE(text.find("\n" + line) != std::string::npos || text.find("\n# " + line) != std::string::npos)
        << key;
  }
}

TEST(AgentConfig, AMissingFileSaysToCopyTheExample) {
  const auto config = load_agent_config("/nonexistent/agent.toml");
  ASSERT_FALSE(config.has_value());
  ASSERT_EQ(config.error().size(), 1U);
  EXPECT_NE(config.error()[0].next.find("copy agent.example.toml"), std::string::npos);
}

TEST(AgentConfig, TheSiteMustBeNamed) {
  const auto config = parse_agent_config("", "a.toml");
  ASSERT_FALSE(config.has_value());
  ASSERT_EQ(config.error().size(), 2U) << to_string(config.error());
  EXPECT_EQ(config.error()[0].where, "a.toml: site.group");
  EXPECT_EQ(config.error()[1].where, "a.toml: site.id");
}

TEST(AgentConfig, IdsMustFitIntoTopics) {
  const auto config =
      parse_agent_config("[site]\ngroup = \"VN/03\"\nid = \"" + std::string(65, 'x') + "\"\n", "a.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().size(), 2U) << to_string(config.error());
}

TEST(AgentConfig, TellsAllMistakesOfAFileAtOnce) {
  const std::vector<Error> errors = mistakes_in(R"([broker]
url = "broker"
[sparkplg]
primary_host = "x"
[outbox]
flush_seconds = 0
[probe.ping]
cout = 5
targets = { anchor = "one.one.one.one" }
[probe.reach]
services = { portal = "ftp://dichvucong.gov.vn" }
[dossiers]
delimiter = "tab"
time_zone = "UTC"
[dossiers.states]
"Đang xử lý" = 11
)");
  const std::vector<std::string> places = {"a.toml:5:7: broker.url",
                                           "a.toml:6:2: sparkplg",
                                           "a.toml:9:17: outbox.flush_seconds",
                                           "a.toml:11:1: probe.ping.cout",
                                           "a.toml:12:22: probe.ping.targets.anchor",
                                           "a.toml:14:23: probe.reach.services.portal",
                                           "a.toml:16:13: dossiers.delimiter",
                                           "a.toml:17:13: dossiers.time_zone",
                                           "a.toml:19:16: dossiers.states.\"Đang xử lý\""};
  ASSERT_EQ(errors.size(), places.size()) << to_string(errors);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(errors[i].where, places[i]);
    EXPECT_FALSE(errors[i].next.empty()) << errors[i].to_string();
  }
  EXPECT_NE(errors[1].what.find("\"sparkplug\""), std::string::npos);
  EXPECT_NE(errors[3].what.find("\"count\""), std::string::npos);
}

TEST(AgentConfig, RefusesAnOutboxThatARestartEmpties) {
  for (const char* file : {"/tmp/outbox.db", "/dev/shm/x/outbox.db", "/run/outbox.db", "/var/run/outbox.db",
                           "/var/lib/../../tmp/outbox.db", ""}) {
    const std::vector<Error> errors = mistakes_in("[outbox]\nfile = \"" + std::string(file) + "\"\n");
    ASSERT_EQ(errors.size(), 1U) << file;
    EXPECT_EQ(errors[0].where, "a.toml:5:8: outbox.file");
  }
  EXPECT_TRUE(mistakes_in("[outbox]\nfile = \"/tmp/outbox.db\"\nallow_volatile = true\n").empty());
  EXPECT_TRUE(mistakes_in("[outbox]\nfile = \"/tmpfiles/outbox.db\"\n").empty());
}

TEST(AgentConfig, RangesHoldAtBothEnds) {
  const std::vector<std::pair<std::string, std::string>> keys = {
      {"delivery", "max_message_bytes = 1023"},
      {"delivery", "max_message_bytes = 1048577"},
      {"delivery", "max_window_bytes = 4095"},
      {"delivery", "max_window_bytes = 16777217"},
      {"delivery", "backlog_share_percent = 0"},
      {"delivery", "backlog_share_percent = 101"},
      {"delivery", "hourly_backlog_bytes = -1"},
      {"delivery", "hourly_backlog_bytes = 16383"},
      {"delivery", "birth_delay_seconds = -1"},
      {"delivery", "birth_delay_seconds = 3601"},
      {"delivery", "gather_seconds = -1"},
      {"delivery", "gather_seconds = 3601"},
      {"by_exception", "heartbeat_seconds = 59"},
      {"by_exception", "heartbeat_seconds = 86401"},
      {"by_exception", "every_run = [\"Pong\"]"},
      {"by_exception", "every_run = [\"Dossier\"]"},
      {"delivery", "reconnect_min_seconds = 0"},
      {"delivery", "reconnect_max_seconds = \"2d\""},
      {"outbox", "flush_seconds = 0.5"},
      {"outbox", "flush_seconds = 3601"},
      {"outbox", "hold_seconds = -1"},
      {"outbox", "hold_seconds = 3601"},
      {"outbox", "max_bytes = 4194303"},
      {"outbox", "max_bytes = \"2TiB\""},
      {"outbox", "max_bytes = -1"},
      {"outbox", "max_bytes = \"64 megs\""},
      {"outbox", "max_bytes = true"},
      {"outbox", "max_age_days = 0"},
      {"outbox", "max_age_days = 3651"},
      {"probe.link", "interval_seconds = 0"},
      {"probe.link", "interval_seconds = 86401"},
      {"probe.link", "interfaces = [\"eth0\", \"wlan0\", \"eth0\"]"},
      {"probe.ping", "count = 0"},
      {"probe.ping", "count = 101"},
      {"probe.ping", "spacing_ms = 9"},
      {"probe.dns", "timeout_seconds = 61"},
      {"probe.tcp", "timeout_seconds = 61"},
      {"outages", "failed_readings = 0"},
      {"outages", "good_readings = 101"},
      {"outages", "least_seconds = 3601"},
      {"outages", "recheck_seconds = 0"},
      {"probe.reach", "timeout_seconds = 301"},
      {"probe.path", "interval_seconds = 59"},
      {"probe.path", "hops = 6"},
      {"probe.path", "hops = 2\noffice_hops = 2"},
      {"probe.path", "target = \"a b\""},
      {"probe.mtu", "interval_seconds = 90000"},
      {"probe.mtu", "target = \"http://a\""},
      {"probe.portal", "url = \"https://a/\""},
      {"probe.portal", "status = 199"},
      {"probe.address", "url = \"ftp://a/\""},
      {"network", "proxy = \"10.0.0.5:3128\""},
      {"network", "private_addresses = \"10.0.0.0/8\""},
      {"network", "proxy = \"http://a:3128\"\nno_proxy = [\"*.b\"]"},
      {"network", "proxy = \"http://a:3128\"\nproxy_username = \"a:b\""},
      {"network", "no_proxy = [\"b\"]"},
      {"network", "proxy_username = \"b\""},
      {"network",
       "proxy = \"http://a:3128\"\nproxy_username = \"b\"\nproxy_password_file = \"/nonexistent\""},
      {"probe.board", "interval_seconds = 0"},
      {"probe.power", "interval_seconds = 0"},
      {"probe.storage", "interval_seconds = 90000"},
      {"probe.cellular", "interval_seconds = 0"},
      {"probe.cellular", "hung_after_seconds = 60"},
      {"probe.cellular", "reset_timeout_seconds = 0"},
      {"probe.cellular", "reset_interval_seconds = 60"},
      {"probe.cellular", "reset_command = [\"mmcli\"]"},
      {"probe.cellular", "reset_command = [\"\"]"},
      {"probe.cellular", "reset_usb_device = \"../1-1\""},
      {"probe.cellular", "reset_usb_device = \"auto\"\nreset_command = [\"/bin/true\"]"},
      {"probe.wifi", "interval_seconds = 0"},
      {"probe.access", "interval_seconds = 90000"},
      {"probe.throughput", "url = \"gateway:8443\""},
      {"probe.throughput", "url = \"https://gateway.test:8443/tinh/xalink\""},
      {"probe.throughput", "url = \"https://gateway.test:8443?tinh\""},
      {"probe.throughput", "ca_file = \"/nonexistent.pem\""},
      {"probe.throughput", "seconds = 0"},
      {"probe.throughput", "seconds = 61"},
      {"probe.throughput", "test_bytes = 1000"},
      {"probe.throughput", "monthly_bytes = 18_000_000"},
      {"probe.throughput", "metered_monthly_bytes = \"4MB\""},
      {"probe.throughput", "metered_technologies = [\"6g\"]"},
      {"probe.throughput", "tests_per_day = 0"},
      {"probe.throughput", "tests_per_day = 25"},
      {"probe.throughput", "windows = []"},
      {"probe.throughput", "windows = [7]"},
      {"probe.throughput", "windows = 7"},
      {"probe.throughput", "windows = [\"8:00-9:00\"]"},
      {"probe.throughput", "windows = [\"08:00-09:00\", \"08:59-10:00\"]"},
      {"probe.throughput", "windows = [\"22:00-05:00\", \"04:00-06:00\"]"},
      {"dossiers", "scan_seconds = 0"},
      {"dossiers", "scan_seconds = 3601"},
  };
  for (const auto& [table, line] : keys) {
    EXPECT_EQ(mistakes_in("[" + table + "]\n" + line + "\n").size(), 1U) << line;
  }
  EXPECT_TRUE(mistakes_in("[by_exception]\nevery_run = [\"Ping\", \"Reach/portal\"]\n").empty());
  EXPECT_TRUE(mistakes_in("[probe.link]\ninterfaces = [\"eth0\", \"wlan0\"]\n").empty());
  EXPECT_TRUE(mistakes_in("[probe.throughput]\nurl = \"https://gateway.test:8443/\"\n").empty());
  EXPECT_TRUE(mistakes_in("[outbox]\nflush_seconds = 1\n").empty());
  EXPECT_TRUE(mistakes_in("[outbox]\nflush_seconds = \"1h\"\n").empty());
  EXPECT_TRUE(mistakes_in("[outbox]\nmax_bytes = 4194304\nmax_age_days = 1\n").empty());
  EXPECT_TRUE(mistakes_in("[outbox]\nmax_bytes = \"1TiB\"\nmax_age_days = 3650\n").empty());
}

TEST(AgentConfig, ReconnectTimesMustBeInOrder) {
  const auto errors = mistakes_in("[delivery]\nreconnect_min_seconds = 60\nreconnect_max_seconds = 30\n");
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where, "a.toml:6:25: delivery.reconnect_max_seconds");
}

TEST(AgentConfig, HowLongASessionMayDeceiveFollowsFromItsKeepAlive) {
  EXPECT_EQ(AgentConfig().outages.session_notices, session_notices(AgentConfig().broker.keep_alive));
  const auto config =
      parse_agent_config(std::string(kLeast) + "[broker]\nkeep_alive_seconds = 20\n", "a.toml");
  ASSERT_TRUE(config) << to_string(config.error());
  EXPECT_EQ(config->outages.session_notices, std::chrono::seconds(50));
}

TEST(AgentConfig, AProxyStandsBeforeAllThatIsConnectedTo) {
  const auto config = parse_agent_config(
      std::string(kLeast) + "[network]\nproxy = \"http://10.0.0.5:3128\"\nno_proxy = [\"gov.local\"]\n",
      "a.toml");
  ASSERT_TRUE(config) << to_string(config.error());
  ASSERT_TRUE(config->proxy);
  EXPECT_FALSE(config->private_addresses);
  EXPECT_EQ(config->proxy->host, "10.0.0.5");
  EXPECT_EQ(config->broker.proxy, config->proxy);
  EXPECT_EQ(config->dossier_server.proxy, config->proxy);
  EXPECT_TRUE(goes_through(*config->proxy, "portal.test"));
  for (const char* direct : {"a.gov.local", "127.0.0.1", "::1", "localhost"}) {
    EXPECT_FALSE(goes_through(*config->proxy, direct)) << direct;
  }
}

TEST(AgentConfig, ThePathLeadsToAnAnchorElseToTheBroker) {
  const auto target = [](const std::string& lines) {
    const auto config = parse_agent_config(std::string(kLeast) + lines, "a.toml");
    if (!config) return to_string(config.error());
    return path_target(*config, config->path.target);
  };
  const std::string none = "[probe.ping]\ntargets = { gateway = \"gateway\" }\n[probe.tcp]\n";
  EXPECT_EQ(target(""), "1.1.1.1");
  EXPECT_EQ(target("[probe.path]\ntarget = \"core.gov.local\"\n"), "core.gov.local");
  EXPECT_EQ(target(none), "8.8.8.8");
  EXPECT_EQ(target(none + "anchors = { x = \"[2001:db8::1]:443\" }\n"), "2001:db8::1");
  // The broker of the least configuration is this very board.
  EXPECT_EQ(target(none + "anchors = {}\n"), "");
}

TEST(AgentConfig, APingRunMustFitIntoItsInterval) {
  EXPECT_EQ(mistakes_in("[probe.ping]\ninterval_seconds = 2\n").size(), 1U);
  EXPECT_TRUE(mistakes_in("[probe.ping]\ninterval_seconds = 2\ncount = 1\ntimeout_seconds = 1\n").empty());
}

TEST(AgentConfig, ProbesTakeOnlyWhatTheyCanMeasure) {
  for (const char* lines :
       {"[probe.ping]\ntargets = { \"a/b\" = \"10.0.0.1\" }\n",
        "[probe.tcp]\nanchors = { x = \"8.8.8.8\" }\n", "[probe.tcp]\nanchors = { x = \"dns.google:53\" }\n",
        "[probe.tcp]\nanchors = { x = \"2001:db8::1\" }\n", "[probe.dns]\nnames = { x = \"not a name\" }\n",
        "[probe.dns]\nnames = { x = \"1.1.1.1\" }\n", "[probe.dns]\nserver = \"dns.google\"\n",
        "[probe.dns]\nserver = \"8.8.8.8:0\"\n", "[probe.reach]\nservices = { x = \"https://\" }\n",
        "[probe.reach]\nservices = { x = \"https://a b/\" }\n",
        "[probe.reach]\nservices = { x = \"https://a:99999/\" }\n",
        "[probe.reach]\nca_file = \"/nonexistent.pem\"\n", "[probe.link]\ninterfaces = [\"../etc\"]\n",
        "[probe.access]\ntechnologies = { eth0 = \"cable\" }\n",
        "[probe.access]\ntechnologies = { \"../eth0\" = \"fibre\" }\n",
        "[probe.board]\ndisk_path = \"\"\n"}) {
    EXPECT_EQ(mistakes_in(lines).size(), 1U) << lines << to_string(mistakes_in(lines));
  }
  for (const char* lines :
       {"[probe.ping]\ntargets = { v6 = \"2001:db8::1\", \"trạm gốc\" = \"10.0.0.1\" }\n",
        "[probe.ping]\ntargets = {}\n", "[probe.dns]\nserver = \"[2001:db8::1]:53\"\n",
        "[probe.tcp]\nanchors = { x = \"[2001:db8::1]:443\" }\n", "[probe.tcp]\nanchors = {}\n",
        "[probe.dns]\nserver = \"127.0.0.1:5353\"\n",
        "[probe.reach]\nservices = { a = \"http://10.0.0.1:8080/x?y\", b = \"https://[::1]:8443\" }\n",
        "[probe.access]\ntechnologies = { eth0 = \"fibre\", \"eth0.100\" = \"tslcd\", wan = \"leo\" }\n",
        "[probe.cellular]\nreset_usb_device = \"1-1.2\"\n",
        "[probe.cellular]\nreset_command = [\"/usr/bin/mmcli\", \"--modem=any\", \"--reset\"]\n",
        "[probe.link]\ninterfaces = [\"eth0.100\"]\n"}) {
    EXPECT_TRUE(mistakes_in(lines).empty()) << lines << to_string(mistakes_in(lines));
  }
}

TEST(AgentConfig, APortalsPageCanHaveTheBodyThatIsWaitedFor) {
  const std::string page = "[probe.portal]\nurl = \"http://portal.test/\"\nbody = \"ok\"\n";
  for (const auto& [line, status] :
       {std::pair("", "204"), std::pair("status = 204\n", "204"), std::pair("status = 304\n", "304")}) {
    const auto mistakes = mistakes_in(page + line);
    ASSERT_EQ(mistakes.size(), 1U) << line;
    EXPECT_EQ(mistakes[0].to_string(),
              std::string("a.toml:6:8: probe.portal.body: is set, but an answer with "
                          "status ") +
                  status + " has no body. set status = 200");
    EXPECT_EQ(setting_said(mistakes[0].what).vietnamese,
              std::string("được đặt, nhưng trả lời mã ") + status + " không có nội dung");
    EXPECT_EQ(setting_said(mistakes[0].next).vietnamese, "đặt status = 200");
  }
  EXPECT_TRUE(mistakes_in(page + "status = 200\n").empty());
  EXPECT_TRUE(mistakes_in("[probe.portal]\nurl = \"http://portal.test/\"\nbody = \"\"\n").empty());
}

TEST(AgentConfig, WhoeverIsTrustedStandsInTheFile) {
  const ScratchFolder folder;
  const std::string none = folder.write("hostname", "xa-lung-cu\n").string();
  const std::string one =
      folder.write("ca.pem", "Root CA\n-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
          .string();
  for (const char* table : {"probe.reach", "probe.throughput", "dossiers.http"}) {
    const std::string begin = "[" + std::string(table) + "]\nca_file = \"";
    const auto mistakes = mistakes_in(begin + none + "\"\n");
    ASSERT_EQ(mistakes.size(), 1U) << table;
    EXPECT_EQ(mistakes[0].what, none + ": holds no certificate");
    EXPECT_EQ(setting_said(mistakes[0].what).vietnamese, none + ": không chứa chứng thư nào");
    EXPECT_TRUE(mistakes_in(begin + one + "\"\n").empty()) << table;
  }
}

TEST(AgentConfig, ThroughputIsMeasuredAtTheGatewaysOwnPort) {
  const auto mistakes = mistakes_in("[probe.throughput]\nurl = \"https://gateway.test/tinh\"\n");
  ASSERT_EQ(mistakes.size(), 1U);
  EXPECT_EQ(mistakes[0].what, "is \"https://gateway.test/tinh\", which holds more than a host and a port");
  EXPECT_EQ(setting_said(mistakes[0].what).vietnamese,
            "là \"https://gateway.test/tinh\", có nhiều hơn máy chủ và cổng");
  EXPECT_NE(setting_said(mistakes[0].next).vietnamese, mistakes[0].next);
}

TEST(AgentConfig, ReadsWhatThroughputMayCostAndWhen) {
  const auto config = parse_agent_config(std::string(kLeast) + R"([probe.throughput]
url = "https://gateway.example:8443"
seconds = 5
test_bytes = "1MB"
monthly_bytes = "100MB"
metered_test_bytes = "200KB"
metered_monthly_bytes = 0
metered_technologies = ["leo"]
tests_per_day = 3
windows = ["13:00-14:00", "22:00-05:00"]
)",
                                         "a.toml");
  ASSERT_TRUE(config.has_value()) << to_string(config.error());
  const auto& throughput = config->throughput;
  EXPECT_TRUE(throughput.enabled);
  EXPECT_EQ(throughput.url, "https://gateway.example:8443");
  EXPECT_EQ(throughput.time, std::chrono::seconds(5));
  EXPECT_EQ(throughput.test_bytes, (std::array<std::uint64_t, 2>{1'000'000, 200'000}));
  EXPECT_EQ(throughput.monthly_bytes, (std::array<std::uint64_t, 2>{100'000'000, 0}));
  EXPECT_EQ(throughput.metered_technologies, std::vector<std::string>{"leo"});
  EXPECT_EQ(throughput.tests_per_day, 3U);
  using std::chrono::minutes;
  EXPECT_EQ(throughput.windows,
            (std::vector<DailyWindow>{
                {minutes(0), minutes(300)}, {minutes(780), minutes(840)}, {minutes(1320), minutes(1440)}}));
}

TEST(AgentConfig, ReadsDossierColumnsAndStates) {
  const auto config = parse_agent_config(std::string(kLeast) + R"([dossiers]
drop_folder = "/srv/ho-so"
delimiter = ";"
[dossiers.columns]
code = "Số hồ sơ"
level = ""
[dossiers.states]
"Chờ bổ sung" = 5
"Dừng xử lý" = 7
"0" = 1
)",
                                         "a.toml");
  ASSERT_TRUE(config.has_value()) << to_string(config.error());
  EXPECT_EQ(config->dossiers.folder, "/srv/ho-so");
  EXPECT_EQ(config->dossiers.table.delimiter, ';');
  EXPECT_EQ(config->dossiers.table.columns.at("code"), "Số hồ sơ");
  EXPECT_EQ(config->dossiers.table.columns.at("level"), "");
  EXPECT_EQ(config->dossiers.table.columns.at("due"), "NgayHenTra");
  EXPECT_EQ(config->dossiers.table.states.at("Chờ bổ sung"), 5);
  EXPECT_EQ(config->dossiers.table.states.at("0"), 1);
  EXPECT_EQ(config->dossiers.table.states.at("Đang xử lý"), 4);  // national words need not be written
  EXPECT_EQ(config->dossiers.table.states.at("Dừng xử lý"), 7);  // unless this system means another state
}

TEST(AgentConfig, ReadsWhatIndicatorsAreCalled) {
  const auto config = parse_agent_config(std::string(kLeast) + R"([indicators.tasks]
drop_folder = "/srv/nhiem-vu"
encoding = "tcvn3"
[indicators.tasks.columns]
name = "TenNhiemVu"
)",
                                         "a.toml");
  ASSERT_TRUE(config.has_value()) << to_string(config.error());
  const DropFolderSettings& tasks = config->indicators[1];
  EXPECT_EQ(tasks.folder, "/srv/nhiem-vu");
  EXPECT_EQ(tasks.table.encoding, TextEncoding::tcvn3);
  EXPECT_EQ(tasks.table.columns.at("name"), "TenNhiemVu");
  EXPECT_EQ(mistakes_in("[indicators.villages.columns]\nas_of = \"\"\n").size(), 1U);
  EXPECT_EQ(mistakes_in("[indicators.villages]\nstates = {}\n").size(), 1U);
}

TEST(AgentConfig, AServerOfDossiersIsAskedSafely) {
  const ScratchFolder folder;
  const std::string token = folder.write("token", "x").string();
  const auto server = [&](const std::string& lines) {
    return mistakes_in("[dossiers.http]\nrejected_folder = \"/srv/x\"\n" + lines);
  };
  EXPECT_TRUE(server("url = \"https://lgsp.test/ho-so?x=1\"\ntoken_file = \"" + token + "\"\n").empty());
  for (const std::string& lines :
       {std::string("url = \"ftp://lgsp.test/\"\n"),
        "url = \"http://lgsp.test/\"\ntoken_file = \"" + token + "\"\n",
        "url = \"http://127.0.0.1.lgsp.test/\"\ntoken_file = \"" + token + "\"\n",
        std::string("token_file = \"/nonexistent\"\n"), std::string("ca_file = \"/nonexistent\"\n"),
        std::string("cursor = \"field:code\"\n"), std::string("cursor = \"later\"\n"),
        std::string("since_form = \"days\"\n")}) {
    EXPECT_EQ(server(lines).size(), 1U) << lines << to_string(server(lines));
  }
  EXPECT_EQ(mistakes_in("[dossiers.http]\nurl = \"https://lgsp.test/\"\n").size(), 1U);
}

TEST(AgentConfig, AKeyOfTheCodeHashIsForItsOwnerAlone) {
  const ScratchFolder folder;
  const auto with_key = [&](std::string_view key, std::filesystem::perms mode) {
    folder.write("key", key);
    std::filesystem::permissions(folder / "key", mode);
    return parse_agent_config(
        std::string(kLeast) + "[dossiers]\ncode_hash_key_file = \"" + (folder / "key").string() + "\"\n",
        "a.toml");
  };
  constexpr auto kOwner = std::filesystem::perms::owner_read | std::filesystem::perms::owner_write;
  const std::string key(32, 'k');
  const auto good = with_key(key + "\n", kOwner);
  ASSERT_TRUE(good) << to_string(good.error());
  EXPECT_EQ(good->dossiers.table.code_hash, CodeHash(key));
  EXPECT_FALSE(with_key(key.substr(1), kOwner));
  const auto shared = with_key(key, kOwner | std::filesystem::perms::others_read);
  ASSERT_FALSE(shared);
  EXPECT_NE(to_string(shared.error()).find("chmod 600"), std::string::npos);
  EXPECT_EQ(to_string(shared.error()).find(key), std::string::npos);
}

TEST(AgentConfig, EachFieldHasItsOwnColumn) {
  EXPECT_EQ(mistakes_in("[dossiers.columns]\nstate = \"\"\n").size(), 1U);
  const auto errors = mistakes_in("[dossiers.columns]\ndue = \"NgayTra\"\n");
  ASSERT_EQ(errors.size(), 1U) << to_string(errors);
  EXPECT_EQ(errors[0].where, "a.toml:5:7: dossiers.columns.due");
  EXPECT_EQ(mistakes_in("[dossiers.columns]\nMaHoSo = \"code\"\n").size(), 1U);
}

TEST(AgentConfig, BecomesTheEdgeNodesOptions) {
  const auto config = parse_agent_config(std::string(kLeast) + R"([sparkplug]
primary_host = ""
[delivery]
acknowledged_by = "none"
backlog = "metrics"
max_message_bytes = 4096
max_window_bytes = 4096
backlog_share_percent = 25
hourly_backlog_bytes = 5000000
birth_delay_seconds = 0
reconnect_min_seconds = 2
reconnect_max_seconds = 20
)",
                                         "a.toml");
  ASSERT_TRUE(config.has_value()) << to_string(config.error());
  const EdgeNodeOptions options = edge_node_options(*config);
  EXPECT_EQ(options.id, (NodeId{"VN-03", "xa-lung-cu"}));
  EXPECT_EQ(options.primary_host, "");
  EXPECT_EQ(options.acknowledged_by, AcknowledgedBy::none);
  EXPECT_EQ(options.backlog, BacklogForm::metrics);
  EXPECT_EQ(options.max_message_bytes, 4096U);
  EXPECT_EQ(options.max_window_bytes, 4096U);
  EXPECT_LE(options.min_window_bytes, options.max_window_bytes);
  EXPECT_EQ(options.backlog_share, 0.25);
  EXPECT_EQ(options.hourly_backlog_bytes, 5'000'000U);
  EXPECT_EQ(options.max_birth_delay, Duration::zero());
  EXPECT_EQ(options.min_backoff, std::chrono::seconds(2));
  EXPECT_EQ(options.max_backoff, std::chrono::seconds(20));
}

TEST(AgentConfig, EveryMistakeIsToldInVietnameseToo) {
  std::vector<Error> errors = mistakes_in(R"([broker]
url = "mqtt://user:pass@host"
username = 7
[sparkplg]
primary_host = "x"
[sparkplug]
primary_host = "a/b"
hourly_backlog_bytes = 10
[outbox]
file = ""
flush_seconds = 0
[network]
proxy = "10.0.0.1:8080"
proxy_username = "a:b"
no_proxy = ["???"]
[probe.link]
interfaces = ["a very long name of an interface", "eth0", "eth0"]
[probe.ping]
cout = 5
targets = { anchor = "one.one.one.one" }
[probe.tcp]
anchors = { a = "nowhere" }
[probe.dns]
server = "dns"
names = { a = "not a name" }
[probe.reach]
services = { portal = "ftp://dichvucong.gov.vn" }
[probe.access]
technologies = { eth0 = "pigeon" }
[probe.throughput]
url = "gateway"
windows = ["always"]
metered_technologies = ["pigeon"]
[dossiers]
delimiter = "tab"
time_zone = "UTC"
[dossiers.states]
"Đang xử lý" = 11
[dossiers.http]
url = "lgsp"
token_file = "/nonexistent/token"
cursor = "somewhere"
)");
  const auto more = parse_agent_config("[site]\nid = \"\"\n", "a.toml");
  ASSERT_FALSE(more.has_value());
  errors.insert(errors.end(), more.error().begin(), more.error().end());
  ASSERT_GT(errors.size(), 25U) << to_string(errors);
  for (const auto& error : errors) {
    const auto what = setting_said(error.what);
    const auto next = setting_said(error.next);
    EXPECT_NE(what.vietnamese, what.english) << "nobody said it in Vietnamese";
    EXPECT_NE(next.vietnamese, next.english) << "nobody said it in Vietnamese";
    for (const auto& text : {what.vietnamese, next.vietnamese}) {
      for (const char* word : {" the ", " is ", " or ", " number ", " with ", " between "}) {
        EXPECT_EQ(text.find(word), std::string::npos) << text;
      }
    }
  }
}

}  // namespace
}  // namespace xalink
