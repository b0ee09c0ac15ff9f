#pragma once
// What a source of tables needs to be told. Read from [dossiers] and [indicators] by agent/config.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "agent/dossiers/code_hash.hpp"
#include "agent/dossiers/field_value.hpp"
#include "agent/dossiers/table_kind.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/text_encoding.hpp"

namespace xalink {

/// Field's key → header of the column that holds it; empty: the files have no such column. What is not
/// named here is never read.
using TableColumns = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] inline TableColumns usual_columns(const TableKind& kind) {
  TableColumns columns;
  for (const TableField& field : kind.fields) columns.emplace(field.key, field.header);
  return columns;
}

[[nodiscard]] inline DossierStates national_dossier_states() {
  DossierStates states;
  std::uint8_t number = 0;
  for (const std::string_view word : kNationalStates) states.emplace(word, ++number);
  return states;
}

/// How rows are read, wherever they come from.
struct TableSettings {
  explicit TableSettings(const TableKind& table_kind)
      : kind(&table_kind), columns(usual_columns(table_kind)) {}

  static constexpr char kAnyDelimiter = '\0';

  const TableKind* kind;
  char delimiter = kAnyDelimiter;  ///< of CSV; kAnyDelimiter: what parts the header best
  TextEncoding encoding = TextEncoding::automatic;
  TableColumns columns;
  /// The national words and numbers mean themselves unless they stand here with another number: some
  /// systems count their states differently.
  DossierStates states = national_dossier_states();
  CodeHash code_hash;
};

struct DropFolderSettings {
  explicit DropFolderSettings(const TableKind& kind = dossier_table()) : table(kind) {}

  TableSettings table;
  std::filesystem::path folder;  ///< empty: no drop folder; `done/` and `rejected/` are made inside it
  Milliseconds scan_interval = std::chrono::seconds(10);
  Milliseconds settle = std::chrono::seconds(5);  ///< a file stood still for so long
  /// Originals in done/ are removed after so long; 0: never.
  std::chrono::days keep_done{30};
  std::size_t rows_per_append = 500;  ///< one transaction each; bounds memory
};

}  // namespace xalink
