#pragma once
// An office, its router, and an Internet with an anchor, a DNS and two services, each of which can be broken.
//
//   board --veth--> router (the first hop) --veth--> Internet (the test's own namespace)

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "tests/fakes/dns_server.hpp"
#include "tests/fakes/web_server.hpp"
#include "tests/faults/links/net_space.hpp"

namespace xalink::test {

/// What is broken.
struct Breakage {
  bool cable = false;
  bool first_hop = false;     ///< the router is there no more
  bool upstream = false;      ///< what the router forwards is lost
  bool third_lost = false;    ///< a third of that, at random
  bool login = false;         ///< the router lets names through, and web pages to one that wants a login
  bool anchors_free = false;  ///< and that router lets anchors through as well
  bool large_lost = false;    ///< large packets to the office vanish, and nobody says so
  bool icmp = false;          ///< echo requests are dropped, by everybody
  bool dns_silent = false;    ///< the DNS does not answer
  bool dns_refuses = false;   ///< it answers SERVFAIL
  bool dns_lies = false;      ///< it gives the address of somebody else
  bool tax_down = false;      ///< this service swallows everything
  bool tax_expired = false;   ///< its certificate
};

/// The calling thread is the Internet: NetSpace::move_here() comes before. Real servers on a thread of its
/// own.
class SmallInternet {
 public:
  static constexpr const char* kInterface = "up0";  ///< of the board
  static constexpr const char* kAnchor = "198.51.100.1";
  static constexpr const char* kAnchorPort = "198.51.100.1:53";
  static constexpr const char* kDns = "198.51.100.53";
  static constexpr const char* kBroker = "198.51.100.18";  ///< on port 1883: the broker of this machine

  explicit SmallInternet(std::uint16_t broker_port);
  ~SmallInternet();
  SmallInternet(const SmallInternet&) = delete;
  SmallInternet& operator=(const SmallInternet&) = delete;

  [[nodiscard]] const NetSpace& board() const { return board_; }
  /// Of the authority that signed the certificates of "portal.test" and "tax.test".
  [[nodiscard]] const std::string& authority() const { return authority_.certificate; }
  /// All that is not named is mended.
  void make(const Breakage& breakage);

 private:
  void build_line();
  void on_the_loop(const std::function<void()>& what);
  void set_names(const Breakage& breakage);
  void route_services(const Breakage& breakage) const;
  void route_packets(const Breakage& breakage) const;

  std::uint16_t broker_port_;
  NetSpace board_;
  NetSpace router_;
  Certificate authority_;
  Certificate portal_certificate_;
  Certificate tax_certificate_;
  Certificate expired_certificate_;
  Certificate login_certificate_;
  boost::asio::io_context loop_{1};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
  DnsServer dns_{loop_};
  WebServer anchor_{loop_, WebServer::Manner::accepts_silently, nullptr};
  WebServer portal_;
  WebServer tax_;
  WebServer expired_tax_;
  WebServer page_;  ///< whose answer is always the same
  WebServer login_;
  WebServer login_page_;
  std::thread thread_;
};

}  // namespace xalink::test
