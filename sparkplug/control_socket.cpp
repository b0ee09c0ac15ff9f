#include "sparkplug/control_socket.hpp"

#include <spdlog/spdlog.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstring>
#include <utility>

#include "sparkplug/said.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using Local = asio::local::stream_protocol;

constexpr Duration kPatience = std::chrono::seconds(2);
constexpr std::size_t kLongestRequest = 4096;
constexpr std::string_view kProgress = "progress ";

/// One file at most: what else comes is closed by the kernel.
union DescriptorMessage {
  std::array<char, CMSG_SPACE(sizeof(int))> bytes;
  cmsghdr header;
};

boost::system::system_error error_of(int code) {
  return boost::system::system_error(boost::system::error_code(code, boost::system::system_category()));
}

asio::awaitable<bool> write_all(Local::socket& socket, const std::string& text) {
  auto bytes = asio::buffer(text);
  co_await asio::async_write(socket, bytes, asio::use_awaitable);
  co_return true;
}

bool send_with(int socket, std::string_view line, int descriptor) {
  iovec bytes{const_cast<char*>(line.data()), line.size()};
  DescriptorMessage beside{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  if (descriptor >= 0) {
    message.msg_control = beside.bytes.data();
    message.msg_controllen = beside.bytes.size();
    auto* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(sizeof descriptor);
    std::memcpy(CMSG_DATA(header), &descriptor, sizeof descriptor);
  }
  // A request is far shorter than the socket's buffer: it goes whole or not at all.
  return ::sendmsg(socket, &message, MSG_NOSIGNAL) == static_cast<ssize_t>(line.size());
}

Unexpected cannot_open(const std::string& where, const std::string& why) {
  return Unexpected(refusal(
      where, Said("the control socket could not be opened: ", "không mở được socket điều khiển: ") + why,
      {"choose another path for [control] socket (at most 107 bytes, in a folder that can be written)",
       "chọn đường dẫn khác cho [control] socket (không quá 107 byte, trong thư mục ghi được)"}));
}

}  // namespace

// --- one connection ---------------------------------------------------------------------------------

ControlTalk::ControlTalk(Local::socket& socket, Clock& clock) : socket_(socket), clock_(clock) {}

ControlTalk::~ControlTalk() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

int ControlTalk::take_descriptor() {
  return std::exchange(descriptor_, -1);
}

