#include "agent/dossiers/drop_folder.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/system/system_error.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/csv_reader.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::string_view kHeader = "MaHoSo,ChuHoSo,TrangThaiHoSo,ThoiDiemXuLy\n";

std::string row(const std::string& code, std::string_view state = "4") {
  return code + ",Vàng Thị Mỷ," + std::string(state) + ",20260615141228\n";
}

/// The real outbox, which refuses when a test says so.
struct RefusingOutbox {
  explicit RefusingOutbox(const std::filesystem::path& file)
      : outbox(std::move(Outbox::open(file).value())) {}

  asio::awaitable<Result<Told>> tell(std::vector<Telling> tellings, std::string key, std::string value,
                                     Outbox::NoteWhen when, std::string remembered) {
    if (on_append) on_append();
    if (refusal) co_return Unexpected(*refusal);
    auto told = outbox->append_news(tellings, key, value, when, remembered);
    if (!told) co_return told;
    batches.push_back(tellings.size());
    if (told->noted) notes[key] = value;
    for (std::size_t i = 0; i < tellings.size(); ++i) {
      if (told->news[i]) records.push_back(std::move(tellings[i].pending));
    }
    co_return told;
  }
  asio::awaitable<Result<bool>> remembers(std::string subject) {
    auto remembered = outbox->remembers(subject);
    co_return remembered;
  }
  asio::awaitable<Result<std::optional<std::string>>> note(std::string key) {
    auto found = outbox->note(key);
    const auto changed = notes.find(key);
    if (changed != notes.end()) found = std::optional<std::string>(changed->second);
    co_return found;
  }

  std::unique_ptr<Outbox> outbox;
  std::vector<Pending> records;              ///< that were news
  std::map<std::string, std::string> notes;  ///< as the source wrote them, or as a test wants them
  std::vector<std::size_t> batches;
  std::optional<Error> refusal;
  std::function<void()> on_append;  ///< before the append counts
};

class DropFolderTest : public ::testing::Test {
 protected:
  DropFolderTest() {
    settings_.folder = folder_.path() / "drop";
    settings_.settle = Milliseconds(0);
    std::filesystem::create_directory(settings_.folder);
    previous_log_ = spdlog::default_logger();
    auto sink = std::make_shared<spdlog::sinks::ostream_sink_st>(log_);
    spdlog::set_default_logger(std::make_shared<spdlog::logger>("test", std::move(sink)));
  }
  ~DropFolderTest() override { spdlog::set_default_logger(previous_log_); }

  void start() {
    EventStore store;
    store.tell = [this](std::vector<Telling> tellings, std::string key, std::string value,
                        Outbox::NoteWhen when, std::string remembered) {
      return outbox_.tell(std::move(tellings), std::move(key), std::move(value), when, std::move(remembered));
    };
    store.remembers = [this](std::string subject) { return outbox_.remembers(std::move(subject)); };
    store.note = [this](std::string key) { return outbox_.note(std::move(key)); };
    store.stamp_now = [this] {
      Stamp stamp;
      stamp.wall = clock_.wall();
      stamp.boot_time = clock_.boot();
      stamp.boot_id = "boot";
      stamp.quality = quality_;
      return stamp;
    };
    drop_ = std::make_unique<DropFolder>(settings_, clock_, disk_, std::move(store));
  }
  void scan() {
    if (!drop_) start();
    auto rethrow = [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    };
    loop_.restart();
    asio::co_spawn(loop_, drop_->scan_once(), rethrow);
    loop_.run();
  }
  /// The look that sees the files and the one that takes them.
  void settle() {
    scan();
    scan();
  }
  void drop(const std::string& name, std::string_view text) { folder_.write("drop/" + name, text); }
  [[nodiscard]] bool exists(const std::string& name) const {
    return std::filesystem::exists(settings_.folder / name);
  }
  [[nodiscard]] std::vector<std::string> codes() const {
    std::vector<std::string> all;
    const std::size_t column = column_index(dossier_schema(), "Code").value();
    for (const Pending& pending : outbox_.records) all.push_back(to_text(pending.record.values[column]));
    return all;
  }
  [[nodiscard]] std::vector<std::vector<std::string>> csv(const std::string& name) const {
    CsvReader reader(',');
    const std::string text = folder_.read("drop/" + name);
    reader.feed(text);
    reader.finish();
    std::vector<std::vector<std::string>> rows;
    while (const CsvRow* one = reader.next()) {
      EXPECT_TRUE(one->broken.empty()) << one->raw;
      rows.push_back(one->fields);
    }
    return rows;
  }
  [[nodiscard]] std::size_t log_lines_with(std::string_view text) const {
    std::size_t count = 0;
    const std::string log = log_.str();
    for (std::size_t at = log.find(text); at != std::string::npos; at = log.find(text, at + 1)) ++count;
    return count;
  }
  [[nodiscard]] const SourceCounters& counters() const { return drop_->counters(); }

