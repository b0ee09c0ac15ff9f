#include "agent/outbox/row_id_doubt.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "sparkplug/predecessor.hpp"

namespace xalink {
namespace {

constexpr const char* kGetNote = "SELECT value FROM note WHERE key = ?";
constexpr const char* kSetNote =
    "INSERT INTO note(key, value) VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value";

void execute(SQLite::Database& database, const char* sql, const std::string& value) {
  SQLite::Statement statement(database, sql);
  statement.bind(1, value);
  statement.exec();
}

}  // namespace

std::string encode_sure_rows(const std::array<RowId, kLaneCount>& rows) {
  std::string text;
  for (const RowId row : rows) text += (text.empty() ? "" : " ") + std::to_string(row);
  return text;
}

std::optional<std::array<RowId, kLaneCount>> decode_sure_rows(std::string_view text) {
  std::array<RowId, kLaneCount> rows{};
  const char* at = text.data();
  const char* const end = at + text.size();
  for (RowId& row : rows) {
    if (&row != rows.data() && (at == end || *at++ != ' ')) return std::nullopt;
    const auto [behind, error] = std::from_chars(at, end, row);
    if (error != std::errc{}) return std::nullopt;
    at = behind;
  }
  if (at != end) return std::nullopt;
  return rows;
}

void RowIdDoubt::found(const LaneRows& last) {
  sure_ = last;
  SQLite::Statement get(database_, kGetNote);
  get.bind(1, std::string(kSureRowsNote));
  if (!get.executeStep()) return;
  noted_ = true;
  const auto earlier = decode_sure_rows(get.getColumn(0).getString());
  // Unreadable: then nothing is sure.
  for (std::size_t i = 0; i < kLaneCount; ++i) {
    (*sure_)[i] = earlier ? std::min((*earlier)[i], last[i]) : 0;
  }
}

void RowIdDoubt::write() {
  SQLite::Statement set(database_, kSetNote);
  set.bind(1, std::string(kSureRowsNote));
  set.bind(2, encode_sure_rows(*sure_));
  set.exec();
}

void RowIdDoubt::remove() {
  execute(database_, "DELETE FROM note WHERE key = ?", std::string(kSureRowsNote));
}

void RowIdDoubt::continue_under(const std::string& fresh, const std::string& of, const LaneRows& acknowledged,
                                const LaneRows& last) {
  LaneRows shared{};
  for (std::size_t i = 0; i < kLaneCount; ++i) {
    shared[i] = std::min(last[i], std::max((*sure_)[i], acknowledged[i]));
    // What is not the same in the epoch that ends is not so in those before it.
    const auto column = "last_" + std::to_string(i);
    SQLite::Statement clamp(database_, "UPDATE predecessor SET " + column + " = min(" + column + ", ?)");
    clamp.bind(1, static_cast<std::int64_t>(shared[i]));
    clamp.exec();
  }
  SQLite::Statement put(database_, "INSERT INTO predecessor(epoch, last_0, last_1) VALUES (?, ?, ?)");
  put.bind(1, of);
  put.bind(2, static_cast<std::int64_t>(shared[0]));
  put.bind(3, static_cast<std::int64_t>(shared[1]));
  put.exec();
  SQLite::Statement drop(database_,
                         "DELETE FROM predecessor WHERE id <= (SELECT max(id) FROM predecessor) - ?");
  drop.bind(1, static_cast<std::int64_t>(kMostPredecessors));
  drop.exec();
  execute(database_, "UPDATE meta SET epoch = ? WHERE only = 1", fresh);
  remove();
}

void RowIdDoubt::over() {
  sure_.reset();
  noted_ = false;
}

}  // namespace xalink
