#include "gateway/http/http_server.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <spdlog/spdlog.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/system_error.hpp>
#include <list>
#include <map>
#include <optional>
#include <utility>

#include "gateway/http/http_connection.hpp"
#include "sparkplug/rethrow_cancel.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr Duration kOpenAgainAfter = std::chrono::seconds(30);
// After accept() failed, most often for want of descriptors: others' connections end meanwhile.
constexpr Duration kAcceptAgainAfter = std::chrono::milliseconds(200);

std::string place(const HttpSettings& settings) {
  const bool six = settings.address.find(':') != std::string::npos;
  return (six ? "[" + settings.address + "]" : settings.address) + ":" + std::to_string(settings.port);
}

}  // namespace

struct HttpServer::State {
  State(asio::any_io_executor executor_in, Clock& clock_in, HttpSettings settings_in)
      : executor(std::move(executor_in)),
        clock(clock_in),
        settings(std::move(settings_in)),
        acceptor(executor) {}

  asio::any_io_executor executor;
  Clock& clock;
  HttpSettings settings;
  std::map<std::string, HttpRoute, std::less<>> routes;
  tcp::acceptor acceptor;
  std::optional<asio::ssl::context> tls;
  std::list<asio::cancellation_signal> open;
  std::map<asio::ip::address, std::size_t> by_address;
  bool ending = false;

  Result<void> listen() {
    std::optional<asio::ssl::context> context;
    error_code error;
    if (!settings.certificate_file.empty()) {
      context.emplace(asio::ssl::context::tls_server);
      SSL_CTX_set_min_proto_version(context->native_handle(), TLS1_2_VERSION);
      context->use_certificate_chain_file(settings.certificate_file.string(), error);
      if (error) {
        return Unexpected(refusal(settings.certificate_file.string(),
                                  Said("cannot be used: ", "không dùng được: ") + error.message(),
                                  {"give a certificate in PEM form that the gateway may read",
                                   "chỉ chứng thư dạng PEM mà máy chủ được phép đọc"}));
      }
      context->use_private_key_file(settings.key_file.string(), asio::ssl::context::pem, error);
      if (error) {
        const auto certificate = settings.certificate_file.string();
        return Unexpected(refusal(
            settings.key_file.string(), Said("cannot be used: ", "không dùng được: ") + error.message(),
            {"give the key of " + certificate +
                 " in PEM form, without a passphrase, readable for the gateway",
             "chỉ khóa của " + certificate + " dạng PEM, không mật khẩu, máy chủ được phép đọc"}));
      }
    }
    const auto address = asio::ip::make_address(settings.address, error);
    if (error)
      return Unexpected(
          refusal(settings.address, {"is no IP address", "không phải địa chỉ IP"},
                  {"write [http] listen as \"ADDRESS:PORT\"", "ghi [http] listen dạng \"ĐỊA CHỈ:CỔNG\""}));
    const tcp::endpoint endpoint(address, settings.port);
    const auto refused = [&] {
      error_code ignored;
      acceptor.close(ignored);
      return Unexpected(
          refusal(place(settings), Said("cannot be listened on: ", "không mở được cổng: ") + error.message(),
                  {"see who has the port (ss -ltnp), or choose another one in [http] listen",
                   "xem chương trình nào giữ cổng (ss -ltnp), hoặc chọn cổng khác trong [http] listen"}));
    };
    acceptor.open(endpoint.protocol(), error);
    if (error) return refused();
    acceptor.set_option(tcp::acceptor::reuse_address(true));
    acceptor.bind(endpoint, error);
    if (error) return refused();
    acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) return refused();
    tls = std::move(context);
    settings.port = acceptor.local_endpoint().port();
    return {};
  }

  [[nodiscard]] const HttpRoute* find(const std::string& path) const {
    for (std::string_view rest = path;;) {
      if (const auto found = routes.find(rest); found != routes.end()) return &found->second;
      const auto slash = rest.rfind('/');
      if (slash == std::string_view::npos || slash == 0) return nullptr;
      rest = rest.substr(0, slash);
    }
  }
};

namespace {

/// Its place among the connections, for as long as it is there.
template <class State>
class Place {
 public:
  Place(State& state, asio::ip::address address)
      : state_(state), address_(std::move(address)), signal_(state.open.emplace(state.open.end())) {
    ++state_.by_address[address_];
  }
  Place(const Place&) = delete;
  Place& operator=(const Place&) = delete;
  ~Place() {
    state_.open.erase(signal_);
    if (--state_.by_address[address_] == 0) state_.by_address.erase(address_);
  }
  [[nodiscard]] asio::cancellation_slot slot() { return signal_->slot(); }

