#pragma once
// Keeps in the outbox where the services proved themselves, so that a DNS that lies is known after a restart.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <memory>
#include <string_view>

#include "agent/recorder.hpp"
#include "agent/service_proofs.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/wake_up.hpp"

namespace xalink {

/// Under this key of the outbox's notes.
inline constexpr std::string_view kServiceProofNote = "services/proofs";

/// Writes some seconds after the first news, then after twice as long each time, up to an hour: a card is worn
/// by each write. A program that is killed before that knows what was written last.
/// Thread-safety: one loop.
class ServiceProofKeeper {
 public:
  ServiceProofKeeper(const boost::asio::any_io_executor& executor, Clock& clock,
                     std::shared_ptr<ServiceProofs> proofs);

  /// The outbox is another one, that may not know.
  void keep_again();
  /// Until cancelled. While the disk refuses, it is tried again.
  boost::asio::awaitable<void> run(Recorder& recorder);

 private:
  Clock& clock_;
  std::shared_ptr<ServiceProofs> proofs_;
  WakeUp changed_;
};

}  // namespace xalink
