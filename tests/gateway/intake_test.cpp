#include "gateway/intake.hpp"

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scripted_session.hpp"
#include "tests/gateway/board_voice.hpp"
#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

namespace asio = boost::asio;

/// A real ledger with a gate before it and a disk that can be full.
class GatedLedger final : public Ledger {
 public:
  explicit GatedLedger(Ledger& real) : real_(real) {}

  Result<std::vector<LaneMark>> commit(const std::vector<Fact>& facts) override {
    std::unique_lock lock(mutex_);
    ++begun_;
    opened_.wait(lock, [this] { return open_; });
    if (full_) return failure("store", "disk full", "free space");
    ++done_;
    return real_.commit(facts);
  }
  Result<void> close_open_sessions(WallTime at, const std::string& reason) override {
    return real_.close_open_sessions(at, reason);
  }

  void shut() {
    const std::scoped_lock lock(mutex_);
    open_ = false;
  }
  void open() {
    {
      const std::scoped_lock lock(mutex_);
      open_ = true;
    }
    opened_.notify_all();
  }
  void set_full(bool full) {
    const std::scoped_lock lock(mutex_);
    full_ = full;
  }
  int begun() const {
    const std::scoped_lock lock(mutex_);
    return begun_;
  }
  int done() const {
    const std::scoped_lock lock(mutex_);
    return done_;
  }

 private:
  Ledger& real_;
  mutable std::mutex mutex_;
  std::condition_variable opened_;
  bool open_ = true;
  bool full_ = false;
  int begun_ = 0;
  int done_ = 0;
};

class IntakeTest : public StoreTest {
 protected:
  IntakeTest() { options_.max_delay = Duration::zero(); }
  ~IntakeTest() override {
    gated_.open();
    if (intake_ && !ended_) stop();
  }

  void start() {
    intake_.emplace(loop_.get_executor(), clock_, session_, host_, gated_, store_, options_, 1);
    auto ended = [this](const std::exception_ptr& error) {
      ended_ = true;
      end_ = error;
    };
    asio::co_spawn(loop_, intake_->run(), asio::bind_cancellation_slot(stop_.slot(), ended));
    clock_.drain();
  }
  void stop() {
    stop_.emit(asio::cancellation_type::terminal);
    until([this] { return ended_; });
  }
  /// Runs the loop, with the clock standing still, until `reached`. The store has a thread of its own.
  template <class Reached>
  void until(Reached reached) {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!reached()) {
      clock_.drain();
      std::this_thread::yield();
      if (std::chrono::steady_clock::now() > give_up) FAIL() << "did not come to it in 30 s";
    }
    clock_.drain();
  }
  void until_online() {
    until([this] { return intake_->online(); });
  }
  /// Time passes, a step at a time, until `reached`.
  template <class Reached>
  void pass_time_until(Reached reached) {
    until([&] {
      if (reached()) return true;
      clock_.advance(std::chrono::milliseconds(100));
      return reached();
    });
  }

  const std::vector<OutgoingMessage>& sent() const { return session_.connections.back().sent; }
  /// The last mark of lane 1 that was acknowledged in the present connection.
  std::optional<RowId> acknowledged() const {
    std::optional<RowId> mark;
    for (const auto& message : sent()) {
      if (message.topic != "spBv1.0/VN-03/NCMD/site-a") continue;
      const auto payload = decode(message.payload);
      EXPECT_TRUE(payload.has_value());
      for (const auto& metric : payload->metrics) {
        if (metric.name == metric::acknowledge_lane(Lane::measurements)) {
          mark = std::get<std::uint64_t>(metric.value);
        }
      }
    }
    return mark;
  }
  void until_acknowledged(RowId mark) {
    until([&] { return acknowledged() == mark; });
  }
  std::int64_t records_stored() const { return number("SELECT count(*) FROM record"); }

  asio::io_context loop_;
  FakeClock clock_{loop_};
  ScriptedSession session_{loop_.get_executor()};
  HostApplication host_{HostApplicationOptions{}};
  GatedLedger gated_{ledger()};
  WorkerThread store_;
  IntakeOptions options_;
  std::optional<Intake> intake_;
  asio::cancellation_signal stop_;
  bool ended_ = false;
  std::exception_ptr end_;
  BoardVoice board_{kSite};
};

