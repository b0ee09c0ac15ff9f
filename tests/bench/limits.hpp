#pragma once
// What the drain is held against: the two things it cannot do without, each alone and as fast as it goes.

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace xalink::bench {

/// Seconds in which SQLite takes the records of `store` into an equal table of a new file: same bytes,
/// columns, page size and pragmas (WAL, synchronous=FULL), and as many rows in each transaction as
/// `commits` says. The rows are in memory before the time begins.
[[nodiscard]] double insert_into_sqlite(const std::filesystem::path& store,
                                        const std::filesystem::path& new_file,
                                        const std::vector<std::uint64_t>& commits);

/// Seconds in which the broker passes `packets` on from one client to one other, both on bare sockets.
[[nodiscard]] double pass_through_broker(std::uint16_t port, const std::vector<std::string>& packets);

}  // namespace xalink::bench
