#include "agent/earlier_boots.hpp"

#include <utility>

#include "agent/boot_book.hpp"
#include "agent/outage_memory.hpp"
#include "agent/start_reason.hpp"

namespace xalink {

Result<EarlierBoots> read_earlier_boots(Outbox& outbox, const SignOfLifeFile& signs) {
  EarlierBoots boots;
  if (auto stamp = signs.read()) boots.newest.push_back(std::move(*stamp));
  auto memory = outbox.note(std::string(kBootBookNote));
  if (!memory) return boots;  // an outbox that is waited for
  if (*memory) boots.memory = std::move(**memory);
  if (auto outages = outbox.note(std::string(kOutageNote)); outages && *outages) {
    boots.outages = std::move(**outages);
  }
  if (auto stop = outbox.note(std::string(kStopNote)); stop && *stop) boots.stop = std::move(**stop);
  for (const Lane lane : kLanes) {
    const auto depth = outbox.depth(lane);
    if (!depth) return Unexpected(depth.error());
    if (depth->last == 0) continue;
    auto newest = outbox.read(lane, depth->last, 1);
    if (!newest) return Unexpected(newest.error());
    for (auto& item : newest->items) boots.newest.push_back(std::move(item.record.stamp));
  }
  if (const auto alive = outbox.note(std::string(kSignOfLifeNote)); alive && *alive) {
    if (auto stamp = read_sign_of_life(**alive)) boots.newest.push_back(std::move(*stamp));
  }
  return boots;
}

}  // namespace xalink
