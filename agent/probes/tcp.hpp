#pragma once
// TCP/<anchor>: does a machine beyond the office take a connection, where echo requests may be blocked.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probe.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct TcpSettings {
  std::string subject;  ///< of the record, "TCP/<subject>"
  boost::asio::ip::tcp::endpoint endpoint;
};

/// "192.0.2.1:443" or "[2001:db8::1]:443".
[[nodiscard]] Result<boost::asio::ip::tcp::endpoint> parse_endpoint(std::string_view text);

/// Connects and closes: nothing is sent.
class TcpProbe final : public Probe {
 public:
  TcpProbe(const boost::asio::any_io_executor& executor, Clock& clock, TcpSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  Clock& clock_;
  TcpSettings settings_;
  Schema schema_;
};

}  // namespace xalink
