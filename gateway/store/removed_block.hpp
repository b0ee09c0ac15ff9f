#pragma once
// What is kept of records whose rows were removed, as bytes (removed_block of schema_7.sql).

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/store/record_query.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink::store {

/// Writes one block. Layout, all numbers varints, signed ones zigzag:
///   version 1
///   number of schemas; of each: its number in `schema`, how many columns are kept, their places
///   number of boots; of each: its number in `boot`
///   for each record: row minus the row before; place of its schema; place of its boot; time since boot minus
///   that of the record before; time minus time since boot, minus that of the record before; quality, with 4
///   added if there is an earliest time and 8 if there is a latest; earliest minus time; latest minus time;
///   length and bytes of the kept columns (sparkplug/packed_values.hpp)
/// Some ten bytes a record where the row had seventy. Thread-safety: none.
class RemovedBlockWriter {
 public:
  /// Rows must rise. `schema`, `boot`: the numbers that the store knows those of the record by.
  void add(const StoredRecord& record, std::int64_t schema, std::int64_t boot);

  [[nodiscard]] std::uint64_t records() const { return records_; }
  [[nodiscard]] RowId last() const { return before_.row; }
  /// Of the times of its records; with records() > 0.
  [[nodiscard]] WallTime earliest() const { return earliest_; }
  [[nodiscard]] WallTime latest() const { return latest_; }
  [[nodiscard]] std::string bytes() const;

 private:
  struct Kept {
    std::uint64_t place = 0;
    std::vector<std::size_t> columns;  ///< by their places
    std::vector<Column> shape;
  };
  struct Before {
    RowId row = 0;
    std::int64_t at = 0;
    std::int64_t offset = 0;
  };
  Kept& kept_of(std::int64_t number, const Schema& schema);

  std::uint64_t records_ = 0;
  WallTime earliest_{};
  WallTime latest_{};
  Before before_;
  std::map<std::int64_t, Kept> kept_;
  std::map<std::int64_t, std::uint64_t> boots_;
  std::string schemas_bytes_;
  std::string boots_bytes_;
  std::string rows_bytes_;
  std::string packed_;
};

/// What a reader knows besides.
struct RemovedBlockSources {
  /// Null: not wanted, or not known.
  std::function<const Schema*(std::int64_t)> schema;
  std::function<std::string(std::int64_t)> boot;
};

/// The records of a block in the order of rows, into `record`, of which node and epoch are told already.
/// Columns that were not kept are null; wall is time, and there is no time of reception. False of `visit`
/// ends it, and is given back. Fails on what the writer cannot have written.
[[nodiscard]] Result<bool> read_removed_block(std::string_view bytes, const RemovedBlockSources& sources,
                                              StoredRecord& record,
                                              const std::function<bool(const StoredRecord&)>& visit);

}  // namespace xalink::store
