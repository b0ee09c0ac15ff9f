// wear_bench: what keeping the records of a board costs its card, for us and for others that keep the same
// records: bytes written to the block device per record, and calls that wait for the disk. Prints one
// table. Exit codes: 0 every limit holds, 1 one does not, 2 it could not be measured.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iostream>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/loop_disk.hpp"
#include "tests/bench/plain_mqtt.hpp"
#include "tests/bench/sync_counter.hpp"
#include "tests/bench/table.hpp"
#include "tests/bench/wear_day.hpp"
#include "tests/fakes/mosquitto.hpp"

namespace xalink::bench {
namespace {

namespace fs = std::filesystem;

// What the project asks of itself: the others write at least so many times as much.
constexpr double kLeastRatio = 5.0;
constexpr std::uint64_t kDiskBytes = std::uint64_t{256} << 20U;

struct Arguments {
  double hours = 24;
  fs::path folder;
  std::string contender;  ///< in a process of its own, by the name in kContenders
  fs::path disk;
};

struct Contender {
  const char* name;
  const char* what;
  const char* promise;  ///< what a power cut costs
  Link link;
  enum class Kind { ours, paho, bridge, block } kind;
  int minutes;  ///< between saves
  /// With whom of ours it is compared, by name; empty for ours, and where there is nothing to compare.
  const char* against;
  /// A power cut costs as much with it as with ours, or there is no promise at all: so the limit holds.
  bool judged = true;
};

using Kind = Contender::Kind;
constexpr const char* kMinute =
    "<= 60 s";  // ours: of measurements; events are on the disk before they are told
constexpr const char* kHalfHour = "<= 30 min, events too";
constexpr const char* kOurHalfHour = "<= 30 min, no event";
constexpr const char* kNothing = "no promise: never syncs";
constexpr std::array kContenders{
    Contender{"ours-up", "xalink outbox, default", kMinute, Link::up, Kind::ours, 1, ""},
    Contender{"paho-up", "Paho, file persistence", kNothing, Link::up, Kind::paho, 0, "ours-up"},
    Contender{"bridge-60s-up", "Mosquitto bridge, saved every 60 s", kMinute, Link::up, Kind::bridge, 1,
              "ours-up"},
    Contender{"ours-30min-up", "xalink outbox, flush_seconds = 1800", kOurHalfHour, Link::up, Kind::ours, 30,
              ""},
    Contender{"bridge-30min-up", "Mosquitto bridge, default (1800 s)", kHalfHour, Link::up, Kind::bridge, 30,
              "ours-30min-up", false},
    Contender{"ours-down", "xalink outbox, default", kMinute, Link::down, Kind::ours, 1, ""},
    Contender{"paho-down", "Paho, file persistence", kNothing, Link::down, Kind::paho, 0, "ours-down"},
    Contender{"bridge-60s-down", "Mosquitto bridge, saved every 60 s", kMinute, Link::down, Kind::bridge, 1,
              "ours-down"},
    Contender{"ours-30min-down", "xalink outbox, flush_seconds = 1800", kOurHalfHour, Link::down, Kind::ours,
              30, ""},
    Contender{"bridge-30min-down", "Mosquitto bridge, default (1800 s)", kHalfHour, Link::down, Kind::bridge,
              30, "ours-30min-down", false},
    Contender{"block", "one block overwritten a minute, no records", kMinute, Link::down, Kind::block, 1, ""},
};

struct Measured {
  std::uint64_t records = 0;
  std::uint64_t payload_bytes = 0;
  std::uint64_t device_bytes = 0;
  std::uint64_t flushes = 0;
  std::uint64_t syncs = 0;
};

void say(const std::string& text) {
  std::fprintf(stderr, "wear: %s\n", text.c_str());
}

test::MosquittoOptions quiet() {
  test::MosquittoOptions options;
  options.more = "log_type none\nlog_type error\nlog_type warning\n";
  return options;
}

Kept keep_over_bridge(const fs::path& folder, double hours, const Contender& contender) {
  std::optional<test::Mosquitto> far;
  std::optional<PlainMqtt> listener;
  std::uint16_t far_port = 0;
  if (contender.link == Link::up) {
    far.emplace(quiet());
    far_port = far->port();
    listener.emplace(far_port, "bench-listener");
    listener->subscribe("spBv1.0/#");
  } else {
    far_port = test::free_port();
  }
  auto options = quiet();
  // Unlimited queues: by default a bridge drops what comes after 1,000 messages, some four hours.
  options.more += "persistence true\npersistence_location " + folder.string() +
                  "/\nautosave_interval 0\nmax_queued_messages 0\nmax_inflight_messages 0\n"
                  "connection far\naddress 127.0.0.1:" +
                  std::to_string(far_port) + "\ntopic # out 1\ncleansession false\nrestart_timeout 1\n";
  const test::Mosquitto near(options);
  std::uint64_t arrived = 0;
  const auto all_arrived = [&](std::uint64_t records) {
    if (!listener) return true;
    while (arrived < records) {
      if (!listener->receive(std::chrono::milliseconds(1), [&](const PublishSeen&) { ++arrived; })) break;
    }
    return arrived >= records;
  };
  return keep_with_bridge(folder, hours, near.port(), near.pid(), std::chrono::minutes(contender.minutes),
                          all_arrived);
}

/// In the process of its own: keeps the records and prints how many.
int keep(const Arguments& arguments) {
  const auto contender = std::find_if(kContenders.begin(), kContenders.end(),
                                      [&](const Contender& one) { return arguments.contender == one.name; });
  if (contender == kContenders.end()) throw std::runtime_error("no contender " + arguments.contender);
  Kept kept;
  switch (contender->kind) {
    case Kind::ours:
      kept = keep_in_outbox(arguments.disk, arguments.hours, contender->link,
                            std::chrono::minutes(contender->minutes));
      break;
    case Kind::paho: {
      std::optional<test::Mosquitto> broker;
      if (contender->link == Link::up) broker.emplace(quiet());
      kept = keep_with_paho(arguments.disk, arguments.hours, contender->link,
                            broker ? broker->port() : test::free_port());
      break;
    }
    case Kind::bridge: kept = keep_over_bridge(arguments.disk, arguments.hours, *contender); break;
    case Kind::block:
      kept = overwrite_a_block(arguments.disk, arguments.hours, std::chrono::minutes(contender->minutes));
      break;
  }
  std::cout << kept.records << " " << kept.payload_bytes << std::endl;
  return 0;
}

std::uint64_t count_in(const fs::path& file) {
  std::uint64_t count = 0;
  std::ifstream(file, std::ios::binary).read(reinterpret_cast<char*>(&count), sizeof count);
  return count;
}

Measured measure(const Arguments& arguments, const Contender& contender) {
  const LoopDisk disk(arguments.folder, kDiskBytes);
  const fs::path counts = arguments.folder / "syncs";
  fs::remove(counts);
  const auto before = disk.traffic();
  const std::string command = std::string(kSyncCountVariable) + "=" + counts.string() +
                              " LD_PRELOAD=" XALINK_SYNC_COUNTER " " XALINK_WEAR_BENCH " --contender " +
                              contender.name + " --hours " + fixed(arguments.hours, 3) + " --disk " +
                              disk.mount_point().string();
  auto* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  unsigned long long records = 0;
  unsigned long long bytes = 0;
  const int read = std::fscanf(pipe, "%llu %llu", &records, &bytes);  // NOLINT(cert-err34-c): our own words
  if (::pclose(pipe) != 0 || read != 2) throw std::runtime_error(std::string(contender.name) + " failed");
  const auto after = disk.traffic();
  Measured measured;
  measured.records = records;
  measured.payload_bytes = bytes;
  measured.device_bytes = after.bytes - before.bytes;
  measured.flushes = after.flushes - before.flushes;
  measured.syncs = count_in(counts);
  return measured;
}

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], row[i].size());
  }
  std::string text;
  for (const auto& row : rows) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i)
      line += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    line.erase(line.find_last_not_of(' ') + 1);
    text += line + "\n";
  }
  return text;
}

