#pragma once
// A recorder with a real outbox, for the tests of what records through it.

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <memory>
#include <utility>

#include "agent/recorder.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

class RecorderBench : public testing::Test {
 protected:
  /// Turns the loop until `done`, for at most a minute: the store thread answers in its own time, which an
  /// emulated processor stretches.
  void until(const std::function<bool()>& done) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!done() && std::chrono::steady_clock::now() < end) {
      loop.restart();
      loop.run_for(std::chrono::milliseconds(2));
    }
    ASSERT_TRUE(done());
  }

  /// The last row of the lane. Asked on the store thread, to which the outbox belongs while a recorder runs.
  RowId last_row(Lane lane) {
    RowId last = 0;
    bool answered = false;
    auto ask = [this, lane, &last, &answered]() -> boost::asio::awaitable<void> {
      auto look = [this, lane] { return outbox->depth(lane).value().last; };
      last = co_await store.run(std::move(look));
      answered = true;
    };
    boost::asio::co_spawn(loop, std::move(ask), boost::asio::detached);
    until([&answered] { return answered; });
    return last;
  }

  ScratchFolder folder;
  boost::asio::io_context loop{1};
  FakeClock clock{loop};
  std::unique_ptr<HoldingOutbox> outbox =
      std::make_unique<HoldingOutbox>(std::move(Outbox::open(folder / "outbox.db").value()));
  WorkerThread store;
  Recorder recorder{
      loop.get_executor(), clock, *outbox, store, {std::chrono::seconds(60), std::chrono::minutes(15)}};
};

}  // namespace xalink::test
