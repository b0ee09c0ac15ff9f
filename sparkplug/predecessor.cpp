#include "sparkplug/predecessor.hpp"

#include <algorithm>
#include <charconv>

namespace xalink {
namespace {

constexpr std::string_view kBetween = "; ";
constexpr std::size_t kEpochLength = 36;  // a UUID

bool take_row(std::string_view& text, RowId& row) {
  if (text.empty() || text.front() != ' ') return false;
  text.remove_prefix(1);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), row);
  if (error != std::errc{}) return false;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return true;
}

}  // namespace

std::string encode(const std::vector<Predecessor>& predecessors) {
  std::string text;
  for (std::size_t i = 0; i < std::min(predecessors.size(), kMostPredecessors); ++i) {
    if (i > 0) text += kBetween;
    text += predecessors[i].epoch;
    for (const RowId last : predecessors[i].last) text += " " + std::to_string(last);
  }
  return text;
}

Result<std::vector<Predecessor>> decode_predecessors(std::string_view text) {
  std::vector<Predecessor> predecessors;
  while (!text.empty()) {
    if (!predecessors.empty()) {
      if (!text.starts_with(kBetween)) return failure("", "Delivery/Continues has something between epochs");
      text.remove_prefix(kBetween.size());
    }
    Predecessor predecessor;
    predecessor.epoch = std::string(text.substr(0, kEpochLength));
    text.remove_prefix(predecessor.epoch.size());
    bool fine = predecessor.epoch.size() == kEpochLength && predecessors.size() < kMostPredecessors;
    for (RowId& last : predecessor.last) fine = fine && take_row(text, last);
    if (!fine) return failure("", "Delivery/Continues is not \"EPOCH LAST0 LAST1; ...\"");
    predecessors.push_back(std::move(predecessor));
  }
  return predecessors;
}

}  // namespace xalink
