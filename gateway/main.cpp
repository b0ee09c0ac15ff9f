// xalink-gateway: arguments, logging, exit codes.

#include <unistd.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdlib>
#include <ctime>
#include <exception>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "gateway/boards.hpp"
#include "gateway/communes_arguments.hpp"
#include "gateway/config.hpp"
#include "gateway/gateway.hpp"
#include "gateway/import.hpp"
#include "gateway/rebuild.hpp"
#include "gateway/report_arguments.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/settings_words.hpp"
#include "sparkplug/usage_words.hpp"
#include "sparkplug/version.hpp"

namespace xalink {
namespace {

struct Arguments {
  std::string config_file{kDefaultGatewayConfigFile};
  std::string language;
  bool json = false;
  std::optional<double> watch_seconds;
  std::string site;
  ImportOrder import_order;
};

constexpr const char* kDescription =
    "xalink-gateway keeps every record that the boards of the communes send, each exactly once, and tells\n"
    "them so. It speaks Sparkplug B 3.0 with an MQTT broker and stores in one SQLite file.\n";

constexpr const char* kRunFooter =
    "Reads the configuration, connects to the broker and works until SIGINT or SIGTERM. Broker or disk may\n"
    "come and go: it tries again, and boards keep what is not stored yet. Only one gateway may use a store.\n"
    "A store that is damaged, empty or gone is refused and left as it is (exit code 3); put a backup in its\n"
    "place, or move it, its -wal, -shm and .lock away to begin an empty one.\n"
    "Logs to standard error, one line for each change of state.\n\n"
    "Back up the store, also while the gateway runs:\n"
    "  sqlite3 /var/lib/xalink-gateway/gateway.db \".backup '/srv/backup/gateway.db'\"\n"
    "Put a copy back:\n"
    "  systemctl stop xalink-gateway\n"
    "  cd /var/lib/xalink-gateway && rm -f gateway.db-wal gateway.db-shm\n"
    "  cat /srv/backup/gateway.db > gateway.db        keeps the owner of the file\n"
    "  systemctl start xalink-gateway\n"
    "gateway.db-wal belongs to the store that it stood beside: a copy with the -wal of another time is\n"
    "damaged. What the copy lacks is asked of the boards as they connect; `xalink-gateway boards` shows "
    "what\n"
    "has come back, what is still to come, and what they no longer had.";

constexpr const char* kBoardsFooter =
    "Reads the store whether or not the gateway runs. The table is for people, --json for programs: an\n"
    "object with \"boards\", each with \"group\", \"node\", \"state\" (online, offline, unborn, or unknown\n"
    "when the gateway is not running), \"since\", \"clock\" and \"lanes\" (0 events, 1 measurements), each\n"
    "with \"records\", \"mark\", \"backlog\", \"last_record\", \"given_up\". \"curbed\" counts what was not\n"
    "taken in of a board that sent too much or what could not be used. Times are RFC 3339 in UTC.\n"
    "With --watch, --json gives one object a line.\n\n"
    "With SITE also \"intervals\", in seconds by device and probe, as the board reports them: what holds "
    "after\n"
    "a command (DCMD) to one of its metrics \"<probe>/Interval\".\n\n"
    "Examples:\n"
    "  xalink-gateway boards --watch 2\n"
    "  xalink-gateway boards VN-03/xa-1\n"
    "  xalink-gateway boards --json | jq '.boards[] | select(.state != \"online\") | .node'";

constexpr const char* kRebuildFooter =
    "Hours and days (count, sum, least, greatest, quantiles to 1 %) follow the records by themselves, also\n"
    "those that come weeks late. This makes all of them anew from the records, with the same figures: after "
    "a\n"
    "doubt, or when the store says that they cannot be read. The gateway may run meanwhile. Ended on the "
    "way, a\n"
    "running gateway does the rest.\n\n"
    "vi: tính lại toàn bộ số liệu giờ và ngày từ các bản ghi; kết quả giống hệt. Máy chủ có thể vẫn đang "
    "chạy.";

constexpr const char* kImportFooter =
    "Takes in what `xalink-agent export` wrote on a stick, whether or not the gateway runs. A file is read\n"
    "twice: verified whole first, then committed through the same ledger as what comes over the broker, so\n"
    "that the same records may come both ways, in any order and as often as you like. Refused: a file that "
    "was\n"
    "altered or truncated, and one of an unknown board. Known is a board by a certificate of [import] "
    "ca_file\n"
    "(else the broker's), by its key in [import] keys_folder, or by the key it told over the broker.\n"
    "Beside FILE stands FILE.ack afterwards, for the board to learn what it may forget.\n\n"
    "The whole way:\n"
    "  at the board     sudo xalink-agent export /media/usb           writes NAME.xalink\n"
    "  at the gateway   sudo xalink-gateway import /media/usb/NAME.xalink    writes NAME.xalink.ack\n"
    "  at the board     sudo xalink-agent acknowledge /media/usb/NAME.xalink.ack\n\n"
    "--json prints an object for each file: \"records\", \"new_records\", \"lanes\" with \"first\", "
    "\"last\",\n"
    "\"before\", \"mark\", \"hole\", and \"acknowledgement\". Exit code 1 when a file was refused or not all "
    "of it\n"
    "could be kept.";

std::string footer() {
  return "Examples:\n"
         "  xalink-gateway run                       as the service does\n"
         "  xalink-gateway run --config my.toml      with a configuration of your own\n"
         "  xalink-gateway boards                    who is online, what waits, what is stored\n"
         "  xalink-gateway boards --help             more about it\n"
         "  xalink-gateway import /media/usb/*.xalink   what boards sent on sticks\n"
         "  xalink-gateway communes --help           the list of communes, zones, villages, sites\n"
         "  xalink-gateway report --help             reports as workbook, page, CSV, GeoJSON, JSON\n\n"
         "The configuration's keys are explained in gateway.example.toml.\n"
         "Exit codes: 0 fine, 1 found a problem, 2 wrong usage or configuration, 3 the store is damaged or "
         "gone.";
}

/// CLI11 lists the options that all commands share only in the program's own help.
std::string with_common_options(const char* footer) {
  return std::string("Also: --config FILE, --lang vi|en, as `xalink-gateway --help` explains.\n\n") + footer;
}

int complain(const std::string& text, ExitCode code) {
  return complain("xalink-gateway", text, code);
}

std::optional<GatewayConfig> read_config(const Arguments& arguments, Language language) {
  auto config = load_gateway_config(arguments.config_file);
  if (config) return std::move(*config);
  for (const auto& mistake : config.error()) complain(told_setting(mistake, language), kUsage);
  return std::nullopt;
}

int run(const Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  set_up_log("gateway", config->log_level);
  StoreTrouble trouble{};
  const auto ended = run_gateway(*config, trouble);
  if (ended) return kFine;
  return complain(told(ended.error(), language), trouble == StoreTrouble::damaged ? kDamaged : kProblem);
}

/// False when it is time to end instead.
bool wait_or_signal(double seconds) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  timespec time{};
  time.tv_sec = static_cast<std::time_t>(seconds);
  time.tv_nsec = static_cast<long>((seconds - static_cast<double>(time.tv_sec)) * 1e9);
  return ::sigtimedwait(&signals, nullptr, &time) < 0;
}

int show_boards(const Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  const AsioClock clock;
  const bool redraw = arguments.watch_seconds && !arguments.json && ::isatty(STDOUT_FILENO) != 0;
  int code = kFine;
  do {
    const auto fleet = read_fleet(config->store_file, arguments.site);
    if (redraw) std::cout << "\x1b[H\x1b[2J";  // home, clear
    if (!fleet) {
      code = complain(told(fleet.error(), language), kProblem);
    } else if (arguments.json) {
      code = kFine;
      std::cout << boards_as_json(*fleet, clock.wall()) << "\n";
    } else {
      code = kFine;
      std::cout << boards_as_table(*fleet, clock.wall(), language);
    }
    if (!std::cout.flush()) return kProblem;  // whoever read it has gone
  } while (arguments.watch_seconds && wait_or_signal(*arguments.watch_seconds));
  return code;
}

int import_carried(Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  arguments.import_order.json = arguments.json;
  AsioClock clock;
  return import_files(*config, arguments.import_order, language, clock);
}

/// The registry wants one key of the configuration only. Where nobody configured anything yet, its usual
/// place: a list can be checked on any machine.
std::optional<std::filesystem::path> registry_file(const Arguments& arguments, Language language) {
  std::error_code unknown;
  if (arguments.config_file == kDefaultGatewayConfigFile &&
      !std::filesystem::exists(arguments.config_file, unknown) && !unknown) {
    return GatewayConfig{}.registry_file;
  }
  const auto config = read_config(arguments, language);
  if (!config) return std::nullopt;
  return config->registry_file;
}

int main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app(kDescription, "xalink-gateway");
  app.footer(footer());
  app.set_version_flag("--version", std::string("xalink-gateway ") + kVersion, "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(0, 1);  // none is complained of below: CLI11 takes an unknown word for none
  app.fallthrough();
  app.add_option("--config", arguments.config_file, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--lang", arguments.language, "Language of tables: vi or en (default: from the locale)")
      ->type_name("LANG")
      ->check(CLI::IsMember({"vi", "en"}));

  auto* run_command = app.add_subcommand("run", "Take in, store and acknowledge what boards send");
  run_command->footer(with_common_options(kRunFooter));
  auto* boards_command =
      app.add_subcommand("boards", "Show each board: online, backlog, stored, last record");
  boards_command->footer(with_common_options(kBoardsFooter));
  boards_command->add_option("SITE", arguments.site,
                             "Only this board, and how often its probes measure: VN-03/xa-1, or xa-1");
  boards_command->add_flag("--json", arguments.json, "Print JSON instead of a table");
  boards_command->add_option("--watch", arguments.watch_seconds, "Show it again every so many seconds")
      ->type_name("SECONDS")
      ->check(CLI::Range(0.1, 86400.0));
  auto* import_command = app.add_subcommand("import", "Take in what a board's export wrote on a stick");
  import_command->footer(with_common_options(kImportFooter));
  import_command->add_option("FILE", arguments.import_order.files, "Files that xalink-agent export wrote")
      ->required();
  import_command
      ->add_option("-o,--acknowledgement", arguments.import_order.acknowledgement,
                   "Where the acknowledgement goes (default: FILE.ack)")
      ->type_name("FILE");
  import_command->add_flag("--show-key", arguments.import_order.show_key,
                           "Take nothing in; print the public key that FILE names, for [import] keys_folder");
  import_command->add_flag("--json", arguments.json, "Print JSON instead of text");

  auto* rebuild_command = app.add_subcommand("rebuild", "Make the hours and days of all metrics anew");
  rebuild_command->footer(with_common_options(kRebuildFooter));
  rebuild_command->add_flag("--json", arguments.json, "Print JSON instead of text");

  CommunesArguments communes(app, arguments.json);
  ReportArguments report(app);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    const auto* help = report.parsed() ? "xalink-gateway report --help" : "xalink-gateway --help";
    return complain(told_usage(error.what(), help, language_on(argc, argv)), kUsage);
  }
  if (app.get_subcommands().empty()) {
    return complain(told_usage("say what to do: run, boards, import, communes, report or rebuild",
                               "xalink-gateway --help", language_on(argc, argv)),
                    kUsage);
  }
  const auto language = language_named(arguments.language).value_or(language_of_environment());
  try {
    if (communes.parsed()) {
      const auto file = registry_file(arguments, language);
      return file ? communes.run(*file, language, AsioClock()) : kUsage;
    }
    if (report.parsed()) {
      const auto config = read_config(arguments, language);
      return config ? report.run(config->store_file, config->registry_file, language, AsioClock()) : kUsage;
    }
    if (rebuild_command->parsed()) {
      const auto config = read_config(arguments, language);
      return config ? rebuild_rollups(*config, arguments.json, language, AsioClock()) : kUsage;
    }
    if (run_command->parsed()) return run(arguments, language);
    if (import_command->parsed()) return import_carried(arguments, language);
    return show_boards(arguments, language);
  } catch (const CLI::ParseError& error) {
    return complain(told_usage(error.what(), "xalink-gateway communes --help", language), kUsage);
  } catch (const std::exception& bug) {
    return complain(std::string("ended by an error in the program: ") + bug.what() +
                        ". Next: report it with the log; the store is intact, start it again",
                    kProblem);
  }
}

}  // namespace
}  // namespace xalink

int main(int argc, char** argv) {
  return xalink::main(argc, argv);
}
