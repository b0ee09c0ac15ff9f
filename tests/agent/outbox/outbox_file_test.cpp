// Files that are no outbox, or not a sound one.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <functional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/salvage.hpp"
#include "tests/agent/outbox/outbox_fixture.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/database_view.hpp"

namespace xalink {
namespace {

using OutboxFileTest = OutboxTest;

TEST_F(OutboxFileTest, BelongsToOneProcess) {
  const auto second = Outbox::open(file_);
  ASSERT_FALSE(second);
  EXPECT_NE(second.error().to_string().find("another xalink-agent uses this outbox"), std::string::npos)
      << second.error().to_string();
  EXPECT_EQ(append({ping(1)}), 1U);
}

TEST_F(OutboxFileTest, RefusesAFileThatIsNoDatabaseAndLeavesItAlone) {
  outbox_.reset();
  const std::string text(10'000, 'x');
  file_ = folder_.write("letter.txt", text);
  EXPECT_NE(error_of_open().find("not a database"), std::string::npos) << error_of_open();
  EXPECT_EQ(folder_.read("letter.txt"), text);
}

TEST_F(OutboxFileTest, RefusesAnotherProgramsDatabaseAndLeavesItAlone) {
  outbox_.reset();
  file_ = folder_ / "foreign.db";
  SQLite::Database(file_.string(), SQLite::OPEN_READWRITE | SQLite::OPEN_CREATE).exec("CREATE TABLE t(a)");
  const auto before = folder_.read("foreign.db");
  EXPECT_NE(error_of_open().find("not an outbox"), std::string::npos) << error_of_open();
  EXPECT_EQ(folder_.read("foreign.db"), before);
}

TEST_F(OutboxFileTest, RefusesAFormatFromTheFuture) {
  change("PRAGMA user_version = 7");
  EXPECT_NE(error_of_open().find("format 7"), std::string::npos) << error_of_open();
}

TEST_F(OutboxFileTest, BringsAnOlderFormatForwardWithItsRows) {
  append({ping(1), ping(2), dossier_event(1)});
  ASSERT_TRUE(outbox_->acknowledge(Lane::measurements, 1));
  const auto epoch = outbox_->epoch();
  // As the program of format 1 left it: all of format 2 that it did not have is taken away again.
  // Its view stands in the way of taking columns away.
  change(
      "CREATE TABLE old(lane INTEGER NOT NULL, what TEXT NOT NULL CHECK (what IN "
      "('last', 'acknowledged', 'newest')), schema INTEGER NOT NULL, row_id INTEGER NOT NULL, "
      "PRIMARY KEY (lane, what, schema)) STRICT, WITHOUT ROWID;"
      "INSERT INTO old SELECT * FROM position WHERE what <> 'sent';"
      "DROP TABLE position; ALTER TABLE old RENAME TO position; PRAGMA user_version = 1;"
      "DROP VIEW records; DROP TABLE predecessor; ALTER TABLE lane_0 DROP COLUMN seal; ALTER TABLE lane_1 "
      "DROP COLUMN seal; ALTER TABLE schema DROP COLUMN seal;");
  reopen();
  EXPECT_EQ(outbox_->epoch(), epoch);
  EXPECT_EQ(test::DatabaseView(file_)
                .database()
                .execAndGet("SELECT row_id FROM position WHERE lane = 1 AND what = 'sent'")
                .getInt(),
            2)
      << "format 1 did not note what was sent, so all of it may have been";
  EXPECT_EQ(depth(Lane::measurements).last, 2U);
  EXPECT_EQ(depth(Lane::measurements).acknowledged, 1U);
  EXPECT_EQ(read(Lane::measurements, 1, 9).items[1].record, ping(2).record);
  EXPECT_EQ(read(Lane::events, 1, 9).items[0].record, dossier_event(1).record);
  EXPECT_EQ(append({ping(3)}), 3U);
}

TEST_F(OutboxFileTest, BeginsAnewWhenTheDatabaseContradictsItself) {
  for (const std::string harm : {"UPDATE position SET row_id = 1 WHERE lane = 1 AND what = 'last'",
                                 "UPDATE position SET row_id = 9 WHERE lane = 1 AND what = 'acknowledged'",
                                 "UPDATE schema SET lane = 5", "UPDATE meta SET epoch = ''",
                                 "DELETE FROM position WHERE lane = 0 AND what = 'last'",
                                 "UPDATE schema SET columns = x'ff'", "DROP TABLE meta"}) {
    SCOPED_TRACE(harm);
    outbox_.reset();
    file_ = folder_ / ("outbox-" + std::to_string(std::hash<std::string>{}(harm)) + ".db");
    reopen();
    append({ping(1), ping(2)});
    const auto epoch = outbox_->epoch();
    change(harm);
    reopen();
    EXPECT_NE(outbox_->epoch(), epoch);
    const auto note = outbox_->note(std::string(kSalvageNote));
    ASSERT_TRUE(note && *note);
    const auto salvage = decode_salvage(**note);
    ASSERT_TRUE(salvage) << **note;
    EXPECT_EQ(salvage->new_epoch, outbox_->epoch());
    EXPECT_TRUE(std::filesystem::exists(folder_ / salvage->kept_as));
    EXPECT_EQ(append({ping(3)}), 3U) << "a row id came twice";
  }
}

TEST_F(OutboxFileTest, OutlivesAnyDamageToItsFile) {
  std::vector<Pending> records;
  for (std::uint64_t i = 1; i <= 2'000; ++i) records.push_back(ping(i));
  append(records);
  outbox_.reset();
  const auto intact = folder_.read("outbox.db");
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 40; ++round) {
    auto harmed = intact;
    if (round % 3 == 0) {
      harmed.resize(random() % intact.size());
    } else {
      for (int i = 0; i < 40; ++i) {
        // Every other round spares the first page, so that the damage lies deeper.
        const std::size_t from = round % 2 == 0 ? 4'096 : 0;
        harmed[from + random() % (harmed.size() - from)] = static_cast<char>(random());
      }
    }
    folder_.write("outbox.db", harmed);
    std::filesystem::remove(folder_ / "outbox.db-wal");
    auto opened = Outbox::open(file_);
    if (!opened) {
      EXPECT_FALSE(opened.error().next.empty()) << opened.error().to_string();
      continue;
    }
    RowId next = 1;
    while (next <= 2'000) {
      auto batch = (*opened)->read(Lane::measurements, next, 300);
      if (!batch || batch->empty()) break;
      ASSERT_EQ(batch->first(), next);
      next = batch->last() + 1;
    }
    (void)(*opened)->append({ping(1)});
    (void)(*opened)->latest();
  }
}

TEST_F(OutboxFileTest, SaysWhereAndWhatNextWhenTheFolderRefuses) {
  outbox_.reset();
  std::filesystem::permissions(folder_.path(),
                               std::filesystem::perms::owner_read | std::filesystem::perms::owner_exec);
  // Root may write everywhere; nobody may not.
  const bool is_root = ::geteuid() == 0;
  if (is_root) {
    ASSERT_EQ(::seteuid(65'534), 0);
  }
  file_ = folder_ / "new.db";
  const auto error = error_of_open();
  if (is_root) {
    ASSERT_EQ(::seteuid(0), 0);
  }
  EXPECT_NE(error.find("new.db"), std::string::npos) << error;
  EXPECT_NE(error.find("Permission denied"), std::string::npos) << error;
  EXPECT_NE(error.find("may write there"), std::string::npos) << error;
}

TEST_F(OutboxFileTest, SaysWhereAndWhatNextWhenThereIsNoFolder) {
  file_ = folder_ / "not" / "there.db";
  const auto error = error_of_open();
  EXPECT_NE(error.find("No such file or directory"), std::string::npos) << error;
}

}  // namespace
}  // namespace xalink
