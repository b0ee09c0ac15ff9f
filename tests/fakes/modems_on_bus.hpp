#pragma once
// A D-Bus of the test's own, and on it a ModemManager that tells what a test wants (python-dbusmock).

#include <sdbus-c++/sdbus-c++.h>
#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

/// A program in the background, killed with the test.
class Background {
 public:
  Background() = default;
  Background(const Background&) = delete;
  Background& operator=(const Background&) = delete;
  ~Background() { kill(); }

  void start(const std::vector<std::string>& command, const std::string& log);
  void kill();
  void freeze() const;  ///< SIGSTOP: connections stay open, nobody answers
  void thaw() const;
  [[nodiscard]] bool runs();

 private:
  pid_t pid_ = 0;
};

/// Never the system's bus. Throws std::runtime_error when dbus-daemon or the mock does not start.
class ModemManager {
 public:
  /// The bus runs, ModemManager does not yet.
  ModemManager();
  [[nodiscard]] std::string address() const { return "unix:path=" + (folder_ / "bus").string(); }

  void start();
  void kill() { service_.kill(); }
  void freeze() { service_.freeze(); }
  void thaw() { service_.thaw(); }
  Background& bus() { return bus_; }

  void plug_in(std::uint32_t number) { call("PlugIn", number); }
  void unplug(std::uint32_t number) { call("Unplug", number); }
  /// `interface` as it goes on after "org.freedesktop.ModemManager1.Modem": "", ".Modem3gpp", ".Signal".
  template <class T>
  void set(std::uint32_t number, const std::string& interface, const std::string& property, T value) {
    call("Set", number, interface, property, sdbus::Variant(value));
  }
  void drop(std::uint32_t number, const std::string& interface) { call("Drop", number, interface); }
  void refuse_setup() { call("RefuseSetup"); }
  void fall_when_asked() { call("FallWhenAsked"); }
  /// All that it was asked, one call in a line.
  [[nodiscard]] std::string log() const;

 private:
  template <class... Arguments>
  void call(const char* method, const Arguments&... arguments) {
    auto proxy =
        sdbus::createProxy(*control_, "org.freedesktop.ModemManager1", "/org/freedesktop/ModemManager1");
    proxy->callMethod(method).onInterface("org.freedesktop.DBus.Mock").withArguments(arguments...);
  }

  ScratchFolder folder_;
  Background bus_;
  Background service_;
  std::unique_ptr<sdbus::IConnection> control_;
};

}  // namespace xalink::test
