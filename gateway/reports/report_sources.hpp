#pragma once
// Each kind of report out of the store and the registry.

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "gateway/meaning/interval.hpp"
#include "gateway/meaning/judgement.hpp"
#include "gateway/meaning/period.hpp"
#include "gateway/meaning/procedures.hpp"
#include "gateway/meaning/work_calendar.hpp"
#include "gateway/registry/entry.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/reports/document.hpp"
#include "gateway/reports/investment.hpp"
#include "gateway/reports/scope.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/result.hpp"

namespace xalink::reports {

/// What every report is made from.
struct Sources {
  std::filesystem::path store;
  std::vector<registry::Entry> rows;  ///< of the registry
  registry::Registry registry;
  std::int64_t registry_version = 0;
  meaning::WorkCalendar calendar;
  meaning::ReportPeriod period;
  Scope scope = Scope::commune;
  meaning::JudgementRules dossier_rules;
  WallTime now{};
  ProgressBar* progress = nullptr;
  meaning::Procedures procedures;
  std::filesystem::path profiles;  ///< file of threshold profiles; empty: those that the program carries
  std::string profile = "office";
  Weights weights = kUsualWeights;

  /// Of the period, what has passed.
  [[nodiscard]] meaning::Interval span() const { return {period.from(), std::min(period.to(), now)}; }
  [[nodiscard]] bool calendar_known() const {
    return calendar.knows(period.first) && calendar.knows(period.last);
  }
};

[[nodiscard]] Result<Document> fleet(const Sources& sources);
[[nodiscard]] Result<Document> outages(const Sources& sources);
[[nodiscard]] Result<Document> coverage(const Sources& sources);
[[nodiscard]] Result<Document> services(const Sources& sources);
[[nodiscard]] Result<Document> dossiers(const Sources& sources);
[[nodiscard]] Result<Document> dossiers_office(const Sources& sources);
[[nodiscard]] Result<Document> investment(const Sources& sources);

}  // namespace xalink::reports
