#pragma once
// Which boards the gateway knows, when a file of theirs comes by hand (design, sections 5 and 9).

#include <filesystem>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/export_file.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct KnownBoards {
  std::vector<std::string> groups;    ///< that this gateway serves; empty: all
  std::filesystem::path ca_file;      ///< authority of the boards' certificates; empty: none
  std::filesystem::path keys_folder;  ///< public keys in PEM, "<group>/<node>.pem"; empty: none
  std::filesystem::path store_file;   ///< with the keys that boards told in their births
};

enum class KnownBy : std::uint8_t { certificate, key_file, birth };
[[nodiscard]] std::string_view to_string(KnownBy by);

struct Recognised {
  KnownBy by = KnownBy::certificate;
  bool expired = false;  ///< the certificate has; what it signed is taken all the same (certificate.hpp)
};

/// Is the key of this header the key of the board that it names? Any one of three says so: a certificate of
/// our authority with the node's id as its common name; the key file of the node; the key that the node told
/// in its newest birth. Blocks; `where` names the file in errors.
[[nodiscard]] Result<Recognised> recognise(const KnownBoards& known, const ExportHeader& header,
                                           const std::string& where, WallTime now);

}  // namespace xalink
