#pragma once
// A TCP connection to somebody behind an HTTP proxy.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>

#include "sparkplug/http_proxy.hpp"

namespace xalink {

/// Over a socket that is connected to the proxy. When the answer is open, the socket's next bytes are the
/// target's. Failures of the connection are told as refused; throws operation_aborted when cancelled, so the
/// limit is the caller's. The socket must outlive the coroutine.
boost::asio::awaitable<TunnelAnswer> open_tunnel(boost::asio::ip::tcp::socket& socket, HttpProxy proxy,
                                                 std::string host, std::uint16_t port);

}  // namespace xalink
