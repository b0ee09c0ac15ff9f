#pragma once
// Questions to web servers that the configuration names: is somebody in between (Captive Portal), and from
// which address is the office seen (Public Address). Nobody is asked unless it is configured.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/dossiers/http_get.hpp"
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

/// One question, and what its answer says. Redirects are not followed, and of long answers the beginning
/// would do: more than 64 KiB are no answer.
class WebCheck : public Probe {
 public:
  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 protected:
  WebCheck(Clock& clock, WebCheckSettings settings, Schema schema);
  /// In the order of the schema.
  [[nodiscard]] virtual std::vector<Value> judge(const Result<HttpAnswer>& answer) const = 0;
  [[nodiscard]] const WebCheckSettings& settings() const { return settings_; }

 private:
  Clock& clock_;
  WebCheckSettings settings_;
  Schema schema_;
};

/// Never through the proxy: what is looked for stands before it.
class CaptivePortalProbe final : public WebCheck {
 public:
  CaptivePortalProbe(Clock& clock, WebCheckSettings settings);

 private:
  [[nodiscard]] std::vector<Value> judge(const Result<HttpAnswer>& answer) const override;
};

/// The answer's body is one IPv4 or IPv6 address, with blanks around it or as a JSON text.
class PublicAddressProbe final : public WebCheck {
 public:
  PublicAddressProbe(Clock& clock, WebCheckSettings settings);

 private:
  [[nodiscard]] std::vector<Value> judge(const Result<HttpAnswer>& answer) const override;
};

/// The address in such a body; nothing when it is something else.
[[nodiscard]] std::optional<std::string> address_in_body(std::string_view body);

}  // namespace xalink
