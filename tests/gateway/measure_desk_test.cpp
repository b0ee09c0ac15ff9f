// Boards measure against the gateway's HTTP server: over real sockets, with real keys.

#include "gateway/measure_desk.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <optional>

#include "gateway/http/http_server.hpp"
#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;

const NodeId kBoard{"VN-03", "xa-lung-cu"};

struct Heard {
  unsigned status = 0;
  std::string body;
  std::string retry_after;
  bool closed = false;  ///< without an answer
};

class Client {
 public:
  Client(asio::io_context& loop, std::uint16_t port)
      : socket_(loop), server_(asio::ip::address_v4::loopback(), port) {}

  asio::awaitable<Heard> ask(std::string request) {
    boost::system::error_code error;
    if (!socket_.is_open()) co_await socket_.async_connect(server_, asio::use_awaitable);
    co_await asio::async_write(socket_, asio::buffer(request),
                               asio::redirect_error(asio::use_awaitable, error));
    http::response_parser<http::string_body> parser;
    parser.body_limit(std::uint64_t{1} << 30U);
    co_await http::async_read(socket_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    Heard heard;
    heard.closed = error.failed();
    if (heard.closed) co_return heard;
    heard.status = parser.get().result_int();
    heard.retry_after = std::string(parser.get()[http::field::retry_after]);
    heard.body = parser.get().body();
    co_return heard;
  }
  tcp::socket& socket() { return socket_; }

 private:
  tcp::socket socket_;
  tcp::endpoint server_;
  boost::beast::flat_buffer buffer_;
};

class MeasureDeskTest : public LoopTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(keys_ / kBoard.group);
    const auto key = SigningKey::load_or_make(folder_ / "board.key");
    ASSERT_TRUE(key.has_value());
    key_.emplace(*key);
    std::ofstream(keys_ / kBoard.group / (kBoard.node + ".pem")) << key->public_key().pem();
    settings_.address = "127.0.0.1";
    limits_.seconds = std::chrono::seconds(5);
    limits_.bytes = 50'000'000;
  }

  void serve() {
    KnownBoards known;
    known.keys_folder = keys_;
    desk_.emplace(clock, known, limits_);
    server_.emplace(loop.get_executor(), clock, settings_);
    server_->route(std::string(kMeasurePath), [this](HttpExchange& talk) { return desk_->answer(talk); });
    ASSERT_TRUE(server_->open().has_value());
    asio::co_spawn(loop, server_->run(),
                   asio::bind_cancellation_slot(stop_.slot(), [](std::exception_ptr) {}));
  }
  void TearDown() override {
    stop_.emit(asio::cancellation_type::terminal);
    const auto begin = clock.steady();
    loop.restart();
    while (server_ && server_->connections() > 0 && clock.steady() - begin < std::chrono::seconds(60)) {
      loop.run_one_for(std::chrono::milliseconds(100));
    }
    EXPECT_EQ(server_->connections(), 0U) << "what is stopped ends its connections";
    EXPECT_EQ(desk_->running(), 0U);
  }

  Client client() { return Client(loop, server_->port()); }
  Heard ask(Client& client, const std::string& request) { return run(client.ask(request)); }
  static std::string line(const std::string& method, const std::string& target,
                          const std::string& more = {}) {
    return method + " " + target + " HTTP/1.1\r\nHost: gateway\r\n" + more + "\r\n";
  }
  std::string challenge(Client& client) {
    const auto heard = ask(client, line("GET", "/measure"));
    EXPECT_EQ(heard.status, 200U) << heard.body;
    return std::string(boost::json::parse(heard.body).as_object().at("challenge").as_string());
  }
  std::string pass(const std::string& challenge, const std::string& method, const std::string& target) {
    const auto made = make_pass(kBoard, challenge, *key_, {}, method, target);
    EXPECT_TRUE(made.has_value());
    return "Authorization: " + made->to_header() + "\r\n";
  }
  std::string signed_line(Client& client, const std::string& method, const std::string& target,
                          const std::string& more = {}) {
    return line(method, target, pass(challenge(client), method, target) + more);
  }

  ScratchFolder folder_;
  std::filesystem::path keys_ = folder_ / "boards";
  std::optional<SigningKey> key_;
  HttpSettings settings_;
  MeasureLimits limits_;
  std::optional<MeasureDesk> desk_;
  std::optional<HttpServer> server_;
  asio::cancellation_signal stop_;
};

