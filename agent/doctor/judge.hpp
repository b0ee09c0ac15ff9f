#pragma once
// What the doctor's facts mean: rules without I/O, facts in, lines out.

#include "agent/doctor/facts.hpp"
#include "agent/doctor/finding.hpp"

namespace xalink {

/// Power, temperature, memory, clock, card, room.
[[nodiscard]] Findings judge_board(const BoardFacts& board, const ClockFacts& clock,
                                   const StorageFacts& storage, const ProgramFacts& program);
/// Configuration, service, the agent itself, what waits, keys and certificates, ICMP.
[[nodiscard]] Findings judge_program(const Facts& facts);
/// The ladder from the link to the DNS, then name servers.
/// `reached`: the highest rung that holds with everything below it.
[[nodiscard]] Findings judge_way(const WayFacts& way, Rung& reached);
/// Modem and Wi-Fi, where there are any; they belong to the link.
/// `leads_out`: without a default route all is reached that is wanted.
[[nodiscard]] Findings judge_radio(const WayFacts& way, bool leads_out);
/// Each service, the broker and the gateway. `below`: what judge_way() found; `reached` as it left it, raised
/// when they are there.
[[nodiscard]] Findings judge_services(const WayFacts& way, const ProgramFacts& program, const Findings& below,
                                      Rung& reached);

struct Diagnosis {
  Findings findings;  ///< in the order in which they are mended: the first wrong one comes first
  Rung reached = Rung::board;
  [[nodiscard]] std::size_t count(Mark mark) const;
  /// The one to begin with; nullptr when nothing is wrong.
  [[nodiscard]] const Finding* first_wrong() const;
};
[[nodiscard]] Diagnosis judge(const Facts& facts);

/// What a word of the system means to people: "Connection refused", "no reply", ... The word itself where
/// there is no better one.
[[nodiscard]] Said explain(const std::string& word);
/// "2026-06-01", by the clock on the wall.
[[nodiscard]] std::string date_of(WallTime time);
/// Name of a rung, for people.
[[nodiscard]] Said name_of(Rung rung);

}  // namespace xalink
