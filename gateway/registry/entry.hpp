#pragma once
// One row of one table of the registry, in its kept form, and what can be wrong with a row.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/registry/table_shape.hpp"
#include "sparkplug/said.hpp"

namespace xalink::registry {

/// Where a row stands: a file of the user's, or the registry as it is kept (line 0).
struct Place {
  std::string file;
  std::size_t line = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct Entry {
  Kind kind = Kind::communes;
  std::vector<std::string> fields;  ///< one for each column of the shape, in kept form; empty: not told
  Place place;

  [[nodiscard]] const std::string& at(std::string_view column) const;
  /// Equal for rows that are one. The fields of the key with a mark between that no field can hold.
  [[nodiscard]] std::string key() const;
  friend bool operator==(const Entry&, const Entry&) = default;
};

/// The file, or which version of the registry.
[[nodiscard]] Said told_place(const Place& place);

struct Mistake {
  Place place;
  std::size_t column = 0;  ///< in the file, from 1; 0: the row as a whole
  std::string heading;     ///< of that column
  Said what;
  Said next;             ///< may be empty
  bool warning = false;  ///< worth a look; does not keep the row out

  /// "communes.csv:12: column 3 (valid_to): ...".
  [[nodiscard]] std::string to_string(Language language) const;
};

}  // namespace xalink::registry
