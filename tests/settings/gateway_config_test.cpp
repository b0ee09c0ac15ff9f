#include "gateway/config.hpp"

#include <gtest/gtest.h>

#include "sparkplug/settings_words.hpp"

namespace xalink {
namespace {

std::vector<Error> mistakes_in(std::string_view text) {
  const auto config = parse_gateway_config(text, "g.toml");
  return config ? std::vector<Error>{} : config.error();
}

TEST(GatewayConfig, TheExampleLoadsAndShowsTheDefaults) {
  const auto shown = load_gateway_config(XALINK_EXAMPLE);
  ASSERT_TRUE(shown.has_value()) << to_string(shown.error());
  const auto usual = parse_gateway_config("", "g.toml");
  ASSERT_TRUE(usual.has_value()) << to_string(usual.error());
  EXPECT_EQ(shown->host.host_id, usual->host.host_id);
  EXPECT_EQ(shown->host.groups, usual->host.groups);
  EXPECT_EQ(shown->host.reorder_timeout, usual->host.reorder_timeout);
  EXPECT_EQ(shown->host.min_rebirth_interval, usual->host.min_rebirth_interval);
  EXPECT_DOUBLE_EQ(shown->host.rebirths_per_second, usual->host.rebirths_per_second);
  EXPECT_EQ(shown->broker.host, usual->broker.host);
  EXPECT_EQ(shown->broker.port, usual->broker.port);
  EXPECT_EQ(shown->broker.keep_alive, usual->broker.keep_alive);
  EXPECT_EQ(shown->store_file, usual->store_file);
  EXPECT_EQ(shown->registry_file, usual->registry_file);
  EXPECT_EQ(shown->commit_max_delay, usual->commit_max_delay);
  EXPECT_EQ(shown->commit_max_records, usual->commit_max_records);
  EXPECT_EQ(shown->keep, usual->keep);
  EXPECT_EQ(shown->trust_own_clock, usual->trust_own_clock);
  EXPECT_EQ(shown->import_ca_file, usual->import_ca_file);
  EXPECT_EQ(shown->import_keys_folder, usual->import_keys_folder);
  EXPECT_EQ(shown->control_socket, usual->control_socket);
  EXPECT_EQ(shown->log_level, usual->log_level);
  EXPECT_DOUBLE_EQ(shown->admission.messages_per_second, usual->admission.messages_per_second);
  EXPECT_DOUBLE_EQ(shown->admission.births_per_minute, usual->admission.births_per_minute);
  EXPECT_DOUBLE_EQ(shown->admission.set_aside_per_minute, usual->admission.set_aside_per_minute);
  EXPECT_EQ(shown->queue_bytes_per_board, usual->queue_bytes_per_board);
  EXPECT_EQ(shown->host.max_metrics_of_node, usual->host.max_metrics_of_node);
  EXPECT_EQ(shown->http.address, usual->http.address);
  EXPECT_EQ(shown->http.certificate_file, usual->http.certificate_file);
  EXPECT_EQ(shown->http.connections, usual->http.connections);
  EXPECT_EQ(shown->http.connections_per_address, usual->http.connections_per_address);
  EXPECT_EQ(shown->measure.simultaneous, usual->measure.simultaneous);
  EXPECT_EQ(shown->measure.seconds, usual->measure.seconds);
  EXPECT_EQ(shown->measure.bytes, usual->measure.bytes);
}

TEST(GatewayConfig, ReadsEveryKey) {
  const auto config = parse_gateway_config(R"([host]
id = "tuyen-quang"
groups = ["VN-03", "VN-07"]
reorder_timeout_seconds = "2s"
rebirth_min_interval_seconds = 30
rebirths_per_second = 0.5
[broker]
url = "mqtts://broker.example:9883"
[store]
file = "/srv/gateway.db"
[records]
keep_days = 400
[ledger]
commit_max_delay_ms = 20
commit_max_records = 100
[limits]
messages_per_second = 50
births_per_minute = 7
queue_bytes_per_board = 2000000
metrics_per_board = 300
set_aside_per_minute = 0
[clock]
trust_own = true
[import]
ca_file = "/etc/passwd"
keys_folder = "/srv/keys"
[control]
socket = "/srv/control.sock"
[http]
listen = "[::1]:8443"
certificate_file = "/etc/passwd"
key_file = "/etc/group"
connections = 9
connections_per_address = 3
[measure]
simultaneous = 0
max_seconds = 20
max_bytes = "1MB"
[log]
level = "debug"
)",
                                           "g.toml");
  ASSERT_TRUE(config.has_value()) << to_string(config.error());
  EXPECT_EQ(config->host.host_id, "tuyen-quang");
  EXPECT_EQ(config->host.groups, (std::vector<std::string>{"VN-03", "VN-07"}));
  EXPECT_EQ(config->host.reorder_timeout, std::chrono::seconds(2));
  EXPECT_EQ(config->host.min_rebirth_interval, std::chrono::seconds(30));
  EXPECT_DOUBLE_EQ(config->host.rebirths_per_second, 0.5);
  EXPECT_EQ(config->broker.port, 9883);
  EXPECT_EQ(config->keep, std::chrono::days(400));
  EXPECT_EQ(config->store_file, "/srv/gateway.db");
  EXPECT_EQ(config->commit_max_delay, Milliseconds(20));
  EXPECT_EQ(config->commit_max_records, 100U);
  EXPECT_TRUE(config->trust_own_clock);
  EXPECT_EQ(config->import_ca_file, "/etc/passwd");  // some file that is there
  EXPECT_EQ(config->import_keys_folder, "/srv/keys");
  EXPECT_EQ(config->control_socket, "/srv/control.sock");
  EXPECT_EQ(config->log_level, "debug");
  EXPECT_DOUBLE_EQ(config->admission.messages_per_second, 50);
  EXPECT_DOUBLE_EQ(config->admission.births_per_minute, 7);
  EXPECT_DOUBLE_EQ(config->admission.set_aside_per_minute, 0);
  EXPECT_EQ(config->queue_bytes_per_board, 2'000'000U);
  EXPECT_EQ(config->host.max_metrics_of_node, 300U);
  EXPECT_EQ(config->http.address, "::1");
  EXPECT_EQ(config->http.port, 8443);
  EXPECT_EQ(config->http.certificate_file, "/etc/passwd");  // some file that is there
  EXPECT_EQ(config->http.key_file, "/etc/group");
  EXPECT_EQ(config->http.connections, 9U);
  EXPECT_EQ(config->http.connections_per_address, 3U);
  EXPECT_EQ(config->measure.simultaneous, 0U);
  EXPECT_EQ(config->measure.seconds, std::chrono::seconds(20));
  EXPECT_EQ(config->measure.bytes, 1'000'000U);
}

TEST(GatewayConfig, TellsAllMistakesAtOnce) {
  const std::vector<Error> errors = mistakes_in(R"([host]
id = "a/b"
groups = ["VN-03", "+"]
rebirths_per_second = 0
[store]
fiel = "x"
[ledger]
commit_max_delay_ms = 1001
commit_max_records = 0
[log]
level = "verbose"
)");
  const std::vector<std::string> places = {"g.toml:2:6: host.id",
                                           "g.toml:3:10: host.groups",
                                           "g.toml:4:23: host.rebirths_per_second",
                                           "g.toml:6:1: store.fiel",
                                           "g.toml:8:23: ledger.commit_max_delay_ms",
                                           "g.toml:9:22: ledger.commit_max_records",
                                           "g.toml:11:9: log.level"};
  ASSERT_EQ(errors.size(), places.size()) << to_string(errors);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(errors[i].where, places[i]);
    EXPECT_FALSE(errors[i].next.empty());
  }
}

