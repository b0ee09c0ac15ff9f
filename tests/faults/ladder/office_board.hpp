#pragma once
// The agent itself on a board of the small Internet, with boots that a test decides.

#include <boost/json/object.hpp>
#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "sparkplug/clock.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/faults/ladder/small_internet.hpp"
#include "tests/integration/programs.hpp"

namespace xalink::test {

/// Of all its probes.
inline constexpr std::chrono::seconds kProbeInterval(5);

/// Between two looks at how things are: each of them is a program of its own, and many tests run at once.
inline constexpr std::chrono::milliseconds kLook(200);

class OfficeBoard {
 public:
  static constexpr std::chrono::seconds kKeepAlive{5};

  OfficeBoard(const ScratchFolder& folder, const SmallInternet& internet);

  /// A boot of the board, at a moment of this machine's time since boot that is over.
  void boot(std::string boot_id, BootTime at);
  /// The program, in the boot that the board is in.
  void start();
  void kill();
  [[nodiscard]] int stop() { return program_->stop(); }
  [[nodiscard]] std::string log() const;

  /// `xalink-agent status --json`; an empty object when the agent does not answer.
  [[nodiscard]] boost::json::object status() const;
  /// Causes of the outages that are open, a service's as "services:tax".
  [[nodiscard]] static std::set<std::string> open_causes(const boost::json::object& status);
  /// Of a probe, in this run of the program.
  [[nodiscard]] std::uint64_t runs(std::string_view probe) const;
  /// Each rung holds, nothing is amiss, and the gateway has all that was recorded.
  [[nodiscard]] bool all_well() const;

  /// A time of one of the board's boots as this machine's time since boot.
  [[nodiscard]] BootTime here(const std::string& boot_id, BootTime at) const;

 private:
  [[nodiscard]] std::string settings() const;

  const ScratchFolder& folder_;
  const SmallInternet& internet_;
  std::string boot_id_;
  std::map<std::string, BootTime> boots_;
  std::optional<Program> program_;
};

}  // namespace xalink::test
