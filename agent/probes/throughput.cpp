#include "agent/probes/throughput.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/this_coro.hpp>
#include <cmath>
#include <utility>

#include "agent/probes/throughput_one_way.hpp"
#include "agent/tls_client.hpp"
#include "sparkplug/http_tunnel.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using throughput::Ended;
using throughput::kAsValue;
using throughput::OneWayTest;
using throughput::Outcome;
using throughput::Trouble;
using throughput::Way;
using throughput::WireBill;

constexpr Duration kToConnect = std::chrono::seconds(10);
// To shake hands and to be let in.
constexpr Duration kToBegin = std::chrono::seconds(10);
// Unsent in the kernel: what is measured is the link, not how much memory takes in at once.
constexpr int kUnsent = 16 * 1024;

asio::awaitable<Ended> connect(tcp::socket& socket, tcp::endpoint endpoint) {
  Ended ended;
  auto connected = co_await socket.async_connect(endpoint, kAsValue);
  if (const error_code error = std::get<0>(connected)) {
    rethrow_cancel(error);
    ended.trouble = Trouble("connect", error.message());
  }
  co_return ended;
}

/// Also where the question is in the clear: what is measured is the way to the gateway, and not how soon a
/// proxy that keeps answers has one.
asio::awaitable<Ended> pass_proxy(tcp::socket& socket, const ThroughputSettings& settings) {
  Ended ended;
  auto opening = open_tunnel(socket, *settings.proxy, settings.url.host, settings.url.port);
  const TunnelAnswer tunnel = co_await std::move(opening);
  if (tunnel.kind == TunnelAnswer::Kind::no_target) ended.trouble = Trouble("connect", tunnel.reason);
  if (tunnel.kind == TunnelAnswer::Kind::refused) ended.trouble = Trouble("proxy", tunnel.reason);
  co_return ended;
}

asio::awaitable<Ended> shake_hands(asio::ssl::stream<tcp::socket&>& stream) {
  Ended ended;
  auto shaken = co_await stream.async_handshake(asio::ssl::stream_base::client, kAsValue);
  if (const error_code error = std::get<0>(shaken)) {
    rethrow_cancel(error);
    ended.trouble = Trouble("tls", handshake_failure(stream.native_handle(), error));
  }
  co_return ended;
}

template <class Stream>
asio::awaitable<Outcome> run_test(Clock& clock, OneWayTest<Stream>& test) {
  auto beginning = test.begin();
  auto begun = co_await with_timeout(clock, kToBegin, std::move(beginning));
  if (!begun) co_return Trouble("connect", "the gateway does not answer in time");
  if (begun->trouble) co_return begun->trouble;
  auto running = test.run();
  auto ended = co_await with_timeout(clock, test.longest(), std::move(running));
  if (!ended) co_return Trouble("stalled", "nothing came through any more");
  co_return ended->trouble;
}

asio::awaitable<Outcome> test_one_way(Clock& clock, const ThroughputSettings& settings, const OwnKey& key,
                                      tcp::endpoint endpoint, Way way, std::uint64_t bytes,
                                      ThroughputResult& result) {
  auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  WireBill bill(socket, result.wire_bytes);
  auto connecting = connect(socket, endpoint);
  auto connected = co_await with_timeout(clock, kToConnect, std::move(connecting));
  if (!connected) co_return Trouble("connect", "no answer in time");
  if (connected->trouble) co_return connected->trouble;
  if (goes_through(settings.proxy, settings.url.host)) {
    auto passing = pass_proxy(socket, settings);
    auto passed = co_await with_timeout(clock, kToBegin, std::move(passing));
    if (!passed) co_return Trouble("proxy", "no answer in time");
    if (passed->trouble) co_return passed->trouble;
  }
  // With Nagle's algorithm: small pieces become full segments, as a download of anything would have them.
  (void)::setsockopt(socket.native_handle(), IPPROTO_TCP, TCP_NOTSENT_LOWAT, &kUnsent, sizeof kUnsent);
  if (settings.url.scheme != ServiceUrl::Scheme::https) {
    OneWayTest<tcp::socket> test(clock, socket, socket, settings, key, way, bytes, result, bill);
    auto testing = run_test(clock, test);
    Outcome outcome = co_await std::move(testing);
    co_return outcome;
  }
  asio::ssl::context context(asio::ssl::context::tls_client);
  if (const error_code error = trust(context, settings.ca_file))
    co_return Trouble("tls", settings.ca_file + ": " + error.message());
  asio::ssl::stream<tcp::socket&> stream(socket, context);
  if (!expect_host(stream.native_handle(), settings.url.host))
    co_return Trouble("tls", "the host name is not one that certificates can hold");
  auto shaking = shake_hands(stream);
  auto shaken = co_await with_timeout(clock, kToBegin, std::move(shaking));
  if (!shaken) co_return Trouble("tls", "no answer in time");
  if (shaken->trouble) co_return shaken->trouble;
  OneWayTest<asio::ssl::stream<tcp::socket&>> test(clock, stream, socket, settings, key, way, bytes, result,
                                                   bill);
  auto testing = run_test(clock, test);
  Outcome outcome = co_await std::move(testing);
  co_return outcome;
}

