#include "gateway/communes_arguments.hpp"

#include <CLI/CLI.hpp>
#include <string>

namespace xalink {
namespace {

constexpr const char* kFooter =
    "What the province says of its communes is five tables, each a CSV file: communes, zones, villages, "
    "sites\n"
    "and lines. Of its services it says: calendar (holidays and made-up Saturdays), office_hours, "
    "procedures\n"
    "(legal limits, online level), official (published figures), tasks, targets, scores and score_bands "
    "(Decision\n"
    "766). Files come out of Excel as they are (UTF-8 or UTF-16, comma or semicolon, 1/7/2025 or\n"
    "2025-07-01, headings in English or Vietnamese). A commune's code is not unique over time: code and "
    "first\n"
    "day (valid_from) together name a unit.\n\n"
    "The whole way:\n"
    "  xalink-gateway communes import /usr/share/xalink/communes-ha-giang-tuyen-quang.csv\n"
    "  xalink-gateway communes template zones > zones.csv     fill it in\n"
    "  xalink-gateway communes check zones.csv                every mistake, with line and column\n"
    "  xalink-gateway communes import zones.csv               all of it or nothing; a new version\n"
    "  xalink-gateway communes import /usr/share/xalink/working-days-2024-2027.csv\n"
    "  xalink-gateway communes import /usr/share/xalink/decision-766.csv "
    "/usr/share/xalink/decision-766-bands.csv\n"
    "  xalink-gateway communes list --date 2025-06-30         who was what on that day\n"
    "  xalink-gateway communes export communes -o communes.csv    to fill in population, border, ...\n\n"
    "vi: danh bạ gồm năm bảng CSV: communes (xã), zones (khu vực), villages (thôn), sites (điểm), lines "
    "(đường\n"
    "truyền); về dịch vụ công: calendar (ngày nghỉ, làm bù), office_hours (giờ làm việc), procedures (thủ "
    "tục),\n"
    "official (số liệu công bố), tasks (nhiệm vụ), targets (chỉ tiêu), scores, score_bands (Quyết định "
    "766).\n"
    "`template` in tiêu đề, `check` báo từng lỗi theo dòng và cột, `import` nhập tất cả hoặc không "
    "gì cả.\n\n"
    "Exit codes: 0 fine, 1 a file has errors, 2 wrong usage or a file that cannot be read.";

constexpr const char* kTables =
    "communes, zones, villages, sites, lines, calendar, office_hours, procedures, official, tasks, targets, "
    "scores or score_bands";

CLI::Option* add_files(CLI::App& command, CommunesOrder& order) {
  command
      .add_option("--encoding", order.encoding, "What files are written in that are neither UTF-8 nor marked")
      ->type_name("NAME")
      ->check(CLI::IsMember({"auto", "utf-8", "utf-16", "windows-1258", "tcvn3"}))
      ->capture_default_str();
  command.add_flag("--replace", order.replace,
                   "Rows of the registry that the files' tables lack are removed");
  return command.add_option("FILE", order.files, "CSV files; several are judged together")->required();
}

}  // namespace

CommunesArguments::CommunesArguments(CLI::App& app, bool& json)
    : json_(json),
      command_(
          app.add_subcommand("communes", "Communes, zones, villages, sites, lines: check, import, list")) {
  command_->footer(kFooter);
  command_->require_subcommand(0, 1);
  command_->fallthrough();
  check_ = command_->add_subcommand("check",
                                    "Judge files, with the registry; say every mistake with line and column");
  add_files(*check_, order_);
  check_->add_flag("--alone", order_.alone, "Without what the registry holds");
  import_ = command_->add_subcommand("import", "Take files into the registry: all of it or nothing");
  add_files(*import_, order_);
  list_ = command_->add_subcommand("list", "The communes of a day");
  list_->add_option("--date", order_.date, "The day (default: today)")->type_name("DAY");
  list_->add_option("WORDS", order_.search, "Part of a name, of a district, or a code");
  template_ =
      command_->add_subcommand("template", "Print a table's headings; what they mean goes to standard error");
  template_->add_option("TABLE", order_.table, kTables)->required();
  export_ = command_->add_subcommand("export", "Write a table as it is held, as CSV for Excel");
  export_->add_option("TABLE", order_.table, kTables)->required();
  export_->add_option("-o,--output", order_.out, "Where to (default: standard output)")->type_name("FILE");
  versions_ = command_->add_subcommand("versions", "Each import");
  for (auto* each : {check_, import_, list_, versions_}) each->add_flag("--json", json_, "Print JSON");
}

int CommunesArguments::run(const std::filesystem::path& registry_file, Language language,
                           const Clock& clock) {
  order_.json = json_;
  if (check_->parsed()) return check_communes(registry_file, order_, language, clock);
  if (import_->parsed()) return import_communes(registry_file, order_, language, clock);
  if (list_->parsed()) return list_communes(registry_file, order_, language, clock);
  if (template_->parsed()) return template_of_communes(order_, language);
  if (export_->parsed()) return export_communes(registry_file, order_, language);
  if (versions_->parsed()) return versions_of_communes(registry_file, order_, language);
  throw CLI::RequiredError("communes: check, import, list, template, export or versions");
}

}  // namespace xalink
