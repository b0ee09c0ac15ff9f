// The outbox on a disk that refuses, loses its power, or whose process is killed.

#include <gtest/gtest.h>
#include <signal.h>
#include <sqlite3.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/faulty_disk.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

/// Everything of a lane, or what went wrong.
Result<std::vector<Record>> all_records(Outbox& outbox, Lane lane) {
  std::vector<Record> records;
  RowId next = 1;
  while (true) {
    auto batch = outbox.read(lane, next, 1'000);
    if (!batch) return Unexpected(batch.error());
    if (batch->empty()) return records;
    for (auto& item : batch->items) {
      if (item.first != next || item.last != next || batch->schemas[item.schema] == gap_schema(lane)) {
        return failure("row " + std::to_string(next), "is not a record");
      }
      records.push_back(std::move(item.record));
      ++next;
    }
  }
}

std::vector<Pending> pings(std::uint64_t first, std::uint64_t count) {
  std::vector<Pending> records;
  // A shape that is new in some batches: schemas are part of the transaction too.
  for (auto i = first; i < first + count; ++i) records.push_back(ping(i, "target " + std::to_string(i / 40)));
  return records;
}

/// One of the calls the outbox makes of the disk in its life, and everything that it must leave behind.
struct Life {
  std::uint64_t reported = 0;  ///< rows that append() called durable
  std::uint64_t marked = 0;
  int refusals = 0;
};

void append_some(Outbox& outbox, Life& life, std::uint64_t count) {
  const auto rows = outbox.append(pings(life.reported + 1, count));
  if (rows) {
    life.reported += count;
    EXPECT_EQ((*rows)[index(Lane::measurements)], life.reported);
  } else {
    ++life.refusals;
    EXPECT_FALSE(rows.error().next.empty()) << rows.error().to_string();
    EXPECT_EQ(rows.error().where.find("outbox.db") == std::string::npos, false) << rows.error().to_string();
  }
}

void expect_all_reported(Outbox& outbox, const Life& life) {
  const auto records = all_records(outbox, Lane::measurements);
  ASSERT_TRUE(records) << records.error().to_string();
  ASSERT_EQ(records->size(), life.reported);
  for (std::size_t i = 0; i < life.reported; ++i) {
    ASSERT_EQ((*records)[i], ping(i + 1).record) << "row " << i + 1;
  }
}

class RefusingDisk : public testing::TestWithParam<int> {};

TEST_P(RefusingDisk, AtAnyCallLeavesTheOutboxAsItWasAndUsable) {
  // From the first call to the last: the disk refuses from call n on, then is well again.
  for (std::uint64_t n = 0;; ++n) {
    SCOPED_TRACE("refused from call " + std::to_string(n) + " on");
    FaultyDisk disk;
    const ScratchFolder folder;
    auto outbox = Outbox::open(folder / "outbox.db");
    ASSERT_TRUE(outbox) << outbox.error().to_string();
    Life life;
    append_some(**outbox, life, 30);
    disk.fail(n, GetParam());
    append_some(**outbox, life, 100);
    append_some(**outbox, life, 3);
    // A session goes on without a disk, with a number that the stored ones will not repeat.
    const auto bdseq = (*outbox)->next_bdseq();
    ASSERT_TRUE(bdseq);
    const auto noted = (*outbox)->append_with_note({}, "key", "value");
    if (!noted) ++life.refusals;
    const auto rows_before = (*outbox)->depth(Lane::measurements);
    ASSERT_TRUE(rows_before) << rows_before.error().to_string();
    EXPECT_EQ(rows_before->last, life.reported);
    EXPECT_TRUE((*outbox)->acknowledge(Lane::measurements, life.reported));
    expect_all_reported(**outbox, life);

    disk.heal();
    const bool reached = disk.has_failed();
    // A note of what was read that is refused refuses nobody anything.
    EXPECT_LE(life.refusals > 0, reached);
    life.refusals = 0;
    append_some(**outbox, life, 50);
    EXPECT_EQ(life.refusals, 0) << "usable again";
    expect_all_reported(**outbox, life);
    EXPECT_EQ((*outbox)->note("key").value().has_value(), noted.has_value());
    EXPECT_NE((*outbox)->next_bdseq().value(), *bdseq);

    outbox->reset();
    auto again = Outbox::open(folder / "outbox.db");
    ASSERT_TRUE(again) << again.error().to_string();
    expect_all_reported(**again, life);
    EXPECT_EQ((*again)->depth(Lane::measurements)->acknowledged, life.reported - 50);
    if (!reached) break;
  }
}

INSTANTIATE_TEST_SUITE_P(Codes, RefusingDisk,
                         testing::Values(SQLITE_FULL, SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC),
                         [](const auto& code) {
                           return std::string(code.param == SQLITE_FULL          ? "Full"
                                              : code.param == SQLITE_IOERR_WRITE ? "Write"
                                                                                 : "Sync");
                         });

TEST(RefusingDisk, WhileANewOutboxIsMadeLeavesAFileThatCanBeOpenedLater) {
  for (std::uint64_t n = 0;; ++n) {
    SCOPED_TRACE("refused from call " + std::to_string(n) + " on");
    FaultyDisk disk;
    const ScratchFolder folder;
    disk.fail(n, SQLITE_FULL);
    bool opened = false;
    {
      const auto outbox = Outbox::open(folder / "outbox.db");
      opened = outbox.has_value();
      if (!outbox) {
        EXPECT_FALSE(outbox.error().next.empty()) << outbox.error().to_string();
      }
    }
    disk.heal();
    auto again = Outbox::open(folder / "outbox.db");
    ASSERT_TRUE(again) << again.error().to_string();
    Life life;
    append_some(**again, life, 10);
    expect_all_reported(**again, life);
    if (opened && !disk.has_failed()) break;
  }
}

TEST(RefusingDisk, MarksHoldEvenWhenTheyCannotBeWritten) {
  FaultyDisk disk;
  const ScratchFolder folder;
  auto outbox = Outbox::open(folder / "outbox.db");
  ASSERT_TRUE(outbox);
  ASSERT_TRUE((*outbox)->append(pings(1, 20'000)));
  disk.fail(0, SQLITE_FULL);
  EXPECT_TRUE((*outbox)->acknowledge(Lane::measurements, 15'000)) << "far enough to be written at once";
  EXPECT_TRUE(disk.has_failed());
  EXPECT_EQ((*outbox)->depth(Lane::measurements)->acknowledged, 15'000U);
  disk.heal();
  ASSERT_TRUE((*outbox)->append({dossier_event(1)}));
  disk.cut_power();
  outbox->reset();
  std::mt19937_64 random(1);
  disk.restore_power(random);
  outbox = Outbox::open(folder / "outbox.db");
  ASSERT_TRUE(outbox) << outbox.error().to_string();
  EXPECT_EQ((*outbox)->depth(Lane::measurements)->acknowledged, 15'000U) << "went with the next append";
}

TEST(RefusingDisk, AtTheStartIsWaitedForWithoutAnOutbox) {
  FaultyDisk disk;
  const ScratchFolder folder;
  disk.fail(0, SQLITE_FULL);
  EXPECT_FALSE(Outbox::open(folder / "outbox.db"));
  auto waiting = Outbox::open_or_wait(folder / "outbox.db");
  ASSERT_TRUE(waiting) << waiting.error().to_string();
  auto& outbox = **waiting;
  int renewals = 0;
  outbox.when_renewed([&] { ++renewals; });
  const auto provisional = outbox.epoch();
  EXPECT_EQ(provisional.size(), 36U);
  EXPECT_EQ(outbox.depth(Lane::measurements)->last, 0U);
  const auto refused = outbox.append({ping(1)});
  ASSERT_FALSE(refused);
  EXPECT_FALSE(refused.error().next.empty()) << refused.error().to_string();
  EXPECT_FALSE(outbox.note("source")) << "a source must not begin anew because nobody remembers it";
  EXPECT_FALSE(outbox.acknowledge(Lane::measurements, 1));
  const auto bdseq = outbox.next_bdseq();
  ASSERT_TRUE(bdseq) << "live values are worth a session";
  EXPECT_EQ(renewals, 0);

  disk.heal();
  Life life;
  append_some(outbox, life, 10);
  EXPECT_EQ(life.refusals, 0);
  EXPECT_EQ(renewals, 1);
  EXPECT_NE(outbox.epoch(), provisional);
  expect_all_reported(outbox, life);
  EXPECT_NE(outbox.next_bdseq().value(), *bdseq);
  EXPECT_EQ(outbox.note("source").value(), std::nullopt);
}

TEST(FullDisk, IsNamedWithANextStep) {
  FaultyDisk disk;
  const ScratchFolder folder;
  auto outbox = Outbox::open(folder / "outbox.db");
  ASSERT_TRUE(outbox);
  disk.fail(0, SQLITE_FULL);
  const auto refused = (*outbox)->append({ping(1)});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "cannot append 1 records: the disk is full");
  EXPECT_EQ(refused.error().next, "Free space on the file system of " + folder.path().string());
}

TEST(FullDisk, OfTheKernelLeavesTheOutboxUsable) {
  const ScratchFolder folder;
  auto outbox = Outbox::open(folder / "outbox.db");
  ASSERT_TRUE(outbox);
  Life life;
  append_some(**outbox, life, 100);
  // The kernel itself refuses to let files grow; Asio and SQLite see EFBIG as they would ENOSPC.
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const old_signal = ::signal(SIGXFSZ, SIG_IGN);
  rlimit tight = before;
  tight.rlim_cur = 64 * 1024;
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &tight), 0);
  for (int i = 0; i < 50; ++i) append_some(**outbox, life, 100);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  ::signal(SIGXFSZ, old_signal);
  EXPECT_GT(life.refusals, 0);
  const auto refusals = life.refusals;
  append_some(**outbox, life, 100);
  EXPECT_EQ(life.refusals, refusals);
  expect_all_reported(**outbox, life);
}

TEST(PowerCut, LosesNothingThatWasReported) {
  const std::uint64_t seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937_64 random(seed);
  FaultyDisk disk;
  const ScratchFolder folder;
  Life life;
  std::uint8_t bdseq = 0;
  bool any_bdseq = false;
  for (int cut = 0; cut < 40; ++cut) {
    auto outbox = Outbox::open(folder / "outbox.db");
    ASSERT_TRUE(outbox) << "after cut " << cut << ": " << outbox.error().to_string();
    const auto depth = (*outbox)->depth(Lane::measurements);
    ASSERT_TRUE(depth);
    // What was on its way when the power went may have arrived whole, never in part.
    ASSERT_TRUE(depth->last == life.reported || depth->last == life.reported + 7) << depth->last;
    life.reported = depth->last;
    expect_all_reported(**outbox, life);
    ASSERT_GE(depth->last, depth->acknowledged);
    const auto next_bdseq = (*outbox)->next_bdseq();
    ASSERT_TRUE(next_bdseq);
    if (any_bdseq) {
      ASSERT_EQ(*next_bdseq, static_cast<std::uint8_t>(bdseq + 1)) << "a bdSeq came twice";
    }
    bdseq = *next_bdseq;
    any_bdseq = true;

    // Somewhere between two calls, or in the middle of an append.
    const auto batches = random() % 12;
    for (std::uint64_t i = 0; i < batches; ++i) append_some(**outbox, life, random() % 30 + 1);
    (void)(*outbox)->acknowledge(Lane::measurements, life.reported / 2);
    if (random() % 2 == 0) {
      disk.fail(random() % 6, SQLITE_IOERR_WRITE);
      append_some(**outbox, life, 7);
    }
    disk.cut_power();
    outbox->reset();
    disk.restore_power(random);
  }
  EXPECT_GT(life.reported, 0U);
}

/// Appends until it is killed and tells the row ids that were reported durable.
[[noreturn]] void append_for_ever(const std::filesystem::path& file, int pipe) {
  auto outbox = Outbox::open(file);
  if (!outbox) ::_exit(2);
  auto depth = (*outbox)->depth(Lane::measurements);
  if (!depth) ::_exit(3);
  std::mt19937 random(static_cast<unsigned>(::getpid()));
  RowId last = depth->last;
  while (true) {
    const std::uint64_t count = random() % 20 + 1;
    const auto rows = (*outbox)->append(pings(last + 1, count));
    if (!rows) ::_exit(4);
    last = (*rows)[index(Lane::measurements)];
    if (::write(pipe, &last, sizeof last) != sizeof last) ::_exit(5);
    if (random() % 4 == 0 && !(*outbox)->acknowledge(Lane::measurements, last / 2)) ::_exit(6);
  }
}

TEST(Kill, AtAnyMomentLosesNothingThatWasReported) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  const ScratchFolder folder;
  RowId before = 0;
  for (int round = 0; round < 60; ++round) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::pipe(ends.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      append_for_ever(folder / "outbox.db", ends[1]);
    }
    ::close(ends[1]);
    // Reads at least one report, so that every round gets somewhere, then strikes at a random moment.
    RowId reported = 0;
    RowId row = 0;
    ASSERT_EQ(::read(ends[0], &row, sizeof row), static_cast<ssize_t>(sizeof row)) << "round " << round;
    reported = row;
    std::this_thread::sleep_for(std::chrono::microseconds(random() % 20'000));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << status;
    while (::read(ends[0], &row, sizeof row) == static_cast<ssize_t>(sizeof row)) reported = row;
    ::close(ends[0]);

    auto outbox = Outbox::open(folder / "outbox.db");
    ASSERT_TRUE(outbox) << outbox.error().to_string();
    const auto depth = (*outbox)->depth(Lane::measurements);
    ASSERT_TRUE(depth);
    ASSERT_GE(depth->last, reported) << "round " << round;
    ASSERT_GT(depth->last, before);
    before = depth->last;
    const Life life{depth->last, 0, 0};
    expect_all_reported(**outbox, life);
    if (testing::Test::HasFatalFailure()) return;
  }
}

}  // namespace
}  // namespace xalink
