#include "agent/outbox/gap_row.hpp"

#include <algorithm>
#include <vector>

#include "sparkplug/delivery.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

constexpr std::size_t kCountColumn = 2;  // First, Last, Count, Reason
constexpr std::size_t kReasonColumn = 3;

}  // namespace

std::string pack_gap(RowId first, RowId last, const GapRow& gap) {
  const std::vector<Value> values{first, last, gap.count, gap.reason};
  return pack(gap_schema(Lane::measurements).columns, values);
}

GapRow unpack_gap(std::string_view body, std::uint64_t rows) {
  const auto values = unpack(gap_schema(Lane::measurements).columns, body);
  const auto* count = values ? std::get_if<std::uint64_t>(&(*values)[kCountColumn]) : nullptr;
  const auto* reason = values ? std::get_if<std::string>(&(*values)[kReasonColumn]) : nullptr;
  return GapRow{count == nullptr ? rows : std::min(*count, rows),
                reason == nullptr ? std::string(given_up::kDamaged) : *reason};
}

}  // namespace xalink
