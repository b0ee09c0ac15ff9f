#include "gateway/http/http_connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>
#include <cassert>
#include <optional>
#include <utility>

#include "sparkplug/version.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

// A pass with a chain of certificates is the largest thing that anybody has to say here.
constexpr std::uint32_t kMostHeader = 32 * 1024;
// What the kernel may hold unsent: an answer that takes long shall end when it says so, on slow links too.
constexpr int kUnsent = 16 * 1024;
constexpr Duration kHearOut = std::chrono::seconds(2);
constexpr std::size_t kMostUnheard = std::size_t{1} << 20U;

HttpRequest request_of(const http::request<http::buffer_body>& message, const std::string& peer) {
  HttpRequest request;
  request.method = std::string(message.method_string());
  request.target = std::string(message.target());
  request.path = request.target.substr(0, request.target.find('?'));
  request.authorization = std::string(message[http::field::authorization]);
  request.peer = peer;
  if (request.path.size() == request.target.size()) return request;
  std::string_view rest = std::string_view(request.target).substr(request.path.size() + 1);
  while (!rest.empty()) {
    const auto end = rest.find('&');
    const auto one = rest.substr(0, end);
    const auto equals = one.find('=');
    const auto value = equals == std::string_view::npos ? std::string_view() : one.substr(equals + 1);
    request.parameters.insert_or_assign(std::string(one.substr(0, equals)), std::string(value));
    if (end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return request;
}

template <class Stream>
class Exchange final : public HttpExchange {
 public:
  Exchange(Stream& stream, boost::beast::flat_buffer& buffer, const std::string& peer)
      : stream_(stream), buffer_(buffer), peer_(peer) {
    parser_.header_limit(kMostHeader);
    parser_.body_limit(boost::none);  // it would refuse a body before its route is asked
  }

  /// False: the client has no more to ask.
  asio::awaitable<bool> hear() {
    error_code error;
    co_await http::async_read_header(stream_, buffer_, parser_,
                                     asio::redirect_error(asio::use_awaitable, error));
    if (error == http::error::end_of_stream) co_return false;
    if (error) {
      bad_ = error;
      // Not HTTP, or a header without end; of a broken connection nobody hears an answer.
      const bool is_http_error =
          error.category() == http::make_error_code(http::error::bad_method).category();
      if (!is_http_error) throw boost::system::system_error(error);
      co_return true;
    }
    request_ = request_of(parser_.get(), peer_);
    co_return true;
  }
  [[nodiscard]] const error_code& bad() const { return bad_; }
  [[nodiscard]] bool answered() const { return answered_; }
  [[nodiscard]] bool goes_on() const { return keep_alive_; }

  [[nodiscard]] const HttpRequest& request() const override { return request_; }
  void limit_body(std::uint64_t bytes) override { most_body_ = bytes; }

  asio::awaitable<std::size_t> read(asio::mutable_buffer into) override {
    if (parser_.is_done()) co_return 0;
    auto& body = parser_.get().body();
    body.data = into.data();
    body.size = into.size();
    error_code error;
    co_await http::async_read_some(stream_, buffer_, parser_,
                                   asio::redirect_error(asio::use_awaitable, error));
    while (!error && body.size == into.size() && !parser_.is_done()) {  // only a chunk's header so far
      co_await http::async_read_some(stream_, buffer_, parser_,
                                     asio::redirect_error(asio::use_awaitable, error));
    }
    if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
    const std::size_t got = into.size() - body.size;
    body.data = nullptr;
    body_ += got;
    if (body_ > most_body_) throw boost::system::system_error(http::error::body_limit);
    co_return got;
  }

  asio::awaitable<void> answer(HttpAnswer answer) override {
    http::response<http::string_body> response;
    dress(response, answer);
    response.body() = std::move(answer.body);
    response.prepare_payload();
    co_await http::async_write(stream_, response, asio::use_awaitable);
  }

  asio::awaitable<void> begin(HttpAnswer head) override {
    response_.emplace();
    dress(*response_, head);
    response_->chunked(true);
    response_->body().data = nullptr;
    response_->body().more = true;
    serializer_.emplace(*response_);
    co_await http::async_write_header(stream_, *serializer_, asio::use_awaitable);
  }

  asio::awaitable<void> write(asio::const_buffer some) override {
    auto& body = response_->body();
    body.data = const_cast<void*>(some.data());  // the body is one for reading too; nothing writes to it
    body.size = some.size();
    body.more = true;
    error_code error;
    co_await http::async_write(stream_, *serializer_, asio::redirect_error(asio::use_awaitable, error));
    if (error && error != http::error::need_buffer) throw boost::system::system_error(error);
  }

  asio::awaitable<void> finish() override {
    auto& body = response_->body();
    body.data = nullptr;
    body.size = 0;
    body.more = false;
    co_await http::async_write(stream_, *serializer_, asio::use_awaitable);
  }

 private:
  template <class Response>
  void dress(Response& response, const HttpAnswer& answer) {
    assert(!answered_);
    answered_ = true;
    const bool heard = !bad_ && parser_.is_done();
    keep_alive_ = heard && parser_.get().keep_alive();
    response.version(11);
    response.result(answer.status);
    response.set(http::field::server, "xalink-gateway");
    response.set(http::field::content_type, answer.content_type);
    response.set(http::field::cache_control, "no-store, no-transform");
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    response.keep_alive(keep_alive_);
  }

  Stream& stream_;
  boost::beast::flat_buffer& buffer_;
  const std::string& peer_;
  http::request_parser<http::buffer_body> parser_;
  HttpRequest request_;
  error_code bad_;
  std::uint64_t most_body_ = 0;
  std::uint64_t body_ = 0;
  bool answered_ = false;
  bool keep_alive_ = false;
  std::optional<http::response<http::buffer_body>> response_;
  std::optional<http::response_serializer<http::buffer_body>> serializer_;
};

/// with_timeout() needs a value.
template <class Stream>
asio::awaitable<bool> answer_one(Exchange<Stream>& exchange, const FindRoute& find) {
  if (exchange.bad()) {
    const bool long_header = exchange.bad() == http::error::header_limit;
    auto refusing = exchange.answer(http_refusal(long_header ? 431 : 400, exchange.bad().message()));
    co_await std::move(refusing);
    co_return false;
  }
  const HttpRoute* route = find(exchange.request().path);
  if (route == nullptr) {
    auto refusing = exchange.answer(http_refusal(404, "there is no such page"));
    co_await std::move(refusing);
  } else {
    auto answering = (*route)(exchange);
    co_await std::move(answering);
  }
  assert(exchange.answered());
  co_return exchange.goes_on();
}

/// Closing on what the client still sends would make its system throw our answer away.
asio::awaitable<bool> hear_out(tcp::socket& socket) {
  std::array<char, 4096> rest{};
  std::size_t heard = 0;
  error_code error;
  while (!error && heard < kMostUnheard) {
    heard +=
        co_await socket.async_read_some(asio::buffer(rest), asio::redirect_error(asio::use_awaitable, error));
  }
  co_return true;
}

template <class Stream>
asio::awaitable<void> serve(Stream& stream, tcp::socket& socket, Clock& clock, const HttpPatience& patience,
                            const std::string& peer, const FindRoute& find) {
  error_code ignored;
  (void)::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsent, sizeof kUnsent);
  boost::beast::flat_buffer buffer(kMostHeader + 64 * 1024);
  for (;;) {
    Exchange<Stream> one(stream, buffer, peer);
    auto hearing = one.hear();
    const auto heard = co_await with_timeout(clock, patience.header, std::move(hearing));
    if (!heard.value_or(false)) break;
    auto exchanging = answer_one(one, find);
    const auto goes_on = co_await with_timeout(clock, patience.exchange, std::move(exchanging));
    if (!goes_on.value_or(false)) break;
  }
  socket.shutdown(tcp::socket::shutdown_send, ignored);
  auto hearing = hear_out(socket);
  co_await with_timeout(clock, kHearOut, std::move(hearing));
}

}  // namespace

HttpAnswer http_refusal(unsigned status, std::string_view what, std::string_view next) {
  boost::json::object told;
  told["error"] = what;
  if (!next.empty()) told["next"] = next;
  HttpAnswer answer;
  answer.status = status;
  answer.body = boost::json::serialize(told) + "\n";
  return answer;
}

asio::awaitable<void> serve_connection(tcp::socket& stream, tcp::socket& socket, Clock& clock,
                                       const HttpPatience& patience, const std::string& peer,
                                       const FindRoute& find) {
  return serve(stream, socket, clock, patience, peer, find);
}

asio::awaitable<void> serve_connection(asio::ssl::stream<tcp::socket&>& stream, tcp::socket& socket,
                                       Clock& clock, const HttpPatience& patience, const std::string& peer,
                                       const FindRoute& find) {
  return serve(stream, socket, clock, patience, peer, find);
}

}  // namespace xalink
