#include "sparkplug/mqtt_refusal.hpp"

#include <string>

namespace xalink {

std::string broker_name(const BrokerSettings& broker) {
  const bool bare_ipv6 = broker.host.find(':') != std::string::npos && broker.host.front() != '[';
  const std::string host = bare_ipv6 ? "[" + broker.host + "]" : broker.host;
  return (broker.tls ? "mqtts://" : "mqtt://") + host + ":" + std::to_string(broker.port);
}

Error connect_refused(const BrokerSettings& broker, int code) {
  switch (code) {
    case 1:
    case 132:
      return {broker_name(broker), "the broker does not speak this version of MQTT",
              "Set the other version under [broker], or update the broker"};
    case 2:
    case 133:
      return {broker_name(broker), "the broker refuses the client id",
              "Choose another site or host id, or allow it in the broker's configuration"};
    case 3:
    case 136:
    case 137:
    case 139:
    case 156:
    case 157:
      return {broker_name(broker), "the broker is not available at the moment",
              "It will be tried again; look into the broker's log if it stays so"};
    case 4:
    case 134:
      return {broker_name(broker), "the broker refuses the user name or the password",
              "Check username and password_file under [broker], and the broker's password file"};
    case 5:
    case 135:
      return {
          broker_name(broker), "the broker does not let this client in",
          "Check username, password_file and the certificate under [broker], and the broker's access rules"};
    case 138: return {broker_name(broker), "the broker has banned this client", "Look into the broker's log"};
    case 149:
      return {broker_name(broker), "a message is larger than the broker allows",
              "Raise the broker's packet limit or lower max_message_bytes under [delivery]"};
    default:
      return {broker_name(broker), "the broker refused the connection with code " + std::to_string(code),
              "Look into the broker's log"};
  }
}

Error not_reachable(const BrokerSettings& broker) {
  if (!broker.tls) {
    return {broker_name(broker), "the broker cannot be reached",
            "Is the broker running? Check url under [broker]"};
  }
  return {broker_name(broker), "the broker cannot be reached, or the TLS handshake with it failed",
          "Is the broker running with TLS on this port? Check url, ca_file, certificate_file and key_file "
          "under [broker], that the broker's certificate names this host, and that this machine's clock is "
          "right"};
}

Error no_answer(const BrokerSettings& broker) {
  return {broker_name(broker),
          "the broker did not answer within " + std::to_string(broker.connect_timeout.count()) + " s",
          "Is the broker running, and is that its port? Check url under [broker]"};
}

Error subscription_refused(const BrokerSettings& broker, const std::string& filter) {
  return {broker_name(broker), "the broker refuses the subscription to " + filter,
          "Allow this client to read it in the broker's access rules"};
}

std::string disconnect_reason(int code) {
  switch (code) {
    case 0: return "the broker said goodbye";
    case 139: return "the broker is shutting down";
    case 141: return "the broker heard nothing from us for too long";
    case 142: return "another client with the same id took over";
    case 149: return "a message was larger than the broker allows";
    default: return "the broker ended the connection with reason code " + std::to_string(code);
  }
}

}  // namespace xalink
