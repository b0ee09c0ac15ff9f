// The delivery half of an edge node: a window of unacknowledged messages, going back when one is lost,
// present values ahead of backlog (design, section 5).

#include <algorithm>
#include <utility>

#include "sparkplug/edge_node.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink {
namespace {

using Level = action::Note::Level;

constexpr std::size_t kRowsPerRead = 1000;
// Messages that the session has not taken yet; beyond that present values are skipped (their rows are
// delivered in their turn).
constexpr std::size_t kMostHanded = 64;
}  // namespace

void EdgeNode::took(const Schema& schema, const Record& record, Now now) {
  auto* known = find(schema);
  if (known == nullptr || !(known->schema == schema)) {
    add_schema(schema, now);
    known = find(schema);
    if (known == nullptr) return;
  }
  known->current = record;
  if (state_ != EdgeNodeState::online) return;
  refresh_node_metrics(now);
  const auto& lane = at(schema.lane);
  const bool backlog_ahead = lane.depth.last >= lane.next + kLiveRows || rows_wait();
  // Present values overtake the backlog, but not without end: their rows follow in any case.
  const bool full = handed_.size() >= kMostHanded || bytes_under_way() > window_bytes_ + window_bytes_ / 2;
  if (!(backlog_ahead || outbox_refuses_) || full || !is_fresh(*known, record)) return;
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  payload.metrics = encode_live(schema, record, std::nullopt, /*historical=*/false, alias_of());
  known->told = record.stamp.boot_time;
  publish(MessageType::ddata, schema.device, std::move(payload), WriteTypes::never, {});
}

void EdgeNode::appended(Lane which, RowId last, Now now) {
  auto& lane = at(which);
  if (lane.depth.last == lane.depth.acknowledged) lane.depth.oldest_unacknowledged = now.wall;
  const bool first = lane.next > lane.depth.last;
  if (first && which == Lane::measurements && options_.gather > Duration{}) {
    lane.gathered_until = now.steady + options_.gather;
  }
  lane.depth.last = std::max(lane.depth.last, last);
  pump(now);
}

void EdgeNode::handed_over(Lane which, RowId last, Now now) {
  auto& lane = at(which);
  if (lane.depth.last == lane.depth.acknowledged) lane.depth.oldest_unacknowledged = now.wall;
  lane.gathered_until.reset();
  lane.depth.last = std::max(lane.depth.last, last);
  pump(now);
}

void EdgeNode::hurry(Now now) {
  hurried_until_ = now.steady + options_.hurry_for;
  pump(now);
}

void EdgeNode::batch_read(std::uint64_t generation, Batch batch, Now now) {
  auto& lane = at(batch.lane);
  const bool replaced = !batch.epoch.empty() && batch.epoch != epoch_;  // renewed() is on its way
  if (generation == probe_generation(lane)) {
    if (!replaced) send_probe(lane, std::move(batch), now);
    return;
  }
  if (generation != lane.generation) return;  // asked before a go-back
  if (replaced) {
    lane.reading = false;
    return;
  }
  lane.reading = false;
  // The outbox makes shapes of its own when it thins. Nobody could read them without a birth; the rows are
  // read again behind it.
  bool undeclared = false;
  for (const auto& schema : batch.schemas) {
    if (schema.device == kBacklogDevice || find(schema) != nullptr) continue;
    devices_[schema.device].push_back(SchemaState{schema, std::nullopt, {}});
    undeclared = true;
  }
  if (undeclared && state_ == EdgeNodeState::online) {
    births(now);
    return;
  }
  lane.buffer = std::move(batch);
  lane.buffer_at = 0;
  pump(now);
}

void EdgeNode::published(Now now) {
  if (handed_.empty()) return;  // of a session that has ended
  const auto handed = handed_.front();
  handed_.pop_front();
  if (handed.lane && options_.acknowledged_by == AcknowledgedBy::none) {
    acknowledged(*handed.lane, handed.last, now);
  } else if (handed.lane) {
    // The round trip begins when the session took the message, not when it was queued.
    auto& lane = at(*handed.lane);
    const auto flying = std::find_if(lane.in_flight.begin(), lane.in_flight.end(),
                                     [&](const InFlight& message) { return message.last == handed.last; });
    if (flying != lane.in_flight.end()) flying->sent = now.steady;
  }
  // Sending may have stopped because the session had too much to do, with nothing under way whose
  // acknowledgement would start it again.
  pump(now);
}

// --- acknowledgements -------------------------------------------------------------------------------

