#pragma once
// One connection of the HTTP server, over TLS or without: requests in, one after the other, each to its
// route.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <functional>
#include <string>

#include "gateway/http/http_exchange.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

struct HttpPatience {
  Duration header{};    ///< to say a whole header, from the connection's begin or the answer before
  Duration exchange{};  ///< for one request and its answer
};

/// Null: there is no such page.
using FindRoute = std::function<const HttpRoute*(const std::string& path)>;

/// Until either end has enough. Errors of the connection are thrown as system_error. `socket` is what
/// `stream` goes over, or the same. What it is given outlives it.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket& stream,
                                              boost::asio::ip::tcp::socket& socket, Clock& clock,
                                              const HttpPatience& patience, const std::string& peer,
                                              const FindRoute& find);
boost::asio::awaitable<void> serve_connection(boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>& stream,
                                              boost::asio::ip::tcp::socket& socket, Clock& clock,
                                              const HttpPatience& patience, const std::string& peer,
                                              const FindRoute& find);

}  // namespace xalink
