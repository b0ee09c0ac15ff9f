#include "agent/probes/cellular.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "agent/linux/modem_words.hpp"
#include "agent/linux/routes.hpp"
#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

std::string sim_word(const ModemReading& modem) {
  if (modem.has_sim) return "present";
  if (modem.state != kModemFailed) return "unknown";  // it has not looked yet
  if (modem.failed_reason == kSimMissing) return "missing";
  return modem.failed_reason == kSimError ? "unreadable" : "unknown";
}

/// A twentieth of a decibel is far below what any of them measures.
std::optional<double> tenths(const std::optional<double>& level) {
  if (!level) return std::nullopt;
  return std::round(*level * 10) / 10;
}

}  // namespace

CellularProbe::CellularProbe(const boost::asio::any_io_executor& executor, Clock& clock,
                             CellularSettings settings)
    : clock_(clock),
      bus_(executor, clock, std::move(settings.bus)),
      root_(std::move(settings.root)),
      judged_(std::move(settings.judged)),
      health_(settings.patience),
      schema_(cellular_schema()) {}

boost::asio::awaitable<std::vector<Value>> CellularProbe::measure(SteadyTime deadline) {
  auto asking = bus_.ask(deadline);
  const ModemAnswer answer = co_await std::move(asking);
  if (answer.kind != ModemAnswer::Kind::absent) had_modem_manager_ = true;
  std::vector<Value> values;
  if (!had_modem_manager_) co_return values;
  const ModemReading* modem = leading_modem(answer.modems);
  ModemVerdict verdict;
  verdict.fault = health_.judge(answer, clock_.steady());
  verdict.well = modem != nullptr && modem->state >= kModemRegistered;
  if (modem != nullptr) verdict.device = modem->device;
  values = values_of_answer(answer, verdict.fault);
  if (judged_) judged_(verdict);
  co_return values;
}

// A modem that hangs takes its interface and the route with it: then the last one counts.
std::optional<bool> CellularProbe::leads_out(const ModemReading* modem) {
  // One that failed may show none of them.
  const bool tells = modem != nullptr && (!modem->interfaces.empty() || modem->state == kModemConnected);
  if (tells) interfaces_ = modem->interfaces;
  const auto routes = default_routes(root_);
  if (routes.empty()) return led_out_;
  const std::string& interface = routes.front().interface;
  // Where PPP is used the interface is nobody's; a modem that is not connected has none.
  const bool dialled = interfaces_.empty() && interface.starts_with("ppp") &&
                       (modem == nullptr ? led_out_.value_or(false) : modem->state == kModemConnected);
  led_out_ = dialled || std::ranges::find(interfaces_, interface) != interfaces_.end();
  return led_out_;
}

std::vector<Value> CellularProbe::values_of_answer(const ModemAnswer& answer, ModemFault judged) {
  std::optional<std::string> fault;
  if (judged != ModemFault::none) fault = to_string(judged);
  std::optional<std::uint8_t> modems;
  std::optional<std::string> reason;
  if (answer.kind == ModemAnswer::Kind::answered) {
    modems = static_cast<std::uint8_t>(std::min<std::size_t>(answer.modems.size(), 255));
    if (answer.modems.empty()) reason = "ModemManager sees no modem";
  } else {
    reason = answer.reason;
  }
  const ModemReading* modem = leading_modem(answer.modems);
  const auto way = leads_out(modem);
  if (modem == nullptr) {
    std::vector<Value> values(schema_.columns.size());
    values[column_index(schema_, "Modems").value()] = value_of(modems);
    values[column_index(schema_, "Fault").value()] = value_of(fault);
    values[column_index(schema_, "Default Route").value()] = value_of(way);
    values[column_index(schema_, "Reason").value()] = value_of(reason);
    return values;
  }
  const auto text = [](std::string word) { return std::optional(std::move(word)); };
  const bool failed = modem->state == kModemFailed;
  const bool registered = modem->state >= kModemRegistered;
  const bool unsaid = std::exchange(said_model_of_, modem->path) != modem->path;
  return values_of(
      modems, text(modem_state_word(modem->state)),
      failed ? text(modem_failure_word(modem->failed_reason)) : std::nullopt, text(sim_word(*modem)),
      modem->lock == 0 ? std::nullopt : text(modem_lock_word(modem->lock)),
      modem->registration ? text(registration_word(*modem->registration)) : std::nullopt,
      modem->operator_code, modem->operator_name,
      // What it used before it lost the network is of no use.
      registered ? technology_words(modem->technologies) : std::nullopt, modem->signal_quality,
      tenths(modem->rsrp), tenths(modem->rsrq), tenths(modem->snr), tenths(modem->rssi), fault, way,
      unsaid ? modem->model : std::nullopt, unsaid ? modem->revision : std::nullopt, reason);
}

}  // namespace xalink
