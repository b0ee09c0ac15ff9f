#pragma once
// A month of an ordinary office in seconds, and every byte of it between the board and the broker.

#include <cstdint>
#include <map>
#include <string>

#include "agent/by_exception.hpp"
#include "agent/config.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "tests/bench/office_probes.hpp"

namespace xalink::bench {

struct MonthOptions {
  AgentConfig config;
  OfficeProbes::WayOut way = OfficeProbes::WayOut::cable;
  ByExceptionSettings by_exception;
  EdgeNodeOptions node;
  Milliseconds flush{};
  bool holds =
      false;  ///< rows are handed to the gateway before the disk has them, so that it need not have them soon
  std::chrono::seconds keep_alive{};
  int days = 30;
  int connections_a_day = 2;  ///< in the morning, and once after the link was gone
};

/// Bytes on the wire, both ways together.
struct MonthOfBytes {
  std::uint64_t measurements = 0;  ///< runs of probes
  std::uint64_t events = 0;
  std::uint64_t rows = 0;  ///< of measurements, recorded
  std::uint64_t committed = 0;
  std::uint64_t messages = 0;  ///< with rows

  /// Device, then metric (with its group); what a metric of theirs took in payloads.
  std::map<std::string, std::map<std::string, std::uint64_t>> values;
  std::map<std::string, std::uint64_t> rows_of;  ///< by device and group, with a blank between
  std::uint64_t envelopes = 0;  ///< of data messages: payload timestamp, seq, row id, topic, MQTT header
  std::uint64_t node_metrics = 0;
  std::uint64_t births = 0;
  std::uint64_t connecting = 0;  ///< MQTT: CONNECT, SUBSCRIBE and their answers, STATE
  std::uint64_t commands = 0;    ///< acknowledgements
  std::uint64_t keep_alives = 0;
  std::uint64_t handshakes = 0;  ///< of TLS
  std::uint64_t tls = 0;         ///< around records
  std::uint64_t tcp = 0;         ///< headers of TCP and IP, segments without data included

  /// Resident bytes of the simulating process: all that the rules of board and gateway remember is in it.
  std::uint64_t memory_after_a_day = 0;
  std::uint64_t memory_at_most = 0;  ///< from then on

  [[nodiscard]] std::uint64_t in_values() const;
  [[nodiscard]] std::uint64_t total() const;
};

/// The records of RecordMix and of OfficeProbes, by the real rules of board and gateway: ByException,
/// EdgeNode, HostApplication, and TLS 1.3 by OpenSSL. Modelled are only the flush of the recorder, Paho's
/// keep-alive, a link of 60 ms, and TCP over IPv4: 52 bytes of headers (with timestamps) for each segment of
/// up to 1,448 bytes, and an acknowledgement without data for every other segment, at least one for each
/// message.
[[nodiscard]] MonthOfBytes simulate_month(const MonthOptions& options);

}  // namespace xalink::bench
