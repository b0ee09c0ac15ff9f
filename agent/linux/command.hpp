#pragma once
// A program of somebody else's, run to its end.

#include <boost/asio/awaitable.hpp>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

/// Runs `words` without a shell: the first is the program's path, the others are its arguments as they stand.
/// Its input is empty, what it prints goes where this program's errors go (the journal), no other file of
/// ours is open in it.
///
/// Empty when it ended with 0 in time, else why not. After `limit`, or when this is cancelled, it is killed
/// with all that it has started (its process group). Throws operation_aborted when cancelled.
boost::asio::awaitable<std::string> run_command(Clock& clock, std::vector<std::string> words, Duration limit);

}  // namespace xalink
