#pragma once
// Cellular: does the modem have a network, whose, and how well does it hear it.

#include <boost/asio/any_io_executor.hpp>
#include <optional>
#include <string>
#include <vector>

#include "agent/linux/modem_bus.hpp"
#include "agent/probe.hpp"

namespace xalink {

struct CellularSettings {
  ModemBusSettings bus;
};

/// The modem that is furthest on its way to a connection; the first of those that are equally far. Nothing to
/// record on a board without ModemManager, until the first time that there is one.
/// Model and revision are in the first record of each modem only.
class CellularProbe final : public Probe {
 public:
  CellularProbe(const boost::asio::any_io_executor& executor, Clock& clock, CellularSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  [[nodiscard]] std::vector<Value> values_of_answer(const ModemAnswer& answer);

  ModemBus bus_;
  Schema schema_;
  bool had_modem_manager_ = false;
  std::string said_model_of_;
};

/// The one that counts when there are several; nullptr when there is none.
[[nodiscard]] const ModemReading* leading_modem(const std::vector<ModemReading>& modems);

}  // namespace xalink
