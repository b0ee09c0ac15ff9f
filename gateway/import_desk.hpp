#pragma once
// Where the running gateway takes in what comes by hand: `xalink-gateway import` passes the open file over
// the control socket, so that it may lie where the gateway itself may not look.

#include <boost/asio/awaitable.hpp>
#include <boost/json/object.hpp>
#include <memory>

#include "gateway/config.hpp"
#include "gateway/intake.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/stick_file.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// One request at a time: {"import": NAME, "store": FILE} with the open file. Answers with lines
/// "progress DONE OF", then with what it came to, or with {"error": ...}.
/// Thread-safety: one loop. A slow stick is waited for on a thread of its own; commits take turns with the
/// broker's.
class ImportDesk {
 public:
  ImportDesk(const GatewayConfig& config, Clock& clock, Intake& intake);

  boost::asio::awaitable<void> answer(ControlTalk& talk);

 private:
  boost::asio::awaitable<boost::json::object> import(ControlTalk& talk);
  boost::asio::awaitable<Result<boost::json::object>> run(ControlTalk& talk,
                                                          std::unique_ptr<StickSource> source);

  const GatewayConfig& config_;
  Clock& clock_;
  Intake& intake_;
  WorkerThread stick_;
};

}  // namespace xalink