void ControlTalk::receive() {
  std::array<char, kLongestRequest> buffer{};
  iovec bytes{buffer.data(), buffer.size()};
  DescriptorMessage beside{};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = beside.bytes.data();
  message.msg_controllen = beside.bytes.size();
  const auto got = ::recvmsg(socket_.native_handle(), &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
  if (got < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (got <= 0) throw error_of(got < 0 ? errno : ECONNRESET);
  request_.append(buffer.data(), static_cast<std::size_t>(got));
  const auto* header = CMSG_FIRSTHDR(&message);
  if (header != nullptr && header->cmsg_level == SOL_SOCKET && header->cmsg_type == SCM_RIGHTS) {
    if (descriptor_ >= 0) ::close(descriptor_);
    std::memcpy(&descriptor_, CMSG_DATA(header), sizeof descriptor_);
  }
  if (request_.size() > kLongestRequest) throw error_of(EMSGSIZE);
}

asio::awaitable<bool> ControlTalk::listen() {
  while (request_.find('\n') == std::string::npos) {
    co_await socket_.async_wait(Local::socket::wait_read, asio::use_awaitable);
    receive();
  }
  request_.resize(request_.find('\n'));
  co_return true;
}

asio::awaitable<void> ControlTalk::say(std::string text) {
  auto writing = write_all(socket_, text);
  auto limited = with_timeout(clock_, kPatience, std::move(writing));
  const auto said = co_await std::move(limited);
  if (!said) throw error_of(ETIMEDOUT);
}

// --- the socket -------------------------------------------------------------------------------------

ControlSocket::ControlSocket(Local::acceptor acceptor, std::filesystem::path file)
    : acceptor_(std::move(acceptor)), file_(std::move(file)) {}

ControlSocket::~ControlSocket() {
  if (!acceptor_.is_open()) return;
  std::error_code ignored;
  std::filesystem::remove(file_, ignored);
}

Result<ControlSocket> ControlSocket::open(const asio::any_io_executor& executor,
                                          const std::filesystem::path& file, std::string program) {
  const std::string where = file.string();
  try {
    if (file.has_parent_path()) std::filesystem::create_directories(file.parent_path());
    if (std::filesystem::exists(file)) {
      if (who_listens(file) == Listener::there) {
        return Unexpected(refusal(
            where, {"another " + program + " answers here", "một " + program + " khác đang trả lời ở đây"},
            {"stop it first, or give this one its own [control] socket and files",
             "dừng chương trình kia trước, hoặc đặt [control] socket và các tệp riêng cho chương trình "
             "này"}));
      }
      std::filesystem::remove(file);
    }
    Local::acceptor acceptor(executor, Local::endpoint(where));
    if (::chmod(where.c_str(), 0660) != 0) {
      return Unexpected(
          refusal(where, {"its mode could not be set", "không đặt được quyền truy cập của tệp này"}, {}));
    }
    return ControlSocket(std::move(acceptor), file);
  } catch (const boost::system::system_error& error) {
    return cannot_open(where, error.code().message());
  } catch (const std::filesystem::filesystem_error& error) {
    return cannot_open(where, error.code().message());
  }
}

asio::awaitable<void> ControlSocket::run(Clock& clock, ControlAnswer answer) {
  while (true) {
    auto socket = co_await acceptor_.async_accept(asio::use_awaitable);
    try {
      ControlTalk talk(socket, clock);
      auto listening = talk.listen();
      auto limited = with_timeout(clock, kPatience, std::move(listening));
      const auto heard = co_await std::move(limited);
      if (!heard) continue;
      auto answering = answer(talk);
      co_await std::move(answering);
    } catch (const boost::system::system_error& error) {
      if (error.code() == asio::error::operation_aborted) throw;
      spdlog::debug("a control connection ended early: {}", error.code().message());
    }
  }
}

// --- the other side ---------------------------------------------------------------------------------

Listener who_listens(const std::filesystem::path& file) {
  asio::io_context context;
  Local::socket socket(context);
  boost::system::error_code error;
  if (file.string().size() > 107) return Listener::none;  // no socket can be there
  socket.connect(Local::endpoint(file.string()), error);
  if (!error) return Listener::there;
  return error == boost::system::errc::permission_denied ? Listener::forbidden : Listener::none;
}

Result<std::string> ask(const std::filesystem::path& file, std::string_view request,
                        const ControlCall& call) {
  const std::string program(call.program);
  const auto no_answer = [&](const Said& what) {
    return Unexpected(
        refusal(file.string(), Said::same(program) + what,
                {"is it running (systemctl status " + program +
                     "), and may you use its socket? Root and its group may",
                 "nó có đang chạy không (systemctl status " + program +
                     "), và bạn có quyền dùng socket của nó không? Root và nhóm của nó có quyền"}));
  };
  asio::io_context context;
  Local::socket socket(context);
  try {
    socket.connect(Local::endpoint(file.string()));
    timeval patience{};
    patience.tv_sec = static_cast<std::time_t>(call.patience.count());
    ::setsockopt(socket.native_handle(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const std::string line = std::string(request) + "\n";
    if (!send_with(socket.native_handle(), line, call.descriptor))
      return no_answer(Said(" does not take the request: ", " không nhận yêu cầu: ") + std::strerror(errno));
    std::string reply;
    std::array<char, 65'536> piece{};
    for (;;) {
      const auto got = ::recv(socket.native_handle(), piece.data(), piece.size(), 0);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return no_answer({" did not answer in time", " không trả lời kịp"});
      if (got == 0) break;
      reply.append(piece.data(), static_cast<std::size_t>(got));
      while (call.progress && reply.starts_with(kProgress)) {
        const auto end = reply.find('\n');
        if (end == std::string::npos) break;
        call.progress(std::string_view(reply).substr(kProgress.size(), end - kProgress.size()));
        reply.erase(0, end + 1);
      }
    }
    if (reply.empty()) return no_answer({" ended before it answered", " đã dừng trước khi trả lời"});
    if (reply.back() == '\n') reply.pop_back();
    return reply;
  } catch (const boost::system::system_error& error) {
    return no_answer(Said(" does not answer: ", " không trả lời: ") + error.code().message());
  }
}

}  // namespace xalink
