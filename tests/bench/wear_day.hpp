#pragma once
// Hours of an ordinary board in seconds, the same records for everybody who has to keep them.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "agent/by_exception.hpp"
#include "sparkplug/edge_node.hpp"
#include "tests/bench/record_mix.hpp"

namespace xalink::bench {

/// Gives the records of so many hours in order, at the times at which the default schedule takes them: those
/// that a board records by default, which are the ones that say something new (agent/by_exception.hpp).
/// Between them the kernel keeps its habits: ext4 commits its journal 5 s after something changed, and what
/// is dirty is written out after 30 s (vm.dirty_expire_centisecs). In time that runs a thousand times too
/// fast it would all stay in memory instead, and what is overwritten or deleted meanwhile would cost nothing.
/// One rule for everybody.
class WearDay {
 public:
  WearDay(double hours, std::filesystem::path folder);

  /// The next record; nothing when the time is over. Everything that the disk owes until then is done.
  [[nodiscard]] std::optional<Pending> next();
  /// Called every 5 s of simulated time, before what the kernel writes then. Says whether it wrote.
  std::function<bool(Milliseconds since_begin)> each_step;
  /// Runs out the time that is left after the last record.
  void finish();
  [[nodiscard]] std::uint64_t records() const { return records_; }
  /// What was measured, recorded or not.
  [[nodiscard]] std::uint64_t measured() const { return measured_; }
  /// Of a record that next() gave.
  [[nodiscard]] static Milliseconds since_begin(const Pending& record);

 private:
  void take_minute();
  [[nodiscard]] Pending take();
  void pass_until(Milliseconds moment);
  [[nodiscard]] Milliseconds within(Milliseconds longest);
  [[nodiscard]] Milliseconds late(Milliseconds slot, Milliseconds longest, Milliseconds lasts);

  RecordMix mix_;
  ByException rule_{ByExceptionSettings{}};
  std::filesystem::path folder_;
  Milliseconds length_;
  std::mt19937_64 random_{20'260'901};
  std::vector<Pending> minute_;  ///< still to be given, the last one first
  std::optional<Pending> first_of_next_;
  std::int64_t minutes_ = 0;
  Milliseconds passed_{};
  bool journal_dirty_ = false;
  bool pages_dirty_ = false;
  std::uint64_t records_ = 0;
  std::uint64_t measured_ = 0;
  Milliseconds window_end_{-1};  ///< a measurement that was recorded before waits for the disk until then
};

/// A record as the agent sends it live: the bytes of its DDATA.
[[nodiscard]] std::string live_payload(const Pending& record, RowId row);

struct Kept {
  std::uint64_t records = 0;
  std::uint64_t payload_bytes = 0;  ///< of what had to be kept, 0 where they are not messages
};

enum class Link : bool { up, down };

/// Our recorder and outbox, measurements flushed every `flush`. `up`: acknowledged after each flush.
[[nodiscard]] Kept keep_in_outbox(const std::filesystem::path& folder, double hours, Link link,
                                  std::chrono::minutes flush);
/// No records at all, but the least that anybody can do who promises to lose no more than `every`: one
/// block of a file that is there already is overwritten and synced, when something was taken.
[[nodiscard]] Kept overwrite_a_block(const std::filesystem::path& folder, double hours,
                                     std::chrono::minutes every);
/// Paho's asynchronous client with its own file persistence, QoS 1, one message a record. `down`: its
/// buffer for messages that wait for a connection.
[[nodiscard]] Kept keep_with_paho(const std::filesystem::path& folder, double hours, Link link,
                                  std::uint16_t port);
/// A Mosquitto at `port`, bridged to another one, with persistence in `folder`. It saves every
/// `save_every`, told by SIGUSR1 to `broker` as its own timer would.
[[nodiscard]] Kept keep_with_bridge(const std::filesystem::path& folder, double hours, std::uint16_t port,
                                    int broker, std::chrono::minutes save_every,
                                    const std::function<bool(std::uint64_t)>& arrived);

}  // namespace xalink::bench
