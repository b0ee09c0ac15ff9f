#pragma once
// A disk for SQLite that refuses the n-th call, or loses its power during any call.

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

namespace xalink {

/// While it lives, every database that is opened in this process is on this disk: real files, with all
/// writes passing through here. One at a time; one thread.
class FaultyDisk {
 public:
  FaultyDisk();
  FaultyDisk(const FaultyDisk&) = delete;
  FaultyDisk& operator=(const FaultyDisk&) = delete;
  ~FaultyDisk();

  /// Calls that change the disk: write, truncate, sync, delete, and creating a file.
  [[nodiscard]] std::uint64_t calls() const { return calls_; }

  /// What was asked of it since it was made, or since restore_power(): bytes written, and calls that wait
  /// for them.
  struct Traffic {
    std::uint64_t bytes = 0;
    std::uint64_t syncs = 0;
  };
  [[nodiscard]] Traffic traffic() const;

  /// The call after the next `after` ones fails with an SQLite code (SQLITE_FULL, SQLITE_IOERR_WRITE);
  /// so do all later ones until heal().
  void fail(std::uint64_t after, int code);
  /// From now on reading fails too, with this code (SQLITE_IOERR_READ), until heal().
  void fail_reads(int code) { read_failure_ = code; }
  void heal() {
    failure_.reset();
    read_failure_ = SQLITE_OK;
  }
  [[nodiscard]] bool has_failed() const { return failed_; }

  /// What a card makes of all that was not synced when its power went.
  enum class Survivors : std::uint8_t {
    none,  ///< only what was synced
    all,   ///< everything
    /// Each sector of 512 bytes is as it was at the last sync or as any write since then left it,
    /// whatever became of the others: torn, reordered. The same for a file's size, and for its name until
    /// the folder was synced.
    any,
  };

  /// From now on nothing reaches the disk. Then close all databases, and restore_power().
  void cut_power() { dead_ = true; }
  /// The files as a card may have them after the cut.
  void restore_power(std::mt19937_64& random);

  /// Steps the disk has gone through since it was made, or since restore_power().
  [[nodiscard]] std::size_t steps() const { return steps_.size(); }
  /// The files as a card may have them when the power went during step `step` (steps(): after the last).
  /// All databases must be closed. What is done to these files from then on adds no steps, until the next
  /// call: one run can be cut at every step in turn.
  void lay_out(std::size_t step, Survivors survivors, std::mt19937_64& random);

 private:
  struct Step {
    enum class Kind : std::uint8_t { create, remove, write, truncate, sync, sync_folder } kind;
    std::string path;
    std::size_t content = 0;  ///< index into contents_
    std::int64_t offset = 0;  ///< of a truncation: the new size
    std::string bytes;
  };
  struct File;
  struct Calls;
  struct Card;

  /// Counts one call that changes the disk; gives what it has to answer.
  int verdict();
  void add(Step step);

  sqlite3_vfs vfs_{};
  sqlite3_vfs* real_ = nullptr;
  std::uint64_t calls_ = 0;
  struct Failure {
    std::uint64_t at = 0;
    int code = 0;
  };
  std::optional<Failure> failure_;
  int read_failure_ = SQLITE_OK;
  bool failed_ = false;
  bool dead_ = false;
  bool replaying_ = false;                    ///< after lay_out(): nothing is added to the steps
  std::vector<std::string> contents_;         ///< of each file when it was first met
  std::map<std::string, std::size_t> found_;  ///< files that were there when first met: their content
  std::map<std::string, std::size_t> now_;    ///< the content behind each name now
  std::vector<Step> steps_;
};

}  // namespace xalink
