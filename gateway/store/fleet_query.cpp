// The state of every board out of the store, in one consistent read.

#include <SQLiteCpp/Transaction.h>

#include <algorithm>

#include "gateway/boards.hpp"
#include "gateway/store/database.hpp"
#include "gateway/store/missing_query.hpp"
#include "gateway/store/store_lock.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

WallTime time_in(const SQLite::Column& column) {
  return WallTime(Milliseconds(column.getInt64()));
}

std::uint64_t count_in(const SQLite::Column& column) {
  return static_cast<std::uint64_t>(column.getInt64());
}

ClockQuality quality_in(const SQLite::Column& column) {
  return static_cast<ClockQuality>(std::clamp(column.getInt(), 0, 2));
}

class FleetQuery {
 public:
  explicit FleetQuery(SQLite::Database& database)
      : database_(database),
        session_(
            database,
            "SELECT born_ms, died_ms, reason, uuid, clock_quality, depth_0, depth_1, oldest_ms FROM session "
            "LEFT JOIN epoch ON epoch.id = session.epoch WHERE session.node = ? "
            "ORDER BY born_ms DESC, session.id DESC LIMIT 1"),
        marks_(
            database,
            "SELECT lane, row_id, records, given_up, last_wall_ms, last_quality, last_received_ms, uuid "
            "FROM mark JOIN epoch ON epoch.id = mark.epoch WHERE epoch.node = ? ORDER BY last_received_ms"),
        own_values_(
            database,
            "SELECT metric, value, at_ms, received_ms FROM current_value WHERE node = ? AND device = '' "
            "AND value IS NOT NULL AND (metric LIKE 'Outbox/%' OR metric IN ('Clock/Quality', "
            "'Agent/Version'))"),
        // What is stale is of probes that are no more, or of a board that is not there to say so.
        intervals_(database,
                   "SELECT device, metric, value FROM current_value WHERE node = ? AND device <> '' "
                   "AND metric LIKE '%/Interval' AND typeof(value) = 'integer' AND stale = 0"),
        plain_(database,
               "SELECT count(*), max(at_ms) FROM plain_value WHERE series IN (SELECT id FROM series WHERE "
               "node = ?)"),
        curbed_(database,
                "SELECT limited, refused, lost, set_aside, last_ms, reason FROM curbed WHERE node = ?"),
        missing_(database),
        times_(database,
               "SELECT sum(synchronised), sum(holdover), sum(iif(tied, unset, 0)), sum(iif(tied, 0, unset)) "
               "FROM (SELECT u.*, EXISTS(SELECT 1 FROM boot_clock AS c WHERE c.node = e.node AND "
               "c.boot = u.boot AND c.quality > 0) AS tied FROM epoch AS e JOIN boot_use AS u ON "
               "u.epoch = e.id WHERE e.node = ?)"),
        predecessors_(database,
                      "SELECT DISTINCT older.uuid FROM continuation "
                      "JOIN epoch AS older ON older.id = predecessor "
                      "JOIN epoch AS newer ON newer.id = continuation.epoch "
                      "WHERE newer.node = ? AND newer.uuid = ? ORDER BY older.id DESC"),
        counter_(database, "SELECT value FROM counter WHERE name = ?") {}

  Fleet read(Fleet fleet, const std::string& site) {
    const SQLite::Transaction one_moment(database_);
    SQLite::Statement nodes(database_, "SELECT id, grp, node, first_seen_ms FROM node ORDER BY grp, node");
    while (nodes.executeStep()) {
      Board board;
      board.site = NodeId{nodes.getColumn(1).getString(), nodes.getColumn(2).getString()};
      if (!site.empty() && site != board.site.node && site != to_string(board.site)) continue;
      board.first_seen = time_in(nodes.getColumn(3));
      const auto node = nodes.getColumn(0).getInt64();
      read_session(board, node, fleet.gateway_running);
      read_marks(board, node);
      read_own_values(board, node);
      read_times(board, node);
      read_predecessors(board, node);
      read_plain(board, node);
      read_curbed(board, node);
      missing_.read(board, node);
      if (!site.empty()) read_intervals(board, node);
      fleet.boards.push_back(std::move(board));
    }
    if (const auto ms = counter("last_commit_ms")) fleet.last_commit = WallTime(Milliseconds(*ms));
    fleet.set_aside = static_cast<std::uint64_t>(counter("set_aside_total").value_or(0));
    fleet.strangers_limited = static_cast<std::uint64_t>(counter("strangers_limited").value_or(0));
    for (auto& board : fleet.boards) {
      if (board.state == Board::State::unknown && fleet.last_commit) board.since = *fleet.last_commit;
    }
    return fleet;
  }

 private:
  void read_session(Board& board, std::int64_t node, std::optional<bool> gateway_running) {
    const store::Use session(session_);
    session->bind(1, node);
    if (!session->executeStep()) return;
    const auto born = time_in(session->getColumn(0));
    const bool open = session->getColumn(1).isNull();
    board.since = open ? born : time_in(session->getColumn(1));
    board.state = Board::State::offline;
    if (open) board.state = gateway_running.value_or(true) ? Board::State::online : Board::State::unknown;
    board.reason = session->getColumn(2).getString();
    board.delivers = !session->getColumn(3).isNull();
    if (!board.delivers) return;
    board.epoch = session->getColumn(3).getString();
    board.clock = quality_in(session->getColumn(4));
    for (const Lane lane : kLanes) {
      const auto rows = count_in(session->getColumn(5 + static_cast<int>(index(lane))));
      board.lanes[index(lane)].backlog = BoardLane::Depth{rows, born};
    }
    if (!session->getColumn(7).isNull()) board.oldest = time_in(session->getColumn(7));
  }

