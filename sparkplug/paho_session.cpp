#include "sparkplug/paho_session.hpp"

#include <MQTTAsync.h>
#include <mqtt/async_client.h>

#include <limits>
#include <mutex>
#include <utility>

#include "sparkplug/mqtt_connection.hpp"
#include "sparkplug/mqtt_refusal.hpp"
#include "sparkplug/proxy_relay.hpp"
#include "sparkplug/session_loop.hpp"
#include "sparkplug/socket_options.hpp"

namespace asio = boost::asio;

#if defined(__SANITIZE_ADDRESS__)
/// A message that is half in the socket when the connection breaks is never freed by Paho C 1.3.12: one
/// for each such break, which is why it only ever has one (see SessionLoop::send_next()).
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpaho-mqtt3as\n";
}
#endif

#if defined(__SANITIZE_THREAD__)
/// Paho C++ is not instrumented: TSan does not see that its shared_ptr counts order the last release.
extern "C" const char* __tsan_default_suppressions();
extern "C" const char* __tsan_default_suppressions() {
  return "race:libpaho-mqttpp3\n";
}
#endif

namespace mqtt {
/// A friend of disconnect_options by name. Paho C++ 1.2.0 fills in version 0 of the C struct, which knows
/// no reason code, and so sends 0 whatever was set.
class disconnect_options_test {
 public:
  static void enable_reason_code(disconnect_options& options) { options.opts_.struct_version = 1; }
};
}  // namespace mqtt

namespace xalink {
namespace {

/// Paho C starts its threads and tables with a process's first client and ends them with its last,
/// taking a second for it, and a client that is made meanwhile loses the ground under its feet. One
/// client that never connects, shared by all sessions, keeps them up between two connections.
class PahoLibrary {
 public:
  static std::shared_ptr<PahoLibrary> share() {
    static std::mutex guard;
    static std::weak_ptr<PahoLibrary> shared;
    const std::scoped_lock lock(guard);
    auto library = shared.lock();
    if (!library) {
      leave_openssl_alone();
      library = std::shared_ptr<PahoLibrary>(new PahoLibrary, [](PahoLibrary* last) {
        const std::scoped_lock ending(guard);
        delete last;
      });
      shared = library;
    }
    return library;
  }

 private:
  PahoLibrary() : keeper_("tcp://127.0.0.1:1883", "keeper") {}
  ~PahoLibrary() = default;

  /// Paho would have OpenSSL load all that it can do, TLS or not: 1.4 MiB of a small board. Since 1.1
  /// OpenSSL starts by itself with the first TLS connection.
  static void leave_openssl_alone() {
    MQTTAsync_init_options options = MQTTAsync_init_options_initializer;
    options.do_openssl_init = 0;
    MQTTAsync_global_init(&options);
  }

  mqtt::async_client keeper_;
};

/// Paho's side of one connection: one client, and callbacks that only post values to the loop. They run
/// on Paho's threads, never throw and never wait. Paho calls none of them after its client is freed (both
/// happen under its lock), so disable_callbacks(), which leaks every message that still comes, is not
/// needed.
class PahoConnection final : public MqttConnection, private mqtt::iaction_listener {
 public:
  PahoConnection(BrokerSettings broker, PahoOptions options, std::shared_ptr<const ProxyRelay> relay,
                 MqttReports reports)
      : broker_(std::move(broker)),
        options_(options),
        relay_(std::move(relay)),
        reports_(std::move(reports)) {}

  void open(const std::string& client_id, const OutgoingMessage& will, MqttTicket ticket) override {
    try {
      // The constructor that takes a number of messages would also buffer while offline; without any
      // number Paho refuses the 101st message that waits for the socket.
      mqtt::create_options create(version());
      create.set_max_buffered_messages(std::numeric_limits<int>::max());
      client_ = std::make_unique<mqtt::async_client>(uri(), client_id, create);
      client_->set_message_callback(
          [this](const mqtt::const_message_ptr& message) { message_arrived(*message); });
      client_->set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode code) {
        reports_.ended(
            disconnect_reason(code));  // MQTT 5 only; Paho itself would wait for the socket to close
      });
      client_->set_connection_lost_handler([this](const std::string&) {
        reports_.ended("the connection broke or the broker stopped answering");
      });
      client_->connect(connect_options(will), context(ticket), *this);
    } catch (const mqtt::exception& refusal) {
      reports_.completed(ticket, MqttOutcome{false, refusal.get_return_code(), {}});
    }
  }

  void free() override { client_.reset(); }

