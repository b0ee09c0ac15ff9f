#include "tests/bench/record_mix.hpp"

#include <algorithm>
#include <cassert>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink::bench {
namespace {

constexpr std::int64_t kBegin = 1'767'225'600'000;  // 2026-01-01 UTC
constexpr std::int64_t kBootedBefore = 86'400'000;
constexpr std::int64_t kMinute = 60'000;
constexpr std::size_t kRound = 18;  // records in five minutes
constexpr std::size_t kRecordsInOneAppend = 5'000;
const std::string kBoot = "0d7c9a52-4a1f-4c53-9d1e-6f2a8b3c4d5e";

/// A record with the values named; all others are null.
Pending record(const Schema& schema, Stamp stamp,
               std::initializer_list<std::pair<std::string_view, Value>> values) {
  Pending pending{schema, Record{std::move(stamp), std::vector<Value>(schema.columns.size())}};
  for (const auto& [name, value] : values) {
    const auto column = column_index(schema, name);
    if (!column) throw std::runtime_error(schema.group + " has no column " + std::string(name));
    pending.record.values[*column] = value;
  }
  return pending;
}

}  // namespace

RecordMix::RecordMix()
    : link_(link_schema("eth0")),
      gateway_(ping_schema("gateway")),
      anchor_(ping_schema("anchor")),
      dns_(dns_schema("portal")),
      reach_(reach_schema("portal")),
      board_(board_schema()),
      dossier_(dossier_schema()) {}

// SplitMix64: the same on every machine and standard library.
std::uint64_t RecordMix::around(std::uint64_t middle, std::uint64_t spread) {
  std::uint64_t bits = state_ += 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  bits ^= bits >> 31U;
  return middle - spread + bits % (2 * spread + 1);
}

Stamp RecordMix::stamp() {
  return Stamp{WallTime(Milliseconds(kBegin + at_ms_)), BootTime(kBootedBefore + at_ms_), kBoot,
               ClockQuality::synchronised};
}

Pending RecordMix::next() {
  // 40 events in the 5184 records of a day.
  if (around(65, 65) == 0) return dossier();
  const std::size_t place = place_++ % kRound;
  if (place < 15) {
    if (place % 3 == 0) at_ms_ += kMinute;
    at_ms_ += static_cast<std::int64_t>(around(900, 200));
    Pending taken = place % 3 == 0 ? link() : place % 3 == 1 ? ping(gateway_, 1'200) : ping(anchor_, 34'000);
    if (place % 3 == 2) at_ms_ -= at_ms_ % kMinute;  // the probes keep to a grid
    return taken;
  }
  at_ms_ += static_cast<std::int64_t>(around(60, 50));
  return place == 15 ? dns() : place == 16 ? reach() : board();
}

Pending RecordMix::link() {
  received_ += around(1'500'000, 1'400'000);
  sent_ += around(400'000, 300'000);
  const std::uint64_t none = 0;
  return record(link_, stamp(),
                {{"Carrier", true},
                 {"Default Route", true},
                 {"Speed", std::uint64_t{100}},
                 {"Received", received_},
                 {"Sent", sent_},
                 {"Receive Errors", none},
                 {"Send Errors", none},
                 {"Receive Drops", none},
                 {"Send Drops", none}});
}

Pending RecordMix::ping(const Schema& schema, std::uint64_t usual_us) {
  if (around(100, 100) == 0) {
    return record(schema, stamp(),
                  {{"Loss", 100.0}, {"Sent", std::uint64_t{5}}, {"Reason", std::string("timeout")}});
  }
  const std::uint64_t mean = around(usual_us, usual_us / 3);
  return record(schema, stamp(),
                {{"RTT min", mean - around(usual_us / 8, usual_us / 16)},
                 {"RTT mean", mean},
                 {"RTT max", mean + around(usual_us / 4, usual_us / 8)},
                 {"Jitter", around(usual_us / 10, usual_us / 20)},
                 {"Loss", 0.0},
                 {"Sent", std::uint64_t{5}}});
}

Pending RecordMix::dns() {
  return record(
      dns_, stamp(),
      {{"Time", around(21'000, 18'000)}, {"Status", std::string("NOERROR")}, {"Answers", std::uint64_t{2}}});
}

Pending RecordMix::reach() {
  return record(reach_, stamp(),
                {{"Success", true},
                 {"Connect", around(36'000, 9'000)},
                 {"TLS Handshake", around(81'000, 20'000)},
                 {"First Byte", around(140'000, 70'000)},
                 {"HTTP Status", std::uint64_t{200}},
                 {"Certificate Days", 80 - at_ms_ / (24 * 60 * kMinute)},
                 {"Time Difference", static_cast<std::int64_t>(around(1, 1))}});
}

Pending RecordMix::board() {
  return record(board_, stamp(),
                {{"Uptime", static_cast<std::uint64_t>((kBootedBefore + at_ms_) / 1000)},
                 {"Load 1m", static_cast<double>(around(40, 39)) / 100},
                 {"Memory Available", around(700'000'000, 90'000'000)},
                 {"Memory Total", std::uint64_t{1'030'000'000}},
                 {"Disk Available", around(22'000'000'000, 1'000'000)},
                 {"Disk Total", std::uint64_t{31'000'000'000}},
                 {"Temperature", static_cast<double>(around(480, 60)) / 10}});
}

Pending RecordMix::dossier() {
  at_ms_ += static_cast<std::int64_t>(around(60, 50));
  const auto now = static_cast<std::uint64_t>(kBegin + at_ms_);
  constexpr std::uint64_t kDay = 86'400'000;
  return record(dossier_, stamp(),
                {{"Code", "000.00.12.H36-" + std::to_string(260'101'000'000 + ++dossiers_)},
                 {"Procedure", std::string("1.004222.000.00.00.H36")},
                 {"Agency", std::string("000.00.12.H36")},
                 {"State", around(5, 4)},
                 {"State Raw", std::string("Đang xử lý")},
                 {"State At", now},
                 {"Submitted", now - kDay},
                 {"Received", now - kDay / 2},
                 {"Due", now + 5 * kDay},
                 {"Channel", std::uint64_t{2}},
                 {"Level", std::string("toàn trình")},
                 {"Fee", false},
                 {"Digitised", true}});
}

Filled fill_outbox(const std::filesystem::path& file, std::uint64_t records,
                   const std::function<void(std::uint64_t)>& progress) {
  auto outbox = Outbox::open(file);
  if (!outbox) throw std::runtime_error(outbox.error().to_string());
  RecordMix mix;
  Filled filled;
  std::vector<Pending> batch;
  for (std::uint64_t done = 0; done < records;) {
    batch.clear();
    for (; batch.size() < kRecordsInOneAppend && done < records; ++done) {
      batch.push_back(mix.next());
      for (const auto& value : batch.back().record.values) filled.values += is_null(value) ? 0 : 1;
    }
    const auto last = (*outbox)->append(batch);
    if (!last) throw std::runtime_error(last.error().to_string());
    filled.last = *last;
    progress(done);
  }
  return filled;
}

}  // namespace xalink::bench
