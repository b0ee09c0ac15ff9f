#include "agent/outbox/retention.hpp"

#include <SQLiteCpp/Transaction.h>

#include <algorithm>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/gap_row.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

constexpr Lane kLane = Lane::measurements;
// A leaf that loses rows is merged with its neighbours, and what is above them changes too.
constexpr std::uint64_t kPagesBeside = 48;

bool is_before(const LaneRow& row, const std::optional<WallTime>& before) {
  return !before || (row.quality == ClockQuality::synchronised && row.wall < *before);
}

}  // namespace

Retention::Retention(SQLite::Database& database, Catalogue& catalogue,
                     std::array<LaneTable, kLaneCount>& tables, GivenUpLedger& ledger, DiskSpace& space)
    : database_(database),
      catalogue_(catalogue),
      tables_(tables),
      ledger_(ledger),
      space_(space),
      hours_(catalogue, tables[index(kLane)]) {}

void Retention::prepare() {
  const auto& plan = space_.plan();
  space_.prepare(plan.step_bytes / plan.page_bytes * 2 + kPagesBeside);
}

Retention::Step Retention::free_some(const Horizon& horizon) {
  for (const Lane lane : {Lane::measurements, Lane::events}) {
    if (free_spares(lane, horizon.acknowledged[index(lane)], std::nullopt)) return Step::spares;
  }
  const RowId acknowledged = horizon.acknowledged[index(kLane)];
  const RowId sent = std::max(acknowledged, horizon.sent);
  if (thin(sent)) return Step::thinned;
  if (drop(sent, given_up::kSpace, std::nullopt)) return Step::dropped;
  if (drop(acknowledged, given_up::kSpace, std::nullopt)) return Step::dropped;
  return Step::nothing;
}

void Retention::forget_before(WallTime oldest, const Horizon& horizon) {
  for (const Lane lane : kLanes) {
    if (free_spares(lane, horizon.acknowledged[index(lane)], oldest)) return;
  }
  (void)drop(std::max(horizon.acknowledged[index(kLane)], horizon.sent), given_up::kAge, oldest);
}

bool Retention::free_spares(Lane lane, RowId acknowledged, std::optional<WallTime> before) {
  auto& table = tables_[index(lane)];
  RowId first = 0;
  RowId last = 0;
  {
    std::uint64_t bytes = 0;
    auto rows = table.scan(1, space_.plan().step_bytes);
    while (bytes < space_.plan().step_bytes) {
      const auto row = rows.next();
      if (!row || row->row_id > acknowledged || !is_before(*row, before)) break;
      if (first == 0) first = row->row_id;
      last = row->row_id;
      bytes += row_bytes(row->body.size());
    }
  }
  if (last == 0) return false;
  prepare();
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  table.erase(first, last);
  transaction.commit();
  return true;
}

bool Retention::thin(RowId above) {
  RowId from = std::max(thinned_up_to_, above) + 1;
  const std::uint64_t most = space_.plan().step_bytes;
  std::uint64_t bytes = 0;
  std::optional<SQLite::Transaction> transaction;
  while (bytes < most) {
    const auto hour = hours_.next(from, most);
    // A part of an hour makes a summary of its own only when the whole is too much for one transaction.
    if (!hour) break;
    if (!hour->complete || (bytes > 0 && (!hour->whole || bytes + hour->bytes > most))) {
      from = hour->first;
      break;
    }
    if (!transaction) {
      prepare();
      transaction.emplace(database_, SQLite::TransactionBehavior::IMMEDIATE);
    }
    if (thin_hour(*hour)) bytes += hour->bytes;
    from = hour->last + 1;
  }
  if (bytes > 0) transaction->commit();
  // Also when nothing was worth it, so that it is not looked at again each time.
  thinned_up_to_ = from - 1;
  return bytes > 0;
}

