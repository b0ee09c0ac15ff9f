#pragma once
// A province in a box: real edge-node and host-application rules, real SQLite stores, and between them a
// simulated network, broker and electricity supply that fail by a seed.

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "agent/outbox/holding_outbox.hpp"
#include "gateway/ledger.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/host_application.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink {

/// How badly things go; each a probability.
struct Faults {
  double lose = 0;       ///< a message is lost, for each of its two legs (board-broker, broker-gateway)
  double duplicate = 0;  ///< a message comes twice
  double reorder = 0;    ///< a message overtakes others
  double lie = 0;        ///< somebody else sends the node a command: stale, of another epoch, or nonsense
};

/// Time runs only inside run_until(); everything follows from the seed.
class ProtocolWorld {
 public:
  explicit ProtocolWorld(std::uint64_t seed);
  ~ProtocolWorld();
  ProtocolWorld(const ProtocolWorld&) = delete;
  ProtocolWorld& operator=(const ProtocolWorld&) = delete;

  Faults faults;
  /// How often measurements are held where they may be (HoldingOutbox), a probability.
  double holds = 0;
  /// A message that reached the broker, before its fate is decided.
  std::function<void(const OutgoingMessage&, bool from_host)> on_message;
  EdgeNodeOptions node_options;
  HostApplicationOptions host_options;

  // --- the board; several may share one identity
  std::size_t add_board();
  /// One with an identity of its own.
  std::size_t add_board(const NodeId& id);
  void start_board(std::size_t board);
  void kill_board(std::size_t board);
  /// Measurements that deaths of boards took: what was not flushed yet, and what was handed to the gateway
  /// without an answer, which may have arrived.
  struct Losses {
    std::uint64_t sure = 0;
    std::uint64_t possible = 0;
  };
  [[nodiscard]] const Losses& losses() const { return losses_; }
  [[nodiscard]] std::uint64_t taken() const { return counter_; }
  /// Removes the outbox of a board that is dead, as a new card does. Its rows are out of the account.
  void replace_outbox(std::size_t board);
  /// Keeps the outbox as it is, at any moment; and puts a dead board's outbox back to it, as a WAL does that
  /// is gone: all commits since are lost, and nothing in the file tells of them.
  void remember_outbox(std::size_t board);
  void lose_last_commits(std::size_t board);
  [[nodiscard]] std::uint64_t epochs_begun() const { return epochs_begun_; }
  /// Takes `count` records, lane 0 ones durable at once, the others with the next flush.
  void take_records(std::size_t board, std::size_t count);
  void flush(std::size_t board);
  /// The connection breaks; both ends learn of it later.
  void cut_board(std::size_t board);
  [[nodiscard]] bool alive(std::size_t board) const;
  [[nodiscard]] bool drained(std::size_t board) const;
  [[nodiscard]] std::filesystem::path outbox_file(std::size_t board) const;
  [[nodiscard]] const EdgeNode* node(std::size_t board) const;

  // --- the gateway; `which` tells two with one host id apart
  void start_gateway(std::size_t which = 0);
  void kill_gateway(std::size_t which = 0);
  void cut_gateway(std::size_t which = 0);
  /// A copy of the store as it is, and putting it back (the gateway is down meanwhile).
  void back_up_store();
  void restore_store();
  [[nodiscard]] std::filesystem::path store_file(std::size_t which = 0) const;
  [[nodiscard]] const HostApplication::Counters* gateway_counters() const;

  void restart_broker();
  void command_rebirth();

  void run_for(Duration time);
  /// Until every living board is drained, at most `limit`; whether it came to that.
  bool run_until_drained(Duration limit);
  [[nodiscard]] std::mt19937_64& random() { return random_; }
  [[nodiscard]] bool chance(double probability);
  [[nodiscard]] std::uint64_t messages() const { return messages_; }

 private:
  struct Session;
  struct Board;
  struct Gateway;

  [[nodiscard]] Now now_of(const Board& board) const;
  [[nodiscard]] Now host_now() const;
  void at(Duration delay, std::function<void()> what);
  [[nodiscard]] Duration short_while();
  /// Runs `what` later, unless the board's process has died by then.
  void later(std::size_t board, Duration delay, std::function<void(Board&)> what);

  void settle(std::size_t board);
  void perform(std::size_t board, EdgeNodeAction action);
  void connect_gateway(std::size_t which, Duration delay);
  void settle_gateway(std::size_t which);
  void begin_commit(std::size_t which);

  void to_broker(const OutgoingMessage& message, bool from_host, std::uint64_t session);
  void fan_out(const OutgoingMessage& message);
  void deliver(Session& session, const OutgoingMessage& message, bool retained);
  void end_session(Session& session, bool with_will);

  std::uint64_t seed_;
  std::mt19937_64 random_;
  ScratchFolder folder_;
  SteadyTime time_{};
  std::multimap<SteadyTime, std::function<void()>> agenda_;
  std::map<std::string, OutgoingMessage> retained_;
  std::vector<std::unique_ptr<Board>> boards_;
  std::vector<std::unique_ptr<Gateway>> gateways_;
  std::uint64_t sessions_ = 0;
  std::uint64_t messages_ = 0;
  std::uint64_t counter_ = 0;
  Losses losses_;
  std::uint64_t epochs_begun_ = 0;  ///< by boards whose outbox went on
};

}  // namespace xalink
