#include "agent/linux/usb_power.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <thread>

namespace xalink {
namespace {

namespace fs = std::filesystem;

/// Empty, or what the system says.
std::string write_value(const fs::path& file, char value) {
  // Not O_CREAT: a device that is gone must not leave a file of that name in somebody's folder.
  const int descriptor = ::open(file.c_str(), O_WRONLY | O_CLOEXEC);
  const bool written = descriptor >= 0 && ::write(descriptor, &value, 1) == 1;
  const int error = errno;
  if (descriptor >= 0) ::close(descriptor);
  if (written) return {};
  return file.string() + ": " + std::generic_category().message(error);
}

}  // namespace

std::string cycle_usb_device(std::string_view device, std::chrono::milliseconds off, const fs::path& root) {
  fs::path folder;
  if (device.starts_with("/sys/") && device.find("/..") == std::string_view::npos) {
    folder = root / device.substr(1);
  } else if (!device.empty() && device.find('/') == std::string_view::npos && !device.starts_with('.')) {
    folder = root / "sys/bus/usb/devices" / device;
  } else {
    return "which USB device the modem is was never told";
  }
  const fs::path authorized = folder / "authorized";
  const std::string first = write_value(authorized, '0');
  if (first.empty()) std::this_thread::sleep_for(off);
  const std::string second = write_value(authorized, '1');
  return first.empty() ? second : first;
}

}  // namespace xalink