  void read_marks(Board& board, std::int64_t node) {
    const store::Use marks(marks_);
    marks->bind(1, node);
    while (marks->executeStep()) {  // the last one heard of comes last
      auto& lane = board.lanes[static_cast<std::size_t>(marks->getColumn(0).getInt()) % kLaneCount];
      lane.mark = count_in(marks->getColumn(1));
      lane.records += count_in(marks->getColumn(2));
      lane.given_up += count_in(marks->getColumn(3));
      if (marks->getColumn(2).getInt64() > 0) {
        lane.last = BoardLane::Last{time_in(marks->getColumn(4)), quality_in(marks->getColumn(5)),
                                    time_in(marks->getColumn(6))};
      }
      board.delivers = true;
      if (board.epoch.empty()) board.epoch = marks->getColumn(7).getString();
    }
  }

  // The board's latest word on itself, newer than what its birth said.
  void read_own_values(Board& board, std::int64_t node) {
    if (!board.delivers) return;
    const store::Use values(own_values_);
    values->bind(1, node);
    while (values->executeStep()) {
      const auto metric = values->getColumn(0).getString();
      if (metric == metric::kAgentVersion) {
        board.software = values->getColumn(1).getString();
        continue;
      }
      const auto number = count_in(values->getColumn(1));
      const auto received = time_in(values->getColumn(3));
      for (const Lane lane : kLanes) {
        if (metric == metric::depth(lane))
          board.lanes[index(lane)].backlog = BoardLane::Depth{number, received};
      }
      if (metric == metric::kOldest) board.oldest = time_in(values->getColumn(1));
      if (metric == metric::kClockQuality) board.clock = quality_in(values->getColumn(1));
      if (metric.starts_with(metric::kGivenUp)) {
        board.given_up_reported[metric.substr(metric::kGivenUp.size())] = number;
      }
    }
  }

  void read_intervals(Board& board, std::int64_t node) {
    const store::Use intervals(intervals_);
    intervals->bind(1, node);
    auto& all = board.intervals.emplace();
    while (intervals->executeStep()) {
      auto probe = intervals->getColumn(0).getString() + "/" + intervals->getColumn(1).getString();
      probe.resize(probe.rfind('/'));
      all[std::move(probe)] = count_in(intervals->getColumn(2));
    }
  }

  void read_times(Board& board, std::int64_t node) {
    const store::Use times(times_);
    times->bind(1, node);
    if (!times->executeStep()) return;
    board.record_times = {count_in(times->getColumn(0)), count_in(times->getColumn(1)),
                          count_in(times->getColumn(2)), count_in(times->getColumn(3))};
  }

  void read_predecessors(Board& board, std::int64_t node) {
    const store::Use predecessors(predecessors_);
    predecessors->bind(1, node);
    predecessors->bindNoCopy(2, board.epoch);
    while (predecessors->executeStep()) {
      board.salvaged_from.push_back(predecessors->getColumn(0).getString());
    }
  }

  void read_plain(Board& board, std::int64_t node) {
    if (board.delivers) return;
    const store::Use plain(plain_);
    plain->bind(1, node);
    if (!plain->executeStep()) return;
    board.plain_values = count_in(plain->getColumn(0));
    if (!plain->getColumn(1).isNull()) board.last_plain = time_in(plain->getColumn(1));
  }

  void read_curbed(Board& board, std::int64_t node) {
    const store::Use curbed(curbed_);
    curbed->bind(1, node);
    if (!curbed->executeStep()) return;
    board.curbed = Board::Curbed{count_in(curbed->getColumn(0)), count_in(curbed->getColumn(1)),
                                 count_in(curbed->getColumn(2)), count_in(curbed->getColumn(3)),
                                 time_in(curbed->getColumn(4)),  curbed->getColumn(5).getString()};
  }

  std::optional<std::int64_t> counter(const char* name) {
    const store::Use counter(counter_);
    counter->bindNoCopy(1, name);
    if (!counter->executeStep()) return std::nullopt;
    return counter->getColumn(0).getInt64();
  }

  SQLite::Database& database_;
  SQLite::Statement session_;
  SQLite::Statement marks_;
  SQLite::Statement own_values_;
  SQLite::Statement intervals_;
  SQLite::Statement plain_;
  SQLite::Statement curbed_;
  store::MissingQuery missing_;
  SQLite::Statement times_;
  SQLite::Statement predecessors_;
  SQLite::Statement counter_;
};

std::optional<bool> running(const std::filesystem::path& file) {
  switch (store::is_in_use(file)) {
    case store::StoreInUse::yes: return true;
    case store::StoreInUse::no: return false;
    case store::StoreInUse::unknown: break;
  }
  return std::nullopt;
}

}  // namespace

Result<Fleet> read_fleet(const std::filesystem::path& file, const std::string& site) {
  auto database = store::open_to_read(file);
  if (!database) return Unexpected(database.error());
  try {
    Fleet fleet;
    fleet.store = file;
    fleet.gateway_running = running(file);
    fleet.disk = disk_of(file);
    FleetQuery query(**database);
    fleet = query.read(std::move(fleet), site);
    if (!site.empty() && fleet.boards.empty()) {
      return Unexpected(refusal(
          site, {"no board of this name was ever heard", "chưa từng nhận tin từ máy nào mang tên này"},
          {"xalink-gateway boards lists those that were", "xalink-gateway boards liệt kê các máy đã biết"}));
    }
    return fleet;
  } catch (const SQLite::Exception& error) {
    return Unexpected(store::explain(file, error));
  }
}

}  // namespace xalink
