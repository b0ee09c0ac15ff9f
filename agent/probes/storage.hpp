#pragma once
// Storage: will the card that keeps the records live for another year.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>

#include "agent/probe.hpp"

namespace xalink {

struct StorageSettings {
  std::filesystem::path storage = "/";  ///< any path in the file system that keeps the records
  std::filesystem::path root = "/";     ///< where /sys is
};

/// What cannot be read is null.
class StorageProbe final : public Probe {
 public:
  /// Constructed like every probe; the answers are at hand, so it needs neither loop nor clock.
  StorageProbe(const boost::asio::any_io_executor& executor, Clock& clock, StorageSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  StorageSettings settings_;
  Schema schema_;
};

}  // namespace xalink
