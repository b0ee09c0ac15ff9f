#pragma once
// A store in a temporary folder, facts to put into it, and a look at its rows past the ledger.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "gateway/ledger.hpp"
#include "sparkplug/delivery.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

inline WallTime at_ms(std::int64_t ms) {
  return WallTime(Milliseconds(ms));
}
inline constexpr std::int64_t kNoon = 1'790'000'000'000;

inline const NodeId kSite{"VN-03", "site-a"};
inline const std::string kEpochA = "00000000-0000-4000-8000-00000000000a";
inline const std::string kEpochB = "00000000-0000-4000-8000-00000000000b";

/// On the way back to a store of version 5.
inline constexpr const char* kDropRollups =
    "DROP TABLE rolled_up; DROP TABLE rollup_hour; DROP TABLE rollup_day; DROP TABLE rollup_boot; "
    "DROP TABLE rollup_kept; DROP TABLE removed_up_to; DROP TABLE removed_block; DROP TABLE gap_edge; "
    "DROP TABLE record_span; DROP TABLE rollup_series;";

inline Schema ping_shape() {
  return Schema{"network",
                "Ping/gateway",
                Lane::measurements,
                {Column{"RTT mean", DataType::uint32, "us"}, Column{"Loss", DataType::float64, "%"},
                 Column{"Address", DataType::string, ""}, Column{"Reached", DataType::boolean, ""},
                 Column{"Drift", DataType::int64, "ns"}}};
}

/// Every value is a function of the row: a test sees which record it got.
inline Record record_of(RowId row) {
  const auto number = static_cast<std::int64_t>(row);
  Record record;
  record.stamp.wall = at_ms(kNoon + number);
  record.stamp.boot_time = Milliseconds(number * 10);
  record.stamp.boot_id = row % 100 < 50 ? "boot-one" : "boot-two";
  record.stamp.quality = row % 2 == 0 ? ClockQuality::synchronised : ClockQuality::unset;
  record.values = {std::uint64_t{row}, row % 3 == 0 ? Value{} : Value{static_cast<double>(row) / 7.0},
                   "10.0.0." + std::to_string(row % 250), row % 2 == 0, -number};
  return record;
}

inline Batch rows(const std::string& epoch, RowId first, RowId last, Lane lane = Lane::measurements) {
  Batch batch;
  batch.epoch = epoch;
  batch.lane = lane;
  batch.schemas.push_back(ping_shape());
  for (RowId row = first; row <= last; ++row) batch.items.push_back(Batch::Item{0, row, row, record_of(row)});
  return batch;
}

inline Fact arrived(Batch batch, const NodeId& node = kSite, std::int64_t at = kNoon) {
  return fact::Arrived{node, at_ms(at), std::move(batch)};
}

inline Fact born(std::uint8_t bdseq, std::int64_t at, const std::string& epoch = kEpochA,
                 const NodeId& node = kSite) {
  fact::NodeBorn birth;
  birth.node = node;
  birth.at = at_ms(at);
  birth.bdseq = bdseq;
  birth.epoch = epoch;
  birth.clock = ClockContext{"boot-one", ClockQuality::synchronised, Milliseconds(kNoon)};
  return birth;
}

inline fact::Values::Entry value_entry(std::string name, DataType type, Value value,
                                       std::uint64_t timestamp = kNoon) {
  fact::Values::Entry entry;
  entry.name = std::move(name);
  entry.type = type;
  entry.value = std::move(value);
  entry.timestamp = timestamp;
  return entry;
}

class StoreTest : public ::testing::Test {
 protected:
  [[nodiscard]] std::filesystem::path file() const { return folder_ / "gateway.db"; }

  Ledger& ledger() {
    if (!ledger_) {
      auto opened = Ledger::open(file());
      if (!opened) throw std::runtime_error(opened.error().to_string());
      ledger_ = std::move(*opened);
    }
    return *ledger_;
  }
  void restart() { ledger_.reset(); }

  std::vector<LaneMark> commit(const std::vector<Fact>& facts) {
    auto marks = ledger().commit(facts);
    EXPECT_TRUE(marks.has_value()) << (marks ? "" : marks.error().to_string());
    return marks ? *marks : std::vector<LaneMark>{};
  }
  /// The one mark that a commit of one batch answers.
  LaneMark commit_one(Batch batch, const NodeId& node = kSite) {
    const auto marks = commit({arrived(std::move(batch), node)});
    EXPECT_EQ(marks.size(), 1U);
    return marks.empty() ? LaneMark{} : marks.front();
  }

  /// First column of the first row.
  [[nodiscard]] std::int64_t number(const std::string& sql) const {
    return ask(sql, [](const SQLite::Column& column) { return column.getInt64(); });
  }
  [[nodiscard]] std::string text(const std::string& sql) const {
    return ask(sql, [](const SQLite::Column& column) { return column.getString(); });
  }

 private:
  template <class Read>
  [[nodiscard]] std::invoke_result_t<Read, SQLite::Column> ask(const std::string& sql, Read read) const {
    const SQLite::Database database(file().string(), SQLite::OPEN_READONLY, 5000);
    SQLite::Statement statement(database, sql);
    if (!statement.executeStep()) throw std::runtime_error("no row: " + sql);
    return read(statement.getColumn(0));
  }

  ScratchFolder folder_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace xalink::test
