#pragma once
// A report before anybody wrote it down: tables with typed cells, charts and points of a map that refer to
// them, and where the figures come from. Each kind of report makes one of these; each format writes it.
// Everything that a reader sees stands here once, in both languages.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "gateway/meaning/period.hpp"
#include "gateway/registry/field_text.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/said.hpp"

namespace xalink::reports {

using registry::Date;

/// What a column's cells are. Its unit stands in the heading.
enum class ColumnKind : std::uint8_t {
  text,
  integer,
  decimal,   ///< with `digits` after the mark
  percent,   ///< 97.9 is 97.9 %; with `digits` after the mark
  duration,  ///< people see hours:minutes:seconds, machines seconds
  date,
  time,   ///< of a day, in Vietnam's time
  state,  ///< one of few words, with its tone
};

struct Column {
  std::string key;  ///< for programs: "down_power_s". Unique in its table
  Said heading;
  ColumnKind kind = ColumnKind::text;
  int digits = 0;
};

/// How a state is to be taken. Each has its colour and, on a map, its shape.
enum class Tone : std::uint8_t { good, limited, bad, unknown };

struct State {
  std::string key;  ///< for programs
  Said words;
  Tone tone = Tone::unknown;
  friend bool operator==(const State&, const State&) = default;
};

/// Why there is no value. Nothing is ever shown as 0 that was not measured as 0.
enum class Missing : std::uint8_t {
  not_measured,    ///< nobody measures it here
  no_data,         ///< it is measured, and nothing came in this period
  suppressed,      ///< fewer than 5 cases: persons could be recognised
  not_applicable,  ///< there is nothing that it could be a figure of
  not_given,       ///< the registry has a column for it that nobody filled in
};

/// `Milliseconds` for durations. A number that is not finite is written as no_data.
using Cell =
    std::variant<Missing, std::string, Said, std::int64_t, double, Milliseconds, Date, WallTime, State>;

[[nodiscard]] inline Cell count(std::uint64_t number) {
  return static_cast<std::int64_t>(number);
}
/// The value, or why there is none.
template <class Value>
[[nodiscard]] Cell cell_or(const std::optional<Value>& value, Missing missing) {
  return value ? Cell(*value) : Cell(missing);
}
/// The count, or suppressed where it is 1 to 4.
[[nodiscard]] Cell count_or_suppressed(std::int64_t count);

/// Degrees (WGS 84).
struct Place {
  double latitude = 0;
  double longitude = 0;
  friend bool operator==(const Place&, const Place&) = default;
};

struct Row {
  std::vector<Cell> cells;     ///< one for each column
  std::optional<Place> place;  ///< of what the row is about
  /// Of the unit it is about, as the registry has it ("00694@2025-07-01"): for programs that join tables.
  /// Empty where a cell holds it, or it is of no unit.
  std::string code{};
};

struct Table {
  std::string key;  ///< for programs and names of files: "boards"
  Said title;
  Said note;  ///< under the title; may be empty
  std::vector<Column> columns;
  std::vector<Row> rows;
  int fixed_columns = 1;  ///< that stay in sight when a sheet is scrolled sideways
};

enum class ChartKind : std::uint8_t { bar, line, stack };

/// Draws columns of a table, rows in their order.
struct Chart {
  ChartKind kind = ChartKind::bar;
  Said title;
  std::string table;
  std::string category;             ///< key of the column that names the rows
  std::vector<std::string> values;  ///< keys of integer, decimal, percent or duration columns
  std::size_t most_rows = 40;       ///< of a bar or stack, the first so many rows
  std::vector<Tone> tones;          ///< one for each of the values; empty: the colours of series
};

/// Draws a table's rows where they are. Rows without a place are listed beside it.
struct Map {
  Said title;
  std::string table;
  std::string name;    ///< key of the column that names a row
  std::string state;   ///< key of the column that gives the colour
  std::string also{};  ///< key of a table whose rows are drawn too, with columns of these keys; may be empty
};

/// A figure of the report as a whole, or a setting that it was made with.
struct Fact {
  std::string key;
  Said name;
  Cell value;
  ColumnKind kind = ColumnKind::text;
  int digits = 0;
  Said of{};  ///< of a share, what it is of: "1,234 / 1,260 dossiers resolved"; may be empty
};

/// The fact's name, with what it is a share of.
[[nodiscard]] Said full_name(const Fact& fact);

struct Definition {
  Said term;
  Said meaning;
  Said source;  ///< may be empty
};

struct Document {
  std::string kind;   ///< "fleet"
  std::string scope;  ///< --by, for names of files: "commune"
  Said title;
  meaning::ReportPeriod period;
  std::vector<Fact> parameters;
  std::vector<Fact> findings;  ///< what stands first
  std::vector<Said> notes;
  std::vector<Table> tables;
  std::vector<Chart> charts;
  std::optional<Map> map;
  std::vector<Definition> definitions;
  /// What the figures rest on.
  std::optional<std::int64_t> registry_version;  ///< nothing: no registry was asked
  Said calendar_version;                         ///< empty: no calendar was asked
  std::uint64_t records = 0;                     ///< used
  std::optional<double> estimated_percent;       ///< of the records: time known within bounds only
  std::vector<Said> without_data;                ///< communes of which nothing came in the period
};

/// Its place among the columns; nothing when no column has that key.
[[nodiscard]] std::optional<std::size_t> column_at(const Table& table, std::string_view key);
[[nodiscard]] const Table* table_named(const Document& document, std::string_view key);

/// The tables that the map draws: none, one or two.
[[nodiscard]] std::vector<const Table*> tables_on_map(const Document& document);

/// What is wrong with it as a program: rows of another width than the columns, cells of another type than
/// their column, charts and maps of columns that are not there, keys that stand twice, half a translation.
/// Empty: nothing. Writers rely on it.
[[nodiscard]] std::string flaw_of(const Document& document);

/// "fleet-2024-Q3-commune": what its files are called, without the ending. The same for the same order.
[[nodiscard]] std::string file_stem(const Document& document);

}  // namespace xalink::reports
