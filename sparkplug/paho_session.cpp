#include "sparkplug/paho_session.hpp"

#include <mqtt/async_client.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <cassert>
#include <deque>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <utility>

#include "sparkplug/loop_event.hpp"
#include "sparkplug/mqtt_refusal.hpp"
#include "sparkplug/with_timeout.hpp"

namespace asio = boost::asio;

#if defined(__SANITIZE_ADDRESS__)
/// A message that is half in the socket when the connection breaks is never freed by Paho C 1.3.12: one
/// for each such break, which is why it only ever has one (see send_next()).
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

/// Paho says goodbye from a thread of its own; a broker that is gone must not hold the caller.
constexpr Duration kGoodbyeLimit = std::chrono::seconds(5);

/// How an action that was handed to Paho ended.
struct Outcome {
  bool success = false;
  int code = 0;              ///< CONNACK code, MQTT 5 reason code, or Paho's own (negative)
  std::vector<int> granted;  ///< subscribe: one code for each filter, where the broker gave them
};

/// What the loop and Paho's threads share. Paho's receiving thread adds to the load, the loop takes away.
struct Inbox {
  std::atomic<std::size_t> messages{0};
  std::atomic<std::size_t> bytes{0};
  std::atomic<std::uint64_t> dropped{0};
  std::atomic<bool> closed{false};  ///< nothing is posted any more

  static std::size_t size(const IncomingMessage& message) {
    return message.topic.size() + message.payload.size();
  }
  void taken(const IncomingMessage& message) {
    messages.fetch_sub(1, std::memory_order_relaxed);
    bytes.fetch_sub(size(message), std::memory_order_relaxed);
  }
};

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

  mqtt::async_client keeper_;
};

}  // namespace

/// The loop's side. Shared with the coroutines that wait in it, which may outlive the session.
class PahoSession::Core : public std::enable_shared_from_this<Core> {
 public:
  Core(asio::any_io_executor loop, Clock& clock, BrokerSettings broker, PahoOptions options)
      : loop_(std::move(loop)), clock_(clock), broker_(std::move(broker)), options_(options) {}

  static asio::awaitable<Result<void>> connect(std::shared_ptr<Core> self, std::string client_id,
                                               OutgoingMessage will);
  static asio::awaitable<Result<void>> subscribe(std::shared_ptr<Core> self,
                                                 std::vector<std::string> filters);
  static asio::awaitable<SessionEvent> next(std::shared_ptr<Core> self);
  static asio::awaitable<void> close(std::shared_ptr<Core> self);
  asio::awaitable<Result<void>> publish(OutgoingMessage message);
  [[nodiscard]] bool connected() const { return up_; }
  [[nodiscard]] std::uint64_t dropped() const { return shared_->dropped.load(std::memory_order_relaxed); }
  /// Ends everything and waits for Paho; the loop may be destroyed afterwards.
  void shut_down();

 private:
  class Connection;

  /// An action under way. Only the loop touches it.
  struct Ticket {
    std::optional<Outcome> outcome;
    LoopEvent ended;
  };
  using TicketId = std::uintptr_t;

  static asio::awaitable<Outcome> wait(std::shared_ptr<Ticket> ticket);
  static asio::awaitable<Result<void>> published(std::shared_ptr<Core> self, std::shared_ptr<Ticket> ticket);

  std::pair<TicketId, std::shared_ptr<Ticket>> new_ticket();
  /// Handlers of what Paho's threads posted; the generation tells a connection that is over from the
  /// present one.
  void completed(TicketId id, Outcome outcome);
  void arrived(std::uint64_t generation, IncomingMessage message);
  void ended(std::uint64_t generation, std::string reason);

  /// Hands Paho the next message when the one before is through. Never two: Paho sends a queue more slowly
  /// than one at a time, forgets for a second to go on with it after a partial write, and leaks what is
  /// left of it when the connection breaks (paho.mqtt.c #1429).
  void send_next();
  /// Fails what is under way and gives the client to Paho's thread to be freed, which closes it.
  /// The ticket is fulfilled when that is done.
  std::shared_ptr<Ticket> retire();
  [[nodiscard]] Error not_connected() const;

  asio::any_io_executor loop_;
  Clock& clock_;
  BrokerSettings broker_;
  PahoOptions options_;

  std::shared_ptr<PahoLibrary> library_ = PahoLibrary::share();
  asio::thread_pool paho_{1};
  std::shared_ptr<Connection> connection_;
  bool up_ = false;
  std::uint64_t generation_ = 0;
  TicketId connecting_ = 0;

