// What one board says of how often it measures: the answer to whoever commanded it.

#include <string>
#include <string_view>
#include <vector>

#include "gateway/boards.hpp"
#include "gateway/text_table.hpp"

namespace xalink {
namespace {

struct Words {
  std::string_view probe, every, none;
};

constexpr Words kEnglish{.probe = "PROBE",
                         .every = "EVERY",
                         .none = ": reports no intervals. Next: is it online? They come with its birth."};

constexpr Words kVietnamese{
    .probe = "PHÉP ĐO",
    .every = "CHU KỲ",
    .none = ": không báo chu kỳ đo. Tiếp theo: máy có trực tuyến không? Chu kỳ đến cùng khai báo của máy."};

}  // namespace

std::string intervals_as_text(const Fleet& fleet, Language language) {
  const auto& words = language == Language::vietnamese ? kVietnamese : kEnglish;
  std::string text;
  for (const auto& board : fleet.boards) {
    if (!board.intervals) continue;
    text += "\n";
    if (board.intervals->empty()) {
      text += to_string(board.site) + std::string(words.none) + "\n";
      continue;
    }
    std::vector<std::vector<std::string>> rows{{std::string(words.probe), std::string(words.every)}};
    for (const auto& [probe, seconds] : *board.intervals) {
      rows.push_back({probe, std::to_string(seconds) + " s"});
    }
    text += aligned(rows);
  }
  return text;
}

}  // namespace xalink
