#include "agent/dossiers/file_progress.hpp"

#include <charconv>
#include <optional>
#include <vector>

namespace xalink {
namespace {

// One line for the form, then a line for each file: name in hex (a name may hold anything), offset, digest,
// taken, rejected, report bytes, complete.
constexpr std::string_view kForm = "dossier files 1\n";
constexpr std::size_t kParts = 7;

std::string to_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string hex;
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    hex += kDigits[byte >> 4U];
    hex += kDigits[byte & 0xFU];
  }
  return hex;
}

std::optional<std::string> from_hex(std::string_view hex) {
  if (hex.size() % 2 != 0) return std::nullopt;
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2) {
    unsigned value = 0;
    const auto [end, error] = std::from_chars(hex.data() + i, hex.data() + i + 2, value, 16);
    if (error != std::errc{} || end != hex.data() + i + 2) return std::nullopt;
    bytes += static_cast<char>(value);
  }
  return bytes;
}

std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  while (true) {
    const std::size_t at = text.find(separator);
    parts.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

bool decode_line(std::string_view line, FolderProgress& progress) {
  const std::vector<std::string_view> parts = split(line, ' ');
  if (parts.size() != kParts) return false;
  const auto name = from_hex(parts[0]);
  const auto offset = number(parts[1]);
  const auto taken = number(parts[3]);
  const auto rejected = number(parts[4]);
  const auto report = number(parts[5]);
  const auto complete = number(parts[6]);
  if (!name || !offset || !taken || !rejected || !report || !complete || *complete > 1) return false;
  FileProgress& file = progress[*name];
  file.offset = *offset;
  file.digest = parts[2];
  file.rows_taken = *taken;
  file.rows_rejected = *rejected;
  file.report_bytes = *report;
  file.complete = *complete == 1;
  return true;
}

}  // namespace

std::string encode(const FolderProgress& progress) {
  std::string text(kForm);
  for (const auto& [name, file] : progress) {
    text += to_hex(name) + ' ' + std::to_string(file.offset) + ' ' + file.digest + ' ' +
            std::to_string(file.rows_taken) + ' ' + std::to_string(file.rows_rejected) + ' ' +
            std::to_string(file.report_bytes) + (file.complete ? " 1\n" : " 0\n");
  }
  return text;
}

Result<FolderProgress> decode_progress(std::string_view text) {
  FolderProgress progress;
  bool fine = text.substr(0, kForm.size()) == kForm && text.back() == '\n';
  if (fine && text.size() > kForm.size()) {
    for (const std::string_view line :
         split(text.substr(kForm.size(), text.size() - kForm.size() - 1), '\n')) {
      fine = fine && decode_line(line, progress);
    }
  }
  if (fine) return progress;
  return failure("the outbox's note on dossier files", "is not in a form that this program knows",
                 "install the newest xalink-agent; dossier files stay untouched until then");
}

}  // namespace xalink
