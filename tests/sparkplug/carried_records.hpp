#pragma once
// Records, keys and files for the tests of what is carried by hand.

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/export_file.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

class MemorySink final : public ByteSink {
 public:
  [[nodiscard]] Result<void> write(std::string_view more) override {
    bytes += more;
    return {};
  }
  std::string bytes;
};

inline void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().to_string());
}

[[nodiscard]] inline SigningKey new_key(const ScratchFolder& folder, const std::string& name = "board.key") {
  return SigningKey::load_or_make(folder / name).value();
}

inline Schema ping_schema() {
  return Schema{"network",
                "Ping/gateway",
                Lane::measurements,
                {{"RTT mean", DataType::uint32, {}}, {"Loss", DataType::float64, {}}}};
}
inline Schema dossier_like_schema() {
  return Schema{"dossiers", "Dossier", Lane::events, {{"Code", DataType::string, {}}}};
}

/// Rows first..last of a lane, each with other values; every seventh ping has none, and the boot changes
/// on the way.
[[nodiscard]] inline Batch some_rows(Lane lane, RowId first, RowId last,
                                     const std::string& epoch = "epoch-1") {
  Batch batch;
  batch.epoch = epoch;
  batch.lane = lane;
  batch.schemas = {lane == Lane::events ? dossier_like_schema() : ping_schema()};
  for (RowId row = first; row <= last; ++row) {
    Record record;
    const auto at = Milliseconds(static_cast<std::int64_t>(row) * 1'000);
    record.stamp = Stamp{WallTime(Milliseconds(1'790'000'000'000) + at), at, row < 30 ? "boot-1" : "boot-2",
                         row % 50 < 20 ? ClockQuality::synchronised : ClockQuality::unset};
    if (lane == Lane::events) {
      record.values = {"H22-" + std::to_string(row)};
    } else if (row % 7 == 0) {
      record.values = {std::monostate{}, 100.0};
    } else {
      record.values = {std::uint64_t{row}, 0.5};
    }
    batch.items.push_back(Batch::Item{0, row, row, std::move(record)});
  }
  return batch;
}

[[nodiscard]] inline ExportHeader header_for(const SigningKey& key, RowRange events, RowRange measurements) {
  ExportHeader header;
  header.node = NodeId{"VN-03", "xa-lung-cu"};
  header.epoch = "epoch-1";
  header.created = WallTime(Milliseconds(1'790'000'900'000));
  header.quality = ClockQuality::holdover;
  header.lanes = {events, measurements};
  header.public_key = key.public_key().der();
  header.software_version = "0.1.0";
  return header;
}

/// The whole file.
[[nodiscard]] inline std::string export_of(const SigningKey& key, const ExportHeader& header) {
  MemorySink sink;
  ExportWriter writer(sink, header);
  must(writer.begin());
  for (const Lane lane : kLanes) {
    const auto& rows = header.lanes[index(lane)];
    for (RowId first = rows.first; first <= rows.last; first += 1'000)
      must(writer.add(some_rows(lane, first, std::min(rows.last, first + 999), header.epoch)));
  }
  must(writer.finish(key));
  return sink.bytes;
}

struct ReadExport {
  ExportHeader header;
  std::vector<Batch> batches;
};
/// All of it, verified.
[[nodiscard]] inline Result<ReadExport> read_all(std::string_view bytes) {
  MemorySource source(bytes);
  ExportReader reader(source, "a.xalink");
  auto header = reader.header();
  if (!header) return Unexpected(header.error());
  ReadExport all{std::move(*header), {}};
  for (;;) {
    auto batch = reader.next();
    if (!batch) return Unexpected(batch.error());
    if (!*batch) break;
    all.batches.push_back(std::move(**batch));
  }
  if (auto good = reader.verify(); !good) return Unexpected(good.error());
  return all;
}

}  // namespace xalink::test