bool failed(const Outcome& outcome, std::string_view step, ThroughputResult& result) {
  if (!outcome) return false;
  result.failure = outcome->kind == "stalled" ? std::string(step) : outcome->kind;
  result.reason = std::string(step) + ": " + outcome->reason;
  return true;
}

}  // namespace

asio::awaitable<bool> measure_throughput(Clock& clock, ThroughputSettings settings, OwnKey key,
                                         std::uint64_t bytes_each_way,
                                         std::shared_ptr<ThroughputResult> result) {
  const NextHost next = next_host(settings.proxy, settings.url.host, settings.url.port);
  auto search = resolve(settings.resolver, next.host);
  const auto addresses = co_await with_timeout(clock, kToConnect, std::move(search));
  if (!addresses || !*addresses) {
    result->failure = "name";
    result->reason = "name: " + (addresses ? addresses->error().what : std::string("no answer in time"));
    co_return false;
  }
  tcp::endpoint endpoint;
  bool reached = false;
  for (std::size_t i = 0; i < (*addresses)->size() && !reached; ++i) {
    endpoint = tcp::endpoint((**addresses)[i], next.port);
    auto down = test_one_way(clock, settings, key, endpoint, Way::down, bytes_each_way, *result);
    const Outcome outcome = co_await std::move(down);
    if (failed(outcome, "download", *result)) {
      if (result->failure == "connect") continue;  // the next address may answer
      co_return false;
    }
    reached = true;
  }
  if (!reached) co_return false;
  result->failure.clear();
  result->reason.clear();
  auto up = test_one_way(clock, settings, key, endpoint, Way::up, bytes_each_way, *result);
  const Outcome outcome = co_await std::move(up);
  co_return !failed(outcome, "upload", *result);
}

std::vector<Value> values_of_result(const ThroughputResult& result, bool metered) {
  const auto bits = [](const std::optional<double>& rate) -> Value {
    if (!rate) return std::monostate{};
    return std::uint64_t(std::llround(*rate));
  };
  const auto time = [](const std::optional<Duration>& took) -> Value {
    if (!took) return std::monostate{};
    return std::uint64_t(std::chrono::duration_cast<Milliseconds>(*took).count());
  };
  const auto number = [](const auto& counted) -> Value {
    if (!counted) return std::monostate{};
    return std::uint64_t{*counted};
  };
  const auto text = [](const std::string& words) -> Value {
    if (words.empty()) return std::monostate{};
    return words;
  };
  std::vector<Value> values;
  values.push_back(bits(result.download));
  values.push_back(bits(result.upload));
  values.push_back(time(result.download_took));
  values.push_back(time(result.upload_took));
  values.push_back(number(result.rtt_min_us));
  values.push_back(number(result.rtt_loaded_us));
  values.push_back(number(result.retransmits));
  values.emplace_back(result.wire_bytes);
  values.emplace_back(metered);
  values.push_back(text(result.failure));
  values.push_back(text(result.reason));
  return values;
}

}  // namespace xalink
