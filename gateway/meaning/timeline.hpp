#pragma once
// A period of a site or of a commune, divided without rest into up, down by cause, and unknown.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gateway/meaning/cause.hpp"
#include "gateway/meaning/interval.hpp"
#include "gateway/meaning/outages.hpp"
#include "gateway/meaning/site_evidence.hpp"

namespace xalink::meaning {

struct Segment {
  enum class State : std::uint8_t {
    up,
    down,
    unknown,
    no_board,  ///< unknown, because no site is registered there
  };
  Interval span;
  State state = State::unknown;
  Cause cause = Cause::switched_off;  ///< of down
  std::string subject;                ///< of down by services
  bool estimated = false;             ///< of up and down: rests on times within bounds only
  friend bool operator==(const Segment&, const Segment&) = default;
};

/// The segments follow each other from the period's begin to its end; two neighbours differ.
struct Timeline {
  Interval period;
  std::vector<Segment> segments;
  friend bool operator==(const Timeline&, const Timeline&) = default;
};

/// The rules of a site, at each moment:
/// - down, where an outage or a switched-off board covers it. Of several the lowest cause counts, of several
///   services the first by name. Mains that are gone while the board runs on are none.
/// - else up, where the board is proved to have been there (SiteEvidence::presence()): it would have said so
///   if something had been missing.
/// - else unknown. Silence alone is neither up nor down; what comes later takes its place.
[[nodiscard]] Timeline timeline_of(const SiteEvidence& evidence, const std::vector<SiteOutage>& outages,
                                   const Interval& period);

/// A site's part in a commune: when it belonged to it.
struct Member {
  std::string site;
  const Timeline* timeline = nullptr;
  std::vector<Interval> when;  ///< sorted, apart
};

/// The rules of a commune, at each moment, over the sites that belonged to it then:
/// - up, while any site is up: its citizens are served;
/// - else unknown, while any site is: it may have been up;
/// - else down, by the cause of the site that was the least far from up (the highest on the ladder);
/// - no_board, where there is no site.
[[nodiscard]] Timeline merged(const std::vector<Member>& members, const Interval& period);

}  // namespace xalink::meaning
