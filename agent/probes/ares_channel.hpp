#pragma once
// c-ares on the loop: its sockets and its timer as Asio sees them.

#include <ares.h>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// One channel for one question: nothing is shared, and the end of the question closes its sockets.
///
/// Thread-safety: one loop. c-ares must not be entered again from its own callbacks: they only note what
/// happened, and finish().
class AresChannel : public std::enable_shared_from_this<AresChannel> {
 public:
  explicit AresChannel(const boost::asio::any_io_executor& executor);
  ~AresChannel();
  AresChannel(const AresChannel&) = delete;
  AresChannel& operator=(const AresChannel&) = delete;

  /// `flags` as of ares_init_options(3).
  [[nodiscard]] Result<void> open(const std::vector<std::string>& servers, Milliseconds retry_after,
                                  int flags);
  [[nodiscard]] ares_channel native() { return channel_; }

  /// For the question's callback: lets finished() end.
  void finish();
  /// Serves the channel until finish() was called. Throws operation_aborted when cancelled.
  boost::asio::awaitable<void> finished();
  /// Ends open questions (their callbacks run, with ARES_EDESTRUCTION) and closes all sockets.
  void close();

 private:
  using Socket = boost::asio::posix::stream_descriptor;

  struct Watched {
    explicit Watched(Socket socket_in) : socket(std::move(socket_in)) {}
    Socket socket;
    bool wants_read = false;
    bool wants_write = false;
    bool waits_to_read = false;
    bool waits_to_write = false;
  };

  static void socket_changed(void* self, ares_socket_t descriptor, int readable, int writable);
  void wait_for(const std::shared_ptr<Watched>& watched, Socket::wait_type direction);
  void process(ares_socket_t readable, ares_socket_t writable);
  void arm_timer();

  boost::asio::any_io_executor executor_;
  ares_channel channel_ = nullptr;
  std::map<ares_socket_t, std::shared_ptr<Watched>> watched_;
  boost::asio::steady_timer retry_;
  boost::asio::steady_timer done_;  ///< never expires; cancelled by finish()
  bool is_done_ = false;
};

/// Closes at the end of a scope, so that a cancelled question leaves no sockets behind.
class ClosesAres {
 public:
  explicit ClosesAres(std::shared_ptr<AresChannel> channel) : channel_(std::move(channel)) {}
  ~ClosesAres() { channel_->close(); }
  ClosesAres(const ClosesAres&) = delete;
  ClosesAres& operator=(const ClosesAres&) = delete;

 private:
  std::shared_ptr<AresChannel> channel_;
};

}  // namespace xalink
