#pragma once
// Questions to web servers that the configuration names: is somebody in between (Captive Portal), and from
// which address is the office seen (Public Address). Nobody is asked unless it is configured.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/portal_judgement.hpp"
#include "agent/probe.hpp"
#include "agent/probes/resolver.hpp"
#include "agent/probes/service_url.hpp"
#include "sparkplug/http_proxy.hpp"

namespace xalink {

struct WebCheckSettings {
  ServiceUrl url;
  ResolverSettings resolver;
  std::optional<HttpProxy> proxy;  ///< unless the server is an exception of it
  std::string ca_file;             ///< empty: the system's
  ExpectedAnswer expected;         ///< of the portal's check
};

/// Never through the proxy: what is looked for stands before it.
class CaptivePortalProbe final : public Probe {
 public:
  CaptivePortalProbe(Clock& clock, WebCheckSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  Clock& clock_;
  WebCheckSettings settings_;
  Schema schema_;
};

/// The answer's body is one IPv4 or IPv6 address, with blanks around it or as a JSON text.
class PublicAddressProbe final : public Probe {
 public:
  PublicAddressProbe(Clock& clock, WebCheckSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  Clock& clock_;
  WebCheckSettings settings_;
  Schema schema_;
};

/// The address in such a body; nothing when it is something else.
[[nodiscard]] std::optional<std::string> address_in_body(std::string_view body);

}  // namespace xalink
