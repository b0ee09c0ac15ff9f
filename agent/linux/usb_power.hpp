#pragma once
// A USB device taken from the kernel and given back: to the device much like being pulled out and put in
// again.

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>

namespace xalink {

/// Writes 0 and then, `off` later, 1 to the device's "authorized" (the kernel's
/// Documentation/usb/authorization). `device` is its name on the bus ("1-1.2") or its folder in /sys. Empty
/// when both were taken, else why not; 1 is written in any case. Blocks, and longer than `off` when the
/// driver takes its time: for a thread of its own.
[[nodiscard]] std::string cycle_usb_device(std::string_view device, std::chrono::milliseconds off,
                                           const std::filesystem::path& root = "/");

}  // namespace xalink
