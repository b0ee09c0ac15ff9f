// Files far larger than the board's memory: what is kept at any moment does not depend on their size.
#include <gtest/gtest.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <new>

#include "agent/dossiers/drop_folder.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/fault_seeds.hpp"
#include "tests/fakes/fault_table.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace {

std::atomic<std::size_t> live_bytes{0};
std::atomic<std::size_t> peak_bytes{0};
// Before each block, so that its size is known when it is given back; as wide as the strictest alignment.
constexpr std::size_t kSizeField = alignof(std::max_align_t);

}  // namespace

void* operator new(std::size_t size) {
  auto* block = static_cast<char*>(std::malloc(size + kSizeField));
  if (block == nullptr) throw std::bad_alloc();
  *reinterpret_cast<std::size_t*>(block) = size;
  const std::size_t live = live_bytes.fetch_add(size) + size;
  std::size_t peak = peak_bytes.load();
  while (live > peak && !peak_bytes.compare_exchange_weak(peak, live)) {
  }
  return block + kSizeField;
}
void operator delete(void* memory) noexcept {
  if (memory == nullptr) return;
  auto* block = static_cast<char*>(memory) - kSizeField;
  live_bytes.fetch_sub(*reinterpret_cast<std::size_t*>(block));
  std::free(block);
}
void operator delete(void* memory, std::size_t) noexcept {
  operator delete(memory);
}

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kMiB = std::size_t{1} << 20U;

/// As an export has them: most of a row is none of our business.
std::uint64_t write_export(const std::filesystem::path& file, std::size_t bytes) {
  std::ofstream out(file, std::ios::binary);
  out << "MaHoSo,ChuHoSo,TrichYeuHoSo,TrangThaiHoSo,ThoiDiemXuLy,NgayTiepNhan,NgayHenTra\r\n";
  const std::string text(900, 'x');
  std::uint64_t rows = 0;
  std::size_t written = 0;
  while (written < bytes) {
    const std::string number = std::to_string(++rows);
    const std::string row = "H22.58.12-260601-" + number + ",\"Vàng Thị Mỷ\",\"Trích yếu \"\"" + number +
                            "\"\",\nxuống dòng " + text + "\"," + (rows % 1000 == 0 ? "lạ" : "4") +
                            ",20260601140815,20260601140815,20260602170000\r\n";
    out << row;
    written += row.size();
  }
  return rows;
}

struct Reading {
  std::uint64_t rows = 0;
  std::size_t peak = 0;  ///< bytes on the heap above those at the begin
  double seconds = 0;
};

Reading take_file_of(std::size_t bytes) {
  const ScratchFolder folder;
  DropFolderSettings settings;
  settings.folder = folder.path();
  settings.settle = Milliseconds(0);
  const std::uint64_t rows = write_export(folder / "export.csv", bytes);
  asio::io_context loop;
  test::FakeClock clock(loop);
  WorkerThread disk;
  Reading reading;
  EventStore store;
  store.tell = [&](std::vector<Telling> tellings, std::string, std::string, Outbox::NoteWhen,
                   std::string) -> asio::awaitable<Result<Told>> {
    Told told;
    told.news.resize(tellings.size(), true);
    told.noted = true;
    reading.rows += tellings.size();
    co_return told;
  };
  store.note = [](std::string) -> asio::awaitable<Result<std::optional<std::string>>> {
    co_return std::optional<std::string>();
  };
  store.stamp_now = [] { return Stamp(); };
  DropFolder drop(settings, clock, disk, std::move(store));
  const std::size_t before = live_bytes;
  peak_bytes = before;
  const auto begin = std::clock();
  for (int look = 0; look < 2; ++look) {
    loop.restart();
    asio::co_spawn(loop, drop.scan_once(), [](std::exception_ptr error) {
      if (error) std::rethrow_exception(error);
    });
    loop.run();
  }
  reading.seconds = static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
  reading.peak = peak_bytes - before;
  EXPECT_EQ(drop.counters().files_done, 1U) << drop.counters().last_error;
  EXPECT_EQ(drop.counters().rows_taken + drop.counters().rows_rejected, rows);
  EXPECT_EQ(drop.counters().rows_rejected, rows / 1000);
  EXPECT_EQ(reading.rows, drop.counters().rows_taken);
  return reading;
}

TEST(LargeFile, IsTakenInMemoryThatDoesNotGrowWithIt) {
  spdlog::set_level(spdlog::level::off);
  // The long run takes a whole gigabyte.
  const std::size_t large = test::fault_seeds(1).count > 1 ? 1024 * kMiB : 32 * kMiB;
  const Reading small = take_file_of(2 * kMiB);
  const Reading big = take_file_of(large);
  EXPECT_LT(big.peak, 3 * kMiB);
  EXPECT_LT(big.peak, small.peak + kMiB / 4);
  std::string table = "file          rows      heap at its peak   processor time\n";
  for (const auto& [size, reading] : {std::pair(2 * kMiB, small), std::pair(large, big)}) {
    table += std::to_string(size / kMiB) + " MiB   " + std::to_string(reading.rows) + "   " +
             std::to_string(reading.peak / 1024) + " KiB   " + std::to_string(reading.seconds) + " s\n";
  }
  test::print_table("large_file", table);
}

}  // namespace
}  // namespace xalink
