#pragma once
// MQTT 3.1.1 at QoS 0 on a bare socket: the cheapest client there is, so that what is measured with it is
// the broker and not the client.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"

namespace xalink::bench {

struct PublishSeen {
  std::string_view topic;  ///< like payload and packet, valid only during the call
  std::string_view payload;
  std::string_view packet;  ///< the whole of it, as it stood on the wire
};

/// Blocks. Throws std::runtime_error when the broker is not there, refuses or leaves.
class PlainMqtt {
 public:
  PlainMqtt(std::uint16_t port, const std::string& client_id);
  PlainMqtt(const PlainMqtt&) = delete;
  PlainMqtt& operator=(const PlainMqtt&) = delete;
  ~PlainMqtt();

  /// At QoS 0; returns when the broker has confirmed it.
  void subscribe(const std::string& filter);
  /// Whole packets, ready made.
  void send(std::string_view packets);
  /// Reads once and gives what is complete to `take`; waits at most `limit` for it. False when nothing came.
  bool receive(Duration limit, const std::function<void(const PublishSeen&)>& take);

 private:
  void cut(const std::function<void(unsigned type, std::string_view packet, std::size_t body)>& take);
  bool read(Duration limit);

  int socket_ = -1;
  std::string pending_;
  std::size_t used_ = 0;  ///< bytes of pending_ that are done with
};

}  // namespace xalink::bench
