#pragma once
// Where boards measure their link against the gateway (sparkplug/measure_pass.hpp has the questions and
// answers).

#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gateway/http/http_exchange.hpp"
#include "gateway/known_boards.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/measure_pass.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

struct MeasureLimits {
  std::size_t simultaneous = 4;  ///< 0: nobody measures
  Milliseconds seconds = std::chrono::seconds(15);
  std::uint64_t bytes = 100'000'000;  ///< of one test, one way
};

/// Serves boards that the gateway knows, so many at a time, each one test at a time.
/// Thread-safety: one loop; keys are looked up on a thread of its own.
class MeasureDesk {
 public:
  MeasureDesk(Clock& clock, KnownBoards known, MeasureLimits limits);

  /// The route of kMeasurePath.
  boost::asio::awaitable<void> answer(HttpExchange& exchange);

  [[nodiscard]] std::size_t running() const { return running_.size(); }

 private:
  struct Test;
  boost::asio::awaitable<void> challenge(HttpExchange& exchange);
  boost::asio::awaitable<void> test(HttpExchange& exchange);
  boost::asio::awaitable<bool> send(HttpExchange& exchange, const Test& test);
  boost::asio::awaitable<bool> receive(HttpExchange& exchange, const Test& test);
  [[nodiscard]] std::string new_challenge();
  [[nodiscard]] bool spend(const std::string& challenge);
  [[nodiscard]] HttpAnswer busy() const;

  Clock& clock_;
  KnownBoards known_;
  MeasureLimits limits_;
  std::random_device random_;
  std::string noise_;
  std::map<std::string, SteadyTime> challenges_;  ///< not spent yet → good until
  std::set<NodeId> running_;
  WorkerThread keys_;
};

}  // namespace xalink
