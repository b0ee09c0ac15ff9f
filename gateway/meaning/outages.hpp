#pragma once
// The outages of a site as its board stated them, in true time.

#include <string>
#include <vector>

#include "gateway/meaning/cause.hpp"
#include "gateway/meaning/interval.hpp"
#include "gateway/meaning/site_evidence.hpp"

namespace xalink::meaning {

/// A stretch with one cause.
struct DownSpan {
  Interval span;
  Cause cause = Cause::link;
  std::string subject;  ///< name of the service
  bool estimated = false;
  friend bool operator==(const DownSpan&, const DownSpan&) = default;
};

struct SiteOutage {
  std::string id;
  Interval span;
  bool open = false;        ///< nothing is known of its end: it lasts up to the last sign of the board
  bool on_battery = false;  ///< the mains were gone and the board was not: no outage of the office's line
  std::vector<DownSpan>
      spans;             ///< one after the other, from begin to end; more than one where the cause changed
  std::string evidence;  ///< of the begin, in the board's words
  friend bool operator==(const SiteOutage&, const SiteOutage&) = default;
};

/// By begin. The rules:
/// - An outage lasts from the first reading that failed to the first good one, as the board stated them, or
/// to
///   the last sign of the board in that boot while it has stated no end. Then it is not known how it went on.
/// - A moment of a boot of which no record has a usable time is reckoned from the outage's length, where the
///   board told that; else the outage has no place in time and is left out.
/// - A board that was shut down as it should be was switched off from its last sign to the next boot.
/// `now`: nothing lasts longer.
[[nodiscard]] std::vector<SiteOutage> outages_of(const SiteEvidence& evidence, WallTime now);

}  // namespace xalink::meaning
