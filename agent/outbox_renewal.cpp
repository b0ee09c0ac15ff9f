#include "agent/outbox_renewal.hpp"

#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink {

OutboxRenewal look_at(Outbox& outbox) {
  OutboxRenewal renewal;
  renewal.epoch = outbox.epoch();
  for (const Lane lane : kLanes) {
    if (auto depth = outbox.depth(lane)) renewal.lanes[index(lane)] = *depth;
  }
  if (auto predecessors = outbox.predecessors()) renewal.predecessors = std::move(*predecessors);
  if (auto given_up = outbox.given_up()) renewal.given_up = std::move(*given_up);
  if (const auto note = outbox.note(std::string(kSalvageNote)); note && *note) {
    if (auto salvage = decode_salvage(**note)) renewal.salvage = std::move(*salvage);
    const auto told = outbox.note(kSalvageToldNote);
    // Of the epoch that the salvage began: the outbox may have begun another since.
    renewal.told = !told || !renewal.salvage || *told == renewal.salvage->new_epoch;
  }
  return renewal;
}

Pending salvage_event(const Salvage& salvage, Stamp at) {
  Record record;
  record.stamp = std::move(at);
  record.values = {salvage.old_epoch,
                   salvage.new_epoch,
                   salvage.reason,
                   salvage.kept_as,
                   salvage.salvaged[index(Lane::events)],
                   salvage.salvaged[index(Lane::measurements)],
                   salvage.lost[index(Lane::events)],
                   salvage.lost[index(Lane::measurements)]};
  return Pending{outbox_event_schema(), std::move(record)};
}

}  // namespace xalink
