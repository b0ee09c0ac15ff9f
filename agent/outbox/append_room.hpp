#pragma once
// Room for what is to be appended: how much it needs, and what is given up for it.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox/disk_space.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/outbox_options.hpp"
#include "agent/outbox/retention.hpp"

namespace xalink {

/// Thread-safety: as the database. Throws SQLite::Exception.
class AppendRoom {
 public:
  struct Need {
    std::uint64_t pages = 0;    ///< that the database may grow by, and that are written
    std::uint64_t touched = 0;  ///< that are written besides
    bool events = false;
    bool measurements = false;
  };

  /// `space` and `retention` outlive this. `file` is for what is said of it.
  AppendRoom(std::filesystem::path file, const OutboxOptions& options, DiskSpace& space,
             Retention& retention);

  /// Of these records and this note (nullptr: none); `tellings`: places in the memory of what was said.
  [[nodiscard]] Need need_of(const std::vector<const Pending*>& records, const OutboxNote* note,
                             std::size_t tellings);
  /// Throws NoRoom when one transaction cannot take it, whatever is given up.
  void refuse_too_large(const Need& need) const;

  // Each of these before the transaction of the append.

  [[nodiscard]] bool has(const Need& need);
  /// False: there is no room for its measurements. Throws NoRoom when there is none for its events.
  [[nodiscard]] bool make(const Need& need, const Horizon& horizon);
  /// The WAL has room for it. Throws NoRoom.
  void prepare(const Need& need);
  /// What has become too old by the stamps of these goes, now and then.
  void forget_aged(const std::vector<Pending>& records, const Horizon& horizon);

  [[nodiscard]] OutboxSpace::Pressure pressure() const { return pressure_; }

 private:
  [[nodiscard]] std::uint64_t limit_of(const Need& need) const;

  std::filesystem::path file_;
  OutboxOptions options_;
  DiskSpace& space_;
  Retention& retention_;
  OutboxSpace::Pressure pressure_ = OutboxSpace::Pressure::none;
  std::optional<WallTime> aged_at_;  ///< when age was looked at last
  std::string body_;                 ///< of the row being measured
};

}  // namespace xalink
