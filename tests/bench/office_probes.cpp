#include "tests/bench/office_probes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <stdexcept>
#include <string>

#include "sparkplug/metric_names.hpp"
#include "sparkplug/throughput_schema.hpp"

namespace xalink::bench {
namespace {

constexpr Milliseconds kMinute = std::chrono::minutes(1);
constexpr Milliseconds kDay = std::chrono::hours(24);
// Minutes of the day: throughput is measured in the morning and in the afternoon, as the windows have it.
constexpr std::array<int, 2> kThroughputAt = {9 * 60 + 7, 15 * 60 + 22};
constexpr int kOutageAt = 13 * 60 + 3;
constexpr std::uint64_t kOutageSeconds = 240;

std::string text(std::string_view some) {
  return std::string(some);
}

}  // namespace

std::vector<Schema> OfficeProbes::schemas() const {
  std::vector<Schema> all{power_schema(),          storage_schema(), access_schema(), captive_portal_schema(),
                          public_address_schema(), path_schema(),    mtu_schema(),    throughput_schema()};
  if (way_ == WayOut::modem) all.push_back(cellular_schema());
  return all;
}

// SplitMix64: the same on every machine and standard library.
std::uint64_t OfficeProbes::around(std::uint64_t middle, std::uint64_t spread) {
  std::uint64_t bits = state_ += 0x9e3779b97f4a7c15U;
  bits = (bits ^ (bits >> 30U)) * 0xbf58476d1ce4e5b9U;
  bits = (bits ^ (bits >> 27U)) * 0x94d049bb133111ebU;
  bits ^= bits >> 31U;
  return middle - spread + bits % (2 * spread + 1);
}

/// A step of up to 1 either way, drawn back to the middle.
double OfficeProbes::wander(double& value, double middle, double most) {
  value += static_cast<double>(around(100, 100)) / 100 - 1 + (middle - value) / 20;
  value = std::clamp(value, middle - most, middle + most);
  return std::round(value);
}

Pending OfficeProbes::record(const Schema& schema, Values values) const {
  Pending pending{schema, Record{stamp_, std::vector<Value>(schema.columns.size())}};
  for (const auto& [name, value] : values) {
    const auto column = column_index(schema, name);
    if (!column) throw std::runtime_error(schema.group + " has no column " + text(name));
    pending.record.values[*column] = value;
  }
  return pending;
}

bool OfficeProbes::is_due(Milliseconds interval) const {
  return (next_ - begin_) % interval < kMinute;
}

std::vector<Pending> OfficeProbes::until(const Stamp& now) {
  std::vector<Pending> due;
  for (; next_ <= now.boot_time; next_ += kMinute) {
    stamp_ = now;
    stamp_.wall -= now.boot_time - next_;
    stamp_.boot_time = next_;
    minute(due);
  }
  return due;
}

void OfficeProbes::minute(std::vector<Pending>& due) {
  const bool modem = way_ == WayOut::modem;
  const auto day = (next_ - begin_) / kDay;
  if (is_due(config_.power.interval)) {
    due.push_back(
        record(power_schema(),
               {{"Under Voltage", false}, {"Under Voltage Since Boot", false}, {"Throttled", false}}));
  }
  if (is_due(config_.storage.interval)) {
    due.push_back(record(storage_schema(), {{"Device", text("mmcblk0")},
                                            {"Life Used", std::uint64_t{10}},
                                            {"Pre EOL", std::uint64_t{1}},
                                            {"Errors", std::uint64_t{0}},
                                            {"Read Only", false}}));
  }
  if (is_due(config_.access.interval)) {
    due.push_back(record(access_schema(), {{"Interface", text(modem ? "wwan0" : "eth0")},
                                           {"Technology", text(modem ? "4g" : "fibre")},
                                           {"Known By", text(modem ? "modem" : "configuration")}}));
  }
  if (is_due(config_.portal.interval)) {
    due.push_back(
        record(captive_portal_schema(), {{"Finding", text("clear")}, {"HTTP Status", std::uint64_t{204}}}));
  }
  if (is_due(config_.address.interval)) {
    due.push_back(record(public_address_schema(), {{"Address", "113.160.11." + std::to_string(day % 200)}}));
  }
  if (is_due(config_.path.interval)) {
    due.push_back(record(path_schema(), {{"Target", text("anchor")},
                                         {"Hop 1", text("192.168.1.1")},
                                         {"RTT 1", around(900, 300)},
                                         {"Hop 2", text("100.64.0.1")},
                                         {"RTT 2", around(4'000, 1'000)},
                                         {"Hop 3", text("123.29.4.17")},
                                         {"RTT 3", around(9'000, 3'000)},
                                         {"Hop 4", text("123.29.10." + std::to_string(around(30, 2)))},
                                         {"RTT 4", around(21'000, 5'000)},
                                         {"Hop 5", text("203.113.158.9")},
                                         {"RTT 5", around(24'000, 6'000)},
                                         {"Reached", true}}));
  }
  if (is_due(config_.mtu.interval)) {
    due.push_back(record(mtu_schema(), {{"Target", text("anchor")},
                                        {"Interface MTU", std::uint64_t{1'500}},
                                        {"Path MTU", std::uint64_t{1'492}},
                                        {"Told MTU", std::uint64_t{1'492}},
                                        {"Finding", text("told")}}));
  }
  if (modem && is_due(config_.cellular.interval)) cellular(due);
  const auto of_day = static_cast<int>(((next_ - begin_) % kDay) / kMinute);
  if (std::find(kThroughputAt.begin(), kThroughputAt.end(), of_day) != kThroughputAt.end()) throughput(due);
  if (of_day == kOutageAt) outage(due);
}

void OfficeProbes::throughput(std::vector<Pending>& due) {
  const bool metered = way_ == WayOut::modem;
  const auto cost = static_cast<std::size_t>(metered);
  const auto bytes = 2 * config_.throughput.test_bytes[cost];
  // Paid by volume: what the month's budget allows, spread over the month.
  const auto share =
      config_.throughput.monthly_bytes[cost] * static_cast<std::uint64_t>((next_ - begin_) / kDay + 1) / 30;
  if (metered_bytes_ + bytes > share) return;
  metered_bytes_ += bytes;
  due.push_back(
      record(throughput_schema(), {{"Download", around(metered ? 18'000'000 : 61'000'000, 9'000'000)},
                                   {"Upload", around(metered ? 7'000'000 : 48'000'000, 5'000'000)},
                                   {"Download Time", around(1'900, 600)},
                                   {"Upload Time", around(2'300, 700)},
                                   {"RTT min", around(32'000, 6'000)},
                                   {"RTT loaded", around(70'000, 30'000)},
                                   {"Retransmits", around(20, 20)},
                                   {"Wire Bytes", around(bytes + bytes / 20, bytes / 50)},
                                   {"Metered", metered}}));
}

void OfficeProbes::cellular(std::vector<Pending>& due) {
  const double rsrp = wander(rsrp_, -95, 9);
  const auto quality = static_cast<std::uint64_t>(std::clamp((rsrp + 130) * 100 / 70, 0.0, 100.0));
  due.push_back(record(cellular_schema(), {{"Modems", std::uint64_t{1}},
                                           {"State", text("connected")},
                                           {"SIM", text("ready")},
                                           {"Registration", text("home")},
                                           {"Operator Code", text("45204")},
                                           {"Operator", text("Viettel")},
                                           {"Technology", text("lte")},
                                           {"Signal Quality", quality},
                                           {"RSRP", rsrp},
                                           {"RSRQ", wander(rsrq_, -11, 4)},
                                           {"SNR", wander(snr_, 12, 8)},
                                           {"RSSI", rsrp + 30},
                                           {"Default Route", true},
                                           {"Model", text("EC25")},
                                           {"Revision", text("EC25EFAR06A09M4G")}}));
}

/// Its begin, and its end some minutes later.
void OfficeProbes::outage(std::vector<Pending>& due) {
  const std::string name = stamp_.boot_id + "-" + std::to_string(++outages_);
  const auto begin = static_cast<std::uint64_t>(next_.count());
  const Values told_of_begin = {{"Outage", name},
                                {"Event", text("begin")},
                                {"Cause", text("upstream")},
                                {"Rung", text("internet")},
                                {"Begin Boot", stamp_.boot_id},
                                {"Begin", begin},
                                {"Boot", stamp_.boot_id},
                                {"At", begin},
                                {"Readings", std::uint64_t{3}},
                                {"Evidence", text("Ping/anchor (no answer), Ping/gateway answers")}};
  due.push_back(record(outage_schema(), told_of_begin));
  const Values told_of_end = {{"Outage", name},
                              {"Event", text("end")},
                              {"Cause", text("upstream")},
                              {"Rung", text("internet")},
                              {"Begin Boot", stamp_.boot_id},
                              {"Begin", begin},
                              {"Boot", stamp_.boot_id},
                              {"At", begin + kOutageSeconds * 1'000},
                              {"Seconds", kOutageSeconds},
                              {"Readings", std::uint64_t{14}},
                              {"Evidence", text("Ping/anchor answers")}};
  due.push_back(record(outage_schema(), told_of_end));
}

}  // namespace xalink::bench
