#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <string>

#include "gateway/boards.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

json::value optional_time(const std::optional<WallTime>& time) {
  return time ? json::value(rfc3339_text(*time)) : json::value(nullptr);
}

const char* name_of(Board::State state) {
  switch (state) {
    case Board::State::online: return "online";
    case Board::State::offline: return "offline";
    case Board::State::unknown: return "unknown";
    case Board::State::unborn: break;
  }
  return "unborn";
}

json::value quality(ClockQuality quality) {
  const auto name = to_string(quality);
  return json::string_view(name.data(), name.size());
}

json::object lane_object(Lane which, const BoardLane& lane) {
  json::object object;
  object["lane"] = index(which);
  object["mark"] = lane.mark;
  object["records"] = lane.records;
  object["given_up"] = lane.given_up;
  object["backlog"] = nullptr;
  if (lane.backlog) {
    json::object backlog;
    backlog["rows"] = lane.backlog->rows;
    backlog["as_of"] = rfc3339_text(lane.backlog->as_of);
    object["backlog"] = std::move(backlog);
  }
  object["last_record"] = nullptr;
  if (lane.last) {
    json::object last;
    last["at"] = rfc3339_text(lane.last->at);
    last["clock"] = quality(lane.last->quality);
    last["received"] = rfc3339_text(lane.last->received);
    object["last_record"] = std::move(last);
  }
  return object;
}

json::object recovery_object(const Recovery& recovery) {
  json::object object;
  object["lane"] = index(recovery.lane);
  object["first"] = recovery.first;
  object["last"] = recovery.last;
  object["found"] = rfc3339_text(recovery.found);
  object["settled"] = optional_time(recovery.settled);
  object["back"] = recovery.back;
  object["gone"] = recovery.gone;
  object["to_come"] = recovery.to_come;
  object["replaced"] = recovery.replaced;
  return object;
}

json::object gone_object(const Gone& gone) {
  json::object object;
  object["lane"] = index(gone.lane);
  object["reason"] = gone.reason;
  object["records"] = gone.records;
  object["gaps"] = gone.gaps;
  object["since"] = optional_time(gone.since);
  object["until"] = optional_time(gone.until);
  object["more"] = gone.more;
  return object;
}

json::object board_object(const Board& board) {
  json::object object;
  object["group"] = board.site.group;
  object["node"] = board.site.node;
  object["state"] = name_of(board.state);
  object["since"] =
      board.state == Board::State::unborn ? json::value(nullptr) : json::value(rfc3339_text(board.since));
  object["reason"] = board.reason;
  object["first_seen"] = rfc3339_text(board.first_seen);
  object["epoch"] = board.epoch.empty() ? json::value(nullptr) : json::value(board.epoch);
  object["salvaged_from"] = json::array(board.salvaged_from.begin(), board.salvaged_from.end());
  object["clock"] = board.clock ? quality(*board.clock) : json::value(nullptr);
  object["software"] = board.software.empty() ? json::value(nullptr) : json::value(board.software);
  json::object times;
  times["synchronised"] = board.record_times.synchronised;
  times["holdover"] = board.record_times.holdover;
  times["corrected"] = board.record_times.corrected;
  times["estimated"] = board.record_times.estimated;
  object["record_times"] = std::move(times);
  object["oldest_unacknowledged"] = optional_time(board.oldest);
  json::array lanes;
  for (const Lane lane : kLanes) lanes.push_back(lane_object(lane, board.lanes[index(lane)]));
  object["lanes"] = std::move(lanes);
  json::object reported;
  for (const auto& [reason, records] : board.given_up_reported) reported[reason] = records;
  object["given_up_reported"] = std::move(reported);
  json::array recoveries;
  for (const auto& recovery : board.recoveries) recoveries.push_back(recovery_object(recovery));
  object["recoveries"] = std::move(recoveries);
  json::array gone;
  for (const auto& part : board.gone) gone.push_back(gone_object(part));
  object["gone"] = std::move(gone);
  object["plain_values"] = board.plain_values;
  object["last_plain_value"] = optional_time(board.last_plain);
  object["curbed"] = nullptr;
  if (board.curbed) {
    json::object curbed;
    curbed["messages_limited"] = board.curbed->limited;
    curbed["records_refused"] = board.curbed->refused;
    curbed["lost"] = board.curbed->lost;
    curbed["set_aside"] = board.curbed->set_aside;
    curbed["last"] = rfc3339_text(board.curbed->last);
    curbed["reason"] = board.curbed->reason;
    object["curbed"] = std::move(curbed);
  }
  object["intervals"] = nullptr;
  if (board.intervals) {
    json::object intervals;
    for (const auto& [probe, seconds] : *board.intervals) intervals[probe] = seconds;
    object["intervals"] = std::move(intervals);
  }
  return object;
}

}  // namespace

std::string boards_as_json(const Fleet& fleet, WallTime now) {
  json::object object;
  object["store"] = fleet.store.string();
  object["gateway_running"] =
      fleet.gateway_running ? json::value(*fleet.gateway_running) : json::value(nullptr);
  object["now"] = rfc3339_text(now);
  object["last_commit"] = optional_time(fleet.last_commit);
  object["set_aside"] = fleet.set_aside;
  object["strangers_limited"] = fleet.strangers_limited;
  object["disk"] = nullptr;
  if (fleet.disk) {
    object["disk"] = {{"free_bytes", fleet.disk->free_bytes}, {"read_only", fleet.disk->read_only}};
  }
  json::array boards;
  for (const auto& board : fleet.boards) boards.push_back(board_object(board));
  object["boards"] = std::move(boards);
  return json::serialize(object);
}

}  // namespace xalink
