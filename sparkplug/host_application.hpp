#pragma once
// The host application's side of Sparkplug and of delivery, as rules without I/O: messages in; facts to
// commit and messages to send out (Sparkplug 3.0 chapter 5; design, section 5).

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <variant>
#include <vector>

#include "sparkplug/delivery.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/predecessor.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {

/// What the host learned, in the order it learned it, for the ledger to commit. `at` is the host's clock.
namespace fact {
struct NodeBorn {
  NodeId node;
  WallTime at{};
  std::uint8_t bdseq = 0;
  std::string epoch;  ///< empty: a plain Sparkplug node that knows nothing of Delivery/*
  ClockContext clock;
  std::array<std::uint64_t, kLaneCount> depth{};  ///< the node's own count of unacknowledged rows
  std::optional<std::uint64_t> oldest;            ///< wall ms of its oldest unacknowledged record
  /// The marks that the node believes in. Above ours: what lies between was acknowledged once and is not
  /// here, because the store was put back from an older copy or another gateway has it.
  std::array<std::optional<RowId>, kLaneCount> claimed;
  /// Outboxes whose rows are also this epoch's, the newest first.
  std::vector<Predecessor> continues;
  bool rebirth = false;  ///< same bdSeq as the session that is already open
};
struct NodeDied {
  NodeId node;
  WallTime at{};
  std::string reason;  ///< "death certificate", "superseded by a new birth", ...
};
struct DeviceBorn {
  NodeId node;
  std::string device;
  WallTime at{};
};
struct DeviceDied {
  NodeId node;
  std::string device;
  WallTime at{};
};
/// Values of metrics: current ones, or history of a plain node.
struct Values {
  struct Entry {
    std::string name;
    DataType type = DataType::unknown;
    Value value;
    std::uint64_t timestamp = 0;  ///< ms; the metric's, else the payload's
    bool historical = false;
    std::string unit;  ///< from births; empty elsewhere
  };
  NodeId node;
  std::string device;  ///< empty: the node's own
  WallTime at{};
  bool birth = false;
  bool plain = false;  ///< keep in the history of plain values: nothing else will deliver them
  std::vector<Entry> entries;
};
/// A run of records to be stored exactly once and acknowledged after the commit.
struct Arrived {
  NodeId node;
  WallTime at{};
  Batch batch;
  /// Of `at`: an upper bound for the time of the records only when the host's own clock is synchronised.
  ClockQuality host_clock = ClockQuality::unset;
  /// As in NodeBorn, where no birth told it: the records came by hand.
  std::vector<Predecessor> continues = {};
};
/// A message that could not be used: kept with its reason, never silently dropped.
struct SetAside {
  std::string topic;
  std::string payload;
  std::string reason;
  WallTime at{};
  /// Of the whole payload; 0: as long as `payload`, which else is its beginning.
  std::size_t size = 0;
};
/// What of a node was not taken in since the last such fact, so that it is told and not only dropped.
struct Curbed {
  NodeId node;
  WallTime at{};
  std::uint64_t limited = 0;    ///< messages beyond its limits, dropped unread
  std::uint64_t refused = 0;    ///< records without room in the queue: not acknowledged, they come again
  std::uint64_t lost = 0;       ///< values, births and deaths without room: nothing brings them back
  std::uint64_t set_aside = 0;  ///< unusable messages beyond what may be kept of them
  std::string reason;           ///< of the last one
};
}  // namespace fact

using Fact = std::variant<fact::NodeBorn, fact::NodeDied, fact::DeviceBorn, fact::DeviceDied, fact::Values,
                          fact::Arrived, fact::SetAside, fact::Curbed>;

/// What the ledger answers for a lane of a node's epoch after a commit, or at a birth.
struct LaneMark {
  NodeId node;
  std::string epoch;
  Lane lane = Lane::events;
  RowId mark = 0;     ///< everything up to here is committed
  bool hole = false;  ///< a batch began above mark + 1 and was not kept
};