  struct Queued {
    TicketId ticket = 0;
    OutgoingMessage message;
  };

  std::deque<Queued> outgoing_;
  TicketId sending_ = 0;  ///< the message that Paho has, or 0
  std::unordered_map<TicketId, std::shared_ptr<Ticket>> pending_;
  TicketId last_ticket_ = 0;

  std::shared_ptr<Inbox> shared_ = std::make_shared<Inbox>();
  std::deque<IncomingMessage> inbox_;
  int readers_ = 0;  ///< coroutines in next(), those included that were woken and have not run yet
  std::optional<SessionLost> lost_;
  LoopEvent arrival_;
};

/// Paho's side of one connection: one client, and callbacks that only post values to the loop. They run
/// on Paho's threads, never throw and never wait. Paho calls none of them after its client is freed (both
/// happen under its lock), so disable_callbacks(), which leaks every message that still comes, is not
/// needed.
class PahoSession::Core::Connection final : public mqtt::iaction_listener {
 public:
  explicit Connection(const std::shared_ptr<Core>& core)
      : core_(core),
        generation_(core->generation_),
        loop_(core->loop_),
        shared_(core->shared_),
        options_(core->options_) {}

  /// On Paho's thread of this session.
  void open(const BrokerSettings& broker, const std::string& client_id, const OutgoingMessage& will,
            TicketId ticket) {
    try {
      // The constructor that takes a number of messages would also buffer while offline; without any
      // number Paho refuses the 101st message that waits for the socket.
      mqtt::create_options create(version(broker));
      create.set_max_buffered_messages(std::numeric_limits<int>::max());
      client_ = std::make_unique<mqtt::async_client>(uri(broker), client_id, create);
      client_->set_message_callback(
          [this](const mqtt::const_message_ptr& message) { message_arrived(*message); });
      client_->set_disconnected_handler([this](const mqtt::properties&, mqtt::ReasonCode code) {
        report_end(disconnect_reason(code));  // MQTT 5 only; Paho itself would wait for the socket to close
      });
      client_->set_connection_lost_handler(
          [this](const std::string&) { report_end("the connection broke or the broker stopped answering"); });
      client_->connect(connect_options(broker, will), context(ticket), *this);
    } catch (const mqtt::exception& refusal) {
      report(ticket, Outcome{false, refusal.get_return_code(), {}});
    }
  }

  /// On Paho's thread of this session. Sends DISCONNECT if the connection is up.
  void free(TicketId ticket) {
    client_.reset();
    report(ticket, Outcome{true, 0, {}});
  }

  /// These three on the loop, once connected; false when Paho takes nothing any more.
  bool publish(OutgoingMessage message, TicketId ticket) {
    return hand_over([&] {
      auto parcel =
          mqtt::message::create(mqtt::string_ref(std::move(message.topic)),
                                mqtt::binary_ref(std::move(message.payload)), message.qos, message.retain);
      client_->publish(std::move(parcel), context(ticket), *this);
    });
  }
  bool subscribe(const std::vector<std::string>& filters, TicketId ticket) {
    return hand_over([&] {
      const mqtt::iasync_client::qos_collection qos(filters.size(), 1);
      client_->subscribe(mqtt::string_collection::create(filters), qos, context(ticket), *this);
    });
  }
  /// DISCONNECT with the reason code that has the broker publish the will. MQTT 5 only.
  bool disconnect_with_will(TicketId ticket) {
    return hand_over([&] {
      mqtt::disconnect_options options;
      options.set_reason_code(mqtt::ReasonCode::DISCONNECT_WITH_WILL_MESSAGE);
      mqtt::disconnect_options_test::enable_reason_code(options);
      const auto token = client_->disconnect(options);
      // No overload takes options and a listener; the action may have ended before it is set.
      token->set_user_context(context(ticket));
      token->set_action_callback(*this);
      if (token->is_complete()) report(ticket, Outcome{true, 0, {}});
    });
  }

  void on_success(const mqtt::token& token) override {
    Outcome outcome{true, token.get_return_code(), {}};
    if (token.get_type() == mqtt::token::Type::SUBSCRIBE) outcome = granted(token);
    report(ticket_of(token), std::move(outcome));
  }
  void on_failure(const mqtt::token& token) override {
    report(ticket_of(token), Outcome{false, code_of(token), {}});
  }

