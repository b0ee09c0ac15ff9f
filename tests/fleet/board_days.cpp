#include "tests/fleet/board_days.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <stdexcept>

#include "sparkplug/metric_names.hpp"
#include "sparkplug/throughput_schema.hpp"

namespace xalink::test {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

enum Shape : std::size_t {
  ping,
  reach,
  board,
  access,
  throughput,
  outage_event,
  boot_event,
  dossier,
  kShapes
};

const std::array<Schema, kShapes>& shapes() {
  static const std::array<Schema, kShapes> all = {with_runs(ping_schema("anchor")),
                                                  with_runs(reach_schema("portal")),
                                                  with_runs(board_schema()),
                                                  with_runs(access_schema()),
                                                  throughput_schema(),
                                                  outage_schema(),
                                                  boot_schema(),
                                                  dossier_schema()};
  return all;
}

// As whoever wrote the declaration of the column would have it.
Value typed(const Column& column, const Value& value) {
  const auto* number = std::get_if<std::uint64_t>(&value);
  if (number == nullptr) return value;
  switch (column.type) {
    case DataType::float32:
    case DataType::float64: return static_cast<double>(*number);
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::int64: return static_cast<std::int64_t>(*number);
    default: return value;
  }
}

std::string uuid_of(std::uint64_t high, std::uint64_t low) {
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-4%03x-8%03x-%012llx",
                static_cast<unsigned>(high & 0xffffffffU), static_cast<unsigned>(high >> 32U & 0xffffU),
                static_cast<unsigned>(high >> 48U & 0xfffU), static_cast<unsigned>(low >> 48U & 0xfffU),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return text.data();
}

}  // namespace

BoardDays::BoardDays(Office office) : office_(std::move(office)), random_(office_.seed) {
  nights_ = chance(0.6);
  trouble_ = 0.3 + static_cast<double>(below(30)) / 10.0;
  rtt_us_ = 8'000 + below(90'000);
  down_bps_ = 1'000'000 * (1 + below(80));
  dossiers_a_day_ = 5 + below(30);
}

bool BoardDays::chance(double of_one) {
  return static_cast<double>(below(1'000'000)) < of_one * 1e6;
}

std::uint64_t BoardDays::below(std::uint64_t limit) {
  return random_() % limit;
}

std::uint64_t BoardDays::since_boot(WallTime at) const {
  return static_cast<std::uint64_t>(std::max<std::int64_t>((at - boot_start_).count(), 0));
}

std::vector<Fact> BoardDays::day(WallTime midnight, bool working_day) {
  const WallTime next = midnight + hours(24);
  if (boot_.empty()) start(midnight + hours(7), "first start", std::nullopt);
  if (nights_) {
    live(std::max(midnight, last_), next);
  } else if (working_day) {
    const WallTime on = midnight + hours(7) + minutes(below(30));
    if (last_ < on - hours(1)) start(on, "shutdown", last_);
    live(on, midnight + hours(17) + minutes(below(60)));
  }
  if (working_day) dossiers(midnight);
  std::vector<Fact> facts;
  for (auto& [lane, batch] : batches_) {
    if (!batch.empty()) facts.push_back(fact::Arrived{{"VN-03", office_.site}, next, std::move(batch)});
  }
  batches_.clear();
  return facts;
}

void BoardDays::start(WallTime at, const char* reason, std::optional<WallTime> last) {
  const std::string before = boot_;
  const WallTime start_before = boot_start_;
  boot_ = uuid_of(office_.seed, ++boots_);
  boot_start_ = at - seconds(20);
  Set values{{"Of", std::string("board")}, {"Reason", std::string(reason)}, {"Boot", boot_}};
  if (last) {
    values.emplace_back("Before Boot", before);
    values.emplace_back("Before Last", static_cast<std::uint64_t>((*last - start_before).count()));
  }
  add(boot_event, at, values);
  if (last && std::string_view(reason) == "power loss") {
    const auto began = static_cast<std::uint64_t>((*last - start_before).count());
    for (const bool begins : {true, false}) {
      add(outage_event, at,
          {{"Outage", before + "-power"},
           {"Event", std::string(begins ? "begin" : "end")},
           {"Cause", std::string("power")},
           {"Begin Boot", before},
           {"Begin", began},
           {"Boot", begins ? before : boot_},
           {"At", begins ? began : std::uint64_t{0}},
           {"Seconds",
            begins ? std::uint64_t{0} : static_cast<std::uint64_t>((boot_start_ - *last).count() / 1000)}});
    }
  }
  add(access, at,
      {{"Interface", std::string("eth0")}, {"Technology", std::string(chance(0.8) ? "fibre" : "4g")}});
  last_ = at;
}

