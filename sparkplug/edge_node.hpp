#pragma once
// The edge node's side of Sparkplug and of delivery, as rules without I/O: inputs in, actions out
// (Sparkplug 3.0 chapter 5; design, section 5). Tests drive it for years in milliseconds; agent/publish
// gives it a real broker and a real outbox.

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/session.hpp"

namespace xalink {

struct NodeId {
  std::string group;
  std::string node;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};
[[nodiscard]] std::string to_string(const NodeId& id);  ///< "group/node"

/// One reading of every clock, taken together.
struct Now {
  SteadyTime steady{};
  WallTime wall{};
  BootTime boot{};
  ClockQuality quality = ClockQuality::unset;
};

enum class AcknowledgedBy : std::uint8_t {
  gateway,  ///< rows are kept until xalink-gateway has committed them
  none,     ///< foreign hosts: handed to the broker is good enough; the weaker promise
};
enum class BacklogForm : std::uint8_t {
  data_sets,  ///< many rows in DataSets on the backlog device
  metrics,    ///< one message for each record, aliased historical metrics; for foreign hosts
};

struct EdgeNodeOptions {
  NodeId id;
  std::string primary_host;  ///< host application id; empty: do not wait for any
  std::string boot_id;
  std::string software_version;
  AcknowledgedBy acknowledged_by = AcknowledgedBy::gateway;
  BacklogForm backlog = BacklogForm::data_sets;
  std::size_t max_message_bytes = 16 * 1024;
  std::size_t min_window = 2;    ///< unacknowledged messages, to begin with and after a loss
  std::size_t max_window = 64;
  Duration min_backoff = std::chrono::seconds(1);
  Duration max_backoff = std::chrono::minutes(5);
  Duration stable_after = std::chrono::minutes(1);  ///< a session this old resets the backoff
  Duration max_birth_delay = std::chrono::seconds(10);  ///< births spread over this after STATE returns
  Duration first_timeout = std::chrono::seconds(10);    ///< for an acknowledgement, before an RTT is known
  Duration min_timeout = std::chrono::seconds(2);
  Duration max_timeout = std::chrono::minutes(2);
};

/// Where a lane of the outbox stands.
struct LaneDepth {
  RowId acknowledged = 0;  ///< mark: everything up to here is committed at the gateway
  RowId last = 0;          ///< highest durable row
  RowId oldest_held = 0;   ///< lowest row still in the outbox, spares included; 0 when it is empty
  std::optional<WallTime> oldest_unacknowledged;
};

namespace action {
/// Persist the next bdSeq (0 first ever, 255 → 0) and answer with bdseq_stored(). Before every CONNECT.
struct StoreBdSeq {};
struct Connect {
  std::string client_id;
  OutgoingMessage will;
};
struct Subscribe {
  std::vector<std::string> filters;
};
/// In order. Answer with published() when the session has taken it.
struct Publish {
  OutgoingMessage message;
};
struct Close {};
/// Read up to `max_items` items from row `first`; answer with batch_read(generation, ...).
struct Read {
  Lane lane = Lane::events;
  RowId first = 0;
  std::size_t max_items = 0;
  std::uint64_t generation = 0;
};
/// The gateway holds everything up to `mark`: the outbox may forget it.
struct Acknowledge {
  Lane lane = Lane::events;
  RowId mark = 0;
};
/// Something worth one log line.
struct Note {
  enum class Level : std::uint8_t { info, warning } level = Level::info;
  std::string text;
};
}  // namespace action

using EdgeNodeAction = std::variant<action::StoreBdSeq, action::Connect, action::Subscribe, action::Publish,
                                    action::Close, action::Read, action::Acknowledge, action::Note>;

enum class EdgeNodeState : std::uint8_t {
  stopped,
  waiting_to_connect,
  connecting,
  waiting_for_host,  ///< connected; the primary host's STATE is not online
  birth_pending,     ///< host online; births are spread
  online,
};
[[nodiscard]] std::string_view to_string(EdgeNodeState state);

/// Thread-safety: none; one loop. Effects: only the returned actions.
class EdgeNode {
 public:
  /// `schemas`: every shape of record that can be sent, so that births can declare it.
  EdgeNode(EdgeNodeOptions options, std::vector<Schema> schemas, std::string epoch,
           std::array<LaneDepth, kLaneCount> lanes, std::uint64_t seed);

  // Inputs. Each may add actions; take them with take_actions() after every call.
  void start(Now now);
  /// Publishes NDEATH, disconnects, and stays stopped.
  void stop(Now now);
  void bdseq_stored(std::uint8_t bdseq, Now now);
  void connected(Now now);
  void subscribed(Now now);
  /// Connecting or subscribing failed, or the session ended.
  void lost(const std::string& reason, Now now);
  void arrived(const IncomingMessage& message, Now now);
  /// A fresh record was taken: becomes the current value, and goes out as a present value while backlog
  /// is ahead of it. Its row follows with appended().
  void took(const Schema& schema, const Record& record, Now now);
  /// Rows up to `last` are durable.
  void appended(Lane lane, RowId last, Now now);
  void batch_read(std::uint64_t generation, Batch batch, Now now);
  /// The session took the oldest message not yet reported.
  void published(Now now);
  void tick(Now now);
  /// Current value of a schema from the outbox, for births after a restart.
  void restore_current(const Schema& schema, const Record& record);
  /// A shape that was not known at construction; leads to a rebirth when online.
  void add_schema(const Schema& schema, Now now);

  [[nodiscard]] std::vector<EdgeNodeAction> take_actions();
  /// When tick() wants to be called next; nothing to wait for when empty.
  [[nodiscard]] std::optional<SteadyTime> wake_at() const;

  [[nodiscard]] EdgeNodeState state() const { return state_; }
  [[nodiscard]] const LaneDepth& lane(Lane lane) const;
  [[nodiscard]] std::uint64_t ignored_commands() const { return ignored_commands_; }

 private:
  EdgeNodeState state_ = EdgeNodeState::stopped;
  std::uint64_t ignored_commands_ = 0;
};

}  // namespace xalink
