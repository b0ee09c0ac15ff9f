#include "tests/fakes/database_view.hpp"

#include <sqlite3.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>

namespace xalink::test {
namespace {

namespace fs = std::filesystem;

// Whoever holds it alone does so for hours; others only for moments.
constexpr int kBusyTimeoutMs = 50;
constexpr auto kLongest = std::chrono::seconds(30);

struct Bytes {
  std::string database;
  std::string wal;
  friend bool operator==(const Bytes&, const Bytes&) = default;
};

std::string bytes_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::stringstream bytes;
  if (in.peek() != std::ifstream::traits_type::eof()) bytes << in.rdbuf();
  return std::move(bytes).str();
}

Bytes bytes_of_both(const fs::path& file) {
  auto database = bytes_of(file);
  return {std::move(database), bytes_of(file.string() + "-wal")};
}

/// Read twice alike: then both were so between the WAL's first reading and the database's second.
Bytes still_bytes(const fs::path& file) {
  const auto give_up = std::chrono::steady_clock::now() + kLongest;
  auto before = bytes_of_both(file);
  for (;;) {
    auto after = bytes_of_both(file);
    if (after == before) return after;
    if (std::chrono::steady_clock::now() > give_up)
      throw std::runtime_error(file.string() + " never stands still");
    before = std::move(after);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

void write(const fs::path& file, const std::string& bytes) {
  std::ofstream out(file, std::ios::binary | std::ios::trunc);
  out << bytes;
  if (!out.flush()) throw std::runtime_error("cannot write " + file.string());
}

}  // namespace

DatabaseView::DatabaseView(const fs::path& file) {
  try {
    database_.emplace(file.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
    database_->execAndGet("SELECT count(*) FROM sqlite_schema");
    return;
  } catch (const SQLite::Exception& refusal) {
    if ((refusal.getErrorCode() & 0xff) != SQLITE_BUSY) throw;
  }
  database_.reset();
  const auto bytes = still_bytes(file);
  folder_.emplace();
  const auto copy = *folder_ / "copy.db";
  write(copy, bytes.database);
  if (!bytes.wal.empty()) write(copy.string() + "-wal", bytes.wal);
  database_.emplace(copy.string(), SQLite::OPEN_READONLY, kBusyTimeoutMs);
}

}  // namespace xalink::test
