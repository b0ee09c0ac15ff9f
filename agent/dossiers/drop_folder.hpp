#pragma once
// Rows from files that a local system (or a person) drops into a folder: each row that says something new
// becomes one event in lane 0, exactly once, over any crash; each file ends in done/ or rejected/.
//
// The order of promises for a file: rows are appended durably together with what is remembered of them and a
// note that says how far the file is taken; the report of bad rows is on the disk before the note that counts
// on it; only when all of the file is taken is it renamed. A kill between any two of these is made good by
// the note.

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dossiers/drop_folder_settings.hpp"
#include "agent/dossiers/event_store.hpp"
#include "agent/dossiers/file_progress.hpp"
#include "agent/dossiers/settled_files.hpp"
#include "agent/dossiers/source_counters.hpp"
#include "agent/dossiers/source_file.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// Takes files directly in the folder by their names (form_of) when they are whole (SettledFiles); no hidden
/// files, no links. One that is written to after all when it is already in done/ is brought back.
///
/// A bad row goes with its reason to rejected/<file>.rejected.csv and the rest of the file goes on; a file
/// without a usable header goes to rejected/ whole, beside <file>.reason.txt.
///
/// What is news: a row with its own time (TableKind::time_key) that was never taken; a row without one that
/// differs from the last one about the same subject, unless the whole file was taken before. So an export may
/// be dropped again, under any name, whole or in part, and only what changed in it makes an event.
///
/// Thread-safety: all on one loop. Files are read on `disk` in pieces of 64 KiB, and parsed on the loop,
/// which gives way to other coroutines between pieces. Memory is constant, whatever the file.
class DropFolder {
 public:
  /// `clock` and `disk` must outlive the folder. Nothing is touched before run() or scan_once().
  DropFolder(DropFolderSettings settings, Clock& clock, WorkerThread& disk, EventStore store);
  ~DropFolder();

  /// Scans until cancelled (operation_aborted). Returns at once when no folder is set.
  boost::asio::awaitable<void> run();
  /// One look at the folder: takes every file that is whole, in the order of their names. An error of
  /// one file does not keep the next from being taken; an error of the outbox ends the scan.
  boost::asio::awaitable<void> scan_once();

  [[nodiscard]] const SourceCounters& counters() const { return counters_; }
  [[nodiscard]] const std::vector<WaitingFile>& waiting() const { return settled_.waiting(); }

  /// Called before each step that changes something on a disk, with its name: where tests kill the process.
  std::function<void(std::string_view step)> before_step;

 private:
  enum class Outcome { next_file, another_pass, end_scan };
  struct Pass;
  struct Done {
    std::filesystem::path file;
    std::string name;
    FileIdentity identity;
    SteadyTime since;
  };

  boost::asio::awaitable<bool> load_progress();
  /// What is in the folder; makes its subfolders.
  boost::asio::awaitable<Result<std::vector<FolderEntry>>> look();
  boost::asio::awaitable<void> bring_back();
  boost::asio::awaitable<Outcome> take(std::string name);
  boost::asio::awaitable<Outcome> read_rows(Pass& pass);
  boost::asio::awaitable<bool> read_piece(Pass& pass);
  /// Takes one row that was not taken before; false when it had no place to go.
  boost::asio::awaitable<bool> take_row(Pass& pass);
  boost::asio::awaitable<bool> recognise(Pass& pass);
  boost::asio::awaitable<bool> append(Pass& pass, bool complete);
  boost::asio::awaitable<Outcome> finish(Pass& pass);
  boost::asio::awaitable<Outcome> put_away(std::string name, std::filesystem::path part,
                                           std::uint64_t unchanged);
  boost::asio::awaitable<Outcome> reject_file(std::string name, std::string reason);
  boost::asio::awaitable<bool> on_disk(std::function<Result<void>()> change);
  /// What is in done/ for longer than it may be; now and then, and only while the clock can be trusted.
  boost::asio::awaitable<void> clear_done();
  void forget(const std::string& name);
  void step(std::string_view name) const;
  void complain(const Error& error);
  [[nodiscard]] std::filesystem::path done() const { return settings_.folder / "done"; }
  [[nodiscard]] std::filesystem::path rejected() const { return settings_.folder / "rejected"; }

  DropFolderSettings settings_;
  Clock& clock_;
  WorkerThread& disk_;
  EventStore store_;
  Schema schema_;
  SettledFiles settled_;
  std::optional<FolderProgress> progress_;  ///< what the outbox's note says; empty until it was read
  std::unique_ptr<Pass> suspended_;         ///< begun, and waiting for an outbox that refused its rows
  std::deque<Done> done_;                   ///< moved lately
  std::optional<SteadyTime> cleared_;
  SourceCounters counters_;
  Complaints complaints_;
};

}  // namespace xalink
