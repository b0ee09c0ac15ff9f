#pragma once
// Which measurements are worth a row: those that say something new, and now and then one that says that
// nothing is. Rules without I/O. Who needs every run (status, the ladder) looks at them before this.
//
// A row is recorded
//   - when it is the first of its group since the agent started (so after every boot),
//   - when a number left its deadband around the last recorded one (Deadband in sparkplug/metric_names.hpp),
//     a flag or a text changed, or a value came or went,
//   - when the run failed: it has a Reason, or no value at all; every failed run is recorded,
//   - when the heartbeat is due: at that run which is nearest to it, so at most half an interval late; up to
//   a
//     quarter of it early while another row waits for the disk, since one commit or message for both costs
//     half. A probe with a longer interval than the heartbeat records every run.
//
// What a reader may conclude. The row holds until the next one of its group. "Runs" of the next row says how
// many measurements that were, itself included: the row stands for Runs - 1 of them after its own. So sums
// over rows are honest when each row counts Runs(next) times; a mean over rows alone would be one over
// surprises. Numbers are then exact to their deadband; Loss, Success, flags and texts have none and are
// exact. Behind the last row of a boot nothing holds: what was measured after it is not known. While a board
// is connected and no row comes for longer than the heartbeat (told in NBIRTH, "Agent/Heartbeat"), half the
// probe's interval and the flush and gather times, it was not measured.

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

struct ByExceptionSettings {
  bool enabled = true;
  Milliseconds heartbeat = std::chrono::minutes(15);
  std::vector<std::string> every_run;  ///< groups ("Ping") or one of them ("Ping/gateway") to record always
};

/// Thread-safety: none; one loop.
class ByException {
 public:
  explicit ByException(ByExceptionSettings settings) : settings_(std::move(settings)) {}

  /// The shape in which this group's rows are recorded.
  [[nodiscard]] Schema recorded(const Schema& measured) const;

  struct Row {
    Schema schema;
    Record record;
    bool news = false;  ///< something came, went or changed its state: people wait for it
  };
  /// Whether another row, of any group, waits to go to the disk.
  enum class Company : bool { none, waits };
  /// Takes every run of a probe, in order; gives those that are to be recorded.
  [[nodiscard]] std::optional<Row> step(const Schema& measured, const Record& record, Company company);

 private:
  struct Group {
    Schema schema;                    ///< as recorded
    std::vector<Deadband> deadbands;  ///< of the measured columns
    std::optional<std::size_t> reason;
    bool always = false;
    std::vector<Value> recorded;  ///< of the last row; empty before the first
    BootTime recorded_at{};
    BootTime measured_at{};  ///< the run before this one
    std::uint32_t runs = 0;  ///< since the last row
  };
  [[nodiscard]] bool records_always(const Schema& measured) const;
  Group& group_of(const Schema& measured);

  ByExceptionSettings settings_;
  std::map<std::string, Group> groups_;
};

}  // namespace xalink
