#include "gateway/local_time.hpp"

#include <chrono>
#include <ctime>

namespace xalink {
namespace {

std::tm local(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto in_seconds = static_cast<std::time_t>(seconds.time_since_epoch().count());
  std::tm parts{};
  ::localtime_r(&in_seconds, &parts);
  return parts;
}

}  // namespace

std::string local_moment(WallTime time, WallTime now) {
  const auto parts = local(time);
  const auto today = local(now);
  const bool same_day = parts.tm_year == today.tm_year && parts.tm_yday == today.tm_yday;
  char text[40];
  return {text, std::strftime(text, sizeof text, same_day ? "%H:%M:%S" : "%Y-%m-%d %H:%M", &parts)};
}

}  // namespace xalink
