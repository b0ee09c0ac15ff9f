#pragma once
// One reading of one file of the drop folder. Of use to drop_folder*.cpp only.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "agent/dossiers/drop_folder.hpp"
#include "agent/dossiers/rejected_rows.hpp"
#include "agent/dossiers/table_reader.hpp"

namespace xalink {

struct DropFolder::Pass {
  Pass(std::string file_name, SourceFile file, const TableSettings& settings, const FileProgress& from,
       const std::filesystem::path& rejected)
      : name(std::move(file_name)),
        source(std::make_shared<SourceFile>(std::move(file))),
        table(form_of(name).value_or(TableForm::csv), settings),
        report(rejected, name, from.report_bytes),
        before(from),
        durable(from),
        reached(from) {}

  std::string name;
  std::shared_ptr<SourceFile> source;  ///< shared with the thread that reads it
  TableReader table;
  RejectedRows report;
  bool report_failed = false;  ///< then the pass is of no more use (RejectedRows::add)
  PrefixDigest digest;
  std::uint64_t offset = 0;  ///< bytes of the rows seen in this pass
  const TableRow* row = nullptr;
  std::vector<Telling> tellings;
  std::size_t text_bytes = 0;  ///< in them
  FileProgress before;         ///< durable when the pass began
  FileProgress durable;        ///< durable now
  FileProgress reached;        ///< with the rows counted since
  /// Subject under which the whole file is remembered; empty while all rows carry their own time.
  std::string whole;
  bool whole_known = false;           ///< this very file was taken before
  std::uint64_t unchanged = 0;        ///< rows of this pass that were no news
  std::uint64_t unchanged_noted = 0;  ///< of them, already in the counters
};

}  // namespace xalink
