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

#include "sparkplug/boot_clock.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/predecessor.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {

struct NodeId {
  std::string group;
  std::string node;
  friend auto operator<=>(const NodeId&, const NodeId&) = default;
};
[[nodiscard]] std::string to_string(const NodeId& id);  ///< "group/node"

/// One reading of every clock, taken together. `wall` is the best that is known, not necessarily what the
/// system's clock says: on a board it comes from agent/board_time.
struct Now {
  SteadyTime steady{};
  WallTime wall{};
  BootTime boot{};
  ClockQuality quality = ClockQuality::unset;
  std::optional<OffsetBounds> bounds{};  ///< of wall minus boot
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
  /// Public key that export files of this board are signed with: base64 of its DER. Told in births, so
  /// that the gateway knows the board when a file comes by hand; empty: a certificate says it.
  std::string export_key;
  AcknowledgedBy acknowledged_by = AcknowledgedBy::gateway;
  BacklogForm backlog = BacklogForm::data_sets;
  std::size_t max_message_bytes = std::size_t{16} * 1024;
  std::size_t min_window_bytes = std::size_t{4} * 1024;  ///< bytes under way, to begin with and after a loss
  std::size_t max_window_bytes = std::size_t{1024} * 1024;
  /// Backlog takes at most this share of the time that the link is busy, the rest is left to others.
  double backlog_share = 1.0;
  std::uint64_t hourly_backlog_bytes = 0;  ///< topics and payloads of backlog in an hour; 0: no limit
  /// Durable measurements wait so long for others to go with: a message costs more than a row in it. None
  /// waits when a lane has more than a few rows, nor for `hurry_for` after hurry().
  Duration gather{};
  Duration hurry_for = std::chrono::minutes(2);
  Duration heartbeat{};  ///< of what is recorded by exception, told in births; 0: every run is recorded
  Duration min_backoff = std::chrono::seconds(1);
  Duration max_backoff = std::chrono::minutes(5);
  Duration stable_after = std::chrono::minutes(1);      ///< a session this old resets the backoff
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
  /// The outbox was found with this row as its last one, and no mark of the gateway has fitted since. If it
  /// had lost its last commits, the row ids above were given out before. Empty: all row ids are sure.
  std::optional<RowId> sure_up_to{};
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
/// The gateway's marks fit what the outbox was found with: its row ids were given out once. Answer with
/// row_ids_trusted() when that is on the disk; nothing is sent before. While the disk refuses, try again.
struct TrustRowIds {
  std::string epoch;
};
/// The gateway holds rows of this epoch that this outbox never had: it lost its last commits, and their row
/// ids were given out again. Answer with renewed(), under a new epoch that continues this one up to the rows
/// that are sure; nothing is sent before. While the disk refuses, try again.
struct BeginEpoch {
  std::string of;
};
/// A command to a device asks for another value of a metric; answer with set_setting(), changed or not, when
/// it is a setting. Whoever owns the settings tells why it does not do what it cannot.
struct SettingAsked {
  std::string device;
  std::string name;
  std::optional<std::uint64_t> value;  ///< nothing: the one that came is no whole number, or below zero
  std::string said;                    ///< the one that came, for people
};
/// The gateway told its time: it was `gateway` at some moment from `asked` to `arrived` of this boot.
struct ClockAnswer {
  BootTime asked{};
  BootTime arrived{};
  WallTime gateway{};
};
/// Something worth one log line.
struct Note {
  enum class Level : std::uint8_t { info, warning } level = Level::info;
  std::string text;
};
}  // namespace action

