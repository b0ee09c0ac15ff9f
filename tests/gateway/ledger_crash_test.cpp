// The ledger under SIGKILL and under a disk that refuses to write.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <random>

#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

using LedgerCrashTest = StoreTest;

/// The child: commits batch after batch from the mark on and reports each mark that it would acknowledge.
[[noreturn]] void commit_until_killed(const std::filesystem::path& file, int pipe, unsigned seed) {
  auto ledger = Ledger::open(file);
  if (!ledger) std::_Exit(3);
  std::mt19937 random(seed);
  const auto birth = (*ledger)->commit({born(1, kNoon)});
  if (!birth) std::_Exit(4);
  RowId mark = (*birth)[index(Lane::measurements)].mark;
  for (;;) {
    const auto size = std::uniform_int_distribution<RowId>(1, 300)(random);
    const auto marks = (*ledger)->commit({arrived(rows(kEpochA, mark + 1, mark + size))});
    if (!marks) std::_Exit(5);
    mark = marks->front().mark;
    if (::write(pipe, &mark, sizeof mark) != sizeof mark) std::_Exit(6);
  }
}

TEST_F(LedgerCrashTest, HoldsEveryMarkItReportedBeforeItWasKilled) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 12; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const auto child_seed = random();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      ::close(ends[0]);
      commit_until_killed(file(), ends[1], static_cast<unsigned>(child_seed));
    }
    ::close(ends[1]);
    RowId reported = 0;
    const auto enough = std::uniform_int_distribution<int>(1, 30)(random);
    for (int i = 0; i < enough; ++i) {
      RowId mark = 0;
      if (::read(ends[0], &mark, sizeof mark) != sizeof mark) break;
      reported = mark;
    }
    // Somewhere within the next commit or two.
    ::usleep(std::uniform_int_distribution<useconds_t>(0, 3000)(random));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "exit status " << WEXITSTATUS(status);
    RowId mark = 0;
    while (::read(ends[0], &mark, sizeof mark) == sizeof mark) reported = mark;
    ::close(ends[0]);

    const auto marks = commit({born(1, kNoon)});
    ASSERT_EQ(marks.size(), 2U);
    const auto held = marks[index(Lane::measurements)].mark;
    EXPECT_GE(held, reported);
    EXPECT_GT(reported, 0U);
    EXPECT_EQ(static_cast<RowId>(number("SELECT count(*) FROM record")), held);
    EXPECT_EQ(static_cast<RowId>(number("SELECT max(row_id) FROM record")), held);
    EXPECT_EQ(static_cast<RowId>(number("SELECT records FROM mark")), held);
    EXPECT_EQ(text("PRAGMA integrity_check"), "ok");
    restart();
  }
}

/// Files of this process cannot grow beyond `bytes` while it lives: what a full disk looks like to SQLite.
class FullDisk {
 public:
  explicit FullDisk(rlim_t bytes) {
    ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit = before_;
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
  }
  ~FullDisk() { ::setrlimit(RLIMIT_FSIZE, &before_); }
  FullDisk(const FullDisk&) = delete;
  FullDisk& operator=(const FullDisk&) = delete;

 private:
  rlimit before_{};
};

TEST_F(LedgerCrashTest, KeepsNothingOfACommitThatTheDiskRefusedAndTakesItAgainLater) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 10))});
  // New shapes, boots, epochs and nodes: everything that the ledger remembers in memory.
  const NodeId other{"VN-03", "site-b"};
  auto batch = rows(kEpochB, 1, 5000);
  batch.schemas[0].group = "Ping/other";
  for (auto& item : batch.items) item.record.stamp.boot_id = "boot-three";
  const std::vector<Fact> facts{arrived(rows(kEpochA, 11, 4000)), born(1, kNoon, kEpochB, other),
                                arrived(batch, other),
                                fact::SetAside{"topic", "payload", "reason", at_ms(kNoon)}};
  {
    const auto wal = std::filesystem::file_size(file().string() + "-wal");
    const FullDisk full(wal + 20'000);
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto refused = ledger().commit(facts);
      ASSERT_FALSE(refused.has_value());
      EXPECT_FALSE(refused.error().next.empty());
      EXPECT_EQ(number("SELECT count(*) FROM record"), 10);
    }
  }
  const auto marks = commit(facts);
  ASSERT_EQ(marks.size(), 3U);
  EXPECT_EQ(marks[0].mark, 4000U);
  EXPECT_FALSE(marks[0].hole);
  EXPECT_EQ(marks[2].mark, 5000U);
  EXPECT_EQ(number("SELECT count(*) FROM record"), 9000);
  EXPECT_EQ(number("SELECT sum(records) FROM mark"), 9000);
  EXPECT_EQ(number("SELECT count(*) FROM record JOIN boot ON boot.id = boot WHERE uuid = 'boot-three'"),
            5000);
  EXPECT_EQ(number("SELECT count(*) FROM record JOIN schema ON schema.id = schema WHERE grp = 'Ping/other'"),
            5000);
  EXPECT_EQ(number("SELECT count(*) FROM set_aside"), 1);
}

}  // namespace
}  // namespace xalink::test
