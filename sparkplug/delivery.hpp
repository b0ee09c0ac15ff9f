#pragma once
// What makes a record arrive exactly once: runs of numbered records, and how they look on the wire
// (design, section 5). Both ends read and write them here, so what the node means is what the gateway
// commits.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/payload.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A contiguous run of records of one lane of one epoch, in row order: what the outbox reads, a
/// message carries and the ledger commits.
struct Batch {
  struct Item {
    std::size_t schema = 0;  ///< index into `schemas`
    /// A record has first == last. A gap stands for all rows first..last that were given up.
    RowId first = 0;
    RowId last = 0;
    Record record;
    friend bool operator==(const Item&, const Item&) = default;
  };

  std::string epoch;
  Lane lane = Lane::measurements;
  std::vector<Schema> schemas;
  std::vector<Item> items;

  [[nodiscard]] bool empty() const { return items.empty(); }
  [[nodiscard]] RowId first() const { return items.empty() ? 0 : items.front().first; }
  [[nodiscard]] RowId last() const { return items.empty() ? 0 : items.back().last; }
  friend bool operator==(const Batch&, const Batch&) = default;
};

/// Names of the delivery metrics and of the node's own metrics; binding (design, section 5).
namespace metric {
inline constexpr std::string_view kBdSeq = "bdSeq";
inline constexpr std::string_view kRebirth = "Node Control/Rebirth";
inline constexpr std::string_view kAcknowledgeEpoch = "Node Control/Acknowledge Epoch";
[[nodiscard]] std::string acknowledge_lane(Lane lane);  ///< "Node Control/Acknowledge Lane N"
[[nodiscard]] std::string resend_from(Lane lane);       ///< "Node Control/Resend From Lane N"
inline constexpr std::string_view kEpoch = "Delivery/Epoch";
/// "Delivery/Lane N". In DDATA: row id of the last record in the message. In births: the highest mark the
/// node was ever told, so that a gateway restored from a backup sees at once that it lost something.
[[nodiscard]] std::string delivery_lane(Lane lane);
/// "Delivery/Order": Bytes, byte i is the index of the DataSet (in message order) that holds the i-th
/// record. Only where a message has more than one DataSet.
inline constexpr std::string_view kOrder = "Delivery/Order";
[[nodiscard]] std::string depth(Lane lane);  ///< "Outbox/Depth Lane N"
inline constexpr std::string_view kOldest = "Outbox/Oldest";
/// "Outbox/Given Up/<reason>": UInt64, records given up so far (sparkplug/given_up.hpp).
inline constexpr std::string_view kGivenUp = "Outbox/Given Up/";
/// On the backlog device: rows that were given up.
inline constexpr std::string_view kGap = "backlog/Gap";
inline constexpr std::string_view kAgentVersion = "Agent/Version";
/// UInt32, s, in NBIRTH: how long a row of measurements holds at most (agent/by_exception.hpp).
inline constexpr std::string_view kHeartbeat = "Agent/Heartbeat";
inline constexpr std::string_view kBootId = "Clock/Boot Id";        ///< kernel boot UUID
inline constexpr std::string_view kClockQuality = "Clock/Quality";  ///< UInt8, ClockQuality
/// Int64 ms: wall time minus time since boot. Gives live records their time since boot.
inline constexpr std::string_view kBootOffset = "Clock/Boot Offset";
/// String in NBIRTH: public key of the board's export files, base64 of its DER (SubjectPublicKeyInfo).
inline constexpr std::string_view kExportKey = "Node Info/Export Key";
/// Int64 ms: least and greatest offset that can be true; null while there is none.
inline constexpr std::string_view kEarliestOffset = "Clock/Earliest Offset";
inline constexpr std::string_view kLatestOffset = "Clock/Latest Offset";
/// UInt64, ms since boot: a node whose own clock is not synchronised asks for the gateway's time. Null: it
/// does not ask. In NBIRTH, and now and then in NDATA.
inline constexpr std::string_view kClockQuestion = "Clock/Question";
/// UInt64: the question's number, from a gateway whose clock is synchronised, in an NCMD whose timestamp is
/// its time. That time lay between question and answer, however long either was under way.
inline constexpr std::string_view kClockAnswer = "Node Control/Clock Answer";
}  // namespace metric

/// The device whose DDATA carries backlog: one DataSet metric for each schema, named
/// "<device>/<group>" of the schema. A device of its own keeps history off the live topics, and lets one
/// message hold contiguous rows of several devices.
inline constexpr std::string_view kBacklogDevice = "backlog";
/// First column of each backlog DataSet: UInt32 ms after the DataSet metric's timestamp.
inline constexpr std::string_view kOffsetColumn = "Offset";

/// The schema of a gap: rows first..last were given up, `Count` records for `Reason`.
/// Device "backlog", group "Gap", columns First, Last, Count (UInt64) and Reason (String).
[[nodiscard]] Schema gap_schema(Lane lane);
[[nodiscard]] Batch::Item make_gap(std::size_t schema, RowId first, RowId last, std::uint64_t count,
                                   std::string reason, Stamp stamp);

/// What a message's records need to know beyond themselves: the births say it once.
struct ClockContext {
  std::string boot_id;
  ClockQuality quality = ClockQuality::unset;
  Milliseconds boot_offset{};  ///< wall minus time since boot
  friend bool operator==(const ClockContext&, const ClockContext&) = default;
};

/// Gives the alias of a metric by full name within a device.
using AliasOf = std::function<std::uint64_t(std::string_view device, std::string_view name)>;

/// Encodes as many leading items of `batch` as fit into about `max_bytes` as DataSets of the backlog
/// device, `Delivery/Lane N` included, seq and payload timestamp left to the caller.
/// What one DataSet looks like: sparkplug/backlog_set.hpp.
/// Returns the payload and how many items it holds (at least one).
struct EncodedBacklog {
  std::vector<Metric> metrics;
  std::size_t items = 0;
};
[[nodiscard]] EncodedBacklog encode_backlog(const Batch& batch, std::size_t from_item, std::size_t max_bytes,
                                            const ClockContext& births, const AliasOf& alias_of);

/// One fresh record as aliased metrics of its own device, `Delivery/Lane N` last when `row` is given.
/// Null values are sent as null, so that a current value can go away. `historical` sets is_historical.
[[nodiscard]] std::vector<Metric> encode_live(const Schema& schema, const Record& record,
                                              std::optional<RowId> row, bool historical,
                                              const AliasOf& alias_of);

/// The other direction: metrics of one DDATA with names and types already resolved.
/// `device` is the topic's. Empty when there is no `Delivery/Lane N` among them (a present value only).
/// Live metrics are split into records where the group (the name up to its last '/') changes.
[[nodiscard]] Result<std::optional<Batch>> decode_delivery(std::string_view device, std::string_view epoch,
                                                           std::vector<Metric>& metrics,
                                                           const ClockContext& births);

}  // namespace xalink
