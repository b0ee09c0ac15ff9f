// What keeping records costs the card, as far as it can be told without one: bytes and syncs that SQLite
// asks for. tests/bench/wear_main.cpp measures a block device.

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/fakes/faulty_disk.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

// A day of the default probes: three records a minute, three more every fifth, flushed once a minute and
// acknowledged before the next flush.
constexpr int kMinutes = 24 * 60;
// Two or three pages of 1 KiB go to the WAL with a commit, and the same pages to the database with a
// checkpoint after many commits. A page more in each commit would be 280 bytes a record.
constexpr double kMostBytesPerRecord = 950;
// One for each commit; a checkpoint makes three.
constexpr double kMostSyncsPerHour = 70;

TEST(OutboxWear, ADayOfRecordsAsksForFewBytesAndSyncs) {
  FaultyDisk disk;
  const ScratchFolder folder;
  auto outbox = Outbox::open(folder / "outbox.db").value();
  std::uint64_t number = 0;
  const auto before = disk.traffic();
  for (int minute = 0; minute < kMinutes; ++minute) {
    std::vector<Pending> records;
    for (int i = 0; i < (minute % 5 == 0 ? 6 : 3); ++i) records.push_back(ping(++number));
    const auto last = outbox->append(records);
    ASSERT_TRUE(last) << last.error().to_string();
    ASSERT_TRUE(outbox->acknowledge(Lane::measurements, (*last)[index(Lane::measurements)]));
  }
  const auto after = disk.traffic();
  const double per_record = static_cast<double>(after.bytes - before.bytes) / static_cast<double>(number);
  const double per_hour = static_cast<double>(after.syncs - before.syncs) / 24;
  EXPECT_LT(per_record, kMostBytesPerRecord);
  EXPECT_LT(per_hour, kMostSyncsPerHour);
  test::print_table("outbox-wear", "Wear, as SQLite asks for it (tests/run.sh bench measures a device)\n  " +
                                       std::to_string(static_cast<int>(per_record)) +
                                       " bytes written per record, " +
                                       std::to_string(static_cast<int>(per_hour)) + " syncs per hour");
}

}  // namespace
}  // namespace xalink