TEST_F(MeasureDeskTest, SendsAsManyBytesAsWereAskedFor) {
  serve();
  auto talk = client();
  const auto heard = ask(talk, signed_line(talk, "GET", "/measure/download?seconds=5&bytes=3000001"));
  EXPECT_EQ(heard.status, 200U);
  EXPECT_EQ(heard.body.size(), 3'000'001U);
  // The connection is good for more.
  const auto again = ask(talk, signed_line(talk, "GET", "/measure/download?seconds=5&bytes=1"));
  EXPECT_EQ(again.body.size(), 1U);
}

TEST_F(MeasureDeskTest, TellsWhatArrived) {
  serve();
  auto talk = client();
  std::string body =
      signed_line(talk, "POST", "/measure/upload?seconds=5&bytes=400000", "Transfer-Encoding: chunked\r\n");
  for (int i = 0; i < 4; ++i) body += "186a0\r\n" + std::string(100'000, 'x') + "\r\n";
  const auto heard = ask(talk, body + "0\r\n\r\n");
  EXPECT_EQ(heard.status, 200U);
  const auto told = boost::json::parse(heard.body).as_object();
  EXPECT_EQ(told.at("bytes").to_number<std::uint64_t>(), 400'000U);
  EXPECT_EQ(ask(talk, line("GET", "/measure")).status, 200U) << "the connection is good for more";
}

TEST_F(MeasureDeskTest, MoreThanWasAskedForEndsTheConnection) {
  serve();
  auto talk = client();
  std::string body =
      signed_line(talk, "POST", "/measure/upload?seconds=5&bytes=1000", "Transfer-Encoding: chunked\r\n");
  body += "186a0\r\n" + std::string(100'000, 'x') + "\r\n0\r\n\r\n";
  EXPECT_TRUE(ask(talk, body).closed);
}

TEST_F(MeasureDeskTest, RefusesWhoIsNotKnown) {
  serve();
  const std::string target = "/measure/download?seconds=1&bytes=1000";
  auto talk = client();
  EXPECT_EQ(ask(talk, line("GET", target)).status, 401U) << "no pass";
  EXPECT_EQ(ask(talk, line("GET", target, "Authorization: Xalink AAAA.BBBB\r\n")).status, 401U);
  EXPECT_EQ(ask(talk, line("GET", target, pass("bm90IG91cnM=", "GET", target))).status, 401U)
      << "a challenge that nobody gave";
  const auto once = pass(challenge(talk), "GET", target);
  EXPECT_EQ(ask(talk, line("GET", target, once)).status, 200U);
  EXPECT_EQ(ask(talk, line("GET", target, once)).status, 401U) << "used before";
  const auto small = pass(challenge(talk), "GET", target);
  EXPECT_EQ(ask(talk, line("GET", "/measure/download?seconds=1&bytes=2000", small)).status, 403U)
      << "signed for another test";
  key_.emplace(*SigningKey::load_or_make(folder_ / "other.key"));
  const auto stranger = ask(talk, signed_line(talk, "GET", target));
  EXPECT_EQ(stranger.status, 403U);
  EXPECT_NE(stranger.body.find("another key"), std::string::npos) << stranger.body;
}

TEST_F(MeasureDeskTest, RefusesWhatItDoesNotOffer) {
  serve();
  auto talk = client();
  EXPECT_EQ(ask(talk, line("GET", "/")).status, 404U);
  EXPECT_EQ(ask(talk, line("GET", "/measured")).status, 404U);
  EXPECT_EQ(ask(talk, line("GET", "/measure/other")).status, 404U);
  EXPECT_EQ(ask(talk, line("DELETE", "/measure")).status, 405U);
  for (const auto* much :
       {"seconds=6&bytes=1", "seconds=1&bytes=50000001", "seconds=0&bytes=1", "bytes=1", "seconds=1&bytes=-1",
        "seconds=1&bytes=1e3", "seconds=&bytes=1", "seconds=99999999999999999999&bytes=1"}) {
    const auto heard = ask(talk, signed_line(talk, "GET", std::string("/measure/download?") + much));
    EXPECT_EQ(heard.status, 400U) << much;
  }
  const auto nonsense = ask(talk, "\x16\x03\x01 no HTTP at all\r\n\r\n");
  EXPECT_EQ(nonsense.status, 400U);
  auto long_header = client();
  const auto refused = ask(long_header, line("GET", "/measure", "X: " + std::string(40'000, 'x') + "\r\n"));
  EXPECT_EQ(refused.status, 431U);
}

TEST_F(MeasureDeskTest, OthersWaitTheirTurn) {
  limits_.simultaneous = 1;
  serve();
  auto first = client();
  auto second = client();
  const auto held_back = signed_line(second, "GET", "/measure/download?seconds=5&bytes=1000");
  // A test that goes on for as long as nobody reads it.
  const auto begin = signed_line(first, "GET", "/measure/download?seconds=5&bytes=50000000");
  first.socket().set_option(asio::socket_base::receive_buffer_size(4096));
  run([](Client& talk, std::string text) -> asio::awaitable<bool> {
    co_await asio::async_write(talk.socket(), asio::buffer(text), asio::use_awaitable);
    co_await talk.socket().async_wait(tcp::socket::wait_read, asio::use_awaitable);
    co_return true;
  }(first, begin));
  ASSERT_EQ(desk_->running(), 1U);
  const auto refused = ask(second, held_back);
  EXPECT_EQ(refused.status, 503U);
  EXPECT_EQ(refused.retry_after, "60");
  EXPECT_EQ(ask(second, line("GET", "/measure")).status, 503U);
  first.socket().close();
  auto waited = clock.steady();
  while (desk_->running() > 0 && clock.steady() - waited < std::chrono::seconds(60)) {
    loop.restart();
    loop.run_one_for(std::chrono::milliseconds(100));
  }
  EXPECT_EQ(ask(second, signed_line(second, "GET", "/measure/download?seconds=5&bytes=1000")).status, 200U);
}

TEST_F(MeasureDeskTest, WhoSaysHalfAHeaderIsNotWaitedForLong) {
  settings_.patience = std::chrono::milliseconds(300);
  serve();
  auto slow = client();
  EXPECT_TRUE(ask(slow, "GET /measure HTTP/1.1\r\nHost: ").closed);
  auto silent = client();
  EXPECT_TRUE(ask(silent, "").closed);
}

TEST_F(MeasureDeskTest, OneAddressCannotTakeAllConnections) {
  settings_.connections_per_address = 2;
  serve();
  auto first = client();
  auto second = client();
  EXPECT_EQ(ask(first, line("GET", "/measure")).status, 200U);
  EXPECT_EQ(ask(second, line("GET", "/measure")).status, 200U);
  auto third = client();
  EXPECT_TRUE(ask(third, line("GET", "/measure")).closed);
  EXPECT_EQ(ask(first, line("GET", "/measure")).status, 200U) << "who is there stays";
}

TEST_F(MeasureDeskTest, APortThatIsTakenIsAnErrorThatSaysWhatToDo) {
  serve();
  HttpSettings same = settings_;
  same.port = server_->port();
  HttpServer other(loop.get_executor(), clock, same);
  const auto opened = other.open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_NE(opened.error().next.find("ss -ltnp"), std::string::npos);
  same.port = 0;
  same.certificate_file = folder_ / "board.key";
  same.key_file = folder_ / "board.key";
  HttpServer odd(loop.get_executor(), clock, same);
  const auto no_certificate = odd.open();
  ASSERT_FALSE(no_certificate.has_value());
  EXPECT_EQ(no_certificate.error().where, same.certificate_file.string());
}

}  // namespace
}  // namespace xalink::test
