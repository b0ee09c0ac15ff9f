#include "sparkplug/socket_options.hpp"

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace xalink {
namespace {

using std::chrono::seconds;

// Both ends of a connection over loopback.
class Connection {
 public:
  Connection() {
    const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    EXPECT_EQ(::bind(listener, reinterpret_cast<const sockaddr*>(&address), size), 0);
    EXPECT_EQ(::listen(listener, 1), 0);
    EXPECT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
    port_ = ntohs(address.sin_port);
    near_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    EXPECT_EQ(::connect(near_, reinterpret_cast<const sockaddr*>(&address), size), 0);
    far_ = ::accept(listener, nullptr, nullptr);
    ::close(listener);
  }
  ~Connection() {
    ::close(near_);
    ::close(far_);
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] int option(int name) const {
    int value = -1;
    socklen_t size = sizeof(value);
    EXPECT_EQ(::getsockopt(near_, IPPROTO_TCP, name, &value, &size), 0);
    return value;
  }

 private:
  std::uint16_t port_ = 0;
  int near_ = -1;
  int far_ = -1;
};

TEST(SocketOptions, OnlyConnectionsToThatPortArePrepared) {
  const Connection broker;
  const Connection other;
  ASSERT_NE(broker.port(), other.port());
  prepare_connections_to(broker.port(), seconds(90));
  EXPECT_EQ(broker.option(TCP_NODELAY), 1);
  EXPECT_EQ(broker.option(TCP_USER_TIMEOUT), 90'000);
  EXPECT_EQ(other.option(TCP_NODELAY), 0);
  EXPECT_EQ(other.option(TCP_USER_TIMEOUT), 0);
}

}  // namespace
}  // namespace xalink