void EdgeNode::acknowledged(Lane which, RowId mark, Now now) {
  auto& lane = at(which);
  if (mark > lane.sent_high) {
    ignore_command("it acknowledges row " + std::to_string(mark) + " of lane " +
                   std::to_string(index(which)) + ", only " + std::to_string(lane.sent_high) + " were sent");
    return;
  }
  silences_ = 0;
  if (mark <= lane.depth.acknowledged) {
    if (mark == lane.depth.acknowledged) mark_repeated(which, now);
    return;
  }
  lane.depth.acknowledged = mark;
  lane.depth.oldest_unacknowledged.reset();
  std::size_t bytes = 0;
  std::optional<Duration> sample;
  std::uint64_t ahead = 0;
  bool whole_message = false;
  while (!lane.in_flight.empty() && lane.in_flight.front().last <= mark) {
    const auto& message = lane.in_flight.front();
    bytes += message.bytes;
    through_bytes_ = std::max(through_bytes_, message.position);
    whole_message = message.last == mark;
    sample.reset();
    if (!message.resent) {
      sample = now.steady - message.sent;
      ahead = message.ahead;
    }
    lane.in_flight.pop_front();
  }
  if (lane.probe) {
    answer_probe(lane, which, mark, whole_message, now);
  } else {
    if (sample) measure_round_trip(*sample, ahead, now);
    adapt_window(bytes, sample, ahead);
  }
  if (lane.next <= mark) {
    // Rows that an earlier session or round had delivered after all.
    lane.next = mark + 1;
    ++lane.generation;
    lane.reading = false;
    lane.buffer = {};
    lane.buffer_at = 0;
  }
  if (lane.depth.acknowledged < lane.depth.last) {
    lane.depth.oldest_unacknowledged =
        lane.buffer_at < lane.buffer.items.size()
            ? std::optional(lane.buffer.items[lane.buffer_at].record.stamp.wall)
            : std::optional(now.wall);
  }
  perform(action::Acknowledge{which, mark});
}

void EdgeNode::resend_from(Lane which, RowId first) {
  auto& lane = at(which);
  if (first == lane.depth.acknowledged + 1) return;  // asked again before the first row of it arrived
  if (first == 0 || first > lane.depth.acknowledged) {
    ignore_command("it asks for row " + std::to_string(first) + " of lane " + std::to_string(index(which)) +
                   " again, which is not acknowledged yet");
    return;
  }
  note(Level::warning, "the gateway lost rows from " + std::to_string(first) + " of lane " +
                           std::to_string(index(which)) + "; sending again what is still held");
  lane.believed = std::max(lane.believed, lane.depth.acknowledged);
  lane.depth.acknowledged = first - 1;
  go_back(which);
}

void EdgeNode::go_back(Lane which) {
  auto& lane = at(which);
  lane.next = lane.depth.acknowledged + 1;
  lane.in_flight.clear();
  lane.probe.reset();
  lane.buffer = {};
  lane.buffer_at = 0;
  lane.reading = false;
  ++lane.generation;
}

bool EdgeNode::caught_up(Lane which) const {
  const auto& lane = lanes_[index(which)];
  const auto& depth = lane.depth;
  const bool listens = options_.acknowledged_by == AcknowledgedBy::gateway && !marks_awaited_until_;
  const bool gathering = lane.gathered_until && lane.next == depth.acknowledged + 1 &&
                         depth.last - depth.acknowledged < kLiveRows / 2;
  return state_ == EdgeNodeState::online && listens && !in_doubt() &&
         (depth.acknowledged == depth.last || gathering);
}

// --- sending ----------------------------------------------------------------------------------------

bool EdgeNode::anything_in_flight() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const LaneState& lane) { return !lane.in_flight.empty(); });
}

void EdgeNode::pump(Now now) {
  backlog_waits_until_.reset();
  for (auto& lane : lanes_) {
    if (lane.gathered_until && now.steady >= *lane.gathered_until) lane.gathered_until.reset();
  }
  if (state_ != EdgeNodeState::online || marks_awaited_until_ || rows_wait()) return;
  // Lane 0 first: lane 1 moves only when everything durable of lane 0 is under way.
  for (const Lane which : kLanes) {
    if (!pump_lane(which, now)) return;
  }
}

// Once they may go, they go on until nothing is left to send.
bool EdgeNode::gathers(LaneState& lane, Now now) {
  if (!lane.gathered_until) return false;
  const bool few = lane.depth.last - lane.next < kLiveRows / 2;
  if (few && now.steady >= hurried_until_) return true;
  lane.gathered_until.reset();
  return false;
}

// True when nothing more of this lane waits to be sent now.
bool EdgeNode::pump_lane(Lane which, Now now) {
  auto& lane = at(which);
  if (lane.probe) return false;
  if (gathers(lane, now)) return true;
  while (lane.next <= lane.depth.last) {
    const bool backlog = lane.depth.last - lane.next >= kLiveRows;
    if (backlog && backlog_must_wait(now)) return false;
    // With nothing in flight no acknowledgement would ever make room.
    const bool full = bytes_under_way() + options_.min_window_bytes / 2 > window_bytes_;
    if (full && anything_in_flight()) return false;
    if (handed_.size() >= kMostHanded) return false;
    if (lane.buffer_at == lane.buffer.items.size()) {
      if (!lane.reading) {
        lane.reading = true;
        perform(action::Read{which, lane.next, kRowsPerRead, lane.generation});
      }
      return false;
    }
    if (send_live(lane, which, now) == 0) send_backlog(lane, which, now);
    if (backlog) spend_on_backlog(lane.in_flight.back().bytes, now);
  }
  return true;
}

