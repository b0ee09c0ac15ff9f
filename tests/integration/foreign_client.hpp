#pragma once
// Somebody else at the same broker: listens, and says what no board or gateway of ours would say.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "sparkplug/asio_clock.hpp"
#include "sparkplug/paho_session.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/topic.hpp"
#include "tests/fakes/mosquitto.hpp"
#include "tests/integration/programs.hpp"

namespace xalink::test {

/// Calls block. Throws std::runtime_error when the broker refuses or the connection ends.
class ForeignClient {
 public:
  /// Hears what comes on `filters`.
  ForeignClient(const Mosquitto& broker, std::string client_id, std::vector<std::string> filters = {});

  void say(OutgoingMessage message);
  void say(const Topic& topic, const Payload& payload, WriteTypes types = WriteTypes::in_births);
  void say(const Topic& topic, std::string payload);

  /// The next message that `wanted` accepts, others are dropped; nothing when none comes in time.
  [[nodiscard]] std::optional<IncomingMessage> hear(const std::function<bool(const IncomingMessage&)>& wanted,
                                                    std::chrono::milliseconds patience = kPatience);
  /// How many came since the last time, for counting.
  [[nodiscard]] std::vector<IncomingMessage> heard_so_far();

 private:
  template <class T>
  T run(boost::asio::awaitable<T> operation);
  boost::asio::awaitable<bool> listen();

  boost::asio::io_context loop_{1};
  AsioClock clock_;
  PahoSession session_;
  std::deque<IncomingMessage> heard_;
  std::string lost_;
};

/// A metric for payloads written by hand; without a timestamp of its own.
[[nodiscard]] Metric metric_of(std::string name, DataType type, MetricValue value,
                               std::optional<std::uint64_t> alias = std::nullopt);
/// A payload with a timestamp of now.
[[nodiscard]] Payload payload_of(std::optional<std::uint64_t> seq, std::vector<Metric> metrics);

}  // namespace xalink::test
