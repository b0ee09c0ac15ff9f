#pragma once
// Rows of a table out of JSON: only the mapped keys are kept, everything else passes through the parser.

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dossiers/row_mapping.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct JsonRow {
  FieldTexts texts;
  std::string bad_field;   ///< name of the key that cannot be read, if one cannot
  std::string bad_reason;  ///< empty: the row is fine
};

struct JsonRows {
  std::vector<JsonRow> rows;
  std::map<std::string, std::string> extras;  ///< texts found outside of rows, by path
};

/// Where rows stand in a JSON text, by the keys that lead there, parted by dots: "data.items".
struct JsonPlaces {
  /// Of the array whose objects are rows; empty: the text itself is a row, or an array of rows.
  std::string rows;
  std::vector<std::string> extras;  ///< single values to find beside them
};

/// Keys of a row may be paths as well. Numbers and true/false become text; null is an empty field. A list or
/// an object is none, but for a field that tells of a presence: it is there when anything stands in the list,
/// or, of a path that leads through a list, in any of its items; the list that is empty says no. Bounded by
/// the text itself; nesting beyond 32 levels is refused.
class JsonRowReader {
 public:
  /// `settings` must outlive it.
  explicit JsonRowReader(const TableSettings& settings, JsonPlaces places = {});
  /// Fails when `text` is not one JSON text, or holds no rows where they should be.
  [[nodiscard]] Result<JsonRows> read(std::string_view text) const;

 private:
  const TableSettings& settings_;
  JsonPlaces places_;
  std::map<std::string, std::size_t, std::less<>> wanted_;  ///< folded path → field
};

}  // namespace xalink
