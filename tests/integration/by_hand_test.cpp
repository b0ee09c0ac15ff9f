// Records that go by stick: export, import and acknowledge as people call them, beside and without a broker.

#include <gtest/gtest.h>
#include <sys/resource.h>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <thread>

#include "tests/integration/deployment.hpp"
#include "tests/integration/filled_outbox.hpp"

namespace xalink::test {
namespace {

namespace json = boost::json;

class ByHand : public DeploymentTest {
 protected:
  ByHand() {
    std::ofstream(gateway_.config(), std::ios::app)
        << "[import]\nkeys_folder = \"" << keys().string() << "\"\n";
    std::filesystem::create_directory(stick());
  }
  [[nodiscard]] std::filesystem::path keys() const { return folder_ / "keys"; }
  [[nodiscard]] std::filesystem::path stick() const { return folder_ / "stick"; }

  template <class... Words>
  [[nodiscard]] Outcome agent(const std::string& command, const Words&... words) const {
    return call({XALINK_AGENT_PROGRAM, command, "--config", board_.config().string(), words...});
  }
  template <class... Words>
  [[nodiscard]] Outcome gateway(const Words&... words) const {
    return call({XALINK_GATEWAY_PROGRAM, "import", "--config", gateway_.config().string(), words...});
  }
  /// The exported file.
  [[nodiscard]] std::string export_all(const std::string& name) const {
    const auto file = (stick() / name).string();
    const auto outcome = agent("export", file);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    return file;
  }
  /// As somebody who knows the board would.
  void make_board_known(const std::string& file) const {
    const auto key = gateway("--show-key", file);
    ASSERT_EQ(key.code, 0) << key.err;
    std::filesystem::create_directories(keys() / kGroup);
    std::ofstream(keys() / kGroup / (board_.node() + ".pem")) << key.out;
  }
  [[nodiscard]] static json::object told(const Outcome& outcome) {
    EXPECT_FALSE(outcome.out.empty()) << outcome.err;
    return outcome.out.empty() ? json::object() : json::parse(outcome.out).as_object();
  }
  [[nodiscard]] std::uint64_t rows_stored() const {
    return ask_number(gateway_.store(), "SELECT count(*) FROM record");
  }
  [[nodiscard]] std::string text_of(const std::filesystem::path& file) const {
    std::ifstream in(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
  }
};

TEST_F(ByHand, TheWholeWayWithoutABroker) {
  broker_.stop();
  board_.program.start();
  board_.drop_dossiers(1, 300);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && board_.assigned() >= 300; }));
  const auto file = export_all("one.xalink");

  const auto unknown = gateway(file);
  EXPECT_EQ(unknown.code, 1);
  EXPECT_NE(unknown.err.find("does not know"), std::string::npos) << unknown.err;
  EXPECT_EQ(rows_stored(), 0U);
  EXPECT_FALSE(std::filesystem::exists(file + ".ack"));
  make_board_known(file);

  const auto first = told(gateway("--json", file));
  const auto carried = first.at("new_records").to_number<std::uint64_t>();
  EXPECT_GE(carried, 300U);  // the board speaks of its clock, too
  const auto again = told(gateway("--json", file));
  EXPECT_EQ(again.at("new_records").to_number<std::uint64_t>(), 0U);
  EXPECT_EQ(rows_stored(), carried);

  const auto stranger = agent("acknowledge", file + ".ack");
  EXPECT_EQ(stranger.code, 1);
  EXPECT_NE(stranger.err.find("--trust"), std::string::npos) << stranger.err;
  EXPECT_FALSE(board_.all_acknowledged());
  EXPECT_EQ(agent("acknowledge", file + ".ack", "--trust", "0000-0000").code, 1);
  const auto key = std::string(first.at("gateway_key").as_string());
  const auto done = agent("acknowledge", file + ".ack", "--trust", key);
  EXPECT_EQ(done.code, 0) << done.err;
  EXPECT_NE(done.out.find(std::to_string(carried)), std::string::npos) << done.out;
  EXPECT_TRUE(board_.all_acknowledged());
  EXPECT_EQ(agent("acknowledge", file + ".ack").code, 0);  // trusted by now, and nothing new
  EXPECT_NE(agent("export", (stick() / "none.xalink").string()).out.find("nothing waits"), std::string::npos);