TEST_F(IntakeTest, SaysItIsOnlineAfterItHasSubscribedAndLeavesAWillThatSaysTheOpposite) {
  start();
  until_online();
  ASSERT_EQ(session_.connections.size(), 1U);
  const auto& connection = session_.connections[0];
  EXPECT_FALSE(connection.filters.empty());
  ASSERT_FALSE(connection.sent.empty());
  EXPECT_EQ(connection.sent[0].topic, "spBv1.0/STATE/xalink");
  EXPECT_TRUE(connection.sent[0].retain);
  const auto birth = decode_state(connection.sent[0].payload);
  const auto will = decode_state(connection.will.payload);
  ASSERT_TRUE(birth && will);
  EXPECT_TRUE(birth->online);
  EXPECT_FALSE(will->online);
  EXPECT_EQ(birth->timestamp, will->timestamp);
}

TEST_F(IntakeTest, AcknowledgesOnlyAfterTheCommit) {
  start();
  until_online();
  gated_.shut();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  session_.deliver(board_.records(1, 20));
  until([this] { return gated_.begun() == 1; });
  EXPECT_FALSE(acknowledged().has_value());
  gated_.open();
  until_acknowledged(20);
  EXPECT_EQ(records_stored(), 20);
}

TEST_F(IntakeTest, GathersWhatComesDuringACommitIntoTheNext) {
  start();
  until_online();
  gated_.shut();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  until([this] { return gated_.begun() == 1; });
  for (RowId row = 1; row <= 50; ++row) session_.deliver(board_.records(row, row));
  until([this] { return intake_->queue().records() == 50; });
  gated_.open();
  until_acknowledged(50);
  EXPECT_EQ(gated_.done(), 2);
}

TEST_F(IntakeTest, WaitsForCompanyBeforeACommit) {
  options_.max_delay = std::chrono::milliseconds(50);
  start();
  until_online();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  until([this] { return !intake_->queue().empty(); });
  clock_.advance(std::chrono::milliseconds(30));
  session_.deliver(board_.records(1, 5));
  clock_.advance(std::chrono::milliseconds(10));
  EXPECT_EQ(gated_.begun(), 0);
  pass_time_until([this] { return acknowledged() == RowId{5}; });
  EXPECT_EQ(gated_.done(), 1);
}

TEST_F(IntakeTest, DoesNotWaitForCompanyWhenEnoughHasCome) {
  options_.max_delay = std::chrono::hours(1);
  options_.enough_records = 100;
  start();
  until_online();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  session_.deliver(board_.records(1, 100));
  until_acknowledged(100);
}

TEST_F(IntakeTest, KeepsFactsInOrderUntilTheStoreTakesThem) {
  start();
  until_online();
  gated_.set_full(true);
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  session_.deliver(board_.records(1, 10));
  pass_time_until([this] { return intake_->counters().failed_commits >= 3; });
  session_.deliver(board_.records(11, 30));
  clock_.drain();
  EXPECT_FALSE(acknowledged().has_value());
  gated_.set_full(false);
  pass_time_until([this] { return acknowledged() == RowId{30}; });
  EXPECT_EQ(records_stored(), 30);
  EXPECT_EQ(intake_->queue().bytes(), 0U);
}

