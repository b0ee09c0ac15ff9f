#pragma once
// The rows of a server's answer.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "agent/dossiers/http_source_settings.hpp"
#include "agent/dossiers/row_mapping.hpp"
#include "agent/dossiers/table_reader.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct NumberedBadRow {
  std::size_t number = 0;  ///< line of CSV and JSON Lines, place in a JSON list; from 1
  BadRow row;
};

struct HttpRows {
  std::vector<MappedRow> rows;
  std::vector<NumberedBadRow> bad;
  std::optional<std::uint64_t> latest;  ///< greatest value of the cursor's field, ms since 1970
  std::string cursor;                   ///< of "json:PATH"; empty when the answer has none
  std::string next;                     ///< address of the next page as the body tells it; empty: none
  bool cut = false;                     ///< it ends within a line, which is not among the rows
};

/// By media type: application/json is a list of objects (HttpSourceSettings::rows), application/x-ndjson and
/// its other names are JSON Lines, text/csv is CSV. Fails when the answer as a whole cannot be read; then
/// nothing of it counts. A last line without an end counts only when `end_is_sure`. Takes some 100 ms for a
/// large answer on a board: for the worker thread.
[[nodiscard]] Result<HttpRows> read_http_rows(const HttpSourceSettings& settings,
                                              const std::string& content_type, std::string_view body,
                                              bool end_is_sure);

}  // namespace xalink
