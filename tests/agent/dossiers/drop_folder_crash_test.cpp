// The drop folder over the real outbox, killed (SIGKILL) before every step that changes a disk, and after
// every commit: nothing may be missing, nothing twice, and the reports must be whole.
#include <gtest/gtest.h>
#include <signal.h>
#include <spdlog/spdlog.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdlib>
#include <random>

#include "agent/dossiers/drop_folder.hpp"
#include "agent/outbox/outbox.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/csv_reader.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr int kNever = 1'000'000;
constexpr std::string_view kHeader = "MaHoSo,TrangThaiHoSo\n";

/// Kills this process at its n-th call.
class Killer {
 public:
  explicit Killer(int steps) : left_(steps) {}
  void step() {
    if (left_-- == 0) ::kill(::getpid(), SIGKILL);
  }

 private:
  int left_;
};

asio::awaitable<Result<Told>> tell(Outbox& outbox, WorkerThread& store, Killer& killer,
                                   std::vector<Telling> tellings, std::string key, std::string value,
                                   Outbox::NoteWhen when, std::string remembered) {
  auto job = [&outbox, tellings = std::move(tellings), key, value, when, remembered] {
    return outbox.append_news(tellings, key, value, when, remembered);
  };
  auto told = co_await store.run(std::move(job));
  killer.step();
  co_return told;
}

asio::awaitable<Result<bool>> remembers(Outbox& outbox, WorkerThread& store, std::string subject) {
  auto job = [&outbox, subject] { return outbox.remembers(subject); };
  auto remembered = co_await store.run(std::move(job));
  co_return remembered;
}

asio::awaitable<Result<std::optional<std::string>>> read_note(Outbox& outbox, WorkerThread& store,
                                                              std::string key) {
  auto job = [&outbox, key] { return outbox.note(key); };
  auto note = co_await store.run(std::move(job));
  co_return note;
}

class DropFolderCrashTest : public ::testing::Test {
 protected:
  DropFolderCrashTest() {
    spdlog::set_level(spdlog::level::off);
    settings_.folder = folder_ / "drop";
    settings_.settle = Milliseconds(0);
    settings_.rows_per_append = 3;
  }

