#pragma once
// The map of a page: points where communes are, drawn from coordinates alone.

#include <string>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"

namespace xalink::reports {

/// An `<svg>` element: each row with a place as a point with its state's colour and shape, a net of degrees,
/// a scale. North is up; the projection keeps distances about the middle parallel (equirectangular). Names
/// stand where they have room, those of bad states first. Empty when no row has a place.
[[nodiscard]] std::string svg_of(const Map& map, const Table& table, Language language);

}  // namespace xalink::reports
