#include "agent/service_proofs.hpp"

#include <gtest/gtest.h>

#include <string>

namespace xalink {
namespace {

using boost::asio::ip::make_address;

TEST(ServiceProofs, ComeBackAsTheyWere) {
  ServiceProofs proofs;
  proofs.found_at("one-stop", {make_address("192.0.2.7"), make_address("2001:db8::7")});
  proofs.issued_by("one-stop", "CN=Authority\tof\nnames");
  proofs.issued_by("behind a proxy", "CN=Other");
  ServiceProofs later;
  later.recall(ServiceProofs::to_text(proofs.all()));
  EXPECT_EQ(later.all(), proofs.all());
  EXPECT_EQ(later.of("one-stop").addresses.size(), 2U);
  EXPECT_EQ(later.of("one-stop").issuer, "CN=Authority of names");
  EXPECT_EQ(later.of("nobody"), ServiceProof());
  EXPECT_FALSE(later.has_news());
}

TEST(ServiceProofs, OfThisLifeAreNotReplacedByThoseOfAnEarlierOne) {
  ServiceProofs proofs;
  proofs.found_at("one-stop", {make_address("192.0.2.8")});
  proofs.recall("proofs 1\none-stop\tCN=Authority\t192.0.2.7\ntax\t\t192.0.2.9");
  EXPECT_EQ(proofs.of("one-stop").addresses.front(), make_address("192.0.2.8"));
  EXPECT_EQ(proofs.of("tax").addresses.front(), make_address("192.0.2.9"));
  EXPECT_TRUE(proofs.has_news());
}

TEST(ServiceProofs, LeaveOutWhatCannotBeRead) {
  ServiceProofs proofs;
  proofs.recall("proofs 1\na\tCN=A\t192.0.2.1 nowhere\n\tCN=B\t192.0.2.1\nc\nd\tCN=D\t192.0.2.4\n");
  EXPECT_EQ(proofs.all().size(), 1U);
  EXPECT_EQ(proofs.of("d").issuer, "CN=D");
  ServiceProofs other_form;
  other_form.recall("proofs 2\nd\tCN=D\t192.0.2.4");
  other_form.recall("");
  EXPECT_TRUE(other_form.all().empty());
}

// Each write wears the card: many services take turns among their addresses.
TEST(ServiceProofs, AreNewsWhereTheRememberedOnesWouldNotDo) {
  ServiceProofs proofs;
  int rung = 0;
  proofs.listen([&] { ++rung; });
  EXPECT_FALSE(proofs.has_news());
  proofs.found_at("one-stop", {make_address("192.0.2.7"), make_address("192.0.2.8")});
  proofs.issued_by("one-stop", "CN=A");
  EXPECT_EQ(rung, 2);
  EXPECT_TRUE(proofs.has_news());
  proofs.kept(proofs.all());
  EXPECT_FALSE(proofs.has_news());
  proofs.found_at("one-stop", {make_address("192.0.2.9"), make_address("192.0.2.8")});
  EXPECT_FALSE(proofs.has_news());
  proofs.found_at("one-stop", {make_address("192.0.2.9")});
  EXPECT_TRUE(proofs.has_news());
  proofs.kept(proofs.all());
  proofs.issued_by("one-stop", "CN=B");
  EXPECT_TRUE(proofs.has_news());
}

}  // namespace
}  // namespace xalink