  // Back on the broker, nothing goes twice and everything goes on.
  broker_.start();
  gateway_.program.start();
  ASSERT_TRUE(eventually([&] { return gateway_.state_of(board_.node()) == "online"; }));
  board_.drop_dossiers(1'000, 20);
  ASSERT_TRUE(eventually([&] { return board_.assigned() >= carried + 20; }));
  ASSERT_TRUE(delivers_all(board_));
  EXPECT_EQ(rows_stored(), board_.assigned());
  expect_exactly_once(board_);
}

TEST_F(ByHand, AStoppedAgentIsExportedAndAcknowledgedToo) {
  fill_outbox(board_.outbox(), 3'000);
  const auto file = export_all("stopped.xalink");
  make_board_known(file);
  gateway_.program.start();
  const auto imported = told(gateway("--json", file));
  EXPECT_EQ(imported.at("new_records").to_number<std::uint64_t>(), 3'000U);
  const auto key = std::string(imported.at("gateway_key").as_string());
  ASSERT_EQ(agent("acknowledge", file + ".ack", "--trust", key).code, 0);
  EXPECT_EQ(ask(board_.outbox(), "SELECT sum(row_id) FROM position WHERE what = 'acknowledged'"), "3000");
  expect_exactly_once(board_);
}

TEST_F(ByHand, TogetherWithTheBrokerEachRecordIsThereOnce) {
  fill_outbox(board_.outbox(), 12'000);
  const auto before = export_all("before.xalink");
  gateway_.program.start();
  board_.program.start();
  // The board has told its key in its birth; nobody needs to bring it.
  ASSERT_TRUE(eventually([&] { return gateway_.held() > 0; }));
  const auto while_draining = export_all("draining.xalink");
  for (const auto& file : {while_draining, before, while_draining}) {
    const auto outcome = gateway(file);
    EXPECT_EQ(outcome.code, 0) << outcome.err;
  }
  ASSERT_TRUE(delivers_all(board_));
  EXPECT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  const auto imported = told(gateway("--json", before));
  EXPECT_EQ(imported.at("known_by").as_string(), "birth");
  const auto key = std::string(imported.at("gateway_key").as_string());
  EXPECT_EQ(agent("acknowledge", before + ".ack", "--trust", key).code, 0);
  EXPECT_TRUE(board_.all_acknowledged());
  expect_exactly_once(board_);
}

TEST_F(ByHand, AGatewayThatDiesInAnImportTakesTheRestNextTime) {
  fill_outbox(board_.outbox(), 20'000);
  const auto file = export_all("large.xalink");
  make_board_known(file);
  gateway_.program.start();
  ASSERT_TRUE(eventually([&] { return std::filesystem::exists(folder_ / "gateway.sock"); }));
  Outcome interrupted;
  std::thread importing([&] { interrupted = gateway(file); });
  EXPECT_TRUE(eventually([&] { return gateway_.held() > 0; }, kPatience, std::chrono::milliseconds(1)));
  gateway_.program.kill();
  importing.join();
  const auto outcome = gateway(file);  // by itself: no gateway runs
  EXPECT_EQ(outcome.code, 0) << outcome.err;
  EXPECT_EQ(gateway_.held(), board_.assigned());
  expect_exactly_once(board_);
}

TEST_F(ByHand, AGatewayWithAHoleSaysWhatIsMissingAndHowToGetIt) {
  fill_outbox(board_.outbox(), 2'000);
  const auto lost = export_all("lost.xalink");
  make_board_known(lost);
  const auto imported = told(gateway("--json", lost));
  const auto key = std::string(imported.at("gateway_key").as_string());
  ASSERT_EQ(agent("acknowledge", lost + ".ack", "--trust", key).code, 0);
  for (const auto* part : {"", "-wal", "-shm", ".lock"})
    std::filesystem::remove(gateway_.store().string() + part);
  fill_outbox(board_.outbox(), 500);

  const auto later = export_all("later.xalink");
  const auto hole = gateway(later);
  EXPECT_EQ(hole.code, 1);
  EXPECT_NE(hole.out.find("export --all"), std::string::npos) << hole.out;
  EXPECT_EQ(rows_stored(), 0U);
  const auto all = (stick() / "all.xalink").string();
  ASSERT_EQ(agent("export", "--all", all).code, 0);
  EXPECT_EQ(gateway(all).code, 0);
  EXPECT_EQ(gateway_.held(), 2'500U);
  expect_exactly_once(board_);
}

// A stick is away for days, and few boards keep their power so long. Nobody was asked about the row ids
// since.
TEST_F(ByHand, ABoardThatRestartedSinceTheExportTakesTheAnswer) {
  broker_.stop();
  board_.program.start();
  board_.drop_dossiers(1, 300);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && board_.assigned() >= 300; }));
  const auto file = export_all("one.xalink");
  make_board_known(file);
  const auto epoch = board_.epoch();
  const auto imported = told(gateway("--json", file));
  const auto key = std::string(imported.at("gateway_key").as_string());
  board_.program.kill();
  board_.program.start();
  board_.drop_dossiers(1'000, 20);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && !board_.status().empty(); }));
  const auto taken = agent("acknowledge", file + ".ack", "--trust", key);
  EXPECT_EQ(taken.code, 0) << taken.err;
  EXPECT_EQ(board_.epoch(), epoch) << "the answer itself made the outbox another one";
  // Only what came after the export waits, and it goes with the next stick.
  const auto next = told(gateway("--json", export_all("two.xalink")));
  EXPECT_LT(next.at("new_records").to_number<std::uint64_t>(), 100U);
  expect_exactly_once(board_);
}

TEST_F(ByHand, ARunningBoardThatLostCommitsSaysSoToTheAnswer) {
  broker_.stop();
  board_.program.start();
  board_.drop_dossiers(1, 100);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && board_.assigned() >= 100; }));
  board_.program.kill();
  const auto older = folder_ / "older.db";
  for (const auto* part : {"", "-wal"}) {
    std::filesystem::copy_file(board_.outbox().string() + part, older.string() + part);
  }
  // What is sure of an outbox that goes on is its gateway's word.
  broker_.start();
  gateway_.program.start();
  board_.program.start();
  ASSERT_TRUE(delivers_all(board_));
  ASSERT_TRUE(eventually([&] { return board_.all_acknowledged(); }));
  broker_.stop();
  board_.drop_dossiers(1'000, 200);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && board_.assigned() >= 300; }));
  const auto file = export_all("one.xalink");
  const auto imported = told(gateway("--json", file));
  const auto key = std::string(imported.at("gateway_key").as_string());
  board_.program.kill();
  for (const auto* part : {"", "-wal"}) {
    std::filesystem::copy_file(older.string() + part, board_.outbox().string() + part,
                               std::filesystem::copy_options::overwrite_existing);
  }
  std::filesystem::remove(board_.outbox().string() + "-shm");
  const auto epoch = board_.epoch();
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return !board_.status().empty(); }));
  const auto refused = agent("acknowledge", file + ".ack", "--trust", key);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("it lost what was written last"), std::string::npos) << refused.err;
  EXPECT_TRUE(eventually([&] { return board_.epoch() != epoch; })) << "its row ids are given out again";
  EXPECT_EQ(gateway(export_all("two.xalink")).code, 0);
}

