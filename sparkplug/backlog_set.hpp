#pragma once
// One DataSet of a backlog message: records of one shape, rows of what varies among them, and told once
// what does not (design, section 5). The bytes of a drain are decided here.
//
// On the wire it is a metric "<device>/<group>" of the backlog device with a timestamp, and
//   columns     Offset (UInt32, ms after the timestamp), then those whose values differ from row to row
//   properties  "Boot Time" (UInt64, ms since boot at the timestamp), "Clock" (UInt8, ClockQuality),
//               "Quality" (Int32, the standard's: 500 stale where the clock was unset, absent otherwise),
//               "Boot" (String, kernel's boot UUID; absent: the births' boot), and for each column that
//               has one value in all rows "Constant/<its place>/<its name>" with that value. Places are
//               counted from 0 among all columns but Offset.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sparkplug/delivery.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// The standard's word (section 6.4.18) for a value whose time is known within bounds only: good it may be,
/// but not as of its timestamp.
[[nodiscard]] inline Property time_unknown_property() {
  return Property{"Quality", DataType::int32, std::int64_t{500}};
}

/// Gathers records for one DataSet and keeps count of the bytes they will take.
/// Lifetime: the schema and the records must outlive it.
class BacklogSet {
 public:
  /// For records like `first`, which is not added yet.
  BacklogSet(const Schema& schema, const Record& first, const ClockContext& births);

  /// May this record stand in a row here? Rows share schema, boot, clock quality and absent columns, come
  /// after the first one, and their boot's offset from wall time is within a second of its.
  [[nodiscard]] bool takes(const Schema& schema, const Record& record) const;
  /// Bytes on the wire, within a few, when this record is added too.
  [[nodiscard]] std::size_t size_with(const Record& record) const;
  void add(const Record& record);

  /// Bytes on the wire, within a few; 0 before the first record.
  [[nodiscard]] std::size_t size() const { return size_; }
  /// Name, alias and `historical` are left to the caller.
  [[nodiscard]] Metric finish() const;
  [[nodiscard]] const Schema& schema() const { return *schema_; }

 private:
  struct PresentColumn {
    std::size_t column = 0;  ///< of the schema
    std::size_t bytes = 0;   ///< of its elements so far
    bool constant = true;
  };
  [[nodiscard]] std::size_t constant_size(std::size_t place) const;
  [[nodiscard]] std::size_t column_size(std::size_t place) const;
  [[nodiscard]] bool told_once(std::size_t place, std::size_t bytes, bool constant, std::size_t rows) const;

  const Schema* schema_;
  const Record* first_;
  const ClockContext* births_;
  std::uint64_t present_;
  std::vector<PresentColumn> columns_;
  std::vector<const Record*> records_;
  std::size_t header_bytes_ = 0;
  std::size_t row_bytes_ = 0;  ///< of Offset and what holds a row together
  std::size_t size_ = 0;
};

/// The records of a DataSet metric with its name and types resolved, in row order.
struct DecodedSet {
  Schema schema;
  std::vector<Record> records;
};
[[nodiscard]] Result<DecodedSet> decode_backlog_set(Metric& metric, Lane lane, const ClockContext& births);

}  // namespace xalink
