#pragma once
// `xalink-gateway report`: reads store and registry, makes the report, writes its files.

#include <filesystem>
#include <string>
#include <vector>

#include "gateway/reports/report_files.hpp"
#include "gateway/reports/scope.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"

namespace xalink {

struct ReportOrder {
  std::string kind;                                  ///< one of report_kinds()
  std::string period;                                ///< as meaning::read_period() reads it
  std::string by = "commune";                        ///< one of reports::Scope
  std::vector<std::string> formats{"xlsx", "html"};  ///< of reports::Format; repeated ones count once
  std::filesystem::path folder = ".";
  std::string due = "day";           ///< dossiers' due dates are compared by day or by moment
  std::string profile = "office";    ///< of thresholds: coverage and investment
  std::filesystem::path profiles;    ///< file of them; empty: those that the program carries
  std::vector<std::string> weights;  ///< "availability=30": investment
};

/// The kinds that there are, each with what it tells.
struct ReportKind {
  const char* name;
  const char* about;
};
[[nodiscard]] const std::vector<ReportKind>& report_kinds();

/// Prints the names of the files that were written, one a line. Gives the program's exit code.
[[nodiscard]] int run_report(const std::filesystem::path& store, const std::filesystem::path& registry,
                             const ReportOrder& order, Language language, const Clock& clock);

}  // namespace xalink
