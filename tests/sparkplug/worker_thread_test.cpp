#include "sparkplug/worker_thread.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/strand.hpp>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace asio = boost::asio;

namespace xalink {
namespace {

void rethrow(const std::exception_ptr& error) {
  if (error) std::rethrow_exception(error);
}

/// A job waits here until the test lets it go on.
class Gate {
 public:
  void open() { promise_.set_value(); }
  void wait() { future_.wait(); }

 private:
  std::promise<void> promise_;
  std::shared_future<void> future_{promise_.get_future()};
};

asio::awaitable<void> ask_for_threads(WorkerThread& worker, std::vector<std::thread::id>& seen) {
  seen.push_back(std::this_thread::get_id());
  auto job = [] { return std::this_thread::get_id(); };
  auto there = co_await worker.run(std::move(job));
  seen.push_back(there);
  seen.push_back(std::this_thread::get_id());
}

TEST(WorkerThread, RunsTheJobElsewhereAndResumesTheCallerAtHome) {
  asio::io_context loop;
  WorkerThread worker;
  std::vector<std::thread::id> seen;
  asio::co_spawn(loop, ask_for_threads(worker, seen), rethrow);
  loop.run();
  ASSERT_EQ(seen.size(), 3U);
  EXPECT_EQ(seen[0], std::this_thread::get_id());
  EXPECT_NE(seen[1], std::this_thread::get_id());
  EXPECT_EQ(seen[2], std::this_thread::get_id());
}

asio::awaitable<void> throw_there(WorkerThread& worker, std::string& caught) {
  auto job = [text = std::string("the card is gone, and this text is not short")]() -> int {
    throw std::runtime_error(text);
  };
  try {
    auto never = co_await worker.run(std::move(job));
    caught = std::to_string(never);
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
}

TEST(WorkerThread, RethrowsWhatTheJobThrew) {
  asio::io_context loop;
  WorkerThread worker;
  std::string caught;
  asio::co_spawn(loop, throw_there(worker, caught), rethrow);
  loop.run();
  EXPECT_EQ(caught, "the card is gone, and this text is not short");
}

asio::awaitable<void> append(WorkerThread& worker, std::vector<int>& order, int number) {
  auto job = [&order, number] { order.push_back(number); };
  co_await worker.run(std::move(job));
}

TEST(WorkerThread, RunsJobsInTheOrderOfTheirAwaits) {
  asio::io_context loop;
  WorkerThread worker;
  std::vector<int> order;
  std::vector<int> expected;
  for (int i = 0; i < 1000; ++i) {
    asio::co_spawn(loop, append(worker, order, i), rethrow);
    expected.push_back(i);
  }
  loop.run();
  EXPECT_EQ(order, expected);
}

asio::awaitable<void> move_only(WorkerThread& worker, std::weak_ptr<std::string>& watched,
                                std::string& answer) {
  auto captured = std::make_shared<std::string>("captured by value, on the heap, longer than any buffer");
  watched = captured;
  auto job = [text = std::move(captured), own = std::make_unique<int>(7)] {
    return std::make_unique<std::string>(*text + std::to_string(*own));
  };
  auto result = co_await worker.run(std::move(job));
  EXPECT_TRUE(watched.expired()) << "the job outlived its run";
  answer = *result;
}

TEST(WorkerThread, TakesMoveOnlyJobsAndGivesMoveOnlyAnswers) {
  asio::io_context loop;
  WorkerThread worker;
  std::weak_ptr<std::string> watched;
  std::string answer;
  asio::co_spawn(loop, move_only(worker, watched, answer), rethrow);
  loop.run();
  EXPECT_EQ(answer, "captured by value, on the heap, longer than any buffer7");
}

asio::awaitable<void> wait_for(WorkerThread& worker, Gate& gate, bool& resumed) {
  auto job = [&gate, text = std::string("something on the heap that a leak checker would miss")] {
    gate.wait();
    return text;
  };
  auto text = co_await worker.run(std::move(job));
  resumed = !text.empty();
}

TEST(WorkerThread, OutlivesALoopThatIsDestroyedInTheMiddleOfAJob) {
  Gate gate;
  bool resumed = false;
  WorkerThread worker;
  {
    asio::io_context loop;
    asio::co_spawn(loop, wait_for(worker, gate, resumed), rethrow);
    asio::co_spawn(loop, wait_for(worker, gate, resumed), rethrow);
    loop.poll();
  }
  gate.open();
  EXPECT_FALSE(resumed);
}

TEST(WorkerThread, OutlivesALoopWithStrandsThatIsDestroyedInTheMiddleOfAJob) {
  Gate gate;
  bool resumed = false;
  WorkerThread worker;
  {
    asio::io_context loop;
    asio::co_spawn(asio::make_strand(loop), wait_for(worker, gate, resumed), rethrow);
    loop.poll();
  }
  gate.open();
  EXPECT_FALSE(resumed);
}

TEST(WorkerThread, MayRaceWithTheEndOfItsLoop) {
  for (int round = 0; round < 300; ++round) {
    Gate gate;
    bool resumed = false;
    WorkerThread worker;
    std::optional<asio::io_context> loop(std::in_place);
    asio::co_spawn(*loop, wait_for(worker, gate, resumed), rethrow);
    loop->poll();
    std::thread opener([&gate] { gate.open(); });
    loop.reset();
    opener.join();
  }
}

TEST(WorkerThread, FinishesQueuedJobsBeforeItEnds) {
  asio::io_context loop;
  std::vector<int> order;
  {
    WorkerThread worker;
    for (int i = 0; i < 100; ++i) asio::co_spawn(loop, append(worker, order, i), rethrow);
    loop.poll();
  }
  EXPECT_EQ(order.size(), 100U);
  loop.run();  // the answers are still taken
}

asio::awaitable<void> cancelled(WorkerThread& worker, Gate& gate, std::string& answer, bool& went_on) {
  auto job = [&gate] {
    gate.wait();
    return std::string("committed");
  };
  answer = co_await worker.run(std::move(job));
  auto another = [] { return 1; };
  auto one = co_await worker.run(std::move(another));
  went_on = one == 1;
}

TEST(WorkerThread, WaitsForTheAnswerEvenWhenCancelled) {
  asio::io_context loop;
  WorkerThread worker;
  Gate gate;
  asio::cancellation_signal cancel;
  std::string answer;
  bool went_on = false;
  std::exception_ptr end;
  auto ended = [&end](const std::exception_ptr& error) { end = error; };
  asio::co_spawn(loop, cancelled(worker, gate, answer, went_on),
                 asio::bind_cancellation_slot(cancel.slot(), ended));
  loop.poll();
  cancel.emit(asio::cancellation_type::terminal);
  loop.poll();
  EXPECT_EQ(answer, "");
  gate.open();
  loop.run();
  EXPECT_EQ(answer, "committed");
  EXPECT_FALSE(went_on);
  EXPECT_THROW(rethrow(end), boost::system::system_error);
}

}  // namespace
}  // namespace xalink
