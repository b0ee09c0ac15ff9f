#include "gateway/known_boards.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "gateway/store/database.hpp"
#include "sparkplug/certificate.hpp"

namespace xalink {
namespace {

/// What the node told in its newest birth that had one; nothing when it never did.
std::optional<PublicKey> key_from_birth(const std::filesystem::path& store_file, const NodeId& node) {
  std::error_code error;
  if (!std::filesystem::exists(store_file, error)) return std::nullopt;
  const auto database = store::open_to_read(store_file);
  if (!database) return std::nullopt;
  try {
    SQLite::Statement find(**database,
                           "SELECT value FROM current_value WHERE device = '' AND metric = ? AND node = "
                           "(SELECT id FROM node WHERE grp = ? AND node = ?)");
    find.bind(1, std::string(metric::kExportKey));
    find.bind(2, node.group);
    find.bind(3, node.node);
    if (!find.executeStep()) return std::nullopt;
    auto key = PublicKey::from_der(from_base64(find.getColumn(0).getString()));
    if (!key) return std::nullopt;
    return std::move(*key);
  } catch (const SQLite::Exception&) {
    return std::nullopt;
  }
}

/// An id can be "..": then there is no such file.
std::optional<std::filesystem::path> key_file(const std::filesystem::path& folder, const NodeId& node) {
  if (folder.empty() || node.group == "." || node.group == ".." || node.node == "." || node.node == "..")
    return std::nullopt;
  return folder / node.group / (node.node + ".pem");
}

}  // namespace

std::string_view to_string(KnownBy by) {
  switch (by) {
    case KnownBy::certificate: return "certificate";
    case KnownBy::key_file: return "key file";
    case KnownBy::birth: return "birth";
  }
  return "certificate";
}

Result<Recognised> recognise(const KnownBoards& known, const ExportHeader& header, const std::string& where,
                             WallTime now) {
  const auto board = to_string(header.node);
  if (!known.groups.empty() &&
      std::find(known.groups.begin(), known.groups.end(), header.node.group) == known.groups.end()) {
    return failure(where, "comes from " + board + ", a group that this gateway does not serve",
                   "Take it to the gateway of " + header.node.group + ", or add the group to [host] groups");
  }
  const auto key = PublicKey::from_der(header.public_key);
  if (!key) return failure(where, "its key cannot be used");
  std::string tried;
  if (!header.certificate.empty() && !known.ca_file.empty()) {
    const auto name = check_certificate(header.certificate, known.ca_file);
    if (name && name->common_name == header.node.node && name->key == *key)
      return Recognised{KnownBy::certificate, name->not_after < now};
    tried = !name ? "; its certificate: " + name.error().what
                  : "; its certificate is of \"" + name->common_name + "\"";
  }
  const auto file = key_file(known.keys_folder, header.node);
  std::error_code error;
  if (file && std::filesystem::exists(*file, error)) {
    const auto named = PublicKey::load(*file);
    if (!named) return Unexpected(named.error());
    if (*named == *key) return Recognised{KnownBy::key_file, false};
    tried += "; " + file->string() + " holds another key (" + named->fingerprint() + ")";
  }
  const auto told = key_from_birth(known.store_file, header.node);
  if (told && *told == *key) return Recognised{KnownBy::birth, false};
  if (told) tried += "; over the broker the board told another key (" + told->fingerprint() + ")";
  std::string next = "Ask who set the board up whether its key is " + key->fingerprint();
  next += file ? ". If so, put it (BEGIN PUBLIC KEY) into " + file->string() + " and import again"
               : ". If so, set [import] keys_folder and put it (BEGIN PUBLIC KEY) there as " +
                     header.node.group + "/" + header.node.node + ".pem";
  next += "; add --show-key to have it printed. Nothing was taken from the file";
  return failure(where, "comes from a board that this gateway does not know: " + board + tried, next);
}

}  // namespace xalink
