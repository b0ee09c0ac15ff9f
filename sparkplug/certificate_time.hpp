#pragma once
// TLS on a board whose clock is in the past: every certificate seems to be valid only in the future, and the
// connection that would bring the time is refused for want of it.

#include <optional>

#include "sparkplug/clock.hpp"

namespace xalink {

/// From now on certificates of servers are checked as of `time` in this whole process, by Paho too; nothing:
/// as of the system's clock. Everything else about them is checked as ever. The price is small: a certificate
/// that expired after `time` passes until the clock is right.
///
/// Thread-safety: not while a handshake runs on another thread. Before connecting is a good moment.
void check_certificates_at(std::optional<WallTime> time);

}  // namespace xalink
