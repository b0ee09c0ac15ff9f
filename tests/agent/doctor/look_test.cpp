#include "agent/doctor/look.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/resting_outbox.hpp"
#include "agent/status.hpp"
#include "sparkplug/asio_clock.hpp"
#include "tests/fakes/mosquitto.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

namespace fs = std::filesystem;

class RestingOutboxTest : public testing::Test {
 protected:
  RestingOutboxTest() {
    auto outbox = Outbox::open(file);
    EXPECT_TRUE(outbox) << outbox.error().to_string();
    for (int i = 0; i < 50; ++i) {
      Record record;
      record.stamp.boot_id = "boot";
      record.values = {std::string(2000, 'x')};
      const Schema schema{"dossiers", "Dossier", Lane::events, {{"Code", DataType::string, {}}}};
      EXPECT_TRUE((*outbox)->append({Pending{schema, std::move(record)}}));
    }
  }
  [[nodiscard]] std::set<std::string> files() const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder.path())) names.insert(entry.path().filename());
    return names;
  }

  ScratchFolder folder;
  fs::path file = folder / "out box #1?.db";
  AsioClock clock;
};

TEST_F(RestingOutboxTest, IsCheckedWholeAndLeftAsItIs) {
  const auto before = files();
  const auto found = check_resting_outbox(file, clock);
  EXPECT_TRUE(found.whole);
  EXPECT_FALSE(found.unfinished);
  EXPECT_EQ(found.trouble, "");
  EXPECT_EQ(files(), before);
}

TEST_F(RestingOutboxTest, IsNotJudgedWithoutItsLog) {
  std::ofstream(file.string() + "-wal") << "not folded back";
  const auto found = check_resting_outbox(file, clock);
  EXPECT_TRUE(found.unfinished);
  EXPECT_FALSE(found.whole);
  EXPECT_EQ(found.trouble, "");
}

TEST_F(RestingOutboxTest, IsFoundDamaged) {
  {
    std::fstream out(file, std::ios::in | std::ios::out | std::ios::binary);
    out.seekp(static_cast<std::streamoff>(fs::file_size(file) / 2));
    out << std::string(20'000, '\xA5');
  }
  const auto found = check_resting_outbox(file, clock);
  EXPECT_FALSE(found.whole);
  EXPECT_NE(found.trouble, "");
  std::ofstream(file, std::ios::trunc) << "something else altogether, and long enough to be looked at";
  EXPECT_NE(check_resting_outbox(file, clock).trouble, "");
}

TEST(DoctorLooks, AtWhatTheAgentSays) {
  AgentStatus status;
  status.session = EdgeNodeState::online;
  status.disk_error = "the disk is full";
  status.lanes[0].last = 7;
  Outage outage;
  outage.cause = Rung::first_hop;
  status.outages = {outage};
  const auto says = understand_status(status_as_json(status));
  ASSERT_TRUE(says) << says.error().to_string();
  EXPECT_EQ(says->session, "online");
  EXPECT_EQ(says->disk_error, "the disk is full");
  EXPECT_EQ(says->waiting_events, 7U);
  EXPECT_EQ(says->clock_doubt, "");
  ASSERT_EQ(says->outages.size(), 1U);
  EXPECT_EQ(says->outages[0].cause, "first hop");
  EXPECT_FALSE(understand_status("{}"));
  EXPECT_FALSE(understand_status("no JSON"));
}

TEST(DoctorLooks, AtCertificatesAndTheirKey) {
  const test::Mosquitto broker({.tls = true, .client_certificate = true});
  AgentConfig config;
  config.site = {"VN-03", "xa-lung-cu"};
  config.broker = broker.settings();
  auto facts = look_at_identity(config);
  ASSERT_EQ(facts.certificates.size(), 2U);
  for (const auto& certificate : facts.certificates) {
    EXPECT_EQ(certificate.trouble, "") << certificate.file;
    EXPECT_LT(certificate.not_before, certificate.not_after);
    EXPECT_LT(AsioClock().wall(), certificate.not_after);
  }
  EXPECT_EQ(facts.key_trouble, "");
  EXPECT_TRUE(facts.loopback);
  const test::Mosquitto stranger({.tls = true, .client_certificate = true});
  config.broker.key_file = stranger.settings().key_file;
  config.broker.ca_file = stranger.settings().key_file;
  facts = look_at_identity(config);
  EXPECT_NE(facts.key_trouble, "");
  EXPECT_NE(facts.certificates[0].trouble, "");
}

}  // namespace
}  // namespace xalink
