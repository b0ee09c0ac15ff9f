#pragma once
// What a damaged database file and its WAL still hold, read page by page without SQLite and without its
// trees: each leaf stands for itself (SQLite's file format, sqlite.org/fileformat2.html).

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outbox/file_bytes.hpp"

namespace xalink {

/// One column of a row as it lies in the file.
struct Field {
  enum class Kind : std::uint8_t { null, integer, real, text, blob } kind = Kind::null;
  std::int64_t integer = 0;
  std::string_view bytes;  ///< of a text or blob; valid during the callback
};

/// One row of a leaf that could be parsed. Anything may be wrong with it all the same.
struct LeafRow {
  std::int64_t row_id = 0;  ///< 0 in a table WITHOUT ROWID
  std::vector<Field> fields;
};

class PageReader {
 public:
  /// Files that are not there count as empty; what cannot be read of them is skipped.
  explicit PageReader(const std::filesystem::path& database);

  /// Commits may be missing, so that what is read may be what was true before them.
  [[nodiscard]] bool wal_damaged() const { return wal_damaged_; }

  enum class Leaves : std::uint8_t { tables, without_row_id };
  /// Calls `take` with the rows of each leaf: those in the WAL from its newest frame to its oldest, then
  /// the file's own. A row may come several times, as it was at several times.
  void read(Leaves which, const std::function<void(const std::vector<LeafRow>&)>& take) const;

 private:
  [[nodiscard]] std::string image(std::uint32_t page) const;
  [[nodiscard]] std::string frame_image(std::size_t frame) const;
  [[nodiscard]] std::optional<std::string> payload(std::string_view page, std::size_t at, std::uint64_t size,
                                                   Leaves which) const;
  void read_leaf(std::string_view page, std::uint32_t number, Leaves which,
                 const std::function<void(const std::vector<LeafRow>&)>& take) const;

  FileBytes file_;
  FileBytes wal_;
  std::size_t page_size_ = 0;
  std::size_t pages_ = 0;
  bool wal_damaged_ = false;
  std::vector<std::uint32_t> frames_;            ///< page number of each usable frame of the WAL, in order
  std::map<std::uint32_t, std::size_t> newest_;  ///< frame that holds the newest image of a page
};

}  // namespace xalink
