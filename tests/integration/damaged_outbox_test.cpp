// A board whose outbox was damaged, as its gateway sees it.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "tests/integration/deployment.hpp"

namespace xalink::test {
namespace {

class DamagedOutbox : public DeploymentTest {
 protected:
  [[nodiscard]] std::uint64_t stored(const std::string& group) const {
    return ask_number(
        gateway_.store(),
        "SELECT count(*) FROM record JOIN schema ON schema.id = schema WHERE grp = '" + group + "'");
  }
  /// Flips a bit of the WAL, which holds all that was committed lately, or of the database without one.
  void harm() const {
    auto path = board_.outbox();
    path += "-wal";
    std::error_code absent;
    if (std::filesystem::file_size(path, absent) == 0 || absent) path = board_.outbox();
    std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
    file.seekp(1);
    file.put('\x11');
    ASSERT_TRUE(file.flush());
  }
};

TEST_F(DamagedOutbox, IsSalvagedAndItsEventsArriveOnce) {
  gateway_.program.start();
  board_.program.start();
  board_.drop_dossiers(1, 200);
  ASSERT_TRUE(eventually([&] { return stored("Dossier") == 200; })) << stored("Dossier");
  const auto epoch = board_.epoch();
  gateway_.program.kill();
  board_.drop_dossiers(201, 100);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  board_.program.kill();
  harm();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return !board_.epoch().empty(); }));
  EXPECT_NE(board_.epoch(), epoch);
  boost::json::object status;
  ASSERT_TRUE(eventually([&] {
    status = board_.status();
    return !status.empty() && !at(status, "outbox", "salvage").is_null();
  }));
  EXPECT_EQ(at(status, "outbox", "salvage", "old_epoch").as_string(), epoch);
  EXPECT_EQ(at(status, "outbox", "salvage", "events_lost").to_number<int>(), 0);
  const std::string kept(at(status, "outbox", "salvage", "kept_as").as_string());
  EXPECT_TRUE(std::filesystem::exists(board_.outbox().parent_path() / kept)) << kept;
  gateway_.program.start();
  ASSERT_TRUE(eventually([&] { return stored("Outbox Event") == 1 && board_.all_acknowledged(); }));
  EXPECT_EQ(stored("Dossier"), 300U) << "each once, under whichever epoch";
  board_.drop_dossiers(301, 10);
  ASSERT_TRUE(eventually([&] { return stored("Dossier") == 310; })) << stored("Dossier");
  EXPECT_EQ(stored("Outbox Event"), 1U) << "told once";
  EXPECT_EQ(stored("Gap"), 0U);
}

}  // namespace
}  // namespace xalink::test