struct HostApplicationOptions {
  std::string host_id = "xalink";
  std::vector<std::string> groups;  ///< Sparkplug group ids to serve; empty: all
  Duration reorder_timeout = std::chrono::seconds(5);
  Duration min_rebirth_interval = std::chrono::seconds(10);  ///< per node
  double rebirths_per_second = 5.0;                          ///< over all nodes
  /// A hole that repeating the mark does not close for this long: somebody else acknowledged those rows.
  /// A rebirth shows what the node believes, and then we can ask for them.
  Duration hole_timeout = std::chrono::minutes(1);
  /// Rows that a node was asked for again and does not send: the command may be lost like any other, and a
  /// lane of events may have nothing new to say for days.
  Duration ask_again_after = std::chrono::seconds(30);
  /// Nodes remembered; invented ids beyond are set aside without an answer.
  std::size_t max_nodes = 20'000;
  /// Metrics that a node and its devices may have declared at a time; births beyond are set aside.
  std::size_t max_metrics_of_node = 20'000;
  /// Different names that one node may bring in while this runs: of metrics, devices, epochs, boots and
  /// shapes of records. Each stays in the store for good.
  std::size_t max_names_of_node = 100'000;
  /// Messages of one node that wait for one they overtook, in bytes.
  std::size_t max_held_bytes = 4U << 20U;
  PayloadLimits limits;
};

/// Thread-safety: none; one loop.
class HostApplication {
 public:
  explicit HostApplication(HostApplicationOptions options);

  /// For CONNECT: client id and the STATE will, whose timestamp the STATE birth repeats.
  struct ConnectPlan {
    std::string client_id;
    OutgoingMessage will;
    std::vector<std::string> filters;
    OutgoingMessage birth;
  };
  [[nodiscard]] ConnectPlan plan_connect(Now now);
  /// The clean goodbye: STATE offline with timestamp now. Publish it before closing.
  [[nodiscard]] OutgoingMessage goodbye(Now now);

  void connected(Now now);
  void lost(Now now);
  void arrived(IncomingMessage message, Now now);
  /// After a commit: marks to acknowledge.
  void committed(const std::vector<LaneMark>& marks, Now now);
  void tick(Now now);

  /// Facts must be committed in order; messages may be sent at once.
  [[nodiscard]] std::vector<Fact> take_facts();
  [[nodiscard]] std::vector<OutgoingMessage> take_messages();
  [[nodiscard]] std::optional<SteadyTime> wake_at() const;

  struct Counters {
    std::uint64_t messages = 0;
    std::uint64_t set_aside = 0;
    std::uint64_t sequence_gaps = 0;
    std::uint64_t rebirths_requested = 0;
    std::uint64_t stale = 0;    ///< deaths of earlier sessions, repeated messages
    std::uint64_t records = 0;  ///< handed to the ledger, repetitions included
  };
  [[nodiscard]] const Counters& counters() const { return counters_; }
  /// Whether the node has been born since this began.
  [[nodiscard]] bool knows(const NodeId& id) const;
  /// A message came and was not read. When it was a birth, what the node says from now on must not be read by
  /// the birth before, which may be of another epoch: the node is asked for a new one.
  void left_unread(std::string_view topic, Now now);

