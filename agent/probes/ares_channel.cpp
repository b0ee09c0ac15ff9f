#include "agent/probes/ares_channel.hpp"

#include <sys/time.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <utility>

namespace xalink {

namespace asio = boost::asio;

AresChannel::AresChannel(const asio::any_io_executor& executor)
    : executor_(executor), retry_(executor), done_(executor, asio::steady_timer::time_point::max()) {}

AresChannel::~AresChannel() {
  close();
}

Result<void> AresChannel::open(const std::vector<std::string>& servers, Milliseconds retry_after, int flags) {
  ares_options options{};
  options.flags = flags;
  options.timeout = static_cast<int>(retry_after.count());
  options.tries = 3;
  options.sock_state_cb = &AresChannel::socket_changed;
  options.sock_state_cb_data = this;
  constexpr int kSet = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_SOCK_STATE_CB;
  int status = ares_init_options(&channel_, &options, kSet);
  if (status != ARES_SUCCESS) {
    channel_ = nullptr;
    return failure("resolver", ares_strerror(status), "See whether /etc/resolv.conf can be read");
  }
  if (servers.empty()) return {};
  std::string list;
  for (const std::string& server : servers) list += (list.empty() ? "" : ",") + server;
  status = ares_set_servers_ports_csv(channel_, list.c_str());
  if (status == ARES_SUCCESS) return {};
  return failure(
      "DNS servers \"" + list + "\"", ares_strerror(status),
      "Give addresses, with a port where it is not 53: 192.0.2.53, 192.0.2.53:5353, [2001:db8::53]:53");
}

void AresChannel::finish() {
  is_done_ = true;
  done_.cancel();
}

asio::awaitable<void> AresChannel::finished() {
  arm_timer();
  while (!is_done_) {
    auto woken = co_await done_.async_wait(asio::as_tuple(asio::use_awaitable));
    (void)woken;
    auto state = co_await asio::this_coro::cancellation_state;
    if (state.cancelled() != asio::cancellation_type::none) {
      throw boost::system::system_error(asio::error::operation_aborted);
    }
  }
}

void AresChannel::close() {
  retry_.cancel();
  if (channel_ == nullptr) return;
  // The callbacks that run inside still see a channel; they do not enter it.
  ares_destroy(channel_);
  channel_ = nullptr;
  for (auto& [descriptor, watched] : watched_) watched->socket.release();
  watched_.clear();
}

void AresChannel::socket_changed(void* self, ares_socket_t descriptor, int readable, int writable) {
  auto& channel = *static_cast<AresChannel*>(self);
  auto found = channel.watched_.find(descriptor);
  if (readable == 0 && writable == 0) {
    // c-ares closes the descriptor itself, right after this.
    if (found == channel.watched_.end()) return;
    found->second->wants_read = found->second->wants_write = false;
    found->second->socket.release();
    channel.watched_.erase(found);
    return;
  }
  if (found == channel.watched_.end()) {
    Socket socket(channel.executor_);
    boost::system::error_code error;
    socket.assign(descriptor, error);
    // Not watched, it runs into its timeout, which is reported as that.
    if (error) return;
    found = channel.watched_.emplace(descriptor, std::make_shared<Watched>(std::move(socket))).first;
  }
  const std::shared_ptr<Watched> watched = found->second;
  watched->wants_read = readable != 0;
  watched->wants_write = writable != 0;
  if (watched->wants_read) channel.wait_for(watched, Socket::wait_read);
  if (watched->wants_write) channel.wait_for(watched, Socket::wait_write);
}

void AresChannel::wait_for(const std::shared_ptr<Watched>& watched, Socket::wait_type direction) {
  const bool reads = direction == Socket::wait_read;
  bool& waits = reads ? watched->waits_to_read : watched->waits_to_write;
  if (waits) return;
  waits = true;
  watched->socket.async_wait(
      direction, [self = shared_from_this(), watched, direction](const boost::system::error_code& error) {
        const bool was_read = direction == Socket::wait_read;
        (was_read ? watched->waits_to_read : watched->waits_to_write) = false;
        const auto wanted = [&] { return was_read ? watched->wants_read : watched->wants_write; };
        if (error || self->channel_ == nullptr || !wanted()) return;
        const ares_socket_t descriptor = watched->socket.native_handle();
        self->process(was_read ? descriptor : ARES_SOCKET_BAD, was_read ? ARES_SOCKET_BAD : descriptor);
        if (self->channel_ != nullptr && wanted()) self->wait_for(watched, direction);
      });
}

void AresChannel::process(ares_socket_t readable, ares_socket_t writable) {
  ares_process_fd(channel_, readable, writable);
  arm_timer();
}

void AresChannel::arm_timer() {
  if (channel_ == nullptr || is_done_) return;
  timeval wait{};
  if (ares_timeout(channel_, nullptr, &wait) == nullptr) return;
  const auto interval = std::chrono::seconds(wait.tv_sec) + std::chrono::microseconds(wait.tv_usec);
  // c-ares counts in milliseconds; a hair too early would spin.
  retry_.expires_after(interval + Milliseconds(1));
  retry_.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto self = weak.lock();
    if (error || !self || self->channel_ == nullptr || self->is_done_) return;
    self->process(ARES_SOCKET_BAD, ARES_SOCKET_BAD);
  });
}

}  // namespace xalink
