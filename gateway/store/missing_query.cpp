#include "gateway/store/missing_query.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "gateway/store/database.hpp"
#include "gateway/store/recoveries.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink::store {
namespace {

// Of one lane. A board that thinned its backlog for a month makes some hundreds.
constexpr std::int64_t kMostGaps = 5'000;
// Settled recoveries that are shown; open ones all are.
constexpr std::int64_t kMostSettled = 20;

struct Stated {
  std::uint64_t records = 0;
  std::string reason;
};

std::string_view bytes(const SQLite::Column& column) {
  const auto* begin = static_cast<const char*>(column.getBlob());
  return begin == nullptr ? std::string_view()
                          : std::string_view(begin, static_cast<std::size_t>(column.getBytes()));
}

// What the gap itself says, by the names of its columns (sparkplug/delivery.hpp, gap_schema).
Stated stated(std::string_view packed_columns, std::string_view body, std::uint64_t rows) {
  Stated says{rows, "?"};
  const auto columns = unpack_columns(packed_columns);
  const auto values = columns ? unpack(*columns, body) : Result<std::vector<Value>>(Unexpected(Error{}));
  if (!values) return says;
  for (std::size_t i = 0; i < columns->size(); ++i) {
    if ((*columns)[i].name == "Count") {
      if (const auto* count = std::get_if<std::uint64_t>(&(*values)[i]))
        says.records = std::min(*count, rows);
    } else if ((*columns)[i].name == "Reason") {
      if (const auto* reason = std::get_if<std::string>(&(*values)[i])) says.reason = *reason;
    }
  }
  return says;
}

WallTime time_in(const SQLite::Column& column) {
  return WallTime(Milliseconds(column.getInt64()));
}

RowId row_in(const SQLite::Column& column) {
  return static_cast<RowId>(column.getInt64());
}

}  // namespace

MissingQuery::MissingQuery(SQLite::Database& database)
    : recoveries_(database,
                  "SELECT recovery.epoch, uuid, recovery.lane, first, last, found_ms, settled_ms, "
                  "coalesce(mark.row_id, 0) FROM recovery JOIN epoch ON epoch.id = recovery.epoch "
                  "LEFT JOIN mark ON mark.epoch = recovery.epoch AND mark.lane = recovery.lane "
                  "WHERE epoch.node = ? ORDER BY settled_ms IS NOT NULL, recovery.id DESC"),
      rows_in_gaps_(database, kRowsInGaps),
      lanes_(database,
             "SELECT mark.epoch, mark.lane FROM mark JOIN epoch ON epoch.id = mark.epoch "
             "WHERE epoch.node = ? AND given_up > 0 ORDER BY mark.epoch, mark.lane"),
      gaps_(database,
            "SELECT first, row_id, schema.columns, body FROM record INDEXED BY gap "
            "JOIN schema ON schema.id = record.schema "
            "WHERE epoch = ? AND lane = ? AND first IS NOT NULL ORDER BY row_id DESC LIMIT ?"),
      before_(database,
              // The row may be gone, and its time kept.
              "SELECT wall_ms FROM (SELECT * FROM (SELECT row_id, wall_ms FROM record WHERE epoch = ?1 "
              "AND lane = ?2 AND row_id < ?3 ORDER BY row_id DESC LIMIT 1) UNION ALL "
              "SELECT * FROM (SELECT row_id, wall_ms FROM gap_edge WHERE epoch = ?1 AND lane = ?2 "
              "AND row_id < ?3 ORDER BY row_id DESC LIMIT 1)) ORDER BY row_id DESC LIMIT 1"),
      after_(database,
             "SELECT wall_ms FROM (SELECT * FROM (SELECT row_id, wall_ms FROM record WHERE epoch = ?1 "
             "AND lane = ?2 AND row_id > ?3 ORDER BY row_id LIMIT 1) UNION ALL "
             "SELECT * FROM (SELECT row_id, wall_ms FROM gap_edge WHERE epoch = ?1 AND lane = ?2 "
             "AND row_id > ?3 ORDER BY row_id LIMIT 1)) ORDER BY row_id LIMIT 1") {}

