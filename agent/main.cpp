// xalink-agent: arguments, logging, exit codes.

#include <malloc.h>

#include <CLI/CLI.hpp>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <string>
#include <utility>

#include "agent/acknowledge.hpp"
#include "agent/agent.hpp"
#include "agent/config.hpp"
#include "agent/doctor/doctor.hpp"
#include "agent/export.hpp"
#include "agent/metric_list.hpp"
#include "agent/status.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/kernel_clock.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/settings_words.hpp"
#include "sparkplug/usage_words.hpp"
#include "sparkplug/version.hpp"

namespace xalink {
namespace {

struct Arguments {
  std::string config_file{kDefaultAgentConfigFile};
  std::string language;
  bool json = false;
  ExportOrder export_order;
  AcknowledgeOrder acknowledge_order;
};

constexpr const char* kDescription =
    "xalink-agent measures the network infrastructure of a commune office, collects the state of its\n"
    "dossiers, keeps everything on its own disk and delivers it to the provincial gateway, however long the\n"
    "link is down. It speaks Sparkplug B 3.0 with an MQTT broker.";

constexpr const char* kFooter =
    "Examples:\n"
    "  xalink-agent run                       as the service does\n"
    "  xalink-agent run --config my.toml      with a configuration of your own\n"
    "  xalink-agent status                    how far the office reaches, what waits to be sent\n"
    "  xalink-agent status --lang vi          the same in Vietnamese\n"
    "  xalink-agent doctor                    what is wrong at this office, why, and what to do next\n"
    "  xalink-agent metrics                   what every metric means, and where it comes from\n"
    "  xalink-agent export /media/usb         what waits, onto a stick for the gateway\n\n"
    "The configuration's keys are explained in agent.example.toml.\n"
    "Exit codes: 0 fine, 1 found a problem, 2 wrong usage or configuration.";

constexpr const char* kRunFooter =
    "Reads the configuration, measures, and delivers until SIGINT or SIGTERM. Broker, gateway and link may\n"
    "come and go. Events are on the disk before their source is told, measurements at most flush_seconds\n"
    "after they were taken. Only one agent may use an outbox. Logs to standard error.";

constexpr const char* kStatusFooter =
    "Asks the running agent through its control socket. Marks of the ladder: ✓ holds, ✗ does not, ? not\n"
    "measured. --json prints one JSON object for programs.\n"
    "Exit code 1 when the agent does not answer.\n\n"
    "Example:\n"
    "  xalink-agent status --json | jq -r .rung";

constexpr const char* kDoctorFooter =
    "For whoever stands at the office: checks the board, the program and each rung of the ladder to the\n"
    "province, all at once, within 40 s at most. Each line says how it stands, why, and what to do next; a\n"
    "line that is only wrong because of another one points there. Begin with the first ✗.\n"
    "Marks: ✓ well, ! works, but see to it, ✗ wrong, - not checked. Works whether or not the agent runs,\n"
    "changes nothing, and leaves a running agent's session alone. With sudo it sees more. --json prints one\n"
    "JSON object with both languages; \"id\" and \"mark\" are for programs.\n"
    "Exit codes: 0 nothing is wrong (!, - included), 1 something is, 2 wrong usage.\n\n"
    "Examples:\n"
    "  sudo xalink-agent doctor --lang vi\n"
    "  xalink-agent doctor --json | jq -r '.findings[] | select(.mark == \"wrong\") | .id'";

constexpr const char* kExportFooter =
    "For a board that cannot reach its gateway: writes all records that wait, signed with the board's key,\n"
    "onto a stick, whether or not the agent runs. FILE is there whole or not at all. When FILE is a folder, "
    "the\n"
    "file in it gets a name of its own. The board keeps the records until it hears that the gateway has "
    "them;\n"
    "the broker and sticks may be used side by side, in any order and as often as you like.\n\n"
    "The whole way:\n"
    "  at the board     sudo xalink-agent export /media/usb           writes NAME.xalink\n"
    "  at the gateway   sudo xalink-gateway import /media/usb/NAME.xalink    writes NAME.xalink.ack\n"
    "  at the board     sudo xalink-agent acknowledge /media/usb/NAME.xalink.ack\n\n"
    "The key is [broker] key_file with its certificate, else OUTBOX.key beside the outbox, which is made "
    "when it\n"
    "is needed first. --json prints \"file\" (null when nothing waits), \"records\", \"lanes\", \"bytes\", "
    "\"key\".";

constexpr const char* kAcknowledgeFooter =
    "Reads what `xalink-gateway import` wrote and lets the board forget what the gateway has. Works whether "
    "or\n"
    "not the agent runs; repeating it, or bringing an older file later, does no harm. It must be signed by "
    "the\n"
    "gateway: by a certificate of [broker] ca_file for the host [sparkplug] primary_host, or by a key that "
    "you\n"
    "confirm once with --trust, as `xalink-gateway import` printed it. `xalink-agent export --help` shows "
    "the\n"
    "whole way.\n\n"
    "Example:\n"
    "  sudo xalink-agent acknowledge /media/usb/VN-03-xa-lung-cu-1f0c2d3e-12-2040.xalink.ack";

constexpr const char* kHelp = "xalink-agent --help";

constexpr const char* kMetricsFooter =
    "Every metric that a board can send, from the one table that births and the gateway use as well: type,\n"
    "unit, range, what it means and where it comes from. Needs no configuration and no running agent.\n"
    "--json prints one array, with the Vietnamese names and meanings beside the English ones.\n\n"
    "Examples:\n"
    "  xalink-agent metrics --lang vi\n"
    "  xalink-agent metrics --json | jq -r '.[] | select(.unit == \"us\") | .metric'";

/// CLI11 lists the options that all commands share only in the program's own help.
std::string with_common_options(const char* footer) {
  return std::string("Also: --config FILE, --lang vi|en, as `xalink-agent --help` explains.\n\n") + footer;
}

int complain(const std::string& text, ExitCode code) {
  return complain("xalink-agent", text, code);
}

std::optional<AgentConfig> read_config(const Arguments& arguments, Language language) {
  auto config = load_agent_config(arguments.config_file);
  if (config) return std::move(*config);
  for (const auto& mistake : config.error()) complain(told_setting(mistake, language), kUsage);
  return std::nullopt;
}

int run(const Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  set_up_log("agent", config->log_level);
  const auto ended = run_agent(*config);
  return ended ? kFine : complain(told(ended.error(), language), kProblem);
}

int show_status(const Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  ControlCall call;
  call.program = "xalink-agent";
  const auto answer = ask(config->control_socket, "status", call);
  if (!answer) return complain(told(answer.error(), language), kProblem);
  if (arguments.json) {
    std::cout << *answer << "\n";
    return kFine;
  }
  const auto text = status_as_text(*answer, language);
  if (!text) return complain(told(text.error(), language), kProblem);
  std::cout << *text;
  return kFine;
}

int show_metrics(const Arguments& arguments, Language language) {
  std::cout << (arguments.json ? metrics_as_json() + "\n" : metrics_as_text(language));
  return kFine;
}

int export_waiting(Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  arguments.export_order.json = arguments.json;
  const AsioClock clock;
  return export_records(*config, arguments.export_order, language, clock, kernel_clock_quality());
}

int acknowledge_carried(Arguments& arguments, Language language) {
  const auto config = read_config(arguments, language);
  if (!config) return kUsage;
  arguments.acknowledge_order.json = arguments.json;
  return acknowledge_records(*config, arguments.acknowledge_order, language);
}

int main(int argc, char** argv) {
  // An arena for each thread costs a small board memory; these threads seldom allocate at a time.
  ::mallopt(M_ARENA_MAX, 1);
  Arguments arguments;
  CLI::App app(kDescription, "xalink-agent");
  app.footer(kFooter);
  app.set_version_flag("--version", std::string("xalink-agent ") + kVersion, "Print the version");
  app.set_help_flag("-h,--help", "Print this help");
  app.require_subcommand(0, 1);  // none is complained of below: CLI11 takes an unknown word for none
  app.fallthrough();
  app.add_option("--config", arguments.config_file, "Configuration file")
      ->type_name("FILE")
      ->capture_default_str();
  app.add_option("--lang", arguments.language, "Language of texts: vi or en (default: from the locale)")
      ->type_name("LANG")
      ->check(CLI::IsMember({"vi", "en"}));
  auto* run_command = app.add_subcommand("run", "Measure, keep and deliver");
  run_command->footer(with_common_options(kRunFooter));
  auto* status_command = app.add_subcommand("status", "Show how the running agent fares");
  status_command->footer(with_common_options(kStatusFooter));
  status_command->add_flag("--json", arguments.json, "Print JSON instead of text");
  auto* doctor_command = app.add_subcommand("doctor", "Find what is wrong, why, and what to do next");
  doctor_command->footer(with_common_options(kDoctorFooter));
  doctor_command->add_flag("--json", arguments.json, "Print JSON instead of text");
  auto* metrics_command = app.add_subcommand("metrics", "Explain every metric that a board can send");
  metrics_command->footer(with_common_options(kMetricsFooter));
  metrics_command->add_flag("--json", arguments.json, "Print JSON instead of text");
  auto* export_command = app.add_subcommand("export", "Write what waits onto a stick, for the gateway");
  export_command->footer(with_common_options(kExportFooter));
  export_command->add_option("FILE", arguments.export_order.file, "File to write, or a folder for it")
      ->required();
  export_command->add_flag(
      "--all", arguments.export_order.everything,
      "Also rows that were acknowledged and are still held, for a gateway that lost them");
  export_command->add_flag("--force", arguments.export_order.force, "Replace another file of this name");
  export_command->add_flag("--json", arguments.json, "Print JSON instead of text");
  auto* acknowledge_command =
      app.add_subcommand("acknowledge", "Learn from a stick what the gateway has by now");
  acknowledge_command->footer(with_common_options(kAcknowledgeFooter));
  acknowledge_command
      ->add_option("FILE", arguments.acknowledge_order.file, "File that xalink-gateway import wrote")
      ->required();
  acknowledge_command
      ->add_option("--trust", arguments.acknowledge_order.trust,
                   "Fingerprint of the gateway's key, once, when you have compared it")
      ->type_name("FINGERPRINT");
  acknowledge_command->add_flag("--json", arguments.json, "Print JSON instead of text");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() == 0) return app.exit(error);  // --help, --version
    return complain(told_usage(error.what(), kHelp, language_on(argc, argv)), kUsage);
  }
  if (app.get_subcommands().empty()) {
    return complain(told_usage("say what to do: run, status, doctor, metrics, export or acknowledge", kHelp,
                               language_on(argc, argv)),
                    kUsage);
  }
  const auto language = language_named(arguments.language).value_or(language_of_environment());
  try {
    if (run_command->parsed()) return run(arguments, language);
    if (doctor_command->parsed()) return run_doctor({arguments.config_file, arguments.json}, language);
    if (metrics_command->parsed()) return show_metrics(arguments, language);
    if (export_command->parsed()) return export_waiting(arguments, language);
    if (acknowledge_command->parsed()) return acknowledge_carried(arguments, language);
    return show_status(arguments, language);
  } catch (const std::exception& bug) {
    return complain(std::string("ended by an error in the program: ") + bug.what() +
                        ". Next: report it with the log; the outbox is intact, start it again",
                    kProblem);
  }
}

}  // namespace
}  // namespace xalink

int main(int argc, char** argv) {
  return xalink::main(argc, argv);
}
