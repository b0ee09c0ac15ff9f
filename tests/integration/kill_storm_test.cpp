// SIGKILL for everybody, at random moments, while a board measures and takes in dossiers; now and then
// only a standstill, as of a disk that hangs.
// XALINK_STORM_SECONDS=600 makes a longer storm, XALINK_SEED=N repeats one.

#include <gtest/gtest.h>

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <map>
#include <optional>
#include <random>
#include <string>

#include "sparkplug/packed_values.hpp"
#include "tests/integration/deployment.hpp"
#include "tests/integration/filled_outbox.hpp"

namespace xalink::test {
namespace {

using std::chrono::milliseconds;
using SteadyMoment = std::chrono::steady_clock::time_point;

constexpr std::size_t kBacklog = 20'000;

std::chrono::seconds storm_length() {
  const char* given = std::getenv("XALINK_STORM_SECONDS");  // NOLINT(concurrency-mt-unsafe): one thread
  return std::chrono::seconds(given == nullptr ? 20 : std::atoi(given));
}

/// How often the store holds each dossier code.
std::map<std::string, int> dossier_codes(const std::filesystem::path& store) {
  std::map<std::string, int> codes;
  SQLite::Database database(store.string(), SQLite::OPEN_READONLY);
  SQLite::Statement rows(database,
                         "SELECT schema.columns, record.body FROM record JOIN schema ON schema.id = "
                         "record.schema WHERE schema.device = 'dossiers' AND record.first IS NULL");
  const auto bytes = [&](int column) {
    const auto value = rows.getColumn(column);
    return std::string(static_cast<const char*>(value.getBlob()), static_cast<std::size_t>(value.getBytes()));
  };
  while (rows.executeStep()) {
    const auto columns = unpack_columns(bytes(0));
    if (!columns) throw std::runtime_error(columns.error().to_string());
    const auto values = unpack(*columns, bytes(1));
    if (!values) throw std::runtime_error(values.error().to_string());
    for (std::size_t i = 0; i < columns->size(); ++i) {
      if ((*columns)[i].name == "Code") ++codes[to_text((*values)[i])];
    }
  }
  return codes;
}

class KillStorm : public DeploymentTest {
 protected:
  KillStorm() : DeploymentTest(Measures::every_second) {}

  enum Victim : std::size_t { kBoard, kBroker, kGateway, kVictims };

  void kill(Victim victim) {
    switch (victim) {
      case kBoard: return board_.program.kill();
      case kBroker: return broker_.kill();
      default: return gateway_.program.kill();
    }
  }
  void freeze(Victim victim) {
    switch (victim) {
      case kBoard: return board_.program.freeze();
      case kBroker: return broker_.freeze();
      default: return gateway_.program.freeze();
    }
  }
  /// Thaws what is frozen, starts what is dead.
  void bring_back(Victim victim) {
    switch (victim) {
      case kBoard: board_.program.thaw(); return board_.program.start();
      case kBroker: return broker_.pid() != 0 ? broker_.thaw() : start_broker();
      default: gateway_.program.thaw(); return gateway_.program.start();
    }
  }
  /// Of processes that nobody killed.
  void expect_alive(Victim victim) {
    if (victim == kBoard) {
      EXPECT_TRUE(board_.program.running()) << "the agent ended by itself";
    } else if (victim == kGateway) {
      EXPECT_TRUE(gateway_.program.running()) << "the gateway ended by itself";
    }
  }

  void rage(std::mt19937_64& random) {
    const auto between = [&](int low, int high) {
      return milliseconds(std::uniform_int_distribution<int>(low, high)(random));
    };
    std::array<std::optional<SteadyMoment>, kVictims> back_at;
    const auto begin = std::chrono::steady_clock::now();
    auto next_kill = begin + between(200, 1500);
    auto next_drop = begin;
    for (auto now = begin; now < begin + storm_length(); now = std::chrono::steady_clock::now()) {
      for (const Victim victim : {kBoard, kBroker, kGateway}) {
        auto& back = back_at[victim];
        if (!back) expect_alive(victim);
        if (!back || now < *back) continue;
        bring_back(victim);
        back.reset();
      }
      if (now >= next_kill) {
        const auto victim = static_cast<Victim>(std::uniform_int_distribution<int>(0, kVictims - 1)(random));
        if (!back_at[victim]) {
          if (between(0, 4).count() == 0) {
            freeze(victim);
          } else {
            kill(victim);
            ++kills_[victim];
          }
          back_at[victim] = now + between(0, 800);
        }
        next_kill = now + between(50, 1200);
      }
      if (now >= next_drop) {
        const auto rows = static_cast<std::uint64_t>(between(1, 60).count());
        board_.drop_dossiers(dossiers_ + 1, rows);
        dossiers_ += rows;
        next_drop = now + between(200, 800);
      }
      std::this_thread::sleep_for(milliseconds(5));
    }
  }

  std::array<int, kVictims> kills_{};
  std::uint64_t dossiers_ = 0;
};

TEST_F(KillStorm, LeavesEachRecordAndEachDossierExactlyOnce) {
  std::mt19937_64 random(seed_of_this_run());
  fill_outbox(board_.outbox(), kBacklog);
  gateway_.program.start();
  board_.program.start();
  rage(random);
  ASSERT_FALSE(HasFailure());

  // Calm: nobody measures any more, everybody starts afresh without the long waits learned in the storm.
  bring_back(kBroker);
  board_.program.kill();
  gateway_.program.kill();
  board_.configure(Measures::nothing);
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned() << " arrived";
  EXPECT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  std::cout << "killed: agent " << kills_[kBoard] << ", broker " << kills_[kBroker] << ", gateway "
            << kills_[kGateway] << " times; " << dossiers_ << " dossiers dropped\n";
  expect_exactly_once(board_);
  EXPECT_GT(board_.assigned(), kBacklog + dossiers_) << "nothing was measured in the storm";

  const auto codes = dossier_codes(gateway_.store());
  for (std::uint64_t number = 1; number <= dossiers_; ++number) {
    const auto code = codes.find("H22.58.12-260601-" + std::to_string(number));
    ASSERT_NE(code, codes.end()) << "dossier " << number << " was dropped and did not arrive";
    EXPECT_EQ(code->second, 1) << "dossier " << number;
  }
}

}  // namespace
}  // namespace xalink::test
