#include "agent/dossiers/source_counters.hpp"

#include <spdlog/spdlog.h>

namespace xalink {
namespace {

constexpr Duration kInterval = std::chrono::minutes(10);
constexpr std::size_t kMost = 64;

}  // namespace

std::string one_line(std::string_view text) {
  std::string line(text);
  for (char& c : line) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) c = '?';
  }
  return line;
}

void Complaints::log(const std::string& text, SteadyTime now) {
  if (last_.size() > kMost) last_.clear();
  const auto [complaint, is_new] = last_.try_emplace(text, now);
  if (!is_new && now - complaint->second < kInterval) return;
  complaint->second = now;
  spdlog::warn("{}: {}", source_, one_line(text));
}

}  // namespace xalink
