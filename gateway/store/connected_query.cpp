#include "gateway/store/connected_query.hpp"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>

#include "gateway/store/database.hpp"

namespace xalink::store {

Result<std::map<NodeId, Connected>> connected_times(const std::filesystem::path& file, WallTime from,
                                                    WallTime to) {
  auto database = open_to_read(file);
  if (!database) return Unexpected(database.error());
  try {
    const SQLite::Transaction one_moment(**database);
    std::map<NodeId, Connected> times;
    SQLite::Statement last(**database, "SELECT value FROM counter WHERE name = 'last_commit_ms'");
    const auto known_until = last.executeStep() ? last.getColumn(0).getInt64() : 0;
    const auto begin = to_column(from);
    const auto end = std::min(to_column(to), known_until);
    SQLite::Statement nodes(**database, "SELECT grp, node, first_seen_ms FROM node");
    while (nodes.executeStep()) {
      const auto since = std::max(begin, nodes.getColumn(2).getInt64());
      times[NodeId{nodes.getColumn(0).getString(), nodes.getColumn(1).getString()}].looked_at =
          Milliseconds(std::max<std::int64_t>(0, end - since));
    }
    // The moments of two sessions of a node do not overlap: a birth ends the session before it.
    SQLite::Statement sessions(
        **database,
        "SELECT grp, node.node, count(*), sum(min(coalesce(died_ms, ?2), ?2) - max(born_ms, ?1)) "
        "FROM session JOIN node ON node.id = session.node "
        "WHERE born_ms < ?2 AND coalesce(died_ms, ?2) > ?1 GROUP BY node.id");
    sessions.bind(1, begin);
    sessions.bind(2, end);
    while (sessions.executeStep()) {
      auto& time = times[NodeId{sessions.getColumn(0).getString(), sessions.getColumn(1).getString()}];
      time.sessions = static_cast<std::uint64_t>(sessions.getColumn(2).getInt64());
      time.connected = std::min(Milliseconds(sessions.getColumn(3).getInt64()), time.looked_at);
    }
    return times;
  } catch (const SQLite::Exception& error) {
    return Unexpected(explain(file, error));
  }
}

}  // namespace xalink::store
