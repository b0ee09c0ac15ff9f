#pragma once
// The real programs and a real broker: how fast a board's backlog comes into the gateway's store.

#include <array>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "sparkplug/record.hpp"
#include "tests/bench/measured_program.hpp"
#include "tests/fakes/mosquitto.hpp"

namespace xalink::bench {

struct Programs {
  std::filesystem::path agent;
  std::filesystem::path gateway;
};

/// Says how far it is; for people who wait.
using Progress = std::function<void(const std::string&)>;

struct DrainRun {
  double seconds = 0;  ///< from the agent's NBIRTH to the acknowledgement of the last record
  double agent_cpu = 0;
  double gateway_cpu = 0;
  double broker_cpu = 0;
  Memory waiting;                      ///< of the agent with everything stored, before the gateway came
  Memory drained;                      ///< the same after; `peak` covers both
  std::vector<std::uint64_t> commits;  ///< records in each of the gateway's commits
  std::vector<std::string> packets;    ///< PUBLISH packets of the backlog, when captured
  std::filesystem::path outbox;        ///< as it is afterwards
  std::filesystem::path store;
};

enum class Capture : bool { no, yes };

/// Drains a copy of `outbox` in `folder`. `last` is the last row of each lane. Throws std::runtime_error
/// when it does not come to an end.
[[nodiscard]] DrainRun drain(const Programs& programs, const test::Mosquitto& broker,
                             const std::filesystem::path& outbox, const std::array<RowId, kLaneCount>& last,
                             const std::filesystem::path& folder, Capture capture, const Progress& progress);

struct IdleRun {
  double minutes = 0;
  std::vector<std::pair<std::string, double>> wake_ups;  ///< of each thread in a minute
  Memory memory;
};

/// An agent with the default configuration, online, with nothing to send but what it measures.
[[nodiscard]] IdleRun idle(const Programs& programs, const test::Mosquitto& broker,
                           const std::filesystem::path& folder, double minutes, const Progress& progress);

}  // namespace xalink::bench
