#include "agent/outbox/batch_reader.hpp"

#include <algorithm>
#include <utility>

#include "agent/outbox/gap_row.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

constexpr std::int64_t kGapNumber = 0;  // the catalogue counts from 1
constexpr std::size_t kUsualBatch = 1'024;

}  // namespace

BatchReader::BatchReader(Catalogue& catalogue, LaneTable& table, std::string epoch, Lane lane)
    : catalogue_(catalogue), table_(table) {
  batch_.epoch = std::move(epoch);
  batch_.lane = lane;
}

Batch BatchReader::read(RowId first, RowId last, std::size_t max_items) && {
  RowId next = std::max<RowId>(first, 1);
  if (next > last || max_items == 0) return std::move(batch_);
  batch_.items.reserve(std::min({max_items, kUsualBatch, static_cast<std::size_t>(last - next + 1)}));

  auto rows = table_.scan(next, max_items);
  while (batch_.items.size() < max_items) {
    auto row = rows.next();
    if (!row || row->row_id > last) break;
    if (row->first > next) {
      Stamp stamp;
      stamp.wall = row->wall;
      stamp.boot_time = row->boot_time;
      stamp.quality = row->quality;
      if (const auto* boot = catalogue_.boot(row->boot)) stamp.boot_id = *boot;
      add_missing(next, row->first - 1, std::move(stamp));
      if (batch_.items.size() == max_items) return std::move(batch_);
      next = row->first;
    }
    row->first = next;
    add(*row);
    next = row->row_id + 1;
  }
  if (batch_.items.size() < max_items && next <= last) {
    auto stamp = batch_.items.empty() ? catalogue_.newest_boot() : batch_.items.back().record.stamp;
    add_missing(next, last, std::move(stamp));
  }
  return std::move(batch_);
}

void BatchReader::add(const LaneRow& row) {
  Stamp stamp;
  stamp.wall = row.wall;
  stamp.boot_time = row.boot_time;
  stamp.quality = row.quality;
  const auto* boot = catalogue_.boot(row.boot);
  if (boot != nullptr) stamp.boot_id = *boot;
  const std::uint64_t rows = row.row_id - row.first + 1;

  if (row.broken) {
    add_gap(row.first, row.row_id, rows, std::string(given_up::kDamaged), std::move(stamp));
    return;
  }
  if (!row.schema) {
    // Whoever asks from the middle of a gap gets the rest of it.
    auto gap = unpack_gap(row.body, rows);
    add_gap(row.first, row.row_id, gap.count, std::move(gap.reason), std::move(stamp));
    return;
  }
  const auto* schema = catalogue_.schema(*row.schema);
  if (boot == nullptr || schema == nullptr) {
    add_gap(row.first, row.row_id, rows, std::string(given_up::kDamaged), std::move(stamp));
    return;
  }
  auto values = unpack(schema->columns, row.body);
  if (!values) {
    add_gap(row.first, row.row_id, rows, std::string(given_up::kDamaged), std::move(stamp));
    return;
  }
  auto& item = batch_.items.emplace_back();
  item.schema = place_of(*row.schema, *schema);
  item.first = row.row_id;
  item.last = row.row_id;
  item.record.stamp = std::move(stamp);
  item.record.values = std::move(*values);
}

void BatchReader::add_missing(RowId first, RowId last, Stamp stamp) {
  const RowId oldest = table_.oldest();
  const bool before_all = oldest == 0 || last < oldest;
  add_gap(first, last, last - first + 1, before_all ? "forgotten" : "lost", std::move(stamp));
}

void BatchReader::add_gap(RowId first, RowId last, std::uint64_t count, std::string reason, Stamp stamp) {
  batch_.items.push_back(make_gap(place_of_gaps(), first, last, count, std::move(reason), std::move(stamp)));
}

std::size_t BatchReader::place_of(std::int64_t number, const Schema& schema) {
  const auto known = std::find(numbers_.begin(), numbers_.end(), number);
  if (known != numbers_.end()) return static_cast<std::size_t>(known - numbers_.begin());
  numbers_.push_back(number);
  batch_.schemas.push_back(schema);
  return numbers_.size() - 1;
}

std::size_t BatchReader::place_of_gaps() {
  return place_of(kGapNumber, gap_schema(batch_.lane));
}

}  // namespace xalink
