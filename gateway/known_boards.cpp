#include "gateway/known_boards.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "gateway/store/database.hpp"
#include "sparkplug/certificate.hpp"
#include "sparkplug/said.hpp"

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
    return Unexpected(
        refusal(where,
                {"comes from " + board + ", a group that this gateway does not serve",
                 "là của " + board + ", nhóm mà gateway này không phục vụ"},
                {"Take it to the gateway of " + header.node.group + ", or add the group to [host] groups",
                 "Mang đến gateway của " + header.node.group + ", hoặc thêm nhóm vào [host] groups"}));
  }
  const auto key = PublicKey::from_der(header.public_key);
  if (!key)
    return Unexpected(refusal(where, {"its key cannot be used", "khóa trong tệp không dùng được"}, {}));
  Said tried;
  if (!header.certificate.empty() && !known.ca_file.empty()) {
    const auto name = check_certificate(header.certificate, known.ca_file);
    if (name && name->common_name == header.node.node && name->key == *key)
      return Recognised{KnownBy::certificate, name->not_after < now};
    tried = !name ? Said("; its certificate: ", "; chứng thư: ") + halves(name.error().what)
                  : Said("; its certificate is of \"", "; chứng thư là của \"") + name->common_name + "\"";
  }
  const auto file = key_file(known.keys_folder, header.node);
  std::error_code error;
  if (file && std::filesystem::exists(*file, error)) {
    const auto named = PublicKey::load(*file);
    if (!named) return Unexpected(named.error());
    if (*named == *key) return Recognised{KnownBy::key_file, false};
    tried += Said::same("; " + file->string()) + Said(" holds another key (", " có khóa khác (") +
             (named->fingerprint() + ")");
  }
  const auto told = key_from_birth(known.store_file, header.node);
  if (told && *told == *key) return Recognised{KnownBy::birth, false};
  if (told) {
    tried += Said("; over the broker the board told another key (", "; qua broker máy đã báo khóa khác (") +
             (told->fingerprint() + ")");
  }
  auto next = Said("Ask who set the board up whether its key is ",
                   "Hỏi người lắp đặt máy xem khóa của máy có phải ") +
              key->fingerprint();
  if (file) {
    next += Said(". If so, put it (BEGIN PUBLIC KEY) into ", ". Nếu đúng, ghi khóa (BEGIN PUBLIC KEY) vào ") +
            file->string() + Said(" and import again", " rồi nhập lại");
  } else {
    next += Said(". If so, set [import] keys_folder and put it (BEGIN PUBLIC KEY) there as ",
                 ". Nếu đúng, đặt [import] keys_folder rồi ghi khóa (BEGIN PUBLIC KEY) vào đó thành ") +
            (header.node.group + "/" + header.node.node + ".pem");
  }
  next += Said("; add --show-key to have it printed. Nothing was taken from the file",
               "; thêm --show-key để in khóa ra. Chưa nhận gì từ tệp");
  return Unexpected(refusal(
      where,
      Said("comes from a board that this gateway does not know: ", "là của máy mà gateway này không biết: ") +
          board + tried,
      next));
}

}  // namespace xalink
