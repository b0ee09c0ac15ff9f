#include "agent/dossiers/http_rows.hpp"

#include <algorithm>
#include <utility>

#include "agent/dossiers/json_rows.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

constexpr std::string_view kField = "field:";
constexpr std::string_view kJson = "json:";

/// Column of the record that the cursor follows.
std::optional<std::size_t> cursor_column(const HttpSourceSettings& settings) {
  if (!settings.cursor.starts_with(kField)) return std::nullopt;
  const std::string_view key = std::string_view(settings.cursor).substr(kField.size());
  for (const TableField& field : settings.table.kind->fields) {
    if (field.key == key) return column_index(settings.table.kind->schema(), field.column);
  }
  return std::nullopt;
}

void keep(HttpRows& found, MappedRow row, std::optional<std::size_t> cursor) {
  if (cursor) {
    if (const auto* time = std::get_if<std::uint64_t>(&row.values[*cursor])) {
      found.latest = std::max(found.latest.value_or(0), *time);
    }
  }
  found.rows.push_back(std::move(row));
}

Result<HttpRows> read_lines(const HttpSourceSettings& settings, TableForm form, std::string_view body,
                            bool end_is_sure) {
  HttpRows found;
  const std::optional<std::size_t> cursor = cursor_column(settings);
  TableReader reader(form, settings.table);
  reader.feed(body);
  if (end_is_sure) reader.finish();
  const auto next = [&] {
    const TableRow* row = reader.next();
    if (row != nullptr || end_is_sure) return row;
    reader.finish();
    end_is_sure = true;
    row = reader.next();
    found.cut = row != nullptr && !row->raw.empty();
    return found.cut ? nullptr : row;
  };
  while (const TableRow* row = next()) {
    if (row->what == TableRow::What::no_header) return failure("", row->reason);
    if (row->what != TableRow::What::row) continue;
    tl::expected<MappedRow, BadRow> mapped = reader.read();
    if (mapped) {
      keep(found, std::move(*mapped), cursor);
    } else {
      found.bad.push_back({row->line, std::move(mapped.error())});
    }
  }
  return found;
}

Result<HttpRows> read_list(const HttpSourceSettings& settings, std::string_view body) {
  if (body.starts_with("\xEF\xBB\xBF")) body.remove_prefix(3);
  if (find_broken_utf8(body) != std::string_view::npos) return failure("", "the answer is not UTF-8");
  JsonPlaces places;
  places.rows = settings.rows;
  if (!settings.next.empty()) places.extras.push_back(settings.next);
  const std::string path = settings.cursor.starts_with(kJson) ? settings.cursor.substr(kJson.size()) : "";
  if (!path.empty()) places.extras.push_back(path);
  const JsonRowReader json(settings.table, std::move(places));
  Result<JsonRows> parsed = json.read(body);
  if (!parsed) return Unexpected(std::move(parsed.error()));
  HttpRows found;
  const std::optional<std::size_t> cursor = cursor_column(settings);
  const RowMapping mapping(settings.table);
  std::size_t number = 0;
  for (const JsonRow& row : parsed->rows) {
    ++number;
    if (!row.bad_reason.empty()) {
      found.bad.push_back({number, {row.bad_field, row.bad_reason, mapping.shown(row.texts)}});
      continue;
    }
    Result<MappedRow> mapped = mapping.read(row.texts);
    if (mapped) {
      keep(found, std::move(*mapped), cursor);
    } else {
      found.bad.push_back({number, {mapped.error().where, mapped.error().what, mapping.shown(row.texts)}});
    }
  }
  found.cursor = parsed->extras[path];
  found.next = settings.next.empty() ? "" : parsed->extras[settings.next];
  return found;
}

}  // namespace

Result<HttpRows> read_http_rows(const HttpSourceSettings& settings, const std::string& content_type,
                                std::string_view body, bool end_is_sure) {
  if (content_type == "application/json" || content_type == "text/json" || content_type.ends_with("+json")) {
    return read_list(settings, body);
  }
  if (content_type == "application/x-ndjson" || content_type == "application/ndjson" ||
      content_type == "application/jsonl" || content_type == "application/x-jsonlines") {
    return read_lines(settings, TableForm::json_lines, body, end_is_sure);
  }
  if (content_type == "text/csv") return read_lines(settings, TableForm::csv, body, end_is_sure);
  return failure("", "the answer is \"" + content_type + "\", not JSON, JSON Lines or CSV",
                 "check that url in [dossiers.http] is the one of the interface, not of a page for people");
}

}  // namespace xalink