void BoardDays::live(WallTime from, WallTime to) {
  static const std::array<Trouble, 5> kTroubles = {{{"internet", "", 0.25, minutes(50)},
                                                    {"first hop", "", 0.08, minutes(25)},
                                                    {"services", "portal", 0.2, minutes(30)},
                                                    {"gateway", "", 0.05, minutes(20)},
                                                    {"power", "", 0.06, minutes(180)}}};
  const auto span = static_cast<double>((to - from).count()) / 86'400'000.0;
  WallTime at = from;
  std::optional<std::pair<Trouble, WallTime>> broken;
  for (const auto& trouble : kTroubles) {
    if (!chance(trouble.per_day * trouble_ * span)) continue;
    const auto room = static_cast<std::uint64_t>((to - from) / minutes(1));
    broken.emplace(trouble, from + minutes(below(std::max<std::uint64_t>(room, 1))));
    break;
  }
  for (std::uint64_t step = 0; at < to; at += minutes(15), ++step) {
    if (broken && broken->second <= at) {
      const auto& [trouble, begin] = *broken;
      const WallTime end =
          begin + seconds(60 + below(static_cast<std::uint64_t>(trouble.usual.count()) * 120));
      if (std::string_view(trouble.cause) == "power") {
        start(end, "power loss", std::exchange(last_, end));
      } else {
        outage(trouble, begin, end);
      }
      broken.reset();
      while (at < end) at += minutes(15);
      if (at >= to) break;
    }
    measure(at, step);
  }
  last_ = std::max(last_, to);
}

void BoardDays::measure(WallTime at, std::uint64_t step) {
  add(ping, at,
      {{"RTT mean", rtt_us_ + below(rtt_us_ / 2)},
       {"Loss", static_cast<double>(chance(0.03) ? below(40) : 0)},
       {"Runs", std::uint64_t{15}}});
  if (step % 4 == 0) {
    add(reach, at + seconds(2), {{"Success", !chance(0.005)}, {"Runs", std::uint64_t{12}}});
    add(board, at + seconds(3), {{"Uptime", since_boot(at) / 1000}});
  }
  if (step == 6 || step == 30) {
    add(throughput, at + seconds(30),
        {{"Download", down_bps_ - below(down_bps_ / 2)}, {"Upload", down_bps_ / 2 - below(down_bps_ / 4)}});
  }
  last_ = at;
}

void BoardDays::outage(const Trouble& trouble, WallTime from, WallTime to) {
  const std::string id = boot_ + "-" + std::to_string(since_boot(from)) + "-" + trouble.cause;
  for (const bool begins : {true, false}) {
    const WallTime at = begins ? from : to;
    Set values{{"Outage", id},
               {"Event", std::string(begins ? "begin" : "end")},
               {"Cause", std::string(trouble.cause)},
               {"Begin Boot", boot_},
               {"Begin", since_boot(from)},
               {"Boot", boot_},
               {"At", since_boot(at)},
               {"Seconds", static_cast<std::uint64_t>((at - from).count() / 1000)}};
    if (*trouble.subject != 0) values.emplace_back("Subject", std::string(trouble.subject));
    add(outage_event, at, values);
  }
}

// Received in the morning, done within its five working days or not; told when it is done.
void BoardDays::dossiers(WallTime midnight) {
  const auto count = dossiers_a_day_ / 2 + below(dossiers_a_day_);
  for (std::uint64_t i = 0; i < count; ++i) {
    const WallTime received = midnight + hours(7) + minutes(30 + below(480));
    const auto ms = [](WallTime at) { return static_cast<std::uint64_t>(at.time_since_epoch().count()); };
    const WallTime due = received + hours(24 * 7);
    const WallTime done = received + hours(24 * (1 + below(6))) + (chance(0.021) ? hours(24 * 5) : hours(0));
    const std::string code = office_.site + "-" + std::to_string(++dossier_);
    const std::uint64_t channel = chance(0.8) ? 2 : 1;
    const bool fee = chance(0.3);
    // A board that lost its power in the afternoon tells of it when it is back.
    const WallTime told = std::max(midnight + hours(17), boot_start_) + seconds(i);
    Set common{{"Code", code},
               {"Procedure", "1." + std::to_string(100'000 + below(40))},
               {"Level", std::string(chance(0.6) ? "full" : "partial")},
               {"Received", ms(received)},
               {"Due", ms(due)},
               {"Channel", channel},
               {"Fee", fee}};
    if (fee) common.emplace_back("Online Payment", std::uint64_t{chance(0.89) ? 1U : 0U});
    Set accepted = common;
    accepted.emplace_back("State", std::uint64_t{2});
    accepted.emplace_back("State At", ms(received));
    add(dossier, told, accepted);
    Set finished = common;
    finished.emplace_back("State", std::uint64_t{9});
    finished.emplace_back("State At", ms(done));
    finished.emplace_back("Finished", ms(done));
    add(dossier, told + seconds(1), finished);
  }
}

void BoardDays::add(std::size_t shape, WallTime at, const Set& values) {
  const Schema& schema = shapes().at(shape);
  Batch& batch = batches_[schema.lane];
  if (batch.schemas.empty()) {
    batch.epoch = uuid_of(office_.seed, 0);
    batch.lane = schema.lane;
    batch.schemas.assign(shapes().begin(), shapes().end());
  }
  Record record;
  record.stamp = Stamp{at, BootTime(since_boot(at)), boot_, ClockQuality::synchronised};
  record.values.resize(schema.columns.size());
  for (const auto& [name, value] : values) {
    const auto place = column_index(schema, name);
    if (!place) throw std::logic_error(schema.group + " has no column " + name);
    record.values[*place] = typed(schema.columns[*place], value);
  }
  const RowId row = ++rows_[schema.lane];
  batch.items.push_back(Batch::Item{shape, row, row, std::move(record)});
  ++records_;
}

}  // namespace xalink::test
