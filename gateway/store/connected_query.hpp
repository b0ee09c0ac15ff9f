#pragma once
// How long nodes had a session with the gateway.

#include <filesystem>
#include <map>
#include <optional>

#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/result.hpp"

namespace xalink::store {

struct Connected {
  Milliseconds connected{};    ///< within the span
  Milliseconds looked_at{};    ///< of the span, from when the node was first heard of
  std::uint64_t sessions = 0;  ///< that lie in it, if only in part
  friend bool operator==(const Connected&, const Connected&) = default;
};

/// Of each node that was ever heard of, within [from, to) up to the store's last commit; an open session
/// lasts until then. By the gateway's clock. Nodes that were first heard of later have looked_at 0.
[[nodiscard]] Result<std::map<NodeId, Connected>> connected_times(const std::filesystem::path& file,
                                                                  WallTime from, WallTime to);

}  // namespace xalink::store
