#pragma once
// A thread for what may block (a database, whose fsync takes seconds on a card), so that the loop never
// does.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <exception>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace xalink {

/// One thread that runs one job after the other, in the order in which run() was awaited.
///
/// Lifetime: the destructor finishes all jobs that were begun with, however long that takes. Before or
/// after the loop's io_context, either may be destroyed first; a coroutine that still waits then ends
/// with its io_context, and the result of its job is dropped.
///
/// Thread-safety: run() may be awaited on any executor that runs one handler at a time (an io_context
/// with one thread, or a strand).
class WorkerThread {
 public:
  WorkerThread() = default;
  WorkerThread(const WorkerThread&) = delete;
  WorkerThread& operator=(const WorkerThread&) = delete;
  ~WorkerThread() { pool_.join(); }

  /// Runs `job` on the thread and resumes the caller on its own executor with what the job returned, or
  /// throws what it threw.
  ///
  /// The job is destroyed on the thread before the caller resumes. It has to own what it uses, or refer
  /// to things that outlive this object: waiting can end early when the io_context is destroyed.
  /// Cancelling does not end the wait (a commit that has begun is worth its answer); whoever was
  /// cancelled finds out at the next await.
  ///
  /// As everywhere with g++ 12, the job is made in a statement of its own:
  ///     auto job = [&outbox, batch = std::move(batch)] { return outbox.append(batch); };
  ///     auto rows = co_await worker.run(std::move(job));
  template <class F>
  [[nodiscard]] boost::asio::awaitable<std::invoke_result_t<F&>> run(F job) {
    return perform(std::make_unique<Job<F>>(std::move(job)));
  }

 private:
  /// Knows whether a loop still takes what is posted to it. Asio ends a context's services before the
  /// context itself, and must not be posted to from then on.
  class LoopEnd final : public boost::asio::execution_context::service {
   public:
    using key_type = LoopEnd;
    static inline boost::asio::execution_context::id id;

    struct Door {
      std::mutex mutex;
      bool closed = false;
    };

    explicit LoopEnd(boost::asio::execution_context& loop) : service(loop) {}
    [[nodiscard]] const std::shared_ptr<Door>& door() const { return door_; }

   private:
    void shutdown() override {
      const std::scoped_lock lock(door_->mutex);
      door_->closed = true;
    }

    std::shared_ptr<Door> door_ = std::make_shared<Door>();
  };

  /// What one await and one job share. The waiting side owns the timer, so that the io_context owns
  /// whoever waits; the thread only ever says "now".
  template <class T>
  class Turn : public std::enable_shared_from_this<Turn<T>> {
   public:
    Turn(boost::asio::any_io_executor executor, boost::asio::steady_timer& bell)
        : door_(boost::asio::use_service<LoopEnd>(executor.context()).door()),
          executor_(std::move(executor)),
          bell_(&bell) {}

    /// On the thread.
    template <class F>
    void fulfil(F& job) {
      try {
        if constexpr (std::is_void_v<T>) {
          job();
          value_.emplace();
        } else {
          value_.emplace(job());
        }
      } catch (...) {
        error_ = std::current_exception();
      }
    }
    /// On the thread, when the job is gone.
    void ring() {
      const std::scoped_lock lock(door_->mutex);
      if (door_->closed || bell_ == nullptr) return;
      boost::asio::post(executor_, [turn = this->shared_from_this()] { turn->wake(); });
    }
    /// On the loop.
    void abandon() {
      const std::scoped_lock lock(door_->mutex);
      bell_ = nullptr;
      // A strand must not outlive its io_context, which the thread's share of this object may.
      executor_ = {};
    }
    T take() {
      if (error_) std::rethrow_exception(std::exchange(error_, nullptr));
      if constexpr (!std::is_void_v<T>) return std::move(*value_);
    }

   private:
    using Stored = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

    void wake() {
      if (bell_ != nullptr) bell_->cancel();
    }

    std::shared_ptr<LoopEnd::Door> door_;  ///< guards what ring() reads; posting orders the rest
    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer* bell_;
    std::optional<Stored> value_;
    std::exception_ptr error_;
  };

  template <class T>
  class Waiting {
   public:
    explicit Waiting(std::shared_ptr<Turn<T>> turn) : turn_(std::move(turn)) {}
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    ~Waiting() { turn_->abandon(); }

   private:
    std::shared_ptr<Turn<T>> turn_;
  };

  /// Has a constructor, and is held by pointer: g++ 12 destroys capturing lambdas twice when they are
  /// temporaries of a full expression with co_await.
  template <class F>
  class Job {
   public:
    using Answer = std::invoke_result_t<F&>;
    static_assert(!std::is_reference_v<Answer>, "a job's answer crosses threads: return a value");
    explicit Job(F job) : job_(std::move(job)) {}
    F& operator*() { return job_; }

   private:
    F job_;
  };

  template <class F>
  boost::asio::awaitable<typename Job<F>::Answer> perform(std::unique_ptr<Job<F>> job) {
    using Answer = typename Job<F>::Answer;
    auto executor = co_await boost::asio::this_coro::executor;
    boost::asio::steady_timer bell(executor, boost::asio::steady_timer::time_point::max());
    auto turn = std::make_shared<Turn<Answer>>(executor, bell);
    const Waiting<Answer> waiting(turn);

    boost::asio::post(pool_, [turn, job = std::move(job)]() mutable {
      turn->fulfil(**job);
      job.reset();
      turn->ring();
    });
    boost::system::error_code rung;  // the timer never ends by itself
    auto uncancelled = boost::asio::bind_cancellation_slot(
        boost::asio::cancellation_slot(), boost::asio::redirect_error(boost::asio::use_awaitable, rung));
    co_await bell.async_wait(uncancelled);
    co_return turn->take();
  }

  boost::asio::thread_pool pool_{1};
};

}  // namespace xalink
