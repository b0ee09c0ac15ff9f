#include "sparkplug/boot_clock.hpp"

#include <string_view>
#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

// Beyond these the arithmetic of times would overflow: some 30,000 years either way.
constexpr std::int64_t kFarthest = 1'000'000'000'000'000;

template <class T>
const T* value_in(const Schema& schema, const Record& record, std::string_view column) {
  const auto place = column_index(schema, column);
  return place && *place < record.values.size() ? std::get_if<T>(&record.values[*place]) : nullptr;
}

bool is_sane(const std::int64_t* ms) {
  return ms != nullptr && *ms > -kFarthest && *ms < kFarthest;
}

}  // namespace

OffsetBounds bounds_at(const BootClock& clock, BootTime when) {
  const auto drift = drift_in(when - clock.at);
  OffsetBounds bounds{clock.bounds.earliest - drift, clock.bounds.latest};
  if (bounds.latest) *bounds.latest += drift;
  return bounds;
}

Record boot_clock_record(const BootClock& clock, Stamp stamp) {
  Record record;
  record.stamp = std::move(stamp);
  record.values = {clock.boot_id,
                   static_cast<std::uint64_t>(clock.at.count()),
                   std::int64_t{clock.offset.count()},
                   std::int64_t{clock.bounds.earliest.count()},
                   clock.bounds.latest ? Value(std::int64_t{clock.bounds.latest->count()}) : Value(),
                   static_cast<std::uint64_t>(clock.quality)};
  return record;
}

Result<std::optional<BootClock>> read_boot_clock(const Schema& schema, const Record& record) {
  const auto ours = boot_clock_schema();
  if (schema.device != ours.device || schema.group != ours.group) return std::optional<BootClock>{};
  const auto* boot = value_in<std::string>(schema, record, "Boot");
  const auto* at = value_in<std::uint64_t>(schema, record, "At");
  const auto* offset = value_in<std::int64_t>(schema, record, "Offset");
  const auto* earliest = value_in<std::int64_t>(schema, record, "Earliest");
  const auto* latest = value_in<std::int64_t>(schema, record, "Latest");
  const auto* quality = value_in<std::uint64_t>(schema, record, "Quality");
  const bool whole = boot != nullptr && at != nullptr && *at < std::uint64_t{kFarthest} && is_sane(offset) &&
                     is_sane(earliest) && (latest == nullptr || (is_sane(latest) && *latest >= *earliest)) &&
                     quality != nullptr && *quality <= static_cast<std::uint64_t>(ClockQuality::synchronised);
  if (!whole)
    return failure(schema.device + "/" + schema.group, "the statement on a boot's time makes no sense");
  BootClock clock;
  clock.boot_id = *boot;
  clock.at = BootTime(static_cast<std::int64_t>(*at));
  clock.offset = Milliseconds(*offset);
  clock.bounds.earliest = Milliseconds(*earliest);
  if (latest != nullptr) clock.bounds.latest = Milliseconds(*latest);
  clock.quality = static_cast<ClockQuality>(*quality);
  return std::optional<BootClock>(std::move(clock));
}

}  // namespace xalink