// What a gateway confirmed before its store was put back from an older copy comes to the board after that:
// the board holds those rows as spares, and no mark of the file says that the gateway still has them.
TEST_F(ByHand, AnAcknowledgementFromBeforeARestoreCostsNothing) {
  BoardProcess other(folder_, {broker_.port(), "3.1.1"}, "xa-ma-le", Measures::nothing, "other");
  fill_outbox(board_.outbox(), 1'000);
  fill_outbox(other.outbox(), 1'000);
  gateway_.program.start();
  board_.program.start();
  other.program.start();
  ASSERT_TRUE(delivers_all(board_));
  ASSERT_TRUE(delivers_all(other));
  ASSERT_EQ(gateway_.program.stop(), 0);
  const auto copy = folder_ / "copy.db";
  std::filesystem::copy_file(gateway_.store(), copy);

  // Since the copy: some by the broker, some by stick alone, some by nobody yet.
  gateway_.program.start();
  board_.drop_dossiers(1, 300);
  other.drop_dossiers(1, 300);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken() && other.all_dossiers_taken(); }));
  ASSERT_TRUE(delivers_all(board_));
  ASSERT_TRUE(delivers_all(other));
  broker_.stop();
  board_.drop_dossiers(1'000, 200);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));
  const auto carried = export_all("carried.xalink");
  const auto imported = told(gateway("--json", carried));
  EXPECT_GE(imported.at("new_records").to_number<std::uint64_t>(), 200U);
  const auto before_restore = stick() / "before_restore.ack";
  std::filesystem::copy_file(carried + ".ack", before_restore);
  board_.program.kill();  // as a power cut does
  gateway_.program.kill();
  for (const auto* beside : {"-wal", "-shm"}) std::filesystem::remove(gateway_.store().string() + beside);
  std::filesystem::copy_file(copy, gateway_.store(), std::filesystem::copy_options::overwrite_existing);

  // The same stick once more: above the hole nothing is kept, and the answer confirms nothing new.
  const auto hole = gateway(carried);
  EXPECT_EQ(hole.code, 1) << hole.out;
  const auto key = std::string(imported.at("gateway_key").as_string());
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return !board_.status().empty(); }));
  const auto late = agent("acknowledge", before_restore.string(), "--trust", key);
  EXPECT_EQ(late.code, 0) << late.out << late.err;
  board_.drop_dossiers(2'000, 50);
  ASSERT_TRUE(eventually([&] { return board_.all_dossiers_taken(); }));

  broker_.start();
  gateway_.program.start();
  ASSERT_TRUE(delivers_all(board_)) << gateway_.held() << " of " << board_.assigned();
  ASSERT_TRUE(delivers_all(other)) << gateway_.held() << " of " << other.assigned();
  // And the old files after all that.
  EXPECT_EQ(gateway(carried).code, 0);
  const auto once_more = agent("acknowledge", before_restore.string());
  EXPECT_EQ(once_more.code, 0) << once_more.out << once_more.err;
  expect_exactly_once(board_);
  expect_exactly_once(other);
  EXPECT_TRUE(eventually([&] { return board_.all_acknowledged() && other.all_acknowledged(); }));
  EXPECT_EQ(ask(gateway_.store(), "SELECT count(*) FROM record WHERE first IS NOT NULL"), "0");
}