  /// A new outbox and new files.
  void begin_anew() {
    for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
      std::filesystem::remove_all(entry);
    }
    // Bad rows before the first note, between notes, and after the last good row.
    folder_.write("drop/a.csv", std::string(kHeader) +
                                    ",4\nA-1,4\nA-2,4\nA-3,4\nA-x,99\nA-4,4\nA-5,4\nA-6,4\nA-7,4\nA-y,98\n");
    folder_.write("drop/b.csv", std::string(kHeader) + "B-1,1\nB-2,2\nB-3,3\n");
    folder_.write("drop/c.csv", "So,Ten\n1,x\n");
    folder_.write("drop/d.csv", std::string(kHeader) + "D-x,97\nD-y,96\n");
  }

  /// In a process of its own: opens the outbox and scans, to the end or to the kill. True: to the end.
  bool scan_in_a_child(int kill_before_step) {
    const pid_t child = ::fork();
    if (child == 0) {
      bool fine = false;
      try {
        fine = scan(kill_before_step);
      } catch (...) {
      }
      ::_exit(fine ? 0 : 1);
    }
    int status = 0;
    EXPECT_EQ(::waitpid(child, &status, 0), child);
    if (WIFSIGNALED(status)) {
      EXPECT_EQ(WTERMSIG(status), SIGKILL);
      return false;
    }
    EXPECT_EQ(WEXITSTATUS(status), 0) << "the scan failed";
    return true;
  }

  bool scan(int kill_before_step) {
    auto outbox = Outbox::open(folder_ / "outbox.db");
    if (!outbox) return false;
    Killer killer(kill_before_step);
    AsioClock clock;
    asio::io_context loop;
    WorkerThread store;
    EventStore events;
    events.tell = [&](std::vector<Telling> tellings, std::string key, std::string value,
                      Outbox::NoteWhen when, std::string remembered) {
      return tell(**outbox, store, killer, std::move(tellings), std::move(key), std::move(value), when,
                  std::move(remembered));
    };
    events.remembers = [&](std::string subject) { return remembers(**outbox, store, std::move(subject)); };
    events.note = [&](std::string key) { return read_note(**outbox, store, std::move(key)); };
    events.stamp_now = [] {
      Stamp stamp;
      stamp.boot_id = "0f0e0d0c-0b0a-0908-0706-050403020100";
      return stamp;
    };
    DropFolder drop(settings_, clock, store, std::move(events));
    drop.before_step = [&](std::string_view) { killer.step(); };
    for (int look = 0; look < 2; ++look) {
      loop.restart();
      asio::co_spawn(loop, drop.scan_once(), [](std::exception_ptr error) {
        if (error) std::rethrow_exception(error);
      });
      loop.run();
    }
    return drop.counters().last_error.empty();
  }

  std::vector<std::string> codes() {
    auto outbox = Outbox::open(folder_ / "outbox.db");
    EXPECT_TRUE(outbox.has_value());
    std::vector<std::string> all;
    const auto batch = (*outbox)->read(Lane::events, 1, 1000);
    EXPECT_TRUE(batch.has_value());
    for (const auto& item : batch->items) {
      const Schema& schema = batch->schemas[item.schema];
      all.push_back(to_text(item.record.values[column_index(schema, "Code").value()]));
    }
    return all;
  }

  std::vector<std::string> files(const std::string& folder) {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(settings_.folder / folder)) {
      if (entry.is_regular_file()) names.push_back(entry.path().filename().string());
    }
    std::sort(names.begin(), names.end());
    return names;
  }

  /// The "row" column of a report.
  std::vector<std::string> reported(const std::string& name) {
    CsvReader reader(',');
    reader.feed(folder_.read("drop/rejected/" + name));
    reader.finish();
    std::vector<std::string> rows;
    while (const CsvRow* row = reader.next()) rows.push_back(row->fields.at(4));
    return rows;
  }

  void expect_everything_once() {
    using Names = std::vector<std::string>;
    EXPECT_EQ(codes(), (Names{"A-1", "A-2", "A-3", "A-4", "A-5", "A-6", "A-7", "B-1", "B-2", "B-3"}));
    EXPECT_EQ(files("."), Names{});
    EXPECT_EQ(files("done"), (Names{"a.csv", "b.csv", "d.csv"}));
    EXPECT_EQ(files("rejected"),
              (Names{"a.csv.rejected.csv", "c.csv", "c.csv.reason.txt", "d.csv.rejected.csv"}));
    EXPECT_EQ(reported("a.csv.rejected.csv"),
              (Names{"row", "MaHoSo=; TrangThaiHoSo=4", "MaHoSo=A-x; TrangThaiHoSo=99",
                     "MaHoSo=A-y; TrangThaiHoSo=98"}));
    EXPECT_EQ(reported("d.csv.rejected.csv"),
              (Names{"row", "MaHoSo=D-x; TrangThaiHoSo=97", "MaHoSo=D-y; TrangThaiHoSo=96"}));
  }

  ScratchFolder folder_;
  DropFolderSettings settings_;
};

TEST_F(DropFolderCrashTest, NothingIsLostOrDoubledWhereverItIsKilled) {
  // Each run starts from the files anew; the first that is not killed shows that all steps were tried.
  int killed_at = 0;
  for (;; ++killed_at) {
    SCOPED_TRACE("killed before step " + std::to_string(killed_at));
    begin_anew();
    const bool to_the_end = scan_in_a_child(killed_at);
    EXPECT_TRUE(to_the_end || scan_in_a_child(kNever));
    expect_everything_once();
    if (to_the_end || HasFailure()) break;
  }
  EXPECT_GE(killed_at, 15);
}

TEST_F(DropFolderCrashTest, NothingIsLostOrDoubledOverManyKills) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 10 && !HasFailure(); ++round) {
    begin_anew();
    // Killed again and again before it gets far; some runs get nowhere at all.
    for (int run = 0; run < 12; ++run) {
      const int kill_before_step = static_cast<int>(random() % 5);
      if (scan_in_a_child(kill_before_step)) break;
    }
    EXPECT_TRUE(scan_in_a_child(kNever));
    expect_everything_once();
  }
}

}  // namespace
}  // namespace xalink
