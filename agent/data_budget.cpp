#include "agent/data_budget.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <optional>
#include <system_error>
#include <vector>

#include "agent/note_text.hpp"

namespace xalink {
namespace {

constexpr std::string_view kForm = "budget 1";
// This one, and those that a clock may come back to.
constexpr std::size_t kMostMonths = 6;
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 60U;

std::chrono::year_month_day local_day(WallTime now) {
  return std::chrono::floor<std::chrono::days>(now + kLocalOffset);
}

std::string month_of(WallTime now) {
  const auto day = local_day(now);
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u", static_cast<int>(day.year()),
                static_cast<unsigned>(day.month()));
  return text;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc() || read.ptr != text.data() + text.size()) return std::nullopt;
  return std::min(number, kMostBytes);
}

}  // namespace

std::uint64_t most_throughput_cost(std::uint64_t bytes_each_way) {
  // Headers of full segments are 4 %, acknowledgements 2, what is sent again on a poor link the rest; each
  // connection has its handshakes.
  constexpr std::uint64_t kHandshakes = std::uint64_t{32} * 1024;
  return 2 * (bytes_each_way + bytes_each_way * 3 / 20 + kHandshakes);
}

void DataBudget::recall(std::string_view text) {
  used_.clear();
  if (take_until(text, '\n') != kForm) return;
  while (!text.empty() && used_.size() < kMostMonths) {
    auto line = take_until(text, '\n');
    const auto month = take_until(line, '\t');
    const auto fixed = number_in(take_until(line, '\t'));
    const auto metered = number_in(line);
    if (month.size() != 7 || !fixed || !metered) continue;
    used_[std::string(month)] = {*fixed, *metered};
  }
}

std::string DataBudget::to_text() const {
  std::string text(kForm);
  for (const auto& [month, used] : used_) {
    text += "\n" + month + "\t" + std::to_string(used[0]) + "\t" + std::to_string(used[1]);
  }
  return text;
}

std::uint64_t DataBudget::used(LinkCost cost, WallTime now) const {
  const auto month = used_.find(month_of(now));
  return month == used_.end() ? 0 : month->second[index(cost)];
}

std::uint64_t DataBudget::left(LinkCost cost, WallTime now) const {
  const auto spent = used(cost, now);
  return spent >= monthly(cost) ? 0 : monthly(cost) - spent;
}

bool DataBudget::may_spend(LinkCost cost, std::uint64_t most, WallTime now) const {
  if (left(cost, now) < most) return false;
  const auto day = local_day(now);
  const auto days = static_cast<unsigned>((day.year() / day.month() / std::chrono::last).day());
  const double share = static_cast<double>(static_cast<unsigned>(day.day())) / days;
  return static_cast<double>(used(cost, now)) < static_cast<double>(monthly(cost)) * share;
}

DataBudget::Reservation DataBudget::reserve(LinkCost cost, std::uint64_t most, WallTime now) {
  Reservation reservation{month_of(now), cost, std::min(most, kMostBytes)};
  used_[reservation.month][index(cost)] += reservation.bytes;
  for (auto month = used_.begin(); used_.size() > kMostMonths;) {
    month = month->first == reservation.month ? std::next(month) : used_.erase(month);
  }
  return reservation;
}

void DataBudget::settle(const Reservation& reservation, std::uint64_t spent) {
  const auto month = used_.find(reservation.month);
  if (month == used_.end()) return;
  auto& used = month->second[index(reservation.cost)];
  used -= std::min(used, reservation.bytes);
  used += std::min(spent, kMostBytes);
}

}  // namespace xalink
