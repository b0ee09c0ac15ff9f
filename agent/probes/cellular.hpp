#pragma once
// Cellular: does the modem have a network, whose, and how well does it hear it.

#include <boost/asio/any_io_executor.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "agent/linux/modem_bus.hpp"
#include "agent/modem_health.hpp"
#include "agent/probe.hpp"

namespace xalink {

/// What a measurement says of the modem as a whole.
struct ModemVerdict {
  ModemFault fault = ModemFault::none;
  bool well = false;   ///< it has a network; neither well nor at fault is one that was just switched on
  std::string device;  ///< the modem's folder in /sys; empty where it was not told
};

struct CellularSettings {
  ModemBusSettings bus;
  /// A modem that is on and finds no network is at fault after this.
  Duration patience = std::chrono::minutes(10);
  std::filesystem::path root = "/";  ///< of /proc
  /// Told with each record.
  std::function<void(const ModemVerdict&)> judged = {};
};

/// Of several modems the leading one. Nothing to record on a board without ModemManager, until the first time
/// that there is one.
/// Model and revision are in the first record of each modem only.
class CellularProbe final : public Probe {
 public:
  CellularProbe(const boost::asio::any_io_executor& executor, Clock& clock, CellularSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  [[nodiscard]] std::vector<Value> values_of_answer(const ModemAnswer& answer, ModemFault judged);

  [[nodiscard]] std::optional<bool> leads_out(const ModemReading* modem);

  Clock& clock_;
  ModemBus bus_;
  std::filesystem::path root_;
  std::function<void(const ModemVerdict&)> judged_;
  ModemHealth health_;
  Schema schema_;
  bool had_modem_manager_ = false;
  std::vector<std::string> interfaces_;  ///< of the modem, as it was last seen
  std::optional<bool> led_out_;          ///< the last default route
  std::string said_model_of_;
};

}  // namespace xalink
