#pragma once
// The tables that are shipped with the gateway, and moments as people in Vietnam write them.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gateway/meaning/period.hpp"
#include "gateway/registry/judged_files.hpp"

namespace xalink::meaning {

/// Rows of a shipped file, judged as an import would judge them.
inline std::vector<registry::Entry> shipped(const std::vector<std::string>& names) {
  std::vector<std::filesystem::path> files;
  for (const auto& name : names) files.emplace_back(std::string(XALINK_MEANING_DATA "/") + name);
  const auto judged = registry::judge_files(files, {}, false, TextEncoding::automatic);
  EXPECT_TRUE(judged);
  if (!judged) return {};
  for (const auto& mistake : judged->mistakes) ADD_FAILURE() << mistake.to_string(Language::english);
  return judged->change.result;
}

/// "2024-09-18" or "2024-09-18 14:30[:05]", in Vietnam.
inline WallTime at(const std::string& text) {
  const auto day = registry::read_date(text.substr(0, 10)).value();
  if (text.size() == 10) return start_of(day);
  WallTime time = start_of(day) + registry::read_time_of_day(text.substr(11, 5)).value();
  if (text.size() > 16) time += std::chrono::seconds(std::stoi(text.substr(17)));
  return time;
}

/// The same form, with seconds only where there are any.
inline std::string shown(WallTime time) {
  const auto day = day_of(time);
  const auto clock = time - start_of(day);
  const auto whole = std::chrono::floor<std::chrono::minutes>(clock);
  std::string text = registry::date_text(day) + " " + registry::time_of_day_text(whole);
  const auto seconds = std::chrono::floor<std::chrono::seconds>(clock - whole).count();
  if (seconds > 0) text += (seconds < 10 ? ":0" : ":") + std::to_string(seconds);
  return text;
}

}  // namespace xalink::meaning
