#include "agent/intervals.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

namespace xalink {
namespace {

constexpr std::uint64_t kLeast = 5;       // s; a province that asks all its boards more often floods itself
constexpr std::uint64_t kMost = 86'400;   // as in the configuration
constexpr std::size_t kMostAsked = 1000;  // a note does not grow without end

std::string key_of(std::string_view device, std::string_view group) {
  return std::string(device) + "/" + std::string(group);
}

std::string metric_of(const std::string& key) {
  return key + "/Interval";
}

std::string ask_within(std::uint64_t least) {
  return "ask for " + std::to_string(least) + " to " + std::to_string(kMost) +
         " s, or 0 for what the configuration says";
}

}  // namespace

// One line each: seconds, a space, device/group.
void Intervals::recall(std::string_view note) {
  while (!note.empty() && asked_.size() < kMostAsked) {
    const auto end = std::min(note.find('\n'), note.size());
    const std::string_view line = note.substr(0, end);
    note.remove_prefix(std::min(end + 1, note.size()));
    std::uint64_t seconds = 0;
    const auto number = std::from_chars(line.data(), line.data() + line.size(), seconds);
    const auto digits = static_cast<std::size_t>(number.ptr - line.data());
    if (number.ec != std::errc() || digits + 1 >= line.size() || line[digits] != ' ') continue;
    std::string key(line.substr(digits + 1));
    if (!changed_.contains(key)) asked_[std::move(key)] = seconds;
  }
}

void Intervals::add(const Schema& schema, Milliseconds configured, Duration longest_run) {
  const auto run = std::chrono::ceil<std::chrono::seconds>(longest_run).count();
  const auto least = std::max(kLeast, static_cast<std::uint64_t>(std::max<std::int64_t>(0, run)));
  probes_[key_of(schema.device, schema.group)] = Entry{configured, least};
}

std::optional<Milliseconds> Intervals::asked_of(const std::string& key, const Entry& probe) const {
  const auto asked = asked_.find(key);
  const bool counts = asked != asked_.end() && asked->second >= probe.least && asked->second <= kMost;
  if (!counts) return std::nullopt;
  return Milliseconds(static_cast<std::int64_t>(asked->second) * 1000);
}

Milliseconds Intervals::of(std::string_view device, std::string_view group) const {
  const auto probe = probes_.find(key_of(device, group));
  if (probe == probes_.end()) return {};
  return asked_of(probe->first, probe->second).value_or(probe->second.configured);
}

bool Intervals::has(std::string_view device, std::string_view group) const {
  return probes_.contains(key_of(device, group));
}

std::optional<Error> Intervals::outdated(std::string_view device, std::string_view group) const {
  const auto key = key_of(device, group);
  const auto probe = probes_.find(key);
  const auto asked = asked_.find(key);
  if (probe == probes_.end() || asked == asked_.end() || asked_of(key, probe->second)) return std::nullopt;
  return Error{metric_of(key),
               std::to_string(asked->second) + " s, as it was commanded once, is out of bounds by now",
               ask_within(probe->second.least)};
}

std::vector<CommandedInterval> Intervals::commanded() const {
  std::vector<CommandedInterval> all;
  for (const auto& [key, probe] : probes_) {
    const auto asked = asked_of(key, probe);
    const auto slash = key.find('/');
    if (asked) all.push_back({key.substr(0, slash), key.substr(slash + 1), *asked, probe.configured});
  }
  return all;
}

Result<void> Intervals::change(const std::string& device, const std::string& group,
                               std::optional<std::uint64_t> seconds, const std::string& said) {
  const auto key = key_of(device, group);
  const auto metric = metric_of(key);
  const auto probe = probes_.find(key);
  if (probe == probes_.end()) {
    return failure(metric, said + " is for no probe of this board",
                   "ask for one that the board's birth names an interval of");
  }
  const auto bounds = ask_within(probe->second.least);
  if (!seconds) return failure(metric, said + " is no whole number of seconds", bounds);
  if (*seconds == 0) {
    changed_.insert(key);
    asked_.erase(key);
    return {};
  }
  if (*seconds < probe->second.least || *seconds > kMost) {
    return failure(metric, said + " s is out of bounds", bounds);
  }
  if (asked_.size() >= kMostAsked && !asked_.contains(key)) asked_.erase(asked_.begin());
  changed_.insert(key);
  asked_[key] = *seconds;
  return {};
}

std::string Intervals::encode() const {
  std::string note;
  for (const auto& [key, seconds] : asked_) note += std::to_string(seconds) + " " + key + "\n";
  return note;
}

}  // namespace xalink
