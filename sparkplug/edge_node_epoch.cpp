// An outbox that lost its last commits (its WAL is gone, or it is an older copy; the database itself is
// whole) looks like one that never had them. It gives their row ids out again, and the gateway, which holds
// rows under these ids, would take the new ones for repetitions. Only the gateway's marks tell. So no row
// leaves an outbox that was found on the disk before they were heard.

#include <algorithm>

#include "sparkplug/edge_node.hpp"

namespace xalink {

using Level = action::Note::Level;

bool EdgeNode::in_doubt() const {
  return std::any_of(lanes_.begin(), lanes_.end(),
                     [](const LaneState& lane) { return lane.depth.sure_up_to.has_value(); });
}

void EdgeNode::take_marks(const std::vector<LaneMark>& marks, Now now) {
  if (outbox_decides_) return;
  for (const auto& mark : marks) {
    const auto& depth = at(mark.lane).depth;
    // One below what was confirmed is of a stale gateway, or of one that lost rows: neither can tell.
    const bool fits = mark.row >= depth.acknowledged && mark.row <= depth.sure_up_to.value_or(mark.row);
    if (fits || !depth.sure_up_to) continue;
    begin_epoch(mark);
    return;
  }
  for (const auto& mark : marks) {
    at(mark.lane).mark_fits = true;
    acknowledged(mark.lane, mark.row, now);
  }
  const bool all_fit = std::all_of(lanes_.begin(), lanes_.end(), [](const LaneState& lane) {
    return lane.mark_fits || !lane.depth.sure_up_to;
  });
  if (!in_doubt() || !all_fit) return;
  outbox_decides_ = true;
  perform(action::TrustRowIds{epoch_});
}

// What the mark claims is not used: of rows that the gateway has not seen it says nothing. The epoch that
// follows is sure from its first row on, so whoever lies about marks gets one out of a process, no more.
void EdgeNode::begin_epoch(LaneMark mark) {
  const auto& depth = at(mark.lane).depth;
  const auto of_lane = " of lane " + std::to_string(index(mark.lane));
  note(Level::warning, "the gateway's mark is row " + std::to_string(mark.row) + of_lane +
                           ", this outbox was found with rows up to " + std::to_string(*depth.sure_up_to) +
                           ", confirmed up to " + std::to_string(depth.acknowledged) +
                           ": one of the two lost what it had last. Records go on under a new epoch");
  outbox_decides_ = true;
  perform(action::BeginEpoch{epoch_});
}

void EdgeNode::row_ids_trusted(const std::string& epoch, Now now) {
  if (epoch != epoch_) return;
  outbox_decides_ = false;
  for (auto& lane : lanes_) lane.depth.sure_up_to.reset();
  pump(now);
}

}  // namespace xalink
