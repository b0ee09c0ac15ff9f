#pragma once
// Which files of a drop folder are whole, and why the others have to wait.

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/dossiers/source_file.hpp"
#include "agent/dossiers/table_reader.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// What a look at the folder found under one name.
struct FolderEntry {
  std::string name;
  FileIdentity identity;
  bool regular = false;
  bool open_for_writing = false;
  bool ends_with_line_end = false;
};

/// Every name in the folder that is not hidden and not one of our own subfolders. May wait for the disk: for
/// the worker thread.
[[nodiscard]] Result<std::vector<FolderEntry>> list_folder(const std::filesystem::path& folder);

/// The form of a file by the end of its name (*.csv, *.tsv, *.jsonl, *.ndjson, any case); nothing for others.
[[nodiscard]] std::optional<TableForm> form_of(const std::string& name);

struct WaitingFile {
  std::string name;
  std::string reason;  ///< in English, with what to do
  friend bool operator==(const WaitingFile&, const WaitingFile&) = default;
};

/// A file is whole when over two looks, and for as long as it has to settle, neither its size nor its time of
/// change moved, and nobody has it open for writing (as far as the kernel tells us: of files of other users
/// and of other machines it does not). A file whose last line has no end may be cut: it has to stand still
/// kUnfinished times as long. Best is to write a file under another name and to rename it.
/// By the steady clock: boards' wall clocks jump. Thread-safety: none.
class SettledFiles {
 public:
  static constexpr int kUnfinished = 6;

  explicit SettledFiles(Duration settle) : settle_(settle) {}

  /// Names that are whole, in order; the others are in waiting().
  [[nodiscard]] std::vector<std::string> look(const std::vector<FolderEntry>& entries, SteadyTime now);
  [[nodiscard]] const std::vector<WaitingFile>& waiting() const { return waiting_; }
  /// Whether the file is still what the last look saw.
  [[nodiscard]] bool is(const std::string& name, const FileIdentity& identity) const;
  /// The file was moved away.
  void forget(const std::string& name) { seen_.erase(name); }

 private:
  struct Seen {
    FileIdentity identity;
    SteadyTime since;
  };
  [[nodiscard]] std::string reason_to_wait(const FolderEntry& entry, const Seen& seen, bool seen_before,
                                           SteadyTime now) const;

  Duration settle_;
  std::map<std::string, Seen> seen_;
  std::vector<WaitingFile> waiting_;
};

}  // namespace xalink
