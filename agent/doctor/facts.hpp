#pragma once
// What the doctor found, before anybody says what that means. Gathered by agent/doctor/look (the board and
// its files) and agent/doctor/ask_network; judged by agent/doctor/judge_*.

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/ladder.hpp"
#include "agent/linux/interface_addresses.hpp"
#include "agent/linux/power_readings.hpp"
#include "agent/linux/routes.hpp"
#include "agent/linux/service_unit.hpp"
#include "agent/linux/storage_health.hpp"
#include "agent/linux/system_readings.hpp"
#include "agent/linux/time_service.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/session.hpp"

namespace xalink {

/// What the running agent answers to `status`, as far as the doctor wants it.
struct AgentSays {
  std::string version;
  std::string session;       ///< "online", ...
  std::string last_failure;  ///< of the session
  std::string clock_doubt;   ///< empty: the clock is believed
  std::string disk_error;
  std::string pressure;  ///< of the outbox: "none", ..., "events refused"
  std::uint64_t waiting_events = 0;
  std::uint64_t waiting_measurements = 0;
  std::uint64_t dropped = 0;
  std::string salvage_reason;  ///< empty: the outbox was never damaged
  bool no_icmp_socket = false;
  /// One that goes on.
  struct OpenOutage {
    std::string cause;  ///< word of the ladder, e.g. "first hop"
    std::string subject;
    std::int64_t seconds = 0;
  };
  std::vector<OpenOutage> outages;
};

struct ProgramFacts {
  std::string config_file;
  std::vector<Error> mistakes;    ///< in the configuration, an unreadable file among them
  bool root = false;              ///< whoever asks is root
  std::optional<UnitState> unit;  ///< nothing where there is no systemd
  std::string control_socket;
  Listener control = Listener::none;
  std::optional<AgentSays> agent;
  std::string no_answer;  ///< why the agent that is there did not answer
};

/// One certificate of the configuration.
struct CertificateFacts {
  enum class Role : std::uint8_t { authority, own } role = Role::own;
  std::string file;
  std::string trouble;  ///< it cannot be read; then the rest is empty
  std::string common_name;
  WallTime not_before{};
  WallTime not_after{};
};

struct IdentityFacts {
  std::string node;
  bool tls = false;
  bool loopback = false;  ///< the broker is on this very board
  std::vector<CertificateFacts> certificates;
  std::string key_file;     ///< empty: none is configured
  std::string key_trouble;  ///< it does not fit the certificate, or cannot be used
  /// Files with secrets that everybody on the board can read.
  std::vector<std::string> exposed;
};

struct StorageFacts {
  std::filesystem::path outbox_file;
  std::uint64_t outbox_limit = 0;  ///< bytes
  bool folder_there = false;
  bool folder_writable = false;  ///< for whoever asks
  SystemReadings disk;
  StorageHealth health;
  bool outbox_there = false;
  std::uint64_t outbox_bytes = 0;
  bool outbox_unfinished = false;  ///< closed by a power cut: the next start finishes what it was at
  std::string outbox_trouble;      ///< it cannot be read, or is damaged; only looked for while no agent runs
  bool outbox_checked = false;
};

struct ClockFacts {
  WallTime now{};
  WallTime built{};  ///< no earlier time is possible
  ClockQuality quality = ClockQuality::unset;
  TimeService service;
};

struct BoardFacts {
  PowerReadings power;
  SystemReadings system;
  std::string icmp_trouble;  ///< why neither kind of ICMP socket may be opened; by whoever asks
};

/// One run of one probe.
struct ProbeReading {
  Schema schema;
  Record record;
};

/// What one name server said to a name that is to resolve.
struct NameServerFacts {
  std::string server;
  std::string name;
  bool answered = false;
  std::string status;
  std::string reason;
};

struct BrokerFacts {
  enum class Step : std::uint8_t {
    name,       ///< its name has no address, or that of the proxy
    proxy,      ///< the proxy is not there, or does not let us through
    connect,    ///< nobody takes the connection
    tls,        ///< the handshake failed
    session,    ///< it does not speak MQTT with us: user, password, certificate, version
    subscribe,  ///< it does not let us read the gateway's state
    done,
  };
  std::string broker;  ///< "mqtts://host:8883"
  std::string proxy;   ///< "host:3128", where the way leads through it
  bool asked = false;
  Step stopped_at = Step::name;
  std::string reason;
  std::string advice;  ///< of the MQTT session's own error; English
  std::optional<Duration> connect_time;
  std::string host;                    ///< the primary host; empty: none
  std::optional<bool> gateway_online;  ///< as its STATE says; nothing: there is none
};

struct WayFacts {
  std::vector<InterfaceAddress> addresses;
  std::vector<DefaultRoute> routes;
  std::vector<ProbeReading> readings;
  /// What the configuration has each probe ask, by the group of its records: "1.1.1.1", "https://...".
  std::map<std::string, std::string> targets;
  std::vector<std::string> by_address;  ///< groups of services whose URL names no host
  std::vector<NameServerFacts> name_servers;
  bool through_proxy = false;  ///< the configuration has one
  bool anchors_configured = true;
  bool names_configured = true;
  bool services_configured = true;
  /// The configuration cannot be read: what it would name was not asked for.
  bool without_configuration = false;
  BrokerFacts broker;
};

struct Facts {
  ProgramFacts program;
  IdentityFacts identity;
  StorageFacts storage;
  ClockFacts clock;
  BoardFacts board;
  WayFacts way;
};

}  // namespace xalink
