#pragma once
// The gateway's HTTP server: measurements of boards now, later the API and the pages that people read.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "gateway/http/http_exchange.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct HttpSettings {
  std::string address;  ///< IP address to listen on; empty: no HTTP
  std::uint16_t port = 0;
  std::filesystem::path certificate_file;  ///< with its chain, PEM; empty: in the clear
  std::filesystem::path key_file;
  /// At a time; more are closed at once, so that nobody can hold all of the program's descriptors.
  std::size_t connections = 200;
  std::size_t connections_per_address = 32;
  /// To shake hands; to say a whole header, for the first request and between requests.
  Milliseconds patience = std::chrono::seconds(10);
  /// For one exchange, whatever its route does.
  Milliseconds longest_exchange = std::chrono::minutes(5);
};

/// HTTP/1.1 with keep-alive. Thread-safety: one loop.
class HttpServer {
 public:
  HttpServer(boost::asio::any_io_executor executor, Clock& clock, HttpSettings settings);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// `path` and all below it, unless a longer one is known. Before run().
  void route(std::string path, HttpRoute route);

  /// Reads the certificate and takes the port. On error nothing is open.
  [[nodiscard]] Result<void> open();
  /// After open(): the one that the kernel chose for port 0.
  [[nodiscard]] std::uint16_t port() const;

  /// Serves until cancelled, then ends every connection. Opens first when it is not open; while that fails
  /// (somebody else has the port, a certificate is being replaced) it says so and tries again.
  boost::asio::awaitable<void> run();

  [[nodiscard]] std::size_t connections() const;

 private:
  struct State;
  std::shared_ptr<State> state_;  ///< connections may outlive this
};

}  // namespace xalink