  bool publish(OutgoingMessage message, MqttTicket ticket) override {
    return hand_over([&] {
      auto parcel =
          mqtt::message::create(mqtt::string_ref(std::move(message.topic)),
                                mqtt::binary_ref(std::move(message.payload)), message.qos, message.retain);
      client_->publish(std::move(parcel), context(ticket), *this);
    });
  }
  bool subscribe(const std::vector<std::string>& filters, MqttTicket ticket) override {
    return hand_over([&] {
      const mqtt::iasync_client::qos_collection qos(filters.size(), 1);
      client_->subscribe(mqtt::string_collection::create(filters), qos, context(ticket), *this);
    });
  }
  /// MQTT 5 has a reason code for it; with 3.1.1 a node publishes its NDEATH itself.
  bool disconnect_with_will(MqttTicket ticket) override {
    if (broker_.version != MqttVersion::v5 || options_.goodbye == PahoOptions::Goodbye::plain) return false;
    return hand_over([&] {
      mqtt::disconnect_options options;
      options.set_reason_code(mqtt::ReasonCode::DISCONNECT_WITH_WILL_MESSAGE);
      mqtt::disconnect_options_test::enable_reason_code(options);
      const auto token = client_->disconnect(options);
      // No overload takes options and a listener; the action may have ended before it is set.
      token->set_user_context(context(ticket));
      token->set_action_callback(*this);
      if (token->is_complete()) reports_.completed(ticket, MqttOutcome{true, 0, {}});
    });
  }

 private:
  void on_success(const mqtt::token& token) override {
    MqttOutcome outcome{true, token.get_return_code(), {}};
    // The broker gives a client up after one and a half times its keep-alive; so does the client then.
    if (token.get_type() == mqtt::token::Type::CONNECT)
      prepare_connections_to(relay_ ? broker_.proxy->port : broker_.port, broker_.keep_alive * 3 / 2);
    if (token.get_type() == mqtt::token::Type::SUBSCRIBE) outcome = granted(token);
    reports_.completed(ticket_of(token), std::move(outcome));
  }
  void on_failure(const mqtt::token& token) override {
    reports_.completed(ticket_of(token), MqttOutcome{false, code_of(token), {}});
  }

  [[nodiscard]] int version() const { return static_cast<int>(broker_.version); }
  [[nodiscard]] std::string uri() const {
    const std::string name = broker_name(broker_);
    return (broker_.tls ? "ssl" : "tcp") + name.substr(name.find("://"));
  }
  /// Paho gives it back with the action's end; it is a number, never followed.
  static void* context(MqttTicket id) {
    return reinterpret_cast<void*>(id);  // NOLINT(performance-no-int-to-ptr)
  }
  static MqttTicket ticket_of(const mqtt::token& token) {
    return reinterpret_cast<MqttTicket>(token.get_user_context());
  }

  /// The broker's reason (MQTT 5) if it gave one, else the return code. Paho marks "none" with 255.
  static int code_of(const mqtt::token& token) {
    const int reason = token.get_reason_code();
    return reason >= 0x80 && reason < 0xFF ? reason : token.get_return_code();
  }

  [[nodiscard]] mqtt::connect_options connect_options(const OutgoingMessage& will) const;

  static MqttOutcome granted(const mqtt::token& token) {
    MqttOutcome outcome{true, 0, {}};
    try {
      const auto response = token.get_subscribe_response();
      for (const auto code : response.get_reason_codes()) outcome.granted.push_back(static_cast<int>(code));
    } catch (const std::exception&) {  // MQTT 5: the first filter was refused
      outcome = MqttOutcome{false, code_of(token), {}};
    }
    return outcome;
  }

  template <class Action>
  bool hand_over(const Action& action) {
    try {
      action();
      return true;
    } catch (const mqtt::exception&) {
      return false;
    }
  }

  void message_arrived(const mqtt::message& message) {
    const auto& topic = message.get_topic_ref();
    const auto& payload = message.get_payload_ref();
    reports_.arrived({topic.data(), topic.size()}, {payload.data(), payload.size()}, message.is_retained());
  }

  BrokerSettings broker_;
  PahoOptions options_;
  std::shared_ptr<const ProxyRelay> relay_;
  MqttReports reports_;
  std::unique_ptr<mqtt::async_client> client_;
};

