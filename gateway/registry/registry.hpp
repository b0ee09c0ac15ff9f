#pragma once
// The registry as one version of it stands: rows of the five tables, typed and to be asked.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/registry/entry.hpp"
#include "gateway/registry/field_text.hpp"

namespace xalink::registry {

/// Days, both included; nothing: open.
struct Period {
  std::optional<Date> first;
  std::optional<Date> last;

  [[nodiscard]] bool holds(Date day) const { return (!first || *first <= day) && (!last || day <= *last); }
  [[nodiscard]] bool overlaps(const Period& other) const {
    return (!first || !other.last || *first <= *other.last) &&
           (!other.first || !last || *other.first <= *last);
  }
};

/// A commune's code is not unique over time (all 73 units that replaced Hà Giang's 193 reuse one).
struct CommuneKey {
  std::string code;
  std::optional<Date> valid_from;  ///< nothing: since before anything here

  /// "00694@2025-07-01", "00694@".
  [[nodiscard]] std::string to_string() const;
  friend auto operator<=>(const CommuneKey&, const CommuneKey&) = default;
  friend bool operator==(const CommuneKey&, const CommuneKey&) = default;
};

struct Commune {
  CommuneKey key;
  Period valid;
  std::string type;
  std::string name;
  std::string name_english;
  std::string district_code;
  std::string district;
  std::string province_code;
  std::string province;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::optional<double> area_km2;
  std::vector<CommuneKey> successors;
  std::vector<CommuneKey> predecessors;
  std::optional<bool> border;
  std::optional<std::int64_t> population;
  std::optional<double> ethnic_minority_percent;
  std::string programmes;  ///< "1719; VTCI"; empty: not told

  /// "xã Lũng Cú".
  [[nodiscard]] std::string full_name() const { return type + " " + name; }
};

struct Zone {
  CommuneKey commune;
  std::string zone;  ///< I, II, III or none
  Period valid;
  std::string decision;
};

struct Village {
  CommuneKey commune;
  std::string name;
  Date surveyed;
  std::string coverage;  ///< none, partial or covered
  std::optional<bool> grid_power;
  std::optional<bool> hard_area;
  std::optional<std::int64_t> households;
  std::string source;
};

struct Site {
  std::string id;
  CommuneKey commune;
  Period valid;  ///< in this commune
  std::string name;
  std::string role;
  std::optional<double> latitude;
  std::optional<double> longitude;
  std::string office_hours;
};

struct Line {
  std::string site;
  Period valid;
  std::string technology;
  std::string provider;
  std::optional<double> down_mbps;
  std::optional<double> up_mbps;
  std::optional<std::int64_t> price_vnd_month;
};

/// Thread-safety: immutable after it is made.
class Registry {
 public:
  Registry() = default;
  /// Of rows in kept form that check_registry() finds no error in.
  explicit Registry(const std::vector<Entry>& entries);

  [[nodiscard]] const std::map<CommuneKey, Commune>& communes() const { return communes_; }
  [[nodiscard]] const std::vector<Zone>& zones() const { return zones_; }
  [[nodiscard]] const std::vector<Village>& villages() const { return villages_; }
  [[nodiscard]] const std::vector<Site>& sites() const { return sites_; }
  [[nodiscard]] const std::vector<Line>& lines() const { return lines_; }

  [[nodiscard]] const Commune* find(const CommuneKey& key) const;
  /// The unit that had this code on that day.
  [[nodiscard]] const Commune* on(std::string_view code, Date day) const;
  /// The commune of a site on a day: as its row says, and over a merger to the only successor. Null where
  /// no row holds, and where the commune was split and no row says to which part the site went.
  [[nodiscard]] const Commune* commune_of(std::string_view site, Date day) const;
  /// The office hours that hold at a site on a day, by name; empty: the default ones.
  [[nodiscard]] std::string office_hours_of(std::string_view site, Date day) const;
  /// I, II, III, none; empty: not told.
  [[nodiscard]] std::string zone_of(const CommuneKey& commune, Date day) const;
  /// The newest survey of each village of the commune up to that day.
  [[nodiscard]] std::vector<const Village*> villages_of(const CommuneKey& commune, Date day) const;

 private:
  std::map<CommuneKey, Commune> communes_;
  std::vector<Zone> zones_;
  std::vector<Village> villages_;
  std::vector<Site> sites_;
  std::vector<Line> lines_;
};

/// Reads "CODE@DAY;CODE@DAY" in kept form.
[[nodiscard]] std::vector<CommuneKey> successors_of(const Entry& commune);
/// The key that a row of any table but lines names in `code` and `valid_from`.
[[nodiscard]] CommuneKey commune_key_of(const Entry& entry);
[[nodiscard]] Period period_of(const Entry& entry, std::string_view first, std::string_view last);

}  // namespace xalink::registry
