#pragma once
// What a site's board measured of its connection in a period.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "gateway/meaning/distribution.hpp"
#include "gateway/meaning/interval.hpp"
#include "gateway/store/record_query.hpp"

namespace xalink::meaning {

/// So many of so many measurements.
struct Ratio {
  std::uint64_t yes = 0;
  std::uint64_t of = 0;
  [[nodiscard]] std::optional<double> value() const;
  Ratio& operator+=(const Ratio& other);
  friend bool operator==(const Ratio&, const Ratio&) = default;
};

struct MeasuredFigures {
  Distribution download_mbps;
  Distribution upload_mbps;
  Distribution rtt_ms;                    ///< to machines beyond the next hop; the mean of each run
  Distribution loss_percent;              ///< to them
  std::map<std::string, Ratio> services;  ///< answered as they should, by name
  Ratio under_voltage;
  Ratio on_mains;
  /// As the board saw it last, "fibre", "4g"; empty where nobody knew.
  std::string technology;
  std::optional<WallTime> technology_seen;
  /// Measurements that came as hourly summaries: with their mean, so that quantiles are too narrow there.
  std::uint64_t summarised = 0;
};

/// Rows that were recorded by exception count once for each measurement that they stand for (column Runs of
/// the next row of their group, agent/by_exception.hpp). The same records give the same, in whatever order
/// they came. Thread-safety: none.
class SiteMeasures {
 public:
  explicit SiteMeasures(Interval period) : period_(period) {}
  /// Those beside the period only tell for how many measurements others stand.
  void take(const store::StoredRecord& record);
  [[nodiscard]] MeasuredFigures figures() const;

 private:
  enum class Kind : std::uint8_t { throughput, ping, reach, power };
  struct Row {
    BootTime at{};
    std::uint64_t runs = 1;   ///< of the column: that of the row before
    std::uint64_t times = 0;  ///< of a summary; else 0
    bool counts = false;      ///< lies in the period
    std::optional<double> first;
    std::optional<double> second;
    friend auto operator<=>(const Row&, const Row&) = default;
  };
  using Group = std::pair<Kind, std::string>;
  void take_summary(const store::StoredRecord& record, Kind kind, const std::string& subject);
  static void count(MeasuredFigures& figures, const Group& group, const Row& row, std::uint64_t times);

  Interval period_;
  std::map<std::pair<Group, std::string>, std::vector<Row>> rows_;  ///< by group and boot
  std::optional<std::pair<WallTime, std::string>> technology_;
};

}  // namespace xalink::meaning
