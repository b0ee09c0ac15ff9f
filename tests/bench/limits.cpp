#include "tests/bench/limits.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>
#include <SQLiteCpp/Transaction.h>

#include <array>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <string_view>
#include <thread>

#include "tests/bench/plain_mqtt.hpp"

namespace xalink::bench {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr int kIntegers = 9;  // columns before the body, `first` left out: these records hold no gaps

struct Row {
  std::array<std::int64_t, kIntegers> integers{};
  std::size_t body_at = 0;
  std::size_t body_size = 0;
};

struct Rows {
  std::vector<Row> rows;
  std::string bodies;
};

Rows read_all(SQLite::Database& store) {
  Rows all;
  SQLite::Statement query(store,
                          "SELECT epoch, lane, row_id, schema, boot, boot_ms, wall_ms, quality, received_ms, "
                          "body FROM record ORDER BY received_ms, epoch, lane, row_id");
  while (query.executeStep()) {
    Row row;
    for (int i = 0; i < kIntegers; ++i)
      row.integers[static_cast<std::size_t>(i)] = query.getColumn(i).getInt64();
    const auto body = query.getColumn(kIntegers);
    row.body_at = all.bodies.size();
    row.body_size = static_cast<std::size_t>(body.getBytes());
    all.bodies.append(static_cast<const char*>(body.getBlob()), row.body_size);
    all.rows.push_back(row);
  }
  return all;
}

}  // namespace

double insert_into_sqlite(const std::filesystem::path& store_file, const std::filesystem::path& new_file,
                          const std::vector<std::uint64_t>& commits) {
  SQLite::Database store(store_file.string(), SQLite::OPEN_READONLY);
  const Rows all = read_all(store);
  for (const char* suffix : {"", "-wal", "-shm"}) std::filesystem::remove(new_file.string() + suffix);
  SQLite::Database database(new_file.string(),
                            SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE | SQLite::OPEN_NOMUTEX);
  // As gateway/store/database.cpp sets them.
  database.exec("PRAGMA page_size = " + store.execAndGet("PRAGMA page_size").getString());
  database.exec("PRAGMA journal_mode = WAL");
  database.exec("PRAGMA synchronous = FULL");
  database.exec("PRAGMA wal_autocheckpoint = 4000");
  database.exec("PRAGMA journal_size_limit = 67108864");
  database.exec("PRAGMA cache_size = -65536");
  database.exec(store.execAndGet("SELECT sql FROM sqlite_schema WHERE name = 'record'").getString());
  SQLite::Statement insert(database,
                           "INSERT INTO record(epoch, lane, row_id, schema, boot, boot_ms, wall_ms, quality, "
                           "received_ms, body) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");

  const auto begin = SteadyClock::now();
  std::size_t at = 0;
  for (std::size_t commit = 0; at < all.rows.size(); ++commit) {
    if (commit == commits.size())
      throw std::runtime_error("the store holds more records than were committed");
    SQLite::Transaction transaction(database, SQLite::TransactionBehavior::IMMEDIATE);
    for (std::uint64_t i = 0; i < commits[commit] && at < all.rows.size(); ++i, ++at) {
      const Row& row = all.rows[at];
      for (int column = 0; column < kIntegers; ++column) {
        insert.bind(column + 1, row.integers[static_cast<std::size_t>(column)]);
      }
      insert.bindNoCopy(kIntegers + 1, all.bodies.data() + row.body_at, static_cast<int>(row.body_size));
      insert.exec();
      insert.reset();
    }
    transaction.commit();
  }
  return std::chrono::duration<double>(SteadyClock::now() - begin).count();
}

double pass_through_broker(std::uint16_t port, const std::vector<std::string>& packets) {
  PlainMqtt subscriber(port, "bench-subscriber");
  subscriber.subscribe("spBv1.0/VN-03/DDATA/bench/backlog");
  PlainMqtt publisher(port, "bench-publisher");
  std::exception_ptr failure;
  const auto begin = SteadyClock::now();
  std::thread sending([&] {
    try {
      for (const auto& packet : packets) publisher.send(packet);
    } catch (...) {
      failure = std::current_exception();
    }
  });
  std::size_t arrived = 0;
  bool alive = true;
  try {
    while (alive && arrived < packets.size()) {
      alive = subscriber.receive(std::chrono::seconds(30), [&](const PublishSeen&) { ++arrived; });
    }
  } catch (...) {
    failure = std::current_exception();
  }
  const double seconds = std::chrono::duration<double>(SteadyClock::now() - begin).count();
  sending.join();
  if (failure) std::rethrow_exception(failure);
  if (arrived != packets.size()) throw std::runtime_error("the broker dropped messages at QoS 0");
  return seconds;
}

}  // namespace xalink::bench
