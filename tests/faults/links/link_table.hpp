#pragma once
// One table of all roads, whichever process drove them and in whichever order they arrived.

#include <cstdint>
#include <string>

namespace xalink::test {

/// What delivery over one road cost.
struct LinkFigures {
  std::string road;
  double records_kb = 0;   ///< topic and payload of messages with rows that came for the first time
  double present_kb = 0;   ///< of messages with values as they were measured, which overtook the backlog
  double repeated_kb = 0;  ///< of messages with rows that had come before
  double births_kb = 0;
  double sent_kb = 0;  ///< at the board's interface, all headers and repetitions included
  double received_kb = 0;
  double drain_seconds = 0;
  double ideal_seconds = 0;  ///< payload and one set of births at the line's rate, without any header
  std::uint64_t sessions = 0;
  double live_seconds = 0;  ///< median from measurement to broker of values that overtook the backlog
  double worst_seconds = 0;

  [[nodiscard]] double payload_kb() const { return records_kb + present_kb; }
  [[nodiscard]] double ratio() const { return payload_kb() > 0 ? sent_kb / payload_kb() : 0; }
};

/// Adds the row to the table (tests/fakes/fault_table.hpp) in place of an older one of the same road, and
/// prints the row with its heading.
void add_row(const LinkFigures& figures);

}  // namespace xalink::test
