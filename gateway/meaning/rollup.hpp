#pragma once
// Hours and days of one metric, small enough to be kept for good.

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "gateway/meaning/interval.hpp"
#include "gateway/meaning/quantile_sketch.hpp"
#include "gateway/store/record_query.hpp"

namespace xalink::meaning {

/// Of measurements, not of rows: a row counts as often as it stands for.
struct Rollup {
  std::uint64_t count = 0;
  double sum = 0;
  double least = 0;     ///< with count > 0
  double greatest = 0;  ///< with count > 0
  QuantileSketch sketch;

  Rollup& operator+=(const Rollup& other);
  friend bool operator==(const Rollup&, const Rollup&) = default;
};

struct Series {
  std::string device;
  std::string metric;  ///< "Ping/anchor/RTT mean"
  std::string unit;
  friend auto operator<=>(const Series&, const Series&) = default;
  friend bool operator==(const Series&, const Series&) = default;
};

/// Whole hours since 1970-01-01 UTC. Vietnam's days begin on one (17:00 UTC).
using Hour = std::int64_t;
[[nodiscard]] Hour hour_of(WallTime time);
[[nodiscard]] WallTime start_of_hour(Hour hour);
/// Days since 1970-01-01, of Vietnam.
using DayNumber = std::int64_t;
[[nodiscard]] DayNumber day_of_hour(Hour hour);
[[nodiscard]] Hour first_hour_of(DayNumber day);

/// Hours as runs without a hole: first and last of each.
[[nodiscard]] std::vector<std::pair<Hour, Hour>> runs_of(const std::set<Hour>& hours);

struct HourRollups {
  std::map<Series, Rollup> series;
  std::set<std::string> boots;  ///< that have records in it
};

/// One board's measurements by hours. The rules:
/// - A record counts in the hour of its time, once that is known by a clock (quality holdover or better).
///   Those that lie within bounds only are in no hour; when a board states the time of their boot, they are.
/// - Numbers and truths (1, 0) are rolled up, texts and times are not.
/// - By exception: a row counts in its own hour, once and for the Runs - 1 measurements that the next row of
///   its group and boot tells of, where that comes less than an hour later.
/// - An hourly summary counts as its measurements, with their mean; its least and greatest are those of the
///   summary.
/// The same records give the same bytes, in whatever order they came. Thread-safety: none.
class RollupBuilder {
 public:
  /// Records of [time of first, time of last + 2 hours) are to be given; the hours first..last are made.
  RollupBuilder(Hour first, Hour last) : first_(first), last_(last) {}
  void take(const store::StoredRecord& record);
  /// One that counts elsewhere: it tells only for how many measurements the row before it stands.
  void take_for_others(const store::StoredRecord& record);
  [[nodiscard]] std::map<Hour, HourRollups> finish() const;

 private:
  struct Row {
    BootTime at{};
    Hour hour = 0;
    std::uint64_t runs = 1;
    std::vector<std::tuple<std::string, std::string, double>> values;  ///< column, unit, value
    bool counts = true;
    friend auto operator<=>(const Row&, const Row&) = default;
  };
  struct Group {
    std::string device;
    std::string group;
    std::string boot;
    friend auto operator<=>(const Group&, const Group&) = default;
  };
  struct Summed {
    std::uint64_t times = 0;
    double mean = 0;
    double least = 0;
    double greatest = 0;
    friend auto operator<=>(const Summed&, const Summed&) = default;
  };
  void take_row(const store::StoredRecord& record, Hour hour, bool counts);
  void take_summary(const store::StoredRecord& record, Hour hour);

  Hour first_;
  Hour last_;
  std::map<Group, std::vector<Row>> rows_;
  std::map<std::pair<Hour, Series>, std::vector<Summed>> summaries_;
  std::map<Hour, std::set<std::string>> boots_;
};

}  // namespace xalink::meaning
