#pragma once
// Keeps the store's hours and days of metrics in step with its records.

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>

#include "gateway/meaning/rollup.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Two connections of its own, so that it works beside a gateway that commits, in short transactions: the
/// ledger waits some milliseconds for it at most. Rows above the mark of `rolled_up` are what is to be done;
/// every hour they touch is made anew from all its records, and the mark is raised in the same transaction.
/// Two of them at one time, a gateway and a `rebuild`, see each other and begin a step again.
/// So it may end at any moment, records may come in any order and weeks late, and rebuild() finds the same.
/// Thread-safety: none.
class Rollups {
 public:
  /// The store is there and of this version: after Ledger::open(), or that of an earlier run.
  [[nodiscard]] static Result<Rollups> open(const std::filesystem::path& file);
  Rollups(Rollups&&) noexcept;
  Rollups& operator=(Rollups&&) noexcept;
  ~Rollups();

  struct Step {
    std::uint64_t rows = 0;   ///< that were looked at
    std::uint64_t hours = 0;  ///< that were made
    bool more = false;        ///< there is more to do
  };
  /// A part of the work: some thousand rows of one outbox.
  [[nodiscard]] Result<Step> step();

  /// How many rows of how many are rolled up.
  using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;
  /// Forgets all hours and days and makes them anew. Those of rows that were removed stay (Retention). Where
  /// it is ended on the way, step() does the rest.
  [[nodiscard]] Result<std::uint64_t> rebuild(const Progress& progress = {});

  using Table = std::map<std::int64_t, std::map<meaning::Series, meaning::Rollup>>;
  /// The hours first..last of a node's series, empty ones left out.
  [[nodiscard]] Result<Table> hours(const NodeId& node, meaning::Hour first, meaning::Hour last);
  [[nodiscard]] Result<Table> days(const NodeId& node, meaning::DayNumber first, meaning::DayNumber last);

 private:
  struct State;
  explicit Rollups(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace xalink