mqtt::connect_options PahoConnection::connect_options(const OutgoingMessage& will) const {
  mqtt::connect_options options;
  options.set_mqtt_version(version());
  if (broker_.version == MqttVersion::v5) {
    options.set_clean_start(true);
  } else {
    options.set_clean_session(true);
  }
  options.set_automatic_reconnect(false);
  options.set_keep_alive_interval(broker_.keep_alive);
  options.set_connect_timeout(broker_.connect_timeout);
  // For QoS 1; the broker's own limit (20 in Mosquitto) holds besides.
  options.set_max_inflight(std::numeric_limits<std::uint16_t>::max() - 1);
  if (!will.topic.empty()) {
    options.set_will(mqtt::will_options(will.topic, mqtt::binary_ref(will.payload), will.qos, will.retain));
  }
  if (!broker_.username.empty()) {
    options.set_user_name(broker_.username);
    options.set_password(broker_.password);
  }
  if (broker_.tls) {
    mqtt::ssl_options ssl;
    if (!broker_.ca_file.empty()) ssl.set_trust_store(broker_.ca_file);
    if (!broker_.certificate_file.empty()) ssl.set_key_store(broker_.certificate_file);
    if (!broker_.key_file.empty()) ssl.set_private_key(broker_.key_file);
    ssl.set_enable_server_cert_auth(true);
    ssl.set_verify(true);  // the certificate must name the host
    options.set_ssl(std::move(ssl));
  }
  if (relay_) {
    // Without a scheme: Paho takes "http://" from the one and "https://" from the other.
    const std::string relay = "127.0.0.1:" + std::to_string(relay_->port());
    options.set_http_proxy(relay);
    options.set_https_proxy(relay);
  }
  if (broker_.version == MqttVersion::v5) {
    // Last: Paho C++ 1.2.0 forgets the properties when anything else is set or the options are copied.
    options.set_properties(mqtt::properties{{mqtt::property::SESSION_EXPIRY_INTERVAL, 0}});
  }
  return options;
}

}  // namespace

PahoSession::PahoSession(asio::any_io_executor loop, Clock& clock, BrokerSettings broker, PahoOptions options)
    : library_(PahoLibrary::share()) {
  const InboxBounds bounds{options.inbox_messages, options.inbox_bytes,    options.classify,
                           options.share_messages, options.share_bytes,    options.share_rate,
                           options.share_burst,    options.longest_payload};
  if (goes_through(broker.proxy, broker.host)) {
    relay_ = std::make_shared<ProxyRelay>(*broker.proxy, broker.host, broker.port);
  }
  auto connect = [broker, options, relay = relay_](MqttReports reports) {
    return std::make_shared<PahoConnection>(broker, options, relay, std::move(reports));
  };
  loop_ =
      std::make_shared<SessionLoop>(std::move(loop), clock, std::move(broker), bounds, std::move(connect));
}

namespace {

/// As the session loop does; where it fails, with what the proxy has to say.
asio::awaitable<Result<void>> connect_through(std::shared_ptr<const ProxyRelay> relay,
                                              std::shared_ptr<SessionLoop> loop, std::string client_id,
                                              OutgoingMessage will) {
  auto connecting = SessionLoop::connect(std::move(loop), std::move(client_id), std::move(will));
  auto connected = co_await std::move(connecting);
  if (connected || !relay) co_return connected;
  const std::string complaint = relay->complaint();
  if (complaint.empty()) co_return connected;
  Error error = connected.error();
  error.what += " through the proxy: " + complaint;
  error.next = "Check proxy under [network], and that the proxy lets this board connect to the broker's port";
  co_return Unexpected(std::move(error));
}

}  // namespace

PahoSession::~PahoSession() {
  loop_->shut_down();
}

asio::awaitable<Result<void>> PahoSession::connect(std::string client_id, OutgoingMessage will) {
  return connect_through(relay_, loop_, std::move(client_id), std::move(will));
}

asio::awaitable<Result<void>> PahoSession::subscribe(std::vector<std::string> filters) {
  return SessionLoop::subscribe(loop_, std::move(filters));
}

asio::awaitable<Result<void>> PahoSession::publish(OutgoingMessage message) {
  return loop_->publish(std::move(message));
}

asio::awaitable<SessionEvent> PahoSession::next() {
  return SessionLoop::next(loop_);
}

asio::awaitable<void> PahoSession::close() {
  return SessionLoop::close(loop_);
}

bool PahoSession::connected() const {
  return loop_->connected();
}

std::uint64_t PahoSession::dropped() const {
  return loop_->dropped();
}

std::vector<DroppedMessages> PahoSession::take_dropped() {
  return loop_->take_dropped();
}

}  // namespace xalink
