#pragma once
// Hears at the broker what a board delivers, and keeps account of what was new in it.

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "sparkplug/record.hpp"
#include "sparkplug/session.hpp"
#include "tests/integration/foreign_client.hpp"

namespace xalink::test {

/// Bytes are those of topic and payload, as the application hands them to MQTT.
struct HeardBytes {
  std::uint64_t records = 0;   ///< messages with rows that came for the first time
  std::uint64_t repeated = 0;  ///< messages with rows that had come before
  std::uint64_t births = 0;
  std::uint64_t present = 0;  ///< present values, NDATA and deaths
};

class Listener {
 public:
  explicit Listener(const Mosquitto& broker);

  /// Takes in what came since the last call; call it often, latencies are measured by it.
  void listen();
  [[nodiscard]] bool gateway_is_online() const { return gateway_online_; }
  [[nodiscard]] const HeardBytes& bytes() const { return bytes_; }
  [[nodiscard]] std::uint64_t sessions() const { return sessions_; }  ///< NBIRTHs with a bdSeq of their own
  /// From the measurement to the broker, of values that overtook the backlog.
  [[nodiscard]] const std::vector<std::chrono::milliseconds>& latencies() const { return latencies_; }

 private:
  void take(const IncomingMessage& message);
  void take_birth(const std::string& device, const Payload& payload);
  void take_data(const std::string& device, const Payload& payload, std::size_t size);

  ForeignClient client_;
  bool gateway_online_ = false;
  HeardBytes bytes_;
  std::uint64_t sessions_ = 0;
  std::uint64_t bdseq_ = 256;
  std::map<std::uint64_t, Lane> lane_of_;  ///< by alias, of all devices
  std::array<RowId, kLaneCount> highest_{};
  std::vector<std::chrono::milliseconds> latencies_;
};

}  // namespace xalink::test
