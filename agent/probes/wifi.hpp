#pragma once
// Wi-Fi/<interface>: how well it hears its access point.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <string>

#include "agent/probe.hpp"

namespace xalink {

struct WifiSettings {
  std::string interface;             ///< "wlan0"; wireless_interfaces() lists them
  std::filesystem::path root = "/";  ///< where /proc is
};

/// Null while it is not connected.
class WifiProbe final : public Probe {
 public:
  /// Constructed like every probe; the answers are at hand, so it needs neither loop nor clock.
  WifiProbe(const boost::asio::any_io_executor& executor, Clock& clock, WifiSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  WifiSettings settings_;
  Schema schema_;
};

}  // namespace xalink
