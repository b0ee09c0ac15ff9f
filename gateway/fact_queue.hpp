#pragma once
// Facts on their way to the ledger: in order for each board, in turns between boards, within bounds of
// memory.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <vector>

#include "sparkplug/host_application.hpp"

namespace xalink {

struct FactQueueLimits {
  std::size_t bytes = 128U << 20U;
  std::size_t bytes_of_one_board = 32U << 20U;
  /// Of one commit, which others wait for: records, or what costs as much (a value, a message set aside).
  std::size_t rows_of_one_commit = 20'000;
  std::size_t bytes_of_one_commit = 32U << 20U;
  /// What a board with much to commit may put in before it is the next one's turn.
  std::size_t bytes_of_one_turn = 64U << 10U;
};

/// Whose fact it is; of messages set aside, the node that their topic names (an empty one if none).
[[nodiscard]] NodeId owner_of(const Fact& fact);

/// Each board has a line of its own. A commit takes from the lines in turns (deficit round robin by bytes),
/// so a board with little to say waits for one turn of each other board at most, whatever those have
/// waiting. Within a line nothing overtakes; across lines order means nothing to the ledger.
///
/// A board may fill its own bound, or as much as is still free, whichever is less: one that floods leaves
/// half of the room, two a third. When the store takes nothing (a full disk), memory does not grow. Records
/// are refused first, as they come again. Values and messages set aside may use a quarter more; births and
/// deaths, which are small and tell who is online, half as much again.
/// Thread-safety: none; one loop.
class FactQueue {
 public:
  explicit FactQueue(FactQueueLimits limits) : limits_(limits) {}

  struct Refused {
    std::uint64_t records = 0;  ///< will be sent again by their boards
    std::uint64_t others = 0;   ///< values, births, deaths, messages set aside: lost
  };

  /// What there was no room for; nothing when the fact was taken.
  Refused push(Fact fact);
  /// The next facts for one commit; at least one when there is any. They stay in the count of bytes until
  /// done().
  [[nodiscard]] std::shared_ptr<const std::vector<Fact>> take();
  /// What take() gave is in the store.
  void done();

  [[nodiscard]] bool empty() const { return turns_.empty(); }
  [[nodiscard]] std::size_t records() const { return records_; }
  /// Rows of any kind that wait: what take() bounds.
  [[nodiscard]] std::size_t rows() const { return rows_; }
  [[nodiscard]] std::size_t bytes() const { return bytes_; }
  /// Of one board.
  [[nodiscard]] std::size_t bytes_of(const NodeId& board) const;
  /// Since the beginning.
  [[nodiscard]] const Refused& refused() const { return refused_; }

 private:
  struct Entry {
    Fact fact;
    std::size_t bytes = 0;
    std::size_t records = 0;
    std::size_t rows = 0;
  };
  struct Line {
    std::deque<Entry> waiting;
    std::size_t bytes = 0;        ///< waiting and taken
    std::size_t taken_bytes = 0;  ///< of `bytes`: not done yet
    std::size_t credit = 0;       ///< bytes it may still put into a commit in this turn
  };
  using Lines = std::map<NodeId, Line>;

  [[nodiscard]] bool has_room(const Line& line, const Fact& fact, std::size_t size) const;

  FactQueueLimits limits_;
  Lines lines_;                         ///< of boards that have something waiting or taken
  std::deque<Lines::iterator> turns_;   ///< lines with something waiting; the first one is next
  std::vector<Lines::iterator> taken_;  ///< lines with something taken
  std::size_t records_ = 0;
  std::size_t rows_ = 0;
  std::size_t bytes_ = 0;
  Refused refused_;
};

}  // namespace xalink
