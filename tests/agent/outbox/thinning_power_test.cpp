// A board that loses its power while measurements become summaries.

#include <SQLiteCpp/Database.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/given_up.hpp"
#include "tests/agent/outbox/gateway_of_rows.hpp"
#include "tests/agent/outbox/sample_records.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/faulty_disk.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {
namespace {

constexpr OutboxOptions kSmall{.max_bytes = kLeastOutboxBytes};

std::vector<Pending> pings(std::uint64_t after, std::uint64_t count) {
  std::vector<Pending> records;
  for (auto i = after + 1; i <= after + count; ++i) {
    records.push_back(ping(i));
    records.back().record.stamp = stamp_at(static_cast<std::int64_t>(i) * 10'000);
  }
  return records;
}

std::uint64_t thinned(Outbox& outbox) {
  const auto given_up = outbox.given_up().value();
  const auto found = given_up.find(std::string(given_up::kThinned));
  return found == given_up.end() ? 0 : found->second;
}

/// Every row stands somewhere once, and the ledger says what the gaps say.
void expect_account(const std::filesystem::path& file, RowId before, RowId after) {
  auto outbox = Outbox::open(file, kSmall);
  ASSERT_TRUE(outbox) << outbox.error().to_string();
  const auto last = (*outbox)->depth(Lane::measurements)->last;
  ASSERT_TRUE(last == before || last == after) << last;
  GatewayOfRows gateway;
  while (gateway.mark < last) {
    const auto batch = (*outbox)->read(Lane::measurements, gateway.mark + 1, 5'000);
    ASSERT_TRUE(batch) << batch.error().to_string();
    gateway.take(*batch);
    if (testing::Test::HasFatalFailure()) return;
  }
  ASSERT_EQ(gateway.records.size() + gateway.summarised, last);
  ASSERT_EQ(gateway.given_up_in_all(), gateway.given_up["thinned"]);
  ASSERT_EQ(gateway.given_up["thinned"], thinned(**outbox));
  for (const auto& [row, record] : gateway.records) ASSERT_EQ(record.values, ping(row).record.values);
}

TEST(PowerCut, WhileMeasurementsAreThinnedLosesAndRepeatsNone) {
  // What matters is the simulated disk, not the one below it.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
  if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*replace=*/0);
  const ScratchFolder folder;
  const auto file = folder / "outbox.db";
  const auto full = folder / "full.db";
  RowId last = 0;
  {
    auto outbox = Outbox::open(full, kSmall).value();
    // Up to the last append that needs no room, then a few more: thinning has begun, and begins again.
    while (thinned(*outbox) < 8'000) {
      ASSERT_TRUE(outbox->append(pings(last, 500)));
      last += 500;
    }
  }
  const auto seeds = test::fault_seeds(1);
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    std::mt19937_64 random(seed);
    std::filesystem::copy_file(full, file, std::filesystem::copy_options::overwrite_existing);
    FaultyDisk disk;
    RowId before = last;
    std::size_t from = 0;
    {
      auto outbox = Outbox::open(file, kSmall).value();
      const auto had = thinned(*outbox);
      while (thinned(*outbox) == had) {
        from = disk.steps();
        ASSERT_TRUE(outbox->append(pings(before, 500)));
        before += 500;
      }
      before -= 500;
    }
    const std::size_t steps = disk.steps();
    const std::size_t stride = std::max<std::size_t>(1, (steps - from) / 5);
    for (std::size_t step = from + test::below(random, stride); step <= steps; step += stride) {
      SCOPED_TRACE("seed " + std::to_string(seed) + ", cut during step " + std::to_string(step));
      disk.lay_out(step, random() % 3 == 0 ? FaultyDisk::Survivors::none : FaultyDisk::Survivors::any,
                   random);
      expect_account(file, before, before + 500);
      if (testing::Test::HasFatalFailure()) return;
    }
  }
}

}  // namespace
}  // namespace xalink
