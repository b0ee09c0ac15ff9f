#include <gtest/gtest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include "sparkplug/settings.hpp"

namespace xalink {
namespace {

class BrokerSettingsTest : public ::testing::Test {
 protected:
  BrokerSettingsTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "xalink-broker-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~BrokerSettingsTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& name, std::string_view text) { std::ofstream(folder_ / name) << text; }

  BrokerSettings read(std::string_view text) {
    auto settings = Settings::parse("[broker]\n" + std::string(text), (folder_ / "a.toml").string());
    EXPECT_TRUE(settings.has_value());
    const BrokerSettings broker = read_broker(*settings);
    errors_ = settings->finish();
    return broker;
  }

  std::filesystem::path folder_;
  std::vector<Error> errors_;
};

TEST_F(BrokerSettingsTest, ReadsUrlsOfBothKinds) {
  const BrokerSettings plain = read("url = \"mqtt://broker.tuyenquang.gov.vn\"");
  EXPECT_EQ(plain.host, "broker.tuyenquang.gov.vn");
  EXPECT_EQ(plain.port, 1883);
  EXPECT_FALSE(plain.tls);
  const BrokerSettings secure = read("url = \"mqtts://10.1.2.3\"");
  EXPECT_EQ(secure.port, 8883);
  EXPECT_TRUE(secure.tls);
  EXPECT_TRUE(errors_.empty());
  const BrokerSettings v6 = read("url = \"mqtts://[2001:db8::1]:443\"");
  EXPECT_EQ(v6.host, "2001:db8::1");
  EXPECT_EQ(v6.port, 443);
  EXPECT_TRUE(errors_.empty());
}

TEST_F(BrokerSettingsTest, RefusesUrlsThatNameNoBroker) {
  for (const char* url :
       {"", "broker:1883", "http://broker", "tcp://broker:1883", "mqtt://", "mqtt://:1883", "mqtt://broker:0",
        "mqtt://broker:65536", "mqtt://broker:18x", "mqtt://broker:", "mqtt://broker/path",
        "mqtt://2001:db8::1", "mqtt://[::1", "mqtt://[::1]1883", "mqtt://two words"}) {
    (void)read("url = \"" + std::string(url) + "\"");
    ASSERT_EQ(errors_.size(), 1U) << url;
    EXPECT_NE(errors_[0].where.find(":2:7: broker.url"), std::string::npos) << errors_[0].where;
  }
}

TEST_F(BrokerSettingsTest, NeverRepeatsAPasswordFromTheUrl) {
  (void)read("url = \"mqtt://board:s3cret@broker\"");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].to_string().find("s3cret"), std::string::npos) << errors_[0].to_string();
  EXPECT_NE(errors_[0].what.find("password_file"), std::string::npos);
}

TEST_F(BrokerSettingsTest, ReadsThePasswordFromItsFile) {
  write("password", "  mật khẩu\r\n");
  const BrokerSettings broker = read("username = \"xa-1\"\npassword_file = \"password\"");
  EXPECT_TRUE(errors_.empty()) << to_string(errors_);
  EXPECT_EQ(broker.username, "xa-1");
  EXPECT_EQ(broker.password, "mật khẩu");
}

TEST_F(BrokerSettingsTest, RefusesPasswordFilesThatHoldNone) {
  write("empty", " \n");
  write("large", std::string(5000, 'x'));
  for (const char* file : {"empty", "large", "missing", "."}) {
    (void)read("username = \"xa-1\"\npassword_file = \"" + std::string(file) + "\"");
    ASSERT_EQ(errors_.size(), 1U) << file;
    EXPECT_NE(errors_[0].where.find("broker.password_file"), std::string::npos);
  }
}

TEST_F(BrokerSettingsTest, APasswordNeedsAUsername) {
  write("password", "x");
  (void)read("password_file = \"password\"");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].what, "is set without username");
}

TEST_F(BrokerSettingsTest, CertificatesComeWithTheirKeyAndOverTlsOnly) {
  write("ca.pem", "x");
  write("board.pem", "x");
  write("board.key", "x");
  const std::string all =
      "ca_file = \"ca.pem\"\ncertificate_file = \"board.pem\"\nkey_file = \"board.key\"\n";
  const BrokerSettings broker = read("url = \"mqtts://b\"\n" + all);
  EXPECT_TRUE(errors_.empty()) << to_string(errors_);
  EXPECT_EQ(broker.certificate_file, (folder_ / "board.pem").string());
  EXPECT_EQ(broker.key_file, (folder_ / "board.key").string());

  (void)read("url = \"mqtts://b\"\ncertificate_file = \"board.pem\"\n");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].what, "is set without key_file");
  (void)read("url = \"mqtts://b\"\nkey_file = \"board.key\"\n");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_EQ(errors_[0].what, "is set without certificate_file");
  (void)read("url = \"mqtts://b\"\nca_file = \"nowhere.pem\"\n");
  ASSERT_EQ(errors_.size(), 1U);
  EXPECT_NE(errors_[0].what.find("there is no such file"), std::string::npos);
  (void)read("url = \"mqtt://b\"\n" + all);
  EXPECT_EQ(errors_.size(), 3U) << to_string(errors_);
}

TEST_F(BrokerSettingsTest, ReadsVersionAndKeepAlive) {
  const BrokerSettings usual = read("");
  EXPECT_EQ(usual.version, MqttVersion::v3_1_1);
  EXPECT_EQ(usual.keep_alive, std::chrono::seconds(60));
  const BrokerSettings five = read("mqtt_version = \"5\"\nkeep_alive_seconds = \"2m\"");
  EXPECT_EQ(five.version, MqttVersion::v5);
  EXPECT_EQ(five.keep_alive, std::chrono::seconds(120));
  (void)read("mqtt_version = 5\nkeep_alive_seconds = 1\n");
  EXPECT_EQ(errors_.size(), 2U);
}

}  // namespace
}  // namespace xalink
