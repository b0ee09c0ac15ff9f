#include "agent/doctor/ask_broker.hpp"

#include <algorithm>
#include <boost/asio/this_coro.hpp>
#include <utility>
#include <variant>

#include "agent/probes/reach.hpp"
#include "agent/probes/reach_attempt.hpp"
#include "agent/probes/resolver.hpp"
#include "sparkplug/mqtt_refusal.hpp"
#include "sparkplug/paho_session.hpp"
#include "sparkplug/payload.hpp"
#include "sparkplug/topic.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr std::chrono::seconds kPatience(10);
/// For the gateway's STATE, which the broker keeps and sends at once.
constexpr Duration kStatePatience = std::chrono::seconds(3);

using Addresses = std::vector<asio::ip::address>;

asio::awaitable<Addresses> look_up(Clock& clock, const BrokerSettings& broker, BrokerFacts& facts) {
  NextHost next = next_host(broker.proxy, broker.host, broker.port);
  auto resolving = resolve(ResolverSettings(), std::move(next.host));
  auto addresses = co_await with_timeout(clock, kPatience, std::move(resolving));
  if (addresses && *addresses) co_return std::move(**addresses);
  facts.stopped_at = BrokerFacts::Step::name;
  facts.reason = addresses ? addresses->error().what : "no answer in time";
  co_return Addresses();
}

asio::awaitable<bool> connects(Clock& clock, const BrokerSettings& broker, const Addresses& addresses,
                               BrokerFacts& facts) {
  ReachSettings settings;
  settings.url = ServiceUrl{ServiceUrl::Scheme::tcp, broker.host, broker.port, {}};
  settings.proxy = broker.proxy;
  ReachProgress progress;
  TlsMemory unused;
  auto attempt = attempt_reach(clock, settings, addresses, clock.steady() + kPatience, unused, progress);
  const auto there = co_await with_timeout(clock, kPatience, std::move(attempt));
  facts.connect_time = progress.connect;
  if (there.value_or(false)) co_return true;
  const bool at_proxy = progress.step == ReachProgress::Step::proxy;
  facts.stopped_at = at_proxy ? BrokerFacts::Step::proxy : BrokerFacts::Step::connect;
  facts.reason = there ? progress.reason : "no answer in time";
  co_return false;
}

/// The state that the broker keeps of the gateway; nothing when it keeps none.
asio::awaitable<bool> hear_state(PahoSession& session, BrokerFacts& facts) {
  while (true) {
    auto hearing = session.next();
    const SessionEvent event = co_await std::move(hearing);
    const auto* message = std::get_if<IncomingMessage>(&event);
    if (message == nullptr) co_return false;
    const auto state = decode_state(message->payload);
    if (!state) continue;
    facts.gateway_online = state->online;
    co_return true;
  }
}

asio::awaitable<void> speak(Clock& clock, PahoSession& session, const AgentConfig& config,
                            const Addresses& addresses, BrokerFacts& facts) {
  OutgoingMessage no_will;
  auto connecting =
      session.connect("xalink-" + config.site.group + "-" + config.site.node + "-doctor", std::move(no_will));
  const auto connected = co_await std::move(connecting);
  if (!connected) {
    facts.stopped_at = BrokerFacts::Step::session;
    facts.reason = connected.error().what;
    if (config.broker.tls && connected.error() == not_reachable(config.broker)) {
      auto looking = handshake_trouble(clock, config.broker, addresses);
      auto trouble = co_await with_timeout(clock, kPatience, std::move(looking));
      if (!trouble || trouble->empty()) co_return;
      facts.stopped_at = BrokerFacts::Step::tls;
      facts.reason = std::move(*trouble);
    }
    co_return;
  }
  facts.stopped_at = BrokerFacts::Step::done;
  if (config.primary_host.empty()) co_return;
  const Topic state{MessageType::state, {}, config.primary_host, {}};
  std::vector<std::string> filters{to_string(state)};
  auto subscribing = session.subscribe(std::move(filters));
  const auto subscribed = co_await std::move(subscribing);
  if (!subscribed) {
    facts.stopped_at = BrokerFacts::Step::subscribe;
    facts.reason = subscribed.error().what;
    co_return;
  }
  auto hearing = hear_state(session, facts);
  (void)co_await with_timeout(clock, kStatePatience, std::move(hearing));
}

}  // namespace

asio::awaitable<void> ask_broker(Clock& clock, const AgentConfig& config, BrokerFacts& facts) {
  facts.asked = true;
  if (goes_through(config.broker.proxy, config.broker.host)) {
    facts.proxy = config.broker.proxy->host + ":" + std::to_string(config.broker.proxy->port);
  }
  auto looking_up = look_up(clock, config.broker, facts);
  const Addresses addresses = co_await std::move(looking_up);
  if (addresses.empty()) co_return;
  auto connecting = connects(clock, config.broker, addresses, facts);
  const bool there = co_await std::move(connecting);
  if (!there) co_return;
  auto executor = co_await asio::this_coro::executor;
  BrokerSettings broker = config.broker;
  broker.connect_timeout = std::min(broker.connect_timeout, kPatience);
  PahoSession session(executor, clock, std::move(broker));
  auto speaking = speak(clock, session, config, addresses, facts);
  co_await std::move(speaking);
  auto closing = session.close();
  co_await std::move(closing);
}

}  // namespace xalink
