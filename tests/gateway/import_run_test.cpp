#include "gateway/import_run.hpp"

#include <gtest/gtest.h>

#include <fstream>

#include "gateway/ledger.hpp"
#include "sparkplug/said.hpp"
#include "tests/sparkplug/carried_records.hpp"

namespace xalink::test {
namespace {

constexpr WallTime kNow{Milliseconds(1'790'001'000'000)};

class Import : public testing::Test {
 protected:
  Import() {
    known_.keys_folder = folder_ / "keys";
    known_.store_file = folder_ / "gateway.db";
    folder_.write("keys/VN-03/xa-lung-cu.pem", key_.public_key().pem());
    auto ledger = Ledger::open(known_.store_file);
    ledger_ = std::move(ledger.value());
  }
  [[nodiscard]] Result<Imported> import(const std::string& bytes) {
    return import_file(folder_.write("a.xalink", bytes));
  }
  [[nodiscard]] Result<Imported> import_file(const std::filesystem::path& file) {
    ImportRun run(StickSource::open(file).value(), known_);
    return finish(run);
  }
  [[nodiscard]] Result<Imported> finish(ImportRun& run) {
    for (;;) {
      const auto verified = run.check(kNow);
      if (!verified) return Unexpected(verified.error());
      if (*verified) break;
    }
    return commit(run);
  }
  [[nodiscard]] Result<Imported> commit(ImportRun& run) {
    for (;;) {
      const auto facts = run.next(kNow);
      if (!facts) return Unexpected(facts.error());
      if (facts->empty()) return run.result();
      const auto marks = ledger_->commit(*facts);
      if (!marks) return Unexpected(marks.error());
      run.committed(*marks);
    }
  }
  [[nodiscard]] std::string file_of(RowRange events, RowRange measurements) const {
    return export_of(key_, header_for(key_, events, measurements));
  }
  /// Asks the ledger itself, with a batch that holds nothing.
  [[nodiscard]] RowId mark(Lane lane) {
    Batch none;
    none.epoch = "epoch-1";
    none.lane = lane;
    return ledger_->commit({fact::Arrived{NodeId{"VN-03", "xa-lung-cu"}, kNow, none}}).value().at(0).mark;
  }

