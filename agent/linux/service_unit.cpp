#include "agent/linux/service_unit.hpp"

#include <sdbus-c++/sdbus-c++.h>

#include <chrono>
#include <filesystem>
#include <memory>

namespace xalink {
namespace {

constexpr const char* kSystemd = "org.freedesktop.systemd1";

template <class T>
T property(sdbus::IProxy& unit, const char* interface, const char* name) {
  try {
    sdbus::Variant value;
    unit.callMethod("Get")
        .onInterface("org.freedesktop.DBus.Properties")
        .withTimeout(std::chrono::seconds(1))
        .withArguments(std::string(interface), std::string(name))
        .storeResultsTo(value);
    return value.get<T>();
  } catch (const sdbus::Error&) {
    return {};  // one that is not loaded has none
  }
}

}  // namespace

std::optional<UnitState> read_unit(const std::string& unit) {
  std::error_code error;
  // sdbus-c++ 1.2 loses memory when nobody listens.
  if (!std::filesystem::exists("/run/systemd/system", error)) return std::nullopt;
  if (!std::filesystem::exists("/run/dbus/system_bus_socket", error)) return std::nullopt;
  try {
    const auto bus = sdbus::createSystemBusConnection();
    const auto manager = sdbus::createProxy(*bus, kSystemd, "/org/freedesktop/systemd1");
    sdbus::ObjectPath path;
    manager->callMethod("LoadUnit")
        .onInterface("org.freedesktop.systemd1.Manager")
        .withTimeout(std::chrono::seconds(2))
        .withArguments(unit)
        .storeResultsTo(path);
    const auto proxy = sdbus::createProxy(*bus, kSystemd, path);
    constexpr const char* kUnit = "org.freedesktop.systemd1.Unit";
    constexpr const char* kService = "org.freedesktop.systemd1.Service";
    UnitState state;
    state.load = property<std::string>(*proxy, kUnit, "LoadState");
    state.enabled = property<std::string>(*proxy, kUnit, "UnitFileState");
    state.active = property<std::string>(*proxy, kUnit, "ActiveState");
    state.result = property<std::string>(*proxy, kService, "Result");
    state.exit_status = property<std::int32_t>(*proxy, kService, "ExecMainStatus");
    state.restarts = property<std::uint32_t>(*proxy, kService, "NRestarts");
    return state;
  } catch (const sdbus::Error&) {
    return std::nullopt;
  }
}

}  // namespace xalink
