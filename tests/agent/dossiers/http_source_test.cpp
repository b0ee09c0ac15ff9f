#include "agent/dossiers/http_source.hpp"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <filesystem>
#include <sstream>

#include "sparkplug/asio_clock.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/fakes/web_server.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using namespace std::chrono_literals;
using test::WebServer;
using Manner = WebServer::Manner;

std::string answer(const std::string& body, const std::string& type = "application/json",
                   const std::string& headers = "", const std::string& status = "200 OK") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: " + type + "; charset=utf-8\r\n" + headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

std::string dossier(const std::string& code, const std::string& at, const std::string& state = "4") {
  return "{\"MaHoSo\":\"" + code + "\",\"ChuHoSo\":\"Vàng Thị Mỷ\",\"TrangThaiHoSo\":" + state +
         ",\"ThoiDiemXuLy\":\"" + at + "\"}";
}

/// Of a server that tells no length: the end of the connection is the end of the answer, or of the server.
std::string unmeasured(const std::string& body, const std::string& type = "text/csv") {
  return "HTTP/1.1 200 OK\r\nContent-Type: " + type + "\r\nETag: \"v1\"\r\n\r\n" + body;
}

class HttpSourceTest : public ::testing::Test {
 protected:
  HttpSourceTest() {
    settings_.url = "http://127.0.0.1:" + std::to_string(server_.port()) + "/ho-so?xa=1";
    settings_.rejected_folder = folder_ / "rejected";
    settings_.token_file = folder_.write("token", "s3cret-token\n");
    std::filesystem::permissions(settings_.token_file, std::filesystem::perms::owner_read);
    previous_log_ = spdlog::default_logger();
    spdlog::set_default_logger(
        std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(log_)));
    open();
  }
  ~HttpSourceTest() override { spdlog::set_default_logger(previous_log_); }

  void open() {
    outbox_.reset();
    outbox_ = std::move(Outbox::open(folder_ / "outbox.db").value());
  }
  /// Another start of the program, over the same outbox.
  void start() {
    source_.reset();
    EventStore store;
    store.tell = [this](std::vector<Telling> tellings, std::string key, std::string value,
                        Outbox::NoteWhen when, std::string remembered) {
      return tell(std::move(tellings), std::move(key), std::move(value), when, std::move(remembered));
    };
    store.remembers = [this](std::string subject) { return remembers(std::move(subject)); };
    store.note = [this](std::string key) { return note(std::move(key)); };
    store.stamp_now = [this] {
      Stamp stamp;
      if (now_) stamp.quality = ClockQuality::synchronised;
      if (now_) stamp.wall = *now_;
      stamp.boot_id = "0f0e0d0c-0b0a-0908-0706-050403020100";
      return stamp;
    };
    source_ = std::make_unique<HttpSource>(settings_, clock_, disk_, std::move(store), 1);
  }
  asio::awaitable<Result<Told>> tell(std::vector<Telling> tellings, std::string key, std::string value,
                                     Outbox::NoteWhen when, std::string remembered) {
    if (refuses_) co_return failure("outbox.db", "the disk is full", "free space");
    auto told = outbox_->append_news(tellings, key, value, when, remembered);
    co_return told;
  }
  asio::awaitable<Result<bool>> remembers(std::string subject) {
    auto known = outbox_->remembers(subject);
    co_return known;
  }
  asio::awaitable<Result<std::optional<std::string>>> note(std::string key) {
    auto found = outbox_->note(key);
    co_return found;
  }

  Duration poll() {
    if (!source_) start();
    Duration wait{};
    bool done = false;
    asio::co_spawn(loop_, source_->poll(), [&](std::exception_ptr error, Duration result) {
      if (error) std::rethrow_exception(error);
      wait = result;
      done = true;
    });
    loop_.restart();
    while (!done) loop_.run_one();
    return wait;
  }
  std::vector<std::string> codes() {
    std::vector<std::string> all;
    const auto batch = outbox_->read(Lane::events, 1, 10'000);
    for (const auto& item : batch->items) {
      all.push_back(to_text(item.record.values[column_index(batch->schemas[item.schema], "Code").value()]));
    }
    return all;
  }
  [[nodiscard]] const std::string& error() const { return source_->counters().last_error; }
  [[nodiscard]] bool asked(std::string_view text) const {
    return server_.request().find(text) != std::string::npos;
  }

  using Codes = std::vector<std::string>;
  ScratchFolder folder_;
  asio::io_context loop_;
  AsioClock clock_;
  WorkerThread disk_;
  WebServer server_{loop_, Manner::answers, nullptr};
  HttpSourceSettings settings_;
  std::unique_ptr<Outbox> outbox_;
  std::unique_ptr<HttpSource> source_;
  bool refuses_ = false;
  std::optional<WallTime> now_;  ///< empty: the clock was never set
  std::ostringstream log_;
  std::shared_ptr<spdlog::logger> previous_log_;
};