  using Codes = std::vector<std::string>;
  ScratchFolder folder_;
  asio::io_context loop_;
  test::FakeClock clock_{loop_};
  WorkerThread disk_;
  RefusingOutbox outbox_{folder_ / "outbox.db"};
  DropFolderSettings settings_;
  std::unique_ptr<DropFolder> drop_;
  ClockQuality quality_ = ClockQuality::holdover;
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> previous_log_;
};

TEST_F(DropFolderTest, TakesEveryRowAndMovesTheFileToDone) {
  drop("a.csv", std::string(kHeader) + row("H22-1") + row("H22-2", "9"));
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2"}));
  EXPECT_FALSE(exists("a.csv"));
  EXPECT_TRUE(exists("done/a.csv"));
  EXPECT_TRUE(std::filesystem::is_empty(settings_.folder / "rejected"));
  EXPECT_EQ(counters().files_done, 1U);
  EXPECT_EQ(counters().rows_taken, 2U);
  EXPECT_EQ(counters().rows_rejected, 0U);
  EXPECT_EQ(counters().last_error, "");
  const Pending& first = outbox_.records.at(0);
  EXPECT_EQ(first.schema, dossier_schema());
  EXPECT_EQ(first.record.stamp.wall, clock_.wall());
  EXPECT_EQ(first.record.stamp.boot_id, "boot");
  EXPECT_EQ(first.record.stamp.quality, ClockQuality::holdover);
}

TEST_F(DropFolderTest, TakesSpreadsheetFiles) {
  drop("A.CSV",
       "\xEF\xBB\xBF"
       "TrangThaiHoSo,MaHoSo,DiaChi\r\n4,H22-1,\"Số 7 \"\"ngõ Chợ\"\",\r\nĐồng Văn\"\r\n\r\n9,\"H22-2\",x");
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2"}));
  EXPECT_TRUE(exists("done/A.CSV"));
}

TEST_F(DropFolderTest, LeavesAFileAloneWhileItIsWritten) {
  drop("a.csv", std::string(kHeader) + row("H22-1"));
  scan();
  drop("a.csv", std::string(kHeader) + row("H22-1") + "H22-2,half of");
  scan();
  EXPECT_TRUE(outbox_.records.empty());
  EXPECT_TRUE(exists("a.csv"));
  drop("a.csv", std::string(kHeader) + row("H22-1") + row("H22-2"));
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2"}));
}

TEST_F(DropFolderTest, LeavesAloneWhatIsNotItsOwn) {
  drop("empty.csv", "");
  drop(".hidden.csv", std::string(kHeader) + row("H22-1"));
  drop("a.csv.part", std::string(kHeader) + row("H22-2"));
  drop("folder.csv/x", "");
  folder_.write("elsewhere", std::string(kHeader) + row("H22-3"));
  std::filesystem::create_symlink(folder_ / "elsewhere", settings_.folder / "link.csv");
  settle();
  scan();
  EXPECT_TRUE(outbox_.records.empty());
  for (const char* name : {"empty.csv", ".hidden.csv", "a.csv.part", "folder.csv/x", "link.csv"}) {
    EXPECT_TRUE(exists(name)) << name;
  }
}

TEST_F(DropFolderTest, BadRowsAreExplainedAndTheRestGoesOn) {
  drop("tháng 6.csv", std::string(kHeader) + row("H22-1") + row("") + "H22-2,4\n" + row("H22-3", "Lạ") +
                          row("H22-4") + "H22-5,x,4,tomorrow\n" + "H22-6,V\xE0ng,4,\n" + "\"H22-7\"x,,4,\n" +
                          row(std::string(129, 'x')) + row("H22-8"));
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-4", "H22-6", "H22-8"}));
  EXPECT_EQ(counters().rows_taken, 4U);
  EXPECT_EQ(counters().rows_rejected, 6U);
  EXPECT_TRUE(exists("done/tháng 6.csv"));

  const auto report = csv("rejected/tháng 6.csv.rejected.csv");
  ASSERT_EQ(report.size(), 7U);
  EXPECT_EQ(report[0], (std::vector<std::string>{"file", "line", "field", "reason", "row"}));
  const std::vector<std::pair<std::string, std::string>> lines_and_fields = {
      {"3", "MaHoSo"}, {"4", ""}, {"5", "TrangThaiHoSo"}, {"7", "ThoiDiemXuLy"}, {"9", ""}, {"10", "MaHoSo"}};
  for (std::size_t i = 0; i < lines_and_fields.size(); ++i) {
    const auto& line = report[i + 1];
    EXPECT_EQ(line[0], "tháng 6.csv");
    EXPECT_EQ(line[1], lines_and_fields[i].first);
    EXPECT_EQ(line[2], lines_and_fields[i].second);
    EXPECT_FALSE(line[3].empty());
  }
  EXPECT_EQ(report[3][4], "MaHoSo=H22-3; TrangThaiHoSo=Lạ; ThoiDiemXuLy=20260615141228");
  for (const auto& line : report) {
    for (const auto& field : line) EXPECT_EQ(field.find("Vàng"), std::string::npos);  // not mapped
  }
}

