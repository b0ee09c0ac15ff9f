#pragma once
// Rules of an edge node's sessions, from CONNECT to their end.

#include "tests/integration/conformance.hpp"

namespace xalink::test::edge {

void numbers_without_a_hole(const WireSession& session, Findings& findings);
void aliases_are_unique(const WireSession& session, Findings& findings);
/// Data metrics are those of the births: by alias if they have one there, else by name.
void data_was_declared(const WireSession& session, Findings& findings);
/// NBIRTH, then all DBIRTHs, then data; again after each NBIRTH.
void births_before_data(const WireSession& session, Findings& findings);
void birth_is_the_first_message(const WireSession& session, Findings& findings);
void commands_are_subscribed_before_the_birth(const WireSession& session, Findings& findings);
void device_commands_are_subscribed(const WireSession& session, Findings& findings);
/// A birth only after STATE online of the host that was subscribed, with a timestamp not older than the
/// newest one heard.
void host_is_online_before_the_birth(const WireSession& session, Findings& findings);
/// After STATE offline that is not older: NDEATH, then the end, and nothing else but what was on its way.
void leaves_when_the_host_goes(const WireSession& session, Findings& findings);
void ignores_an_older_offline(const WireSession& session, Findings& findings);
/// After each rebirth command: the births again, with the same bdSeq. Data that was on its way when the
/// command passed by is allowed for.
void obeys_rebirth(const WireSession& session, Findings& findings);
void says_goodbye_with_ndeath(const WireSession& session, Findings& findings);
void says_goodbye_with_will_in_mqtt_5(const WireSession& session, Findings& findings);
[[nodiscard]] Verdict bdseq_counts_connects(const CaptureStory& story);

}  // namespace xalink::test::edge
