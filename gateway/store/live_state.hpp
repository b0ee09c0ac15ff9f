#pragma once
// What is known of each node now: sessions, devices, current values; and the history of plain values.

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>

#include "sparkplug/host_application.hpp"

namespace xalink::store {

/// `node` and `epoch` are the store's numbers. Thread-safety: none; the store thread. Throws
/// SQLite::Exception.
class LiveState {
 public:
  explicit LiveState(SQLite::Database& database);

  /// A birth without a death before it closes the session that was open.
  void born(std::int64_t node, std::optional<std::int64_t> epoch, const fact::NodeBorn& birth);
  void died(std::int64_t node, const fact::NodeDied& death);
  void device_born(std::int64_t node, const fact::DeviceBorn& birth);
  void device_died(std::int64_t node, const fact::DeviceDied& death);
  void values(std::int64_t node, const fact::Values& values);

  /// Every open session ended at `at`, or when this store last heard of anything, whichever is earlier.
  void close_open_sessions(WallTime at, WallTime last_heard, const std::string& reason);

  void forget_cached() { series_.clear(); }
  void bound_cache();

 private:
  void close_session(std::int64_t node, WallTime at, const std::string& reason);
  void mark_stale(std::int64_t node);
  void keep_history(std::int64_t node, const fact::Values& values, const fact::Values::Entry& entry);
  std::int64_t series_number(std::int64_t node, const std::string& device, const fact::Values::Entry& entry);

  SQLite::Database& database_;
  SQLite::Statement open_session_;
  SQLite::Statement renew_session_;
  SQLite::Statement close_session_;
  SQLite::Statement close_sessions_;
  SQLite::Statement stale_node_;
  SQLite::Statement stale_device_;
  SQLite::Statement stale_all_;
  SQLite::Statement birth_device_;
  SQLite::Statement end_device_;
  SQLite::Statement end_devices_;
  SQLite::Statement end_all_devices_;
  SQLite::Statement set_current_;
  SQLite::Statement find_series_;
  SQLite::Statement insert_series_;
  SQLite::Statement insert_plain_;

  std::map<std::tuple<std::int64_t, std::string, std::string, DataType>, std::int64_t> series_;
};

}  // namespace xalink::store
