#pragma once
// What every probe owes: one question, one schema, an answer before the deadline.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// Thread-safety: one loop. A probe runs at most once at a time.
class Probe {
 public:
  Probe() = default;
  Probe(const Probe&) = delete;
  Probe& operator=(const Probe&) = delete;
  virtual ~Probe() = default;

  /// Same for the life of the probe.
  [[nodiscard]] virtual const Schema& schema() const = 0;

  /// One value for each column. A failed measurement is a measurement: null values and a reason, not an
  /// exception. Must end by `deadline`; may throw operation_aborted when cancelled.
  /// No values at all: there is nothing to record, on a board that has no such thing.
  virtual boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) = 0;
};

}  // namespace xalink
