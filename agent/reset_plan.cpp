#include "agent/reset_plan.hpp"

#include <algorithm>
#include <sstream>

namespace xalink {
namespace {

constexpr Milliseconds kLongest = std::chrono::hours(24);

}  // namespace

Milliseconds ResetPlan::wait() const {
  Milliseconds wait = interval_;
  for (std::uint32_t reset = 1; reset < resets_ && wait < kLongest; ++reset) wait *= 2;
  return std::max(interval_, std::min(wait, kLongest));
}

bool ResetPlan::may_reset(BootTime now) const {
  return resets_ == 0 || now - last_ >= wait();
}

std::uint32_t ResetPlan::begin(BootTime now) {
  well_since_.reset();
  last_ = now;
  return ++resets_;
}

void ResetPlan::well(BootTime now) {
  if (resets_ == 0) return;
  if (!well_since_) well_since_ = now;
  if (now - *well_since_ < wait()) return;
  resets_ = 0;
  well_since_.reset();
}

std::string ResetPlan::memory(std::string_view boot_id) const {
  return std::string(boot_id) + " " + std::to_string(resets_) + " " + std::to_string(last_.count());
}

std::string ResetPlan::remember(std::string_view memory, std::string_view boot_id) {
  std::istringstream words{std::string(memory)};
  std::string boot;
  std::uint32_t resets = 0;
  std::int64_t last = 0;
  if (!(words >> boot >> resets >> last) || boot != boot_id) return {};
  resets_ = resets;
  last_ = BootTime(last);
  std::string rest;
  std::getline(words >> std::ws, rest);
  return rest;
}

}  // namespace xalink
