#include "gateway/boards.hpp"
#include "gateway/curbed_words.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <cstdlib>
#include <ctime>
#include <sstream>

#include "gateway/text_table.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

namespace json = boost::json;

class BoardsTest : public StoreTest {
 protected:
  BoardsTest() {
    ::setenv("TZ", "ICT-7", 1);  // Việt Nam
    ::tzset();
  }

  Fleet fleet() {
    auto read = read_fleet(file());
    if (!read) throw std::runtime_error(read.error().to_string());
    return std::move(*read);
  }
  /// The one board.
  Board board() {
    auto all = fleet();
    EXPECT_EQ(all.boards.size(), 1U);
    return all.boards.at(0);
  }
  static fact::Values own_values(std::vector<fact::Values::Entry> entries, std::int64_t at) {
    fact::Values values;
    values.node = kSite;
    values.at = at_ms(at);
    values.entries = std::move(entries);
    return values;
  }
};

TEST_F(BoardsTest, SaysThatThereIsNoStoreYetAndWhatToDo) {
  const auto read = read_fleet(file());
  ASSERT_FALSE(read.has_value());
  EXPECT_NE(read.error().what.find("no store"), std::string::npos);
  EXPECT_NE(read.error().next.find("systemctl start"), std::string::npos);
}

TEST_F(BoardsTest, ShowsWhatABoardHasStoredWhileTheGatewayRuns) {
  auto birth = std::get<fact::NodeBorn>(born(1, kNoon));
  birth.depth = {2, 340};
  commit({birth, arrived(rows(kEpochA, 1, 7, Lane::events), kSite, kNoon + 50),
          arrived(rows(kEpochA, 1, 40), kSite, kNoon + 60), arrived(rows(kEpochB, 1, 3), kSite, kNoon + 40)});
  const auto one = board();
  EXPECT_EQ(one.site, kSite);
  EXPECT_EQ(one.state, Board::State::online);
  EXPECT_EQ(one.since, at_ms(kNoon));
  EXPECT_EQ(one.epoch, kEpochA);
  EXPECT_EQ(one.clock, ClockQuality::synchronised);
  EXPECT_EQ(one.lanes[0].records, 7U);
  EXPECT_EQ(one.lanes[1].records, 43U);
  EXPECT_EQ(one.lanes[1].mark, 40U);
  ASSERT_TRUE(one.lanes[1].last.has_value());
  EXPECT_EQ(one.lanes[1].last->at, at_ms(kNoon + 40));
  EXPECT_EQ(one.lanes[1].last->received, at_ms(kNoon + 60));
  ASSERT_TRUE(one.lanes[1].backlog.has_value());
  EXPECT_EQ(one.lanes[1].backlog->rows, 340U);
  EXPECT_EQ(one.lanes[1].backlog->as_of, at_ms(kNoon));
  EXPECT_EQ(fleet().gateway_running, true);
}

TEST_F(BoardsTest, TakesTheBoardsNewestWordOnItsBacklog) {
  commit({born(1, kNoon),
          own_values({value_entry("Outbox/Depth Lane 1", DataType::uint64, std::uint64_t{12}),
                      value_entry("Outbox/Given Up/space", DataType::uint64, std::uint64_t{5}),
                      value_entry("Clock/Quality", DataType::uint8, std::uint64_t{1}),
                      value_entry("Outbox/Oldest", DataType::date_time, std::uint64_t{kNoon - 9})},
                     kNoon + 700)});
  const auto one = board();
  EXPECT_EQ(one.lanes[1].backlog->rows, 12U);
  EXPECT_EQ(one.lanes[1].backlog->as_of, at_ms(kNoon + 700));
  EXPECT_EQ(one.given_up_reported, (std::map<std::string, std::uint64_t>{{"space", 5}}));
  EXPECT_EQ(one.clock, ClockQuality::holdover);
  EXPECT_EQ(one.oldest, at_ms(kNoon - 9));
}

TEST_F(BoardsTest, TellsOfMeasurementsThatNoGapNames) {
  commit(
      {born(1, kNoon), own_values({value_entry("Outbox/Given Up/memory", DataType::uint64, std::uint64_t{12}),
                                   value_entry("Outbox/Given Up/space", DataType::uint64, std::uint64_t{0})},
                                  kNoon + 700)});
  const auto english = boards_as_table(fleet(), at_ms(kNoon + 1000), Language::english);
  EXPECT_NE(english.find("12 records: never on the board's disk"), std::string::npos) << english;
  EXPECT_EQ(english.find("dropped"), std::string::npos) << english;
  const auto vietnamese = boards_as_table(fleet(), at_ms(kNoon + 1000), Language::vietnamese);
  EXPECT_NE(vietnamese.find("12 bản ghi: chưa từng ghi được"), std::string::npos) << vietnamese;
}

