#pragma once
// What stands for an hour of measurements when the outbox has no room for each of them (design, section 7).

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// The shape of a summary: device and lane of the records, group "<group>/Hourly" (a subject holds no '/',
/// so no target can have this name), and the columns
///   Records               how many records it stands for
///   First Row, Last Row   the thinned run they are from: rows of this lane, those of other groups among
///                         them. Nothing in this run is delivered in another way, so nothing counts twice
///   Span (ms)             from the first of them to the last, by time since boot; the summary's own time is
///                         that of the last one
/// and for each column of the records, "<column> count": in how many it was not null, then
///   numbers     "<column> min", "<column> mean", "<column> max"
///   DateTime    "<column> min", "<column> max"
///   Boolean     "<column> true": how often
///   texts       "<column> commonest" and "<column> commonest count"; the others are not kept
/// Where rows were recorded by exception (a column Runs), a row counts once for each measurement that it
/// stands for, as far as the rows behind it within the hour tell: "count", "mean", "true" and "commonest
/// count" are those of measurements, not of rows. A backlog row holds 64 columns: what does not fit whole is
/// left out, from the last column on.
[[nodiscard]] Schema summary_schema(const Schema& of);
[[nodiscard]] bool is_summary(const Schema& schema);

inline constexpr std::string_view kSummaryGroup = "/Hourly";  ///< behind the records' group

/// Gathers records of one schema, in the order in which they were taken.
class HourlySummary {
 public:
  explicit HourlySummary(Schema of);

  void add(const Record& record);

  /// At least one record was added. Its stamp is the last record's, its quality the lowest of all.
  [[nodiscard]] Record finish(RowId first, RowId last) const;
  [[nodiscard]] const Schema& of() const { return of_; }

 private:
  struct ColumnState {
    std::uint32_t count = 0;
    Value least;
    Value greatest;
    double sum = 0;
    std::uint32_t trues = 0;
    std::map<std::string, std::uint32_t> texts;
  };
  void count(const std::vector<Value>& values, std::uint32_t times);

  Schema of_;
  std::vector<ColumnState> columns_;
  std::optional<std::size_t> runs_;  ///< place of the column
  std::vector<Value> held_;          ///< values of the last record
  std::uint32_t records_ = 0;
  BootTime first_boot_time_{};
  Stamp stamp_;  ///< of the last record, with the lowest quality
};

}  // namespace xalink