TEST_F(DropFolderTest, AReportIsNoProgramForASpreadsheet) {
  settings_.table.columns["code"] = "=cmd|' /C calc'!A0";
  drop("a.csv", "=cmd|' /C calc'!A0;TrangThaiHoSo\nH22-1;unknown\n");
  settle();
  EXPECT_EQ(csv("rejected/a.csv.rejected.csv").at(1).at(4),
            "'=cmd|' /C calc'!A0=H22-1; TrangThaiHoSo=unknown");
}

TEST_F(DropFolderTest, AFileOfBadRowsOnlyIsDoneWithItsReport) {
  std::string text(kHeader);
  for (int i = 0; i < 5000; ++i) text += row("H22-" + std::to_string(i), "unknown");
  drop("a.csv", text);
  settle();
  EXPECT_TRUE(outbox_.records.empty());
  EXPECT_EQ(counters().rows_rejected, 5000U);
  EXPECT_EQ(csv("rejected/a.csv.rejected.csv").size(), 5001U);
  EXPECT_TRUE(exists("done/a.csv"));
}

TEST_F(DropFolderTest, AFileWithoutAUsableHeaderIsRejectedWhole) {
  drop("a.csv", "So,Ten\n1,Vàng Thị Mỷ\n");
  drop("b.csv", "\n\n");
  drop("c.csv", std::string(kHeader) + row("H22-1"));
  settle();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  EXPECT_EQ(counters().files_rejected, 2U);
  EXPECT_EQ(counters().files_done, 1U);
  EXPECT_TRUE(exists("rejected/a.csv"));
  EXPECT_TRUE(exists("rejected/b.csv"));
  EXPECT_NE(folder_.read("drop/rejected/a.csv.reason.txt").find("MaHoSo"), std::string::npos);
  EXPECT_NE(folder_.read("drop/rejected/b.csv.reason.txt").find("empty lines"), std::string::npos);
}

TEST_F(DropFolderTest, AFileInAnotherEncodingIsRejectedWhole) {
  drop("a.csv", std::string_view("M\0a\0H\0o\0S\0o\0\n\0", 14));
  settle();
  EXPECT_TRUE(exists("rejected/a.csv"));
  EXPECT_NE(folder_.read("drop/rejected/a.csv.reason.txt").find("UTF-16"), std::string::npos);
}

TEST_F(DropFolderTest, LargeFilesAreAppendedInBatches) {
  std::string text(kHeader);
  Codes expected;
  for (int i = 0; i < 1234; ++i) {
    expected.push_back("H22-" + std::to_string(i));
    text += row(expected.back());
  }
  drop("a.csv", text);
  settle();
  EXPECT_EQ(codes(), expected);
  EXPECT_EQ(outbox_.batches, (std::vector<std::size_t>{500, 500, 234}));
  EXPECT_EQ(counters().rows_taken, 1234U);
}

TEST_F(DropFolderTest, WhatTheOutboxRefusesIsTriedAgain) {
  drop("a.csv", std::string(kHeader) + row("H22-1") + row("", "4"));
  outbox_.refusal = Error{"outbox.db", "the disk is full", "free space"};
  for (int i = 0; i < 5; ++i) scan();
  EXPECT_TRUE(exists("a.csv"));
  EXPECT_TRUE(outbox_.records.empty());
  EXPECT_EQ(counters().append_failures, 4U);
  EXPECT_EQ(counters().rows_taken, 0U);
  EXPECT_EQ(counters().rows_rejected, 0U);
  EXPECT_NE(counters().last_error.find("the disk is full"), std::string::npos);
  EXPECT_EQ(log_lines_with("the disk is full"), 1U);  // not one line each scan
  clock_.advance(std::chrono::minutes(11));
  scan();
  EXPECT_EQ(log_lines_with("the disk is full"), 2U);

  outbox_.refusal.reset();
  scan();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  EXPECT_EQ(counters().last_error, "");
  EXPECT_EQ(counters().rows_rejected, 1U);
  EXPECT_EQ(csv("rejected/a.csv.rejected.csv").size(), 2U);
  EXPECT_TRUE(exists("done/a.csv"));
}

