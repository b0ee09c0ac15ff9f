// What an edge node does for the link's sake: how much may be under way, when silence is too long and what
// it means, what share of the link history may take.

#include <algorithm>
#include <utility>

#include "sparkplug/edge_node.hpp"

namespace xalink {
namespace {

// The window is bounded by time as well as by bytes, so that a slow link never queues for longer than
// this and commands and present values get through.
constexpr Duration kLongestQueue = std::chrono::seconds(3);
// The longest way there and back that is no queue: up to a geostationary satellite and down again, and the
// answer the same way, takes 1.2 s, the gateway's commit the rest.
constexpr Duration kFarthest = std::chrono::milliseconds(1500);
// What the slowest link (9.6 kbit/s) carries of our bytes, while it is not known what this one does.
constexpr double kSlowestBytesPerSecond = 900;
// Longer than that a small share does not keep history waiting after one slow answer.
constexpr Duration kLongestRest = std::chrono::minutes(1);
constexpr Duration kHour = std::chrono::hours(1);
}  // namespace

// --- lost or late -----------------------------------------------------------------------------------

// A mark that comes again while rows are under way: the gateway found a hole, or got rows twice. Every
// message behind a hole makes it say so, and every second copy too, so it counts only while no row sent
// twice can still be answered. If that hides a hole, the timeout finds it.
void EdgeNode::mark_repeated(Lane which, Now now) {
  auto& lane = at(which);
  if (lane.in_flight.empty() || lane.probe || marks_awaited_until_ || now.steady < lane.echoes_until) return;
  window_bytes_ = std::max(options_.min_window_bytes, window_bytes_ / 2);
  go_back(which);
}

// Nothing but the probe's own row arrived: all that was sent before it is lost. More than that: it was
// only late. `whole_message`: the mark is also the end of a message sent before, which tells nothing.
void EdgeNode::answer_probe(LaneState& lane, Lane which, RowId mark, bool whole_message, Now now) {
  const bool lost = lane.probe->row == mark && !whole_message && !lane.in_flight.empty();
  lane.probe.reset();
  if (lost) {
    window_bytes_ = options_.min_window_bytes;
    go_back(which);
    return;
  }
  if (smoothed_ != Duration{})
    timeout_ = std::clamp(smoothed_ + 4 * variation_, options_.min_timeout, options_.max_timeout);
  for (auto& message : lane.in_flight) {
    message.sent = now.steady;
    message.resent = true;
  }
}

// --- how fast it is ---------------------------------------------------------------------------------

// RFC 6298's estimator.
void EdgeNode::measure_round_trip(Duration sample, std::uint64_t ahead, Now now) {
  if (smoothed_ == Duration{}) {
    smoothed_ = sample;
    variation_ = sample / 2;
  } else {
    const Duration error = sample > smoothed_ ? sample - smoothed_ : smoothed_ - sample;
    variation_ = (variation_ * 3 + error) / 4;
    smoothed_ = (smoothed_ * 7 + sample) / 8;
  }
  timeout_ = std::clamp(smoothed_ + 4 * variation_, options_.min_timeout, options_.max_timeout);
  if (shortest_ == Duration{} || sample < shortest_) shortest_ = sample;
  const double seconds = std::max(1e-3, std::chrono::duration<double>(sample).count());
  const double carried = static_cast<double>(ahead) / seconds;
  bytes_per_second_ = bytes_per_second_ == 0 ? carried : (bytes_per_second_ * 7 + carried) / 8;
  // A window full of backlog kept the link busy for one round trip; now it rests.
  if (options_.backlog_share < 1) {
    const std::chrono::duration<double> rest(seconds * (1 / options_.backlog_share - 1));
    backlog_free_at_ = now.steady + std::min(kLongestRest, std::chrono::duration_cast<Duration>(rest));
  }
}

// Grows while the link answers as if nothing queued, shrinks when it queues for too long. Never beyond what
// the link would carry in that time at the pace of this sample: the next answers come too late to say so.
void EdgeNode::adapt_window(std::size_t acknowledged_bytes, std::optional<Duration> sample,
                            std::uint64_t ahead) {
  if (options_.acknowledged_by == AcknowledgedBy::none) {
    window_bytes_ = std::min(options_.max_window_bytes, window_bytes_ + acknowledged_bytes);
    return;
  }
  if (!sample) return;
  const auto at_this_pace = [&](Duration time) {
    const double share =
        std::chrono::duration<double>(time) /
        std::max(std::chrono::duration<double>(1e-3), std::chrono::duration<double>(*sample));
    return static_cast<std::size_t>(static_cast<double>(ahead) * share);
  };
  // Twice the way: a broker holds a small answer back until the one before it was acknowledged (Nagle).
  const Duration way = 2 * std::min(shortest_, kFarthest);
  if (*sample < way + kLongestQueue / 3) {
    const std::size_t room = std::min(options_.max_window_bytes, at_this_pace(way + kLongestQueue / 3));
    window_bytes_ = std::max(window_bytes_, std::min(room, window_bytes_ + acknowledged_bytes));
  } else if (*sample > way + kLongestQueue) {
    window_bytes_ = std::clamp(at_this_pace(way + kLongestQueue), options_.min_window_bytes, window_bytes_);
  }
}

Duration EdgeNode::time_for(std::uint64_t bytes) const {
  const double rate = bytes_per_second_ > 0 ? bytes_per_second_ : kSlowestBytesPerSecond;
  const std::chrono::duration<double> seconds(static_cast<double>(bytes) / rate);
  return std::min(options_.max_timeout, std::chrono::duration_cast<Duration>(seconds));
}

std::optional<SteadyTime> EdgeNode::timeout_at(const LaneState& lane) const {
  if (lane.probe) return lane.probe->sent + timeout_;
  if (lane.in_flight.empty()) return std::nullopt;
  const auto& oldest = lane.in_flight.front();
  return oldest.sent + timeout_ + time_for(oldest.ahead);
}

std::optional<SteadyTime> EdgeNode::timeout_at() const {
  std::optional<SteadyTime> earliest;
  // Handing over is all that counts then, and the session's end tells when that failed.
  if (options_.acknowledged_by == AcknowledgedBy::none) return earliest;
  for (const auto& lane : lanes_) {
    const auto when = timeout_at(lane);
    if (when && (!earliest || *when < *earliest)) earliest = when;
  }
  return earliest;
}

std::optional<SteadyTime> EdgeNode::unanswered_since(std::uint32_t timeouts) const {
  if (state_ != EdgeNodeState::online || silences_ < timeouts) return std::nullopt;
  std::optional<SteadyTime> since;
  for (const auto& lane : lanes_) {
    if (lane.in_flight.empty()) continue;
    const auto sent = lane.in_flight.front().sent;
    since = std::min(since.value_or(sent), sent);
  }
  return since;
}

// Within one session TCP loses nothing, so silence mostly means a slow link, and sending all again would
// make it slower. One row is sent again: its answer tells what the gateway has.
void EdgeNode::check_timeout(Now now) {
  const auto due = timeout_at();
  if (!due || now.steady < *due) return;
  for (const Lane which : kLanes) {
    auto& lane = at(which);
    const auto when = timeout_at(lane);
    if (!when || now.steady < *when) continue;
    lane.probe = Probe{std::nullopt, now.steady};
    perform(action::Read{which, lane.depth.acknowledged + 1, 1, probe_generation(lane)});
  }
  ++silences_;
  std::uniform_real_distribution<double> jitter(1.6, 2.4);
  timeout_ = std::min(options_.max_timeout, std::chrono::duration_cast<Duration>(
                                                std::chrono::duration<double>(timeout_) * jitter(random_)));
}

void EdgeNode::send_probe(LaneState& lane, Batch batch, Now now) {
  const bool wanted = state_ == EdgeNodeState::online && lane.probe && !batch.items.empty() &&
                      batch.first() == lane.depth.acknowledged + 1;
  if (!wanted) return;  // answered meanwhile, or the next timeout tries again
  batch.items.resize(1);
  auto encoded = encode_backlog(batch, 0, options_.max_message_bytes, context_, alias_of());
  Payload payload;
  payload.timestamp = wire_time(now.wall);
  payload.metrics = std::move(encoded.metrics);
  publish(MessageType::ddata, std::string(kBacklogDevice), std::move(payload), WriteTypes::never, {});
  lane.probe = Probe{batch.last(), now.steady};
  lane.echoes_until = now.steady + timeout_;
}

// --- history's share of it --------------------------------------------------------------------------

bool EdgeNode::backlog_must_wait(Now now) {
  SteadyTime until = backlog_free_at_;
  if (options_.hourly_backlog_bytes > 0 && hour_ends_at_) {
    const bool enough = spent_this_hour_ + options_.max_message_bytes > options_.hourly_backlog_bytes;
    if (enough) until = std::max(until, *hour_ends_at_);
  }
  if (now.steady >= until) return false;
  backlog_waits_until_ = until;
  return true;
}

void EdgeNode::spend_on_backlog(std::size_t bytes, Now now) {
  if (!hour_ends_at_ || now.steady >= *hour_ends_at_) {
    hour_ends_at_ = now.steady + kHour;
    spent_this_hour_ = 0;
  }
  spent_this_hour_ += bytes;
}

}  // namespace xalink
