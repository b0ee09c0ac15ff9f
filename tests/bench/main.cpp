// drain_bench: a backlog of records from a board's outbox into the gateway's store, beside what SQLite and
// the broker do alone, on the wire, in memory, and in wake-ups. Prints one table. Exit codes: 0 every
// limit holds, 1 one does not, 2 it could not be measured.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <exception>
#include <iostream>
#include <numeric>
#include <stdexcept>
#include <string>
#include <vector>

#include "tests/bench/drain.hpp"
#include "tests/bench/limits.hpp"
#include "tests/bench/record_mix.hpp"
#include "tests/bench/table.hpp"
#include "tests/comparison/comparison.hpp"
#include "tests/fakes/mosquitto.hpp"

namespace xalink::bench {
namespace {

namespace fs = std::filesystem;

// What the project asks of itself, now.
constexpr double kLeastShare = 0.30;          // of the slower of SQLite alone and the broker alone
constexpr double kMostBytesPerValue = 8.0;    // on the wire
constexpr double kMostAgentMebibytes = 16.0;  // resident, with everything stored

struct Arguments {
  Programs programs;
  std::uint64_t records = 1'000'000;
  int runs = 3;
  double idle_minutes = 2;
  fs::path folder;
};

void say(const std::string& text) {
  std::fprintf(stderr, "bench: %s\n", text.c_str());
}

double mebibytes(std::uint64_t bytes) {
  return static_cast<double>(bytes) / (1024.0 * 1024.0);
}

std::string verdict(bool holds) {
  return holds ? "PASS" : "FAIL";
}

struct Results {
  Filled filled;
  std::vector<DrainRun> drains;
  std::uint64_t wire_bytes = 0;
  std::size_t messages = 0;
  std::vector<double> sqlite;
  std::vector<double> broker;
  IdleRun idle;
  std::string comparison;
};

// Mosquitto logs all it does for the tests; here it must not.
test::MosquittoOptions quiet_broker() {
  test::MosquittoOptions options;
  options.more = "log_type none\nlog_type error\nlog_type warning\n";
  return options;
}

Results measure(const Arguments& arguments) {
  Results results;
  const fs::path outbox = arguments.folder / "filled.db";
  say("filling an outbox with " + grouped(static_cast<double>(arguments.records)) + " records");
  // With what an earlier run left beside it.
  std::vector<fs::path> left;
  for (const auto& entry : fs::directory_iterator(arguments.folder)) {
    if (entry.path().filename().string().starts_with("filled.db")) left.push_back(entry.path());
  }
  for (const auto& file : left) fs::remove(file);
  results.filled = fill_outbox(outbox, arguments.records, [](std::uint64_t done) {
    if (done % 250'000 == 0) say(grouped(static_cast<double>(done)) + " records stored");
  });

  const test::Mosquitto broker(quiet_broker());
  std::vector<std::string> packets;
  {
    say("a drain with a listener that keeps every message (not timed)");
    auto captured = drain(arguments.programs, broker, outbox, results.filled.last,
                          arguments.folder / "capture", Capture::yes, say);
    packets = std::move(captured.packets);
    fs::remove_all(arguments.folder / "capture");
  }
  results.messages = packets.size();
  for (const auto& packet : packets) results.wire_bytes += packet.size();

  for (int run = 1; run <= arguments.runs; ++run) {
    say("drain " + std::to_string(run) + " of " + std::to_string(arguments.runs));
    results.drains.push_back(drain(arguments.programs, broker, outbox, results.filled.last,
                                   arguments.folder / "drain", Capture::no, say));
    say(fixed(results.drains.back().seconds, 1) + " s");
  }
  const auto& last = results.drains.back();
  say("comparing the outbox with the store");
  const auto comparison = compare_stores(last.outbox, last.store);
  if (!comparison) throw std::runtime_error(comparison.error().to_string());
  results.comparison = comparison->to_string();
  // What the program says of its own start comes on top.
  if (!comparison->holds() || comparison->committed < results.filled.records()) {
    throw std::runtime_error("the drain was not exact: " + results.comparison);
  }
  for (int run = 1; run <= arguments.runs; ++run) {
    results.sqlite.push_back(insert_into_sqlite(last.store, arguments.folder / "raw.db", last.commits));
    say("SQLite alone: " + fixed(results.sqlite.back(), 1) + " s");
    results.broker.push_back(pass_through_broker(broker.port(), packets));
    say("the broker alone: " + fixed(results.broker.back(), 2) + " s");
  }
  results.idle = idle(arguments.programs, broker, arguments.folder / "idle", arguments.idle_minutes, say);
  return results;
}

std::string spread(const std::vector<double>& seconds) {
  std::string text = "median of " + std::to_string(seconds.size()) + ":";
  for (const double one : seconds) text += " " + fixed(one, 2) + " s";
  return text;
}

bool report(const Arguments& arguments, const Results& results, const std::string& command) {
  const auto values = static_cast<double>(results.filled.values);
  const auto records = static_cast<double>(results.filled.records());
  std::vector<double> drains;
  std::vector<double> agent_cpu;
  std::vector<double> gateway_cpu;
  std::vector<double> broker_cpu;
  double waiting = 0;
  double peak = 0;
  double own = 0;
  std::size_t commits = 0;
  for (const auto& run : results.drains) {
    drains.push_back(run.seconds);
    agent_cpu.push_back(run.agent_cpu);
    gateway_cpu.push_back(run.gateway_cpu);
    broker_cpu.push_back(run.broker_cpu);
    waiting = std::max(waiting, mebibytes(run.waiting.resident));
    peak = std::max(peak, mebibytes(run.drained.peak));
    own = std::max(own, mebibytes(run.drained.own));
    commits = run.commits.size();
  }
  const double drained = values / median(drains);
  const double sqlite = values / median(results.sqlite);
  const double broker = values / median(results.broker);
  const double slower = std::min(sqlite, broker);
  const double share = drained / slower;
  const double bytes = static_cast<double>(results.wire_bytes) / values;
  double wake_ups = 0;
  std::string threads;
  for (const auto& [thread, count] : results.idle.wake_ups) {
    wake_ups += count;
    threads += (threads.empty() ? "" : ", ") + thread.substr(thread.find(' ') + 1) + " " + fixed(count, 0);
  }
  const auto micros = [&](const std::vector<double>& seconds) {
    return fixed(median(seconds) * 1e6 / records, 2) + " us/record";
  };

  const bool fast = share >= kLeastShare;
  const bool small = bytes <= kMostBytesPerValue;
  const bool lean = peak <= kMostAgentMebibytes;
  std::cout << "\nxalink drain benchmark on " << machine() << "\n"
            << grouped(records) << " records, " << grouped(values)
            << " values (a value: a column of a record that is not null; its time comes on top), "
            << grouped(static_cast<double>(results.messages)) << " backlog messages, " << commits
            << " commits; " << results.comparison << "\n\n"
            << table({
                   {"what", "measured", "limit", "", ""},
                   {"drain: outbox to committed and acknowledged", grouped(drained) + " values/s", "", "",
                    spread(drains)},
                   {"  of which agent, processor time", micros(agent_cpu), "", "", ""},
                   {"  of which broker, processor time", micros(broker_cpu), "", "", ""},
                   {"  of which gateway, processor time", micros(gateway_cpu), "", "", ""},
                   {"SQLite alone, same bytes and commits", grouped(sqlite) + " values/s", "", "",
                    spread(results.sqlite)},
                   {"broker alone, same messages, 1 to 1", grouped(broker) + " values/s", "", "",
                    spread(results.broker)},
                   {"drain, of the slower of the two", fixed(share * 100, 1) + " %",
                    ">= " + fixed(kLeastShare * 100, 0) + " %", verdict(fast), ""},
                   {"wire, backlog: topic, payload and MQTT header", fixed(bytes, 2) + " B/value",
                    "<= " + fixed(kMostBytesPerValue, 0) + " B", verdict(small), ""},
                   {"agent memory, resident, peak in a drain", fixed(peak, 1) + " MiB",
                    "<= " + fixed(kMostAgentMebibytes, 0) + " MiB", verdict(lean),
                    fixed(waiting, 1) + " MiB before it; " + fixed(own, 1) +
                        " MiB after it without pages of files"},
                   {"agent memory, resident, default configuration",
                    fixed(mebibytes(results.idle.memory.peak), 1) + " MiB", "", "",
                    "peak of " + fixed(results.idle.minutes, 1) + " min online with an empty outbox"},
                   {"agent, idle, default configuration, online", fixed(wake_ups, 0) + " wake-ups/min", "",
                    "", "by thread: " + threads},
               })
            << "\nTo repeat it:  tests/run.sh bench\n"
            << "The same by hand, after `cmake --preset bench && cmake --build --preset bench --target "
               "drain_bench xalink-agent xalink-gateway`:\n  "
            << command << "\n"
            << "Everything was left in " << arguments.folder.string() << "\n";
  return fast && small && lean;
}

int run(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("Measures the drain of a board's backlog into the gateway's store", "drain_bench");
  app.add_option("--agent", arguments.programs.agent, "xalink-agent to measure")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--gateway", arguments.programs.gateway, "xalink-gateway to measure")
      ->required()
      ->check(CLI::ExistingFile);
  app.add_option("--folder", arguments.folder, "for databases and logs; on the disk to be measured")
      ->required();
  app.add_option("--records", arguments.records, "in the backlog")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option("--runs", arguments.runs, "of which the median counts")
      ->check(CLI::Range(1, 100))
      ->capture_default_str();
  app.add_option("--idle-minutes", arguments.idle_minutes, "to count wake-ups in")
      ->check(CLI::Range(0.1, 1440.0))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), 2);
  }
  std::string command;
  for (int i = 0; i < argc; ++i) command += (i == 0 ? "" : " ") + std::string(argv[i]);
  arguments.folder = fs::absolute(arguments.folder);
  arguments.programs.agent = fs::absolute(arguments.programs.agent);
  arguments.programs.gateway = fs::absolute(arguments.programs.gateway);
  fs::create_directories(arguments.folder);
  return report(arguments, measure(arguments), command) ? 0 : 1;
}

}  // namespace
}  // namespace xalink::bench

int main(int argc, char** argv) {
  try {
    return xalink::bench::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "drain_bench: %s\n", failure.what());
    return 2;
  }
}
