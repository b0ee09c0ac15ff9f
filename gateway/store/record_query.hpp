#pragma once
// Reading the records of the store: for all that is derived from them, beside a gateway that writes.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/edge_node.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink::store {

/// Which records. What is not told takes all.
struct RecordSelection {
  std::string node;   ///< Sparkplug node id, which is the site's id
  std::string group;  ///< Sparkplug group id, "VN-03"
  std::string device;
  /// Groups of metrics: "Outage", or a family with all its subjects: "Ping" takes "Ping/gateway" as well.
  std::vector<std::string> metric_groups;
  std::optional<Lane> lane;
  /// [from, to) of the corrected time (StoredRecord::time), so that a record lies in one period only. Gaps
  /// have no time of their own: that of the record in which they were told counts.
  std::optional<WallTime> from;
  std::optional<WallTime> to;
  bool with_gaps = false;
  /// Also what was kept of records whose rows were removed (StoredRecord::removed).
  bool with_removed = false;
  /// Of which schemas values are wanted; those of others are left out, which is faster. Nothing: of all.
  std::function<bool(const Schema&)> with_values;
  /// Of one outbox.
  struct Rows {
    std::string epoch;
    RowId first = 0;
    RowId last = 0;
  };
  std::optional<Rows> rows;
};

/// One row, valid until the visitor returns; copy what is to stay.
struct StoredRecord {
  NodeId node;
  std::string epoch;  ///< UUID of the outbox
  RowId row = 0;
  /// The row is gone: only what meaning::kept_columns() names has a value, the time is as it was known then,
  /// and there is no time of reception.
  bool removed = false;
  std::optional<RowId> first;      ///< a gap: rows first..row were given up
  const Schema* schema = nullptr;  ///< device, group of metrics, lane, columns
  std::int64_t schema_number = 0;  ///< as the store has it
  std::vector<Value> values;       ///< one for each column, or none (RecordSelection::with_values)
  std::string boot;                ///< UUID; time since it is never wrong
  std::int64_t boot_number = 0;    ///< as the store has it
  BootTime boot_time{};
  WallTime wall{};                             ///< as the board stamped it
  ClockQuality stamped = ClockQuality::unset;  ///< of `wall`
  WallTime time{};                             ///< as it is known now (view record_time): use this one
  std::optional<WallTime> earliest;            ///< the truth is not before; nothing: no bound is known
  std::optional<WallTime> latest;              ///< nor after
  ClockQuality quality = ClockQuality::unset;  ///< of `time`; unset: within the bounds only
  WallTime received{};                         ///< by the gateway's clock

  [[nodiscard]] bool is_gap() const { return first.has_value(); }
  /// By the column's name ("RTT mean") or the metric's full one ("Ping/gateway/RTT mean"); null where there
  /// is no such column.
  [[nodiscard]] const Value& value(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name) const;  ///< "" where it is no text
  /// Of any number or truth value; nothing where it is null or a text.
  [[nodiscard]] std::optional<double> number(std::string_view name) const;
  /// Whole numbers that are not negative, as counts and times since boot are.
  [[nodiscard]] std::optional<std::uint64_t> count(std::string_view name) const;
};

/// A connection that only reads. Two calls see two moments; within one, all is of one moment.
/// Thread-safety: none.
class RecordQuery {
 public:
  /// Fails as open_to_read().
  [[nodiscard]] static Result<RecordQuery> open(const std::filesystem::path& file);
  RecordQuery(RecordQuery&&) noexcept;
  RecordQuery& operator=(RecordQuery&&) noexcept;
  ~RecordQuery();

  /// Who ever delivered a record, by group and node id.
  [[nodiscard]] Result<std::vector<NodeId>> nodes();

  /// How often a node of this id records, as its births and what came since say.
  struct Rhythm {
    std::optional<Milliseconds> heartbeat;          ///< a row of each group comes that often, news or not
    std::optional<Milliseconds> shortest_interval;  ///< of its probes
  };
  [[nodiscard]] Result<Rhythm> rhythm(const std::string& node);

  /// False ends it. It must not ask this query anything.
  using Visit = std::function<bool(const StoredRecord&)>;
  /// Node by node (by group, id), each outbox in the order in which it was first heard of, lane by lane, in
  /// the order of rows: the order in which the board took them, whatever clocks said. Records whose columns
  /// cannot be read, by a damage of the store, are an error and no hole. Gives how many were visited.
  [[nodiscard]] Result<std::uint64_t> for_each(const RecordSelection& selection, const Visit& visit);

 private:
  struct State;
  explicit RecordQuery(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace xalink::store