TEST_F(ByHand, WhatIsNotWholeOrNotOursIsRefusedWithTheNextStep) {
  fill_outbox(board_.outbox(), 500);
  const auto file = export_all("good.xalink");
  make_board_known(file);
  const auto good = text_of(file);
  const auto refused = [&](const std::string& name, const std::string& bytes, const std::string& word) {
    const auto bad = folder_.write("stick/" + name, bytes).string();
    const auto outcome = gateway(bad);
    EXPECT_EQ(outcome.code, 1) << name;
    EXPECT_NE(outcome.err.find(word), std::string::npos) << outcome.err;
    EXPECT_FALSE(std::filesystem::exists(bad + ".ack"));
  };
  auto altered = good;
  altered[altered.size() / 2] = static_cast<char>(altered[altered.size() / 2] ^ 1);
  refused("altered", altered, "altered");
  refused("truncated", good.substr(0, good.size() - 10), "truncated");
  refused("empty", "", "empty");
  refused("foreign", "MaHoSo;MaTTHC\n", "not a file of xalink");
  const auto missing = gateway((stick() / "missing").string());
  EXPECT_EQ(missing.code, 1);
  EXPECT_EQ(gateway(stick().string()).code, 1);
  EXPECT_EQ(rows_stored(), 0U);
  // Of several files the good one is taken in all the same.
  const auto mixed = gateway((stick() / "altered").string(), file);
  EXPECT_EQ(mixed.code, 1);
  EXPECT_EQ(gateway_.held(), 500U);
  EXPECT_EQ(agent("acknowledge", file).code, 1);
  EXPECT_NE(agent("acknowledge", file).err.find("xalink-gateway import"), std::string::npos);
  EXPECT_EQ(gateway(file + ".ack").code, 1);
  EXPECT_EQ(gateway().code, 2);
  EXPECT_EQ(agent("export").code, 2);
  EXPECT_EQ(agent("export", (folder_ / "board" / "agent.toml").string()).code, 1);  // a foreign file
}

