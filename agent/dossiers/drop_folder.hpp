#pragma once
// Dossiers from files that a local system (or a person) drops into a folder: each row becomes one event
// in lane 0, exactly once, over any crash; each file ends in done/ or rejected/.
//
// The order of promises for a file: rows are appended durably together with a note that says how far the
// file is taken; the report of bad rows is on the disk before the note that counts on it; only when all of
// the file is taken is it renamed. A kill between any two of these is made good by the note.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dossiers/drop_folder_settings.hpp"
#include "agent/dossiers/file_progress.hpp"
#include "agent/dossiers/source_file.hpp"
#include "agent/outbox/outbox.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// Takes `*.csv` directly in the folder (any case of the suffix; no hidden files, no links). A file is left
/// alone until it stood still (size and time of change) over two scans, and while it is empty; best is to
/// write it under another name and rename it. UTF-8 with or without BOM, RFC 4180.
///
/// A bad row goes with its reason to rejected/<file>.rejected.csv and the rest of the file goes on; a file
/// without a usable header goes to rejected/ whole, beside <file>.reason.txt. The same content dropped again
/// is a new delivery: its rows are new events.
///
/// Thread-safety: all on one loop. Files are read on the loop in pieces of 64 KiB, giving way to other
/// coroutines between pieces; what waits for the disk (fsync, rename) runs on `disk`, and appending is the
/// sink's matter. Memory is constant, whatever the file.
class DropFolder {
 public:
  /// Outbox::append_with_note on the store thread (Recorder::record_events): all records (at times none)
  /// and the note, or nothing.
  using Sink = std::function<boost::asio::awaitable<Result<void>>(
      std::vector<Pending> records, std::string note_key, std::string note_value)>;
  /// Outbox::note on the store thread (Recorder::read_note).
  using NoteReader =
      std::function<boost::asio::awaitable<Result<std::optional<std::string>>>(std::string key)>;
  /// Now, with this boot's id and what is known of the clock.
  using StampNow = std::function<Stamp()>;

  struct Counters {
    std::uint64_t files_done = 0;
    std::uint64_t files_rejected = 0;  ///< whole files: without a usable header
    std::uint64_t rows_taken = 0;      ///< durable
    std::uint64_t rows_rejected = 0;
    std::uint64_t append_failures = 0;  ///< the outbox refused; the file is tried again at the next scan
    std::string last_error;             ///< of the last scan; empty when it had none
  };

  /// `clock` and `disk` must outlive the folder. Nothing is touched before run() or scan_once().
  DropFolder(DropFolderSettings settings, Clock& clock, WorkerThread& disk, Sink sink, NoteReader note_reader,
             StampNow stamp_now);

  /// Scans until cancelled (operation_aborted). Returns at once when no folder is set.
  boost::asio::awaitable<void> run();
  /// One look at the folder: takes every file that is complete, in the order of their names. An error of
  /// one file does not keep the next from being taken; an error of the outbox ends the scan.
  boost::asio::awaitable<void> scan_once();

  [[nodiscard]] const Counters& counters() const { return counters_; }

  /// Called before each step that changes something on a disk, with its name: where tests kill the process.
  std::function<void(std::string_view step)> before_step;

 private:
  enum class Outcome { next_file, another_pass, end_scan };
  struct Pass;

  boost::asio::awaitable<bool> load_progress();
  [[nodiscard]] Result<void> prepare_folders() const;
  /// Names of the files that stood still since the last scan, in order.
  [[nodiscard]] Result<std::vector<std::string>> complete_files();
  boost::asio::awaitable<Outcome> take(std::string name);
  boost::asio::awaitable<Outcome> read_rows(Pass& pass);
  /// Takes one row that was not taken before; false when it had no place to go.
  [[nodiscard]] Result<void> take_row(Pass& pass);
  boost::asio::awaitable<bool> append(Pass& pass, bool complete);
  boost::asio::awaitable<Outcome> finish(Pass& pass);
  boost::asio::awaitable<Outcome> put_away(std::string name, std::filesystem::path part);
  boost::asio::awaitable<Outcome> reject_file(std::string name, std::string reason);
  boost::asio::awaitable<bool> on_disk(std::function<Result<void>()> change);
  void forget(const std::string& name);
  void step(std::string_view name) const;
  void complain(const Error& error);
  [[nodiscard]] std::filesystem::path done() const { return settings_.folder / "done"; }
  [[nodiscard]] std::filesystem::path rejected() const { return settings_.folder / "rejected"; }

  DropFolderSettings settings_;
  Clock& clock_;
  WorkerThread& disk_;
  Sink sink_;
  NoteReader note_reader_;
  StampNow stamp_now_;
  Schema schema_;
  std::optional<FolderProgress> progress_;        ///< what the outbox's note says; empty until it was read
  std::map<std::string, FileIdentity> seen_;      ///< in the last scan
  std::map<std::string, SteadyTime> complaints_;  ///< when each was last logged
  Counters counters_;
};

}  // namespace xalink
