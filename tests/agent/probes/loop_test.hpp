#pragma once
// A loop with real clocks, for tests that talk to real sockets.

#include <gtest/gtest.h>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/probe.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink::test {

class LoopTest : public testing::Test {
 protected:
  /// Runs the loop until `operation` ends; servers on the loop go on waiting.
  template <class T>
  T run(boost::asio::awaitable<T> operation) {
    std::optional<T> result;
    std::exception_ptr error;
    bool done = false;
    const auto ended = [&](std::exception_ptr thrown, T value) {
      error = thrown;
      if (!error) result = std::move(value);
      done = true;
    };
    boost::asio::co_spawn(loop, std::move(operation), ended);
    loop.restart();  // it stops whenever it runs out of work
    while (!done && loop.run_one() > 0) {
    }
    if (error) std::rethrow_exception(error);
    return std::move(*result);
  }

  std::vector<Value> measure(Probe& probe, Duration limit = std::chrono::seconds(20)) {
    std::vector<Value> values = run(probe.measure(clock.steady() + limit));
    EXPECT_EQ(values.size(), probe.schema().columns.size());
    return values;
  }

  static Value column(const Probe& probe, const std::vector<Value>& values, std::string_view name) {
    const auto index = column_index(probe.schema(), name);
    if (!index) {
      ADD_FAILURE() << "no column " << name;
      return {};
    }
    return values.at(*index);
  }

  boost::asio::io_context loop{1};
  AsioClock clock;
};

inline const Value kNull = std::monostate{};
inline Value text(std::string_view value) {
  return std::string(value);
}
inline Value count(std::uint64_t value) {
  return value;
}

}  // namespace xalink::test
