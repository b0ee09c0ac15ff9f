#pragma once
// A report for programs. The same report gives the same bytes: keys sorted, numbers with fixed digits, no
// time of writing.

#include <string>

#include "gateway/reports/document.hpp"

namespace xalink::reports {

/// One JSON object, the same whatever language people read the report in. Stable: keys may be added, never
/// changed.
///   {"basis": BASIS, "definitions": [{"meaning": SAID, "source": SAID|null, "term": SAID}...],
///    "findings": [FACT...], "kind": "fleet"|..., "notes": [SAID...], "parameters": [FACT...],
///    "period": PERIOD, "program": "xalink-gateway VERSION", "schema": 1, "scope": "commune"|...|"",
///    "tables": [TABLE...], "title": SAID}
///   SAID   {"en": TEXT, "vi": TEXT}
///   BASIS  {"calendar_version": TEXT|null, "estimated_percent": NUMBER|null, "records": N,
///           "registry_version": N|null, "without_data": [SAID...]}
///   FACT   {"key", "kind": KIND, "missing": WHY, "name": SAID, "of": SAID|null, "value": VALUE|null}
///   PERIOD {"days": N, "first": DAY, "from_ms": N, "label": SAID, "last": DAY, "name": "2024-Q3", "to_ms":
///   N};
///          days are Vietnam's, both included; milliseconds since 1970-01-01 UTC, to_ms not included
///   TABLE  {"columns": [{"digits": N, "heading": SAID, "key", "kind": KIND}...], "key", "note": SAID|null,
///           "rows": [ROW...], "title": SAID}
///   ROW    {"cells": {COLUMN KEY: VALUE|null...}, "code": CODE|null, "missing": {COLUMN KEY: WHY...},
///           "place": [LONGITUDE, LATITUDE]|null}; of a commune CODE is "00694@2025-07-01", its code and first
///           day: names repeat, and codes do over the years; null where the row is of no unit or a cell has it
///   KIND   "text" (TEXT or SAID), "integer", "decimal", "percent" (97.9 is 97.9 %), "duration" (seconds),
///          "date" ("2024-09-18"), "time" ("2024-09-18T07:00:00.000+07:00"), "state" (its key)
///   WHY    "not_measured", "no_data", "suppressed" (fewer than 5 cases), "not_applicable", "not_given"; of a
///   FACT with a
///          value ""
[[nodiscard]] std::string as_json(const Document& document);

/// RFC 7946: a FeatureCollection with a point for each row of the map's table that has a place; `properties`
/// are CELLS as above with "missing" and "code" beside them. The member "report" names kind, period, scope, title and
/// basis, and in "without_coordinates" the properties of the rows that have no place. A report without a map
/// gives no features.
[[nodiscard]] std::string as_geojson(const Document& document);

}  // namespace xalink::reports
