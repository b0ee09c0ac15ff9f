// An export file. Its checksums stop a fuzzer at the first frame, so an input whose first byte is 'F' is a
// list of frames (type, length, payload), of which a file with right checksums is made.

#include <string>

#include "sparkplug/export_file.hpp"
#include "sparkplug/packed_values.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

namespace {

class TextSink final : public ByteSink {
 public:
  Result<void> write(std::string_view bytes) override {
    text.append(bytes);
    return {};
  }
  std::string text;
};

std::string file_of(fuzz::Pieces frames) {
  TextSink sink;
  SignedFileWriter writer(sink, SignedFileKind::export_file);
  while (!frames.empty()) {
    const char type = "HPF"[frames.byte() % 3];
    if (!writer.add(type, frames.piece())) break;
  }
  return std::move(sink.text);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::Pieces pieces(fuzz::as_text(bytes, size));
  const bool frames = pieces.byte() == 'F';
  const std::string file = frames ? file_of(pieces) : std::string(fuzz::as_text(bytes, size));
  MemorySource source(file);
  ExportReader reader(source, "file");
  const auto header = reader.header();
  if (!header) {
    claim(!header.error().what.empty(), "a file that is refused has a reason");
    return 0;
  }
  RowId next[kLaneCount] = {};
  for (;;) {
    const auto part = reader.next();
    if (!part) {
      claim(!part.error().what.empty(), "a part that is refused has a reason");
      return 0;
    }
    if (!*part) break;
    const auto& batch = **part;
    claim(!batch.empty(), "a part holds rows");
    auto& expected = next[index(batch.lane)];
    claim(expected == 0 || batch.first() == expected, "parts of a lane follow on each other");
    expected = batch.last() + 1;
    for (const auto& item : batch.items) {
      const auto& columns = batch.schemas.at(item.schema).columns;
      const auto again = unpack(columns, pack(columns, item.record.values));
      claim(again && again->size() == columns.size(), "a carried record can be stored");
    }
  }
  static_cast<void>(reader.verify());
  return 0;
}
