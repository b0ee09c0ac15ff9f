// A board with the default probes that is cut off for a month, and then drained through the real rules and
// the real stores.

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/space_plan.hpp"
#include "gateway/boards.hpp"
#include "sparkplug/given_up.hpp"
#include "tests/bench/record_mix.hpp"
#include "tests/comparison/comparison.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/integration/protocol_world.hpp"

namespace xalink {
namespace {

constexpr int kDays = 30;
constexpr std::uint64_t kPageBytes = 1'024;

struct Month {
  std::uint64_t events = 0;
  std::uint64_t measurements = 0;
  std::uint64_t largest = 0;  ///< bytes of all files after any append
  double days_before_thinning = kDays;
  double bytes_of_day = 0;  ///< in the database, before anything was thinned
  std::map<std::string, std::uint64_t> given_up;
};

Month live_offline(const std::filesystem::path& file, std::uint64_t max_bytes) {
  auto opened = Outbox::open(file, OutboxOptions{.max_bytes = max_bytes});
  if (!opened) throw std::runtime_error(opened.error().to_string());
  auto& outbox = **opened;
  bench::RecordMix mix;
  Month month;
  std::vector<Pending> flush;
  WallTime begin{};
  while (true) {
    flush.push_back(mix.next());
    const auto at = flush.back().record.stamp.wall;
    if (begin == WallTime{}) begin = at;
    (flush.back().schema.lane == Lane::events ? month.events : month.measurements) += 1;
    const double days = std::chrono::duration<double>(at - begin).count() / 86'400;
    const bool over = days >= kDays;
    if (flush.size() < 18 && !over) continue;
    const auto rows = outbox.append(flush);
    if (!rows) throw std::runtime_error(rows.error().to_string());
    flush.clear();
    month.largest = std::max(month.largest, outbox.bytes_on_disk());
    if (month.days_before_thinning == kDays) {
      if (!outbox.given_up()->empty()) {
        month.days_before_thinning = days;
      } else if (days > 1) {
        month.bytes_of_day = static_cast<double>(std::filesystem::file_size(file)) / days;
      }
    }
    if (over) break;
  }
  month.given_up = outbox.given_up().value();
  return month;
}

std::string figures(std::uint64_t max_bytes, const Month& month) {
  char line[400];
  const auto plan = plan_space(max_bytes, kPageBytes);
  const double unthinned =
      month.days_before_thinning < kDays
          ? month.days_before_thinning
          : static_cast<double>(plan.measurement_pages * kPageBytes) / month.bytes_of_day;
  const auto thinned = month.given_up.find(std::string(given_up::kThinned));
  std::snprintf(line, sizeof line, "| %3llu MiB | %llu | %llu | %.0f kB | %.0f | %.2f MiB | %llu |\n",
                static_cast<unsigned long long>(max_bytes >> 20U),
                static_cast<unsigned long long>(month.events),
                static_cast<unsigned long long>(month.measurements), month.bytes_of_day / 1000, unthinned,
                static_cast<double>(month.largest) / 1048576.0,
                static_cast<unsigned long long>(thinned == month.given_up.end() ? 0 : thinned->second));
  return line;
}

class OfflineMonth : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
    if (std::filesystem::exists("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", /*replace=*/0);
  }
};

TEST_F(OfflineMonth, EndsWithinItsBoundAndArrivesWholeOrCounted) {
  std::string table =
      "| bound | events | measurements | a day takes | days before thinning | largest on disk | thinned |\n"
      "|---|---|---|---|---|---|---|\n";
  for (const std::uint64_t max_bytes : {std::uint64_t{64} << 20U, std::uint64_t{4} << 20U}) {
    SCOPED_TRACE(std::to_string(max_bytes >> 20U) + " MiB");
    ProtocolWorld world(1);
    const auto board = world.add_board();
    const auto month = live_offline(world.outbox_file(board), max_bytes);
    EXPECT_LE(month.largest, max_bytes);
    table += figures(max_bytes, month);

    world.start_gateway();
    world.start_board(board);
    ASSERT_TRUE(world.run_until_drained(std::chrono::hours(2)));
    const auto comparison = compare_stores(world.outbox_file(board), world.store_file());
    ASSERT_TRUE(comparison) << comparison.error().to_string();
    EXPECT_TRUE(comparison->holds()) << comparison->to_string()
                                     << testing::PrintToString(comparison->examples);

    const auto fleet = read_fleet(world.store_file());
    ASSERT_TRUE(fleet) << fleet.error().to_string();
    ASSERT_EQ(fleet->boards.size(), 1U);
    const auto& seen = fleet->boards.front();
    EXPECT_EQ(seen.lanes[0].records, month.events) << "every event";
    EXPECT_EQ(seen.lanes[0].given_up, 0U);
    std::map<std::string, std::uint64_t> gone;
    for (const auto& part : seen.gone) {
      gone[part.reason] += part.records;
      EXPECT_FALSE(part.more);
    }
    EXPECT_EQ(gone, month.given_up) << "by reason, as the board counted";
    EXPECT_EQ(seen.lanes[1].records + seen.lanes[1].given_up, month.measurements);
    if (max_bytes < std::uint64_t{8} << 20U) {
      EXPECT_GT(gone["thinned"], month.measurements / 10);
      EXPECT_FALSE(gone.contains("space"));
    } else {
      EXPECT_EQ(seen.lanes[1].given_up, 0U) << "a month fits whole";
    }
  }
  test::print_table("offline_month", table);
}

}  // namespace
}  // namespace xalink