// SIGXFSZ kills the export at a certain byte, as pulling the power does.
TEST_F(ByHand, AnExportThatIsCutOffLeavesNothingThatLooksLikeOne) {
  fill_outbox(board_.outbox(), 12'000);
  board_.program.start();
  ASSERT_TRUE(eventually([&] { return !board_.status().empty(); }));
  const auto file = (stick() / "cut.xalink").string();
  const auto cut = call({"/bin/bash", "-c", "ulimit -c 0; ulimit -f 300; exec \"$@\"", "export",
                         XALINK_AGENT_PROGRAM, "export", "--config", board_.config().string(), file});
  EXPECT_EQ(cut.code, -SIGXFSZ);
  EXPECT_FALSE(std::filesystem::exists(file));
  ASSERT_TRUE(std::filesystem::exists(file + ".partial"));
  const auto partial = gateway(file + ".partial");
  EXPECT_EQ(partial.code, 1);
  EXPECT_NE(partial.err.find("truncated"), std::string::npos) << partial.err;
  EXPECT_EQ(rows_stored(), 0U);
  const auto refused = call({"/bin/bash", "-c", "trap '' XFSZ; ulimit -f 300; exec \"$@\"", "export",
                             XALINK_AGENT_PROGRAM, "export", "--config", board_.config().string(), file});
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.err.find("4 GiB"), std::string::npos) << refused.err;
  EXPECT_TRUE(std::filesystem::is_empty(stick()));
  EXPECT_EQ(agent("export", file).code, 0);
  make_board_known(file);
  EXPECT_EQ(gateway(file).code, 0);
  expect_exactly_once(board_);
}

// A small file system of its own stands for the stick; the shell that mounted it looks at what is left.
TEST_F(ByHand, AStickThatIsTooSmallIsToldAndLeftEmpty) {
  if (call({"/usr/bin/unshare", "--mount", "/bin/true"}).code != 0)
    GTEST_SKIP() << "needs the right to mount (root)";
  fill_outbox(board_.outbox(), 12'000);
  const auto shell = [&](const std::string& size) {
    return call({"/usr/bin/unshare", "--mount", "/bin/bash", "-c",
                 "stick=$1; shift; mount -t tmpfs -o size=" + size +
                     " stick \"$stick\" || exit 90\n\"$@\"; code=$?; ls -A \"$stick\"; exit $code",
                 "export", stick().string(), XALINK_AGENT_PROGRAM, "export", "--config",
                 board_.config().string(), stick().string()});
  };
  for (const std::string size : {"4k", "32k", "200k"}) {
    const auto refused = shell(size);
    EXPECT_EQ(refused.code, 1) << size << refused.out << refused.err;
    EXPECT_EQ(refused.out, "") << size << ": left on the stick";
    EXPECT_NE(refused.err.find("another stick"), std::string::npos) << refused.err;
  }
  const auto taken = shell("64m");
  EXPECT_EQ(taken.code, 0) << taken.err;
  EXPECT_NE(taken.out.find(".xalink"), std::string::npos) << taken.out;
  EXPECT_EQ(taken.out.find(".partial"), std::string::npos) << taken.out;
}

}  // namespace
}  // namespace xalink::test
