#include "sparkplug/signing_key.hpp"

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "sparkplug/certificate.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace {

/// What syncing a folder is answered with; 0: as the disk has it.
int folder_sync_refusal = 0;  // NOLINT(cppcoreguidelines-avoid-non-const-global-variables)

}  // namespace

// In the place of the C library's, for the whole program.
extern "C" int fsync(int descriptor) {
  struct stat what {};
  if (folder_sync_refusal != 0 && ::fstat(descriptor, &what) == 0 && S_ISDIR(what.st_mode)) {
    errno = folder_sync_refusal;
    return -1;
  }
  static const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, "fsync"));
  return real(descriptor);
}

namespace xalink {
namespace {

void openssl(const std::string& arguments) {
  const auto command = "openssl " + arguments + " >/dev/null 2>&1";
  ASSERT_EQ(std::system(command.c_str()), 0) << command;
}

TEST(SigningKey, IsMadeOnceForItsOwnerAlone) {
  const ScratchFolder folder;
  const auto file = folder / "export.key";
  const auto made = SigningKey::load_or_make(file);
  ASSERT_TRUE(made) << made.error().to_string();
  struct stat status {};
  ASSERT_EQ(::stat(file.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  const auto again = SigningKey::load_or_make(file);
  ASSERT_TRUE(again);
  EXPECT_EQ(made->public_key(), again->public_key());
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder.path()), {}), 1);
}

TEST(SigningKey, IsNotUsedBeforeAPowerCutWouldLeaveIt) {
  const ScratchFolder folder;
  const auto file = folder / "export.key";
  for (const char* attempt : {"made", "found again"}) {
    folder_sync_refusal = EIO;
    const auto refused = SigningKey::load_or_make(file);
    folder_sync_refusal = 0;
    ASSERT_FALSE(refused) << attempt;
    EXPECT_EQ(refused.error().where, file.string());
    EXPECT_NE(refused.error().what.find("power cut"), std::string::npos) << refused.error().to_string();
    EXPECT_NE(refused.error().next.find("disk"), std::string::npos) << refused.error().to_string();
  }
  EXPECT_TRUE(SigningKey::load_or_make(file)) << "when the disk is well again";
  folder_sync_refusal = EINVAL;
  EXPECT_TRUE(SigningKey::load_or_make(folder / "on-fat.key")) << "its folders are not synced";
  folder_sync_refusal = 0;
}

TEST(SigningKey, SignsWithAnyTypeThatTlsTakes) {
  const ScratchFolder folder;
  for (const char* type : {"-algorithm ED25519", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048",
                           "-algorithm EC -pkeyopt ec_paramgen_curve:P-256"}) {
    const auto file = folder / "any.key";
    openssl(std::string("genpkey ") + type + " -out " + file.string());
    const auto key = SigningKey::load(file);
    ASSERT_TRUE(key) << type << ": " << key.error().to_string();
    const auto signature = key->sign("what is true");
    ASSERT_TRUE(signature) << type;
    EXPECT_TRUE(key->public_key().verifies("what is true", *signature)) << type;
    EXPECT_FALSE(key->public_key().verifies("what is false", *signature)) << type;
    const auto same = PublicKey::from_pem(key->public_key().pem(), "same");
    ASSERT_TRUE(same);
    EXPECT_EQ(*same, key->public_key());
    EXPECT_EQ(PublicKey::from_der(from_base64(to_base64(key->public_key().der()))).value(), *same);
  }
}

TEST(SigningKey, SaysWhatIsWrongWithAFile) {
  const ScratchFolder folder;
  EXPECT_FALSE(SigningKey::load(folder / "none.key"));
  EXPECT_FALSE(SigningKey::load(folder.write("text.key", "no key")));
  openssl("genpkey -algorithm ED25519 -aes256 -pass pass:secret -out " + (folder / "locked.key").string());
  const auto locked = SigningKey::load(folder / "locked.key");
  ASSERT_FALSE(locked);
  EXPECT_NE(locked.error().next.find("passphrase"), std::string::npos);
  EXPECT_FALSE(SigningKey::load_or_make(folder / "no such folder" / "a.key"));
}

TEST(SigningKey, ReadsBase64AndNothingElse) {
  for (const std::string text : {"", "a", "ab", "abc", "abcd"}) EXPECT_EQ(from_base64(to_base64(text)), text);
  EXPECT_EQ(from_base64("no base64"), "");
  EXPECT_EQ(from_base64("!!!!"), "");
}

class Certificates : public testing::Test {
 protected:
  void SetUp() override {
    authority("ca");
    authority("other");
    board("xa-lung-cu", "ca", "");
  }
  [[nodiscard]] std::string file(const std::string& name) const { return (folder_ / name).string(); }
  void authority(const std::string& name) {
    openssl("req -x509 -newkey ed25519 -nodes -subj /CN=" + name + " -days 30 -keyout " +
            file(name + ".key") + " -out " + file(name + ".pem"));
  }
  void board(const std::string& name, const std::string& ca, const std::string& extra) {
    openssl("req -new -newkey ed25519 -nodes -subj /CN=" + name + " -keyout " + file(name + ".key") +
            " -out " + file(name + ".csr"));
    openssl("x509 -req -in " + file(name + ".csr") + " -CA " + file(ca + ".pem") + " -CAkey " +
            file(ca + ".key") + " -CAcreateserial -out " + file(name + ".pem") + " " + extra);
  }
  [[nodiscard]] std::string text(const std::string& name) const {
    std::ifstream in(file(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  ScratchFolder folder_;
};

TEST_F(Certificates, NameWhomTheAuthorityVouchesFor) {
  const auto name = check_certificate(text("xa-lung-cu.pem"), file("ca.pem"));
  ASSERT_TRUE(name) << name.error().to_string();
  EXPECT_EQ(name->common_name, "xa-lung-cu");
  EXPECT_EQ(name->key, SigningKey::load(file("xa-lung-cu.key"))->public_key());
}

TEST_F(Certificates, OfAnotherAuthorityAreRefused) {
  EXPECT_FALSE(check_certificate(text("xa-lung-cu.pem"), file("other.pem")));
  EXPECT_FALSE(check_certificate("nothing", file("ca.pem")));
  EXPECT_FALSE(check_certificate(text("xa-lung-cu.pem"), file("none.pem")));
}

TEST_F(Certificates, ThatExpiredStillSayWhoseAKeyIs) {
  board("xa-old", "ca", "-days -1");
  const auto name = check_certificate(text("xa-old.pem"), file("ca.pem"));
  ASSERT_TRUE(name) << name.error().to_string();
  EXPECT_EQ(name->common_name, "xa-old");
  const auto current = check_certificate(text("xa-lung-cu.pem"), file("ca.pem"));
  EXPECT_LT(name->not_after, current->not_after);
}

TEST_F(Certificates, ForAServerAloneAreRefused) {
  folder_.write("server.ext", "extendedKeyUsage = serverAuth\n");
  board("xa-server", "ca", "-extfile " + file("server.ext"));
  EXPECT_FALSE(check_certificate(text("xa-server.pem"), file("ca.pem")));
}

}  // namespace
}  // namespace xalink
