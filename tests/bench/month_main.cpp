// month_bench: what a month of an ordinary office costs on the wire between board and broker, by device and
// metric. Exit codes: 0 the limit holds, 1 it does not, 2 it could not be measured.

#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "agent/config.hpp"
#include "tests/bench/month.hpp"
#include "tests/bench/table.hpp"

namespace xalink::bench {
namespace {

// What the project asks of itself: a month, TLS, TCP and IP included, both ways.
constexpr double kMostMegabytes = 30.0;
constexpr double kMonth = 30.0;
// What memory may gain after the first day: an allocator's pieces, nothing that grows with time.
constexpr std::uint64_t kMostGrowth = std::uint64_t{2} << 20U;

std::string mebibytes(std::uint64_t bytes) {
  return fixed(static_cast<double>(bytes) / (1 << 20), 1) + " MiB";
}

std::string megabytes(double bytes) {
  return fixed(bytes / 1e6, 3) + " MB";
}

/// One line for each kind of record.
void print_kinds(const MonthOfBytes& month, double scale, std::vector<Line>& lines) {
  std::map<std::string, std::uint64_t> kinds;
  for (const auto& [device, metrics] : month.values) {
    for (const auto& [metric, bytes] : metrics)
      kinds[device + " " + metric.substr(0, metric.rfind('/'))] += bytes;
  }
  for (const auto& [kind, bytes] : kinds) {
    const auto rows = month.rows_of.find(kind);
    std::string note;
    if (rows != month.rows_of.end()) note = grouped(static_cast<double>(rows->second) * scale) + " rows";
    lines.push_back({kind, megabytes(static_cast<double>(bytes) * scale), "", "", note});
  }
}

void print_tree(const MonthOfBytes& month, double scale, std::vector<Line>& lines) {
  for (const auto& [device, metrics] : month.values) {
    std::uint64_t sum = 0;
    for (const auto& [metric, bytes] : metrics) sum += bytes;
    lines.push_back({device, megabytes(static_cast<double>(sum) * scale), "", "", ""});
    std::string group;
    for (const auto& [metric, bytes] : metrics) {
      const auto of = metric.substr(0, metric.rfind('/'));
      const auto rows = month.rows_of.find(device + " " + of);
      std::string note;
      if (of != group && rows != month.rows_of.end()) {
        note = grouped(static_cast<double>(rows->second) * scale) + " rows";
      }
      group = of;
      lines.push_back({"  " + metric, megabytes(static_cast<double>(bytes) * scale), "", "", note});
    }
  }
}

int run(int argc, char** argv) {
  int days = 30;
  CLI::App app("Measures what a month of an ordinary office costs on the wire", "month_bench");
  app.add_option("--days", days, "to simulate; figures are for 30 of them")
      ->check(CLI::Range(1, 366))
      ->capture_default_str();
  bool metrics = false;
  app.add_flag("--metrics", metrics, "a line for each metric too");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return error.get_exit_code() == 0 ? app.exit(error) : (app.exit(error), 2);
  }
  AgentConfig config;
  config.site = NodeId{"VN-03", "xa-lung-cu"};
  MonthOptions options;
  options.config = config;
  options.by_exception = config.by_exception;
  options.node = edge_node_options(config);
  options.node.software_version = "0.1.0";
  options.node.export_key = std::string(124, 'k');  // P-256, base64 of its DER
  options.flush = config.flush_interval;
  options.holds = config.hold > Milliseconds{};
  options.keep_alive = config.broker.keep_alive;
  options.days = days;
  const auto month = simulate_month(options);
  auto mobile = options;
  mobile.way = OfficeProbes::WayOut::modem;
  const auto by_modem = simulate_month(mobile);
  auto before = options;
  before.by_exception.enabled = false;
  before.node.gather = {};
  before.holds = false;
  const auto every_run = simulate_month(before);

