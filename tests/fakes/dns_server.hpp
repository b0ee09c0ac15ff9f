#pragma once
// A DNS server on loopback that says what a test wants it to say.

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/udp.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace xalink::test {

class DnsServer {
 public:
  /// What a name gets. Names that are not known get NXDOMAIN.
  struct Reply {
    std::uint8_t rcode = 0;
    std::vector<std::array<std::uint8_t, 4>> a;
    std::vector<std::array<std::uint8_t, 16>> aaaa;
    bool silent = false;   ///< no reply at all
    bool garbage = false;  ///< a datagram that is no DNS message
  };

  /// Answers on the loop from now on, on a free port of 127.0.0.1.
  explicit DnsServer(boost::asio::io_context& loop);

  void set(const std::string& name, Reply reply) { replies_[name] = std::move(reply); }
  /// "127.0.0.1:port", as resolver settings take it.
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::size_t questions() const { return questions_; }
  /// Closes the port: further questions are refused by the kernel.
  void close();

 private:
  void receive();
  void answer(std::size_t size);

  boost::asio::ip::udp::socket socket_;
  boost::asio::ip::udp::endpoint peer_;
  std::array<std::uint8_t, 512> datagram_{};
  std::map<std::string, Reply> replies_;
  std::size_t questions_ = 0;
};

}  // namespace xalink::test