TEST_F(DropFolderTest, ARefusalInTheMiddleOfAFileDoublesNothing) {
  settings_.rows_per_append = 2;
  std::string text(kHeader);
  Codes expected;
  for (int i = 0; i < 7; ++i) {
    expected.push_back("H22-" + std::to_string(i));
    text += row(expected.back()) + row("", "4");
  }
  drop("a.csv", text);
  int appends = 0;
  outbox_.on_append = [&] {
    ++appends;
    outbox_.refusal = appends % 2 == 0 ? std::optional<Error>(Error{"outbox.db", "full", ""}) : std::nullopt;
  };
  for (int i = 0; i < 12; ++i) scan();
  EXPECT_EQ(codes(), expected);
  EXPECT_EQ(counters().rows_taken, 7U);
  EXPECT_EQ(counters().rows_rejected, 7U);
  EXPECT_EQ(csv("rejected/a.csv.rejected.csv").size(), 8U);
  EXPECT_TRUE(exists("done/a.csv"));
}

// A new file that sorts before one in progress must not push out its note.
TEST_F(DropFolderTest, FilesInProgressDoNotDisturbEachOther) {
  settings_.rows_per_append = 1;
  drop("b.csv", std::string(kHeader) + row("B-1") + row("B-2") + row("B-3"));
  int appends = 0;
  outbox_.on_append = [&] {
    ++appends;
    outbox_.refusal = appends == 2 ? std::optional<Error>(Error{"outbox.db", "full", ""}) : std::nullopt;
  };
  settle();
  EXPECT_EQ(codes(), Codes{"B-1"});
  drop("a.csv", std::string(kHeader) + row("A-1"));
  drop_.reset();  // as after a restart
  settle();
  EXPECT_EQ(codes(), (Codes{"B-1", "A-1", "B-2", "B-3"}));
}

TEST_F(DropFolderTest, AFileThatGrowsWhileItIsTakenIsTakenToItsEndOnce) {
  settings_.rows_per_append = 2;
  const std::string begin = std::string(kHeader) + row("H22-1") + row("H22-2") + row("H22-3");
  drop("a.csv", begin);
  bool grown = false;
  outbox_.on_append = [&] {
    if (!std::exchange(grown, true)) drop("a.csv", begin + row("H22-4"));
  };
  settle();
  EXPECT_TRUE(exists("a.csv"));
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2", "H22-3", "H22-4"}));
  EXPECT_TRUE(exists("done/a.csv"));
}

TEST_F(DropFolderTest, AFileThatIsReplacedWhileItIsTakenIsANewFile) {
  settings_.rows_per_append = 2;
  drop("a.csv", std::string(kHeader) + row("H22-1") + row("H22-2") + row("H22-3"));
  bool replaced = false;
  outbox_.on_append = [&] {
    if (!std::exchange(replaced, true)) drop("a.csv", std::string(kHeader) + row("H60-1") + row("", "4"));
  };
  settle();
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2", "H60-1"}));
  EXPECT_EQ(csv("rejected/a.csv.rejected.csv").size(), 2U);
  EXPECT_TRUE(exists("done/a.csv"));
}

TEST_F(DropFolderTest, TheSameFileAgainMakesNoEvent) {
  const std::string text = std::string(kHeader) + row("H22-1") + row("", "4");
  for (int i = 0; i < 3; ++i) {
    drop("a.csv", text);
    settle();
  }
  drop("another name.csv", text);
  settle();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  EXPECT_EQ(counters().rows_taken, 4U);
  EXPECT_EQ(counters().rows_unchanged, 3U);
  for (const char* name : {"done/a.csv", "done/a-2.csv", "done/a-3.csv", "rejected/a.csv.rejected.csv",
                           "rejected/a.csv-2.rejected.csv", "rejected/a.csv-3.rejected.csv"}) {
    EXPECT_TRUE(exists(name)) << name;
  }
}

