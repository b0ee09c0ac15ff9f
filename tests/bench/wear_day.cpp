#include "tests/bench/wear_day.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "tests/bench/loop_disk.hpp"

namespace xalink::bench {
namespace {

constexpr Milliseconds kJournalEvery{5'000};       // ext4: commit=5
constexpr Milliseconds kWrittenBackEvery{30'000};  // vm.dirty_expire_centisecs
constexpr Milliseconds kMinute{60'000};
constexpr Milliseconds kBegin{1'767'225'600'000};  // 2026-01-01 UTC
// agent/probe_set.cpp: a probe begins up to a twentieth of its interval late; a ping takes most of a second.
constexpr Milliseconds kLateOfAMinute{3'000};
constexpr Milliseconds kLateOfFiveMinutes{15'000};
constexpr Milliseconds kPing{900};
constexpr Milliseconds kOther{300};

}  // namespace

WearDay::WearDay(double hours, std::filesystem::path folder)
    : folder_(std::move(folder)), length_(static_cast<std::int64_t>(hours * 3'600'000)) {}

Milliseconds WearDay::within(Milliseconds longest) {
  return Milliseconds(std::uniform_int_distribution<std::int64_t>(0, longest.count())(random_));
}

Milliseconds WearDay::since_begin(const Pending& record) {
  return std::chrono::duration_cast<Milliseconds>(record.record.stamp.wall.time_since_epoch()) - kBegin;
}

// As agent/schedule.cpp (gather): early enough to be over when the board writes next, with a margin.
Milliseconds WearDay::late(Milliseconds slot, Milliseconds longest, Milliseconds lasts) {
  const auto drawn = within(longest);
  const auto latest = window_end_ - slot - lasts - lasts / 8 - Milliseconds{100};
  if (latest < Milliseconds{0} || drawn <= latest) return drawn;
  return Milliseconds(drawn.count() * latest.count() / longest.count());
}

// The mix gives the minutes one after the other, each beginning with the link.
void WearDay::take_minute() {
  const Milliseconds begin = kMinute * minutes_++;
  const auto pings = begin + late(begin, kLateOfAMinute, kPing) + kPing;
  for (;;) {
    auto record = first_of_next_ ? std::move(*first_of_next_) : mix_.next();
    first_of_next_.reset();
    const bool link = record.schema.group.starts_with("Link");
    if (link && !minute_.empty()) {
      first_of_next_ = std::move(record);
      break;
    }
    auto at = begin + (link ? late(begin, kLateOfAMinute, kOther) : late(begin, kLateOfFiveMinutes, kOther)) +
              kOther;
    if (record.schema.group.starts_with("Ping")) at = pings;
    if (record.schema.lane == Lane::events) at = begin + within(kMinute - Milliseconds{1});
    record.record.stamp.wall = WallTime(kBegin + at);
    record.record.stamp.boot_time = BootTime(at);
    minute_.push_back(std::move(record));
  }
  std::stable_sort(minute_.begin(), minute_.end(), [](const Pending& left, const Pending& right) {
    return left.record.stamp.wall > right.record.stamp.wall;
  });
}

void WearDay::pass_until(Milliseconds moment) {
  for (auto next = passed_ + kJournalEvery; next <= moment; next += kJournalEvery) {
    passed_ = next;
    if (each_step && each_step(passed_)) journal_dirty_ = pages_dirty_ = true;
    if (journal_dirty_) commit_journal(folder_);
    journal_dirty_ = false;
    if (passed_ % kWrittenBackEvery != Milliseconds{0} || !pages_dirty_) continue;
    write_back(folder_);
    pages_dirty_ = false;
  }
}

Pending WearDay::take() {
  for (;;) {
    if (minute_.empty()) take_minute();
    auto record = std::move(minute_.back());
    minute_.pop_back();
    if (record.schema.lane == Lane::events) {
      window_end_ = Milliseconds{-1};  // it takes along what waits
      return record;
    }
    ++measured_;
    // As in a board that flushes every minute, whoever keeps the records here: they are the same for all.
    const auto at = since_begin(record);
    const bool company = at <= window_end_;
    auto row = rule_.step(record.schema, record.record,
                          company ? ByException::Company::waits : ByException::Company::none);
    if (!row) continue;
    if (!company) window_end_ = at + kMinute;
    return Pending{std::move(row->schema), std::move(row->record)};
  }
}

std::optional<Pending> WearDay::next() {
  auto record = take();
  const auto since = since_begin(record);
  pass_until(std::min(since, length_));
  if (since >= length_) return std::nullopt;
  // Whoever takes it may write at once.
  journal_dirty_ = pages_dirty_ = true;
  ++records_;
  return record;
}

void WearDay::finish() {
  pass_until(length_ + 2 * kMinute);
}

std::string live_payload(const Pending& record, RowId row) {
  // Aliases as a node gives them: one for each metric, from 1.
  static std::map<std::string, std::uint64_t> aliases;
  const auto alias_of = [](std::string_view device, std::string_view name) {
    return aliases.try_emplace(std::string(device) + "/" + std::string(name), aliases.size() + 1)
        .first->second;
  };
  Payload payload;
  payload.timestamp = wire_time(record.record.stamp.wall);
  payload.seq = row % 256;
  payload.metrics = encode_live(record.schema, record.record, row, /*historical=*/false, alias_of);
  return encode(payload, WriteTypes::never);
}

}  // namespace xalink::bench
