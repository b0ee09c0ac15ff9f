#pragma once
// What TCP does for a session on a slow or a dead link, beyond what an MQTT library asks of it.

#include <chrono>
#include <cstdint>

namespace xalink {

/// For the process's connections to this remote port (a library that keeps its sockets to itself leaves no
/// other way to name them):
/// - small messages leave at once instead of waiting for the acknowledgement of those before, which costs
///   a round trip of 1.2 s over a satellite (TCP_NODELAY);
/// - one whose peer has acknowledged nothing for `patience` is dead and ends with an error, instead of
///   after a quarter of an hour (TCP_USER_TIMEOUT).
/// What the kernel refuses stays as it is. Thread-safety: any thread.
void prepare_connections_to(std::uint16_t remote_port, std::chrono::seconds patience);

}  // namespace xalink