TEST_F(DropFolderTest, OfAnExportOfEverythingOnlyWhatChangedMakesEvents) {
  const auto state = [](const std::string& code, const std::string& number, const std::string& at) {
    return code + ",Vàng Thị Mỷ," + number + "," + at + "\n";
  };
  drop("monday.csv",
       std::string(kHeader) + state("A", "4", "20260601080000") + state("B", "4", "20260601080000"));
  settle();
  drop("tuesday.csv", std::string(kHeader) + state("B", "5", "20260602080000") +
                          state("A", "4", "20260601080000") + state("C", "1", "20260602090000"));
  settle();
  EXPECT_EQ(codes(), (Codes{"A", "B", "B", "C"}));
  // Back to where it was, at another time: that is news.
  drop("wednesday.csv", std::string(kHeader) + state("B", "4", "20260603080000"));
  settle();
  EXPECT_EQ(codes(), (Codes{"A", "B", "B", "C", "B"}));
  // An old export again is not, also after a restart.
  drop_.reset();
  drop("monday.csv",
       std::string(kHeader) + state("A", "4", "20260601080000") + state("B", "4", "20260601080000"));
  settle();
  EXPECT_EQ(codes().size(), 5U);
}

TEST_F(DropFolderTest, WithoutATimeOfItsOwnGoingBackIsNewsAndTheSameFileIsNot) {
  const std::string header = "MaHoSo,TrangThaiHoSo,ChuHoSo\n";
  drop("a.csv", header + "A,4,x\nA,5,x\nA,4,x\n");
  settle();
  EXPECT_EQ(codes().size(), 3U);
  drop("b.csv", header + "A,4,x\nA,5,x\nA,4,x\n");
  settle();
  EXPECT_EQ(codes().size(), 3U);
  drop("c.csv", header + "A,5,x\nB,4,x\n");
  settle();
  EXPECT_EQ(codes().size(), 5U);
  drop("d.csv", header + "A,4,x\nB,4,x\n");
  settle();
  EXPECT_EQ(codes().size(), 6U);
}

TEST_F(DropFolderTest, AnExportInWhichNothingChangedIsNotedOnce) {
  settings_.rows_per_append = 10;
  std::string text(kHeader);
  for (int i = 0; i < 200; ++i) text += row("H22-" + std::to_string(i));
  drop("a.csv", text);
  settle();
  const std::uint64_t before = outbox_.outbox->bytes_on_disk();
  std::size_t notes = 0;
  const std::string note = outbox_.notes.at("dossiers/drop_folder");
  drop("a.csv", text);
  outbox_.on_append = [&] { notes += outbox_.notes.at("dossiers/drop_folder") == note ? 0U : 1U; };
  settle();
  EXPECT_EQ(notes, 0U);  // not before the last append
  EXPECT_LT(outbox_.outbox->bytes_on_disk() - before, 16U * 1024U);
}

TEST_F(DropFolderTest, AFileDroppedAgainWhileTheAgentWasAwayIsDoneOnceMore) {
  const std::string text = std::string(kHeader) + row("H22-1");
  drop("a.csv", text);
  settle();
  drop_.reset();
  drop("a.csv", text + row("H22-2"));
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2"}));
  EXPECT_FALSE(exists("a.csv"));
}

TEST_F(DropFolderTest, AFileThatIsWrittenToAfterItWasTakenIsBroughtBack) {
  std::ofstream writer(settings_.folder / "a.csv");
  writer << kHeader << row("H22-1") << std::flush;
  writer.close();
  settle();
  ASSERT_TRUE(exists("done/a.csv"));
  std::ofstream late(settings_.folder / "done/a.csv", std::ios::app);
  late << row("H22-2") << std::flush;
  late.close();
  settle();
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2"}));
  EXPECT_TRUE(exists("done/a.csv"));
}

TEST_F(DropFolderTest, AFileThatIsOpenForWritingIsLeftAloneHoweverLongItStandsStill) {
  std::ofstream writer(settings_.folder / "a.csv");
  writer << kHeader << row("H22-1") << std::flush;
  for (int look = 0; look < 5; ++look) {
    scan();
    clock_.advance(std::chrono::hours(1));
  }
  EXPECT_TRUE(codes().empty());
  ASSERT_EQ(drop_->waiting().size(), 1U);
  EXPECT_EQ(drop_->waiting()[0], (WaitingFile{"a.csv", "is being written"}));
  writer << row("H22-2");
  writer.close();
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2"}));
}

TEST_F(DropFolderTest, AFileHasToStandStillAndLongerWhenItsLastLineHasNoEnd) {
  settings_.settle = std::chrono::seconds(5);
  drop("whole.csv", std::string(kHeader) + row("H22-1"));
  drop("cut.csv", std::string(kHeader) + row("H22-2") + "H22-3,x,4,");
  settle();
  EXPECT_TRUE(codes().empty());
  clock_.advance(std::chrono::seconds(5));
  scan();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  clock_.set_wall(clock_.wall() + std::chrono::hours(1000));  // the wall clock does not count
  scan();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  clock_.advance(std::chrono::seconds(25));
  scan();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-2", "H22-3"}));
}