TEST_F(HttpSourceTest, AsksForWhatChangedSinceTheLatestRow) {
  server_.answer_with(
      {answer("[" + dossier("A", "20260601080000") + "," + dossier("B", "20260602090000") + "]")});
  EXPECT_EQ(poll(), settings_.interval);
  EXPECT_EQ(error(), "");
  EXPECT_EQ(codes(), (Codes{"A", "B"}));
  EXPECT_TRUE(asked("GET /ho-so?xa=1 HTTP/1.1")) << server_.request();
  EXPECT_TRUE(asked("Authorization: Bearer s3cret-token\r\n"));
  start();  // the cursor is in the outbox
  server_.answer_with(
      {answer("[" + dossier("B", "20260602090000") + "," + dossier("B", "20260603100000", "9") + "]")});
  poll();
  EXPECT_TRUE(asked("GET /ho-so?xa=1&since=2026-06-02T08%3A59%3A00%2B07%3A00 ")) << server_.request();
  EXPECT_EQ(codes(), (Codes{"A", "B", "B"}));
  EXPECT_EQ(source_->counters().rows_unchanged, 1U);
  EXPECT_EQ(log_.str().find("s3cret"), std::string::npos);
  EXPECT_EQ(log_.str().find("Vàng"), std::string::npos);
}

// A server may take "since" for "later than", and write rows of a second that it has answered for already.
TEST_F(HttpSourceTest, ARowThatCameLateIntoAKnownSecondIsTaken) {
  server_.answer_with({answer("[" + dossier("A", "20260601080000") + "]")});
  poll();
  EXPECT_EQ(codes(), Codes{"A"});
  const std::string both = dossier("A", "20260601080000") + "," + dossier("B", "20260601080000");
  server_.answer_with({answer("[" + both + "]")});
  for (int i = 0; i < 3; ++i) poll();
  EXPECT_TRUE(asked("since=2026-06-01T07%3A59%3A00%2B07%3A00 ")) << server_.request();
  EXPECT_EQ(codes(), (Codes{"A", "B"}));
}

TEST_F(HttpSourceTest, APackedAnswerIsCalledOne) {
  server_.answer_with({answer("\x1F\x8B\x08", "application/json", "Content-Encoding: gzip\r\n")});
  poll();
  EXPECT_NE(error().find("packed (Content-Encoding: gzip)"), std::string::npos) << error();
  server_.answer_with({answer("[]", "application/json", "Content-Encoding: identity\r\n")});
  poll();
  EXPECT_EQ(error(), "");
}

TEST_F(HttpSourceTest, ARowFromTheFutureDoesNotEndAllAsking) {
  now_ = std::chrono::sys_days(std::chrono::year(2026) / 6 / 3) + 1h;  // 08:00 in Hà Giang
  server_.answer_with(
      {answer("[" + dossier("A", "20260601080000") + "," + dossier("B", "20990602090000") + "]")});
  poll();
  EXPECT_EQ(codes(), (Codes{"A", "B"}));
  poll();
  EXPECT_TRUE(asked("since=2026-06-03T07%3A59%3A00%2B07%3A00 ")) << server_.request();
}

TEST_F(HttpSourceTest, NothingNewMayBeAnAnswerWithoutContent) {
  server_.answer_with({"HTTP/1.1 204 No Content\r\n\r\n"});
  EXPECT_EQ(poll(), settings_.interval);
  EXPECT_EQ(error(), "");
}

TEST_F(HttpSourceTest, TakesJsonWithAByteOrderMark) {
  server_.answer_with({answer("\xEF\xBB\xBF[" + dossier("A", "20260601080000") + "]", "text/json")});
  poll();
  EXPECT_EQ(codes(), Codes{"A"}) << error();
}

