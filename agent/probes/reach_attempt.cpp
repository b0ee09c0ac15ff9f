#include "agent/probes/reach_attempt.hpp"

#include <openssl/ssl.h>

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "agent/tls_client.hpp"
#include "sparkplug/http_proxy.hpp"
#include "sparkplug/http_tunnel.hpp"
#include "sparkplug/rethrow_cancel.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kLongestHead = 8192;
// Only the head of the answer is read; this is what a server can send of the rest before it is told to stop.
constexpr int kReceiveBuffer = 8192;
constexpr std::uint16_t kProxyWantsCredentials = 407;  // RFC 9110, section 15.5.8

asio::awaitable<error_code> connect_to(tcp::socket& socket, tcp::endpoint endpoint) {
  auto result = co_await socket.async_connect(endpoint, kAsValue);
  const error_code error = std::get<0>(result);
  rethrow_cancel(error);
  co_return error;
}

/// Each address in turn, with an even share of the time that is left: one dead address must not eat it all.
asio::awaitable<bool> connect(Clock& clock, tcp::socket& socket,
                              const std::vector<asio::ip::address>& addresses, std::uint16_t port,
                              SteadyTime deadline, ReachProgress& progress) {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const Duration share = (deadline - clock.steady()) / static_cast<std::int64_t>(addresses.size() - i);
    const tcp::endpoint endpoint(addresses[i], port);
    error_code ignored;
    socket.close(ignored);
    socket.open(endpoint.protocol(), ignored);
    socket.set_option(tcp::socket::receive_buffer_size(kReceiveBuffer), ignored);
    const SteadyTime begin = clock.steady();
    auto connecting = connect_to(socket, endpoint);
    const auto error = co_await with_timeout(clock, share, std::move(connecting));
    if (error && !*error) {
      progress.connect = clock.steady() - begin;
      co_return true;
    }
    progress.reason = error ? error->message() : "no answer in time";
  }
  co_return false;
}

// Between looks at the certificate. A wrong one is seen at once: who has not the key resumes nothing.
constexpr Duration kResumeFor = std::chrono::minutes(59);

/// Status of "HTTP/1.1 200 OK"; nothing when it is no such line.
std::optional<std::uint16_t> status_of(std::string_view line) {
  constexpr std::size_t kCode = std::string_view("HTTP/1.1 ").size();
  if (!line.starts_with("HTTP/1.") || line.size() < kCode + 3 || line[kCode - 1] != ' ') return std::nullopt;
  std::uint16_t status = 0;
  const char* const code = line.data() + kCode;
  const auto parsed = std::from_chars(code, code + 3, status);
  if (parsed.ec != std::errc{} || parsed.ptr != code + 3 || status < 100 || status > 599) return std::nullopt;
  return status;
}

std::string read_reason(const error_code& error) {
  const bool closed = error == asio::error::eof || error == asio::ssl::error::stream_truncated;
  return closed ? "closed without an answer" : error.message();
}

/// Of a header field of the answer, e.g. "date"; nothing when it is not there.
std::optional<std::string_view> field_of(std::string_view head, std::string_view name) {
  const auto lower = [](char letter) { return letter >= 'A' && letter <= 'Z' ? letter + 32 : int{letter}; };
  while (!head.empty()) {
    const std::string_view line = head.substr(0, head.find('\n'));
    head.remove_prefix(std::min(line.size() + 1, head.size()));
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    const auto same = [&](char a, char b) { return lower(a) == b; };
    if (!std::equal(name.begin(), name.end(), line.begin(), [&](char b, char a) { return same(a, b); }))
      continue;
    std::string_view value = line.substr(name.size() + 1);
    while (!value.empty() && (value.front() == ' ' || value.front() == '\t')) value.remove_prefix(1);
    while (!value.empty() && (value.back() == ' ' || value.back() == '\r')) value.remove_suffix(1);
    return value;
  }
  return std::nullopt;
}

