#include "agent/dossiers/http_get.hpp"

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include "agent/tls_client.hpp"
#include "sparkplug/http_tunnel.hpp"
#include "sparkplug/rethrow_cancel.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
constexpr const char* kTryAgain = "it is tried again later; check the network and the address if this stays";

std::string place(const ServiceUrl& url) {
  return authority(url) + url.path.substr(0, url.path.find('?'));
}

template <class Stream>
asio::awaitable<Result<HttpAnswer>> ask_over(Stream& stream, const HttpQuestion& question) {
  http::request<http::empty_body> request(http::verb::get, question.url.path, 11);
  request.set(http::field::host, authority(question.url));
  request.set(http::field::user_agent, "xalink-agent");
  request.set(http::field::accept, question.accept);
  request.set(http::field::accept_encoding, "identity");
  request.set(http::field::connection, "close");
  if (!question.token.empty()) request.set(http::field::authorization, "Bearer " + question.token);
  if (!question.etag.empty()) request.set(http::field::if_none_match, question.etag);
  auto written = co_await http::async_write(stream, request, kAsValue);
  if (const error_code error = std::get<0>(written)) {
    rethrow_cancel(error);
    co_return failure(place(question.url), "the question could not be sent: " + error.message(), kTryAgain);
  }
  boost::beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(question.max_answer_bytes);
  auto read = co_await http::async_read(stream, buffer, parser, kAsValue);
  const error_code error = std::get<0>(read);
  if (error == http::error::body_limit) {
    co_return failure(place(question.url),
                      "the answer is larger than " + std::to_string(question.max_answer_bytes) + " bytes",
                      "ask the server for smaller pages, or raise max_answer_bytes");
  }
  if (error) {
    rethrow_cancel(error);
    const bool closed = error == http::error::end_of_stream || error == http::error::partial_message ||
                        error == asio::ssl::error::stream_truncated;
    const std::string why = closed ? "the answer broke off" : "the answer cannot be read: " + error.message();
    co_return failure(place(question.url), why, kTryAgain);
  }
  auto& response = parser.get();
  HttpAnswer answer;
  const auto field = [&](auto name) { return std::string(response[name]); };
  answer.status = response.result_int();
  answer.end_is_sure = !parser.need_eof() || !std::is_same_v<Stream, tcp::socket>;
  answer.etag = field(http::field::etag);
  answer.content_encoding = field(http::field::content_encoding);
  answer.date = field(http::field::date);
  answer.retry_after = field(http::field::retry_after);
  answer.link = field(http::field::link);
  if (!question.header.empty()) answer.header = field(question.header);
  std::string type = field(http::field::content_type);
  type = type.substr(0, type.find(';'));
  while (!type.empty() && type.back() == ' ') type.pop_back();
  std::transform(type.begin(), type.end(), type.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  answer.content_type = std::move(type);
  answer.body = std::move(response.body());
  co_return answer;
}

asio::awaitable<Result<HttpAnswer>> ask_over_tls(tcp::socket& socket, const HttpQuestion& question) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  if (const error_code error = trust(context, question.ca_file)) {
    co_return failure(question.ca_file, "the certificates to trust cannot be loaded: " + error.message(),
                      "name a readable file with certificates in PEM form");
  }
  asio::ssl::stream<tcp::socket&> stream(socket, context);
  if (!expect_host(stream.native_handle(), question.url.host)) {
    co_return failure(place(question.url), "the host name is not one that certificates can hold",
                      "correct the URL");
  }
  auto shaken = co_await stream.async_handshake(asio::ssl::stream_base::client, kAsValue);
  if (const error_code refused = std::get<0>(shaken)) {
    rethrow_cancel(refused);
    const std::string why = handshake_failure(stream.native_handle(), refused);
    co_return failure(place(question.url), "TLS: " + why,
                      "check the server's certificate, and ca_file if it is signed by the province itself");
  }
  auto asking = ask_over(stream, question);
  auto answer = co_await std::move(asking);
  co_return answer;
}

asio::awaitable<Result<HttpAnswer>> ask(ResolverSettings resolver, HttpQuestion question) {
  auto executor = co_await asio::this_coro::executor;
  // Through a proxy it is the proxy that is connected to; in the clear too, so that nobody there keeps
  // copies.
  const NextHost next = next_host(question.proxy, question.url.host, question.url.port);
  auto search = resolve(std::move(resolver), next.host);
  const auto addresses = co_await std::move(search);
  if (!addresses) co_return failure(place(question.url), addresses.error().what, kTryAgain);
  std::string why;
  for (const asio::ip::address& address : *addresses) {
    tcp::socket socket(executor);
    const tcp::endpoint endpoint(address, next.port);
    auto connected = co_await socket.async_connect(endpoint, kAsValue);
    if (const error_code error = std::get<0>(connected)) {
      rethrow_cancel(error);
      why = (next.proxied ? "the proxy " + next.host + ": " : std::string()) + error.message();
      continue;
    }
    if (next.proxied) {
      auto opening = open_tunnel(socket, *question.proxy, question.url.host, question.url.port);
      const TunnelAnswer tunnel = co_await std::move(opening);
      if (tunnel.kind != TunnelAnswer::Kind::open)
        co_return failure(place(question.url), tunnel.reason, kTryAgain);
    }
    if (question.url.scheme == ServiceUrl::Scheme::https) {
      auto asking = ask_over_tls(socket, question);
      auto answer = co_await std::move(asking);
      co_return answer;
    }
    auto asking = ask_over(socket, question);
    auto answer = co_await std::move(asking);
    co_return answer;
  }
  co_return failure(place(question.url), "cannot be connected to: " + why, kTryAgain);
}

/// with_timeout() needs a type that can be made from nothing.
struct Outcome {
  std::optional<Result<HttpAnswer>> answer;
};

asio::awaitable<Outcome> ask_to_the_end(ResolverSettings resolver, HttpQuestion question) {
  auto asking = ask(std::move(resolver), std::move(question));
  auto answer = co_await std::move(asking);
  Outcome outcome;
  outcome.answer.emplace(std::move(answer));
  co_return outcome;
}

}  // namespace

asio::awaitable<Result<HttpAnswer>> http_get(Clock& clock, ResolverSettings resolver, HttpQuestion question,
                                             Duration limit) {
  const std::string where = place(question.url);
  auto asking = ask_to_the_end(std::move(resolver), std::move(question));
  auto outcome = co_await with_timeout(clock, limit, std::move(asking));
  if (!outcome) co_return failure(where, "gave no answer in time", kTryAgain);
  co_return std::move(*outcome->answer);
}

}  // namespace xalink