TEST_F(HttpSourceTest, AnAnswerThatDidNotChangeIsNotSentAgain) {
  settings_.since_parameter.clear();
  server_.answer_with(
      {answer("[" + dossier("A", "20260601080000") + "]", "application/json", "ETag: \"v1\"\r\n"),
       "HTTP/1.1 304 Not Modified\r\nETag: \"v1\"\r\n\r\n"});
  poll();
  EXPECT_FALSE(asked("If-None-Match"));
  start();
  poll();
  EXPECT_TRUE(asked("If-None-Match: \"v1\"")) << server_.request();
  EXPECT_FALSE(asked("since="));
  EXPECT_EQ(error(), "");
  EXPECT_EQ(codes(), Codes{"A"});
}

TEST_F(HttpSourceTest, TheTagOfAnAnswerGoesWithTheSameQuestionOnly) {
  server_.answer_with(
      {answer("[" + dossier("A", "20260601080000") + "]", "application/json", "ETag: \"v1\"\r\n")});
  poll();
  poll();  // asks with a cursor now
  EXPECT_TRUE(asked("since=")) << server_.request();
  EXPECT_FALSE(asked("If-None-Match"));
  poll();
  EXPECT_TRUE(asked("If-None-Match: \"v1\""));
}

TEST_F(HttpSourceTest, TakesJsonLinesAndCsvToo) {
  server_.answer_with({answer(dossier("A", "20260601080000") + "\n" + dossier("B", "20260601080000") + "\n",
                              "application/x-ndjson"),
                       answer("MaHoSo;TrangThaiHoSo\nC;4\n", "text/csv"), answer("<html>", "text/html")});
  poll();
  poll();
  EXPECT_EQ(codes(), (Codes{"A", "B", "C"}));
  EXPECT_GT(poll(), 0s);
  EXPECT_NE(error().find("text/html"), std::string::npos) << error();
}

TEST_F(HttpSourceTest, GoesFromPageToPageOfOneServerOnly) {
  settings_.rows = "data.items";
  settings_.next = "data.next";
  settings_.cursor = "json:data.cursor";
  const auto page = [&](const std::string& row, const std::string& next) {
    return answer("{\"data\":{\"items\":[" + row + "],\"next\":" + next + ",\"cursor\":\"c-7\"}}");
  };
  server_.answer_with({page(dossier("A", "20260601080000"), "\"/ho-so?page=2\""),
                       page(dossier("B", "20260601080000"), "\"?page=3\""),
                       page(dossier("C", "20260601080000"), "null")});
  poll();
  EXPECT_EQ(error(), "");
  EXPECT_EQ(codes(), (Codes{"A", "B", "C"}));
  EXPECT_TRUE(asked("GET /ho-so?page=3 "));
  server_.answer_with({page(dossier("D", "20260601080000"), "\"http://127.0.0.1:1/steal\"")});
  poll();
  EXPECT_TRUE(asked("since=c-7"));
  EXPECT_NE(error().find("another server"), std::string::npos) << error();
  server_.answer_with({page("", "\"?page=1\"")});
  poll();
  EXPECT_NE(error().find("lead back"), std::string::npos) << error();
}

TEST_F(HttpSourceTest, EachErrorSaysWhatToDo) {
  const std::vector<std::pair<std::string, std::string>> errors = {{"401 Unauthorized", "token_file"},
                                                                   {"403 Forbidden", "token_file"},
                                                                   {"404 Not Found", "correct url"},
                                                                   {"302 Found", "has moved"},
                                                                   {"500 Internal", "tried again later"}};
  for (const auto& [status, next] : errors) {
    server_.answer_with({answer("{}", "application/json", "", status)});
    poll();
    EXPECT_NE(error().find(next), std::string::npos) << error();
    EXPECT_EQ(error().find("s3cret"), std::string::npos);
  }
  for (const std::string broken : {"[{\"MaHoSo\":", "{\"x\":1", "\"text\"", "[1,2"}) {
    server_.answer_with({answer(broken)});
    poll();
    EXPECT_NE(error(), "") << broken;
  }
  server_.answer_with({"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n[]",
                       "this is no HTTP\r\n\r\n"});
  settings_.timeout = 500ms;
  start();
  poll();
  EXPECT_NE(error(), "");
  poll();
  EXPECT_NE(error(), "");
  EXPECT_TRUE(codes().empty());
}

