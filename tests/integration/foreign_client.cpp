#include "tests/integration/foreign_client.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <exception>
#include <iterator>
#include <stdexcept>
#include <utility>
#include <variant>

namespace xalink::test {
namespace {

void must(const Result<void>& result) {
  if (!result) throw std::runtime_error(result.error().to_string());
}

}  // namespace

ForeignClient::ForeignClient(const Mosquitto& broker, std::string client_id, std::vector<std::string> filters)
    : session_(loop_.get_executor(), clock_, broker.settings()) {
  must(run(session_.connect(std::move(client_id), {})));
  if (!filters.empty()) must(run(session_.subscribe(std::move(filters))));
  boost::asio::co_spawn(loop_, listen(), boost::asio::detached);
}

// A coroutine that returns a value, since a detached one swallows what it throws: it throws nothing.
boost::asio::awaitable<bool> ForeignClient::listen() {
  for (;;) {
    auto event = co_await session_.next();
    if (auto* lost = std::get_if<SessionLost>(&event)) {
      lost_ = lost->reason;
      co_return true;
    }
    heard_.push_back(std::get<IncomingMessage>(std::move(event)));
  }
}

template <class T>
T ForeignClient::run(boost::asio::awaitable<T> operation) {
  std::exception_ptr error;
  std::optional<T> value;
  boost::asio::co_spawn(loop_, std::move(operation), [&](std::exception_ptr failed, T result) {
    error = std::move(failed);
    value = std::move(result);
  });
  const auto give_up = std::chrono::steady_clock::now() + kPatience;
  while (!value) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error("the broker does not answer");
    if (loop_.stopped()) loop_.restart();
    loop_.run_one_for(std::chrono::milliseconds(20));
  }
  if (error) std::rethrow_exception(error);
  return std::move(*value);
}

void ForeignClient::say(OutgoingMessage message) {
  must(run(session_.publish(std::move(message))));
}

void ForeignClient::say(const Topic& topic, const Payload& payload, WriteTypes types) {
  say(OutgoingMessage{to_string(topic), encode(payload, types), 0, false});
}

void ForeignClient::say(const Topic& topic, std::string payload) {
  say(OutgoingMessage{to_string(topic), std::move(payload), 0, false});
}

std::optional<IncomingMessage> ForeignClient::hear(const std::function<bool(const IncomingMessage&)>& wanted,
                                                   std::chrono::milliseconds patience) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  for (;;) {
    while (!heard_.empty()) {
      auto message = std::move(heard_.front());
      heard_.pop_front();
      if (wanted(message)) return message;
    }
    if (!lost_.empty()) throw std::runtime_error("the foreign client lost its connection: " + lost_);
    if (std::chrono::steady_clock::now() > give_up) return std::nullopt;
    if (loop_.stopped()) loop_.restart();
    loop_.run_one_for(std::chrono::milliseconds(20));
  }
}

std::vector<IncomingMessage> ForeignClient::heard_so_far() {
  if (loop_.stopped()) loop_.restart();
  loop_.poll();
  auto heard = std::exchange(heard_, {});
  return {std::make_move_iterator(heard.begin()), std::make_move_iterator(heard.end())};
}

Metric metric_of(std::string name, DataType type, MetricValue value, std::optional<std::uint64_t> alias) {
  Metric metric;
  metric.name = std::move(name);
  metric.type = type;
  metric.value = std::move(value);
  metric.alias = alias;
  return metric;
}

Payload payload_of(std::optional<std::uint64_t> seq, std::vector<Metric> metrics) {
  Payload payload;
  payload.timestamp = wire_time(AsioClock().wall());
  payload.seq = seq;
  payload.metrics = std::move(metrics);
  return payload;
}

}  // namespace xalink::test
