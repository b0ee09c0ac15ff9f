#pragma once
// Dossiers of a period by site, commune, zone, district, province and procedure.

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/judgement.hpp"
#include "gateway/meaning/period.hpp"
#include "gateway/meaning/satisfaction.hpp"
#include "gateway/meaning/service_tally.hpp"
#include "gateway/registry/registry.hpp"

namespace xalink::meaning {

enum class Level : std::uint8_t { all, province, district, zone, commune, site, procedure };

struct Unit {
  Level level = Level::all;
  /// commune: "00694@2025-07-01"; district: "02/024", and "08/" of a
  /// commune in a province without districts; province: "02"; zone: I, II, III, none; site: its id.
  /// Empty: where the registry does not say to which one a site or commune belongs.
  std::string key;
  friend auto operator<=>(const Unit&, const Unit&) = default;
  friend bool operator==(const Unit&, const Unit&) = default;
};

/// A dossier in progress that is due soon or overdue.
struct DueDossier {
  std::string code;
  std::string procedure;
  std::string site;
  std::string commune;  ///< key; empty: not known
  WallTime due{};
  std::int64_t working_days_left = 0;  ///< 0: due today; below 0: overdue by so many
  bool awaiting_papers = false;
  friend bool operator==(const DueDossier&, const DueDossier&) = default;
};

/// What figures of a service table are made with. All must outlive the table.
struct ServiceGround {
  const registry::Registry& registry;
  const WorkCalendar& calendar;
  const Procedures& procedures;
  JudgementRules rules;
};

/// Each fact of a dossier belongs to the unit that its site was in on the day of the fact: of a commune that
/// merged in between, it was received in the old one and resolved in the new one. Units of the registry
/// without dossiers are there with zeros. Thread-safety: none.
class ServiceTable {
 public:
  /// The end is that of the period, or `now`, whichever is first.
  ServiceTable(const ReportPeriod& period, WallTime now, const ServiceGround& ground);

  /// All events of one dossier, in any order.
  void add(std::vector<DossierEvent> events);
  /// Rows that answers_of() chose.
  void add(const SatisfactionCount& answers);

  [[nodiscard]] const std::map<Unit, ServiceTally>& tallies() const { return tallies_; }
  /// Zeros where nothing is known of the unit.
  [[nodiscard]] ServiceTally tally(const Unit& unit) const;
  /// Vietnamese name, such as "xã Lũng Cú"; the key where there is none.
  [[nodiscard]] std::string name_of(const Unit& unit) const;
  /// Overdue and due within so many working days from the end; first due first.
  [[nodiscard]] std::vector<DueDossier> due_within(std::int64_t working_days) const;
  [[nodiscard]] WallTime as_of() const { return as_of_; }
  /// Dossiers that were looked at and had begun.
  [[nodiscard]] std::int64_t dossiers() const { return dossiers_; }

 private:
  [[nodiscard]] bool in_period(WallTime time) const { return period_.holds(time) && time < as_of_; }
  [[nodiscard]] std::vector<Unit> units_of(const std::string& site, const registry::Commune* commune,
                                           Date day) const;
  /// Of a site on a day; remembered, since a day has many dossiers.
  [[nodiscard]] const std::vector<Unit>& units_of(const std::string& site, Date day);
  template <class Change>
  void count(const Dossier& dossier, WallTime when, Change change);
  void name(const registry::Commune& commune);

  ReportPeriod period_;
  WallTime as_of_;
  ServiceGround ground_;
  std::map<Unit, ServiceTally> tallies_;
  std::map<Unit, std::string> names_;
  std::map<std::string, std::map<Date, std::vector<Unit>>> units_of_site_;
  std::vector<DueDossier> due_;
  std::int64_t dossiers_ = 0;
};

/// Events with the same key are of one dossier. Codes of the national form and keyed hashes name a dossier
/// wherever it is reported; a short number does only within its agency, or its site.
[[nodiscard]] std::string dossier_key(const DossierEvent& event);

}  // namespace xalink::meaning
