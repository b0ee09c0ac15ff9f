#pragma once
// Availability by site, commune, district, zone and province, over mergers and without counting twice.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/availability.hpp"
#include "gateway/meaning/opening_times.hpp"
#include "gateway/meaning/site_evidence.hpp"
#include "gateway/meaning/timeline.hpp"
#include "gateway/registry/registry.hpp"

namespace xalink::meaning {

/// What is known of a site in a period.
struct SiteTimeline {
  Timeline timeline;
  std::vector<SiteOutage> outages;                         ///< those that overlap the period, whole
  std::map<registry::Date, SiteEvidence::Counts> records;  ///< by day; also of days beside the period
  std::optional<WallTime> last_seen;                       ///< newest record of all that were read

  /// Of the days that begin in one of these intervals.
  [[nodiscard]] SiteEvidence::Counts records_in(const std::vector<Interval>& when) const;
};
using SiteTimelines = std::map<std::string, SiteTimeline>;

/// The period ends with `now` where that comes sooner.
[[nodiscard]] Interval up_to_now(const Interval& period, WallTime now);
[[nodiscard]] SiteTimeline site_timeline(const SiteEvidence& evidence, const Interval& period, WallTime now);

enum class By : std::uint8_t { site, commune, district, zone, province };

struct UnitAvailability {
  /// Id of the site, CommuneKey::to_string(), code of the district ("" where there is none any more) or
  /// province, or the zone: I, II, III, none, "" for not told.
  std::string key;
  std::string name;                             ///< "xã Lũng Cú"; empty for zones
  std::optional<registry::CommuneKey> commune;  ///< of a commune
  std::vector<std::string> sites;               ///< that belonged to it at some time, sorted
  std::uint64_t communes = 0;                   ///< that belonged to it at some time
  std::uint64_t communes_without_data = 0;      ///< of them: nothing is known of any moment
  Availability availability;
  SiteEvidence::Counts records;  ///< of its sites, while they belonged to it
};

/// In the order of keys; zones I, II, III, none, not told. The rules:
/// - A site counts where Registry::commune_of() puts it, day by day (days of Vietnam). Sites that have
///   records and no row in the registry appear by site only, with the default office hours.
/// - A commune counts on the days on which it is valid: of a merger in mid-period the old units have the days
///   before it and the new one those after. Its state is merged() of its sites; its office is open while that
///   of one of them is, and by default hours on days on which it has none.
/// - A district, zone or province is the sum over its communes, of each the days on which it belonged to it.
///   So every commune counts alike, whatever its number of boards, and no day of it twice.
/// `period`: whole days, or up to now.
[[nodiscard]] std::vector<UnitAvailability> availability_by(By by, const registry::Registry& registry,
                                                            const SiteTimelines& sites,
                                                            const Interval& period,
                                                            const OpeningTimes& opening);

}  // namespace xalink::meaning
