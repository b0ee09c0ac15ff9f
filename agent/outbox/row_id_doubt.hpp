#pragma once
// What is not known of an outbox that was found on the disk: whether commits are gone from its end. A WAL
// that was deleted or cut, and a card put back from an older copy, leave a database that is whole.

#include <SQLiteCpp/Database.h>

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/record.hpp"

namespace xalink {

/// Key of the note that keeps the sure rows while there is doubt: the last row of each lane, one space
/// between.
inline constexpr std::string_view kSureRowsNote = "outbox/sure rows";

[[nodiscard]] std::string encode_sure_rows(const std::array<RowId, kLaneCount>& rows);
[[nodiscard]] std::optional<std::array<RowId, kLaneCount>> decode_sure_rows(std::string_view text);

/// Thread-safety: the store thread. Throws SQLite::Exception.
class RowIdDoubt {
 public:
  using LaneRows = std::array<RowId, kLaneCount>;

  explicit RowIdDoubt(SQLite::Database& database) : database_(database) {}

  /// The outbox was there, with these as its last rows. An earlier start's doubt that is not over goes on.
  void found(const LaneRows& last);

  /// Rows up to these are this epoch's own beyond doubt; nothing: all are.
  [[nodiscard]] const std::optional<LaneRows>& sure() const { return sure_; }
  /// The note is on the disk.
  [[nodiscard]] bool noted() const { return noted_; }

  // Within a transaction of the caller's; what follows it says that it was committed.
  void write();
  void written() { noted_ = true; }
  void remove();
  /// The same rows under epoch `fresh`. Acknowledged ones need not travel again whatever the doubt.
  void continue_under(const std::string& fresh, const std::string& of, const LaneRows& acknowledged,
                      const LaneRows& last);
  void over();

 private:
  SQLite::Database& database_;
  std::optional<LaneRows> sure_;
  bool noted_ = false;
};

}  // namespace xalink