 private:
  struct MetricType {
    std::string device;  ///< empty: the node's own
    std::string name;
    DataType type = DataType::unknown;
  };
  struct Node {
    bool born = false;    ///< a birth is in force; without one nothing of the node can be read
    bool known = false;   ///< was born once
    bool online = false;  ///< a NodeBorn was told and no NodeDied since; outlasts a birth after a gap
    bool delivers = false;
    std::uint8_t bdseq = 0;
    std::uint8_t expected_seq = 0;
    std::string epoch;
    ClockContext clock;
    /// What the node says is acknowledged; a lower mark of ours means that we lost records.
    std::array<std::optional<RowId>, kLaneCount> claimed;
    struct Resend {  ///< rows behind `mark` were asked for and have not come yet
      RowId mark = 0;
      SteadyTime asked{};  ///< or when the mark last rose: then the node is at it
    };
    std::array<std::optional<Resend>, kLaneCount> resends;
    std::array<std::optional<SteadyTime>, kLaneCount> hole_since;
    std::unordered_map<std::uint64_t, MetricType> aliases;
    std::map<std::pair<std::string, std::string>, DataType> types;  ///< by device and name
    std::set<std::string> devices;
    std::map<std::uint8_t, IncomingMessage> held;  ///< ahead of expected_seq, by seq
    std::size_t held_bytes = 0;
    /// Hashes of all names it ever brought in; a rebirth begins no new list.
    std::unordered_set<std::size_t> names;
    std::optional<SteadyTime> reorder_until;
    std::optional<SteadyTime> last_rebirth_request;
    bool wants_rebirth = false;
  };

  /// False when the node has brought in too many names already.
  [[nodiscard]] bool remember_name(Node& node, std::string_view kind, std::string_view name) const;
  [[nodiscard]] Result<void> check_birth(Node& node, const std::string& device, const Payload& payload) const;
  [[nodiscard]] Result<void> check_names(Node& node, const Batch& batch) const;
  void set_aside(const IncomingMessage& message, std::string reason, Now now);
  void take_state(const Topic& topic, const IncomingMessage& message, Now now);
  void take_nbirth(const NodeId& id, const IncomingMessage& message, Payload payload, Now now);
  void take_ndeath(const NodeId& id, const IncomingMessage& message, const Payload& payload, Now now);
  void take_in_sequence(const NodeId& id, const Topic& topic, IncomingMessage message, Payload payload,
                        Now now);
  void take_next(const NodeId& id, Node& node, const Topic& topic, const IncomingMessage& message,
                 Payload payload, Now now);
  void release_held(const NodeId& id, Node& node, Now now);
  void take_dbirth(const NodeId& id, Node& node, const Topic& topic, Payload payload, Now now);
  void take_data(const NodeId& id, Node& node, const Topic& topic, const IncomingMessage& message,
                 Payload payload, Now now);
  void declare(Node& node, const std::string& device, const Metric& metric);
  [[nodiscard]] Result<void> resolve(const Node& node, const std::string& device, Payload& payload) const;
  void read_clock(Node& node, const std::vector<Metric>& metrics);
  /// A node asks for the time: answered at once when ours is synchronised (`now.quality`).
  void answer_clock_question(const NodeId& id, const std::vector<Metric>& metrics, Now now);
  [[nodiscard]] fact::Values values_of(const NodeId& id, const std::string& device, const Payload& payload,
                                       Now now) const;
  void request_rebirth(const NodeId& id, Node& node, Now now);
  void send_rebirths(Now now);
  /// Whether to ask for the rows between our mark and the node's own now.
  [[nodiscard]] bool wants_resend(const NodeId& id, Node& node, const LaneMark& mark, Now now);
  void ask_again(Now now);
  void unborn(const NodeId& id, Node& node);
  /// The node, known from now on; nothing when there are too many.
  [[nodiscard]] Node* remember(const NodeId& id);

  HostApplicationOptions options_;
  std::map<NodeId, Node> nodes_;
  std::vector<Fact> facts_;
  std::vector<OutgoingMessage> messages_;
  HostState state_;
  bool connected_ = false;
  double rebirth_tokens_ = 0;
  SteadyTime tokens_at_{};
  std::set<NodeId> rebirths_wanted_;
  std::set<NodeId> reordering_;  ///< nodes with a reorder timer, so that time need not look at all of them
  std::set<NodeId> resending_;   ///< nodes with a resend that has not ended
  Counters counters_;
};

}  // namespace xalink
