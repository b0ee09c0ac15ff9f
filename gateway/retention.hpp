#pragma once
// Removes rows of measurements that the store has kept long enough ([records] keep_days).

#include <cstdint>
#include <filesystem>
#include <memory>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// What stays for good: events (outages, starts, clock statements, dossiers), gaps, marks (so that what was
/// taken once is never taken again), hours and days, and of each removed record what reports ask of it
/// (store/removed_block.hpp), so that they say of any period what they said before.
///
/// Two connections of its own, beside a gateway that commits, as Rollups has them: in one short transaction a
/// block is written, its rows are removed and their hours are counted as kept, or nothing of it happens.
/// Thread-safety: none.
class Retention {
 public:
  /// The store is there and of this version: after Ledger::open().
  [[nodiscard]] static Result<Retention> open(const std::filesystem::path& file);
  Retention(Retention&&) noexcept;
  Retention& operator=(Retention&&) noexcept;
  ~Retention();

  struct Step {
    std::uint64_t removed = 0;
    bool more = false;  ///< there may be more to do
  };
  /// Removes up to some thousand rows of one outbox that were received before `before`, in the order in which
  /// they came. Rows wait
  /// - while they are not rolled up, or an hour behind them has not come yet,
  /// - while another row of their hour has to stay,
  /// - for company, a day at most: one block for a few rows would be larger than they are.
  [[nodiscard]] Result<Step> step(WallTime before);

 private:
  struct State;
  explicit Retention(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace xalink
