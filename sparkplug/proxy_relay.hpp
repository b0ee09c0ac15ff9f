#pragma once
// The way of an MQTT library through an HTTP proxy.

#include <cstdint>
#include <memory>
#include <string>

#include "sparkplug/http_proxy.hpp"

namespace xalink {

/// Paho C 1.3.12 asks a proxy itself, but takes the answer for a refusal when it is not there at the first
/// look, a millisecond after the question. So it is given this relay on the loopback interface as its proxy,
/// which says yes as soon as somebody connects, opens the real tunnel meanwhile, and carries bytes. TLS runs
/// through it from end to end, with the broker's own name.
///
/// One thread of its own, from construction to destruction, which sleeps while nothing is to be carried.
/// Anybody on this board may connect to it; it leads to the broker only.
/// Thread-safety: any thread.
class ProxyRelay {
 public:
  /// Throws boost::system::system_error when no port of the loopback interface is to be had.
  ProxyRelay(HttpProxy proxy, std::string broker_host, std::uint16_t broker_port);
  ~ProxyRelay();
  ProxyRelay(const ProxyRelay&) = delete;
  ProxyRelay& operator=(const ProxyRelay&) = delete;

  [[nodiscard]] std::uint16_t port() const;
  /// Why the last tunnel did not come about; empty when it did.
  [[nodiscard]] std::string complaint() const;

 private:
  struct Relay;
  std::unique_ptr<Relay> relay_;
};

}  // namespace xalink
