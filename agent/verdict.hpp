#pragma once
// What one run of a probe says of the rungs of the ladder.

#include <cstdint>
#include <optional>
#include <string>

#include "agent/ladder.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// A probe as a witness.
struct Witness {
  std::string probe;  ///< group of its records, e.g. "Ping/gateway"
  Rung rung = Rung::link;
  /// Rungs that a good answer proves: its own, and those that it stands on. Empty: it can only accuse.
  RungSet asks;
  std::string subject;  ///< name of the service
  friend bool operator==(const Witness&, const Witness&) = default;
};

/// Its questions are echo requests.
[[nodiscard]] bool is_ping(const Witness& witness);

/// What it said once.
struct Verdict {
  bool good = false;  ///< of its own rung
  RungSet proves;     ///< of what it asks
  /// DNS: it was told a wrong address. Whatever else resolves, the answers cannot be relied on; unless it
  /// only looks wrong (not `certain`) and another service is there by its name. Internet: somebody in between
  /// wants a login. Whatever connects, it is with him.
  std::optional<Rung> accuses;
  /// Of what it accuses, or: a machine that never answers may just not answer such requests. This one is
  /// known not to be there. Or: a link has no carrier. One that has only no default route may be all that
  /// a private network gives.
  bool certain = false;
  /// Of a service: its name was not resolved, so that nobody asked the service itself.
  bool unresolved = false;
  /// Of a service that does not answer: its name led to where it has proved itself before.
  bool at_its_address = false;
  std::string evidence;  ///< "Ping/anchor", or "Ping/anchor (no reply)"
  /// Not good, and nobody said so: no answer came in time. On a way that loses packets that is no surprise.
  bool silence = false;
  /// Of echo requests, or of requests for a connection: the share, 0 to 1, that was not answered.
  std::optional<double> loss = std::nullopt;
  /// How many these were; 0: enough to go by their share.
  std::uint32_t requests = 0;
  /// From its question to its verdict. Who has waited in vain has missed the answer since it asked, not since
  /// it gave up.
  Milliseconds took{0};
  friend bool operator==(const Verdict&, const Verdict&) = default;
};

/// Nothing for probes that say nothing of the ladder. `by_name`: of services, whether the URL names a host;
/// one with an address says nothing of the DNS.
[[nodiscard]] std::optional<Witness> witness_of(const Schema& schema, bool by_name = true);

/// Nothing when this run says nothing: the board itself could not ask.
[[nodiscard]] std::optional<Verdict> judge(const Witness& witness, const Schema& schema,
                                           const Record& record);

/// What a probe that proves nothing found out of the way, in words for the evidence of an outage: how far
/// packets get, that large ones vanish, that somebody wants a login. Nothing when it found nothing amiss.
[[nodiscard]] std::optional<std::string> finding_of(const Schema& schema, const Record& record);

/// Reasons of a next hop that does not answer echo requests (agent/probes/ping): its network card does, so
/// that what it is for may be missing and it is not; or that does not either.
inline constexpr std::string_view kSilentButThere = "no reply, but its network card answers";
inline constexpr std::string_view kSilentAndGone = "no reply, its network card does not answer either";

/// Reason of a way on which no hop answers, though the first one's network card does (agent/probes/path):
/// where it ends is not known then, and the first hop is not what is missing.
inline constexpr std::string_view kNoHopAnswers = "no answer, but the network card of the first hop answers";

/// Begin of a service's reason when the DNS gave an address that is not the service's (agent/probes/reach).
inline constexpr std::string_view kWrongAddress = "name: wrong address";
/// Its end where the service was found where it was.
inline constexpr std::string_view kAsBefore = " as before";
/// End of the reason of a visit that was connected and heard nothing more, where the DNS gave an address at
/// which the service has proved itself before: what is amiss is not the DNS.
inline constexpr std::string_view kAtItsAddress = "; this is an address of the service, as before";
/// End of the reason of a visit at an address that is new, where the service is not at the old one either:
/// the DNS may be right or not.
inline constexpr std::string_view kItWasAt = "; before it was at ";
inline constexpr std::string_view kNorWhereItWas = ", where it is not either";

}  // namespace xalink
