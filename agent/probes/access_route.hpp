#pragma once
// Access: by which technology the default route leaves.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "agent/access.hpp"
#include "agent/linux/modem_bus.hpp"
#include "agent/probe.hpp"

namespace xalink {

struct AccessSettings {
  std::map<std::string, std::string> technologies;  ///< interface → technology, as configured
  /// A record that changes nothing is made this often, so that a reader can tell "the same" from "not asked".
  Duration heartbeat = std::chrono::hours(1);
  ModemBusSettings bus;
  std::filesystem::path root = "/";  ///< where /proc and /sys are
};

/// Records changes, and a heartbeat.
class AccessProbe final : public Probe {
 public:
  AccessProbe(const boost::asio::any_io_executor& executor, Clock& clock, AccessSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  Clock& clock_;
  AccessSettings settings_;
  ModemBus bus_;
  Schema schema_;
  std::optional<Access> recorded_;
  SteadyTime recorded_at_{};
};

}  // namespace xalink
