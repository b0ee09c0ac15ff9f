#pragma once
// Reach/<service>: can the office use a named service now, and which step fails when it cannot.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/address.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/probe.hpp"
#include "agent/probes/reach_failure.hpp"
#include "agent/probes/resolver.hpp"
#include "agent/probes/service_url.hpp"
#include "agent/service_proofs.hpp"
#include "agent/service_times.hpp"
#include "sparkplug/http_proxy.hpp"

namespace xalink {

struct ReachSettings {
  std::string service;  ///< the name people know it by; subject of the record
  ServiceUrl url;
  /// Certificates to trust (PEM); empty: the system's store.
  std::string ca_file;
  /// Off only for services with certificates that nobody can check; success then says less.
  bool verify = true;
  ResolverSettings resolver;
  std::optional<HttpProxy> proxy;  ///< unless the service is an exception of it
  /// No service has an address of a private network: whoever gives one of them for its name leads somewhere
  /// else.
  bool public_addresses = false;
  /// What all services say of the time, and where they proved themselves. Each probe has its own where there
  /// is none.
  std::shared_ptr<ServiceTimes> times;
  std::shared_ptr<ServiceProofs> proofs;
  /// Whether the kernel holds its clock for synchronised; without it, it does not.
  std::function<bool()> synchronised;
};

struct ReachProgress;
class TlsMemory;

/// What a visit came to.
struct ReachOutcome {
  bool success = false;
  ReachFailure failure = ReachFailure::none;  ///< board_clock beside success, else none with it
  std::string reason;                         ///< with the step; empty for none
};

/// Looks the name up, connects (each address in turn), shakes hands, asks, and closes. Reasons begin with
/// the step: "name: ...", "connect: ...", "TLS: ...", "HTTP: ...". Times of steps that were done stay in the
/// record when a later one fails.
///
/// A DNS that lies looks like a service that is ill. So where the addresses are all new and the service is
/// not there, it is looked for at those where it last was: if it is still there, with its certificate, the
/// reason is "name: wrong address ...". So it is where it never proved itself, and has but addresses that no
/// public service has.
///
/// A certificate that is out of its time is looked at once more: when it is good by the time that the service
/// itself tells, and the other services agree (ServiceTimes), the board's clock is wrong and the service
/// well. Visits go on with the TLS session of the one before for an hour, which saves the certificates'
/// bytes.
///
/// Through a proxy the proxy's name is looked up in place of the service's, Connect lasts until its tunnel
/// stands, and what is wrong with the proxy begins with "proxy: ".
class ReachProbe final : public Probe {
 public:
  ReachProbe(const boost::asio::any_io_executor& executor, Clock& clock, ReachSettings settings);
  ~ReachProbe() override;

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  boost::asio::awaitable<bool> visit(SteadyTime deadline, ReachProgress& progress);
  [[nodiscard]] ReachOutcome judge(bool reached, ReachProgress& progress);
  [[nodiscard]] bool is_led_astray(const ReachProgress& progress) const;
  [[nodiscard]] ReachOutcome judge_time(const ReachProgress& progress) const;

  Clock& clock_;
  ReachSettings settings_;
  Schema schema_;
  std::vector<boost::asio::ip::address> looked_up_;  ///< by this visit; empty through a proxy
  std::unique_ptr<TlsMemory> memory_;
};

}  // namespace xalink