  ScratchFolder folder_;
  SigningKey key_ = new_key(folder_);
  KnownBoards known_;
  std::unique_ptr<Ledger> ledger_;
};

TEST_F(Import, TakesEachRecordOnceInWhateverOrderFilesCome) {
  const auto early = file_of({1, 10}, {1, 6'000});
  const auto late = file_of({5, 30}, {3'001, 12'000});
  auto imported = import(early);
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_EQ(imported->new_records, 6'010U);
  EXPECT_EQ(imported->known.by, KnownBy::key_file);
  EXPECT_EQ(import(late)->new_records, 6'020U);
  for (const auto& file : {early, late, early}) EXPECT_EQ(import(file)->new_records, 0U);
  EXPECT_EQ(mark(Lane::events), 30U);
  EXPECT_EQ(mark(Lane::measurements), 12'000U);
  EXPECT_EQ(import(early)->lanes[1].mark, 12'000U);  // an old file is answered with the newest mark
}

TEST_F(Import, KeepsNothingAboveAHoleAndSaysSo) {
  const auto imported = import(file_of({3, 10}, {1, 20}));
  ASSERT_TRUE(imported);
  EXPECT_TRUE(imported->lanes[0].hole);
  EXPECT_FALSE(imported->lanes[1].hole);
  EXPECT_EQ(mark(Lane::events), 0U);
  EXPECT_EQ(mark(Lane::measurements), 20U);
  EXPECT_EQ(imported->new_records, 20U);
}

// An outbox that was salvaged counts on where the damaged one stopped, under another epoch.
TEST_F(Import, TakesNoRecordTwiceOverASalvagedOutbox) {
  auto damaged = header_for(key_, {1, 10}, {1, 100});
  damaged.epoch = "00000000-0000-4000-8000-00000000000a";
  ASSERT_TRUE(import(export_of(key_, damaged)));
  auto header = header_for(key_, {8, 20}, {1, 150});
  header.epoch = "00000000-0000-4000-8000-00000000000b";
  header.continues = {Predecessor{damaged.epoch, {10, 100}}};
  const auto imported = import(export_of(key_, header));
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_FALSE(imported->lanes[0].hole);
  EXPECT_EQ(imported->new_records, 60U);
  EXPECT_EQ(imported->lanes[1].mark, 150U);
  EXPECT_EQ(import(export_of(key_, damaged))->new_records, 0U);
}

TEST_F(Import, CommitsNothingOfAFileThatIsNotAsItWasWritten) {
  const auto good = file_of({1, 10}, {1, 400});
  for (std::size_t at = 0; at < good.size(); at += 53) {
    auto altered = good;
    altered[at] = static_cast<char>(altered[at] ^ 0x20);
    EXPECT_FALSE(import(altered)) << at;
    EXPECT_FALSE(import(good.substr(0, at))) << at;
  }
  EXPECT_EQ(mark(Lane::events), 0U);
  EXPECT_EQ(mark(Lane::measurements), 0U);
}

TEST_F(Import, RefusesABoardThatNobodyVouchesFor) {
  const auto stranger = new_key(folder_, "stranger.key");
  auto header = header_for(stranger, {1, 5}, {1, 5});
  const auto other_key = import(export_of(stranger, header));
  ASSERT_FALSE(other_key);
  EXPECT_NE(other_key.error().what.find("does not know"), std::string::npos);
  EXPECT_NE(other_key.error().next.find(stranger.public_key().fingerprint()), std::string::npos);
  const auto vietnamese = told(other_key.error(), Language::vietnamese);
  EXPECT_NE(vietnamese.find("là của máy mà gateway này không biết"), std::string::npos) << vietnamese;
  EXPECT_NE(vietnamese.find("Tiếp theo: Hỏi người lắp đặt máy"), std::string::npos) << vietnamese;
  EXPECT_EQ(vietnamese.find("does not know"), std::string::npos) << vietnamese;
  header = header_for(key_, {1, 5}, {1, 5});
  header.node.node = "xa-khac";  // the key of one board says nothing of another
  EXPECT_FALSE(import(export_of(key_, header)));
  header.node.node = "..";
  EXPECT_FALSE(import(export_of(key_, header)));
  known_.groups = {"VN-14"};
  EXPECT_NE(import(file_of({1, 5}, {1, 5})).error().what.find("does not serve"), std::string::npos);
  EXPECT_EQ(mark(Lane::events), 0U);
}

TEST_F(Import, KnowsABoardByTheKeyOfItsNewestBirth) {
  std::filesystem::remove_all(known_.keys_folder);
  const auto file = file_of({1, 5}, {1, 5});
  EXPECT_FALSE(import(file));
  const auto told = [&](const SigningKey& key) {
    fact::Values birth;
    birth.node = NodeId{"VN-03", "xa-lung-cu"};
    birth.at = kNow;
    birth.birth = true;
    fact::Values::Entry entry;
    entry.name = std::string(metric::kExportKey);
    entry.type = DataType::string;
    entry.value = to_base64(key.public_key().der());
    birth.entries.push_back(entry);
    ASSERT_TRUE(ledger_->commit({birth}));
  };
  told(key_);
  const auto imported = import(file);
  ASSERT_TRUE(imported) << imported.error().to_string();
  EXPECT_EQ(imported->known.by, KnownBy::birth);
  told(new_key(folder_, "another.key"));
  EXPECT_FALSE(import(file));
}

TEST_F(Import, DoesNotBelieveAFileThatChangesAfterItWasVerified) {
  const auto good = file_of({1, 10}, {1, 20'000});
  const auto file = folder_.write("a.xalink", good);
  ImportRun run(StickSource::open(file).value(), known_);
  for (;;) {
    const auto verified = run.check(kNow);
    ASSERT_TRUE(verified);
    if (*verified) break;
  }
  std::fstream on_stick(file, std::ios::in | std::ios::out | std::ios::binary);
  on_stick.seekp(static_cast<std::streamoff>(good.size() / 2));
  on_stick << "somebody else's";
  on_stick.close();
  const auto imported = commit(run);
  ASSERT_FALSE(imported);
  EXPECT_NE(imported.error().what.find("changed"), std::string::npos);
  EXPECT_LT(mark(Lane::measurements), 20'000U);
  EXPECT_EQ(import(good)->lanes[1].mark, 20'000U);
}

TEST_F(Import, AnswersWithAnAcknowledgementOfItsMarks) {
  const auto imported = import(file_of({1, 10}, {1, 20}));
  const OwnKey own{new_key(folder_, "gateway.key"), {}};
  const auto bytes = acknowledgement_of(*imported, own, "xalink", kNow);
  ASSERT_TRUE(bytes);
  MemorySource source(*bytes);
  const auto acknowledgement = read_acknowledgement(source, "a.ack");
  ASSERT_TRUE(acknowledgement) << acknowledgement.error().to_string();
  EXPECT_EQ(acknowledgement->node, (NodeId{"VN-03", "xa-lung-cu"}));
  EXPECT_EQ(acknowledgement->epoch, "epoch-1");
  EXPECT_EQ(acknowledgement->marks, (std::array<RowId, kLaneCount>{10, 20}));
}

}  // namespace
}  // namespace xalink::test