  const double scale = kMonth / days;
  const auto part = [&](const char* what, std::uint64_t bytes, const std::string& note = {}) {
    return Line{what, megabytes(static_cast<double>(bytes) * scale), "", "", note};
  };
  const std::string limit = "< " + fixed(kMostMegabytes, 0) + " MB";
  const auto rows_of = [scale](const MonthOfBytes& of, const std::string& kind) {
    const auto found = of.rows_of.find(kind);
    return grouped(found == of.rows_of.end() ? 0.0 : static_cast<double>(found->second) * scale) + " rows";
  };
  const double total = static_cast<double>(month.total()) * scale;
  const double modem_total = static_cast<double>(by_modem.total()) * scale;
  const auto within = [](double bytes) { return bytes < kMostMegabytes * 1e6; };
  const bool steady = month.memory_at_most < month.memory_after_a_day + kMostGrowth;
  const bool holds = within(total) && within(modem_total) && steady;
  std::vector<Line> lines{{"bytes in 30 days, both ways", "measured", "limit", "", ""}};
  metrics ? print_tree(month, scale, lines) : print_kinds(month, scale, lines);
  lines.push_back(part("around values: row ids, topics, MQTT", month.envelopes,
                       grouped(static_cast<double>(month.messages) * scale) + " messages"));
  lines.push_back(part("the node's own metrics (NDATA)", month.node_metrics));
  lines.push_back(
      part("births", month.births, std::to_string(options.connections_a_day) + " connections a day"));
  lines.push_back(part("MQTT connecting, STATE", month.connecting));
  lines.push_back(part("acknowledgements (NCMD)", month.commands));
  lines.push_back(part("keep-alive (PINGREQ, PINGRESP)", month.keep_alives,
                       "every " + std::to_string(options.keep_alive.count()) + " s of silence"));
  lines.push_back(part("TLS handshakes", month.handshakes));
  lines.push_back(part("TLS around each message", month.tls));
  lines.push_back(part("TCP and IP headers", month.tcp));
  lines.push_back(
      {"all of it", megabytes(total), limit, within(total) ? "PASS" : "FAIL", "an office with a cable"});
  lines.push_back({"all of it, by modem", megabytes(modem_total), limit,
                   within(modem_total) ? "PASS" : "FAIL",
                   "its signals too, " + rows_of(by_modem, "network Cellular") + "; " +
                       rows_of(by_modem, "network Throughput") + " of throughput"});
  lines.push_back({"the same, every run recorded and sent after its flush",
                   megabytes(static_cast<double>(every_run.total()) * scale), "", "",
                   grouped(static_cast<double>(every_run.messages) * scale) + " messages"});
  lines.push_back(
      {"memory at most", mebibytes(month.memory_at_most),
       "< " + mebibytes(month.memory_after_a_day + kMostGrowth), steady ? "PASS" : "FAIL",
       mebibytes(month.memory_after_a_day) + " after the first day; board, gateway and TLS in one process"});
  std::cout << "\nxalink month benchmark: " << days << " days of an ordinary office, default configuration\n"
            << grouped(static_cast<double>(month.measurements)) << " measurements, of which "
            << grouped(static_cast<double>(month.rows)) << " rows were recorded, and "
            << grouped(static_cast<double>(month.events)) << " events (dossiers, outages); "
            << grouped(static_cast<double>(month.committed)) << " records committed\n\n"
            << table(lines)
            << "\nRules, encoding and TLS 1.3 are the real ones; time, Paho's keep-alive and TCP over IPv4 "
               "(52 bytes of headers a segment,\none without data for every other) are modelled. What the "
               "probes themselves send is not in it.\nTo repeat it:  tests/run.sh bench\n";
  return holds ? 0 : 1;
}

}  // namespace
}  // namespace xalink::bench

int main(int argc, char** argv) {
  try {
    return xalink::bench::run(argc, argv);
  } catch (const std::exception& failure) {
    std::fprintf(stderr, "month_bench: %s\n", failure.what());
    return 2;
  }
}
