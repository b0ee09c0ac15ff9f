#include "sparkplug/own_key.hpp"

#include <fstream>
#include <iterator>
#include <utility>

#include "sparkplug/said.hpp"

namespace xalink {

Result<OwnKey> own_key(const BrokerSettings& broker, const std::filesystem::path& own_file) {
  if (broker.certificate_file.empty()) {
    auto key = SigningKey::load_or_make(own_file);
    if (!key) return Unexpected(key.error());
    return OwnKey{std::move(*key), {}};
  }
  auto key = SigningKey::load(broker.key_file);
  if (!key) return Unexpected(key.error());
  std::ifstream in(broker.certificate_file, std::ios::binary);
  std::string certificate((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  const auto named = PublicKey::from_pem(certificate, broker.certificate_file);
  if (!named) return Unexpected(named.error());
  if (!(*named == key->public_key())) {
    return Unexpected(
        refusal(broker.certificate_file,
                Said("is not the certificate of ", "không phải chứng thư của ") + broker.key_file,
                {"Set certificate_file and key_file of one bundle",
                 "Đặt certificate_file và key_file của cùng một bộ"}));
  }
  return OwnKey{std::move(*key), std::move(certificate)};
}

}  // namespace xalink
