#pragma once
// The MQTT session over Eclipse Paho. No other file knows Paho.

#include <boost/asio/any_io_executor.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/session.hpp"

namespace xalink {

class ProxyRelay;
class SessionLoop;

struct PahoOptions {
  /// What may wait for next(). A message that comes when either is reached is dropped and counted; the
  /// end of the connection never is.
  std::size_t inbox_messages = 4096;
  std::size_t inbox_bytes = std::size_t{8} << 20U;
  /// Tells sources apart; then each has a share of the inbox and a flood from one drops its own messages.
  ClassifyMessage* classify = nullptr;
  std::size_t share_messages = 512;
  std::size_t share_bytes = std::size_t{2} << 20U;
  /// Besides, what each source may send in a second, and at once; 0: any number.
  double share_rate = 0;
  double share_burst = 0;
  /// Of a longer payload only the beginning is handed over (IncomingMessage::cut_from); 0: any length.
  std::size_t longest_payload = 0;
  /// With MQTT 5, what close() says. An edge node must ask for its will (Sparkplug 3.0,
  /// payloads-ndeath-will-message-publisher-disconnect-mqtt50); a host application must not: its will
  /// would replace the newer STATE it has just published.
  enum class Goodbye : std::uint8_t { plain, with_will } goodbye = Goodbye::plain;
};

/// Every connection is a new Paho client: nothing of an old one (a queued message with an old sequence
/// number, an old will) can reach the broker in the next session. Opening and freeing a client can block
/// (name resolution, joining Paho's threads) and happen on a thread of their own; publish, subscribe and
/// next run on the loop.
///
/// Thread-safety: as Session says. The io_context must outlive this object; coroutines that wait in this
/// object may be destroyed with the io_context later. The destructor closes the connection politely (the
/// broker drops the will) and waits until Paho is gone, up to some seconds when it is resolving a name.
class PahoSession final : public Session {
 public:
  PahoSession(boost::asio::any_io_executor loop, Clock& clock, BrokerSettings broker,
              PahoOptions options = {});
  ~PahoSession() override;

  boost::asio::awaitable<Result<void>> connect(std::string client_id, OutgoingMessage will) override;
  boost::asio::awaitable<Result<void>> subscribe(std::vector<std::string> filters) override;
  /// The message has its place in the line when this returns; the awaitable only tells when it is through.
  /// Several may be pending, and one that is never awaited is sent all the same, unless the connection
  /// ends before. A QoS 1 message holds up those behind it until its PUBACK.
  boost::asio::awaitable<Result<void>> publish(OutgoingMessage message) override;
  boost::asio::awaitable<SessionEvent> next() override;
  boost::asio::awaitable<void> close() override;
  [[nodiscard]] bool connected() const override;
  [[nodiscard]] std::uint64_t dropped() const override;
  [[nodiscard]] std::vector<DroppedMessages> take_dropped() override;

 private:
  std::shared_ptr<void> library_;            ///< goes after all that needs it
  std::shared_ptr<const ProxyRelay> relay_;  ///< where a proxy stands before the broker
  std::shared_ptr<SessionLoop> loop_;
};

}  // namespace xalink
