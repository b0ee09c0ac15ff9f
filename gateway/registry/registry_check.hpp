#pragma once
// Whether rows of the registry fit together: within a table and from table to table.

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gateway/registry/entry.hpp"
#include "gateway/registry/field_text.hpp"

namespace xalink::registry {

struct RowsToCheck {
  /// In the order of the files; of equal keys in one file only the first is taken.
  std::vector<Entry> entries;
  /// Rows whose mistakes keep them from being judged with others: whether their days run backwards.
  std::vector<Entry> alone;
  /// Keys (Entry::key()) of communes and sites that a row with a mistake names: what refers to them is not
  /// called dangling as well.
  std::set<std::string> half_read;
  /// What was counted or surveyed later than this was not; nothing: nobody knows the day.
  std::optional<Date> today;
};

/// All that is wrong: equal keys, periods that overlap or run backwards, successors that are nowhere or do
/// not follow at once, equal names in one district, references to nothing, a split that leaves a site
/// nowhere. `column` of each is 0; the heading names the column.
[[nodiscard]] std::vector<Mistake> check_registry(const RowsToCheck& rows);

}  // namespace xalink::registry
