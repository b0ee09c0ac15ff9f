#pragma once
// A gap as a row of a lane: its body and back.

#include <cstdint>
#include <string>
#include <string_view>

#include "sparkplug/record.hpp"

namespace xalink {

struct GapRow {
  std::uint64_t count = 0;  ///< records given up, at most one for each row id
  std::string reason;
};

[[nodiscard]] std::string pack_gap(RowId first, RowId last, const GapRow& gap);
/// A body that makes no sense gives the reason "damaged", and one record for each of `rows`.
[[nodiscard]] GapRow unpack_gap(std::string_view body, std::uint64_t rows);

}  // namespace xalink
