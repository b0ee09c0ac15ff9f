#pragma once
// A program's Unix socket: one request a connection, a line of text, with an open file beside it where one
// is needed; the answer is what comes until the connection ends.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// One connection, as the program that answers sees it.
class ControlTalk {
 public:
  ControlTalk(boost::asio::local::stream_protocol::socket& socket, Clock& clock);
  ~ControlTalk();
  ControlTalk(const ControlTalk&) = delete;
  ControlTalk& operator=(const ControlTalk&) = delete;

  [[nodiscard]] const std::string& request() const { return request_; }
  /// The file that came with the request, -1 for none. The caller closes it.
  [[nodiscard]] int take_descriptor();
  /// Throws when whoever asked has gone or does not take it.
  boost::asio::awaitable<void> say(std::string text);

 private:
  friend class ControlSocket;
  boost::asio::awaitable<bool> listen();
  void receive();

  boost::asio::local::stream_protocol::socket& socket_;
  Clock& clock_;
  std::string request_;
  int descriptor_ = -1;
};

/// Says what there is to say to talk.request(). `talk` lives until the answer ends.
using ControlAnswer = std::function<boost::asio::awaitable<void>(ControlTalk& talk)>;

/// Thread-safety: one loop. Only who may write to the socket's file may ask: mode 0660.
class ControlSocket {
 public:
  /// Takes the place of a socket whose owner is gone; fails when another `program` answers there.
  [[nodiscard]] static Result<ControlSocket> open(const boost::asio::any_io_executor& executor,
                                                  const std::filesystem::path& file, std::string program);
  ControlSocket(ControlSocket&&) noexcept = default;
  ControlSocket& operator=(ControlSocket&&) noexcept = default;
  ~ControlSocket();

  /// Answers until cancelled, one connection after the other. Who asks or listens too slowly is let go, so
  /// that nobody keeps the next one waiting.
  boost::asio::awaitable<void> run(Clock& clock, ControlAnswer answer);

 private:
  ControlSocket(boost::asio::local::stream_protocol::acceptor acceptor, std::filesystem::path file);

  boost::asio::local::stream_protocol::acceptor acceptor_;
  std::filesystem::path file_;
};

// --- the other side: blocks ------------------------------------------------------------------------

enum class Listener : std::uint8_t {
  none,  ///< nobody answers there
  there,
  forbidden,  ///< the socket is there and not for us
};
[[nodiscard]] Listener who_listens(const std::filesystem::path& file);

struct ControlCall {
  std::string_view program;          ///< who is asked, for messages: "xalink-agent"
  std::chrono::seconds patience{5};  ///< for each piece of the answer
  int descriptor = -1;               ///< an open file that goes with the request
  /// Takes the lines of the answer that begin with "progress ", without that word, as they come.
  std::function<void(std::string_view line)> progress = {};
};
/// The answer, without a line's end where it ends with one.
[[nodiscard]] Result<std::string> ask(const std::filesystem::path& file, std::string_view request,
                                      const ControlCall& call);

}  // namespace xalink