TEST_F(BoardsTest, TellsOfOneBoardHowOftenItMeasures) {
  auto values = own_values({value_entry("Ping/anchor/Interval", DataType::uint32, std::uint64_t{3600}),
                            value_entry("Ping/anchor/RTT mean", DataType::uint32, std::uint64_t{7}),
                            value_entry("Link/eth0/Interval", DataType::uint32, std::uint64_t{60})},
                           kNoon + 700);
  values.device = "network";
  commit({born(1, kNoon), fact::DeviceBorn{kSite, "network", at_ms(kNoon)}, values});
  EXPECT_FALSE(board().intervals) << "not where all boards are read";
  for (const auto& name : {to_string(kSite), kSite.node}) {
    const auto one = read_fleet(file(), name);
    ASSERT_TRUE(one) << name;
    EXPECT_EQ(one->boards.at(0).intervals, (std::map<std::string, std::uint64_t>{
                                               {"network/Link/eth0", 60}, {"network/Ping/anchor", 3600}}));
    EXPECT_EQ(json::parse(boards_as_json(*one, at_ms(kNoon))).at("boards").at(0).at("intervals"),
              json::parse(R"({"network/Link/eth0": 60, "network/Ping/anchor": 3600})"));
    const auto table = boards_as_table(*one, at_ms(kNoon), Language::english);
    EXPECT_NE(
        table.find("\nPROBE                EVERY\nnetwork/Link/eth0    60 s\nnetwork/Ping/anchor  3600 s\n"),
        std::string::npos)
        << table;
    EXPECT_NE(boards_as_table(*one, at_ms(kNoon), Language::vietnamese).find("CHU KỲ"), std::string::npos);
  }
  const auto nobody = read_fleet(file(), "xa-khac");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().where, "xa-khac");
  // A board that is gone says nothing of what is in force.
  commit({fact::NodeDied{kSite, at_ms(kNoon + 5000), "death certificate"}});
  const auto gone = read_fleet(file(), kSite.node);
  ASSERT_TRUE(gone);
  EXPECT_TRUE(gone->boards.at(0).intervals->empty());
  EXPECT_NE(boards_as_table(*gone, at_ms(kNoon), Language::english).find("reports no intervals"),
            std::string::npos);
}

TEST_F(BoardsTest, SaysOfflineSinceAndWhy) {
  commit({born(1, kNoon), fact::NodeDied{kSite, at_ms(kNoon + 5000), "death certificate"}});
  const auto one = board();
  EXPECT_EQ(one.state, Board::State::offline);
  EXPECT_EQ(one.since, at_ms(kNoon + 5000));
  EXPECT_EQ(one.reason, "death certificate");
}

TEST_F(BoardsTest, DoesNotCallABoardOnlineOnTheWordOfAGatewayThatIsGone) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 1), kSite, kNoon + 80)});
  restart();
  const auto all = fleet();
  EXPECT_EQ(all.gateway_running, false);
  EXPECT_EQ(all.boards.at(0).state, Board::State::unknown);
  EXPECT_EQ(all.boards.at(0).since, at_ms(kNoon + 80));
  const auto table = boards_as_table(all, at_ms(kNoon + 1000), Language::english);
  EXPECT_NE(table.find("not running"), std::string::npos);
  EXPECT_NE(table.find("systemctl start"), std::string::npos);
}

TEST_F(BoardsTest, CountsTheValuesOfPlainNodes) {
  auto values = own_values({value_entry("Tank/Level", DataType::float64, 1.5, kNoon + 3)}, kNoon + 4);
  values.plain = true;
  commit({born(1, kNoon, ""), values});
  const auto one = board();
  EXPECT_FALSE(one.delivers);
  EXPECT_EQ(one.plain_values, 1U);
  EXPECT_EQ(one.last_plain, at_ms(kNoon + 3));
  EXPECT_FALSE(one.lanes[0].backlog.has_value());
}

