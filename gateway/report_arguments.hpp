#pragma once
// `xalink-gateway report ...`: its words and options.

#include <CLI/App.hpp>
#include <filesystem>

#include "gateway/reports/report_command.hpp"

namespace xalink {

class ReportArguments {
 public:
  explicit ReportArguments(CLI::App& app);

  [[nodiscard]] bool parsed() const { return command_->parsed(); }
  [[nodiscard]] int run(const std::filesystem::path& store, const std::filesystem::path& registry,
                        Language language, const Clock& clock) const {
    return run_report(store, registry, order_, language, clock);
  }

 private:
  ReportOrder order_;
  CLI::App* command_;
};

}  // namespace xalink
