#include "gateway/reports/document.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace xalink::reports {
namespace {

bool fits(const Cell& cell, ColumnKind kind) {
  if (std::holds_alternative<Missing>(cell)) return true;
  switch (kind) {
    case ColumnKind::text:
      return std::holds_alternative<std::string>(cell) || std::holds_alternative<Said>(cell);
    case ColumnKind::integer: return std::holds_alternative<std::int64_t>(cell);
    case ColumnKind::decimal:
    case ColumnKind::percent: return std::holds_alternative<double>(cell);
    case ColumnKind::duration: return std::holds_alternative<Milliseconds>(cell);
    case ColumnKind::date: return std::holds_alternative<Date>(cell);
    case ColumnKind::time: return std::holds_alternative<WallTime>(cell);
    case ColumnKind::state: return std::holds_alternative<State>(cell);
  }
  return false;
}

bool half(const Said& said) {
  return said.english.empty() != said.vietnamese.empty();
}

bool has_figures(ColumnKind kind) {
  return kind == ColumnKind::integer || kind == ColumnKind::decimal || kind == ColumnKind::percent ||
         kind == ColumnKind::duration;
}

std::string flaw_of(const Table& table) {
  std::set<std::string> keys;
  for (const auto& column : table.columns) {
    const auto name = table.key + "." + column.key;
    if (column.key.empty() || !keys.insert(column.key).second) return name + ": the key stands twice";
    if (column.heading.empty() || half(column.heading)) return name + ": the heading lacks a language";
  }
  if (table.columns.empty()) return table.key + ": no columns";
  if (table.title.empty() || half(table.title) || half(table.note)) return table.key + ": half a title";
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    const auto& cells = table.rows[i].cells;
    const auto name = table.key + ", row " + std::to_string(i);
    if (cells.size() != table.columns.size()) return name + ": another width than the columns";
    for (std::size_t j = 0; j < cells.size(); ++j) {
      if (!fits(cells[j], table.columns[j].kind)) {
        return name + ", " + table.columns[j].key + ": another type than its column";
      }
    }
  }
  return {};
}

std::string flaw_of(const Document& document, const Chart& chart) {
  const auto* table = table_named(document, chart.table);
  if (table == nullptr) return "a chart of no table: " + chart.table;
  if (!column_at(*table, chart.category)) return "a chart without categories: " + chart.category;
  if (chart.values.empty()) return "a chart of nothing";
  if (!chart.tones.empty() && chart.tones.size() != chart.values.size()) return "a chart of other tones";
  if (chart.title.empty() || half(chart.title)) return "a chart without a title in both languages";
  for (const auto& key : chart.values) {
    const auto column = column_at(*table, key);
    if (!column || !has_figures(table->columns[*column].kind)) return "a chart of no figures: " + key;
  }
  return {};
}

std::string flaw_of(const std::vector<Fact>& facts) {
  std::set<std::string> keys;
  for (const auto& fact : facts) {
    if (fact.key.empty() || !keys.insert(fact.key).second) return fact.key + ": the key stands twice";
    if (fact.name.empty() || half(fact.name) || half(fact.of))
      return fact.key + ": the name lacks a language";
    if (!fits(fact.value, fact.kind)) return fact.key + ": another type than its kind";
  }
  return {};
}

}  // namespace

Cell count_or_suppressed(std::int64_t count) {
  if (count >= 1 && count < 5) return Missing::suppressed;
  return count;
}

Said full_name(const Fact& fact) {
  return fact.of.empty() ? fact.name : fact.name + " (" + fact.of + ")";
}

std::optional<std::size_t> column_at(const Table& table, std::string_view key) {
  const auto found = std::ranges::find(table.columns, key, &Column::key);
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

const Table* table_named(const Document& document, std::string_view key) {
  const auto found = std::ranges::find(document.tables, key, &Table::key);
  return found == document.tables.end() ? nullptr : &*found;
}

std::vector<const Table*> tables_on_map(const Document& document) {
  std::vector<const Table*> tables;
  if (!document.map) return tables;
  for (const auto& key : {document.map->table, document.map->also}) {
    const auto* table = key.empty() ? nullptr : table_named(document, key);
    if (table != nullptr) tables.push_back(table);
  }
  return tables;
}

std::string flaw_of(const Document& document) {
  if (document.kind.empty() || document.title.empty() || half(document.title)) return "no kind or title";
  std::set<std::string> keys;
  for (const auto& table : document.tables) {
    if (table.key.empty() || !keys.insert(table.key).second) return table.key + ": the key stands twice";
    if (auto flaw = flaw_of(table); !flaw.empty()) return flaw;
  }
  for (const auto& chart : document.charts) {
    if (auto flaw = flaw_of(document, chart); !flaw.empty()) return flaw;
  }
  if (document.map) {
    const std::size_t named = document.map->also.empty() ? 1 : 2;
    const auto tables = tables_on_map(document);
    if (tables.size() != named) return "a map of no table";
    for (const auto* table : tables) {
      const auto name = column_at(*table, document.map->name);
      const auto state = column_at(*table, document.map->state);
      if (!name || !state || table->columns[*state].kind != ColumnKind::state) return "a map of no table";
    }
  }
  if (auto flaw = flaw_of(document.parameters); !flaw.empty()) return flaw;
  if (auto flaw = flaw_of(document.findings); !flaw.empty()) return flaw;
  if (std::ranges::any_of(document.notes, half)) return "a note in one language";
  for (const auto& definition : document.definitions) {
    if (half(definition.term) || half(definition.meaning) || half(definition.source)) {
      return definition.term.english + ": defined in one language";
    }
  }
  return {};
}

std::string file_stem(const Document& document) {
  auto period = document.period.name();
  if (const auto dots = period.find(".."); dots != std::string::npos) period.replace(dots, 2, "_");
  return document.kind + "-" + period + (document.scope.empty() ? "" : "-" + document.scope);
}

}  // namespace xalink::reports
