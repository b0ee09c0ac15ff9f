#pragma once
// One request and its answer, as a route of the gateway's HTTP server sees them.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace xalink {

struct HttpRequest {
  std::string method;  ///< "GET"
  std::string target;  ///< as it came, with its parameters
  std::string path;    ///< of the target; percent-encoding is left as it is
  std::map<std::string, std::string, std::less<>> parameters;  ///< the same; the last of a name counts
  std::string authorization;                                   ///< header; empty: none
  std::string peer;                                            ///< address and port
};

struct HttpAnswer {
  unsigned status = 200;
  std::string body;
  std::string content_type = "application/json";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// {"error": what, "next": next}
[[nodiscard]] HttpAnswer http_refusal(unsigned status, std::string_view what, std::string_view next = {});

/// Exactly one of answer() and begin() has to be called. Errors of the connection are thrown as
/// boost::system::system_error: let them through, the connection is over then.
/// Thread-safety: one loop.
class HttpExchange {
 public:
  HttpExchange() = default;
  HttpExchange(const HttpExchange&) = delete;
  HttpExchange& operator=(const HttpExchange&) = delete;
  virtual ~HttpExchange() = default;

  [[nodiscard]] virtual const HttpRequest& request() const = 0;

  /// Some of the request's body; 0: that was all. Throws http::error::body_limit beyond the limit. What is
  /// not read costs the client its connection.
  virtual boost::asio::awaitable<std::size_t> read(boost::asio::mutable_buffer into) = 0;
  /// Before the first read(); 0 until then.
  virtual void limit_body(std::uint64_t bytes) = 0;

  virtual boost::asio::awaitable<void> answer(HttpAnswer answer) = 0;

  /// An answer whose body comes bit by bit, of no length that is known; `head.body` is not sent.
  virtual boost::asio::awaitable<void> begin(HttpAnswer head) = 0;
  virtual boost::asio::awaitable<void> write(boost::asio::const_buffer some) = 0;
  virtual boost::asio::awaitable<void> finish() = 0;
};

/// What it throws, but for errors of the connection, is a bug that ends the program.
using HttpRoute = std::function<boost::asio::awaitable<void>(HttpExchange&)>;

}  // namespace xalink
