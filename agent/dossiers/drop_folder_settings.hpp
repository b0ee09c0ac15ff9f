#pragma once
// What the drop folder needs to be told. Read from [dossiers] by agent/config.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>

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

struct DropFolderSettings {
  std::filesystem::path folder;  ///< empty: no drop folder; `done/` and `rejected/` are made inside it
  Milliseconds scan_interval = std::chrono::seconds(10);
  char delimiter = ',';
  DossierColumns columns = national_dossier_columns();
  /// The local system's own words for a state → the national number 1..10. The numbers 1..10 mean
  /// themselves unless they stand here: some systems count their states differently.
  std::map<std::string, std::uint8_t, std::less<>> states;
  std::size_t rows_per_append = 500;  ///< one transaction each; bounds memory
};

}  // namespace xalink