bool EdgeNode::is_fresh(const SchemaState& known, const Record& record) const {
  const auto& stamp = record.stamp;
  const auto drift = (stamp.wall.time_since_epoch() - stamp.boot_time) - context_.boot_offset;
  return stamp.boot_id == context_.boot_id && stamp.quality == context_.quality &&
         std::chrono::abs(drift) <= Milliseconds(1000) && stamp.boot_time >= born_at_ &&
         stamp.boot_time >= known.told;
}

// Sends the leading rows of the buffer as live metrics of one device, if they are fresh and few; gives
// how many it sent. In form `metrics` backlog goes the same way, one historical record a message.
std::size_t EdgeNode::send_live(LaneState& lane, Lane which, Now now) {
  const bool only_metrics = options_.backlog == BacklogForm::metrics;
  const bool few = lane.depth.last - lane.next < kLiveRows;
  if (!only_metrics && !few) return 0;
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  std::vector<const SchemaState*> taken;
  std::size_t at_item = lane.buffer_at;
  std::string device;
  RowId last = 0;
  const Batch::Item* newest = nullptr;
  for (; at_item < lane.buffer.items.size(); ++at_item) {
    const auto& item = lane.buffer.items[at_item];
    const auto& schema = lane.buffer.schemas[item.schema];
    auto* known = find(schema);
    if (known == nullptr || !(known->schema == schema) || item.first != item.last) break;
    if (is_summary(schema) && !only_metrics) break;  // declared with the backlog device alone
    const bool fresh = few && is_fresh(*known, item.record);
    if (!fresh && (!only_metrics || !taken.empty())) break;
    if (!taken.empty() &&
        (schema.device != device || std::find(taken.begin(), taken.end(), known) != taken.end()))
      break;
    auto metrics = encode_live(schema, item.record, std::nullopt, /*historical=*/!fresh, alias_of());
    std::move(metrics.begin(), metrics.end(), std::back_inserter(payload.metrics));
    if (fresh) known->told = item.record.stamp.boot_time;
    device = schema.device;
    taken.push_back(known);
    last = item.last;
    newest = &item;
    if (!fresh) {
      ++at_item;
      break;
    }
  }
  if (newest == nullptr) return 0;
  Metric mark;
  mark.alias = alias(device, metric::delivery_lane(which));
  mark.type = DataType::uint64;
  mark.timestamp = payload.metrics.back().timestamp;
  mark.value = std::uint64_t{last};
  payload.metrics.push_back(std::move(mark));
  lane.buffer_at = at_item;
  publish(MessageType::ddata, device, std::move(payload), WriteTypes::never, Handed{which, last});
  sent(lane, last, now);
  return taken.size();
}

void EdgeNode::send_backlog(LaneState& lane, Lane which, Now now) {
  const std::size_t room = std::clamp<std::size_t>(window_bytes_ / 2, 1024, options_.max_message_bytes);
  auto encoded = encode_backlog(lane.buffer, lane.buffer_at, room, context_, alias_of());
  const RowId last = lane.buffer.items[lane.buffer_at + encoded.items - 1].last;
  lane.buffer_at += encoded.items;
  // A rest too small for a message of its own is read again, together with what follows it.
  const std::size_t rest = lane.buffer.items.size() - lane.buffer_at;
  if (rest < encoded.items / 2 && lane.buffer.last() < lane.depth.last) {
    lane.buffer = {};
    lane.buffer_at = 0;
  }
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  payload.metrics = std::move(encoded.metrics);
  publish(MessageType::ddata, std::string(kBacklogDevice), std::move(payload), WriteTypes::never,
          Handed{which, last});
  sent(lane, last, now);
}

// Takes note of the message that was just published.
void EdgeNode::sent(LaneState& lane, RowId last, Now now) {
  const auto& message = std::get<action::Publish>(actions_.back()).message;
  const std::size_t bytes = message.topic.size() + message.payload.size();
  const bool resent = last <= lane.session_high;
  lane.in_flight.push_back(InFlight{last, bytes, now.steady, resent, queued_bytes_, bytes_under_way()});
  if (resent) lane.echoes_until = now.steady + timeout_ + time_for(bytes_under_way());
  lane.sent_high = std::max(lane.sent_high, last);
  lane.session_high = std::max(lane.session_high, last);
  lane.next = last + 1;
  if (lane.buffer_at == lane.buffer.items.size()) {
    lane.buffer = {};
    lane.buffer_at = 0;
  }
}

}  // namespace xalink
