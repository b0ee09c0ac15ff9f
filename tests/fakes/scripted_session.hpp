#pragma once
// An MQTT session without a network: the test says what arrives and what fails, and sees what was sent.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/session.hpp"
#include "sparkplug/wake_up.hpp"

namespace xalink::test {

/// Thread-safety: one loop.
class ScriptedSession final : public Session {
 public:
  explicit ScriptedSession(const boost::asio::any_io_executor& executor) : events_came_(executor) {}

  // What the test does.
  void deliver(IncomingMessage message) { push(std::move(message)); }
  void lose(std::string reason) {
    connected_ = false;
    push(SessionLost{std::move(reason)});
  }
  /// The next so many calls of connect() fail.
  void refuse_connects(int count) { refusals_ = count; }

  // What the test sees.
  struct Connection {
    std::string client_id;
    OutgoingMessage will;
    std::vector<std::string> filters;
    std::vector<OutgoingMessage> sent;
    bool closed = false;  ///< by us, politely
  };
  std::vector<Connection> connections;
  int connect_calls = 0;

  boost::asio::awaitable<Result<void>> connect(std::string client_id, OutgoingMessage will) override {
    ++connect_calls;
    if (refusals_ > 0) {
      --refusals_;
      co_return failure("broker", "refused");
    }
    connected_ = true;
    events_.clear();
    connections.push_back(Connection{std::move(client_id), std::move(will), {}, {}, false});
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<void>> subscribe(std::vector<std::string> filters) override {
    if (!connected_) co_return failure("broker", "not connected");
    connections.back().filters = std::move(filters);
    co_return Result<void>();
  }
  boost::asio::awaitable<Result<void>> publish(OutgoingMessage message) override {
    if (!connected_) co_return failure("broker", "not connected");
    connections.back().sent.push_back(std::move(message));
    co_return Result<void>();
  }
  boost::asio::awaitable<SessionEvent> next() override {
    while (events_.empty()) co_await events_came_.wait();
    auto event = std::move(events_.front());
    events_.pop_front();
    co_return event;
  }
  boost::asio::awaitable<void> close() override {
    connected_ = false;
    if (!connections.empty()) connections.back().closed = true;
    push(SessionLost{"closed"});
    co_return;
  }
  [[nodiscard]] bool connected() const override { return connected_; }
  [[nodiscard]] std::uint64_t dropped() const override { return 0; }

 private:
  void push(SessionEvent event) {
    events_.push_back(std::move(event));
    events_came_.ring();
  }

  std::deque<SessionEvent> events_;
  WakeUp events_came_;
  int refusals_ = 0;
  bool connected_ = false;
};

}  // namespace xalink::test
