#pragma once
// The colours of reports, 0xRRGGBB: apart from each other also for eyes that do not tell red from green, and
// in black and white by their lightness.

#include <array>
#include <cstddef>
#include <cstdint>

#include "gateway/reports/document.hpp"

namespace xalink::reports {

/// Of points and bars.
[[nodiscard]] constexpr std::uint32_t colour_of(Tone tone) {
  switch (tone) {
    case Tone::good: return 0x2B8A5F;
    case Tone::limited: return 0xE8A317;
    case Tone::bad: return 0xB5292F;
    case Tone::unknown: break;
  }
  return 0x8A929A;
}

/// Behind words.
[[nodiscard]] constexpr std::uint32_t pale_colour_of(Tone tone) {
  switch (tone) {
    case Tone::good: return 0xD9F0E3;
    case Tone::limited: return 0xFCEBC5;
    case Tone::bad: return 0xF7D4D5;
    case Tone::unknown: break;
  }
  return 0xE6E9EC;
}

/// Of the n-th series of a chart (Okabe and Ito's, in an order that keeps neighbours apart).
[[nodiscard]] constexpr std::uint32_t series_colour(std::size_t number) {
  constexpr std::array<std::uint32_t, 8> kColours{0x0072B2, 0xE69F00, 0x009E73, 0xD55E00,
                                                  0x56B4E9, 0xCC79A7, 0xB8A800, 0x555555};
  return kColours[number % kColours.size()];
}

/// Of the chart's n-th column.
[[nodiscard]] inline std::uint32_t colour_of(const Chart& chart, std::size_t number) {
  return number < chart.tones.size() ? colour_of(chart.tones[number]) : series_colour(number);
}

}  // namespace xalink::reports
