#include "sparkplug/session_loop.hpp"

#include <algorithm>
#include <atomic>
#include <boost/asio/post.hpp>
#include <cassert>
#include <exception>

#include "sparkplug/mqtt_refusal.hpp"
#include "sparkplug/with_timeout.hpp"

namespace asio = boost::asio;

namespace xalink {
namespace {

/// Buckets of sources remembered; beyond, all begin anew.
constexpr std::size_t kMostBuckets = 50'000;

/// Goodbyes are said from another thread; a broker that is gone must not hold the caller.
constexpr Duration kGoodbyeLimit = std::chrono::seconds(5);

std::size_t size_of(std::string_view topic, std::string_view payload) {
  return topic.size() + payload.size();
}

}  // namespace

// --- what may wait ----------------------------------------------------------------------------------

InboxLoad::InboxLoad(const InboxBounds& bounds)
    : bounds_(bounds), slots_(bounds.classify == nullptr ? nullptr : new Use[kSlots]) {}

// Only the receiving thread adds, so what is checked holds until it is added. One message always fits.
bool InboxLoad::fits(const Use& use, std::size_t messages, std::size_t bytes, std::size_t size,
                     bool precious) {
  const std::size_t waiting = use.messages.load(std::memory_order_relaxed);
  if (waiting == 0) return true;
  if (precious) {
    messages += messages / 4 + 1;
    bytes += bytes / 4;
  }
  return waiting < messages && use.bytes.load(std::memory_order_relaxed) + size <= bytes;
}

bool InboxLoad::within_rate(const MessageClass& message, SteadyTime now) {
  if (bounds_.share_rate <= 0 || !message.metered) return true;
  if (buckets_.size() > kMostBuckets) buckets_.clear();
  return buckets_[message.source].take(bounds_.share_rate, std::max(1.0, bounds_.share_burst), now);
}

bool InboxLoad::add(std::string_view topic, std::size_t size, SteadyTime now) {
  const auto message = slots_ ? bounds_.classify(topic) : MessageClass{};
  const bool precious = message.precious;
  Use* const slot = slots_ ? &slots_[message.source % kSlots] : nullptr;
  const bool too_many = slot != nullptr && !within_rate(message, now);
  const bool room =
      fits(all_, bounds_.messages, bounds_.bytes, size, precious) &&
      (slot == nullptr || fits(*slot, bounds_.share_messages, bounds_.share_bytes, size, precious));
  if (too_many || !room) {
    if (!too_many) dropped_.fetch_add(1, std::memory_order_relaxed);
    if (slot == nullptr) return false;
    const std::scoped_lock lock(guard_);
    auto& dropped = dropped_by_slot_[message.source % kSlots];
    dropped.topic = topic;
    ++(too_many ? dropped.too_many : dropped.no_room);
    return false;
  }
  for (Use* use : {&all_, slot}) {
    if (use == nullptr) continue;
    use->messages.fetch_add(1, std::memory_order_relaxed);
    use->bytes.fetch_add(size, std::memory_order_relaxed);
  }
  return true;
}

void InboxLoad::take_away(std::string_view topic, std::size_t size) {
  Use* const slot = slots_ ? &slots_[bounds_.classify(topic).source % kSlots] : nullptr;
  for (Use* use : {&all_, slot}) {
    if (use == nullptr) continue;
    use->messages.fetch_sub(1, std::memory_order_relaxed);
    use->bytes.fetch_sub(size, std::memory_order_relaxed);
  }
}

std::vector<DroppedMessages> InboxLoad::take_dropped() {
  const std::scoped_lock lock(guard_);
  std::vector<DroppedMessages> all;
  all.reserve(dropped_by_slot_.size());
  for (auto& [slot, dropped] : dropped_by_slot_) all.push_back(std::move(dropped));
  dropped_by_slot_.clear();
  return all;
}

// --- from the library's threads ---------------------------------------------------------------------

template <class Handler>
void MqttReports::post(Handler handler) const {
  if (load_->closed.load(std::memory_order_acquire)) return;
  asio::post(loop_, [session = session_, handler = std::move(handler)]() mutable {
    if (const auto alive = session.lock()) handler(*alive);
  });
}

void MqttReports::completed(MqttTicket ticket, MqttOutcome outcome) const {
  post([ticket, outcome = std::move(outcome)](SessionLoop& session) mutable {
    session.completed(ticket, std::move(outcome));
  });
}

void MqttReports::arrived(std::string_view topic, std::string_view payload, bool retained) const {
  std::size_t cut_from = 0;
  if (bounds_.longest_payload > 0 && payload.size() > bounds_.longest_payload) {
    cut_from = payload.size();
    payload = payload.substr(0, bounds_.longest_payload);
  }
  if (!load_->add(topic, size_of(topic, payload), clock_.steady())) return;
  IncomingMessage message{std::string(topic), std::string(payload), retained, cut_from};
  post([generation = generation_, message = std::move(message)](SessionLoop& session) mutable {
    session.arrived(generation, std::move(message));
  });
}

void MqttReports::ended(std::string reason) const {
  post([generation = generation_, reason = std::move(reason)](SessionLoop& session) mutable {
    session.ended(generation, std::move(reason));
  });
}

// --- on the loop ------------------------------------------------------------------------------------

SessionLoop::SessionLoop(asio::any_io_executor loop, Clock& clock, BrokerSettings broker, InboxBounds bounds,
                         Connect new_connection)
    : loop_(std::move(loop)),
      clock_(clock),
      broker_(std::move(broker)),
      bounds_(bounds),
      new_connection_(std::move(new_connection)),
      load_(std::make_shared<InboxLoad>(bounds)) {}

asio::awaitable<Result<void>> SessionLoop::connect(std::shared_ptr<SessionLoop> self, std::string client_id,
                                                   OutgoingMessage will) {
  assert(self->connecting_ == 0);
  self->retire();
  // What an older connection left is of no use now; but whoever is about to take its end shall have it.
  for (const auto& message : self->inbox_) self->taken(message);
  self->inbox_.clear();
  if (self->readers_ == 0) self->lost_.reset();

  const auto [id, ticket] = self->new_ticket();
  ++self->generation_;
  self->connecting_ = id;
  MqttReports reports(self, self->loop_, self->clock_, self->load_, self->bounds_, self->generation_);
  auto connection = self->new_connection_(std::move(reports));
  self->connection_ = connection;
  asio::post(self->opener_, [connection, client_id = std::move(client_id), will = std::move(will), id = id] {
    connection->open(client_id, will, id);
  });

  std::optional<MqttOutcome> outcome;
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

asio::awaitable<Result<void>> SessionLoop::subscribe(std::shared_ptr<SessionLoop> self,
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

asio::awaitable<Result<void>> SessionLoop::publish(OutgoingMessage message) {
  const auto [id, ticket] = new_ticket();
  if (up_) {
    outgoing_.push_back(Queued{id, std::move(message)});
    send_next();
  } else {
    completed(id, MqttOutcome{});
  }
  return published(shared_from_this(), ticket);
}

asio::awaitable<Result<void>> SessionLoop::published(std::shared_ptr<SessionLoop> self,
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

asio::awaitable<SessionEvent> SessionLoop::next(std::shared_ptr<SessionLoop> self) {
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
    self->taken(message);
    co_return SessionEvent(std::move(message));
  }
  SessionLost lost = std::move(*self->lost_);
  self->lost_.reset();
  co_return SessionEvent(std::move(lost));
}

asio::awaitable<void> SessionLoop::close(std::shared_ptr<SessionLoop> self) {
  const auto connection = self->connection_;
  if (!connection) co_return;
  if (self->up_) {
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

asio::awaitable<MqttOutcome> SessionLoop::wait(std::shared_ptr<Ticket> ticket) {
  while (!ticket->outcome) co_await ticket->ended.wait();
  co_return *ticket->outcome;
}

auto SessionLoop::new_ticket() -> std::pair<MqttTicket, std::shared_ptr<Ticket>> {
  auto ticket = std::make_shared<Ticket>();
  pending_.emplace(++last_ticket_, ticket);
  return {last_ticket_, std::move(ticket)};
}

void SessionLoop::completed(MqttTicket id, MqttOutcome outcome) {
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

void SessionLoop::send_next() {
  while (sending_ == 0 && !outgoing_.empty()) {
    Queued next = std::move(outgoing_.front());
    outgoing_.pop_front();
    sending_ = next.ticket;
    if (!connection_->publish(std::move(next.message), next.ticket)) {
      sending_ = 0;
      completed(next.ticket, MqttOutcome{});
    }
  }
}

void SessionLoop::arrived(std::uint64_t generation, IncomingMessage message) {
  if (generation != generation_ || !connection_) {
    taken(message);
    return;
  }
  inbox_.push_back(std::move(message));
  arrival_.notify();
}

void SessionLoop::ended(std::uint64_t generation, std::string reason) {
  if (generation != generation_ || !connection_) return;
  retire();
  lost_ = SessionLost{std::move(reason)};
  arrival_.notify();
}

auto SessionLoop::retire() -> std::shared_ptr<Ticket> {
  up_ = false;
  outgoing_.clear();
  sending_ = 0;
  for (auto failed = std::exchange(pending_, {}); const auto& [id, ticket] : failed) {
    ticket->outcome = MqttOutcome{};
    ticket->ended.notify();
  }
  if (!connection_) return nullptr;
  const auto [id, ticket] = new_ticket();
  MqttReports reports(weak_from_this(), loop_, clock_, load_, bounds_, generation_);
  asio::post(opener_,
             [connection = std::exchange(connection_, nullptr), reports = std::move(reports), id = id] {
               connection->free();
               reports.completed(id, MqttOutcome{true, 0, {}});
             });
  return ticket;
}

void SessionLoop::shut_down() {
  load_->closed.store(true, std::memory_order_release);
  retire();
  retire();  // fails the ticket of the first: nothing is posted any more
  lost_ = SessionLost{"closed"};
  arrival_.notify();
  opener_.join();
}

void SessionLoop::taken(const IncomingMessage& message) {
  load_->take_away(message.topic, size_of(message.topic, message.payload));
}

Error SessionLoop::not_connected() const {
  return {broker_name(broker_), "there is no connection to the broker", "It will be tried again"};
}

}  // namespace xalink
