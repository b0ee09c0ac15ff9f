#pragma once
// What `xalink-gateway boards` shows: each board's state, as a table for people and as JSON for programs.

#include <array>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "gateway/store/store_disk.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct BoardLane {
  RowId mark = 0;              ///< of the newest epoch: everything up to here is stored
  std::uint64_t records = 0;   ///< stored, over all epochs
  std::uint64_t given_up = 0;  ///< by the gaps that are stored, over all epochs
  struct Depth {
    std::uint64_t rows = 0;  ///< unacknowledged, as the board counts them
    WallTime as_of{};        ///< when it said so
  };
  std::optional<Depth> backlog;
  struct Last {
    WallTime at{};  ///< by the board's clock
    ClockQuality quality = ClockQuality::unset;
    WallTime received{};  ///< by the gateway's clock
  };
  std::optional<Last> last;
};

/// Rows that the board had delivered and that the store lacked at one of its births: the store was put back
/// from an older copy, or another gateway took them. The board was asked for them.
struct Recovery {
  Lane lane = Lane::measurements;
  RowId first = 0;
  RowId last = 0;
  WallTime found{};
  std::optional<WallTime> settled;  ///< all of them have come back or are known to be gone
  std::uint64_t back = 0;           ///< records that came back so far
  std::uint64_t gone = 0;           ///< rows that are known to be gone for good
  std::uint64_t to_come = 0;
  bool replaced = false;  ///< to come from an outbox that the board no longer uses: only a file by hand helps
  friend bool operator==(const Recovery&, const Recovery&) = default;
};

/// Records that will never come: the gaps of one lane with one reason, neighbours taken together.
struct Gone {
  Lane lane = Lane::measurements;
  std::string reason;         ///< "forgotten": acknowledged before, and no longer held when asked for again
  std::uint64_t records = 0;  ///< that the gaps say were given up
  std::uint64_t gaps = 0;
  /// By the board's clock: the last record before the first of them, and the next one after the last.
  std::optional<WallTime> since;
  std::optional<WallTime> until;
  bool more = false;  ///< there are older ones, which were not looked at
  friend bool operator==(const Gone&, const Gone&) = default;
};

struct Board {
  NodeId site;
  WallTime first_seen{};
  enum class State : std::uint8_t {
    online,
    offline,
    unknown,  ///< was online when the gateway stopped without saying so
    unborn,   ///< has sent something, but never a birth
  } state = State::unborn;
  WallTime since{};    ///< of the state
  std::string reason;  ///< why it is offline
  bool delivers = false;
  std::string epoch;  ///< of the last session; empty for plain Sparkplug nodes
  /// Epochs of the damaged outboxes that this one was salvaged from.
  std::vector<std::string> salvaged_from;
  std::optional<ClockQuality> clock;
  std::string software;  ///< version of the agent, as it says; empty: it does not
  /// Stored records by what is known of their time now.
  struct RecordTimes {
    std::uint64_t synchronised = 0;  ///< the board's clock was synchronised
    std::uint64_t holdover = 0;      ///< it ran free, and its boot is tied to true time
    std::uint64_t corrected = 0;     ///< came without a known time; its boot was tied to true time later
    std::uint64_t estimated = 0;     ///< known within bounds only
  } record_times;
  std::optional<WallTime> oldest;  ///< the board's oldest unacknowledged record, by its clock
  std::array<BoardLane, kLaneCount> lanes;
  std::map<std::string, std::uint64_t> given_up_reported;  ///< by the board: reason → records
  std::vector<Recovery> recoveries;  ///< newest first; those that settled long ago are left out
  std::vector<Gone> gone;            ///< by lane, then reason
  std::uint64_t plain_values = 0;
  std::optional<WallTime> last_plain;
  /// What was not taken in of it, ever; empty: everything was.
  struct Curbed {
    std::uint64_t limited = 0;    ///< messages beyond its limits
    std::uint64_t refused = 0;    ///< records without room before the store; they come again
    std::uint64_t lost = 0;       ///< values, births and deaths without room
    std::uint64_t set_aside = 0;  ///< messages that could not be used
    WallTime last{};
    std::string reason;  ///< of the last one
  };
  std::optional<Curbed> curbed;
  /// How often its probes measure, in s, by "device/probe", as the board reports it: what is configured there
  /// or was commanded. Only where one board was asked for.
  std::optional<std::map<std::string, std::uint64_t>> intervals;
};

