#pragma once
// Records and the marks over them: the rule that makes delivery exactly once (design, section 5).

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/store/boot_clocks.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/predecessor.hpp"

namespace xalink::store {

/// Keeps what was looked up in memory; correct as long as forget_cached() follows every rollback.
/// Thread-safety: none; the store thread. Throws SQLite::Exception.
class Records {
 public:
  explicit Records(SQLite::Database& database);

  /// The number of a node's epoch; an epoch seen for the first time gets one.
  [[nodiscard]] std::int64_t epoch_number(std::int64_t node, const std::string& uuid, WallTime at);

  /// Notes whose rows are also this epoch's, and raises its marks over those that are held already.
  void continue_from(std::int64_t node, std::int64_t epoch, const std::vector<Predecessor>& predecessors,
                     WallTime at);

  /// Inserts what is new of the batch and raises the mark over contiguous rows. False when it met a
  /// hole, or an item that is no record: from there on nothing was kept.
  /// `host_clock`: of `at`; only a synchronised one says anything of the time of the records.
  [[nodiscard]] bool take(std::int64_t node, std::int64_t epoch, const Batch& batch, WallTime at,
                          ClockQuality host_clock);

  [[nodiscard]] RowId mark(std::int64_t epoch, Lane lane) { return state(epoch, lane).row_id; }

  /// Writes the raised marks; before COMMIT.
  void write_marks();
  void forget_cached();
  /// Between transactions.
  void bound_caches();

 private:
  struct Span {
    std::int64_t part = 0;
    std::int64_t earliest_ms = 0;
    std::int64_t latest_ms = 0;
  };
  struct LaneState {
    RowId row_id = 0;
    std::uint64_t records = 0;
    std::uint64_t given_up = 0;
    std::int64_t last_wall_ms = 0;
    std::int64_t last_quality = 0;
    std::int64_t last_received_ms = 0;
    bool raised = false;
    std::vector<Span> spans;  ///< of new records, not written yet
  };

  struct Twin {
    std::int64_t epoch = 0;
    RowId last = 0;  ///< rows up to here are the same in both
  };

  LaneState& state(std::int64_t epoch, Lane lane);
  /// The lane's state, raised over what its twins hold.
  LaneState& raised_state(std::int64_t epoch, Lane lane, WallTime at);
  void load_twins();
  std::int64_t schema_number(const Schema& schema);
  std::int64_t boot_number(const std::string& uuid);
  void insert(LaneState& lane, const Batch::Item& item, const Schema& schema, std::int64_t schema_id);
  bool take_rows(std::int64_t epoch, const Batch& batch, WallTime at);
  static void span(LaneState& lane, std::int64_t row, std::int64_t wall_ms);
  void learn_of_boots(std::int64_t node, const Batch& batch, RowId after, RowId up_to);

  SQLite::Database& database_;
  SQLite::Statement insert_record_;
  SQLite::Statement find_epoch_;
  SQLite::Statement insert_epoch_;
  SQLite::Statement find_schema_;
  SQLite::Statement insert_schema_;
  SQLite::Statement find_boot_;
  SQLite::Statement insert_boot_;
  SQLite::Statement find_mark_;
  SQLite::Statement write_mark_;
  SQLite::Statement widen_span_;
  SQLite::Statement insert_continuation_;
  SQLite::Statement all_continuations_;

  BootClocks boot_clocks_;
  std::int64_t taking_epoch_ = 0;         // of the batch in hand
  std::optional<WallTime> taking_heard_;  // when it came, where the gateway's clock was right
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> epochs_;
  std::map<std::pair<std::int64_t, Lane>, LaneState> lanes_;
  bool twins_loaded_ = false;
  std::map<std::pair<std::int64_t, Lane>, std::vector<Twin>> twins_;
  std::map<std::string, std::int64_t> schemas_;  // by device, group and packed columns
  std::map<std::string, std::int64_t> boots_;
  std::string last_boot_;  // records of one boot come together
  std::int64_t last_boot_number_ = 0;
  std::string body_;
  std::vector<std::int64_t> batch_schemas_;
};

}  // namespace xalink::store
