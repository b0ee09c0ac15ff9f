#pragma once
// Where `export` and `acknowledge` find the outbox: in the running agent, which holds it, or on the disk
// when no agent runs.

#include <array>
#include <filesystem>
#include <memory>
#include <string>

#include "agent/config.hpp"
#include "agent/outbox/outbox.hpp"
#include "sparkplug/export_file.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct ExportRows {
  std::string epoch;
  std::array<RowRange, kLaneCount> lanes;
  std::vector<Predecessor> continues;
};

/// What waits: all durable rows that are not acknowledged; with `everything`, from row 1 on, so that a
/// gateway of any memory finds no hole (rows that are gone come as a gap).
[[nodiscard]] Result<ExportRows> rows_to_export(Outbox& outbox, bool everything);
/// Some leading rows of the range, at least one.
[[nodiscard]] Result<Batch> read_rows(Outbox& outbox, Lane lane, RowRange rows);

/// Blocks. Thread-safety: none.
class OutboxAccess {
 public:
  /// Asks the running agent when one answers at the configured socket; else opens the file. Never makes an
  /// outbox where there is none.
  [[nodiscard]] static Result<std::unique_ptr<OutboxAccess>> find(const AgentConfig& config);

  OutboxAccess() = default;
  OutboxAccess(const OutboxAccess&) = delete;
  OutboxAccess& operator=(const OutboxAccess&) = delete;
  virtual ~OutboxAccess() = default;

  [[nodiscard]] virtual Result<ExportRows> begin_export(bool everything) = 0;
  [[nodiscard]] virtual Result<Batch> read(const std::string& epoch, Lane lane, RowRange rows) = 0;

  struct Acknowledged {
    RowId before = 0;  ///< the mark as it was
    RowId mark = 0;    ///< as it is now
    RowId last = 0;    ///< highest durable row
  };
  /// Raises the marks; refuses another epoch and marks beyond the rows that there are.
  [[nodiscard]] virtual Result<std::array<Acknowledged, kLaneCount>> acknowledge(
      const std::string& epoch, const std::array<RowId, kLaneCount>& marks) = 0;
};

}  // namespace xalink
