#pragma once
// The key that a program signs carried files with: its TLS key, or one that it makes for that alone.

#include <filesystem>
#include <string>

#include "sparkplug/result.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/signing_key.hpp"

namespace xalink {

struct OwnKey {
  SigningKey key;
  std::string certificate;  ///< PEM of the key, with intermediates; empty when it has none
};

/// The broker's key_file with its certificate_file when they are configured; else the Ed25519 key in
/// `own_file`, made when it is needed first. Fails when certificate and key do not belong together.
[[nodiscard]] Result<OwnKey> own_key(const BrokerSettings& broker, const std::filesystem::path& own_file);

}  // namespace xalink
