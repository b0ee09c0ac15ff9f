#pragma once
// The small tables of a damaged outbox, as far as its pages tell.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/page_reader.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

struct SalvagedTables {
  struct Boot {
    std::string boot_id;
    std::int64_t boot_ms = 0;
    std::int64_t wall_ms = 0;
    std::int64_t quality = 0;
  };

  std::string epoch;  ///< empty: unreadable
  std::optional<std::int64_t> bdseq;
  std::set<std::int64_t> bdseqs_seen;
  std::map<std::int64_t, Schema> schemas;
  std::map<std::int64_t, Boot> boots;
  std::array<std::optional<RowId>, kLaneCount> last;
  std::array<std::optional<RowId>, kLaneCount> acknowledged;
  std::map<std::string, std::string> notes;
  std::map<std::pair<Lane, std::string>, std::int64_t> given_up;
  std::map<std::string, std::string> said;  ///< what sources said before, by subject
  std::vector<std::pair<std::string, std::array<RowId, kLaneCount>>> predecessors;  ///< the oldest first
};

/// Where a row lies in several versions, the newest that can be told wins.
[[nodiscard]] SalvagedTables read_tables(const PageReader& pages);

}  // namespace xalink
