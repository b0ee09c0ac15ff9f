#include "sparkplug/http_tunnel.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstddef>
#include <string_view>
#include <tuple>

#include "sparkplug/rethrow_cancel.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLongestHead = 16 * 1024;  // error pages follow the head, and nobody reads those

}  // namespace

asio::awaitable<TunnelAnswer> open_tunnel(asio::ip::tcp::socket& socket, HttpProxy proxy, std::string host,
                                          std::uint16_t port) {
  const std::string request = tunnel_request(proxy, host, port);
  TunnelAnswer answer;
  auto written = co_await asio::async_write(socket, asio::buffer(request), kAsValue);
  if (const error_code error = std::get<0>(written)) {
    rethrow_cancel(error);
    answer.reason = "the proxy hung up: " + error.message();
    co_return answer;
  }
  std::string head;
  auto buffer = asio::dynamic_buffer(head, kLongestHead);
  auto read = co_await asio::async_read_until(socket, buffer, std::string_view("\r\n\r\n"), kAsValue);
  const error_code error = std::get<0>(read);
  const std::size_t size = std::get<1>(read);
  rethrow_cancel(error);
  if (error) {
    const bool closed = error == asio::error::eof;
    answer.reason = closed ? "the proxy hung up" : "the proxy's answer cannot be read: " + error.message();
    co_return answer;
  }
  answer = tunnel_answer(std::string_view(head).substr(0, size));
  // Who is asked waits for the first word: what comes before it cannot be put back.
  if (answer.kind == TunnelAnswer::Kind::open && head.size() > size) {
    answer.kind = TunnelAnswer::Kind::refused;
    answer.reason = "the proxy sends more than the answer";
  }
  co_return answer;
}

}  // namespace xalink
