#include "gateway/reports/json_writer.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/string_view.hpp>
#include <boost/json/value.hpp>
#include <map>
#include <string_view>
#include <vector>

#include "gateway/reports/cell_text.hpp"
#include "sparkplug/version.hpp"

namespace xalink::reports {
namespace {

/// Values that are JSON text already; sorted by key.
using Members = std::map<std::string, std::string>;

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string_view(text.data(), text.size()));
}

std::string object(const Members& members, const char* between = ",") {
  std::string text = "{";
  for (const auto& [key, value] : members) {
    if (text.size() > 1) text += between;
    text += quoted(key);
    text += ':';
    text += value;
  }
  return text + "}";
}

/// `each`: what stands before each part.
std::string array(const std::vector<std::string>& parts, const char* each = "") {
  std::string text = "[";
  for (const auto& part : parts) {
    if (text.size() > 1) text += ",";
    text += each;
    text += part;
  }
  return text + "]";
}

std::string json_of(const Said& said) {
  return object({{"en", quoted(said.english)}, {"vi", quoted(said.vietnamese)}});
}

std::string said_or_null(const Said& said) {
  return said.empty() ? "null" : json_of(said);
}

std::string_view name_of(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::text: return "text";
    case ColumnKind::integer: return "integer";
    case ColumnKind::decimal: return "decimal";
    case ColumnKind::percent: return "percent";
    case ColumnKind::duration: return "duration";
    case ColumnKind::date: return "date";
    case ColumnKind::time: return "time";
    case ColumnKind::state: break;
  }
  return "state";
}

std::string json_of(const Cell& cell, ColumnKind kind, int digits) {
  if (const auto* said = std::get_if<Said>(&cell)) return json_of(*said);
  const auto text = cell_for_programs(cell, digits, Language::english);
  if (!text) return "null";
  const bool number = kind == ColumnKind::integer || kind == ColumnKind::decimal ||
                      kind == ColumnKind::percent || kind == ColumnKind::duration;
  return number ? *text : quoted(*text);
}

std::string json_of(const Fact& fact) {
  return object({{"key", quoted(fact.key)},
                 {"kind", quoted(name_of(fact.kind))},
                 {"missing", quoted(missing_for_programs(fact.value))},
                 {"name", json_of(fact.name)},
                 {"of", said_or_null(fact.of)},
                 {"value", json_of(fact.value, fact.kind, fact.digits)}});
}

std::string json_of(const std::vector<Fact>& facts) {
  std::vector<std::string> parts;
  for (const auto& fact : facts) parts.push_back(json_of(fact));
  return array(parts, "\n");
}

std::string json_of(const std::vector<Said>& texts) {
  std::vector<std::string> parts;
  for (const auto& text : texts) parts.push_back(json_of(text));
  return array(parts, "\n");
}

std::string basis_of(const Document& document) {
  return object(
      {{"calendar_version", document.calendar_version.empty() ? "null" : quoted(document.calendar_version.english)},
       {"estimated_percent", document.estimated_percent
                                 ? json_of(Cell(*document.estimated_percent), ColumnKind::percent, 2)
                                 : "null"},
       {"records", std::to_string(document.records)},
       {"registry_version", document.registry_version ? std::to_string(*document.registry_version) : "null"},
       {"without_data", json_of(document.without_data)}});
}

std::string period_of(const Document& document) {
  const auto& period = document.period;
  return object(
      {{"days", std::to_string(period.days())},
       {"first", quoted(registry::date_text(period.first))},
       {"from_ms", std::to_string(period.from().time_since_epoch().count())},
       {"label", json_of(Said{period.label(Language::english), period.label(Language::vietnamese)})},
       {"last", quoted(registry::date_text(period.last))},
       {"name", quoted(period.name())},
       {"to_ms", std::to_string(period.to().time_since_epoch().count())}});
}

