#pragma once
// Gives the edge node's rules a broker and an outbox: runs its actions, feeds it what happens.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "agent/outbox/outbox.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/session.hpp"
#include "sparkplug/wake_up.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// Thread-safety: one loop; the outbox is touched only on the worker thread.
class Publisher {
 public:
  /// `time`: every clock, and the best time that is known (TimeKeeper on a board).
  Publisher(boost::asio::any_io_executor executor, Clock& clock, std::function<Now()> time, Session& session,
            Outbox& outbox, WorkerThread& store, EdgeNode node);

  struct Listener {
    std::function<void()> connecting;  ///< before each attempt
    std::function<void(const action::ClockAnswer&)> told_time;
    std::function<void(Batch&)> read;                             ///< of the outbox, before it is sent
    std::function<void(EdgeNodeState)> state = {};                ///< whenever it becomes another
    std::function<void(const action::SettingAsked&)> asked = {};  ///< to be answered by set_setting()
    /// The session stands, and what was sent from then on is confirmed by nobody; nothing: it is again.
    std::function<void(std::optional<SteadyTime> since)> unanswered = {};
  };
  /// Before run().
  void listen(Listener listener) { listener_ = std::move(listener); }

  /// Until cancelled. Lets a bug's exception through.
  boost::asio::awaitable<void> run();
  /// Death certificate, then disconnect. Call when run() has ended.
  boost::asio::awaitable<void> say_goodbye();

  void took(const Schema& schema, const Record& record);
  /// What is taken now is waited for (EdgeNode::hurry).
  void hurry();
  void appended(const std::array<RowId, kLaneCount>& last);
  /// As EdgeNode has it, of measurements.
  void handed_over(const std::array<RowId, kLaneCount>& last);
  /// The outbox was replaced by another one.
  void renewed(const std::string& epoch, const std::array<LaneDepth, kLaneCount>& lanes,
               std::vector<Predecessor> predecessors, std::map<std::string, std::uint64_t> given_up);
  /// As EdgeNode has it.
  void set_setting(const std::string& device, const std::string& name, std::uint64_t value);
  void set_outbox_refuses(bool refuses) { node_.set_outbox_refuses(refuses); }
  /// As EdgeNode has it.
  void way_is_back();
  /// Rows up to these are in an export file.
  void carried(const std::array<RowId, kLaneCount>& last);
  /// The gateway's marks, from an acknowledgement file.
  void acknowledged_by_hand(const std::array<RowId, kLaneCount>& marks);
  /// Records that the outbox gave up so far.
  void gave_up(std::map<std::string, std::uint64_t> by_reason) { node_.set_given_up(std::move(by_reason)); }

  [[nodiscard]] const EdgeNode& node() const { return node_; }
  /// Why there is no session; empty while there is one.
  [[nodiscard]] const std::string& last_failure() const { return last_failure_; }
  [[nodiscard]] std::uint64_t messages_sent() const { return messages_sent_; }

 private:
  [[nodiscard]] Now now() const { return time_(); }
  /// One input, then its actions into the two queues.
  template <class Input>
  void input(Input&& input);
  void lost(const std::string& reason);
  void failed(const std::string& reason);
  void tell_silence(std::uint32_t timeouts);

  boost::asio::awaitable<void> keep_time();
  boost::asio::awaitable<void> receive();
  boost::asio::awaitable<void> use_network();
  boost::asio::awaitable<void> use_store();
  boost::asio::awaitable<void> perform(action::Publish action);
  boost::asio::awaitable<void> perform(action::Connect action);
  boost::asio::awaitable<void> perform(action::Subscribe action);
  boost::asio::awaitable<void> perform(action::StoreBdSeq action);
  boost::asio::awaitable<void> perform(action::Read action);
  boost::asio::awaitable<void> perform(action::Acknowledge action);
  boost::asio::awaitable<void> perform(action::TrustRowIds action);
  boost::asio::awaitable<void> perform(action::BeginEpoch action);

  using NetworkAction = std::variant<action::Publish, action::Connect, action::Subscribe, action::Close>;
  using StoreAction = std::variant<action::StoreBdSeq, action::Read, action::Acknowledge, action::TrustRowIds,
                                   action::BeginEpoch>;

  Clock& clock_;
  std::function<Now()> time_;
  Session& session_;
  Outbox& outbox_;
  WorkerThread& store_;
  EdgeNode node_;
  Listener listener_;
  /// Each action with the number of the connection it was meant for.
  std::deque<std::pair<std::uint64_t, NetworkAction>> network_;
  std::deque<StoreAction> store_actions_;
  std::uint64_t connection_ = 0;
  WakeUp network_work_;
  WakeUp store_work_;
  WakeUp time_changed_;
  std::string last_failure_ = "not connected yet";
  std::uint64_t messages_sent_ = 0;
  EdgeNodeState told_state_ = EdgeNodeState::stopped;
  bool told_silence_ = false;
};

}  // namespace xalink