/// "Sun, 06 Nov 1994 08:49:37 GMT" (RFC 9110, section 5.6.7). The program never leaves the C locale.
std::optional<WallTime> date_of(std::string_view head) {
  const auto field = field_of(head, "date");
  if (!field) return std::nullopt;
  std::tm parts{};
  const std::string text(*field);
  const char* const end = ::strptime(text.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  if (end == nullptr || *end != '\0') return std::nullopt;
  return WallTime(std::chrono::seconds(::timegm(&parts)));
}

/// GET, and the head of the answer. The rest is left unread: it is their bytes and our data budget.
template <class Stream>
asio::awaitable<bool> ask(Clock& clock, Stream& stream, const ReachSettings& settings,
                          ReachProgress& progress) {
  progress.step = ReachProgress::Step::http;
  const ServiceUrl& url = settings.url;
  std::string path = url.path;
  std::string credentials;
  const bool asks_proxy = url.scheme == ServiceUrl::Scheme::http && goes_through(settings.proxy, url.host);
  if (asks_proxy) {
    path = "http://" + authority(url) + path;
    credentials = credentials_line(*settings.proxy);
  }
  const std::string request = "GET " + path + " HTTP/1.1\r\n" + credentials + "Host: " + authority(url) +
                              "\r\nUser-Agent: xalink-agent\r\nAccept: */*\r\nConnection: close\r\n\r\n";
  auto written = co_await asio::async_write(stream, asio::buffer(request), kAsValue);
  if (const error_code error = std::get<0>(written)) {
    rethrow_cancel(error);
    progress.reason = error.message();
    co_return false;
  }
  const SteadyTime asked = clock.steady();
  std::array<char, 1024> block{};
  std::string head;
  bool ended = false;
  while (!ended) {
    auto result = co_await stream.async_read_some(asio::buffer(block), kAsValue);
    const auto& [error, size] = result;
    rethrow_cancel(error);
    if (size > 0 && !progress.first_byte) progress.first_byte = clock.steady() - asked;
    head.append(block.data(), size);
    const bool has_line = head.find('\n') != std::string::npos;
    if (!has_line && (error || head.size() > 4 * block.size())) {
      progress.reason = error ? read_reason(error) : "the answer is not HTTP";
      co_return false;
    }
    if (has_line && !progress.http_status) {
      progress.http_status = status_of(head);
      if (!progress.http_status) {
        progress.reason = "the answer is not HTTP";
        co_return false;
      }
    }
    // More than the status is a gift: heads that break off or are long still have one.
    ended = has_line && (error || head.find("\r\n\r\n") != std::string::npos || head.size() > kLongestHead);
  }
  if (asks_proxy && *progress.http_status == kProxyWantsCredentials) {
    // The service was not asked: what was timed is the proxy's, as where it opens no tunnel.
    progress.step = ReachProgress::Step::proxy;
    progress.reason = tunnel_answer(head).reason;
    progress.connect.reset();
    progress.first_byte.reset();
    progress.http_status.reset();
    co_return false;
  }
  progress.date = date_of(head);
  if (*progress.http_status >= 400) {
    progress.reason = "status " + std::to_string(*progress.http_status);
    co_return false;
  }
  co_return true;
}

std::string why_refused(SSL* connection, const std::optional<PeerCertificate>& certificate,
                        const error_code& error) {
  std::string reason = certificate_fault(connection);
  if (reason.empty()) return read_reason(error);
  if (certificate) reason += "; issued by \"" + certificate->issuer + "\"";
  return reason;
}

asio::awaitable<bool> ask_over_tls(Clock& clock, tcp::socket& socket, const ReachSettings& settings,
                                   TlsMemory& memory, ReachProgress& progress) {
  progress.step = ReachProgress::Step::tls;
  asio::ssl::context context(asio::ssl::context::tls_client);
  if (settings.verify) {
    if (const error_code unusable = trust(context, settings.ca_file)) {
      progress.reason = "cannot load the certificates to trust: " + unusable.message();
      co_return false;
    }
  }
  asio::ssl::stream<tcp::socket&> stream(socket, context);
  SSL* const connection = stream.native_handle();
  if (!expect_host(connection, settings.url.host, settings.verify ? Proof::demanded : Proof::not_asked)) {
    progress.reason = "the host name is not one that certificates can hold";
    co_return false;
  }
  stream.set_verify_callback([&progress](bool verified, asio::ssl::verify_context& shown) {
    return look_at_certificate(verified, shown.native_handle(), progress.certificate);
  });
  const SteadyTime begin = clock.steady();
  if (begin - memory.since >= kResumeFor) memory.forget();
  if (memory.session() != nullptr) SSL_set_session(connection, memory.session());
  auto shaken = co_await stream.async_handshake(asio::ssl::stream_base::client, kAsValue);
  if (const error_code error = std::get<0>(shaken)) {
    rethrow_cancel(error);
    memory.forget();
    progress.reason = why_refused(connection, progress.certificate, error);
    co_return false;
  }
  progress.handshake = clock.steady() - begin;
  progress.resumed = SSL_session_reused(connection) == 1;
  if (progress.resumed) {
    progress.certificate = memory.certificate;
  } else {
    memory.forget();
    memory.certificate = progress.certificate;
    memory.since = begin;
  }
  auto asking = ask(clock, stream, settings, progress);
  const bool answered = co_await std::move(asking);
  const bool in_time = !progress.certificate || !progress.certificate->fault;
  if (answered && in_time && settings.verify) {
    // Told to be over, or the library would not let it be resumed.
    SSL_set_shutdown(connection, SSL_SENT_SHUTDOWN | SSL_RECEIVED_SHUTDOWN);
    memory.keep(SSL_get1_session(connection));
  } else {
    memory.forget();
  }
  co_return answered;
}

asio::awaitable<bool> pass_proxy(Clock& clock, tcp::socket& socket, const ReachSettings& settings,
                                 ReachProgress& progress) {
  const Duration before = progress.connect.value_or(Duration::zero());
  progress.connect.reset();
  const SteadyTime begin = clock.steady();
  auto opening = open_tunnel(socket, *settings.proxy, settings.url.host, settings.url.port);
  const TunnelAnswer tunnel = co_await std::move(opening);
  if (tunnel.kind == TunnelAnswer::Kind::open) {
    progress.connect = before + (clock.steady() - begin);
    co_return true;
  }
  if (tunnel.kind == TunnelAnswer::Kind::no_target) progress.step = ReachProgress::Step::connect;
  progress.reason = tunnel.reason;
  co_return false;
}

}  // namespace