TEST_F(HttpSourceTest, WaitsLongerAfterEachErrorAndAsLongAsTheServerSays) {
  server_.answer_with({answer("", "text/plain", "", "503 Unavailable")});
  Duration longest{};
  for (int i = 0; i < 12; ++i) {
    const Duration wait = poll();
    EXPECT_GE(wait, settings_.interval / 2);
    EXPECT_LE(wait, std::chrono::hours(1));
    longest = std::max(longest, wait);
  }
  EXPECT_GE(longest, std::chrono::minutes(30));
  server_.answer_with({answer("", "text/plain", "Retry-After: 7200\r\n", "429 Too Many Requests")});
  EXPECT_EQ(poll(), std::chrono::hours(2));
  // A time is one of the server's own clock.
  server_.answer_with({answer("", "text/plain",
                              "Date: Thu, 31 Dec 2015 23:30:00 GMT\r\n"
                              "Retry-After: Fri, 01 Jan 2016 02:30:00 GMT\r\n",
                              "503 Unavailable")});
  EXPECT_EQ(poll(), std::chrono::hours(3));
  server_.answer_with({answer("[]")});
  EXPECT_EQ(poll(), settings_.interval);
}

TEST_F(HttpSourceTest, WhatTheOutboxRefusesIsAskedForAgain) {
  server_.answer_with({answer("[" + dossier("A", "20260601080000") + "]")});
  refuses_ = true;
  poll();
  EXPECT_NE(error().find("the disk is full"), std::string::npos);
  refuses_ = false;
  poll();
  EXPECT_FALSE(asked("since="));
  EXPECT_EQ(codes(), Codes{"A"});
}

TEST_F(HttpSourceTest, BadRowsAreReportedOnce) {
  const std::string text = "[" + dossier("A", "20260601080000") + "," + dossier("B", "tomorrow") + ",7]";
  server_.answer_with({answer(text)});
  poll();
  poll();
  start();
  poll();
  EXPECT_EQ(codes(), Codes{"A"});
  std::vector<std::filesystem::path> reports;
  for (const auto& entry : std::filesystem::directory_iterator(settings_.rejected_folder)) {
    reports.push_back(entry.path());
  }
  ASSERT_EQ(reports.size(), 1U);
  const std::string report = folder_.read(std::filesystem::path("rejected") / reports[0].filename());
  EXPECT_NE(report.find(",2,\"ThoiDiemXuLy\""), std::string::npos) << report;
  EXPECT_NE(report.find(",3,"), std::string::npos);
  EXPECT_EQ(report.find("Vàng"), std::string::npos);
}

TEST_F(HttpSourceTest, AnAnswerHasABound) {
  settings_.max_answer_bytes = 1000;
  server_.answer_with({answer("[" + std::string(2000, ' ') + "]")});
  poll();
  EXPECT_NE(error().find("max_answer_bytes"), std::string::npos) << error();
}

TEST_F(HttpSourceTest, ATokenThatOthersCanReadIsRefused) {
  std::filesystem::permissions(settings_.token_file, std::filesystem::perms::others_read,
                               std::filesystem::perm_options::add);
  poll();
  EXPECT_NE(error().find("chmod 600"), std::string::npos) << error();
  EXPECT_EQ(server_.visits(), 0U);
}

TEST_F(HttpSourceTest, ProvesWhomItSpeaksToBeforeTheTokenLeaves) {
  const test::Certificate certificate = test::make_certificate("IP:127.0.0.1", -1h, 1h);
  const test::Certificate stranger = test::make_certificate("IP:127.0.0.1", -1h, 1h);
  const test::Certificate expired = test::make_certificate("IP:127.0.0.1", -2h, -1h);
  const auto poll_with = [&](const test::Certificate& serves, const test::Certificate& trusted) {
    WebServer tls(loop_, Manner::answers, &serves, answer("[" + dossier("A", "20260601080000") + "]"));
    settings_.url = "https://127.0.0.1:" + std::to_string(tls.port()) + "/";
    settings_.ca_file = folder_.write("ca.pem", trusted.certificate).string();
    start();
    poll();
    return tls.visits();
  };
  EXPECT_EQ(poll_with(certificate, stranger), 0U);
  EXPECT_NE(error().find("TLS"), std::string::npos) << error();
  EXPECT_EQ(poll_with(expired, expired), 0U);
  EXPECT_NE(error().find("expired"), std::string::npos) << error();
  EXPECT_EQ(poll_with(certificate, certificate), 1U);
  EXPECT_EQ(error(), "");
  EXPECT_EQ(codes(), Codes{"A"});
}