TEST_F(BoardsTest, ReadsAStoreThatItMayNotWriteBeside) {
  if (::geteuid() == 0) {
    // Root may write everywhere: become somebody else for this test, in a process of its own.
    commit({born(1, kNoon)});
    restart();
    ::chmod(file().c_str(), 0644);
    ::chmod(file().parent_path().c_str(), 0555);
    const auto child = ::fork();
    if (child == 0) {
      if (::setuid(65534) != 0) std::_Exit(3);
      const auto read = read_fleet(file());
      std::_Exit(read && read->boards.size() == 1 ? 0 : 4);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    ::chmod(file().parent_path().c_str(), 0755);
    EXPECT_EQ(WEXITSTATUS(status), 0);
  } else {
    commit({born(1, kNoon)});
    restart();
    ::chmod(file().parent_path().c_str(), 0555);
    EXPECT_EQ(board().site, kSite);
    ::chmod(file().parent_path().c_str(), 0755);
  }
}

TEST_F(BoardsTest, WritesTheShapeOfJsonThatItPromises) {
  commit({born(1, kNoon), arrived(rows(kEpochA, 1, 40), kSite, kNoon + 60),
          fact::SetAside{"topic", "payload", "reason", at_ms(kNoon + 70)}});
  const auto text = boards_as_json(fleet(), at_ms(kNoon + 100));
  EXPECT_EQ(text.find('\n'), std::string::npos);
  const auto parsed = json::parse(text);
  EXPECT_EQ(parsed.at("gateway_running"), true);
  EXPECT_EQ(parsed.at("set_aside"), 1);
  EXPECT_EQ(parsed.at("now"), "2026-09-21T14:13:20.100Z");
  const auto& one = parsed.at("boards").at(0);
  EXPECT_EQ(one.at("group"), "VN-03");
  EXPECT_EQ(one.at("node"), "site-a");
  EXPECT_EQ(one.at("state"), "online");
  EXPECT_EQ(one.at("since"), "2026-09-21T14:13:20.000Z");
  EXPECT_EQ(one.at("epoch"), json::value(kEpochA));
  EXPECT_EQ(one.at("clock"), "synchronised");
  EXPECT_EQ(one.at("lanes").as_array().size(), 2U);
  EXPECT_TRUE(one.at("lanes").at(0).at("last_record").is_null());
  EXPECT_EQ(one.at("lanes").at(1).at("records"), 40);
  EXPECT_EQ(one.at("lanes").at(1).at("mark"), 40);
  EXPECT_EQ(one.at("lanes").at(1).at("backlog").at("rows"), 0);
  EXPECT_EQ(one.at("lanes").at(1).at("last_record").at("received"), "2026-09-21T14:13:20.060Z");
}

TEST_F(BoardsTest, TellsOfADiskThatWillNotTakeMuchMore) {
  commit({born(1, kNoon)});
  auto all = fleet();
  ASSERT_TRUE(all.disk);
  all.disk = StoreDisk{.free_bytes = 64ULL << 30U, .read_only = false};
  EXPECT_EQ(boards_as_table(all, at_ms(kNoon), Language::english).find("disk"), std::string::npos);
  EXPECT_EQ(json::parse(boards_as_json(all, at_ms(kNoon))).at("disk"),
            (json::value{{"free_bytes", 68'719'476'736}, {"read_only", false}}));
  all.disk->free_bytes = 3ULL << 20U;
  EXPECT_NE(boards_as_table(all, at_ms(kNoon), Language::vietnamese).find("chỉ còn 3.0 MiB"),
            std::string::npos);
  all.disk->read_only = true;
  EXPECT_NE(boards_as_table(all, at_ms(kNoon), Language::english).find("disk of the store is read-only"),
            std::string::npos);
  all.disk.reset();
  EXPECT_TRUE(json::parse(boards_as_json(all, at_ms(kNoon))).at("disk").is_null());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

/// Terminal column at which `part` begins.
std::size_t column_of(const std::string& line, const std::string& part) {
  const auto at = line.find(part);
  return at == std::string::npos ? at : display_width(line.substr(0, at));
}

TEST_F(BoardsTest, AlignsAVietnameseTableByLetters) {
  commit({born(1, kNoon, kEpochA, NodeId{"VN-03", "Xã Đồng Văn"}),
          born(1, kNoon, kEpochA, NodeId{"VN-03", "b"}),
          fact::NodeDied{NodeId{"VN-03", "b"}, at_ms(kNoon + 60'000), "death certificate"}});
  const auto table = boards_as_table(fleet(), at_ms(kNoon + 3'600'000), Language::vietnamese);
  const auto lines = lines_of(table);
  ASSERT_GE(lines.size(), 3U);
  EXPECT_EQ(column_of(lines[0], "TRẠNG THÁI"), column_of(lines[1], "trực tuyến"));
  EXPECT_EQ(column_of(lines[0], "TRẠNG THÁI"), column_of(lines[2], "mất kết nối"));
  EXPECT_EQ(column_of(lines[0], "TỪ LÚC"), column_of(lines[1], "21:13:20 (1 giờ 0 phút)"));
  EXPECT_EQ(column_of(lines[0], "TỪ LÚC"), column_of(lines[2], "21:14:20 (59 phút)"));
  EXPECT_NE(lines[1].find("Xã Đồng Văn"), std::string::npos);
}

TEST_F(BoardsTest, GivesTheDateOfWhatWasNotToday) {
  commit({born(1, kNoon)});
  const auto table = boards_as_table(fleet(), at_ms(kNoon + 3 * 86'400'000LL + 7'200'000), Language::english);
  EXPECT_NE(table.find("2026-09-21 21:13 (3 d 2 h)"), std::string::npos) << table;
}

TEST_F(BoardsTest, MarksTheTimeOfAClockThatWasNotSet) {
  auto batch = rows(kEpochA, 1, 1);  // row 1: unset
  batch.items[0].record.stamp.wall = at_ms(1'000'000);
  commit({born(1, kNoon), arrived(batch, kSite, kNoon + 1000)});
  const auto table = boards_as_table(fleet(), at_ms(kNoon + 11'000), Language::english);
  EXPECT_NE(table.find("~1970-01-01 07:16 (10 s ago)"), std::string::npos) << table;
  EXPECT_NE(table.find("~: by a board's clock"), std::string::npos);
}

TEST_F(BoardsTest, TellsWhatWasNotTakenInOfABoard) {
  const fact::Curbed account{kSite, at_ms(kNoon + 1000), 12, 500, 3, 40, "more than 2000 messages a second"};
  const NodeId stranger{"VN-03", "invented"};
  commit({born(1, kNoon), born(1, kNoon, kEpochB, NodeId{"VN-03", "site-b"}), account, account,
          fact::SetAside{"spBv1.0/VN-03/NDATA/site-a", "x", "no seq", at_ms(kNoon + 2000)},
          fact::Curbed{stranger, at_ms(kNoon), 7, 0, 0, 2, "nonsense"}});
  const auto all = fleet();
  ASSERT_EQ(all.boards.size(), 2U) << "a sender that was never born is no board";
  ASSERT_TRUE(all.boards[0].curbed.has_value());
  EXPECT_FALSE(all.boards[1].curbed.has_value());
  EXPECT_EQ(all.set_aside, 83U);
  EXPECT_EQ(all.strangers_limited, 7U);
  const auto parsed = json::parse(boards_as_json(all, at_ms(kNoon + 3000))).as_object();
  const auto& curbed = parsed.at("boards").as_array().at(0).as_object().at("curbed").as_object();
  EXPECT_EQ(curbed.at("messages_limited"), 24);
  EXPECT_EQ(curbed.at("records_refused"), 1000);
  EXPECT_EQ(curbed.at("lost"), 6);
  EXPECT_EQ(curbed.at("set_aside"), 81);
  EXPECT_EQ(curbed.at("reason"), "no seq");
  EXPECT_EQ(parsed.at("strangers_limited"), 7);
  EXPECT_TRUE(parsed.at("boards").as_array().at(1).as_object().at("curbed").is_null());
  const auto table = boards_as_table(all, at_ms(kNoon + 3000), Language::english);
  EXPECT_NE(
      table.find("\nVN-03/site-a: 24 messages beyond its limits, 1000 records to come again, 6 values or "
                 "events without room, lost, 81 messages set aside; last, 21:13:22: no seq\n"),
      std::string::npos)
      << table;
  EXPECT_NE(table.find("[limits]"), std::string::npos) << table;
  const auto vietnamese = boards_as_table(all, at_ms(kNoon + 3000), Language::vietnamese);
  EXPECT_NE(vietnamese.find("VN-03/site-a: 24 bản tin vượt giới hạn"), std::string::npos) << vietnamese;
  EXPECT_EQ(curbed_reason_in(Language::vietnamese, "NDATA has no seq between 0 and 255"),
            "NDATA không có seq từ 0 đến 255");
  EXPECT_EQ(
      curbed_reason_in(Language::vietnamese, "more than 50 births a minute ([limits] births_per_minute)"),
      "khai báo quá 50 lần mỗi phút ([limits] births_per_minute)");
  EXPECT_EQ(curbed_reason_in(Language::english, "no seq"), "no seq");
  const auto later = boards_as_table(all, at_ms(kNoon + 2 * 86'400'000LL), Language::english);
  EXPECT_EQ(later.find("beyond its limits"), std::string::npos) << "what is long over is not shown";
}

TEST_F(BoardsTest, TellsHowToGoOnWhenNoBoardHasSpoken) {
  ledger();
  const auto table = boards_as_table(fleet(), at_ms(kNoon), Language::english);
  EXPECT_NE(table.find("Next:"), std::string::npos);
}

TEST(DisplayWidth, CountsLettersAndNotBytesOrMarks) {
  EXPECT_EQ(display_width("abc"), 3U);
  EXPECT_EQ(display_width("Đồng Văn"), 8U);
  EXPECT_EQ(display_width("e\xCC\x82\xCC\x81"), 1U);  // ế, decomposed
  EXPECT_EQ(display_width(""), 0U);
}

TEST(Aligned, LeavesNoSpacesAtTheEndsOfLines) {
  EXPECT_EQ(aligned({{"ab", "c"}, {"d", "efg"}, {"hij"}}), "ab   c\nd    efg\nhij\n");
}

}  // namespace
}  // namespace xalink::test
