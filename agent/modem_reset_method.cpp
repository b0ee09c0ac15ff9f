#include "agent/modem_reset_method.hpp"

#include <string>
#include <utility>

#include "agent/linux/command.hpp"
#include "agent/linux/usb_power.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {
namespace {

// Long enough for a modem's own supply to run empty where the port is switched off too.
constexpr std::chrono::seconds kOff(5);

boost::asio::awaitable<std::string> cycle(std::string device) {
  // A thread of its own: a write to a device that hangs takes as long as it takes.
  WorkerThread hands;
  auto job = [device] { return cycle_usb_device(device, kOff); };
  std::string failed = co_await hands.run(std::move(job));
  co_return failed;
}

}  // namespace

ModemReset::Method reset_method(const CellularProbeConfig& config, Clock& clock) {
  ModemReset::Method method;
  if (!config.reset_command.empty()) {
    method.name = "command";
    method.perform = [&clock, words = config.reset_command, limit = config.reset_timeout](
                         const std::string&) { return run_command(clock, words, limit); };
  } else if (!config.reset_usb_device.empty()) {
    method.name = "usb";
    method.perform = [device = config.reset_usb_device](std::string told) {
      return cycle(device == "auto" ? std::move(told) : device);
    };
  }
  return method;
}

}  // namespace xalink
