#pragma once
// What a board measures by default beside RecordMix: a month of it in an office with a cable, or with a
// modem.

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/config.hpp"
#include "agent/outbox/outbox.hpp"
#include "sparkplug/record.hpp"

namespace xalink::bench {

/// Every probe at the interval of the configuration, with values as an ordinary office has them: the way out
/// changes once in weeks, the public address once a day (a provider's nightly renewal), every run of a
/// throughput test says something new, signals of a modem wander by a few dB. Each day there is one outage of
/// a few minutes.
class OfficeProbes {
 public:
  enum class WayOut : bool { cable, modem };

  OfficeProbes(const AgentConfig& config, WayOut way) : config_(config), way_(way) {}

  /// Shapes of its measurements, as measured.
  [[nodiscard]] std::vector<Schema> schemas() const;
  /// The first run of each probe.
  void begin(BootTime at) { begin_ = next_ = at; }
  /// Everything that is due up to `now`, in order, and not given before.
  [[nodiscard]] std::vector<Pending> until(const Stamp& now);

 private:
  using Values = std::initializer_list<std::pair<std::string_view, Value>>;

  void minute(std::vector<Pending>& due);
  void throughput(std::vector<Pending>& due);
  void cellular(std::vector<Pending>& due);
  void outage(std::vector<Pending>& due);
  [[nodiscard]] bool is_due(Milliseconds interval) const;
  [[nodiscard]] std::uint64_t around(std::uint64_t middle, std::uint64_t spread);
  [[nodiscard]] double wander(double& value, double middle, double most);
  [[nodiscard]] Pending record(const Schema& schema, Values values) const;

  const AgentConfig& config_;
  WayOut way_;
  BootTime begin_{};
  BootTime next_{};
  Stamp stamp_;
  std::uint64_t state_ = 1;
  std::uint64_t metered_bytes_ = 0;
  std::uint64_t outages_ = 0;
  double rsrp_ = -95;
  double rsrq_ = -11;
  double snr_ = 12;
};

}  // namespace xalink::bench
