// The way beside the broker: records that left in an export file, marks that came back in an
// acknowledgement file. Both ways may be used at a time, in any order.

#include <algorithm>

#include "sparkplug/edge_node.hpp"

namespace xalink {

void EdgeNode::carried(Lane which, RowId last) {
  auto& lane = at(which);
  if (lane.depth.sure_up_to) return;  // an export of such rows begins an epoch first
  lane.sent_high = std::max(lane.sent_high, std::min(last, lane.depth.last));
}

void EdgeNode::acknowledged_by_hand(Lane which, RowId mark, Now now) {
  auto& lane = at(which);
  if (lane.depth.sure_up_to && mark > *lane.depth.sure_up_to) {
    if (!outbox_decides_) begin_epoch({which, mark});
    return;
  }
  if (mark > lane.depth.last) {
    ignore_command("it acknowledges row " + std::to_string(mark) + " of lane " +
                   std::to_string(index(which)) + ", only " + std::to_string(lane.depth.last) + " are here");
    return;
  }
  // A mark that repeats is how a gateway on the broker tells a hole; an old file tells nothing.
  if (mark <= lane.depth.acknowledged) return;
  carried(which, mark);
  acknowledged(which, mark, now);
  pump(now);
}

}  // namespace xalink
