#pragma once
// What a broker's refusal means and what to do about it.

#include "sparkplug/result.hpp"
#include "sparkplug/session.hpp"

namespace xalink {

/// "mqtt://host:port" or "mqtts://host:port", for messages.
[[nodiscard]] std::string broker_name(const BrokerSettings& broker);

/// For CONNACK return codes of MQTT 3.1.1 (1 to 5) and reason codes of MQTT 5 (128 and above).
[[nodiscard]] Error connect_refused(const BrokerSettings& broker, int code);
/// No connection came about: nobody listens, no route, no name, or the TLS handshake failed.
[[nodiscard]] Error not_reachable(const BrokerSettings& broker);
[[nodiscard]] Error no_answer(const BrokerSettings& broker);
[[nodiscard]] Error subscription_refused(const BrokerSettings& broker, const std::string& filter);
/// The reason code of a DISCONNECT that an MQTT 5 broker sent.
[[nodiscard]] std::string disconnect_reason(int code);

}  // namespace xalink
