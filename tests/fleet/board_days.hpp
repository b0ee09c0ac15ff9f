#pragma once
// What a board in a commune office would have recorded, day by day. A simulation: no probe runs, no clock, no
// network; the records have the shapes of the real ones and go into the gateway's ledger as those do.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/host_application.hpp"

namespace xalink::test {

/// How an office lives. Drawn from the seed, so that the same fleet comes out each time.
struct Office {
  std::string site;
  std::uint64_t seed = 0;
};

/// Thread-safety: none.
class BoardDays {
 public:
  explicit BoardDays(Office office);

  /// All of one local day (midnight in Vietnam to the next), as facts for the ledger, in the order of rows.
  [[nodiscard]] std::vector<Fact> day(WallTime midnight, bool working_day);
  [[nodiscard]] std::uint64_t records() const { return records_; }

 private:
  struct Trouble {
    const char* cause;
    const char* subject;
    double per_day;
    std::chrono::minutes usual;
  };
  using Set = std::vector<std::pair<const char*, Value>>;

  void start(WallTime at, const char* reason, std::optional<WallTime> last);
  void live(WallTime from, WallTime to);
  void measure(WallTime at, std::uint64_t step);
  void outage(const Trouble& trouble, WallTime from, WallTime to);
  void dossiers(WallTime midnight);
  void add(std::size_t schema, WallTime at, const Set& values);
  [[nodiscard]] std::uint64_t since_boot(WallTime at) const;
  [[nodiscard]] bool chance(double of_one);
  [[nodiscard]] std::uint64_t below(std::uint64_t limit);

  Office office_;
  std::mt19937_64 random_;
  bool nights_;     ///< stays on at night
  double trouble_;  ///< how often, as a share of the usual
  std::uint64_t rtt_us_;
  std::uint64_t down_bps_;
  std::uint64_t dossiers_a_day_;
  std::string boot_;
  std::uint64_t boots_ = 0;
  WallTime boot_start_{};
  WallTime last_{};
  std::uint64_t dossier_ = 0;
  std::vector<std::pair<WallTime, std::string>> ends_;
  std::map<Lane, RowId> rows_;
  std::map<Lane, Batch> batches_;
  std::uint64_t records_ = 0;
};

}  // namespace xalink::test
