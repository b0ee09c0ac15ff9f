#include "tests/bench/month.hpp"

#include <unistd.h>

#include <algorithm>
#include <deque>
#include <fstream>
#include <stdexcept>
#include <utility>
#include <vector>

#include "agent/recorder.hpp"
#include "sparkplug/host_application.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/topic.hpp"
#include "tests/bench/record_mix.hpp"
#include "tests/bench/tls_pipe.hpp"

namespace xalink::bench {
namespace {

constexpr std::size_t kSegment = 1448;
constexpr std::size_t kHeaders = 52;  // IPv4 20, TCP 20, timestamps 12
constexpr Milliseconds kWay{30};
constexpr Milliseconds kCommit{50};  // gateway: IntakeOptions::max_delay
constexpr Milliseconds kMinute{60'000};
constexpr Milliseconds kDay{86'400'000};

std::string mqtt_length(std::size_t length) {
  std::string bytes;
  do {
    const auto low = static_cast<unsigned char>(length % 128);
    length /= 128;
    bytes.push_back(static_cast<char>(length > 0 ? low | 0x80U : low));
  } while (length > 0);
  return bytes;
}

std::string mqtt_text(std::string_view text) {
  std::string bytes{static_cast<char>(text.size() / 256), static_cast<char>(text.size() % 256)};
  return bytes.append(text);
}

std::string mqtt(unsigned char first, const std::string& body) {
  return static_cast<char>(first) + mqtt_length(body.size()) + body;
}

std::string mqtt_publish(const OutgoingMessage& message) {
  const bool numbered = message.qos > 0;
  return mqtt(static_cast<unsigned char>(0x30 + 2 * message.qos + (message.retain ? 1 : 0)),
              mqtt_text(message.topic) + (numbered ? "\0\1" : "") + message.payload);
}

std::size_t encoded_size(const Metric& metric) {
  Payload payload;
  payload.metrics.push_back(metric);
  return encode(payload, WriteTypes::never).size();
}

/// Of this process, in bytes.
std::uint64_t resident() {
  std::ifstream statm("/proc/self/statm");
  std::uint64_t pages = 0;
  statm >> pages >> pages;
  return pages * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

class Month {
 public:
  explicit Month(const MonthOptions& options)
      : options_(options),
        rule_(options.by_exception),
        host_(HostApplicationOptions{}),
        office_(options_.config, options_.way) {}

  MonthOfBytes run() {
    RecordMix mix;
    Pending next = mix.next();
    boot_id_ = next.record.stamp.boot_id;
    begin_wall_ = next.record.stamp.wall;
    begin_boot_ = next.record.stamp.boot_time;
    office_.begin(begin_boot_);
    options_.node.boot_id = boot_id_;
    std::vector<Schema> schemas;
    for (const auto& schema : {link_schema("eth0"), ping_schema("gateway"), ping_schema("anchor"),
                               dns_schema("portal"), reach_schema("portal"), board_schema()}) {
      schemas.push_back(rule_.recorded(schema));
    }
    for (const auto& schema : office_.schemas()) schemas.push_back(rule_.recorded(schema));
    for (const auto& schema : {dossier_schema(), satisfaction_schema(), task_schema(), village_schema(),
                               boot_clock_schema(), outage_schema()}) {
      schemas.push_back(schema);
    }
    node_.emplace(options_.node, std::move(schemas), kEpoch, std::array<LaneDepth, kLaneCount>{}, 42);
    connect_host();
    node_->start(now());
    settle();
    const auto end = kDay * options_.days;
    const auto session = kDay / std::max(1, options_.connections_a_day);
    Milliseconds reconnect = session;
    while (next.record.stamp.boot_time - begin_boot_ < end) {
      const auto at = next.record.stamp.boot_time - begin_boot_;
      for (auto& extra : office_.until(next.record.stamp)) take(std::move(extra));
      pass_until(at);
      if (at >= reconnect) {
        reconnect += session;
        node_->lost("the link was gone", now());
        settle();
      }
      look_at_memory(at);
      take(std::move(next));
      next = mix.next();
    }
    pass_until(end);
    if (host_.counters().set_aside > 0 || host_.counters().sequence_gaps > 0) {
      throw std::runtime_error("the gateway could not use what the board sent");
    }
    look_at_memory(end);
    return std::move(bytes_);
  }

 private:
  /// After the first day, which has seen everything once, and from then on.
  void look_at_memory(Milliseconds at) {
    if (at < kDay) return;
    const auto now = resident();
    if (bytes_.memory_after_a_day == 0) bytes_.memory_after_a_day = now;
    bytes_.memory_at_most = std::max(bytes_.memory_at_most, now);
  }

  [[nodiscard]] Now now() const {
    Now now;
    now.steady = SteadyTime(std::chrono::duration_cast<Duration>(at_));
    now.wall = begin_wall_ + at_;
    now.boot = begin_boot_ + at_;
    now.quality = ClockQuality::synchronised;
    return now;
  }

  // --- the wire ---
  void segments(std::size_t bytes) {
    const std::size_t data = (bytes + kSegment - 1) / kSegment;
    bytes_.tcp += data * kHeaders + (data + 1) / 2 * kHeaders;
  }
  void up(const std::string& packet) {
    const auto taken = tls_->up(packet);
    bytes_.tls += taken - packet.size();
    segments(taken);
    last_sent_ = at_;
  }
  void down(const std::string& packet) {
    const auto taken = tls_->down(packet);
    bytes_.tls += taken - packet.size();
    segments(taken);
    last_received_ = at_;
  }

  // --- the board ---
  void take(Pending pending) {
    if (pending.schema.lane == Lane::events) {
      ++bytes_.events;
      ++bytes_.rows_of[pending.schema.device + " " + pending.schema.group];
      append({std::move(pending)});
      return;
    }
    ++bytes_.measurements;
    const auto company = waiting_.empty() ? ByException::Company::none : ByException::Company::waits;
    auto row = rule_.step(pending.schema, pending.record, company);
    if (!row) return;
    ++bytes_.rows;
    ++bytes_.rows_of[row->schema.device + " " + row->schema.group];
    if (row->news) node_->hurry(now());
    node_->took(row->schema, row->record, now());
    settle();
    if (waiting_.empty()) {
      flush_at_ = at_ + options_.flush;
      hand_over_at_ = flush_at_;
      if (options_.holds) {
        hand_over_at_ -= std::chrono::duration_cast<Milliseconds>(Recorder::answer_time(options_.flush));
      }
    }
    waiting_.push_back(Pending{std::move(row->schema), std::move(row->record)});
  }
  void hand_over() {
    hand_over_at_ = flush_at_;
    if (!node_->caught_up(Lane::measurements)) return;
    auto& lane = outbox_[index(Lane::measurements)];
    for (auto& record : std::exchange(waiting_, {})) lane.rows.push_back(std::move(record));
    node_->handed_over(Lane::measurements, lane.last(), now());
    settle();
  }
  void append(std::vector<Pending> records) {
    for (auto& record : records) {
      const Lane lane = record.schema.lane;
      outbox_[index(lane)].rows.push_back(std::move(record));
    }
    for (const Lane lane : kLanes) {
      const auto last = outbox_[index(lane)].last();
      if (last > node_->lane(lane).last) node_->appended(lane, last, now());
    }
    settle();
  }
  [[nodiscard]] Batch rows(const action::Read& read) const {
    Batch batch;
    batch.epoch = kEpoch;
    batch.lane = read.lane;
    const auto& lane = outbox_[index(read.lane)];
    if (read.first <= lane.forgotten) throw std::runtime_error("a row is read that was acknowledged");
    for (RowId row = read.first; row <= lane.last() && batch.items.size() < read.max_items; ++row) {
      const auto& pending = lane.rows[static_cast<std::size_t>(row - lane.forgotten - 1)];
      auto schema = std::find(batch.schemas.begin(), batch.schemas.end(), pending.schema);
      if (schema == batch.schemas.end()) schema = batch.schemas.insert(schema, pending.schema);
      batch.items.push_back(
          Batch::Item{static_cast<std::size_t>(schema - batch.schemas.begin()), row, row, pending.record});
    }
    return batch;
  }
  void settle() {
    for (auto actions = node_->take_actions(); !actions.empty(); actions = node_->take_actions()) {
      for (auto& action : actions) perform(action);
    }
  }
  void perform(EdgeNodeAction& action) {
    if (std::holds_alternative<action::StoreBdSeq>(action)) {
      node_->bdseq_stored(bdseq_++, now());
    } else if (auto* connect = std::get_if<action::Connect>(&action)) {
      tls_.emplace();
      bytes_.handshakes += tls_->handshake_up() + tls_->handshake_down();
      // SYN, SYN-ACK, ACK, and FIN both ways at its end; the flights of the handshake.
      bytes_.tcp += 7 * kHeaders;
      segments(tls_->handshake_up());
      segments(tls_->handshake_down());
      pipe(bytes_.connecting, Way::up,
           mqtt(0x10, mqtt_text("MQTT") + "\4\4\0\0" + mqtt_text(connect->client_id) +
                          mqtt_text(connect->will.topic) + mqtt_text(connect->will.payload)));
      pipe(bytes_.connecting, Way::down, mqtt(0x20, std::string(2, '\0')));
      node_->connected(now());
    } else if (auto* subscribe = std::get_if<action::Subscribe>(&action)) {
      std::string body(2, '\0');
      for (const auto& filter : subscribe->filters) body += mqtt_text(filter) + '\1';
      pipe(bytes_.connecting, Way::up, mqtt(0x82, body));
      pipe(bytes_.connecting, Way::down, mqtt(0x90, std::string(2 + subscribe->filters.size(), '\0')));
      pipe(bytes_.connecting, Way::down, mqtt_publish(state_));
      node_->arrived(IncomingMessage{state_.topic, state_.payload, true}, now());
      node_->subscribed(now());
    } else if (auto* publish = std::get_if<action::Publish>(&action)) {
      account(publish->message);
      up(mqtt_publish(publish->message));
      host_.arrived(IncomingMessage{publish->message.topic, publish->message.payload}, now());
      answers_at_ = answers_at_.value_or(at_ + 2 * kWay + kCommit);
      node_->published(now());
    } else if (auto* read = std::get_if<action::Read>(&action)) {
      node_->batch_read(read->generation, rows(*read), now());
    }
  }

  enum class Way : bool { up, down };
  void pipe(std::uint64_t& count, Way way, const std::string& packet) {
    count += packet.size();
    way == Way::up ? up(packet) : down(packet);
  }

  // --- whose bytes they are ---
  void account(const OutgoingMessage& message) {
    const auto topic = parse_topic(message.topic);
    const auto payload = decode(message.payload);
    const auto size = mqtt_publish(message).size();
    if (topic->type == MessageType::nbirth || topic->type == MessageType::dbirth) {
      for (const auto& metric : payload->metrics) {
        if (metric.alias) names_[*metric.alias] = metric.name;
      }
      bytes_.births += size;
      return;
    }
    if (topic->type != MessageType::ddata) {
      bytes_.node_metrics += size;
      return;
    }
    ++bytes_.messages;
    std::size_t rest = size;
    for (const auto& metric : payload->metrics) {
      const auto& name = names_.at(metric.alias.value());
      if (name.starts_with("Delivery/")) continue;
      const auto taken = encoded_size(metric);
      bytes_.values[topic->device][name] += taken;
      rest -= taken;
    }
    bytes_.envelopes += rest;
  }

  // --- the gateway ---
  void connect_host() {
    const auto plan = host_.plan_connect(now());
    host_.connected(now());
    state_ = plan.birth;
    (void)host_.take_messages();
  }
  void answer() {
    answers_at_.reset();
    std::map<Lane, LaneMark> marks;
    for (auto& fact : host_.take_facts()) {
      if (auto* born = std::get_if<fact::NodeBorn>(&fact)) {
        for (const Lane lane : kLanes) {
          marks[lane] = LaneMark{born->node, born->epoch, lane, committed_[index(lane)], false};
        }
      } else if (auto* arrived = std::get_if<fact::Arrived>(&fact)) {
        auto& committed = committed_[index(arrived->batch.lane)];
        if (arrived->batch.first() > committed + 1) throw std::runtime_error("rows are missing");
        if (arrived->batch.last() > committed) bytes_.committed += arrived->batch.last() - committed;
        committed = std::max(committed, arrived->batch.last());
        marks[arrived->batch.lane] = LaneMark{arrived->node, kEpoch, arrived->batch.lane, committed, false};
      }
    }
    std::vector<LaneMark> all;
    for (auto& [lane, mark] : marks) all.push_back(mark);
    if (!all.empty()) host_.committed(all, now());
    for (const auto& command : host_.take_messages()) {
      pipe(bytes_.commands, Way::down, mqtt_publish(command));
      node_->arrived(IncomingMessage{command.topic, command.payload}, now());
      settle();
    }
    // The outbox keeps rows on the disk; here those that may still be asked for are kept in memory.
    for (const Lane lane : kLanes) {
      auto& [rows, forgotten] = outbox_[index(lane)];
      for (; forgotten < node_->lane(lane).acknowledged && !rows.empty(); ++forgotten) rows.pop_front();
    }
  }

  // --- time ---
  void pass_until(Milliseconds until) {
    for (;;) {
      std::optional<Milliseconds> first;
      const auto consider = [&](std::optional<Milliseconds> when) {
        if (when && (!first || *when < *first)) first = when;
      };
      if (const auto wake = node_->wake_at()) {
        consider(std::chrono::ceil<Milliseconds>(wake->time_since_epoch()));
      }
      if (!waiting_.empty()) consider(hand_over_at_);
      consider(answers_at_);
      const bool in_session = tls_ && node_->state() != EdgeNodeState::waiting_to_connect;
      const auto ping = std::min(last_sent_, last_received_) + Milliseconds(options_.keep_alive);
      if (in_session) consider(ping);
      if (!first || *first > until) break;
      at_ = std::max(at_, *first);
      if (answers_at_ && at_ >= *answers_at_) answer();
      if (!waiting_.empty() && at_ >= hand_over_at_ && options_.holds) hand_over();
      if (!waiting_.empty() && at_ >= flush_at_) append(std::exchange(waiting_, {}));
      if (in_session && at_ >= ping) {
        pipe(bytes_.keep_alives, Way::up, mqtt(0xc0, {}));
        pipe(bytes_.keep_alives, Way::down, mqtt(0xd0, {}));
      }
      node_->tick(now());
      settle();
    }
    at_ = std::max(at_, until);
  }

  static constexpr const char* kEpoch = "7f3c1e52-90ab-4c1d-8e77-5a60c2d4b9f1";
  MonthOptions options_;
  ByException rule_;
  HostApplication host_;
  std::optional<EdgeNode> node_;
  std::optional<TlsPipe> tls_;
  OfficeProbes office_;
  OutgoingMessage state_;
  std::string boot_id_;
  WallTime begin_wall_{};
  BootTime begin_boot_{};
  Milliseconds at_{};  ///< since the begin
  std::uint8_t bdseq_ = 0;
  std::vector<Pending> waiting_;
  Milliseconds flush_at_{};
  Milliseconds hand_over_at_{};
  std::optional<Milliseconds> answers_at_;
  Milliseconds last_sent_{};
  Milliseconds last_received_{};
  struct Rows {
    std::deque<Pending> rows;  ///< forgotten + 1, ...
    RowId forgotten = 0;
    [[nodiscard]] RowId last() const { return forgotten + rows.size(); }
  };
  std::array<Rows, kLaneCount> outbox_;
  std::array<RowId, kLaneCount> committed_{};
  std::map<std::uint64_t, std::string> names_;
  MonthOfBytes bytes_;
};

}  // namespace

std::uint64_t MonthOfBytes::in_values() const {
  std::uint64_t sum = 0;
  for (const auto& [device, metrics] : values) {
    for (const auto& [metric, bytes] : metrics) sum += bytes;
  }
  return sum;
}

std::uint64_t MonthOfBytes::total() const {
  return in_values() + envelopes + node_metrics + births + connecting + commands + keep_alives + handshakes +
         tls + tcp;
}

MonthOfBytes simulate_month(const MonthOptions& options) {
  return Month(options).run();
}

}  // namespace xalink::bench
