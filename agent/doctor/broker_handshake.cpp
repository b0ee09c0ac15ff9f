// The MQTT library says of a failed TLS handshake only that it failed; this asks again and hears why.

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "agent/doctor/ask_broker.hpp"
#include "agent/tls_client.hpp"
#include "sparkplug/http_tunnel.hpp"
#include "sparkplug/rethrow_cancel.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
/// With TLS 1.3 the broker judges our certificate after the handshake, and says so in an alert.
constexpr Duration kAlertPatience = std::chrono::seconds(2);

std::string prepare(asio::ssl::context& context, const BrokerSettings& broker) {
  error_code error = trust(context, broker.ca_file);
  if (error) return "ca_file cannot be used: " + error.message();
  if (!broker.certificate_file.empty()) context.use_certificate_chain_file(broker.certificate_file, error);
  if (error) return "certificate_file cannot be used: " + error.message();
  if (!broker.key_file.empty()) context.use_private_key_file(broker.key_file, asio::ssl::context::pem, error);
  if (error) return "key_file cannot be used: " + error.message();
  return {};
}

asio::awaitable<error_code> hear_alert(asio::ssl::stream<tcp::socket&>& stream) {
  std::array<char, 16> block{};
  auto heard = co_await stream.async_read_some(asio::buffer(block), kAsValue);
  co_return std::get<0>(heard);
}

}  // namespace

asio::awaitable<std::string> handshake_trouble(Clock& clock, const BrokerSettings& broker,
                                               const std::vector<asio::ip::address>& addresses) {
  asio::ssl::context context(asio::ssl::context::tls_client);
  std::string unusable = prepare(context, broker);
  if (!unusable.empty()) co_return unusable;
  auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  const NextHost next = next_host(broker.proxy, broker.host, broker.port);
  const tcp::endpoint endpoint(addresses.front(), next.port);
  auto connected = co_await socket.async_connect(endpoint, kAsValue);
  if (const error_code error = std::get<0>(connected)) {
    rethrow_cancel(error);
    co_return error.message();
  }
  if (next.proxied) {
    auto opening = open_tunnel(socket, *broker.proxy, broker.host, broker.port);
    TunnelAnswer tunnel = co_await std::move(opening);
    if (tunnel.kind != TunnelAnswer::Kind::open) co_return std::move(tunnel.reason);
  }
  asio::ssl::stream<tcp::socket&> stream(socket, context);
  if (!expect_host(stream.native_handle(), broker.host))
    co_return "the broker's host name is not one that certificates can hold";
  auto shaken = co_await stream.async_handshake(asio::ssl::stream_base::client, kAsValue);
  if (const error_code error = std::get<0>(shaken)) {
    rethrow_cancel(error);
    co_return handshake_failure(stream.native_handle(), error);
  }
  auto hearing = hear_alert(stream);
  const auto alert = co_await with_timeout(clock, kAlertPatience, std::move(hearing));
  if (alert && *alert && *alert != asio::error::eof) co_return alert->message();
  co_return std::string();
}

}  // namespace xalink
