#include "agent/outbox/hour_reader.hpp"

#include <chrono>
#include <limits>
#include <map>
#include <utility>

#include "agent/outbox/space_plan.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

struct HourKey {
  std::int64_t boot = 0;
  bool by_wall = false;
  std::int64_t hour = 0;
  friend bool operator==(const HourKey&, const HourKey&) = default;
};

HourKey key_of(const LaneRow& row) {
  const bool by_wall = row.quality != ClockQuality::unset;
  const Milliseconds time = by_wall ? row.wall.time_since_epoch() : Milliseconds(row.boot_time);
  return HourKey{row.boot, by_wall, std::chrono::floor<std::chrono::hours>(time).count()};
}

}  // namespace

std::optional<Hour> HourReader::next(RowId from, std::uint64_t max_bytes) {
  std::optional<Hour> hour;
  HourKey key;
  std::map<std::int64_t, std::size_t> places;  // of schemas among the summaries
  auto rows = table_.scan(from, std::numeric_limits<std::int64_t>::max());
  while (auto row = rows.next()) {
    const Schema* schema = row->schema && !row->broken ? catalogue_.schema(*row->schema) : nullptr;
    const std::string* boot = schema == nullptr ? nullptr : catalogue_.boot(row->boot);
    const bool record = boot != nullptr && !is_summary(*schema);
    if (hour && (!record || row->row_id != hour->last + 1 || !(key_of(*row) == key))) {
      hour->complete = true;
      return hour;
    }
    if (!record) continue;
    auto values = unpack(schema->columns, row->body);
    if (!values) {
      if (!hour) continue;
      hour->complete = true;
      return hour;
    }
    const auto bytes = row_bytes(row->body.size());
    if (hour && hour->bytes + bytes > max_bytes) {
      hour->complete = true;
      hour->whole = false;
      return hour;
    }
    if (!hour) {
      hour.emplace();
      hour->first = row->row_id;
      hour->boot = row->boot;
      key = key_of(*row);
    }
    hour->last = row->row_id;
    hour->bytes += bytes;
    hour->stamp = Stamp{row->wall, row->boot_time, *boot, row->quality};
    const auto [place, is_new] = places.try_emplace(*row->schema, hour->summaries.size());
    if (is_new) hour->summaries.emplace_back(*schema);
    hour->summaries[place->second].add(Record{hour->stamp, std::move(*values)});
  }
  return hour;
}

}  // namespace xalink
