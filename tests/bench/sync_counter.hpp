#pragma once
// What the preloaded counter and its reader agree on.

namespace xalink::bench {

/// Names the file that holds the count, one 64-bit number.
inline constexpr const char* kSyncCountVariable = "XALINK_SYNC_COUNT";

}  // namespace xalink::bench