using EdgeNodeAction =
    std::variant<action::StoreBdSeq, action::Connect, action::Subscribe, action::Publish, action::Close,
                 action::Read, action::Acknowledge, action::TrustRowIds, action::BeginEpoch,
                 action::ClockAnswer, action::SettingAsked, action::Note>;

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
  /// Something changed that people wait for: measurements go as soon as they are durable, for a while.
  void hurry(Now now);
  /// Rows up to `last` are durable.
  void appended(Lane lane, RowId last, Now now);
  /// Rows up to `last` can be read, and go to the disk unless they are confirmed soon: none waits for
  /// company.
  void handed_over(Lane lane, RowId last, Now now);
  void batch_read(std::uint64_t generation, Batch batch, Now now);
  /// The session took the oldest message not yet reported.
  void published(Now now);
  /// Rows up to `last` left the board by another way, an export file: an acknowledgement that comes for
  /// them is no lie.
  void carried(Lane lane, RowId last);
  /// The gateway's mark came by another way than a command, an acknowledgement file. Marks that say
  /// nothing new are passed over; one beyond the durable rows is ignored and noted.
  void acknowledged_by_hand(Lane lane, RowId mark, Now now);
  void row_ids_trusted(const std::string& epoch, Now now);
  void tick(Now now);
  /// Current value of a schema from the outbox, for births after a restart.
  void restore_current(const Schema& schema, const Record& record);
  /// Whoever found the network missing finds it there again: what is left of a long wait is not waited for.
  void way_is_back(Now now);
  /// A shape that was not known at construction; leads to a rebirth when online.
  void add_schema(const Schema& schema, Now now);
  /// A value of a device that a command may change (UInt32): `name` is declared in the catalogue. Told in the
  /// device's birth, and at once when the node is online.
  void set_setting(const std::string& device, const std::string& name, std::uint64_t value, Now now);
  /// Records given up so far by reason (sparkplug/given_up.hpp), told in births and NDATA.
  void set_given_up(std::map<std::string, std::uint64_t> by_reason);
  /// Outboxes that this one was salvaged from, told in births.
  void set_predecessors(std::vector<Predecessor> predecessors);
  /// The outbox was replaced: a birth tells its epoch, and sending goes on from its mark. What was read
  /// or asked for under the old epoch is void.
  void renewed(std::string epoch, const std::array<LaneDepth, kLaneCount>& lanes,
               std::vector<Predecessor> predecessors, Now now);
  /// While the disk takes nothing, records go out as present values without waiting for their rows.
  void set_outbox_refuses(bool refuses) { outbox_refuses_ = refuses; }

  [[nodiscard]] std::vector<EdgeNodeAction> take_actions();
  /// When tick() wants to be called next; nothing to wait for when empty.
  [[nodiscard]] std::optional<SteadyTime> wake_at() const;

  [[nodiscard]] EdgeNodeState state() const { return state_; }
  [[nodiscard]] const LaneDepth& lane(Lane lane) const;
  [[nodiscard]] const std::string& epoch() const { return epoch_; }
  /// The gateway answers, and has confirmed every row that it was sent: it may well confirm the next ones
  /// within seconds. A few rows may wait for company.
  [[nodiscard]] bool caught_up(Lane lane) const;
  /// When the oldest message was sent that the gateway has not confirmed, while a session is there and
  /// `timeouts` in a row have passed without a word of it. Nothing where it is not to confirm anything.
  [[nodiscard]] std::optional<SteadyTime> unanswered_since(std::uint32_t timeouts) const;
  [[nodiscard]] std::uint64_t ignored_commands() const { return ignored_commands_; }

 private:
  /// A lane with more unsent rows than this is backlog; up to here rows go out as live metrics.
  static constexpr RowId kLiveRows = 32;

  struct SchemaState {
    Schema schema;
    std::optional<Record> current;
    BootTime told{};  ///< time since boot of the newest value that went out as current in this session
  };
  struct InFlight {
    RowId last = 0;
    std::size_t bytes = 0;
    SteadyTime sent{};
    bool resent = false;         ///< rows of it were sent before: its round trip says nothing (Karn's rule)
    std::uint64_t position = 0;  ///< queued_bytes_ with it: everything up to here went before it
    std::uint64_t ahead = 0;     ///< bytes that were not through when it was queued, its own included
  };
  /// One row sent again to ask whether the messages under way are lost or only late.
  struct Probe {
    std::optional<RowId> row;  ///< none until it was read from the outbox
    SteadyTime sent{};
  };
  struct LaneState {
    LaneDepth depth;
    RowId next = 1;       ///< first row not yet sent in this round
    RowId believed = 0;   ///< highest mark ever, also while rows below it are sent again
    RowId sent_high = 0;  ///< highest row that may ever have been sent; acknowledgements beyond are lies
    Batch buffer;         ///< rows read from the outbox and not yet sent
    std::size_t buffer_at = 0;
    bool reading = false;
    std::uint64_t generation = 0;
    std::deque<InFlight> in_flight;
    std::optional<Probe> probe;
    std::optional<SteadyTime> gathered_until;  ///< unsent rows may wait for company until then
    RowId session_high = 0;                    ///< highest row sent since the connection was made
    bool mark_fits = false;  ///< of a lane in doubt (LaneDepth::sure_up_to): what the gateway said of it
    /// Rows were sent twice: until then a repeated mark may answer the second copy.
    SteadyTime echoes_until{};
  };
  struct Handed {  ///< a publish that the session has not taken yet
    std::optional<Lane> lane;
    RowId last = 0;
  };
  struct NodeMetric {  ///< its type, unit and alias: the catalogue says
    std::string name;
    MetricValue value;
  };

  void perform(EdgeNodeAction action) { actions_.push_back(std::move(action)); }
  void note(action::Note::Level level, std::string text);
  [[nodiscard]] Topic topic(MessageType type, std::string device = {}) const;
  std::uint64_t alias(std::string_view device, std::string_view name);
  [[nodiscard]] AliasOf alias_of();
  void publish(MessageType type, std::string device, Payload payload, WriteTypes types, Handed handed);
  [[nodiscard]] Metric bdseq_metric(std::uint64_t timestamp) const;
  [[nodiscard]] OutgoingMessage death(std::optional<WallTime> at) const;

  void wait_to_connect(Now now, Duration longest);
  void consider_host(Now now);
  void host_went_away(Now now);
  void births(Now now);
  void publish_nbirth(Now now);
  void publish_dbirth(const std::string& device, const std::vector<SchemaState>& schemas, Now now);
  void publish_backlog_dbirth(Now now);
  [[nodiscard]] std::vector<NodeMetric> clock_metrics() const;
  [[nodiscard]] std::vector<NodeMetric> outbox_metrics() const;
  void publish_ndata(const std::vector<NodeMetric>& metrics, Now now);
  void refresh_node_metrics(Now now);
  [[nodiscard]] ClockContext context_at(Now now) const;

  void take_state(const IncomingMessage& message, Now now);
  void take_command(const Topic& topic, const IncomingMessage& message, Now now);
  void ignore_command(const std::string& why);
  void take_device_command(const Topic& topic, const Payload& payload);
  [[nodiscard]] Metric setting_metric(const std::string& device, const std::string& name, std::uint64_t value,
                                      Now now) const;
  void take_clock_answer(std::uint64_t question, const Payload& payload, Now now);
  void ask_for_time(Now now);
  struct LaneMark {
    Lane lane;
    RowId row;
  };
  void take_marks(const std::vector<LaneMark>& marks, Now now);
  void begin_epoch(LaneMark mark);
  [[nodiscard]] bool in_doubt() const;
  /// Rows wait for the gateway's word: theirs are in doubt, or its answer under this epoch is.
  [[nodiscard]] bool rows_wait() const { return in_doubt() || epoch_unheard_; }
  void acknowledged(Lane lane, RowId mark, Now now);
  void resend_from(Lane lane, RowId first);
  void mark_repeated(Lane lane, Now now);
  void answer_probe(LaneState& lane, Lane which, RowId mark, bool whole_message, Now now);
  void go_back(Lane lane);
  void check_timeout(Now now);
  void send_probe(LaneState& lane, Batch batch, Now now);
  /// Tells the answer to a probe's read from those to the others.
  [[nodiscard]] static std::uint64_t probe_generation(const LaneState& lane) {
    return lane.generation | std::uint64_t{1} << 63U;
  }
  [[nodiscard]] std::optional<SteadyTime> timeout_at(const LaneState& lane) const;
  [[nodiscard]] std::optional<SteadyTime> timeout_at() const;
  [[nodiscard]] Duration time_for(std::uint64_t bytes) const;
  void measure_round_trip(Duration sample, std::uint64_t ahead, Now now);
  void adapt_window(std::size_t acknowledged_bytes, std::optional<Duration> sample, std::uint64_t ahead);

  void pump(Now now);
  bool pump_lane(Lane lane, Now now);
  [[nodiscard]] bool gathers(LaneState& lane, Now now);
  void send_backlog(LaneState& lane, Lane which, Now now);
  std::size_t send_live(LaneState& lane, Lane which, Now now);
  void sent(LaneState& lane, RowId last, Now now);
  [[nodiscard]] bool is_fresh(const SchemaState& state, const Record& record) const;
  SchemaState* find(const Schema& schema);
  [[nodiscard]] bool anything_in_flight() const;
  [[nodiscard]] bool backlog_must_wait(Now now);
  void spend_on_backlog(std::size_t bytes, Now now);
  [[nodiscard]] std::uint64_t bytes_under_way() const { return queued_bytes_ - through_bytes_; }
  [[nodiscard]] LaneState& at(Lane lane) { return lanes_[index(lane)]; }

  EdgeNodeOptions options_;
  std::string epoch_;
  std::map<std::string, std::vector<SchemaState>> devices_;
  std::unordered_map<std::string, std::uint64_t> aliases_;  ///< key: device, NUL, name
  std::map<std::string, std::uint64_t> given_up_;
  bool given_up_changed_ = false;
  std::map<std::string, std::map<std::string, std::uint64_t>> settings_;  ///< by device and name
  std::vector<Predecessor> predecessors_;
  bool outbox_refuses_ = false;
  std::array<LaneState, kLaneCount> lanes_;
  std::mt19937_64 random_;

  EdgeNodeState state_ = EdgeNodeState::stopped;
  std::vector<EdgeNodeAction> actions_;
  std::deque<Handed> handed_;
  std::uint8_t bdseq_ = 0;
  std::uint8_t seq_ = 0;
  bool subscribed_ = false;
  std::optional<HostState> host_;
  unsigned failures_ = 0;  ///< connection attempts since the last stable session
  SteadyTime retry_at_{};
  std::optional<SteadyTime> retry_after_attempt_;  ///< the way came back while one was made
  SteadyTime birth_at_{};
  SteadyTime online_since_{};
  BootTime born_at_{};  ///< time since boot, which does not jump when the clock is set
  ClockContext context_;
  std::optional<OffsetBounds> told_bounds_;
  std::optional<BootTime> question_;  ///< for the gateway's time, not answered yet
  SteadyTime ask_again_at_{};
  std::optional<SteadyTime> marks_awaited_until_;  ///< after births: the gateway says where to go on
  unsigned unanswered_births_ = 0;                 ///< in a row
  bool born_ = false;                              ///< some birth was sent, under whatever epoch
  bool epoch_unheard_ =
      false;  ///< another epoch was told before, and the gateway has not answered under this one
  bool outbox_decides_ = false;   ///< it was asked to trust its row ids, or for a new epoch
  SteadyTime node_metrics_at_{};  ///< when outbox metrics are told next, at the earliest
  std::array<std::uint64_t, kLaneCount> told_depth_{};
  // TCP keeps the order of a session: whatever was queued before an acknowledged message is through.
  std::uint64_t queued_bytes_ = 0;    ///< all that was published in this session
  std::uint64_t through_bytes_ = 0;   ///< of it, known to have reached the broker
  std::uint64_t birth_position_ = 0;  ///< queued_bytes_ with the newest NBIRTH
  std::size_t window_bytes_ = 0;
  Duration smoothed_{};
  Duration variation_{};
  Duration timeout_{};
  std::uint32_t silences_ = 0;              ///< timeouts since the gateway last said anything
  Duration shortest_{};                     ///< shortest round trip seen
  double bytes_per_second_ = 0;             ///< that the link was seen to carry, smoothed; 0: not known
  SteadyTime backlog_free_at_{};            ///< for the share
  std::optional<SteadyTime> hour_ends_at_;  ///< of the hourly budget
  std::uint64_t spent_this_hour_ = 0;
  std::optional<SteadyTime> backlog_waits_until_;  ///< it has rows and would send them
  SteadyTime hurried_until_{};
  std::uint64_t ignored_commands_ = 0;
};

}  // namespace xalink