bool Retention::thin_hour(const Hour& hour) {
  const auto summaries = hour.summaries.size();
  if (hour.rows() < summaries + 2) return false;
  struct Row {
    Schema schema;
    Stamp stamp;
    std::string body;
  };
  std::vector<Row> rows;
  std::uint64_t bytes = row_bytes(sizeof(Row));  // of the gap, roughly
  for (const auto& summary : hour.summaries) {
    auto record = summary.finish(hour.first, hour.last);
    auto schema = summary_schema(summary.of());
    auto body = pack(schema.columns, record.values);
    bytes += row_bytes(body.size());
    rows.push_back(Row{std::move(schema), std::move(record.stamp), std::move(body)});
  }
  // Probes that run once an hour: their records say it best.
  if (bytes * 4 > hour.bytes * 3) return false;
  measurements().erase(hour.first, hour.last);
  const RowId gap_last = hour.last - summaries;
  const std::uint64_t given_up = gap_last - hour.first + 1;
  put_gap(hour.first, gap_last, given_up, given_up::kThinned, hour.boot, hour.stamp);
  RowId row = gap_last;
  for (const auto& [schema, stamp, body] : rows) {
    measurements().append(++row, catalogue_.number_of(schema), hour.boot, stamp, body);
  }
  ledger_.count(kLane, given_up::kThinned, static_cast<std::int64_t>(given_up));
  return true;
}

bool Retention::drop(RowId above, std::string_view reason, std::optional<WallTime> before) {
  RowId first = 0;
  RowId last = 0;
  std::uint64_t count = 0;
  std::int64_t boot = 0;
  Stamp stamp;
  std::map<std::string, std::uint64_t> gaps;  // what they had counted, by reason
  bool any = false;
  {
    std::uint64_t bytes = 0;
    auto rows = measurements().scan(above + 1, space_.plan().step_bytes);
    while (bytes < space_.plan().step_bytes) {
      auto row = rows.next();
      if (!row) break;
      // What a broken row says of itself is worth nothing; it stands for what nobody else does.
      if (row->broken) row->first = last == 0 ? row->row_id : last + 1;
      if (row->first <= above) continue;  // a gap of which a part has been acknowledged
      if (!is_before(*row, before)) break;
      if (first == 0) first = row->first;
      last = row->row_id;
      boot = row->boot;
      stamp = Stamp{row->wall, row->boot_time, {}, row->quality};
      bytes += row_bytes(row->body.size());
      if (row->schema || row->broken) {
        count += row->row_id - row->first + 1;
        any = true;
      } else {
        auto gap = unpack_gap(row->body, row->row_id - row->first + 1);
        count += gap.count;
        gaps[gap.reason] += gap.count;
      }
    }
  }
  if (!any) return false;
  prepare();
  SQLite::Transaction transaction(database_, SQLite::TransactionBehavior::IMMEDIATE);
  measurements().erase(first, last);
  put_gap(first, last, count, reason, boot, stamp);
  for (const auto& [other, records] : gaps) ledger_.count(kLane, other, -static_cast<std::int64_t>(records));
  ledger_.count(kLane, reason, static_cast<std::int64_t>(count));
  transaction.commit();
  return true;
}

void Retention::give_up_new(RowId first, RowId last, const Stamp& stamp, const Horizon& horizon) {
  const std::uint64_t given_up = last - first + 1;
  std::uint64_t count = given_up;
  RowId from = first;
  if (first > 1) {
    auto rows = measurements().scan(first - 1, 1);
    const auto row = rows.next();
    // Grows as long as nobody can have been told of it.
    if (row && !row->schema && row->row_id == first - 1 &&
        row->first > std::max(horizon.acknowledged[index(kLane)], horizon.sent)) {
      const auto gap = unpack_gap(row->body, row->row_id - row->first + 1);
      if (gap.reason == given_up::kSpace) {
        from = row->first;
        count += gap.count;
      }
    }
  }
  if (from != first) measurements().erase(from, first - 1);
  put_gap(from, last, count, given_up::kSpace, catalogue_.number_of_boot(stamp), stamp);
  ledger_.count(kLane, given_up::kSpace, static_cast<std::int64_t>(given_up));
}

void Retention::put_gap(RowId first, RowId last, std::uint64_t count, std::string_view reason,
                        std::int64_t boot, const Stamp& stamp) {
  const auto body = pack_gap(first, last, GapRow{count, std::string(reason)});
  measurements().append_gap(first, last, boot, stamp, body);
}

}  // namespace xalink