TEST_F(DropFolderTest, WhatIsNotTakenIsNamedWithItsReason) {
  drop("export.xlsx", "x");
  drop("a.csv.part", "x");
  drop("empty.csv", "");
  settle();
  std::map<std::string, std::string> reasons;
  for (const WaitingFile& file : drop_->waiting()) reasons[file.name] = file.reason;
  EXPECT_EQ(reasons.size(), 3U);
  EXPECT_NE(reasons["export.xlsx"].find("*.csv"), std::string::npos);
  EXPECT_EQ(reasons["empty.csv"], "is still empty");
}

TEST_F(DropFolderTest, TakesJsonLines) {
  drop("a.jsonl",
       "{\"MaHoSo\":\"H22-1\",\"ChuHoSo\":\"Vàng Thị Mỷ\",\"TrangThaiHoSo\":4,\"CoPhi\":true}\n"
       "\n"
       "{\"MaHoSo\":\"H22-2\",\"ChuHoSo\":\"Giàng A Sính\",\n"
       "{\"MaHoSo\":\"H22-3\",\"TrangThaiHoSo\":\"đã trả kết quả\",\"TrangThaiHoSo\":9}\n"
       "{\"TrangThaiHoSo\":10.0,\"MaHoSo\":\"H22-4\"}");
  drop("same.csv", "MaHoSo,TrangThaiHoSo,CoPhi\nH22-4,10,\nH22-1,4,1\n");
  settle();
  EXPECT_EQ(codes(), (Codes{"H22-1", "H22-4"}));
  EXPECT_EQ(counters().rows_unchanged, 2U);  // it does not matter in which form a row comes
  const auto report = csv("rejected/a.jsonl.rejected.csv");
  ASSERT_EQ(report.size(), 3U);
  EXPECT_EQ(report[1][1], "3");
  EXPECT_EQ(report[2][1], "4");
  EXPECT_EQ(report[2][2], "TrangThaiHoSo");
  for (const auto& line : report) {
    for (const auto& field : line) EXPECT_EQ(field.find("Giàng"), std::string::npos);
  }
}

TEST_F(DropFolderTest, CodesLeaveAsTheirKeyedHashOnly) {
  settings_.table.code_hash = CodeHash("0123456789abcdef0123456789abcdef");
  drop("a.csv", std::string(kHeader) + row("H22-1") + row("H22-2", "lạ"));
  settle();
  ASSERT_EQ(codes().size(), 1U);
  EXPECT_EQ(codes()[0], settings_.table.code_hash("H22-1"));
  EXPECT_EQ(codes()[0].size(), 32U);
  const auto report = csv("rejected/a.csv.rejected.csv");
  EXPECT_NE(report.at(1).at(4).find(settings_.table.code_hash("H22-2")), std::string::npos);
  std::string everything = log_.str() + folder_.read("drop/rejected/a.csv.rejected.csv");
  for (const auto& [key, value] : outbox_.notes) everything += key + value;
  EXPECT_EQ(everything.find("H22-"), std::string::npos);
  outbox_.outbox.reset();
  EXPECT_EQ(folder_.read("outbox.db").find("H22-"), std::string::npos);
}

// The outbox waits for the gateway, for days at times; the file must not be read again and again meanwhile.
TEST_F(DropFolderTest, ARefusedFileGoesOnWithoutBeingReadFromItsBegin) {
  settings_.rows_per_append = 100;
  std::string text(kHeader);
  for (int i = 0; i < 2000; ++i) text += row("H22-" + std::to_string(i));
  drop("a.csv", text);
  int appends = 0;
  outbox_.on_append = [&] {
    ++appends;
    outbox_.refusal = appends % 3 == 2 ? std::optional<Error>(Error{"outbox.db", "full", ""}) : std::nullopt;
  };
  for (int look = 0; look < 15; ++look) scan();
  EXPECT_EQ(codes().size(), 2000U);
  EXPECT_TRUE(exists("done/a.csv"));
}

TEST_F(DropFolderTest, LongNamesAreMovedToo) {
  const std::string name = std::string(251, 'a') + ".csv";
  drop(name, std::string(kHeader) + row("H22-1") + row("", "4"));
  settle();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  EXPECT_FALSE(exists(name));
  EXPECT_EQ(counters().files_done, 1U);
}

