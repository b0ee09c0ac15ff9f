#include "agent/acknowledge.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

#include "sparkplug/own_key.hpp"
#include "sparkplug/said.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

void openssl(const std::string& arguments) {
  const auto command = "openssl " + arguments + " >/dev/null 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

class CheckGateway : public testing::Test {
 protected:
  CheckGateway() {
    config_.site = NodeId{"VN-03", "xa-lung-cu"};
    config_.outbox_file = folder_ / "outbox.db";
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (folder_ / name).string(); }
  void authority() {
    openssl("req -x509 -newkey ed25519 -nodes -subj /CN=ca -days 30 -keyout " + file("ca.key") + " -out " +
            file("ca.pem"));
    config_.broker.ca_file = file("ca.pem");
  }
  /// Signed by the one who has the certificate of this name.
  [[nodiscard]] Acknowledgement by(const std::string& name) {
    openssl("req -new -newkey ed25519 -nodes -subj /CN=" + name + " -keyout " + file(name + ".key") +
            " -out " + file(name + ".csr"));
    openssl("x509 -req -in " + file(name + ".csr") + " -CA " + file("ca.pem") + " -CAkey " + file("ca.key") +
            " -CAcreateserial -out " + file(name + ".pem"));
    BrokerSettings broker;
    broker.certificate_file = file(name + ".pem");
    broker.key_file = file(name + ".key");
    return signed_with(own_key(broker, {}).value());
  }
  [[nodiscard]] static Acknowledgement signed_with(const OwnKey& own) {
    Acknowledgement acknowledgement;
    acknowledgement.public_key = own.key.public_key().der();
    acknowledgement.certificate = own.certificate;
    return acknowledgement;
  }
  [[nodiscard]] Result<void> check(const Acknowledgement& acknowledgement, const std::string& trust = {}) {
    return check_gateway(config_, acknowledgement, trust, "a.ack");
  }

  ScratchFolder folder_;
  AgentConfig config_;
};

TEST_F(CheckGateway, BelievesTheCertificateOfItsPrimaryHostAlone) {
  authority();
  EXPECT_TRUE(check(by("xalink")));
  const auto neighbour = check(by("xa-dong-van"));  // another board, of the same authority
  ASSERT_FALSE(neighbour);
  EXPECT_NE(neighbour.error().what.find("xa-dong-van"), std::string::npos);
  auto stolen = by("xalink");
  stolen.public_key = SigningKey::load_or_make(folder_ / "thief.key").value().public_key().der();
  EXPECT_FALSE(check(stolen));
}

TEST_F(CheckGateway, BelievesAKeyOnceSomebodyHasComparedIt) {
  const auto own = OwnKey{SigningKey::load_or_make(folder_ / "gateway.key").value(), {}};
  const auto acknowledgement = signed_with(own);
  const auto fingerprint = own.key.public_key().fingerprint();
  const auto unknown = check(acknowledgement);
  ASSERT_FALSE(unknown);
  EXPECT_NE(unknown.error().next.find("--trust " + fingerprint), std::string::npos);
  const auto in_vietnamese = told(unknown.error(), Language::vietnamese);
  EXPECT_EQ(
      in_vietnamese.find("a.ack: được ký bởi máy chủ tỉnh mà máy này không biết. Tiếp theo: đối chiếu khóa " +
                         fingerprint),
      0U)
      << in_vietnamese;
  const auto compared = check(acknowledgement, "0000-0000");
  ASSERT_FALSE(compared);
  EXPECT_EQ(
      told(compared.error(), Language::vietnamese),
      "a.ack: được ký bằng khóa " + fingerprint +
          ", không phải khóa ghi sau --trust. Tiếp theo: đối chiếu với dòng mà `xalink-gateway import` in "
          "ra. Chưa xóa bản ghi nào");
  auto damaged = acknowledgement;
  damaged.public_key = "no key";
  const auto keyless = check(damaged);
  ASSERT_FALSE(keyless);
  EXPECT_EQ(told(keyless.error(), Language::vietnamese), "a.ack: khóa của tệp không phải khóa công khai");
  EXPECT_FALSE(check(acknowledgement, "0000-0000"));
  EXPECT_FALSE(check(acknowledgement));
  EXPECT_TRUE(check(acknowledgement, fingerprint));
  EXPECT_TRUE(check(acknowledgement));
  const auto other = signed_with(OwnKey{SigningKey::load_or_make(folder_ / "other.key").value(), {}});
  EXPECT_FALSE(check(other));
}

TEST_F(CheckGateway, RefusesACertificateThatIsNotOfItsKey) {
  authority();
  static_cast<void>(by("xalink"));
  static_cast<void>(by("xa-dong-van"));
  BrokerSettings mixed;
  mixed.certificate_file = file("xalink.pem");
  mixed.key_file = file("xa-dong-van.key");
  EXPECT_FALSE(own_key(mixed, {}));
}

}  // namespace
}  // namespace xalink
