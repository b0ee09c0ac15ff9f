#include "agent/probes/resolver.hpp"

#include <ares.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <array>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/system/system_error.hpp>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "agent/probes/ares_channel.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kDnsHeader = 12;  // RFC 1035, section 4.1.1

std::string response_code(unsigned code) {
  // RFC 6895, section 2.3.
  constexpr std::array<std::string_view, 11> kNames = {"NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
                                                       "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
                                                       "NXRRSET", "NOTAUTH", "NOTZONE"};
  return code < kNames.size() ? std::string(kNames[code]) : "RCODE" + std::to_string(code);
}

std::uint32_t count_addresses(const unsigned char* bytes, int size, AddressType type) {
  constexpr int kMost = 255;
  int count = kMost;
  int status = ARES_SUCCESS;
  if (type == AddressType::a) {
    std::array<ares_addrttl, kMost> found{};
    status = ares_parse_a_reply(bytes, size, nullptr, found.data(), &count);
  } else {
    std::array<ares_addr6ttl, kMost> found{};
    status = ares_parse_aaaa_reply(bytes, size, nullptr, found.data(), &count);
  }
  return status == ARES_SUCCESS && count > 0 ? static_cast<std::uint32_t>(count) : 0;
}

/// What the callback of a question needs; lives in the coroutine, which outlives the channel.
struct Question {
  Clock& clock;
  AresChannel& channel;
  AddressType type;
  SteadyTime asked;
  DnsAnswer answer;
};

void describe(DnsAnswer& answer, AddressType type) {
  const std::string record = type == AddressType::a ? "A" : "AAAA";
  if (answer.status == "NXDOMAIN") {
    answer.reason = "the name does not exist";
  } else if (answer.status != "NOERROR") {
    answer.reason = "the server answered " + answer.status;
  } else if (answer.addresses == 0) {
    answer.reason = "the name has no " + record + " record";
  }
}

void answered(void* argument, int status, int /*timeouts*/, unsigned char* bytes, int size) {
  auto& question = *static_cast<Question*>(argument);
  DnsAnswer& answer = question.answer;
  if (bytes != nullptr && size >= static_cast<int>(kDnsHeader)) {
    answer.time = question.clock.steady() - question.asked;
    answer.status = response_code(bytes[3] & 0x0fU);
    answer.addresses = count_addresses(bytes, size, question.type);
    describe(answer, question.type);
  } else {
    switch (status) {
      case ARES_ETIMEOUT:
      case ARES_ECANCELLED:
      case ARES_EDESTRUCTION: answer.status = "timeout"; break;
      case ARES_ECONNREFUSED: answer.status = "unreachable"; break;
      default: answer.status = "malformed"; break;
    }
    answer.reason = answer.status == "timeout" ? "no answer in time" : ares_strerror(status);
  }
  question.channel.finish();
}

struct Lookup {
  AresChannel& channel;
  int status = ARES_SUCCESS;
  std::vector<asio::ip::address> addresses;
};

std::string no_address(int status) {
  switch (status) {
    case ARES_SUCCESS:
    case ARES_ENODATA: return "the name has no address";
    case ARES_ENOTFOUND: return "the name does not exist";
    case ARES_ETIMEOUT: return "no DNS server answered";
    case ARES_ECONNREFUSED: return "no DNS server can be reached";
    default: return ares_strerror(status);
  }
}

void found(void* argument, int status, int /*timeouts*/, ares_addrinfo* list) {
  auto& lookup = *static_cast<Lookup*>(argument);
  lookup.status = status;
  for (const ares_addrinfo_node* node = list != nullptr ? list->nodes : nullptr; node != nullptr;
       node = node->ai_next) {
    // Copied out: the list promises no alignment beyond a sockaddr's.
    if (node->ai_family == AF_INET && node->ai_addrlen >= sizeof(sockaddr_in)) {
      sockaddr_in address{};
      std::memcpy(&address, node->ai_addr, sizeof address);
      asio::ip::address_v4::bytes_type bytes{};
      std::memcpy(bytes.data(), &address.sin_addr, bytes.size());
      lookup.addresses.emplace_back(asio::ip::address_v4(bytes));
    } else if (node->ai_family == AF_INET6 && node->ai_addrlen >= sizeof(sockaddr_in6)) {
      sockaddr_in6 address{};
      std::memcpy(&address, node->ai_addr, sizeof address);
      asio::ip::address_v6::bytes_type bytes{};
      std::memcpy(bytes.data(), &address.sin6_addr, bytes.size());
      lookup.addresses.emplace_back(asio::ip::address_v6(bytes, address.sin6_scope_id));
    }
  }
  if (list != nullptr) ares_freeaddrinfo(list);
  lookup.channel.finish();
}

}  // namespace

Result<void> check_servers(const std::vector<std::string>& servers) {
  ares_channel channel = nullptr;
  // Asked one by one, so that the error names the wrong one.
  for (const std::string& server : servers) {
    int status = server.find_first_of(", ") == std::string::npos ? ares_init(&channel) : int{ARES_EBADSTR};
    if (status == ARES_SUCCESS) {
      status = ares_set_servers_ports_csv(channel, server.c_str());
      ares_destroy(channel);
    }
    if (status != ARES_SUCCESS || server.empty()) {
      return failure("DNS server \"" + server + "\"", "is not an address",
                     "Give an address, with a port where it is not 53: 192.0.2.53, 192.0.2.53:5353, "
                     "[2001:db8::53]:53");
    }
  }
  return {};
}

asio::awaitable<DnsAnswer> ask(Clock& clock, ResolverSettings settings, std::string name, AddressType type) {
  auto executor = co_await asio::this_coro::executor;
  const auto channel = std::make_shared<AresChannel>(executor);
  Question question{clock, *channel, type, clock.steady(), DnsAnswer{}};
  const ClosesAres closes(channel);
  // NOCHECKRESP: the response code is the measurement; c-ares would hide SERVFAIL and REFUSED.
  const auto opened = channel->open(settings.servers, settings.retry_after, ARES_FLAG_NOCHECKRESP);
  if (!opened) {
    question.answer.status = "unreachable";
    question.answer.reason = opened.error().what;
    co_return question.answer;
  }
  question.asked = clock.steady();
  ares_query(channel->native(), name.c_str(), ns_c_in, type == AddressType::a ? ns_t_a : ns_t_aaaa, &answered,
             &question);
  co_await channel->finished();
  co_return question.answer;
}

asio::awaitable<Result<std::vector<asio::ip::address>>> resolve(ResolverSettings settings, std::string host) {
  boost::system::error_code not_literal;
  const auto literal = asio::ip::make_address(host, not_literal);
  if (!not_literal) co_return std::vector<asio::ip::address>{literal};

  auto executor = co_await asio::this_coro::executor;
  const auto channel = std::make_shared<AresChannel>(executor);
  Lookup lookup{*channel, ARES_SUCCESS, {}};
  const ClosesAres closes(channel);
  const auto opened = channel->open(settings.servers, settings.retry_after, 0);
  if (!opened) co_return Unexpected(opened.error());
  ares_addrinfo_hints hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  ares_getaddrinfo(channel->native(), host.c_str(), nullptr, &hints, &found, &lookup);
  co_await channel->finished();
  if (lookup.status == ARES_SUCCESS && !lookup.addresses.empty()) co_return std::move(lookup.addresses);
  co_return failure(host, no_address(lookup.status),
                    "See whether the name is right and the DNS probes have answers");
}

}  // namespace xalink