void MissingQuery::read(Board& board, std::int64_t node) {
  read_recoveries(board, node);
  std::vector<std::pair<std::int64_t, Lane>> lanes;
  {
    const Use with_gaps(lanes_);
    with_gaps->bind(1, node);
    while (with_gaps->executeStep()) {
      lanes.emplace_back(with_gaps->getColumn(0).getInt64(),
                         static_cast<Lane>(with_gaps->getColumn(1).getInt() % static_cast<int>(kLaneCount)));
    }
  }
  for (const auto& [epoch, lane] : lanes) read_gaps(board, epoch, lane);
  std::sort(board.gone.begin(), board.gone.end(), [](const Gone& left, const Gone& right) {
    return std::tie(left.lane, left.reason) < std::tie(right.lane, right.reason);
  });
}

void MissingQuery::read_recoveries(Board& board, std::int64_t node) {
  std::int64_t settled = 0;
  const Use all(recoveries_);
  all->bind(1, node);
  while (all->executeStep()) {
    Recovery recovery;
    recovery.lane = static_cast<Lane>(all->getColumn(2).getInt() % static_cast<int>(kLaneCount));
    recovery.first = row_in(all->getColumn(3));
    recovery.last = row_in(all->getColumn(4));
    recovery.found = time_in(all->getColumn(5));
    if (!all->getColumn(6).isNull()) {
      if (++settled > kMostSettled) break;
      recovery.settled = time_in(all->getColumn(6));
    }
    const RowId reached = std::clamp(row_in(all->getColumn(7)), recovery.first - 1, recovery.last);
    {
      const Use gaps(rows_in_gaps_);
      gaps->bind(1, all->getColumn(0).getInt64());
      gaps->bind(2, static_cast<std::int64_t>(index(recovery.lane)));
      gaps->bind(3, to_column(recovery.first));
      gaps->bind(4, to_column(reached));
      if (gaps->executeStep()) recovery.gone = row_in(gaps->getColumn(0));
    }
    recovery.back = reached - recovery.first + 1 - recovery.gone;
    recovery.to_come = recovery.last - reached;
    recovery.replaced = recovery.to_come > 0 && all->getColumn(1).getString() != board.epoch;
    board.recoveries.push_back(recovery);
  }
}

std::optional<WallTime> MissingQuery::neighbour(SQLite::Statement& statement, std::int64_t epoch, Lane lane,
                                                RowId row) {
  const Use find(statement);
  find->bind(1, epoch);
  find->bind(2, static_cast<std::int64_t>(index(lane)));
  find->bind(3, to_column(row));
  if (!find->executeStep()) return std::nullopt;
  return time_in(find->getColumn(0));
}

void MissingQuery::read_gaps(Board& board, std::int64_t epoch, Lane lane) {
  struct Span {
    Gone gone;
    RowId first = 0;
    RowId last = 0;
  };
  std::map<std::string, Span> spans;
  std::int64_t looked_at = 0;
  {
    const Use gaps(gaps_);
    gaps->bind(1, epoch);
    gaps->bind(2, static_cast<std::int64_t>(index(lane)));
    gaps->bind(3, kMostGaps);
    while (gaps->executeStep()) {  // the newest comes first
      ++looked_at;
      const RowId first = row_in(gaps->getColumn(0));
      const RowId last = row_in(gaps->getColumn(1));
      const auto says = stated(bytes(gaps->getColumn(2)), bytes(gaps->getColumn(3)), last - first + 1);
      const auto [entry, is_new] = spans.try_emplace(says.reason);
      auto& span = entry->second;
      if (is_new) span.last = last;
      // A gap may travel in parts; parts that touch are one.
      if (is_new || last + 1 != span.first) ++span.gone.gaps;
      span.first = first;
      span.gone.records += says.records;
    }
  }
  for (auto& [reason, span] : spans) {
    span.gone.lane = lane;
    span.gone.reason = reason;
    span.gone.since = neighbour(before_, epoch, lane, span.first);
    span.gone.until = neighbour(after_, epoch, lane, span.last);
    span.gone.more = looked_at == kMostGaps;
    // A board that was given a new outbox has gaps in the old one too.
    const auto same = std::find_if(board.gone.begin(), board.gone.end(), [&](const Gone& other) {
      return other.lane == lane && other.reason == span.gone.reason;
    });
    if (same == board.gone.end()) {
      board.gone.push_back(std::move(span.gone));
      continue;
    }
    same->records += span.gone.records;
    same->gaps += span.gone.gaps;
    if (span.gone.since) same->since = same->since ? std::min(*same->since, *span.gone.since) : same->since;
    if (span.gone.until) same->until = same->until ? std::max(*same->until, *span.gone.until) : same->until;
    same->more |= span.gone.more;
  }
}

}  // namespace xalink::store