void TlsMemory::forget() {
  SSL_SESSION_free(session_);
  session_ = nullptr;
}

NextHost next_host(const ReachSettings& settings) {
  return next_host(settings.proxy, settings.url.host, settings.url.port);
}

std::string to_string(ReachProgress::Step step) {
  switch (step) {
    case ReachProgress::Step::name: return "name";
    case ReachProgress::Step::proxy: return "proxy";
    case ReachProgress::Step::connect: return "connect";
    case ReachProgress::Step::tls: return "TLS";
    case ReachProgress::Step::http: return "HTTP";
    case ReachProgress::Step::done: return "done";
  }
  return "done";
}

asio::awaitable<bool> attempt_reach(Clock& clock, const ReachSettings& settings,
                                    const std::vector<asio::ip::address>& addresses, SteadyTime deadline,
                                    TlsMemory& memory, ReachProgress& progress) {
  auto executor = co_await asio::this_coro::executor;
  const NextHost next = next_host(settings);
  progress.step = next.proxied ? ReachProgress::Step::proxy : ReachProgress::Step::connect;
  tcp::socket socket(executor);
  auto connecting = connect(clock, socket, addresses, next.port, deadline, progress);
  const bool connected = co_await std::move(connecting);
  if (!connected) co_return false;
  // In the clear the question itself goes to the proxy: many tunnel to TLS ports only.
  if (next.proxied && settings.url.scheme != ServiceUrl::Scheme::http) {
    auto tunnelling = pass_proxy(clock, socket, settings, progress);
    const bool passed = co_await std::move(tunnelling);
    if (!passed) co_return false;
  }
  progress.reason.clear();

  bool answered = true;
  if (settings.url.scheme == ServiceUrl::Scheme::https) {
    auto asking = ask_over_tls(clock, socket, settings, memory, progress);
    answered = co_await std::move(asking);
  } else if (settings.url.scheme == ServiceUrl::Scheme::http) {
    auto asking = ask(clock, socket, settings, progress);
    answered = co_await std::move(asking);
  }
  if (answered) progress.step = ReachProgress::Step::done;
  co_return answered;
}

}  // namespace xalink
