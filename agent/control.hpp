#pragma once
// The agent's Unix socket: one request a connection ("status"), one JSON text as the answer.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Answers a request with one line of text.
using ControlAnswer = std::function<std::string(std::string_view request)>;

/// Thread-safety: one loop. Only who may write to the socket's file may ask: mode 0660.
class ControlSocket {
 public:
  /// Takes the place of a socket whose owner is gone; fails when another agent answers there.
  [[nodiscard]] static Result<ControlSocket> open(const boost::asio::any_io_executor& executor,
                                                  const std::filesystem::path& file);
  ControlSocket(ControlSocket&&) noexcept = default;
  ControlSocket& operator=(ControlSocket&&) noexcept = default;
  ~ControlSocket();

  /// Answers until cancelled. Who asks too slowly is let go, so that nobody keeps the next one waiting.
  boost::asio::awaitable<void> run(Clock& clock, ControlAnswer answer);

 private:
  ControlSocket(boost::asio::local::stream_protocol::acceptor acceptor, std::filesystem::path file);

  boost::asio::local::stream_protocol::acceptor acceptor_;
  std::filesystem::path file_;
};

/// The other side: asks the agent at `file` and gives its answer. Blocks for at most a few seconds.
[[nodiscard]] Result<std::string> ask_agent(const std::filesystem::path& file, std::string_view request);

}  // namespace xalink
