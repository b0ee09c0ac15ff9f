// What our own way of keeping records costs the card.

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <utility>
#include <vector>

#include "agent/config.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/recorder.hpp"
#include "agent/sign_of_life.hpp"
#include "sparkplug/worker_thread.hpp"
#include "tests/bench/wear_day.hpp"
#include "tests/fakes/fake_clock.hpp"

namespace xalink::bench {
namespace {

namespace asio = boost::asio;

/// A recorder on a clock that we move, with its store thread and a real outbox.
class Keeper {
 public:
  Keeper(const std::filesystem::path& folder, Link link, Duration flush) : clock_(loop_), link_(link) {
    auto opened = Outbox::open(folder / "outbox.db");
    if (!opened) throw std::runtime_error(opened.error().to_string());
    outbox_ = std::make_unique<HoldingOutbox>(std::move(*opened));
    // As a session begins: the number of the connection is on the disk before it is used.
    if (const auto bdseq = outbox_->next_bdseq(); !bdseq) throw std::runtime_error(bdseq.error().to_string());
    const Recorder::Timing timing{flush, AgentConfig().hold};
    recorder_ = std::make_unique<Recorder>(loop_.get_executor(), clock_, *outbox_, store_, timing);
    const auto took_rows = [this](const std::array<RowId, kLaneCount>& last) { appended(last); };
    recorder_->listen({nullptr, took_rows, took_rows, nullptr, [this] { return link_ == Link::up; }});
    const auto signs = SignOfLifeFile::beside(folder / "outbox.db");
    recorder_->keep_signs(
        [this] {
          return Stamp{{}, passed_, "boot", {}};
        },
        [signs](const Stamp& stamp) { return signs.write(stamp); }, kFlushesWithoutSign * flush);
    asio::co_spawn(loop_, recorder_->run(), asio::detached);
    clock_.drain();
  }

  void take(const Pending& record, Milliseconds since_begin) {
    pass_until(since_begin);
    ++taken_;
    if (record.schema.lane == Lane::measurements) {
      recorder_->record(record.schema, record.record);
      clock_.drain();
      return;
    }
    events_.assign(1, record);
    auto storing = recorder_->record_events(events_, "note", std::to_string(taken_));
    asio::co_spawn(loop_, std::move(storing), asio::detached);
    settle();
  }

  void pass_until(Milliseconds since_begin) {
    if (since_begin <= passed_) return;
    clock_.advance(since_begin - passed_);
    passed_ = since_begin;
    settle();
  }

  /// As the agent ends.
  void finish() {
    auto flushing = recorder_->flush();
    auto done = std::make_shared<bool>(false);
    asio::co_spawn(loop_, std::move(flushing), [done](const std::exception_ptr&) { *done = true; });
    while (!*done) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(10));
    }
  }

  [[nodiscard]] std::uint64_t durable() const { return durable_; }

 private:
  void appended(const std::array<RowId, kLaneCount>& last) {
    durable_ = last[0] + last[1];
    if (link_ == Link::down) return;
    auto acknowledging = acknowledge(last);
    asio::co_spawn(loop_, std::move(acknowledging), asio::detached);
  }

  asio::awaitable<void> acknowledge(std::array<RowId, kLaneCount> last) {
    auto job = [this, last] {
      for (const Lane lane : kLanes) (void)outbox_->acknowledge(lane, last[index(lane)]);
      return true;
    };
    const bool done = co_await store_.run(std::move(job));
    acknowledged_ = done ? last[0] + last[1] : acknowledged_;
  }

  /// The store thread has done all that it was given.
  void settle() {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    const auto busy = [this] {
      return durable_ + recorder_->waiting() < taken_ || (link_ == Link::up && acknowledged_ < durable_);
    };
    clock_.drain();
    while (busy()) {
      loop_.restart();
      loop_.run_one_for(std::chrono::milliseconds(10));
      if (std::chrono::steady_clock::now() > give_up)
        throw std::runtime_error("the outbox refuses: " + recorder_->disk_error());
    }
    clock_.drain();
  }

  asio::io_context loop_{1};
  test::FakeClock clock_;
  Link link_;
  std::unique_ptr<HoldingOutbox> outbox_;
  WorkerThread store_;
  std::unique_ptr<Recorder> recorder_;
  std::vector<Pending> events_;
  Milliseconds passed_{};
  std::uint64_t taken_ = 0;
  std::uint64_t durable_ = 0;
  std::uint64_t acknowledged_ = 0;
};

}  // namespace

Kept keep_in_outbox(const std::filesystem::path& folder, double hours, Link link,
                    std::chrono::minutes flush) {
  Keeper keeper(folder, link, flush);
  WearDay day(hours, folder);
  day.each_step = [&](Milliseconds since) {
    keeper.pass_until(since);
    // A commit, a sign of life, or neither: where nothing was written, nothing is owed.
    return true;
  };
  while (const auto record = day.next()) keeper.take(*record, WearDay::since_begin(*record));
  day.finish();
  keeper.pass_until(Milliseconds(static_cast<std::int64_t>(hours * 3'600'000)) + 2 * flush);
  keeper.finish();
  if (keeper.durable() != day.records()) throw std::runtime_error("the outbox did not keep every record");
  return Kept{day.records(), 0};
}

}  // namespace xalink::bench
