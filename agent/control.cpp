#include "agent/control.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <utility>

#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

constexpr Duration kPatience = std::chrono::seconds(2);
constexpr std::size_t kLongestRequest = 256;

asio::awaitable<bool> serve(Local::socket& socket, ControlAnswer& answer) {
  std::string request;
  auto buffer = asio::dynamic_buffer(request, kLongestRequest);
  const std::size_t length = co_await asio::async_read_until(socket, buffer, '\n', asio::use_awaitable);
  const std::string reply = answer(std::string_view(request).substr(0, length - 1)) + "\n";
  auto bytes = asio::buffer(reply);
  co_await asio::async_write(socket, bytes, asio::use_awaitable);
  co_return true;
}

bool somebody_answers(const std::filesystem::path& file) {
  asio::io_context context;
  Local::socket socket(context);
  boost::system::error_code error;
  socket.connect(Local::endpoint(file.string()), error);
  return !error;
}

}  // namespace

ControlSocket::ControlSocket(Local::acceptor acceptor, std::filesystem::path file)
    : acceptor_(std::move(acceptor)), file_(std::move(file)) {}

ControlSocket::~ControlSocket() {
  if (!acceptor_.is_open()) return;
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Result<ControlSocket> ControlSocket::open(const asio::any_io_executor& executor,
                                          const std::filesystem::path& file) {
  const std::string where = file.string();
  try {
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    if (std::filesystem::exists(file)) {
      if (somebody_answers(file)) {
        return failure(where, "another xalink-agent answers here",
                       "stop it first, or give this one its own [control] socket and [outbox] file");
      }
      std::filesystem::remove(file);
    }
    Local::acceptor acceptor(executor, Local::endpoint(where));
    if (::chmod(where.c_str(), 0660) != 0) return failure(where, "its mode could not be set");
    return ControlSocket(std::move(acceptor), file);
  } catch (const boost::system::system_error& error) {
    return failure(
        where, "the control socket could not be opened: " + error.code().message(),
        "choose another path for [control] socket (at most 107 bytes, in a folder that can be written)");
  } catch (const std::filesystem::filesystem_error& error) {
    return failure(where, "the control socket could not be opened: " + error.code().message(),
                   "choose another path for [control] socket, in a folder that can be written");
  }
}

asio::awaitable<void> ControlSocket::run(Clock& clock, ControlAnswer answer) {
  while (true) {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    try {
      auto serving = serve(socket, answer);
      co_await with_timeout(clock, kPatience, std::move(serving));
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      spdlog::debug("a control connection ended early: {}", error.code().message());
    }
  }
}

Result<std::string> ask_agent(const std::filesystem::path& file, std::string_view request) {
  const auto no_answer = [&](const std::string& what) {
    return failure(
        file.string(), what,
        "is the agent running (systemctl status xalink-agent), and may you use its socket? Root and "
        "its group may");
  };
  asio::io_context context;
  Local::socket socket(context);
  try {
    socket.connect(Local::endpoint(file.string()));
    timeval patience{};
    patience.tv_sec = 5;
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::string line = std::string(request) + "\n";
    asio::write(socket, asio::buffer(line));
    std::string reply;
    boost::system::error_code ended;
    asio::read(socket, asio::dynamic_buffer(reply), ended);
    if (ended != asio::error::eof) return no_answer("the agent did not answer in time");
    if (!reply.empty() && reply.back() == '\n') reply.pop_back();
    return reply;
  } catch (const boost::system::system_error& error) {
    return no_answer("the agent does not answer: " + error.code().message());
  }
}

}  // namespace xalink
