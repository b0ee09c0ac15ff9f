#pragma once
// A cached statement in use.

#include <SQLiteCpp/Column.h>
#include <SQLiteCpp/Statement.h>

#include <string_view>

namespace xalink {

/// Resets the statement when its use ends, also by an exception: one that stays open keeps the WAL from
/// starting again.
class StatementUse {
 public:
  explicit StatementUse(SQLite::Statement& statement) : statement_(statement) {}
  StatementUse(const StatementUse&) = delete;
  StatementUse& operator=(const StatementUse&) = delete;
  ~StatementUse() { statement_.tryReset(); }

  SQLite::Statement* operator->() { return &statement_; }

  /// The bytes stay valid until the next step.
  [[nodiscard]] std::string_view bytes(int column) {
    const auto value = statement_.getColumn(column);
    const auto* bytes = static_cast<const char*>(value.getBlob());
    return bytes == nullptr ? std::string_view()
                            : std::string_view(bytes, static_cast<std::size_t>(value.getBytes()));
  }

 private:
  SQLite::Statement& statement_;
};

}  // namespace xalink