struct Fleet {
  std::filesystem::path store;
  std::optional<bool> gateway_running;  ///< empty: not allowed to know
  std::optional<WallTime> last_commit;
  std::optional<StoreDisk> disk;        ///< empty: its file system does not say
  std::uint64_t set_aside = 0;          ///< messages that could not be used, ever
  std::uint64_t strangers_limited = 0;  ///< messages of nodes that are not known, beyond their common limit
  std::vector<Board> boards;            ///< by group, then node
};

/// Reads the store, whether or not the gateway is running. Fails when there is none or it cannot be read.
/// `site`, as "VN-03/xa-1" or the node id alone: that board, and more of it; fails when there is none.
[[nodiscard]] Result<Fleet> read_fleet(const std::filesystem::path& store, const std::string& site = {});

/// An aligned table with a line of advice where there is something to do. Local time.
[[nodiscard]] std::string boards_as_table(const Fleet& fleet, WallTime now, Language language);

/// What is being sent again and what is gone for good; empty when there is nothing to tell. Part of the
/// table.
[[nodiscard]] std::string missing_as_text(const Fleet& fleet, WallTime now, Language language);

/// How often each probe of the boards measures, where that was read. Part of the table.
[[nodiscard]] std::string intervals_as_text(const Fleet& fleet, Language language);

/// One JSON object, on one line, without a line feed. Stable: keys may be added, never changed.
///   {"store": FILE, "gateway_running": true|false|null, "now": TIME, "last_commit": TIME|null,
///    "set_aside": N, "strangers_limited": N,
///    "disk": {"free_bytes": N, "read_only": true|false}|null, "boards": [BOARD...]}
///   BOARD {"group", "node", "state": "online"|"offline"|"unknown"|"unborn", "since": TIME|null, "reason",
///          "first_seen": TIME, "epoch": TEXT|null, "salvaged_from": [TEXT...],
///          "clock": "synchronised"|"holdover"|"unset"|null, "software": TEXT|null,
///          "record_times": {"synchronised": N, "holdover": N, "corrected": N, "estimated": N},
///          "oldest_unacknowledged": TIME|null, "lanes": [LANE, LANE], "given_up_reported": {REASON: N},
///          "recoveries": [RECOVERY...], "gone": [GONE...],
///          "plain_values": N, "last_plain_value": TIME|null, "curbed": CURBED|null,
///          "intervals": {"DEVICE/PROBE": SECONDS}|null}
///   CURBED {"messages_limited": N, "records_refused": N, "lost": N, "set_aside": N, "last": TIME, "reason"}
///   LANE  {"lane": 0|1, "mark": N, "records": N, "given_up": N,
///          "backlog": {"rows": N, "as_of": TIME}|null,
///          "last_record": {"at": TIME, "clock": QUALITY, "received": TIME}|null}
///   RECOVERY {"lane": 0|1, "first": N, "last": N, "found": TIME, "settled": TIME|null, "back": N, "gone": N,
///             "to_come": N, "replaced": true|false}
///   GONE  {"lane": 0|1, "reason", "records": N, "gaps": N, "since": TIME|null, "until": TIME|null,
///          "more": true|false}
/// TIME is RFC 3339 in UTC with milliseconds. "at", "oldest_unacknowledged", "since"
/// and "until" of GONE are by the board's clock.
[[nodiscard]] std::string boards_as_json(const Fleet& fleet, WallTime now);

}  // namespace xalink
