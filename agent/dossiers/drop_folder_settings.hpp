#pragma once
// What the drop folder needs to be told. Read from [dossiers] by agent/config.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>

#include "agent/dossiers/dossier_fields.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// Header text of the column that holds each field; empty: the files have no such column.
using DossierColumns = std::array<std::string, kDossierFields.size()>;

[[nodiscard]] inline DossierColumns national_dossier_columns() {
  DossierColumns columns;
  for (const DossierFieldName& name : kDossierFields) columns[index(name.field)] = name.national_header;
  return columns;
}

/// What the local system calls a state → the national number 1..10.
using DossierStates = std::map<std::string, std::uint8_t, std::less<>>;

[[nodiscard]] inline DossierStates national_dossier_states() {
  DossierStates states;
  std::uint8_t number = 0;
  for (const std::string_view word : kNationalStates) states.emplace(word, ++number);
  return states;
}

struct DropFolderSettings {
  std::filesystem::path folder;  ///< empty: no drop folder; `done/` and `rejected/` are made inside it
  Milliseconds scan_interval = std::chrono::seconds(10);
  char delimiter = ',';
  DossierColumns columns = national_dossier_columns();
  /// The national words and numbers mean themselves unless they stand here with another number: some
  /// systems count their states differently.
  DossierStates states = national_dossier_states();
  std::size_t rows_per_append = 500;  ///< one transaction each; bounds memory
};

}  // namespace xalink
