#pragma once
// ca_file of tables that ask a web server: whom to trust in place of the system's authorities.

#include <string>

#include "sparkplug/settings.hpp"

namespace xalink {

/// Empty when the key is missing. A file that is not there, or that holds no certificate, is a mistake;
/// whether a certificate is sound is seen when it is used.
[[nodiscard]] std::string read_ca_file(SettingsTable& table);

}  // namespace xalink