TEST_F(DropFolderTest, AMissingFolderIsToldAndFoundLater) {
  std::filesystem::remove_all(settings_.folder);
  settle();
  EXPECT_NE(counters().last_error.find("the drop folder is not there"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(settings_.folder));  // it may be a disk that is not mounted
  drop("a.csv", std::string(kHeader) + row("H22-1"));
  settle();
  EXPECT_EQ(codes(), Codes{"H22-1"});
}

TEST_F(DropFolderTest, AFolderThatCannotBeUsedIsTold) {
  drop("done", "a file where a folder should be");
  drop("a.csv", std::string(kHeader) + row("H22-1"));
  settle();
  EXPECT_TRUE(outbox_.records.empty());
  EXPECT_TRUE(exists("a.csv"));
  EXPECT_NE(counters().last_error.find("done"), std::string::npos);
}

TEST_F(DropFolderTest, ANoteOfAnotherProgramStopsEverything) {
  drop("a.csv", std::string(kHeader) + row("H22-1"));
  outbox_.notes["dossiers/drop_folder"] = "dossier files 9\n?";
  settle();
  EXPECT_TRUE(outbox_.records.empty());
  EXPECT_TRUE(exists("a.csv"));
  EXPECT_NE(counters().last_error.find("not in a form"), std::string::npos);
}

TEST_F(DropFolderTest, TheNoteForgetsFilesThatAreAway) {
  for (int i = 0; i < 20; ++i) {
    drop("file-" + std::to_string(i) + ".csv", std::string(kHeader) + row("H22-1"));
    settle();
  }
  const auto progress = decode_progress(outbox_.notes.at("dossiers/drop_folder"));
  ASSERT_TRUE(progress.has_value());
  EXPECT_LE(progress->size(), 1U);
}

TEST_F(DropFolderTest, TheSampleIsTakenWholeAndNothingPersonalLeavesIt) {
  std::filesystem::copy_file(XALINK_SAMPLE, settings_.folder / "sample.csv");
  settle();
  EXPECT_EQ(counters().rows_rejected, 0U);
  const auto source = csv("done/sample.csv");
  EXPECT_EQ(outbox_.records.size(), source.size() - 1);

  std::set<std::string> personal;
  std::set<std::string> states;
  const auto column = [&](std::string_view name) {
    const auto& header = source[0];
    return static_cast<std::size_t>(std::find(header.begin(), header.end(), name) - header.begin());
  };
  for (std::size_t i = 1; i < source.size(); ++i) {
    personal.insert(source[i].at(column("ChuHoSo")));
    personal.insert(source[i].at(column("DiaChi")));
  }
  ASSERT_GT(personal.size(), 10U);
  std::string everything = log_.str();
  for (const Pending& pending : outbox_.records) {
    for (const Value& value : pending.record.values) everything += to_text(value) + "\n";
    states.insert(to_text(pending.record.values[column_index(pending.schema, "State").value()]));
  }
  for (const auto& [key, value] : outbox_.notes) everything += key + value;
  for (const std::string& text : personal) EXPECT_EQ(everything.find(text), std::string::npos) << text;
  EXPECT_EQ(states.size(), 10U);  // every national state stands in the sample
}

// Good rows and every kind of bad one: what is not mapped stays in the file itself.
TEST_F(DropFolderTest, NothingOutsideTheAllowListIsKeptAnywhere) {
  const std::string secret = "Sùng Thị Bí Mật";
  drop("a.csv", std::string(kHeader) + "A," + secret + ",4,20260615141228\n" +  // good
                    "B," + secret + ",lạ,20260615141228\n" +                    // unknown state
                    "C," + secret + ",4\n" +                                    // too few fields
                    "D,\"" + secret + "\"x,4,\n" +                              // not CSV
                    "E\xFF," + secret + ",4,\n" +                               // not UTF-8
                    "F,\"" + secret + ",4,\n");                                 // a quote never closed
  drop("b.jsonl", "{\"MaHoSo\":\"G\",\"ChuHoSo\":\"" + secret + "\",\"TrangThaiHoSo\":4}\n" +
                      "{\"MaHoSo\":\"H\",\"ChuHoSo\":\"" + secret + "\",\"TrangThaiHoSo\":[]}\n" +
                      "{\"MaHoSo\":\"I\",\"ChuHoSo\":\"" + secret + "\n");
  settle();
  EXPECT_EQ(codes(), (Codes{"A", "G"}));
  EXPECT_EQ(counters().rows_rejected, 7U);
  std::string everything = log_.str() + counters().last_error;
  for (const auto& [key, value] : outbox_.notes) everything += key + value;
  std::size_t reports = 0;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.folder / "rejected")) {
    everything += folder_.read(std::filesystem::path("drop/rejected") / entry.path().filename());
    ++reports;
  }
  EXPECT_EQ(reports, 2U);
  for (const char* part : {"outbox.db", "outbox.db-wal"}) everything += folder_.read(part);
  ASSERT_NE(everything.find("MaHoSo=B"), std::string::npos);
  EXPECT_EQ(everything.find("Bí Mật"), std::string::npos);
}

