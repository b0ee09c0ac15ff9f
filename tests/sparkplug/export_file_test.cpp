#include "sparkplug/export_file.hpp"

#include <gtest/gtest.h>

#include <array>

#include "sparkplug/acknowledgement_file.hpp"
#include "sparkplug/progress_bar.hpp"
#include "tests/sparkplug/carried_records.hpp"

namespace xalink::test {
namespace {

bool names(const Error& error, std::string_view word) {
  return error.to_string().find(word) != std::string::npos;
}

class ExportFile : public testing::Test {
 protected:
  ScratchFolder folder_;
  SigningKey key_ = new_key(folder_);
};

TEST_F(ExportFile, GivesBackEveryRecordAsItWas) {
  auto header = header_for(key_, {5, 44}, {1, 5'000});
  header.continues = {Predecessor{"00000000-0000-4000-8000-00000000000a", {4, 0}}};
  const auto bytes = export_of(key_, header);
  const auto read = read_all(bytes);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->header, header);
  std::array<RowId, kLaneCount> next{5, 1};
  for (const auto& batch : read->batches) {
    EXPECT_EQ(batch.epoch, "epoch-1");
    for (const auto& item : batch.items) {
      auto& row = next[index(batch.lane)];
      ASSERT_EQ(item.first, row);
      ASSERT_EQ(item.last, row);
      const auto expected = some_rows(batch.lane, row, row).items[0].record;
      EXPECT_EQ(item.record.stamp, expected.stamp) << row;
      const auto& schema = batch.schemas[item.schema];
      const auto full = batch.lane == Lane::events ? dossier_like_schema() : ping_schema();
      EXPECT_EQ(schema.device, full.device);
      EXPECT_EQ(schema.group, full.group);
      for (std::size_t i = 0; i < full.columns.size(); ++i) {
        // Columns that a record lacks may be missing from its shape, as on the broker's way.
        const auto found = std::find(schema.columns.begin(), schema.columns.end(), full.columns[i]);
        if (is_null(expected.values[i])) {
          EXPECT_TRUE(found == schema.columns.end() ||
                      is_null(item.record.values[static_cast<std::size_t>(found - schema.columns.begin())]));
          continue;
        }
        ASSERT_NE(found, schema.columns.end()) << row;
        EXPECT_EQ(item.record.values[static_cast<std::size_t>(found - schema.columns.begin())],
                  expected.values[i]);
      }
      ++row;
    }
  }
  EXPECT_EQ(next, (std::array<RowId, kLaneCount>{45, 5'001}));
  EXPECT_LT(bytes.size(), 5'040U * 30U);
}

TEST_F(ExportFile, CarriesGaps) {
  auto batch = some_rows(Lane::measurements, 31, 40);
  batch.schemas.push_back(gap_schema(Lane::measurements));
  batch.items.insert(batch.items.begin(), make_gap(1, 11, 30, 20, "forgotten", batch.items[0].record.stamp));
  MemorySink sink;
  ExportWriter writer(sink, header_for(key_, {1, 0}, {11, 40}));
  ASSERT_TRUE(writer.begin());
  ASSERT_TRUE(writer.add(batch));
  ASSERT_TRUE(writer.finish(key_));
  EXPECT_EQ(writer.totals().records, 10U);
  EXPECT_EQ(writer.totals().given_up, 20U);
  const auto read = read_all(sink.bytes);
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(read->batches[0].items[0].first, 11U);
  EXPECT_EQ(read->batches[0].items[0].last, 30U);
}

TEST_F(ExportFile, RefusesRowsThatDoNotFollow) {
  MemorySink sink;
  ExportWriter writer(sink, header_for(key_, {1, 0}, {1, 40}));
  ASSERT_TRUE(writer.begin());
  EXPECT_FALSE(writer.add(some_rows(Lane::measurements, 2, 5)));
  EXPECT_FALSE(writer.add(some_rows(Lane::measurements, 1, 41)));
  EXPECT_FALSE(writer.add(some_rows(Lane::events, 1, 2)));
  EXPECT_TRUE(writer.add(some_rows(Lane::measurements, 1, 20)));
  EXPECT_FALSE(writer.finish(key_));
}

TEST_F(ExportFile, AnyByteThatIsNotAsItWasWrittenIsFound) {
  const auto bytes = export_of(key_, header_for(key_, {1, 3}, {1, 30}));
  ASSERT_TRUE(read_all(bytes));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    auto changed = bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1U << (at % 8)));
    const auto read = read_all(changed);
    ASSERT_FALSE(read) << "byte " << at;
    EXPECT_TRUE(names(read.error(), "a.xalink")) << read.error().to_string();
    EXPECT_FALSE(read.error().next.empty());
  }
}

TEST_F(ExportFile, AnyTruncationIsFoundAndCalledSo) {
  const auto bytes = export_of(key_, header_for(key_, {1, 3}, {1, 30}));
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto read = read_all(std::string_view(bytes).substr(0, size));
    ASSERT_FALSE(read) << size;
    EXPECT_TRUE(names(read.error(), size == 0 ? "is empty" : "truncated")) << read.error().to_string();
  }
  EXPECT_TRUE(names(read_all(bytes + "x").error(), "something follows"));
}

TEST_F(ExportFile, ALyingLengthMakesNobodyHoldWhatIsNotThere) {
  auto bytes = export_of(key_, header_for(key_, {1, 0}, {1, 3}));
  bytes.replace(11, 4, "\xff\xff\xff\xff");
  EXPECT_TRUE(names(read_all(bytes).error(), "4294967295"));
}

TEST_F(ExportFile, AnotherKeysSignatureIsRefused) {
  const auto other = new_key(folder_, "other.key");
  const auto bytes = export_of(other, header_for(key_, {1, 0}, {1, 3}));
  const auto read = read_all(bytes);
  ASSERT_FALSE(read);
  EXPECT_TRUE(names(read.error(), "signature"));
}

// A forger who has a key of his own may make whole files; what contradicts itself is refused all the same.
TEST_F(ExportFile, RowsThatAreMissingBetweenPartsAreFound) {
  MemorySink sink;
  SignedFileWriter file(sink, SignedFileKind::export_file);
  const auto whole = export_of(key_, header_for(key_, {1, 0}, {1, 3}));
  MemorySource source(whole);
  SignedFileReader reader(source, SignedFileKind::export_file, "a");
  const auto header = reader.next().value();
  ASSERT_TRUE(file.add('H', header->payload));
  ASSERT_TRUE(file.add('P', encode_part(some_rows(Lane::measurements, 2, 3), 0).payload));
  ASSERT_TRUE(file.finish(key_));
  EXPECT_TRUE(names(read_all(sink.bytes).error(), "row 1 of lane 1"));
}

TEST_F(ExportFile, TellsOtherFilesFromItsOwn) {
  EXPECT_TRUE(names(read_all("MaHoSo,MaTTHC\n1,2\n").error(), "not a file of xalink"));
  MemorySink sink;
  Acknowledgement acknowledgement;
  acknowledgement.node = NodeId{"VN-03", "xa-lung-cu"};
  acknowledgement.epoch = "epoch-1";
  acknowledgement.public_key = key_.public_key().der();
  ASSERT_TRUE(write_acknowledgement(sink, acknowledgement, key_));
  EXPECT_TRUE(names(read_all(sink.bytes).error(), "xalink-agent acknowledge"));
  auto newer = export_of(key_, header_for(key_, {1, 0}, {1, 3}));
  newer[9] = 2;
  EXPECT_TRUE(names(read_all(newer).error(), "version 2"));
}

TEST_F(ExportFile, IsNamedSoThatEveryStickTakesTheName) {
  auto header = header_for(key_, {1, 7}, {1, 2'040});
  header.node = NodeId{"VN:03", "xã Lũng Cú?"};
  header.epoch = "1f0c2d3e-aaaa";
  const auto name = export_file_name(header);
  EXPECT_EQ(name.find_first_of(":?/\\ *\"<>|"), std::string::npos) << name;
  EXPECT_TRUE(name.ends_with("-1f0c2d3e-7-2040.xalink")) << name;
}

// --- acknowledgements -------------------------------------------------------------------------------

TEST_F(ExportFile, AnAcknowledgementComesBackWholeOrNotAtAll) {
  Acknowledgement given;
  given.node = NodeId{"VN-03", "xa-lung-cu"};
  given.epoch = "epoch-1";
  given.marks = {44, 5'000};
  given.created = WallTime(Milliseconds(1'790'000'000'000));
  given.host_id = "xalink";
  given.public_key = key_.public_key().der();
  MemorySink sink;
  ASSERT_TRUE(write_acknowledgement(sink, given, key_));
  MemorySource source(sink.bytes);
  const auto read = read_acknowledgement(source, "a.ack");
  ASSERT_TRUE(read) << read.error().to_string();
  EXPECT_EQ(*read, given);
  for (std::size_t at = 0; at < sink.bytes.size(); ++at) {
    auto changed = sink.bytes;
    changed[at] = static_cast<char>(changed[at] ^ (1U << (at % 8)));
    MemorySource altered(changed);
    EXPECT_FALSE(read_acknowledgement(altered, "a.ack")) << at;
    MemorySource cut(std::string_view(sink.bytes).substr(0, at));
    EXPECT_FALSE(read_acknowledgement(cut, "a.ack")) << at;
  }
  const auto other = new_key(folder_, "other.key");
  MemorySink forged;
  ASSERT_TRUE(write_acknowledgement(forged, given, other));
  MemorySource forgery(forged.bytes);
  EXPECT_FALSE(read_acknowledgement(forgery, "a.ack"));
}

TEST(Progress, IsTold) {
  EXPECT_EQ(progress_line("Exporting", 1, 4), "Exporting [#######.......................]  25 %");
  EXPECT_EQ(progress_line("Exporting", 0, 0), "Exporting [##############################] 100 %");
  EXPECT_EQ(size_in_words(312), "312 B");
  EXPECT_EQ(size_in_words(4'200), "4.1 KiB");
  EXPECT_EQ(size_in_words(67'108'864), "64.0 MiB");
  EXPECT_EQ(size_in_words(std::uint64_t{5} << 30U), "5.0 GiB");
}

}  // namespace
}  // namespace xalink::test
