#include "agent/outbox/change_memory.hpp"

#include <algorithm>
#include <cassert>

#include "agent/outbox/statement_use.hpp"

namespace xalink {
namespace {

constexpr std::size_t kContentBytes = sizeof(Telling::content);

void bind_bytes(StatementUse& statement, int place, std::string_view bytes) {
  statement->bindNoCopy(place, bytes.data(), static_cast<int>(bytes.size()));
}

/// Little-endian: the file may be carried to another board.
std::string bytes_of(std::uint64_t content) {
  std::string bytes;
  for (std::size_t i = 0; i < kContentBytes; ++i) bytes += static_cast<char>(content >> (8 * i) & 0xFFU);
  return bytes;
}

bool holds(std::string_view contents, std::string_view content) {
  for (std::size_t at = 0; at + kContentBytes <= contents.size(); at += kContentBytes) {
    if (contents.substr(at, kContentBytes) == content) return true;
  }
  return false;
}

SQLite::Database& with_table(SQLite::Database& database) {
  database.exec(kChangeMemoryTable);
  return database;
}

std::size_t count(SQLite::Database& database) {
  return static_cast<std::size_t>(database.execAndGet("SELECT count(*) FROM said").getInt64());
}

}  // namespace

std::size_t ChangeMemory::subjects_for(std::uint64_t outbox_bytes) {
  constexpr std::uint64_t kBytesOfSubject = 80;
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(outbox_bytes / 8 / kBytesOfSubject, kUsualSubjects));
}

ChangeMemory::Ready::Ready(SQLite::Database& database)
    : find(with_table(database), "SELECT contents FROM said WHERE subject = ?"),
      put(database,
          "INSERT INTO said(subject, contents) VALUES (?, ?) "
          "ON CONFLICT(subject) DO UPDATE SET contents = excluded.contents"),
      after(database, "SELECT subject FROM said WHERE subject > ? LIMIT 1"),
      first(database, "SELECT subject FROM said LIMIT 1"),
      remove(database, "DELETE FROM said WHERE subject = ?"),
      subjects(count(database)) {}

bool ChangeMemory::take(const Telling& telling) {
  assert(telling.subject.size() == Telling::kSubjectBytes);
  if (!ready_) ready_.emplace(database_);
  const std::string content = bytes_of(telling.content);
  std::string contents;
  bool known = false;
  {
    StatementUse find(ready_->find);
    bind_bytes(find, 1, telling.subject);
    known = find->executeStep();
    if (known) contents = find.bytes(0);
  }
  const bool old =
      telling.repeats == Telling::Repeats::are_old ? holds(contents, content) : contents.ends_with(content);
  if (old) return false;
  if (!known) make_place(telling.subject);
  contents += content;
  if (contents.size() > kMostContents * kContentBytes) {
    contents.erase(0, contents.size() - kMostContents * kContentBytes);
  }
  StatementUse put(ready_->put);
  bind_bytes(put, 1, telling.subject);
  bind_bytes(put, 2, contents);
  put->exec();
  if (!known) ++ready_->subjects;
  return true;
}

bool ChangeMemory::remembers(std::string_view subject) {
  if (!ready_) ready_.emplace(database_);
  StatementUse find(ready_->find);
  bind_bytes(find, 1, subject);
  return find->executeStep();
}

/// Subjects are digests, so the one behind a new one is picked by chance.
void ChangeMemory::make_place(std::string_view subject) {
  while (ready_->subjects >= most_subjects_ && ready_->subjects > 0) {
    std::string other;
    {
      StatementUse after(ready_->after);
      bind_bytes(after, 1, subject);
      if (after->executeStep()) other = after.bytes(0);
    }
    if (other.empty()) {
      StatementUse first(ready_->first);
      if (first->executeStep()) other = first.bytes(0);
    }
    if (other.empty()) return;
    StatementUse remove(ready_->remove);
    bind_bytes(remove, 1, other);
    remove->exec();
    --ready_->subjects;
    ++displaced_;
  }
}

}  // namespace xalink
