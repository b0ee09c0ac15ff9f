#include "agent/outbox/resting_outbox.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <sqlite3.h>

#include <array>
#include <chrono>
#include <cstdio>

namespace xalink {
namespace {

constexpr std::chrono::seconds kPatience(10);

/// "immutable" takes no lock and makes no file beside it.
std::string immutable_uri(const std::filesystem::path& file) {
  std::string uri = "file:";
  for (const char letter : file.string()) {
    if (letter != '?' && letter != '#' && letter != '%') {
      uri += letter;
      continue;
    }
    std::array<char, 4> escaped{};
    std::snprintf(escaped.data(), escaped.size(), "%%%02X", static_cast<unsigned>(letter));
    uri += escaped.data();
  }
  return uri + "?immutable=1";
}

struct Limit {
  const Clock& clock;
  SteadyTime when;
};
int is_over(void* limit) {
  const auto& what = *static_cast<Limit*>(limit);
  return what.clock.steady() > what.when ? 1 : 0;
}

}  // namespace

RestingOutbox check_resting_outbox(const std::filesystem::path& file, const Clock& clock) {
  RestingOutbox found;
  std::error_code error;
  const auto log = std::filesystem::path(file.string() + "-wal");
  if (std::filesystem::exists(log, error) && std::filesystem::file_size(log, error) > 0) {
    found.unfinished = true;
    return found;
  }
  Limit limit{clock, clock.steady() + kPatience};
  try {
    SQLite::Database database(immutable_uri(file), SQLite::OPEN_READONLY | SQLite::OPEN_URI);
    sqlite3_progress_handler(database.getHandle(), 10'000, is_over, &limit);
    SQLite::Statement check(database, "PRAGMA quick_check(1)");
    if (!check.executeStep()) return found;
    const std::string answer = check.getColumn(0).getString();
    found.whole = answer == "ok";
    if (!found.whole) found.trouble = "is damaged: " + answer;
  } catch (const SQLite::Exception& refusal) {
    if (refusal.getErrorCode() != SQLITE_INTERRUPT)
      found.trouble = std::string("cannot be read: ") + refusal.what();
  }
  return found;
}

}  // namespace xalink
