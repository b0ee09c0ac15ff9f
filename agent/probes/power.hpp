#pragma once
// Power: does the board run from the mains, and for how long can it go on without.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>

#include "agent/probe.hpp"

namespace xalink {

struct PowerSettings {
  std::filesystem::path root = "/";  ///< where /sys is
};

/// What cannot be read is null.
class PowerProbe final : public Probe {
 public:
  /// Constructed like every probe; the answers are at hand, so it needs neither loop nor clock.
  PowerProbe(const boost::asio::any_io_executor& executor, Clock& clock, PowerSettings settings);

  /// Whether this board can say anything of its power: most can not, and need no such record.
  [[nodiscard]] static bool has_answers(const PowerSettings& settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  PowerSettings settings_;
  Schema schema_;
};

}  // namespace xalink
