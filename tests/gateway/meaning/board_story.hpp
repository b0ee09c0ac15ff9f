#pragma once
// What a board's records would be, told in hours of Vietnam.

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "gateway/meaning/period.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink::test {

/// "2024-09-03 07:30", in Vietnam; also "24:00".
inline WallTime local(const std::string& text) {
  const auto day = registry::read_date(text.substr(0, 10));
  if (!day || text.size() != 16) throw std::invalid_argument(text);
  return meaning::start_of(*day) + std::chrono::hours(std::stoi(text.substr(11, 2))) +
         std::chrono::minutes(std::stoi(text.substr(14, 2)));
}

class BoardStory {
 public:
  explicit BoardStory(std::string site = "site-a") : site_(std::move(site)) {}

  /// A boot, the clock of which is right from the first record on.
  BoardStory& boot(const std::string& name, WallTime start) {
    starts_[name] = start;
    return *this;
  }
  /// Records of this boot get their time within bounds only.
  BoardStory& without_clock(const std::string& name, Milliseconds bounds) {
    bounds_[name] = bounds;
    return *this;
  }

  /// A record each ten minutes, both ends included.
  BoardStory& present(const std::string& boot, WallTime from, WallTime to) {
    for (auto at = from; at < to; at += std::chrono::minutes(10)) sign(boot, at);
    return sign(boot, to);
  }
  BoardStory& sign(const std::string& boot, WallTime at) {
    static const Schema kPing = ping_schema("gateway");
    return add(boot, at, kPing, std::vector<Value>(kPing.columns.size()));
  }

  /// A record whose time by the calendar does not fit its time since the boot: a clock was wrong.
  BoardStory& sign(const std::string& boot, WallTime at, WallTime by_calendar) {
    sign(boot, at);
    auto& record = records_.back();
    record.wall = record.time = by_calendar;
    record.earliest = by_calendar - Milliseconds(3'000);
    record.latest = by_calendar + Milliseconds(3'000);
    return *this;
  }

  BoardStory& event(const std::string& id, const std::string& kind, const std::string& cause,
                    const std::string& begin_boot, WallTime begin, const std::string& boot, WallTime at,
                    const std::string& subject = {}, std::optional<std::string> told_in = {}) {
    static const Schema kOutage = outage_schema();
    std::vector<Value> values(kOutage.columns.size());
    const auto set = [&](const char* column, Value value) {
      values[*column_index(kOutage, column)] = std::move(value);
    };
    set("Outage", id);
    set("Event", kind);
    set("Cause", cause);
    if (!subject.empty()) set("Subject", subject);
    set("Begin Boot", begin_boot);
    set("Begin", since(begin_boot, begin));
    set("Boot", boot);
    set("At", since(boot, at));
    set("Seconds", static_cast<std::uint64_t>((at - begin).count() / 1000));
    const auto& teller = told_in ? *told_in : boot;
    return add(teller, std::max(at, starts_.at(teller)), kOutage, std::move(values));
  }
  /// Begin and end of one in one boot.
  BoardStory& outage(const std::string& boot, const std::string& cause, WallTime from, WallTime to,
                     const std::string& subject = {}) {
    const auto id = boot + cause + subject + std::to_string(from.time_since_epoch().count());
    event(id, "begin", cause, boot, from, boot, from, subject);
    return event(id, "end", cause, boot, from, boot, to, subject);
  }
  /// The board went off after `last` and came back with `boot`; told in its first record.
  BoardStory& power_loss(const std::string& before, WallTime begin, const std::string& boot) {
    const auto id = before + "-power";
    event(id, "begin", "power", before, begin, before, begin, {}, boot);
    return event(id, "end", "power", before, begin, boot, starts_.at(boot));
  }
  BoardStory& shutdown(const std::string& before, WallTime last, const std::string& boot) {
    static const Schema kBoot = boot_schema();
    std::vector<Value> values(kBoot.columns.size());
    values[*column_index(kBoot, "Of")] = std::string("board");
    values[*column_index(kBoot, "Reason")] = std::string("shutdown");
    values[*column_index(kBoot, "Boot")] = boot;
    values[*column_index(kBoot, "Before Boot")] = before;
    values[*column_index(kBoot, "Before Last")] = since(before, last);
    return add(boot, starts_.at(boot), kBoot, std::move(values));
  }

  [[nodiscard]] const std::vector<store::StoredRecord>& records() const { return records_; }

 private:
  [[nodiscard]] std::uint64_t since(const std::string& boot, WallTime at) const {
    return static_cast<std::uint64_t>((at - starts_.at(boot)).count());
  }
  BoardStory& add(const std::string& boot, WallTime at, const Schema& schema, std::vector<Value> values) {
    store::StoredRecord record;
    record.node = {"VN-02", site_};
    record.row = records_.size() + 1;
    record.schema = &schema;
    record.values = std::move(values);
    record.boot = boot;
    record.boot_time = at - starts_.at(boot);
    record.wall = record.time = at;
    const auto bounds = bounds_.find(boot);
    record.quality = bounds == bounds_.end() ? ClockQuality::synchronised : ClockQuality::unset;
    const auto half = bounds == bounds_.end() ? Milliseconds(3'000) : bounds->second / 2;
    record.earliest = at - half;
    record.latest = at + half;
    records_.push_back(std::move(record));
    return *this;
  }

  std::string site_;
  std::map<std::string, WallTime> starts_;
  std::map<std::string, Milliseconds> bounds_;
  std::vector<store::StoredRecord> records_;
};

}  // namespace xalink::test
