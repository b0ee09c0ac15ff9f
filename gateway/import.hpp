#pragma once
// `xalink-gateway import FILE...`: what came on a stick, into the ledger.

#include <boost/json/object.hpp>
#include <filesystem>
#include <memory>
#include <vector>

#include "gateway/config.hpp"
#include "gateway/import_run.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/program.hpp"

namespace xalink {

struct ImportOrder {
  std::vector<std::filesystem::path> files;
  std::filesystem::path acknowledgement;  ///< where it goes; empty: beside each file, FILE.ack
  bool show_key = false;                  ///< only print whose key the file is signed with
  bool json = false;
};

/// Through the running gateway, or by itself when none runs.
[[nodiscard]] ExitCode import_files(const GatewayConfig& config, const ImportOrder& order, Language language,
                                    Clock& clock);

[[nodiscard]] KnownBoards known_boards(const GatewayConfig& config);
/// The gateway's key: its TLS key, else "<store>.key".
[[nodiscard]] Result<OwnKey> gateway_key(const GatewayConfig& config);

/// What an import came to, as the running gateway tells it over its socket: "acknowledgement" is the file's
/// bytes in base64.
[[nodiscard]] boost::json::object imported_as_json(const Imported& imported,
                                                   const std::string& acknowledgement,
                                                   const PublicKey& own_key);
[[nodiscard]] boost::json::object error_as_json(const Error& error);

}  // namespace xalink