TEST_F(DropFolderTest, TheSamplesTimesFitTogether) {
  std::filesystem::copy_file(XALINK_SAMPLE, settings_.folder / "sample.csv");
  settle();
  for (const Pending& pending : outbox_.records) {
    const auto time = [&](std::string_view name) {
      const Value& value = pending.record.values[column_index(pending.schema, name).value()];
      return is_null(value) ? std::optional<std::uint64_t>() : std::get<std::uint64_t>(value);
    };
    const auto submitted = time("Submitted");
    const auto received = time("Received");
    const auto finished = time("Finished");
    const auto returned = time("Returned");
    ASSERT_TRUE(submitted && time("State At"));
    EXPECT_LE(*submitted, *time("State At"));
    EXPECT_EQ(received.has_value(), time("Due").has_value());
    if (received) {
      EXPECT_LE(*submitted, *received);
      EXPECT_LT(*received, *time("Due"));
    }
    if (finished) {
      EXPECT_LT(received.value(), *finished);
    }
    if (returned) {
      EXPECT_LT(finished.value(), *returned);
    }
  }
}

TEST_F(DropFolderTest, RowsAreNeverLogged) {
  drop("a.csv", std::string(kHeader) + row("H22-1", "Bí mật") + "H22-2,Giàng A Sính,4\n");
  drop("b.csv", "Tên\nSùng Mí Pó\n");
  settle();
  const std::string log = log_.str();
  EXPECT_NE(log.find("a.csv: 0 rows taken, 0 of them unchanged, 2 rejected"), std::string::npos) << log;
  EXPECT_NE(log.find("rejected/a.csv.rejected.csv explains"), std::string::npos) << log;
  EXPECT_NE(log.find("b.csv was rejected whole: line 1 (dòng 1): "), std::string::npos) << log;
  for (const char* text : {"H22-", "Vàng", "Giàng", "Sùng", "Bí mật"})
    EXPECT_EQ(log.find(text), std::string::npos);
}

TEST_F(DropFolderTest, OriginalsAreRemovedWhenTheirDaysAreOverAndTheClockIsSet) {
  drop("a.csv", std::string(kHeader) + row("H22-1"));
  settle();
  clock_.set_wall(std::chrono::floor<Milliseconds>(std::chrono::system_clock::now()) + std::chrono::days(31));
  clock_.advance(std::chrono::hours(2));
  quality_ = ClockQuality::unset;
  scan();
  EXPECT_TRUE(exists("done/a.csv"));
  quality_ = ClockQuality::synchronised;
  scan();
  EXPECT_FALSE(exists("done/a.csv"));
  EXPECT_EQ(log_lines_with("keep_done_days"), 1U);
}

TEST_F(DropFolderTest, RunsUntilItIsCancelled) {
  start();
  asio::cancellation_signal stop;
  std::exception_ptr ended;
  bool finished = false;
  auto keep = [&](std::exception_ptr error) {
    ended = error;
    finished = true;
  };
  asio::co_spawn(loop_, drop_->run(), asio::bind_cancellation_slot(stop.slot(), keep));
  drop("a.csv", std::string(kHeader) + row("H22-1"));
  // The disk thread answers in its own time: turn until the next scan is waited for.
  const auto turn = [&] {
    while (clock_.sleepers() == 0 && !finished) {
      loop_.restart();
      loop_.run_one();
    }
  };
  turn();
  EXPECT_TRUE(exists("a.csv"));
  clock_.advance(settings_.scan_interval);
  turn();
  EXPECT_EQ(codes(), Codes{"H22-1"});
  stop.emit(asio::cancellation_type::terminal);
  clock_.drain();
  ASSERT_TRUE(finished);
  try {
    std::rethrow_exception(ended);
  } catch (const boost::system::system_error& error) {
    EXPECT_EQ(error.code(), asio::error::operation_aborted);
  }
}

TEST_F(DropFolderTest, WithoutAFolderThereIsNothingToDo) {
  settings_.folder.clear();
  start();
  bool finished = false;
  asio::co_spawn(loop_, drop_->run(), [&](std::exception_ptr) { finished = true; });
  loop_.run();
  EXPECT_TRUE(finished);
}

}  // namespace
}  // namespace xalink
