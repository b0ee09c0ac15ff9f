#pragma once
// One row of a table as the values of a record: only what was mapped is looked at.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dossiers/drop_folder_settings.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// The texts of a row by field of the kind, as the file has them; nothing where the row has no such field.
using FieldTexts = std::vector<std::optional<std::string>>;

struct MappedRow {
  std::vector<Value> values;  ///< one for each column of the schema
  std::string subject;        ///< digest of what it is about (Telling)
  std::uint64_t content = 0;  ///< digest of all values that are there
  bool dated = false;         ///< says since when it is true
};

/// Made anew for each file, because each file has its own header. Messages are in English and Vietnamese:
/// the person who repairs a row sits in the commune's office. Thread-safety: none.
class RowMapping {
 public:
  /// `settings` must outlive it.
  explicit RowMapping(const TableSettings& settings);

  /// Finds the mapped columns; case, blanks and the Unicode form of a header do not count. Fails when a
  /// mandatory field has none or a mapped name stands twice: then nothing of the file can be read.
  [[nodiscard]] Result<void> map_header(const std::vector<std::string>& header);
  /// Columns of the header.
  [[nodiscard]] std::size_t width() const { return width_; }
  /// The fields of one row under this header. Empty fields beyond the header are passed over.
  [[nodiscard]] Result<FieldTexts> pick(const std::vector<std::string>& fields) const;

  /// The error's `where` is the name of the column (empty: the row as a whole), `what` the reason with what
  /// to do; it never quotes the row.
  [[nodiscard]] Result<MappedRow> read(const FieldTexts& texts) const;

  /// The row for its report: the mapped columns alone, codes as they go out.
  [[nodiscard]] std::string shown(const FieldTexts& texts) const;

 private:
  [[nodiscard]] const std::string& header_of(const TableField& field) const;
  [[nodiscard]] const TableField& field_of(std::string_view key) const;
  /// Of a number or a time.
  [[nodiscard]] std::optional<std::uint64_t> value_of(const MappedRow& row, std::string_view key) const;

  const TableSettings& settings_;
  DossierStates states_;
  FieldDecoder decoder_;
  Schema schema_;
  std::vector<std::size_t> column_;                   ///< in the schema, by field
  std::vector<std::optional<std::size_t>> position_;  ///< in the file, by field
  std::optional<std::size_t> state_raw_column_;
  std::size_t width_ = 0;
};

}  // namespace xalink
