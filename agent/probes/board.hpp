#pragma once
// Board: is the board itself well.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/probe.hpp"

namespace xalink {

struct BoardSettings {
  std::filesystem::path storage = "/";  ///< any path in the file system that keeps the records
  std::filesystem::path root = "/";     ///< where /proc and /sys are
};

/// What cannot be read is null. The boot id is in the first record only.
class BoardProbe final : public Probe {
 public:
  /// Constructed like every probe; the answers are at hand, so it needs neither loop nor clock.
  BoardProbe(const boost::asio::any_io_executor& executor, Clock& clock, BoardSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  BoardSettings settings_;
  Schema schema_;
  std::string unsaid_boot_id_;
};

}  // namespace xalink
