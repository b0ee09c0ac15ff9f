#pragma once
// What the disk says of the time before this start.

#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"
#include "agent/sign_of_life.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Texts are notes of the outbox as they were written; empty: there is none.
struct EarlierBoots {
  std::string memory;         ///< kBootBookNote
  std::string outages;        ///< kOutageNote
  std::string stop;           ///< kStopNote
  std::vector<Stamp> newest;  ///< of the newest rows and signs of life, in no order
};

/// An outbox that is waited for (a disk that is not there yet) has nothing to say but signs of life.
[[nodiscard]] Result<EarlierBoots> read_earlier_boots(Outbox& outbox, const SignOfLifeFile& signs);

}  // namespace xalink