double bytes_per_record(const Measured& measured) {
  return static_cast<double>(measured.device_bytes) /
         static_cast<double>(std::max<std::uint64_t>(1, measured.records));
}

bool report(const Arguments& arguments, const std::vector<Measured>& results) {
  bool holds = true;
  std::vector<std::vector<std::string>> rows{{"keeps the records of a board", "a power cut costs", "B/record",
                                              "KiB/day", "syncs/hour", "to ours", ""}};
  const auto result_of = [&](std::string_view name) {
    const auto found = std::find_if(kContenders.begin(), kContenders.end(),
                                    [&](const Contender& one) { return one.name == name; });
    return results[static_cast<std::size_t>(found - kContenders.begin())];
  };
  for (const Link link : {Link::up, Link::down}) {
    rows.push_back({link == Link::up ? "connected" : "cut off"});
    for (std::size_t i = 0; i < kContenders.size(); ++i) {
      const auto& contender = kContenders[i];
      const auto& result = results[i];
      if (contender.link != link || result.records == 0) continue;
      std::vector<std::string> row{
          std::string("  ") + contender.what, contender.promise, grouped(bytes_per_record(result)),
          grouped(static_cast<double>(result.device_bytes) * 24 / arguments.hours / 1024),
          fixed(static_cast<double>(result.syncs) / arguments.hours, 1)};
      const auto ours = result_of(contender.against);
      if (*contender.against != '\0' && ours.records > 0) {
        const double ratio = bytes_per_record(result) / bytes_per_record(ours);
        row.push_back(fixed(ratio, 1) + "x");
        if (contender.judged) {
          row.emplace_back(ratio >= kLeastRatio ? "PASS" : "FAIL");
          holds = holds && ratio >= kLeastRatio;
        }
      }
      rows.push_back(std::move(row));
    }
  }
  const double day =
      static_cast<double>(std::max(result_of("ours-up").device_bytes, result_of("ours-down").device_bytes)) *
      24 / arguments.hours;
  const double year = day * 365.25;
  constexpr double kCard = 8e9 * 1000;  // 8 GB, each cell written 1,000 times
  std::cout
      << "\nxalink wear benchmark on " << machine() << "\n"
      << fixed(arguments.hours, 1) << " h of the default probes, "
      << grouped(static_cast<double>(results.front().records))
      << " records (by exception, as by default, the same for all), on ext4\n(4 KiB blocks, default options) "
         "on "
         "a loop device. Limit: whoever promises as much as ours, or nothing, writes >= "
      << fixed(kLeastRatio, 0) << "x as much.\n\n"
      << aligned(rows)
      << "\nBytes are sectors written to the device, the journal of ext4 included. Time is simulated: ext4 "
         "commits its journal\nat most 5 simulated seconds after a change, what is dirty is written out "
         "every 30, as the kernel does, for everybody.\nSyncs: fsync, fdatasync, msync and "
         "sync_file_range of the process that keeps the records. A Mosquitto bridge also drops\nwhat "
         "comes after 1,000 waiting messages by default; here its queue is unlimited. By default it saves "
         "every\n30 min and a power cut costs all since, events "
         "too: less is written where less is promised, so it is compared with ours for the same 30 "
         "min,\nwhich "
         "still has events on the disk at once. \"One block\" is the "
         "least that ext4 lets\nanybody write who promises 60 s: the block, and its journal for the "
         "file's time.\n\nOurs: "
      << grouped(day / 1024) << " KiB a day, " << fixed(year / 1e9, 2) << " GB a year to the device. An "
      << "8 GB card of 1,000 cycles takes " << grouped(kCard / 1e9)
      << " GB; how much more it writes\ninside than it is told (its erase blocks are megabytes) no maker "
         "says. If it were 100 times as much: "
      << fixed(kCard / (year * 100), 1) << " years.\n"
      << "\nTo repeat it:  tests/run.sh bench\n";
  return holds;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Measures what keeping records costs a board's card", "wear_bench");
  app.add_option("--folder", arguments.folder, "for the image of the disk");
  app.add_option("--hours", arguments.hours, "of a board's time")
      ->check(CLI::Range(0.1, 10'000.0))
      ->capture_default_str();
  app.add_option("--contender", arguments.contender, "only keep records, on --disk; for its own use");
  app.add_option("--disk", arguments.disk, "");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), 2);
  }
  if (!arguments.contender.empty() && !arguments.disk.empty()) return keep(arguments);
  if (arguments.folder.empty()) throw std::runtime_error("--folder is missing");
  arguments.folder = fs::absolute(arguments.folder);
  fs::create_directories(arguments.folder);
  std::vector<Measured> results;
  for (const auto& contender : kContenders) {
    results.emplace_back();
    if (!arguments.contender.empty() && arguments.contender != contender.name) continue;
    say(std::string(contender.name) + " ...");
    results.back() = measure(arguments, contender);
    const auto& result = results.back();
    say(std::string(contender.name) + ": " + grouped(static_cast<double>(result.device_bytes)) + " bytes, " +
        std::to_string(result.records) + " records of " + grouped(static_cast<double>(result.payload_bytes)) +
        " bytes, " + std::to_string(result.syncs) + " syncs, " + std::to_string(result.flushes) +
        " device flushes");
  }
  return report(arguments, results) ? 0 : 1;
}

}  // namespace
}  // namespace xalink::bench

int main(int argc, char** argv) {
  try {
    return xalink::bench::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "wear_bench: %s\n", failure.what());
    return 2;
  }
}
