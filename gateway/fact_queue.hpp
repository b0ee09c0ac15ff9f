#pragma once
// Facts on their way to the ledger: in order, within a bound of memory.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <vector>

#include "sparkplug/host_application.hpp"

namespace xalink {

struct FactQueueLimits {
  /// Records are refused beyond this: they are not acknowledged, so their boards send them again.
  std::size_t bytes = 64U << 20U;
  std::size_t records_of_one_commit = 50'000;
  std::size_t bytes_of_one_commit = 32U << 20U;
};

/// When the store takes nothing (a full disk), memory must not grow without end. Records go first, as
/// they come again. Values and messages set aside follow at 5/4 of the bound; births and deaths, which
/// are small and tell who is online, at 3/2.
/// Thread-safety: none; one loop.
class FactQueue {
 public:
  explicit FactQueue(FactQueueLimits limits) : limits_(limits) {}

  struct Refused {
    std::uint64_t records = 0;  ///< will be sent again by their boards
    std::uint64_t others = 0;   ///< values, births, deaths, messages set aside: lost
  };

  /// False when it was refused.
  bool push(Fact fact);
  /// The next facts for one commit, oldest first; at least one when there is any. They stay in the
  /// count of bytes until done().
  [[nodiscard]] std::shared_ptr<const std::vector<Fact>> take();
  /// What take() gave is in the store.
  void done();

  [[nodiscard]] bool empty() const { return waiting_.empty(); }
  [[nodiscard]] std::size_t records() const { return records_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_ + taken_bytes_; }
  [[nodiscard]] const Refused& refused() const { return refused_; }

 private:
  struct Entry {
    Fact fact;
    std::size_t bytes = 0;
    std::size_t records = 0;
  };

  FactQueueLimits limits_;
  std::deque<Entry> waiting_;
  std::size_t records_ = 0;
  std::size_t bytes_ = 0;
  std::size_t taken_bytes_ = 0;
  Refused refused_;
};

}  // namespace xalink
