#pragma once
// A service on loopback, with a certificate or without, well or in one of the ways services are ill.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace xalink::test {

/// A fresh key and a certificate, which signs itself unless an authority did; both PEM.
struct Certificate {
  std::string key;
  std::string certificate;
};

/// `names` as OpenSSL writes alternative names: "IP:127.0.0.1,DNS:service.test". Validity from now on.
[[nodiscard]] Certificate make_certificate(const std::string& names, std::chrono::seconds valid_from,
                                           std::chrono::seconds valid_until);
/// Signed by an authority, which is one of the above.
[[nodiscard]] Certificate make_certificate(const std::string& names, std::chrono::seconds valid_from,
                                           std::chrono::seconds valid_until, const Certificate& authority);

class WebServer {
 public:
  enum class Manner {
    answers,           ///< sends the response to whatever comes
    accepts_silently,  ///< takes the connection and says nothing, not even a handshake
    reads_silently,    ///< shakes hands, reads, and never answers
    hangs_up,          ///< closes as soon as something came
  };

  /// Serves on the loop from now on, on a free port of 127.0.0.1; TLS when there is a certificate.
  WebServer(boost::asio::io_context& loop, Manner manner, const Certificate* certificate,
            std::string response = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");

  [[nodiscard]] std::uint16_t port() const { return acceptor_.local_endpoint().port(); }
  /// From now on: one for each client, the last for all that follow.
  void answer_with(std::vector<std::string> responses) { responses_ = {responses.begin(), responses.end()}; }
  /// From now on, in place of the one before.
  void show(const Certificate& certificate);
  [[nodiscard]] std::size_t visits() const { return visits_; }
  /// What the last client sent, as far as it was read.
  [[nodiscard]] const std::string& request() const { return request_; }

 private:
  struct Visit;
  template <class Stream>
  void serve(Stream& stream, const std::shared_ptr<Visit>& visit);
  void accept();

  boost::asio::io_context& loop_;
  Manner manner_;
  std::optional<boost::asio::ssl::context> tls_;
  std::deque<std::string> responses_;
  std::size_t visits_ = 0;
  std::string request_;
  boost::asio::ip::tcp::acceptor acceptor_;
};

}  // namespace xalink::test
