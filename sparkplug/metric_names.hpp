#pragma once
// Every metric of every record, declared once for both ends: what a probe fills in, what births announce,
// what the gateway checks and what reports explain.

#include <cstddef>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "sparkplug/language.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// Values outside are the sign of a fault at the source; they are kept, never clipped.
struct Range {
  double lowest = -std::numeric_limits<double>::infinity();
  double highest = std::numeric_limits<double>::infinity();
};

/// How far a number may go from the last one that was recorded before that is worth a row of its own
/// (agent/by_exception.hpp). For flags and texts every change is, unless `silent`.
struct Deadband {
  double absolute = 0;  ///< in the metric's unit
  double relative = 0;  ///< share of the last recorded value; the wider of the two counts
  bool silent = false;  ///< never worth a row by itself: counters, uptime
  friend bool operator==(const Deadband&, const Deadband&) = default;
};

/// One line of the table. Any value may be null: asked for and not there.
struct MetricDeclaration {
  std::string_view name;  ///< the column's name, last part of the metric's
  DataType type = DataType::unknown;
  std::string_view unit;             ///< as in Column
  Range range;                       ///< of numbers, and of DateTime in ms; unbounded for texts and flags
  std::string_view meaning;          ///< one sentence, for people
  std::string_view source;           ///< where the number comes from: a file, a system call, an RFC
  std::string_view name_vi = {};     ///< what Vietnamese readers call it
  std::string_view meaning_vi = {};  ///< the meaning, in Vietnamese
  Deadband deadband = {};            ///< of measurements; events are all recorded
};

/// One kind of record. `group` of a kind with a subject is a prefix: "Ping" becomes "Ping/gateway".
struct RecordDeclaration {
  std::string_view device;
  std::string_view group;
  bool has_subject = false;
  Lane lane = Lane::measurements;
  std::span<const MetricDeclaration> metrics;
  std::string_view name_vi = {};  ///< what Vietnamese readers call the group
};

/// A metric that is part of no record: what the node says of itself and of delivery, and its commands.
/// `metric.name` is the full name; "<...>" at its end stands for any one part ("Delivery/Lane <lane>").
struct NodeDeclaration {
  std::string_view device;  ///< empty: the node; "+": each device that has records
  bool aliased = false;
  MetricDeclaration metric;
};

/// The whole table, in the order in which a reader wants it.
[[nodiscard]] std::span<const RecordDeclaration> record_declarations();
/// What a node's births say beside that.
[[nodiscard]] std::span<const NodeDeclaration> node_declarations();

/// The declaration behind a metric, by its full name, e.g. "Ping/gateway/RTT mean"; `device` is empty for the
/// node's own. Nothing for metrics of foreign nodes, and for hourly summaries.
[[nodiscard]] const MetricDeclaration* find_declaration(std::string_view device, std::string_view metric);
[[nodiscard]] const NodeDeclaration* find_node_declaration(std::string_view device, std::string_view metric);

/// What people are shown: in English the metric's name itself, in Vietnamese the group, its subject and the
/// column in words. A metric that is not in the table keeps its name.
[[nodiscard]] std::string display_name(std::string_view device, std::string_view metric, Language language);

/// A subject (interface, target, host name, service) as one part of a metric's name. '/' would split the
/// name, '+' and '#' are wildcards to MQTT tools that show names as topics, control characters and
/// broken UTF-8 are not text: each of their bytes becomes '_'. An empty subject becomes "_".
/// Two subjects may become the same name: who reads a list of them must check.
[[nodiscard]] std::string metric_subject(std::string_view subject);

/// Device "network": "Link/<interface>", "Ping/<target>", "TCP/<anchor>", "DNS/<name>", "Reach/<service>".
[[nodiscard]] Schema link_schema(std::string_view interface);
[[nodiscard]] Schema ping_schema(std::string_view target);
[[nodiscard]] Schema tcp_schema(std::string_view anchor);
[[nodiscard]] Schema dns_schema(std::string_view name);
[[nodiscard]] Schema reach_schema(std::string_view service);
/// Device "network": "Wi-Fi/<interface>".
[[nodiscard]] Schema wifi_schema(std::string_view interface);
/// Device "network", groups "Path", "MTU", "Captive Portal" and "Public Address".
[[nodiscard]] Schema path_schema();
[[nodiscard]] Schema mtu_schema();
[[nodiscard]] Schema captive_portal_schema();
[[nodiscard]] Schema public_address_schema();
/// Device "network", groups "Access" and "Cellular".
[[nodiscard]] Schema access_schema();
[[nodiscard]] Schema cellular_schema();
/// Device "network", group "Modem Reset", lane of events.
[[nodiscard]] Schema modem_reset_schema();
/// Device "network", group "Outage", lane of events: an interruption began, went on or ended.
[[nodiscard]] Schema outage_schema();
/// Device "board", group "Board".
[[nodiscard]] Schema board_schema();
/// Device "board", groups "Power" and "Storage".
[[nodiscard]] Schema power_schema();
[[nodiscard]] Schema storage_schema();
/// Device "board", group "Boot", lane of events: the board or its program was started, and why.
[[nodiscard]] Schema boot_schema();
/// Device "board", group "Boot Clock": boot_clock_schema() in sparkplug/boot_clock.hpp.
/// Device "board", group "Outbox Event", lane of events: a damaged outbox was begun anew.
[[nodiscard]] Schema outbox_event_schema();
/// Device "dossiers", group "Dossier", lane of events.
[[nodiscard]] Schema dossier_schema();
/// Device "indicators", lane of events; groups "Satisfaction", "Tasks", "Villages".
[[nodiscard]] Schema satisfaction_schema();
[[nodiscard]] Schema task_schema();
[[nodiscard]] Schema village_schema();

/// The column that tells how many measurements a row stands for, where rows are recorded by exception only.
[[nodiscard]] const MetricDeclaration& runs_declaration();
/// The schema with that column behind the others.
[[nodiscard]] Schema with_runs(Schema schema);

/// "<group>/Interval" of each group of measurements: no part of a record, but what a command may change.
[[nodiscard]] const MetricDeclaration& interval_declaration();

/// Place of a column by its name.
[[nodiscard]] std::optional<std::size_t> column_index(const Schema& schema, std::string_view name);

}  // namespace xalink
