#include "tests/integration/filled_outbox.hpp"

#include <cstdint>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink::test {
namespace {

constexpr std::size_t kRowsOfOneAppend = 5'000;
constexpr std::size_t kRowsOfOneBoot = 7'001;
constexpr std::int64_t kStart = 1'750'000'000'000;

/// Some value that fits, absent now and then.
Value value_for(const Column& column, std::uint64_t number) {
  if ((number + column.name.size()) % 11 == 0) return {};
  switch (column.type) {
    case DataType::boolean: return number % 2 == 0;
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::int64: return static_cast<std::int64_t>(number % 200) - 100;
    case DataType::float32:
    case DataType::float64: return static_cast<double>(number % 1'000) / 8.0;
    case DataType::date_time: return static_cast<std::uint64_t>(kStart) + number * 1'000;
    case DataType::string:
    case DataType::text: return "Hồ sơ " + std::to_string(number % 97);
    case DataType::uint8: return std::uint64_t{number % 200};
    default: return std::uint64_t{number % 60'000};
  }
}

Pending numbered(std::uint64_t number) {
  static const std::vector<Schema> kinds = {ping_schema("gateway"), ping_schema("anchor"),
                                            ping_schema("province"), board_schema()};
  Pending pending;
  pending.schema = number % 20 == 7 ? dossier_schema() : kinds[number % kinds.size()];
  // A board that knew no better than 2025 once, and was put right later.
  const std::uint64_t boot = number / kRowsOfOneBoot;
  auto& stamp = pending.record.stamp;
  stamp.boot_time = BootTime(30'000 + static_cast<std::int64_t>(number % kRowsOfOneBoot) * 250);
  stamp.wall = WallTime(Milliseconds(kStart + static_cast<std::int64_t>(number) * 250));
  stamp.boot_id = "00000000-0000-4000-8000-" + std::to_string(100'000'000'000 + boot);
  stamp.quality = static_cast<ClockQuality>((number / 1'000) % 3);
  for (const auto& column : pending.schema.columns) {
    pending.record.values.push_back(value_for(column, number));
  }
  return pending;
}

}  // namespace

void fill_outbox(const std::filesystem::path& file, std::size_t count, std::size_t first) {
  auto outbox = Outbox::open(file);
  if (!outbox) throw std::runtime_error(outbox.error().to_string());
  for (std::size_t done = 0; done < count;) {
    std::vector<Pending> records;
    for (; done < count && records.size() < kRowsOfOneAppend; ++done)
      records.push_back(numbered(first + done));
    const auto appended = (*outbox)->append(records);
    if (!appended) throw std::runtime_error(appended.error().to_string());
  }
}

}  // namespace xalink::test
