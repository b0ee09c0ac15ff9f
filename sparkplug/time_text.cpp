#include "sparkplug/time_text.hpp"

#include <array>
#include <chrono>
#include <ctime>

namespace xalink {
namespace {

using Parting = std::tm* (*)(const std::time_t*, std::tm*);

std::string text_of(WallTime time, const char* form, Parting parting) {
  const auto since = std::chrono::floor<std::chrono::seconds>(time).time_since_epoch();
  const auto seconds = static_cast<std::time_t>(since.count());
  std::tm parts{};
  if (parting(&seconds, &parts) == nullptr) return {};
  std::array<char, 64> out{};
  return {out.data(), std::strftime(out.data(), out.size(), form, &parts)};
}

}  // namespace

std::string local_text(WallTime time, const char* form) {
  return text_of(time, form, ::localtime_r);
}

std::string utc_text(WallTime time, const char* form) {
  return text_of(time, form, ::gmtime_r);
}

std::string rfc3339_text(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto text = utc_text(seconds, "%Y-%m-%dT%H:%M:%S");
  if (text.empty()) return {};
  return text + "." + std::to_string(1000 + (time - seconds).count()).substr(1) + "Z";
}

std::string local_moment(WallTime time, WallTime now) {
  constexpr const char* kDay = "%Y-%m-%d";
  return local_text(time, local_text(time, kDay) == local_text(now, kDay) ? "%H:%M:%S" : "%Y-%m-%d %H:%M");
}

}  // namespace xalink
