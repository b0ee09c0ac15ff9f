#pragma once
// A board with a bad clock and a gateway, with what is true beside what they believe. Real rules, a real
// outbox and a real store; weeks pass in seconds, and everything follows from the seed.

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "agent/board_time.hpp"
#include "agent/outbox/outbox.hpp"
#include "gateway/ledger.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/host_application.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

class ClockWorld {
 public:
  explicit ClockWorld(std::uint64_t seed);
  ~ClockWorld();
  ClockWorld(const ClockWorld&) = delete;
  ClockWorld& operator=(const ClockWorld&) = delete;

  static constexpr WallTime kBuilt{Milliseconds(1'790'000'000'000)};

  // --- the board
  /// Switches it on; its system clock then says `wall`.
  void boot(WallTime wall);
  /// The clock says what a board without any battery says.
  void boot() { boot(WallTime(std::chrono::seconds(20))); }
  void cut_power();
  /// Stops the process and starts it again in the same boot.
  void restart_agent();
  /// Somebody, or something, sets the system clock; the kernel then no longer calls it synchronised.
  void set_clock(WallTime wall);
  /// A time server disciplines the system clock from now on: to the truth, or to the truth plus `wrong_by`.
  void ntp_comes(Milliseconds wrong_by = {});
  void ntp_goes();
  [[nodiscard]] bool on() const { return board_ != nullptr; }
  [[nodiscard]] ClockQuality quality() const;
  [[nodiscard]] ClockDoubt doubt() const;
  [[nodiscard]] WallTime believed() const;

  // --- the gateway and the way to it
  bool link = false;
  Milliseconds gateway_wrong_by{};
  bool gateway_synchronised = true;
  /// Longest time that a message is under way.
  Milliseconds slowest = std::chrono::seconds(3);

  // --- time
  [[nodiscard]] WallTime truth() const { return truth_; }
  /// The board takes a measurement each quarter of an hour and an event now and then.
  void run_for(Milliseconds time);
  /// Time passes and nothing runs: the board is switched off, or sleeps (its boot time goes on).
  void pass(Milliseconds time);
  /// Until all that is durable is in the store; whether it came to that.
  [[nodiscard]] bool deliver_all();

  /// One record as the store has it now, and when it was truly taken.
  struct Judged {
    WallTime truth{};
    WallTime stored_wall{};
    WallTime time{};
    std::optional<WallTime> earliest;
    std::optional<WallTime> latest;
    ClockQuality quality = ClockQuality::unset;
    ClockQuality stamped = ClockQuality::unset;
  };
  /// All records that were durable. Throws when one is not in the store, or twice.
  [[nodiscard]] std::vector<Judged> judge() const;

  [[nodiscard]] std::mt19937_64& random() { return random_; }
  [[nodiscard]] std::filesystem::path store() const { return folder_ / "gateway.db"; }
  [[nodiscard]] std::filesystem::path outbox() const { return folder_ / "outbox.db"; }

 private:
  struct Board;
  struct Letter {
    WallTime due{};
    bool to_gateway = false;
    std::string topic;
    std::string payload;
  };

  void start_process();
  [[nodiscard]] BootTime boot_time() const;
  [[nodiscard]] BoardTime::Reading reading() const;
  [[nodiscard]] Now board_now();
  [[nodiscard]] Now host_now() const;
  void take(const Schema& schema);
  void append(const std::vector<Pending>& records);
  void record_statements();
  void settle();
  void deliver_letters();
  void commit();
  void step(Milliseconds time);

  std::mt19937_64 random_;
  ScratchFolder folder_;
  WallTime truth_{kBuilt + std::chrono::days(30)};
  std::unique_ptr<Ledger> ledger_;
  std::optional<HostApplication> host_;
  std::unique_ptr<Board> board_;
  std::uint64_t boots_ = 0;
  std::deque<Letter> letters_;
  /// When each durable record was truly taken, by lane and row.
  std::map<std::pair<int, RowId>, WallTime> truths_;
};

}  // namespace xalink::test