 private:
  static int version(const BrokerSettings& broker) { return static_cast<int>(broker.version); }
  static std::string uri(const BrokerSettings& broker) {
    const std::string name = broker_name(broker);
    return (broker.tls ? "ssl" : "tcp") + name.substr(name.find("://"));
  }
  static void* context(TicketId id) { return reinterpret_cast<void*>(id); }
  static TicketId ticket_of(const mqtt::token& token) {
    return reinterpret_cast<TicketId>(token.get_user_context());
  }

  /// The broker's reason (MQTT 5) if it gave one, else the return code. Paho marks "none" with 255.
  static int code_of(const mqtt::token& token) {
    const int reason = token.get_reason_code();
    return reason >= 0x80 && reason < 0xFF ? reason : token.get_return_code();
  }

  static mqtt::connect_options connect_options(const BrokerSettings& broker, const OutgoingMessage& will);

  static Outcome granted(const mqtt::token& token) {
    Outcome outcome{true, 0, {}};
    try {
      const auto response = token.get_subscribe_response();
      for (const auto code : response.get_reason_codes()) outcome.granted.push_back(static_cast<int>(code));
    } catch (const std::exception&) {  // MQTT 5: the first filter was refused
      outcome = Outcome{false, code_of(token), {}};
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
    const auto& payload = message.get_payload_ref();
    const auto& topic = message.get_topic_ref();
    const std::size_t size = payload.size() + topic.size();
    const std::size_t waiting = shared_->messages.load(std::memory_order_relaxed);
    // Only this thread adds, so what is checked here holds until it is added. One message always fits.
    if (waiting >= options_.inbox_messages ||
        (waiting > 0 && shared_->bytes.load(std::memory_order_relaxed) + size > options_.inbox_bytes)) {
      shared_->dropped.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    shared_->messages.fetch_add(1, std::memory_order_relaxed);
    shared_->bytes.fetch_add(size, std::memory_order_relaxed);
    post([generation = generation_,
          arrival = IncomingMessage{topic.to_string(), payload.to_string(), message.is_retained()}](
             Core& core) mutable { core.arrived(generation, std::move(arrival)); });
  }

  void report(TicketId id, Outcome outcome) {
    post([id, outcome = std::move(outcome)](Core& core) mutable { core.completed(id, std::move(outcome)); });
  }

  void report_end(std::string reason) {
    post([generation = generation_, reason = std::move(reason)](Core& core) mutable {
      core.ended(generation, std::move(reason));
    });
  }

  template <class Handler>
  void post(Handler handler) {
    if (shared_->closed.load(std::memory_order_acquire)) return;
    asio::post(loop_, [core = core_, handler = std::move(handler)]() mutable {
      if (const auto alive = core.lock()) handler(*alive);
    });
  }

  std::weak_ptr<Core> core_;
  std::uint64_t generation_;
  asio::any_io_executor loop_;
  std::shared_ptr<Inbox> shared_;
  PahoOptions options_;
  std::unique_ptr<mqtt::async_client> client_;
};

mqtt::connect_options PahoSession::Core::Connection::connect_options(const BrokerSettings& broker,
                                                                     const OutgoingMessage& will) {
  mqtt::connect_options options;
  options.set_mqtt_version(version(broker));
  if (broker.version == MqttVersion::v5) {
    options.set_clean_start(true);
  } else {
    options.set_clean_session(true);
  }
  options.set_automatic_reconnect(false);
  options.set_keep_alive_interval(broker.keep_alive);
  options.set_connect_timeout(broker.connect_timeout);
  // For QoS 1; the broker's own limit (20 in Mosquitto) holds besides.
  options.set_max_inflight(std::numeric_limits<std::uint16_t>::max() - 1);
  if (!will.topic.empty()) {
    options.set_will(mqtt::will_options(will.topic, mqtt::binary_ref(will.payload), will.qos, will.retain));
  }
  if (!broker.username.empty()) {
    options.set_user_name(broker.username);
    options.set_password(broker.password);
  }
  if (broker.tls) {
    mqtt::ssl_options ssl;
    if (!broker.ca_file.empty()) ssl.set_trust_store(broker.ca_file);
    if (!broker.certificate_file.empty()) ssl.set_key_store(broker.certificate_file);
    if (!broker.key_file.empty()) ssl.set_private_key(broker.key_file);
    ssl.set_enable_server_cert_auth(true);
    ssl.set_verify(true);  // the certificate must name the host
    options.set_ssl(std::move(ssl));
  }
  if (broker.version == MqttVersion::v5) {
    // Last: Paho C++ 1.2.0 forgets the properties when anything else is set or the options are copied.
    options.set_properties(mqtt::properties{{mqtt::property::SESSION_EXPIRY_INTERVAL, 0}});
  }
  return options;
}

asio::awaitable<Result<void>> PahoSession::Core::connect(std::shared_ptr<Core> self, std::string client_id,
                                                         OutgoingMessage will) {
  assert(self->connecting_ == 0);
  self->retire();
  // What an older connection left is of no use now; but whoever is about to take its end shall have it.
  for (const auto& message : self->inbox_) self->shared_->taken(message);
  self->inbox_.clear();
  if (self->readers_ == 0) self->lost_.reset();

  const auto [id, ticket] = self->new_ticket();
  ++self->generation_;
  self->connecting_ = id;
  auto connection = std::make_shared<Connection>(self);
  self->connection_ = connection;
  asio::post(self->paho_,
             [connection, broker = self->broker_, client_id = std::move(client_id), will = std::move(will),
              id = id] { connection->open(broker, client_id, will, id); });

  std::optional<Outcome> outcome;
  std::exception_ptr cancelled;
  try {
    auto waiting = wait(ticket);
    outcome = co_await with_timeout(self->clock_, self->broker_.connect_timeout, std::move(waiting));
  } catch (...) {
    cancelled = std::current_exception();
  }
  self->connecting_ = 0;
  // It may be over again by now: that is next()'s to tell.
  if (outcome && outcome->success) co_return Result<void>{};
  if (self->connection_ == connection) self->retire();
  if (cancelled) std::rethrow_exception(cancelled);
  if (!outcome) co_return Unexpected(no_answer(self->broker_));
  if (outcome->code > 0) co_return Unexpected(connect_refused(self->broker_, outcome->code));
  co_return Unexpected(not_reachable(self->broker_));
}

asio::awaitable<Result<void>> PahoSession::Core::subscribe(std::shared_ptr<Core> self,
                                                           std::vector<std::string> filters) {
  if (!self->up_) co_return Unexpected(self->not_connected());
  if (filters.empty()) co_return Result<void>{};
  const auto [id, ticket] = self->new_ticket();
  if (!self->connection_->subscribe(filters, id)) {
    self->pending_.erase(id);
    co_return Unexpected(self->not_connected());
  }
  auto waiting = wait(ticket);
  const auto outcome = co_await std::move(waiting);
  if (!outcome.success) {
    if (!self->up_) co_return Unexpected(self->not_connected());
    co_return Unexpected(subscription_refused(self->broker_, filters.front()));
  }
  for (std::size_t i = 0; i < outcome.granted.size() && i < filters.size(); ++i) {
    if (outcome.granted[i] >= 0x80) co_return Unexpected(subscription_refused(self->broker_, filters[i]));
  }
  co_return Result<void>{};
}

asio::awaitable<Result<void>> PahoSession::Core::publish(OutgoingMessage message) {
  const auto [id, ticket] = new_ticket();
  if (up_) {
    outgoing_.push_back(Queued{id, std::move(message)});
    send_next();
  } else {
    completed(id, Outcome{});
  }
  return published(shared_from_this(), ticket);
}

asio::awaitable<Result<void>> PahoSession::Core::published(std::shared_ptr<Core> self,
                                                           std::shared_ptr<Ticket> ticket) {
  auto waiting = wait(ticket);
  const auto outcome = co_await std::move(waiting);
  if (outcome.success) co_return Result<void>{};
  if (outcome.code >= 0x80) {
    Error refused{broker_name(self->broker_),
                  "the broker refused a message with reason code " + std::to_string(outcome.code),
                  "Check the broker's access rules and limits"};
    co_return Unexpected(std::move(refused));
  }
  co_return Unexpected(self->not_connected());
}

asio::awaitable<SessionEvent> PahoSession::Core::next(std::shared_ptr<Core> self) {
  struct Reader {
    explicit Reader(int& count) : readers(count) { ++readers; }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;
    ~Reader() { --readers; }
    int& readers;
  };
  const Reader reader(self->readers_);
  while (self->inbox_.empty() && !self->lost_) co_await self->arrival_.wait();
  if (!self->inbox_.empty()) {
    IncomingMessage message = std::move(self->inbox_.front());
    self->inbox_.pop_front();
    self->shared_->taken(message);
    co_return SessionEvent(std::move(message));
  }
  SessionLost lost = std::move(*self->lost_);
  self->lost_.reset();
  co_return SessionEvent(std::move(lost));
}

asio::awaitable<void> PahoSession::Core::close(std::shared_ptr<Core> self) {
  const auto connection = self->connection_;
  if (!connection) co_return;
  if (self->up_ && self->broker_.version == MqttVersion::v5 &&
      self->options_.goodbye == PahoOptions::Goodbye::with_will) {
    const auto [id, said] = self->new_ticket();
    if (connection->disconnect_with_will(id)) {
      auto saying = wait(said);
      co_await with_timeout(self->clock_, kGoodbyeLimit, std::move(saying));
    }
  }
  if (self->connection_ != connection) co_return;  // lost meanwhile
  const auto freed = self->retire();
  self->lost_ = SessionLost{"closed"};
  self->arrival_.notify();
  auto freeing = wait(freed);
  co_await with_timeout(self->clock_, kGoodbyeLimit, std::move(freeing));
}

asio::awaitable<Outcome> PahoSession::Core::wait(std::shared_ptr<Ticket> ticket) {
  while (!ticket->outcome) co_await ticket->ended.wait();
  co_return *ticket->outcome;
}

auto PahoSession::Core::new_ticket() -> std::pair<TicketId, std::shared_ptr<Ticket>> {
  auto ticket = std::make_shared<Ticket>();
  pending_.emplace(++last_ticket_, ticket);
  return {last_ticket_, std::move(ticket)};
}

void PahoSession::Core::completed(TicketId id, Outcome outcome) {
  const auto found = pending_.find(id);
  if (found == pending_.end()) return;  // failed already, when its connection ended
  const auto ticket = std::move(found->second);
  pending_.erase(found);
  if (id == connecting_ && outcome.success) up_ = true;
  ticket->outcome = std::move(outcome);
  ticket->ended.notify();
  if (id == sending_) {
    sending_ = 0;
    send_next();
  }
}

void PahoSession::Core::send_next() {
  while (sending_ == 0 && !outgoing_.empty()) {
    Queued next = std::move(outgoing_.front());
    outgoing_.pop_front();
    sending_ = next.ticket;
    if (!connection_->publish(std::move(next.message), next.ticket)) {
      sending_ = 0;
      completed(next.ticket, Outcome{});
    }
  }
}

void PahoSession::Core::arrived(std::uint64_t generation, IncomingMessage message) {
  if (generation != generation_ || !connection_) {
    shared_->taken(message);
    return;
  }
  inbox_.push_back(std::move(message));
  arrival_.notify();
}

void PahoSession::Core::ended(std::uint64_t generation, std::string reason) {
  if (generation != generation_ || !connection_) return;
  retire();
  lost_ = SessionLost{std::move(reason)};
  arrival_.notify();
}

auto PahoSession::Core::retire() -> std::shared_ptr<Ticket> {
  up_ = false;
  outgoing_.clear();
  sending_ = 0;
  for (auto failed = std::exchange(pending_, {}); const auto& [id, ticket] : failed) {
    ticket->outcome = Outcome{};
    ticket->ended.notify();
  }
  if (!connection_) return nullptr;
  const auto [id, ticket] = new_ticket();
  asio::post(paho_, [connection = std::exchange(connection_, nullptr), id = id] { connection->free(id); });
  return ticket;
}

void PahoSession::Core::shut_down() {
  shared_->closed.store(true, std::memory_order_release);
  retire();
  retire();  // fails the ticket of the first: nothing is posted any more
  lost_ = SessionLost{"closed"};
  arrival_.notify();
  paho_.join();
  library_.reset();
}

Error PahoSession::Core::not_connected() const {
  return {broker_name(broker_), "there is no connection to the broker", "It will be tried again"};
}

PahoSession::PahoSession(asio::any_io_executor loop, Clock& clock, BrokerSettings broker, PahoOptions options)
    : core_(std::make_shared<Core>(std::move(loop), clock, std::move(broker), options)) {}

PahoSession::~PahoSession() {
  core_->shut_down();
}

asio::awaitable<Result<void>> PahoSession::connect(std::string client_id, OutgoingMessage will) {
  return Core::connect(core_, std::move(client_id), std::move(will));
}

asio::awaitable<Result<void>> PahoSession::subscribe(std::vector<std::string> filters) {
  return Core::subscribe(core_, std::move(filters));
}

asio::awaitable<Result<void>> PahoSession::publish(OutgoingMessage message) {
  return core_->publish(std::move(message));
}

asio::awaitable<SessionEvent> PahoSession::next() {
  return Core::next(core_);
}

asio::awaitable<void> PahoSession::close() {
  return Core::close(core_);
}

bool PahoSession::connected() const {
  return core_->connected();
}

std::uint64_t PahoSession::dropped() const {
  return core_->dropped();
}

}  // namespace xalink