 private:
  State& state_;
  asio::ip::address address_;
  std::list<asio::cancellation_signal>::iterator signal_;
};

/// with_timeout() needs a value.
asio::awaitable<bool> shake_hands(asio::ssl::stream<tcp::socket&>& stream) {
  co_await stream.async_handshake(asio::ssl::stream_base::server, asio::use_awaitable);
  co_return true;
}

template <class State>
asio::awaitable<void> serve(std::shared_ptr<State> state, tcp::socket socket, std::string peer) {
  const FindRoute find = [&state](const std::string& path) { return state->find(path); };
  const HttpPatience patience{state->settings.patience, state->settings.longest_exchange};
  try {
    if (!state->tls) {
      auto serving = serve_connection(socket, socket, state->clock, patience, peer, find);
      co_await std::move(serving);
    } else {
      asio::ssl::stream<tcp::socket&> stream(socket, *state->tls);
      auto shaking = shake_hands(stream);
      const auto shaken = co_await with_timeout(state->clock, patience.header, std::move(shaking));
      if (shaken) {
        auto serving = serve_connection(stream, socket, state->clock, patience, peer, find);
        co_await std::move(serving);
      }
    }
  } catch (const boost::system::system_error& error) {
    spdlog::debug("HTTP {}: {}", peer, error.what());
  }
}

}  // namespace

HttpServer::HttpServer(asio::any_io_executor executor, Clock& clock, HttpSettings settings)
    : state_(std::make_shared<State>(std::move(executor), clock, std::move(settings))) {}

HttpServer::~HttpServer() = default;

void HttpServer::route(std::string path, HttpRoute route) {
  state_->routes.insert_or_assign(std::move(path), std::move(route));
}

Result<void> HttpServer::open() {
  return state_->listen();
}

std::uint16_t HttpServer::port() const {
  return state_->settings.port;
}

std::size_t HttpServer::connections() const {
  return state_->open.size();
}

asio::awaitable<void> HttpServer::run() {
  const auto state = state_;
  if (state->settings.address.empty()) {
    co_await state->clock.sleep_until(SteadyTime::max());
    co_return;
  }
  for (bool told = false; !state->acceptor.is_open();) {
    const auto opened = state->listen();
    if (opened) break;
    if (!std::exchange(told, true)) {
      spdlog::error("no HTTP yet, it is tried again: {}", opened.error().to_string());
    }
    co_await state->clock.sleep_for(kOpenAgainAfter);
  }
  spdlog::info("{} on {}", state->tls ? "HTTPS" : "HTTP in the clear", place(state->settings));
  struct Ending {
    explicit Ending(State& state_in) : state(state_in) {}
    Ending(const Ending&) = delete;
    Ending& operator=(const Ending&) = delete;
    ~Ending() {
      state.ending = true;
      error_code ignored;
      state.acceptor.close(ignored);
      // A connection that ends takes its signal with it.
      for (auto next = state.open.begin(); next != state.open.end();) {
        (next++)->emit(asio::cancellation_type::terminal);
      }
    }
    State& state;
  };
  const Ending ending(*state);
  for (;;) {
    error_code error;
    tcp::socket socket =
        co_await state->acceptor.async_accept(asio::redirect_error(asio::use_awaitable, error));
    rethrow_cancel(error);
    if (error) {
      co_await state->clock.sleep_for(kAcceptAgainAfter);
      continue;
    }
    const auto remote = socket.remote_endpoint(error);
    if (error) continue;  // gone already
    const auto of_address = state->by_address.find(remote.address());
    const bool too_many_of_it = of_address != state->by_address.end() &&
                                of_address->second >= state->settings.connections_per_address;
    if (too_many_of_it || state->open.size() >= state->settings.connections) continue;  // and is closed
    const auto seat = std::make_shared<Place<State>>(*state, remote.address());
    std::string peer = remote.address().to_string() + " port " + std::to_string(remote.port());
    auto serving = serve<State>(state, std::move(socket), std::move(peer));
    auto ended = [state, seat](const std::exception_ptr& bug) {
      // The coroutine that just ended still looks at its signal.
      asio::post(state->executor, [seat] {});
      if (bug) std::rethrow_exception(bug);
    };
    asio::co_spawn(state->executor, std::move(serving),
                   asio::bind_cancellation_slot(seat->slot(), std::move(ended)));
  }
}

}  // namespace xalink
