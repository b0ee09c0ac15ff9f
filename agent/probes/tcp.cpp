#include "agent/probes/tcp.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/system/error_code.hpp>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "agent/probes/value_of.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/rethrow_cancel.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

asio::awaitable<error_code> connect_to(tcp::endpoint endpoint) {
  auto executor = co_await asio::this_coro::executor;
  tcp::socket socket(executor);
  auto result = co_await socket.async_connect(endpoint, asio::as_tuple(asio::use_awaitable));
  const error_code error = std::get<0>(result);
  rethrow_cancel(error);
  co_return error;
}

}  // namespace

Result<tcp::endpoint> parse_endpoint(std::string_view text) {
  const auto wrong = [&] {
    return failure(std::string(text), "is not an IP address with a port",
                   "write it as \"192.0.2.1:443\" or \"[2001:db8::1]:443\"");
  };
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  auto host = text.substr(0, colon);
  const auto digits = text.substr(colon + 1);
  const bool brackets = host.starts_with('[') && host.ends_with(']');
  if (brackets) host = host.substr(1, host.size() - 2);
  error_code error;
  const auto address = asio::ip::make_address(std::string(host), error);
  std::uint16_t port = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  const bool whole = read.ec == std::errc() && read.ptr == digits.data() + digits.size() && port > 0;
  if (error || !whole || address.is_v6() != brackets) return wrong();
  return tcp::endpoint(address, port);
}

TcpProbe::TcpProbe(const asio::any_io_executor& /*executor*/, Clock& clock, TcpSettings settings)
    : clock_(clock), settings_(std::move(settings)), schema_(tcp_schema(settings_.subject)) {}

asio::awaitable<std::vector<Value>> TcpProbe::measure(SteadyTime deadline) {
  const SteadyTime begin = clock_.steady();
  auto connecting = connect_to(settings_.endpoint);
  const auto error = co_await with_timeout(clock_, deadline - begin, std::move(connecting));
  std::vector<Value> values(2);
  if (error && !*error) {
    values[0] = std::uint64_t{microseconds(clock_.steady() - begin)};
  } else {
    values[1] = error ? error->message() : std::string("no answer in time");
  }
  co_return values;
}

}  // namespace xalink
