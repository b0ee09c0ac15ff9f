#include "agent/ca_file_config.hpp"

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <ios>
#include <string_view>
#include <system_error>

namespace xalink {
namespace {

// All authorities of a system are 250 kB, and the first of them stands at the beginning.
constexpr std::size_t kLooked = 1024 * 1024;

/// Also of a file that this user may not read: the check may be another's than the agent.
bool may_hold_certificate(const std::string& file) {
  std::ifstream in(file, std::ios::binary);
  if (!in) return true;
  std::string text(kLooked, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  // "BEGIN CERTIFICATE", and "TRUSTED CERTIFICATE" or "X509 CERTIFICATE", which OpenSSL takes too.
  return text.find("CERTIFICATE-----") != std::string::npos;
}

}  // namespace

std::string read_ca_file(SettingsTable& table) {
  std::string file = table.path("ca_file", {}).string();
  if (file.empty()) return file;
  std::error_code error;
  const std::string_view what = !std::filesystem::is_regular_file(file, error) ? "there is no such file"
                                : !may_hold_certificate(file)                  ? "holds no certificate"
                                                                               : "";
  if (!what.empty()) {
    table.mistake("ca_file", file + ": " + std::string(what),
                  "put the certificates there, or remove this key to use the system's");
  }
  return file;
}

}  // namespace xalink
