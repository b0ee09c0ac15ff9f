#pragma once
// `xalink-agent status`: what the board knows of itself, as JSON for programs and as text for people.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/board_time.hpp"
#include "agent/dossiers/settled_files.hpp"
#include "agent/dossiers/source_counters.hpp"
#include "agent/interval_keeper.hpp"
#include "agent/ladder.hpp"
#include "agent/measure.hpp"
#include "agent/outage.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/salvage.hpp"
#include "agent/throughput_status.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// One source of dossiers or indicators.
struct SourceStatus {
  std::string name;   ///< "dossiers", "tasks", ...
  std::string place;  ///< the folder or the URL
  SourceCounters counters;
  std::vector<WaitingFile> waiting;  ///< files that are not taken yet
};

/// All of it, read at one moment.
struct AgentStatus {
  NodeId site;
  WallTime at{};
  ClockQuality clock = ClockQuality::unset;
  /// `at` is the best that is known; this is what the system's clock says, why it is not believed, and
  /// between which times the truth lies.
  WallTime system_clock{};
  ClockDoubt clock_doubt = ClockDoubt::none;
  WallTime clock_floor{};  ///< no earlier time is possible
  WallTime clock_earliest{};
  std::optional<WallTime> clock_latest;
  std::string boot_id;
  Milliseconds uptime{};  ///< of the board

  EdgeNodeState session = EdgeNodeState::stopped;
  std::string broker;        ///< "host:port"
  std::string last_failure;  ///< why there is no session; empty while there is one
  std::uint64_t messages_sent = 0;
  std::uint64_t ignored_commands = 0;

  std::string outbox_file;
  std::string epoch;
  std::uint64_t outbox_bytes = 0;
  OutboxSpace outbox_space;  ///< as of the last append
  std::array<LaneDepth, kLaneCount> lanes;
  std::size_t waiting_for_flush = 0;  ///< measurements in memory: what a power cut now would cost
  Milliseconds flush_interval{};
  std::string disk_error;          ///< with what to do; empty while the disk takes what it is given
  std::optional<Salvage> salvage;  ///< the damage that this outbox was salvaged from
  std::uint64_t dropped = 0;

  std::vector<RungReading> ladder;
  std::vector<Outage> outages;  ///< those that go on
  std::vector<ProbeStatus> probes;
  CommandStatus commands;
  std::vector<SourceStatus> sources;
  std::optional<ThroughputStatus> throughput;  ///< nothing when it is not measured
};

/// One JSON object; its members are named as in AgentStatus, times are RFC 3339 in UTC.
[[nodiscard]] std::string status_as_json(const AgentStatus& status);

/// The JSON above, for people. Fails when it is not such a JSON.
[[nodiscard]] Result<std::string> status_as_text(std::string_view json, Language language);

}  // namespace xalink