TEST_F(HttpSourceTest, OfAnAnswerThatBrokeOffWithinALineTheLinesBeforeItCount) {
  const std::string begin = "MaHoSo,TrangThaiHoSo,ThoiDiemXuLy\r\nA,4,20260601080000\r\n";
  const std::string lines = dossier("C", "20260601080000") + "\n";
  // As whole as a row can look: all its fields are there.
  server_.answer_with({unmeasured(begin + "B,1,20260602080000"),
                       unmeasured(begin + "B,10,20260602080000\r\n"),
                       unmeasured(begin + "\"D\nE,4,20260603080000\r\n"),
                       unmeasured(lines + dossier("F", "20260603080000"), "application/x-ndjson"),
                       unmeasured("MaHoSo,TrangThaiHoSo,ThoiDi")});
  poll();
  EXPECT_NE(error().find("ends within a line"), std::string::npos) << error();
  EXPECT_NE(error().find("Content-Length"), std::string::npos) << error();
  EXPECT_EQ(codes(), Codes{"A"});
  poll();
  EXPECT_EQ(error(), "");
  EXPECT_FALSE(asked("since=")) << "all of it is asked for again";
  EXPECT_EQ(codes(), (Codes{"A", "B"}));
  poll();
  EXPECT_TRUE(asked("since="));
  EXPECT_FALSE(asked("If-None-Match")) << "nobody knows whether it was all";
  EXPECT_NE(error().find("ends within a line"), std::string::npos) << "in quotes a line goes on: " << error();
  poll();
  EXPECT_NE(error().find("ends within a line"), std::string::npos) << error();
  EXPECT_EQ(codes(), (Codes{"A", "B", "C"}));
  poll();
  EXPECT_NE(error().find("ends within a line"), std::string::npos) << error();
  EXPECT_EQ(codes().size(), 3U);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "rejected")) << "what is not there yet is not bad";
}

TEST_F(HttpSourceTest, WithALengthTheLastLineNeedsNoEnd) {
  server_.answer_with({answer("MaHoSo,TrangThaiHoSo,ThoiDiemXuLy\nA,4,20260601080000", "text/csv")});
  poll();
  EXPECT_EQ(error(), "");
  EXPECT_EQ(codes(), Codes{"A"});
}

TEST_F(HttpSourceTest, OverTlsAnAnswerThatIsNotClosedAsItShouldBeIsNone) {
  const test::Certificate certificate = test::make_certificate("IP:127.0.0.1", -1h, 1h);
  settings_.ca_file = folder_.write("ca.pem", certificate.certificate).string();
  WebServer tls(loop_, Manner::answers, &certificate,
                unmeasured("MaHoSo,TrangThaiHoSo,ThoiDiemXuLy\nA,4,20260601080000\n"));
  settings_.url = "https://127.0.0.1:" + std::to_string(tls.port()) + "/";
  poll();
  EXPECT_NE(error().find("broke off"), std::string::npos) << error();
  EXPECT_EQ(codes(), Codes{});
}

TEST_F(HttpSourceTest, AServerThatIsSilentIsGivenUp) {
  settings_.timeout = 100ms;
  WebServer silent(loop_, Manner::reads_silently, nullptr);
  settings_.url = "http://127.0.0.1:" + std::to_string(silent.port()) + "/";
  poll();
  EXPECT_NE(error().find("no answer in time"), std::string::npos) << error();
}

TEST(HttpProgress, IsReadBackAsItWasWritten) {
  const HttpProgress progress{"https://a/b", "c", "\"e\""};
  EXPECT_EQ(decode_http_progress(encode(progress)), progress);
  for (const char* text :
       {"", "dossier server 2\na\nb\nc\n", "dossier server 1\na\nb\n", "dossier server 1\na\nb\nc\nd\n"}) {
    EXPECT_EQ(decode_http_progress(text), std::nullopt);
  }
}

}  // namespace
}  // namespace xalink