TEST(GatewayConfig, SaysWhatIsWrongWithTheHttpPort) {
  for (const auto* listen : {"8080", "gateway:8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:70000", "::1:8080",
                             "[127.0.0.1]:80", "127.0.0.1:80x", "[]:80"}) {
    const auto mistakes = mistakes_in(std::string("[http]\nlisten = \"") + listen + "\"\n");
    ASSERT_EQ(mistakes.size(), 1U) << listen;
    EXPECT_EQ(mistakes[0].where, "g.toml:2:10: http.listen");
  }
  const auto half = mistakes_in("[http]\ncertificate_file = \"/etc/passwd\"\n");
  ASSERT_EQ(half.size(), 1U);
  EXPECT_NE(half[0].what.find("without key_file"), std::string::npos);
  EXPECT_EQ(mistakes_in("[http]\nkey_file = \"/no/such/file\"\ncertificate_file = \"/no\"\n").size(), 2U);
  EXPECT_EQ(mistakes_in("[measure]\nmax_seconds = 0\nmax_bytes = 1\nsimultaneous = -1\n").size(), 3U);
}

TEST(GatewayConfig, AMissingFileSaysToCopyTheExample) {
  const auto config = load_gateway_config("/nonexistent/gateway.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_NE(config.error()[0].next.find("copy gateway.example.toml"), std::string::npos);
}

TEST(GatewayConfig, SaysWhatIsWrongWithWhatComesByHand) {
  const auto mistakes = mistakes_in("[import]\nca_file = \"/no/such/file\"\n[control]\nsocket = \"/" +
                                    std::string(120, 'a') + "\"\n");
  ASSERT_EQ(mistakes.size(), 2U);
  EXPECT_NE(mistakes[0].what.find("no such file"), std::string::npos);
  EXPECT_NE(mistakes[1].what.find("107"), std::string::npos);
}

TEST(GatewayConfig, EveryMistakeIsToldInVietnameseToo) {
  const std::vector<Error> errors = mistakes_in(R"([host]
id = "a/b"
groups = ["+"]
reorder_timeout_seconds = "soon"
rebirths_per_second = 0
[broker]
url = "broker"
password_file = "/nonexistent/secret"
key_file = "/nonexistent/key.pem"
[store]
file = ""
fiel = "x"
[registry]
file = 7
[ledger]
commit_max_delay_ms = 1001
commit_max_records = "many"
[import]
ca_file = "/nonexistent/ca.pem"
[control]
socket = ""
[http]
listen = "8080"
certificate_file = "/nonexistent/http.pem"
key_file = 1
[measure]
max_bytes = "64 megs"
[log]
level = "verbose"
keep_days = 3
[somewhere]
else = true
)");
  ASSERT_GT(errors.size(), 20U) << to_string(errors);
  for (const auto& error : errors) {
    const auto what = setting_said(error.what);
    const auto next = setting_said(error.next);
    EXPECT_EQ(what.english, error.what);
    EXPECT_NE(what.vietnamese, what.english) << "nobody said it in Vietnamese";
    EXPECT_NE(next.vietnamese, next.english) << "nobody said it in Vietnamese";
    for (const auto& text : {what.vietnamese, next.vietnamese}) {
      for (const char* word : {" the ", " is ", " or ", " number ", " with ", " between "}) {
        EXPECT_EQ(text.find(word), std::string::npos) << text;
      }
    }
  }
  EXPECT_EQ(
      told_setting(errors[0], Language::vietnamese),
      "g.toml:2:6: host.id: không thể là mã máy chủ Sparkplug. Tiếp theo: dùng ít nhất một byte, không có "
      "'/', '+', '#' và ký tự điều khiển");
  EXPECT_EQ(told_setting(errors[0], Language::english), errors[0].to_string());
}

TEST(GatewayConfig, AMissingFileIsToldInVietnameseToo) {
  const auto config = load_gateway_config("/nonexistent/gateway.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(
      told_setting(config.error()[0], Language::vietnamese),
      "/nonexistent/gateway.toml: không có tệp cấu hình này. Tiếp theo: chép gateway.example.toml (trong "
      "share/xalink nơi cài đặt, hoặc gateway/ của mã nguồn) vào đó rồi điền [broker]");
}

}  // namespace
}  // namespace xalink
