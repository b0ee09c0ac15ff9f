#include "sparkplug/secret_file.hpp"

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <system_error>

namespace xalink {
namespace {

// Longer than any secret; a larger file is the wrong file.
constexpr std::size_t kMaxPasswordFile = 4096;

/// Empty when the file can be read; else why not.
std::string why_unreadable(const std::filesystem::path& file) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) return "there is no such file";
  if (status.type() == std::filesystem::file_type::directory) return "is a folder, not a file";
  errno = 0;
  const std::ifstream in(file, std::ios::binary);
  if (!in) return "cannot be read: " + std::generic_category().message(errno);
  return {};
}

}  // namespace

std::string readable_file(SettingsTable& table, std::string_view key) {
  const std::filesystem::path file = table.path(key, {});
  if (file.empty()) return {};
  const std::string why = why_unreadable(file);
  if (why.empty()) return file.string();
  table.mistake(key, file.string() + ": " + why,
                "put the file there, or correct the path or its permissions");
  return {};
}

std::string read_secret(SettingsTable& table, std::string_view key) {
  const std::string file = readable_file(table, key);
  if (file.empty()) return {};
  std::ifstream in(file, std::ios::binary);
  std::string password(kMaxPasswordFile + 1, '\0');
  in.read(password.data(), static_cast<std::streamsize>(password.size()));
  password.resize(static_cast<std::size_t>(in.gcount()));
  if (password.size() > kMaxPasswordFile) {
    table.mistake(key, "is larger than a password can be", "name the file that holds only the password");
    return {};
  }
  constexpr std::string_view kBlank = " \t\r\n";
  password.erase(password.find_last_not_of(kBlank) + 1);  // npos + 1 is 0
  password.erase(0, password.find_first_not_of(kBlank));
  if (password.empty()) table.mistake(key, "holds no password", "write the password into it");
  return password;
}

}  // namespace xalink
