#pragma once
// A loop on which tests of the session run coroutines to their end, one after the other.

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <variant>

#include "sparkplug/asio_clock.hpp"
#include "sparkplug/paho_session.hpp"
#include "tests/fakes/mosquitto.hpp"
#include "tests/fakes/recording_proxy.hpp"

namespace xalink::test {

class SessionFixture : public testing::Test {
 protected:
  /// What a broker and a loaded machine may take at most.
  static constexpr auto kPatience = std::chrono::seconds(60);

  template <class T>
  T run(boost::asio::awaitable<T> operation) {
    std::exception_ptr error;
    std::optional<T> value;
    boost::asio::co_spawn(loop, std::move(operation), [&](std::exception_ptr failed, T result) {
      error = failed;
      value = std::move(result);
    });
    run_until([&] { return value.has_value(); });
    if (error) std::rethrow_exception(error);
    return std::move(*value);
  }
  void run(boost::asio::awaitable<void> operation) { run(with_value(std::move(operation))); }

  template <class Condition>
  void run_until(const Condition& condition) {
    const auto give_up = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("nothing happens any more");
      if (loop.stopped()) loop.restart();
      loop.run_one_for(std::chrono::milliseconds(20));
    }
  }

  std::unique_ptr<PahoSession> session(BrokerSettings broker, PahoOptions options = {}) {
    return std::make_unique<PahoSession>(loop.get_executor(), clock, std::move(broker), options);
  }
  /// A connected session that reads `filter`.
  std::unique_ptr<PahoSession> listener(const Mosquitto& broker, std::string filter,
                                        PahoOptions options = {}) {
    auto made = session(broker.settings(), options);
    must(run(made->connect("listener", {})));
    must(run(made->subscribe({std::move(filter)})));
    return made;
  }
  /// The next message; throws when the session ends instead.
  IncomingMessage message(Session& from) {
    auto event = run(from.next());
    if (auto* lost = std::get_if<SessionLost>(&event)) throw std::runtime_error(lost->reason);
    return std::get<IncomingMessage>(std::move(event));
  }
  static void must(const Result<void>& result) {
    if (!result) throw std::runtime_error(result.error().to_string());
  }

  boost::asio::io_context loop{1};
  AsioClock clock;

 private:
  static boost::asio::awaitable<bool> with_value(boost::asio::awaitable<void> operation) {
    co_await std::move(operation);
    co_return true;
  }
};

inline OutgoingMessage will_of(const std::string& node, const std::string& payload) {
  return {"spBv1.0/G/NDEATH/" + node, payload, 1, false};
}

}  // namespace xalink::test
