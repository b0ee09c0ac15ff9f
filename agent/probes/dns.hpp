#pragma once
// DNS/<name>: does a name that everybody needs resolve, and how fast.

#include <boost/asio/any_io_executor.hpp>
#include <string>
#include <vector>

#include "agent/probe.hpp"
#include "agent/probes/resolver.hpp"

namespace xalink {

struct DnsSettings {
  std::string name;     ///< the name asked for
  std::string subject;  ///< of the record, "DNS/<subject>"; empty: the name
  AddressType type = AddressType::a;
  ResolverSettings resolver;  ///< servers empty: the board's own
};

/// Asks the servers themselves: a hosts file proves nothing about the network.
class DnsProbe final : public Probe {
 public:
  DnsProbe(const boost::asio::any_io_executor& executor, Clock& clock, DnsSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  Clock& clock_;
  DnsSettings settings_;
  Schema schema_;
};

}  // namespace xalink
