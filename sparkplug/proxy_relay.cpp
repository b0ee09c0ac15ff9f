#include "sparkplug/proxy_relay.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <exception>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <tuple>
#include <utility>

#include "sparkplug/http_tunnel.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
constexpr std::string_view kYes = "HTTP/1.1 200 OK\r\n\r\n";
// Whoever waits for the session has given up by then (BrokerSettings::connect_timeout).
constexpr auto kPatience = std::chrono::seconds(60);
constexpr std::size_t kLongestQuestion = 16 * 1024;

/// Until one side has no more to say; then the other is told.
asio::awaitable<void> carry(tcp::socket& from, tcp::socket& to) {
  std::array<char, 16 * 1024> block{};
  while (true) {
    auto read = co_await from.async_read_some(asio::buffer(block), kAsValue);
    const std::size_t size = std::get<1>(read);
    if (size > 0) {
      auto written = co_await asio::async_write(to, asio::buffer(block.data(), size), kAsValue);
      if (std::get<0>(written)) break;
    }
    if (std::get<0>(read)) break;
  }
  error_code ignored;
  // Both ends at once: a session that is half closed is over.
  from.close(ignored);
  to.close(ignored);
}

}  // namespace

struct ProxyRelay::Relay {
  Relay(HttpProxy proxy_in, std::string host_in, std::uint16_t port_in)
      : proxy(std::move(proxy_in)), host(std::move(host_in)), port(port_in) {}

  void complain(std::string why) {
    const std::lock_guard lock(mutex);
    complaint = std::move(why);
  }

  asio::awaitable<void> serve(tcp::socket near) {
    error_code unimportant;
    near.set_option(tcp::no_delay(true), unimportant);
    auto said = co_await asio::async_write(near, asio::buffer(kYes), kAsValue);
    if (std::get<0>(said)) co_return;
    std::string question;
    auto buffer = asio::dynamic_buffer(question, kLongestQuestion);
    auto asked = co_await asio::async_read_until(near, buffer, std::string_view("\r\n\r\n"), kAsValue);
    if (std::get<0>(asked)) co_return;
    const std::string early = question.substr(std::get<1>(asked));
    tcp::resolver resolver(context);
    auto found = co_await resolver.async_resolve(proxy.host, std::to_string(proxy.port), kAsValue);
    if (const error_code error = std::get<0>(found)) {
      complain("the proxy's name " + proxy.host + " cannot be resolved: " + error.message());
      co_return;
    }
    // Shared with the timer, which may have fired when all this is over.
    const auto shared = std::make_shared<tcp::socket>(context);
    tcp::socket& far = *shared;
    asio::steady_timer limit(context, kPatience);
    limit.async_wait([shared](const error_code& error) {
      error_code ignored;
      if (!error) shared->close(ignored);
    });
    auto connected = co_await asio::async_connect(far, std::get<1>(found), kAsValue);
    if (const error_code error = std::get<0>(connected)) {
      complain("the proxy " + proxy.host + ":" + std::to_string(proxy.port) +
               " cannot be connected to: " + error.message());
      co_return;
    }
    far.set_option(tcp::no_delay(true), unimportant);
    auto opening = open_tunnel(far, proxy, host, port);
    const TunnelAnswer answer = co_await std::move(opening);
    limit.cancel();
    if (answer.kind != TunnelAnswer::Kind::open) {
      complain(answer.reason);
      co_return;
    }
    complain({});
    auto first = co_await asio::async_write(far, asio::buffer(early), kAsValue);
    if (std::get<0>(first)) co_return;
    using asio::experimental::awaitable_operators::operator&&;
    auto both = carry(near, far) && carry(far, near);
    co_await std::move(both);
  }

  asio::awaitable<void> accept() {
    while (true) {
      auto accepted = co_await acceptor.async_accept(kAsValue);
      if (std::get<0>(accepted)) {
        // No descriptor left, most likely: asking at once would ask for ever.
        asio::steady_timer pause(context, std::chrono::seconds(1));
        co_await pause.async_wait(asio::use_awaitable);
        continue;
      }
      asio::co_spawn(context, serve(std::move(std::get<1>(accepted))), [](const std::exception_ptr&) {
        // A connection that broke; the library sees it end.
      });
    }
  }

  const HttpProxy proxy;
  const std::string host;
  const std::uint16_t port;
  std::mutex mutex;
  std::string complaint;
  asio::io_context context{1};
  tcp::acceptor acceptor{context, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::thread thread;
};

ProxyRelay::ProxyRelay(HttpProxy proxy, std::string broker_host, std::uint16_t broker_port)
    : relay_(std::make_unique<Relay>(std::move(proxy), std::move(broker_host), broker_port)) {
  asio::co_spawn(relay_->context, relay_->accept(), [](const std::exception_ptr& error) {
    if (error) std::rethrow_exception(error);
  });
  relay_->thread = std::thread([relay = relay_.get()] { relay->context.run(); });
}

ProxyRelay::~ProxyRelay() {
  relay_->context.stop();
  relay_->thread.join();
}

std::uint16_t ProxyRelay::port() const {
  return relay_->acceptor.local_endpoint().port();
}

std::string ProxyRelay::complaint() const {
  const std::lock_guard lock(relay_->mutex);
  return relay_->complaint;
}

}  // namespace xalink
