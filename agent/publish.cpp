#include "agent/publish.hpp"

#include <spdlog/spdlog.h>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <type_traits>

namespace xalink {
namespace {

// After a failed read of the outbox: a disk that hangs must not be asked a thousand times a second.
constexpr Duration kReadAgainAfter = std::chrono::seconds(2);
// For the broker to confirm the death certificate; if it does not, its will says the same.
constexpr Duration kGoodbyePatience = std::chrono::seconds(3);

// One timeout is a slow moment, as often as not.
constexpr std::uint32_t kSilences = 2;

void log(const action::Note& note) {
  spdlog::log(note.level == action::Note::Level::warning ? spdlog::level::warn : spdlog::level::info, "{}",
              note.text);
}

}  // namespace

Publisher::Publisher(boost::asio::any_io_executor executor, Clock& clock, std::function<Now()> time,
                     Session& session, Outbox& outbox, WorkerThread& store, EdgeNode node)
    : clock_(clock),
      time_(std::move(time)),
      session_(session),
      outbox_(outbox),
      store_(store),
      node_(std::move(node)),
      network_work_(executor),
      store_work_(executor),
      time_changed_(executor) {}

template <class Input>
void Publisher::input(Input&& input) {
  input(node_, now());
  auto actions = node_.take_actions();
  for (auto& action : actions) {
    std::visit(
        [this](auto& what) {
          using T = std::decay_t<decltype(what)>;
          if constexpr (std::is_same_v<T, action::Note>) {
            log(what);
          } else if constexpr (std::is_same_v<T, action::SettingAsked>) {
            if (listener_.asked) listener_.asked(what);
          } else if constexpr (std::is_same_v<T, action::ClockAnswer>) {
            if (listener_.told_time) listener_.told_time(what);
          } else if constexpr (std::is_constructible_v<StoreAction, T>) {
            store_actions_.emplace_back(std::move(what));
            store_work_.ring();
          } else {
            network_.emplace_back(connection_, std::move(what));
            // What is asked for after a close belongs to the next connection.
            if constexpr (std::is_same_v<T, action::Close>) ++connection_;
            network_work_.ring();
          }
        },
        action);
  }
  time_changed_.ring();
  tell_silence(kSilences);
  if (node_.state() == told_state_) return;
  told_state_ = node_.state();
  told_silence_ = false;
  if (listener_.state) listener_.state(told_state_);
}

// The state says the rest once it is another.
void Publisher::tell_silence(std::uint32_t timeouts) {
  if (!listener_.unanswered || node_.state() != EdgeNodeState::online || told_state_ != node_.state()) return;
  const auto since = node_.unanswered_since(timeouts);
  if (since.has_value() == told_silence_) return;
  told_silence_ = since.has_value();
  listener_.unanswered(since);
}

void Publisher::lost(const std::string& reason) {
  ++connection_;
  failed(reason);
  // It was lost when the last answer failed to come, not when the keep-alive ran out.
  if (!told_silence_) tell_silence(1);
  input([&](EdgeNode& node, Now at) { node.lost(reason, at); });
}

void Publisher::failed(const std::string& reason) {
  last_failure_ = reason;
}

void Publisher::took(const Schema& schema, const Record& record) {
  input([&](EdgeNode& node, Now at) { node.took(schema, record, at); });
}

void Publisher::hurry() {
  input([](EdgeNode& node, Now at) { node.hurry(at); });
}

void Publisher::set_setting(const std::string& device, const std::string& name, std::uint64_t value) {
  input([&](EdgeNode& node, Now at) { node.set_setting(device, name, value, at); });
}

void Publisher::appended(const std::array<RowId, kLaneCount>& last) {
  input([&](EdgeNode& node, Now at) {
    for (const Lane lane : kLanes) {
      if (last[index(lane)] > node.lane(lane).last) node.appended(lane, last[index(lane)], at);
    }
  });
}

void Publisher::handed_over(const std::array<RowId, kLaneCount>& last) {
  input([&](EdgeNode& node, Now at) {
    node.handed_over(Lane::measurements, last[index(Lane::measurements)], at);
  });
}

void Publisher::renewed(const std::string& epoch, const std::array<LaneDepth, kLaneCount>& lanes,
                        std::vector<Predecessor> predecessors,
                        std::map<std::string, std::uint64_t> given_up) {
  // Rows and marks of the old epoch mean nothing in the new one.
  std::erase_if(store_actions_, [](const StoreAction& action) {
    return !std::holds_alternative<action::StoreBdSeq>(action);
  });
  node_.set_given_up(std::move(given_up));
  input([&](EdgeNode& node, Now at) { node.renewed(epoch, lanes, std::move(predecessors), at); });
}

void Publisher::way_is_back() {
  input([](EdgeNode& node, Now at) { node.way_is_back(at); });
}

void Publisher::carried(const std::array<RowId, kLaneCount>& last) {
  for (const Lane lane : kLanes) node_.carried(lane, last[index(lane)]);
}

void Publisher::acknowledged_by_hand(const std::array<RowId, kLaneCount>& marks) {
  input([&](EdgeNode& node, Now at) {
    for (const Lane lane : kLanes) node.acknowledged_by_hand(lane, marks[index(lane)], at);
  });
}

boost::asio::awaitable<void> Publisher::run() {
  using boost::asio::experimental::awaitable_operators::operator&&;
  input([](EdgeNode& node, Now at) { node.start(at); });
  co_await (keep_time() && receive() && use_network() && use_store());
}

boost::asio::awaitable<void> Publisher::keep_time() {
  while (true) {
    co_await time_changed_.wait_until(clock_, node_.wake_at());
    const auto when = node_.wake_at();
    if (when && clock_.steady() >= *when) {
      input([](EdgeNode& node, Now at) { node.tick(at); });
    }
  }
}

boost::asio::awaitable<void> Publisher::receive() {
  while (true) {
    auto event = co_await session_.next();
    if (auto* message = std::get_if<IncomingMessage>(&event)) {
      input([&](EdgeNode& node, Now at) { node.arrived(*message, at); });
    } else if (node_.state() != EdgeNodeState::waiting_to_connect &&
               node_.state() != EdgeNodeState::connecting) {
      lost(std::get<SessionLost>(event).reason);
    }
  }
}

boost::asio::awaitable<void> Publisher::use_network() {
  while (true) {
    if (network_.empty()) {
      co_await network_work_.wait();
      continue;
    }
    auto [connection, action] = std::move(network_.front());
    network_.pop_front();
    if (auto* close = std::get_if<action::Close>(&action)) {
      static_cast<void>(close);
      co_await session_.close();
      continue;
    }
    if (connection != connection_ && !std::holds_alternative<action::Publish>(action)) continue;
    if (auto* message = std::get_if<action::Publish>(&action)) {
      // Of a connection that was lost: gone, its rows will be sent again. Of one that is being closed:
      // the death certificate, which goes out before the close that follows it.
      const bool closing = connection + 1 == connection_ && session_.connected();
      if (connection != connection_ && !closing) continue;
      co_await perform(std::move(*message));
      if (connection == connection_) input([](EdgeNode& node, Now at) { node.published(at); });
    } else if (auto* connect = std::get_if<action::Connect>(&action)) {
      co_await perform(std::move(*connect));
    } else if (auto* subscribe = std::get_if<action::Subscribe>(&action)) {
      co_await perform(std::move(*subscribe));
    }
  }
}

boost::asio::awaitable<void> Publisher::perform(action::Publish action) {
  auto result = co_await session_.publish(std::move(action.message));
  // When it fails the session's end follows as an event, and decides.
  if (result) ++messages_sent_;
}

boost::asio::awaitable<void> Publisher::perform(action::Connect action) {
  if (listener_.connecting) listener_.connecting();
  auto result = co_await session_.connect(std::move(action.client_id), std::move(action.will));
  if (!result) {
    lost(result.error().to_string());
    co_return;
  }
  last_failure_.clear();
  input([](EdgeNode& node, Now at) { node.connected(at); });
}

boost::asio::awaitable<void> Publisher::perform(action::Subscribe action) {
  auto result = co_await session_.subscribe(std::move(action.filters));
  if (result) {
    input([](EdgeNode& node, Now at) { node.subscribed(at); });
    co_return;
  }
  co_await session_.close();
  lost(result.error().to_string());
}

boost::asio::awaitable<void> Publisher::use_store() {
  while (true) {
    if (store_actions_.empty()) {
      co_await store_work_.wait();
      continue;
    }
    auto action = std::move(store_actions_.front());
    store_actions_.pop_front();
    if (auto* read = std::get_if<action::Read>(&action)) {
      co_await perform(*read);
    } else if (auto* acknowledge = std::get_if<action::Acknowledge>(&action)) {
      co_await perform(*acknowledge);
    } else if (auto* trust = std::get_if<action::TrustRowIds>(&action)) {
      co_await perform(std::move(*trust));
    } else if (auto* begin = std::get_if<action::BeginEpoch>(&action)) {
      co_await perform(std::move(*begin));
    } else {
      co_await perform(action::StoreBdSeq());
    }
  }
}

boost::asio::awaitable<void> Publisher::perform(action::StoreBdSeq) {
  auto job = [&outbox = outbox_] { return outbox.next_bdseq(); };
  auto bdseq = co_await store_.run(std::move(job));
  if (!bdseq) {
    lost("the outbox refuses to store bdSeq: " + bdseq.error().to_string());
    co_return;
  }
  input([&](EdgeNode& node, Now at) { node.bdseq_stored(*bdseq, at); });
}

boost::asio::awaitable<void> Publisher::perform(action::Read action) {
  auto job = [&outbox = outbox_, action] { return outbox.read(action.lane, action.first, action.max_items); };
  auto batch = co_await store_.run(std::move(job));
  if (!batch || batch->empty()) {
    spdlog::error("the outbox could not be read: {}", batch ? "rows are missing" : batch.error().to_string());
    co_await clock_.sleep_for(kReadAgainAfter);
    batch = Batch();
    batch->lane = action.lane;
  }
  if (listener_.read) listener_.read(*batch);
  input([&](EdgeNode& node, Now at) { node.batch_read(action.generation, std::move(*batch), at); });
}

boost::asio::awaitable<void> Publisher::perform(action::Acknowledge action) {
  auto job = [&outbox = outbox_, action, epoch = node_.epoch()]() -> Result<void> {
    // Replaced in the meantime: its successor's rows are not what was acknowledged.
    if (outbox.epoch() != epoch) return {};
    return outbox.acknowledge(action.lane, action.mark);
  };
  auto result = co_await store_.run(std::move(job));
  if (!result)
    spdlog::warn("an acknowledgement was not noted, rows will be sent again: {}", result.error().to_string());
}

boost::asio::awaitable<void> Publisher::perform(action::TrustRowIds action) {
  auto job = [&outbox = outbox_, epoch = action.epoch] { return outbox.trust_row_ids(epoch); };
  auto result = co_await store_.run(std::move(job));
  if (result) {
    input([&](EdgeNode& node, Now at) { node.row_ids_trusted(action.epoch, at); });
    co_return;
  }
  spdlog::error("nothing is sent yet: {}", result.error().to_string());
  co_await clock_.sleep_for(kReadAgainAfter);
  store_actions_.emplace_back(std::move(action));  // behind what waits: a reconnect must not wait for it
}

boost::asio::awaitable<void> Publisher::perform(action::BeginEpoch action) {
  // When it succeeds renewed() follows: whoever looks after the outbox hears of it.
  auto job = [&outbox = outbox_, epoch = action.of] { return outbox.begin_epoch(epoch); };
  auto result = co_await store_.run(std::move(job));
  if (result) co_return;
  spdlog::error("no new epoch yet: {}", result.error().to_string());
  co_await clock_.sleep_for(kReadAgainAfter);
  store_actions_.emplace_back(std::move(action));
}

boost::asio::awaitable<void> Publisher::say_goodbye() {
  network_.clear();
  node_.stop(now());
  auto actions = node_.take_actions();
  for (auto& action : actions) {
    auto* goodbye = std::get_if<action::Publish>(&action);
    if (goodbye == nullptr) continue;
    auto publishing = session_.publish(std::move(goodbye->message));
    co_await with_timeout(clock_, kGoodbyePatience, std::move(publishing));
  }
  co_await session_.close();
}

}  // namespace xalink
