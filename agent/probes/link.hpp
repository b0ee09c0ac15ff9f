#pragma once
// Link/<interface>: is the cable in, does the way out lead through it, and how much went through.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/probe.hpp"

namespace xalink {

struct LinkSettings {
  std::string interface;             ///< "eth0"; outward_interfaces() lists them
  std::filesystem::path root = "/";  ///< where /proc and /sys are
};

/// An interface that is gone has no carrier and no default route; its counters are null.
class LinkProbe final : public Probe {
 public:
  /// Constructed like every probe; the answers are at hand, so it needs neither loop nor clock.
  LinkProbe(const boost::asio::any_io_executor& executor, Clock& clock, LinkSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  LinkSettings settings_;
  Schema schema_;
};

}  // namespace xalink
