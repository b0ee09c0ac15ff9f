#pragma once
// One row of a dossier file as the values of a record: only the columns that were mapped are looked at.

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "agent/dossiers/drop_folder_settings.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Made anew for each file, because each file has its own header. Messages are in English and Vietnamese:
/// the person who repairs a row sits in the commune's office. Thread-safety: none.
class DossierRow {
 public:
  /// `settings` and `schema` (dossier_schema()) must outlive it.
  DossierRow(const DropFolderSettings& settings, const Schema& schema);

  /// Finds the mapped columns. Fails when code or state has none, a mapped name stands twice, or the header
  /// is not UTF-8: then nothing of the file can be read.
  [[nodiscard]] Result<void> map_header(const std::vector<std::string>& header);

  /// One value for each column of the schema. The error's `where` is the column's name in the file (empty:
  /// the row as a whole), `what` the reason with what to do.
  [[nodiscard]] Result<std::vector<Value>> read(const std::vector<std::string>& fields) const;

 private:
  [[nodiscard]] Result<Value> value_of(DossierField field, const std::string& text) const;

  const DropFolderSettings& settings_;
  std::size_t width_ = 0;  ///< columns in the file
  std::vector<std::string> header_;
  std::array<std::optional<std::size_t>, kDossierFields.size()> position_;  ///< in the file
  std::array<std::size_t, kDossierFields.size()> column_{};                 ///< in the schema
  std::size_t state_raw_column_ = 0;
  std::size_t column_count_ = 0;
};

}  // namespace xalink
