#include "gateway/report_arguments.hpp"

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace xalink {
namespace {

std::string footer() {
  std::string text = "Reports:\n";
  for (const auto& kind : report_kinds()) {
    std::string name = kind.name;
    name.resize(17, ' ');
    text += "  " + name + kind.about + "\n";
  }
  return text +
         "\nReads the store and the registry, whether or not the gateway runs, and writes files into -o "
         "DIR:\n"
         "  xlsx     a workbook: real numbers, filters, charts, definitions and sources\n"
         "  html     one page for any browser, printable on A4, with charts and a map\n"
         "  csv      one file a table, UTF-8 for Excel, numbers in the form of programs\n"
         "  geojson  the map's points; what has no coordinates is listed in it\n"
         "  json     everything, in both languages; the shape is in gateway/reports/json_writer.hpp\n"
         "A file is there whole or not at all, and replaces the one of its name. Days are Vietnam's "
         "(UTC+7).\n"
         "The same records and the same version of the registry give the same bytes.\n"
         "A figure that was not measured is never shown as 0: its place says why.\n\n"
         "Examples:\n"
         "  xalink-gateway report fleet --period 2024-Q3 -o reports\n"
         "  xalink-gateway report outages --period 2024-07-01..2024-08-15 --by district --format csv,json\n"
         "  xalink-gateway report investment --period 2024 --weight zone=20 --format html --lang vi -o "
         "/srv/reports\n\n"
         "vi: báo cáo ghi vào thư mục -o; --period: quý 2024-Q3, tháng 2024-09, năm 2024, ngày 2024-09-18 "
         "hoặc "
         "từ\n"
         "ngày đến ngày; --by: commune (xã), district (huyện), region (khu vực I–III), province (tỉnh).\n\n"
         "Prints the names of the files. Exit codes: 0 fine, 1 store, registry or folder cannot be read or "
         "written,\n"
         "2 wrong usage. Also: --config FILE, --lang vi|en, as `xalink-gateway --help` explains.";
}

}  // namespace

ReportArguments::ReportArguments(CLI::App& app)
    : command_(app.add_subcommand("report", "Write a report: workbook, page, CSV, map points, JSON")) {
  command_->footer(footer());
  std::string names;
  for (const auto& kind : report_kinds()) names += (names.empty() ? "" : ", ") + std::string(kind.name);
  command_->add_option("REPORT", order_.kind, "Which: " + names)->required();
  command_
      ->add_option("--period", order_.period,
                   "2024-Q3, 2024-09, 2024, 2024-09-18, or 2024-07-01..2024-08-15 (both days included)")
      ->type_name("DAYS")
      ->required();
  command_->add_option("--by", order_.by, "Rows: commune, district, region (khu vực I–III) or province")
      ->type_name("UNIT")
      ->capture_default_str();
  command_->add_option("--format", order_.formats, "xlsx, html, csv, geojson, json; several with commas")
      ->type_name("FORMAT")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->capture_default_str();
  command_
      ->add_option("--due", order_.due,
                   "Reports of dossiers compare due dates by day (Vietnam's) or by moment")
      ->type_name("day|moment")
      ->capture_default_str();
  command_
      ->add_option("--profile", order_.profile,
                   "Thresholds to judge lines by: qcvn34, qd36, itu10, giga20, giga or office")
      ->type_name("NAME")
      ->capture_default_str();
  command_
      ->add_option("--profiles", order_.profiles,
                   "File of threshold profiles in place of the program's own (threshold-profiles.csv in "
                   "share/xalink is a copy to change)")
      ->type_name("FILE");
  command_
      ->add_option(
          "--weight", order_.weights,
          "Of the investment report: availability=25, coverage=20, villages=15, power=10, dossiers=10, "
          "population=5, ethnic_minority=5, zone=10; may be repeated")
      ->type_name("NAME=NUMBER")
      ->delimiter(',')
      ->allow_extra_args(false);
  command_->add_option("-o,--output", order_.folder, "Folder to write into; made when it is not there")
      ->type_name("DIR")
      ->capture_default_str();
}

}  // namespace xalink
