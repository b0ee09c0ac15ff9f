#pragma once
// One export file on its way into the ledger: read twice, verified whole first, then committed in pieces.

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "gateway/known_boards.hpp"
#include "sparkplug/acknowledgement_file.hpp"
#include "sparkplug/export_file.hpp"
#include "sparkplug/host_application.hpp"
#include "sparkplug/own_key.hpp"
#include "sparkplug/stick_file.hpp"

namespace xalink {

struct ImportedLane {
  RowRange rows;      ///< in the file
  RowId before = 0;   ///< the mark when the import began
  RowId mark = 0;     ///< and when it ended
  bool hole = false;  ///< the file begins above the mark + 1: nothing of this lane was kept
};

struct Imported {
  ExportHeader header;
  Recognised known;
  ExportTotals totals;
  std::uint64_t bytes = 0;
  std::array<ImportedLane, kLaneCount> lanes;
  std::uint64_t new_records = 0;  ///< that the store did not have
};

/// Steps that block on the stick, but never for long: check() until it says true, then next() and
/// committed() in turn until next() gives nothing. Whoever runs it commits in between, so that others can
/// too. Nothing is committed of a file that is not whole, ours and of a known board; what was verified is
/// compared again while it is committed, so that a file that changes meanwhile is not believed.
/// Thread-safety: none, but each step may run on another thread.
class ImportRun {
 public:
  ImportRun(std::unique_ptr<StickSource> source, KnownBoards known);

  /// Some of the first reading; true when the file is verified.
  [[nodiscard]] Result<bool> check(WallTime now);
  /// Facts for one commit, in order; the first ones hold no rows and ask for the marks. Empty at the end.
  [[nodiscard]] Result<std::vector<Fact>> next(WallTime at);
  /// What the ledger answered to the last next().
  void committed(const std::vector<LaneMark>& marks);

  [[nodiscard]] std::uint64_t done() const { return read_before_ + (reader_ ? reader_->bytes() : 0); }
  [[nodiscard]] std::uint64_t of() const { return 2 * source_->size(); }
  [[nodiscard]] const Imported& result() const { return result_; }
  /// The marks that this import ends with, to be told to the board when it is online.
  [[nodiscard]] std::vector<LaneMark> raised() const;

 private:
  struct Pending {
    Lane lane = Lane::events;
    RowId last = 0;
  };
  [[nodiscard]] Unexpected changed() const;

  std::unique_ptr<StickSource> source_;
  KnownBoards known_;
  std::unique_ptr<ExportReader> reader_;
  std::vector<FrameCheck> checks_;  ///< of each part, as it was verified: 16 bytes for some 48 KiB
  std::size_t at_check_ = 0;
  std::vector<Pending> pending_;  ///< records under way to the ledger
  std::uint64_t read_before_ = 0;
  bool verified_ = false;
  bool asked_marks_ = false;
  Imported result_;
};

/// The gateway's answer to an import, as the bytes of an acknowledgement file.
[[nodiscard]] Result<std::string> acknowledgement_of(const Imported& imported, const OwnKey& own,
                                                     const std::string& host_id, WallTime now);

}  // namespace xalink