TEST_F(IntakeTest, BoundsItsMemoryWhileTheStoreRefusesAndLosesNothingThatWasAcknowledged) {
  options_.queue.bytes = 400'000;
  options_.queue.bytes_of_one_board = 200'000;
  start();
  until_online();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  until([this] { return acknowledged() == RowId{0}; });
  gated_.set_full(true);
  RowId row = 0;
  for (int message = 0; message < 200; ++message, row += 50)
    session_.deliver(board_.records(row + 1, row + 50));
  until([this] { return host_.counters().records == 10'000; });
  EXPECT_LE(intake_->queue().bytes(), 200'000U);
  EXPECT_GT(intake_->queue().refused().records, 0U);
  EXPECT_EQ(intake_->queue().refused().others, 0U);
  EXPECT_EQ(acknowledged(), RowId{0});
  gated_.set_full(false);
  pass_time_until([this] { return intake_->queue().bytes() == 0 && acknowledged() > RowId{0}; });
  const auto mark = *acknowledged();
  EXPECT_EQ(static_cast<RowId>(records_stored()), mark);
  // The node goes back to where it was told, and on.
  for (RowId from = mark; from < row; from += 50) {
    session_.deliver(board_.records(from + 1, std::min(from + 50, row)));
    until_acknowledged(std::min(from + 50, row));
  }
  EXPECT_EQ(static_cast<RowId>(records_stored()), row);
}

TEST_F(IntakeTest, TurnsABatchAfterALostOneIntoARepeatedMark) {
  start();
  until_online();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  session_.deliver(board_.records(1, 10));
  until_acknowledged(10);
  const auto before = sent().size();
  session_.deliver(board_.records(21, 30));
  until([&] { return sent().size() > before; });
  EXPECT_EQ(acknowledged(), RowId{10});
  EXPECT_EQ(records_stored(), 10);
}

TEST_F(IntakeTest, SaysGoodbyeAndStoresWhatItTookInWhenItIsStopped) {
  start();
  until_online();
  gated_.shut();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  until([this] { return gated_.begun() == 1; });
  session_.deliver(board_.records(1, 10));
  until([this] { return intake_->queue().records() == 10; });
  stop_.emit(asio::cancellation_type::terminal);
  clock_.drain();
  gated_.open();
  until([this] { return ended_; });
  EXPECT_TRUE(end_ != nullptr);
  const auto& connection = session_.connections.back();
  EXPECT_TRUE(connection.closed);
  const auto last = decode_state(connection.sent.back().payload);
  ASSERT_TRUE(last.has_value());
  EXPECT_FALSE(last->online);
  EXPECT_EQ(records_stored(), 10);
  EXPECT_EQ(text("SELECT reason FROM session"), "the gateway was stopped");
}

TEST_F(IntakeTest, StopsWhileTheStoreRefusesEverything) {
  start();
  until_online();
  gated_.set_full(true);
  session_.deliver(board_.nbirth(1));
  pass_time_until([this] { return intake_->counters().failed_commits >= 2; });
  stop();
  EXPECT_TRUE(session_.connections.back().closed);
}

TEST_F(IntakeTest, ComesBackAfterALossWithANewWillAndTellsTheStore) {
  start();
  until_online();
  session_.deliver(board_.nbirth(1));
  session_.deliver(board_.dbirth());
  session_.deliver(board_.records(1, 10));
  until_acknowledged(10);
  clock_.advance(std::chrono::seconds(5));
  session_.lose("keep-alive missed");
  until([this] { return !intake_->online(); });
  pass_time_until([this] { return intake_->online() && intake_->queue().bytes() == 0; });
  ASSERT_EQ(session_.connections.size(), 2U);
  EXPECT_NE(session_.connections[0].will.payload, session_.connections[1].will.payload);
  EXPECT_EQ(number("SELECT count(*) FROM session WHERE died_ms IS NOT NULL"), 1);
  session_.deliver(board_.nbirth(2));
  session_.deliver(board_.dbirth());
  session_.deliver(board_.records(11, 12));
  until_acknowledged(12);
}

TEST_F(IntakeTest, KeepsTryingABrokerThatRefusesWithinItsLongestWait) {
  session_.refuse_connects(20);
  start();
  const auto since = clock_.steady();
  pass_time_until([this] { return intake_->online(); });
  EXPECT_EQ(session_.connect_calls, 21);
  EXPECT_LT(clock_.steady() - since, 21 * options_.max_backoff);
  EXPECT_GT(clock_.steady() - since, std::chrono::seconds(2));
}

TEST_F(IntakeTest, LetsNothingMalformedDisturbARecord) {
  start();
  until_online();
  const auto garbage = [](std::string topic) { return IncomingMessage{std::move(topic), "garbage", false}; };
  session_.deliver(garbage("spBv1.0/VN-03/NBIRTH/site-a"));
  session_.deliver(board_.nbirth(7));
  session_.deliver(garbage("spBv1.0/VN-03/NBIRTH/site-a"));
  session_.deliver(garbage("spBv1.0/VN-03/NDATA/site-a"));
  session_.deliver(board_.dbirth());
  session_.deliver(garbage("spBv1.0/VN-03/NONSENSE/site-a"));
  session_.deliver(garbage("spBv1.0"));
  session_.deliver(board_.ndeath(6));  // the will of an earlier session
  session_.deliver(board_.records(1, 10));
  BoardVoice stranger(NodeId{"VN-03", "site-z"}, kEpochB);
  session_.deliver(stranger.records(1, 10));  // no birth
  session_.deliver(board_.records(11, 20));
  until_acknowledged(20);
  until([this] { return intake_->queue().bytes() == 0; });
  EXPECT_EQ(records_stored(), 20);
  EXPECT_EQ(number("SELECT count(*) FROM set_aside"), 6);
  EXPECT_EQ(number("SELECT count(*) FROM session WHERE died_ms IS NULL AND bdseq = 7"), 1);
}

}  // namespace
}  // namespace xalink::test
