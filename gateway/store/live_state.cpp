#include "gateway/store/live_state.hpp"

#include <algorithm>
#include <utility>

#include "gateway/store/database.hpp"

namespace xalink::store {
namespace {

constexpr std::size_t kMostCachedSeries = 200'000;  // some 40 MB

// Parameters of renew_session_ and open_session_: what a birth says of itself, in one order.
void bind_birth(const Use& use, std::optional<std::int64_t> epoch, const fact::NodeBorn& birth) {
  if (epoch) {
    use->bind(1, *epoch);
  } else {
    use->bind(1);
  }
  use->bindNoCopy(2, birth.clock.boot_id);
  use->bind(3, static_cast<std::int64_t>(birth.clock.quality));
  use->bind(4, std::int64_t{birth.clock.boot_offset.count()});
  use->bind(5, to_column(birth.depth[index(Lane::events)]));
  use->bind(6, to_column(birth.depth[index(Lane::measurements)]));
  if (birth.oldest) {
    use->bind(7, to_column(*birth.oldest));
  } else {
    use->bind(7);
  }
  use->bind(8, static_cast<std::int64_t>(birth.bdseq));
}

// SQLite keeps no NaN: a Double that is none is stored as NULL.
void bind_value(const Use& use, int column, const Value& value) {
  if (const auto* flag = std::get_if<bool>(&value)) {
    use->bind(column, std::int64_t{*flag ? 1 : 0});
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    use->bind(column, *whole);
  } else if (const auto* natural = std::get_if<std::uint64_t>(&value)) {
    use->bind(column, to_column(*natural));
  } else if (const auto* real = std::get_if<double>(&value)) {
    use->bind(column, *real);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    use->bindNoCopy(column, *text);
  } else {
    use->bind(column);
  }
}

}  // namespace

LiveState::LiveState(SQLite::Database& database)
    : database_(database),
      open_session_(
          database,
          "INSERT INTO session(epoch, boot, clock_quality, boot_offset_ms, depth_0, depth_1, oldest_ms, "
          "bdseq, node, born_ms) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)"),
      // A rebirth does not move the time since which the node is online.
      renew_session_(
          database,
          "UPDATE session SET epoch = ?1, boot = ?2, clock_quality = ?3, boot_offset_ms = ?4, "
          "depth_0 = ?5, depth_1 = ?6, oldest_ms = ?7, bdseq = ?8 WHERE node = ?9 AND died_ms IS NULL"),
      close_session_(
          database,
          "UPDATE session SET died_ms = max(born_ms, ?), reason = ? WHERE node = ? AND died_ms IS NULL"),
      close_sessions_(database,
                      "UPDATE session SET died_ms = max(born_ms, ?), reason = ? WHERE died_ms IS NULL"),
      stale_node_(database, "UPDATE current_value SET stale = 1 WHERE node = ? AND stale = 0"),
      stale_device_(database,
                    "UPDATE current_value SET stale = 1 WHERE node = ? AND device = ? AND stale = 0"),
      stale_all_(database, "UPDATE current_value SET stale = 1 WHERE stale = 0"),
      birth_device_(
          database,
          "INSERT INTO device(node, device, born_ms) VALUES(?, ?, ?) ON CONFLICT(node, device) "
          "DO UPDATE SET born_ms = iif(died_ms IS NULL, born_ms, excluded.born_ms), died_ms = NULL"),
      end_device_(database,
                  "UPDATE device SET died_ms = ? WHERE node = ? AND device = ? AND died_ms IS NULL"),
      end_devices_(database, "UPDATE device SET died_ms = ? WHERE node = ? AND died_ms IS NULL"),
      end_all_devices_(database, "UPDATE device SET died_ms = ? WHERE died_ms IS NULL"),
      set_current_(
          database,
          "INSERT INTO current_value(node, device, metric, type, unit, value, at_ms, received_ms, stale) "
          "VALUES(?, ?, ?, ?, ?, ?, ?, ?, 0) ON CONFLICT(node, device, metric) DO UPDATE SET "
          "type = excluded.type, unit = iif(excluded.unit = '', unit, excluded.unit), "
          "value = excluded.value, at_ms = excluded.at_ms, received_ms = excluded.received_ms, stale = 0"),
      find_series_(database,
                   "SELECT id FROM series WHERE node = ? AND device = ? AND metric = ? AND type = ?"),
      insert_series_(database, "INSERT INTO series(node, device, metric, type) VALUES(?, ?, ?, ?)"),
      insert_plain_(
          database,
          "INSERT INTO plain_value(series, at_ms, historical, received_ms, value) VALUES(?, ?, ?, ?, ?)") {}

void LiveState::born(std::int64_t node, std::optional<std::int64_t> epoch, const fact::NodeBorn& birth) {
  // What the birth announces comes after it as values; what it no longer announces stays stale.
  mark_stale(node);
  if (birth.rebirth) {
    const Use renew(renew_session_);
    bind_birth(renew, epoch, birth);
    renew->bind(9, node);
    if (renew->exec() > 0) return;
  } else {
    close_session(node, birth.at, "superseded by a new birth");
  }
  const Use open(open_session_);
  bind_birth(open, epoch, birth);
  open->bind(9, node);
  open->bind(10, to_column(birth.at));
  open->exec();
}

void LiveState::died(std::int64_t node, const fact::NodeDied& death) {
  mark_stale(node);
  close_session(node, death.at, death.reason);
}

void LiveState::close_session(std::int64_t node, WallTime at, const std::string& reason) {
  {
    const Use close(close_session_);
    close->bind(1, to_column(at));
    close->bindNoCopy(2, reason);
    close->bind(3, node);
    close->exec();
  }
  const Use devices(end_devices_);
  devices->bind(1, to_column(at));
  devices->bind(2, node);
  devices->exec();
}

void LiveState::mark_stale(std::int64_t node) {
  const Use stale(stale_node_);
  stale->bind(1, node);
  stale->exec();
}

void LiveState::device_born(std::int64_t node, const fact::DeviceBorn& birth) {
  const Use device(birth_device_);
  device->bind(1, node);
  device->bindNoCopy(2, birth.device);
  device->bind(3, to_column(birth.at));
  device->exec();
}

void LiveState::device_died(std::int64_t node, const fact::DeviceDied& death) {
  {
    const Use device(end_device_);
    device->bind(1, to_column(death.at));
    device->bind(2, node);
    device->bindNoCopy(3, death.device);
    device->exec();
  }
  const Use stale(stale_device_);
  stale->bind(1, node);
  stale->bindNoCopy(2, death.device);
  stale->exec();
}

void LiveState::values(std::int64_t node, const fact::Values& values) {
  for (const auto& entry : values.entries) {
    if (values.plain) keep_history(node, values, entry);
    if (entry.historical) continue;  // the past is not the present
    const Use current(set_current_);
    current->bind(1, node);
    current->bindNoCopy(2, values.device);
    current->bindNoCopy(3, entry.name);
    current->bind(4, static_cast<std::int64_t>(entry.type));
    current->bindNoCopy(5, entry.unit);
    bind_value(current, 6, entry.value);
    current->bind(7, to_column(entry.timestamp));
    current->bind(8, to_column(values.at));
    current->exec();
  }
}

void LiveState::keep_history(std::int64_t node, const fact::Values& values,
                             const fact::Values::Entry& entry) {
  const auto series = series_number(node, values.device, entry);
  const Use plain(insert_plain_);
  plain->bind(1, series);
  plain->bind(2, to_column(entry.timestamp));
  plain->bind(3, std::int64_t{entry.historical ? 1 : 0});
  plain->bind(4, to_column(values.at));
  bind_value(plain, 5, entry.value);
  plain->exec();
}

std::int64_t LiveState::series_number(std::int64_t node, const std::string& device,
                                      const fact::Values::Entry& entry) {
  auto key = std::make_tuple(node, device, entry.name, entry.type);
  if (const auto found = series_.find(key); found != series_.end()) return found->second;
  const auto bind = [&](const Use& use) {
    use->bind(1, node);
    use->bindNoCopy(2, device);
    use->bindNoCopy(3, entry.name);
    use->bind(4, static_cast<std::int64_t>(entry.type));
  };
  std::int64_t number = 0;
  {
    const Use find(find_series_);
    bind(find);
    if (find->executeStep()) number = find->getColumn(0).getInt64();
  }
  if (number == 0) {
    const Use insert(insert_series_);
    bind(insert);
    insert->exec();
    number = database_.getLastInsertRowid();
  }
  series_.emplace(std::move(key), number);
  return number;
}

void LiveState::close_open_sessions(WallTime at, WallTime last_heard, const std::string& reason) {
  const auto ended = std::min(at, last_heard);
  {
    const Use close(close_sessions_);
    close->bind(1, to_column(ended));
    close->bindNoCopy(2, reason);
    close->exec();
  }
  {
    const Use devices(end_all_devices_);
    devices->bind(1, to_column(ended));
    devices->exec();
  }
  const Use stale(stale_all_);
  stale->exec();
}

void LiveState::bound_cache() {
  if (series_.size() > kMostCachedSeries) series_.clear();
}

}  // namespace xalink::store