Members cells_of(const Table& table, const Row& row) {
  Members cells;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto& column = table.columns[i];
    cells[column.key] = json_of(row.cells[i], column.kind, column.digits);
  }
  return cells;
}

std::string missing_of(const Table& table, const Row& row) {
  Members missing;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const auto why = missing_for_programs(row.cells[i]);
    if (!why.empty()) missing[table.columns[i].key] = quoted(why);
  }
  return object(missing);
}

/// Six digits are 11 cm.
std::string coordinates_of(const Place& place) {
  return array({json_of(Cell(place.longitude), ColumnKind::decimal, 6),
                json_of(Cell(place.latitude), ColumnKind::decimal, 6)});
}

std::string json_of(const Table& table) {
  std::vector<std::string> columns;
  for (const auto& column : table.columns) {
    columns.push_back(object({{"digits", std::to_string(column.digits)},
                              {"heading", json_of(column.heading)},
                              {"key", quoted(column.key)},
                              {"kind", quoted(name_of(column.kind))}}));
  }
  std::vector<std::string> rows;
  rows.reserve(table.rows.size());
  for (const auto& row : table.rows) {
    rows.push_back(object({{"cells", object(cells_of(table, row))},
                           {"code", row.code.empty() ? "null" : quoted(row.code)},
                           {"missing", missing_of(table, row)},
                           {"place", row.place ? coordinates_of(*row.place) : "null"}}));
  }
  return object({{"columns", array(columns, "\n")},
                 {"key", quoted(table.key)},
                 {"note", said_or_null(table.note)},
                 {"rows", array(rows, "\n")},
                 {"title", json_of(table.title)}},
                ",\n");
}

std::string definitions_of(const Document& document) {
  std::vector<std::string> parts;
  for (const auto& definition : document.definitions) {
    parts.push_back(object({{"meaning", json_of(definition.meaning)},
                            {"source", said_or_null(definition.source)},
                            {"term", json_of(definition.term)}}));
  }
  return array(parts, "\n");
}

}  // namespace

std::string as_json(const Document& document) {
  std::vector<std::string> tables;
  for (const auto& table : document.tables) tables.push_back(json_of(table));
  return object({{"basis", basis_of(document)},
                 {"definitions", definitions_of(document)},
                 {"findings", json_of(document.findings)},
                 {"kind", quoted(document.kind)},
                 {"notes", json_of(document.notes)},
                 {"parameters", json_of(document.parameters)},
                 {"period", period_of(document)},
                 {"program", quoted(std::string("xalink-gateway ") + kVersion)},
                 {"schema", "1"},
                 {"scope", quoted(document.scope)},
                 {"tables", array(tables, "\n")},
                 {"title", json_of(document.title)}},
                ",\n") +
         "\n";
}

std::string as_geojson(const Document& document) {
  std::vector<std::string> features;
  std::vector<std::string> without;
  for (const auto* table : tables_on_map(document)) {
    for (const auto& row : table->rows) {
      auto members = cells_of(*table, row);
      members["missing"] = missing_of(*table, row);
      if (!row.code.empty()) members["code"] = quoted(row.code);
      const auto properties = object(members);
      if (!row.place) {
        without.push_back(properties);
        continue;
      }
      const auto geometry = object({{"coordinates", coordinates_of(*row.place)}, {"type", quoted("Point")}});
      features.push_back(
          object({{"geometry", geometry}, {"properties", properties}, {"type", quoted("Feature")}}));
    }
  }
  const auto report = object({{"basis", basis_of(document)},
                              {"kind", quoted(document.kind)},
                              {"period", period_of(document)},
                              {"scope", quoted(document.scope)},
                              {"title", json_of(document.title)},
                              {"without_coordinates", array(without, "\n")}},
                             ",\n");
  return object(
             {{"features", array(features, "\n")}, {"report", report}, {"type", quoted("FeatureCollection")}},
             ",\n") +
         "\n";
}

}  // namespace xalink::reports
