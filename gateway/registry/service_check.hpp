#pragma once
// What can be wrong with a row of the tables about services although each of its fields is well written.

#include <vector>

#include "gateway/registry/entry.hpp"

namespace xalink::registry {

/// Adds to `mistakes`; the column is told by its heading alone, as check_registry() does. Tables that are
/// not about services have none.
void check_service_rows(Kind kind, const std::vector<const Entry*>& rows, std::vector<Mistake>& mistakes);

}  // namespace xalink::registry
