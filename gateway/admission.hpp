#pragma once
// What one board may ask of the gateway, so that nobody else has less of it, and an account of what was
// beyond that.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/host_application.hpp"
#include "sparkplug/token_bucket.hpp"

namespace xalink {

struct AdmissionLimits {
  /// Of one board, over some seconds. A board that drains a backlog as fast as both processors can sends
  /// some hundreds.
  double messages_per_second = 2000;
  /// NBIRTHs of one board in a minute, and at once: each costs the store a session, names and values. A node
  /// with a bad link is born again every few seconds for a while, hardly for longer.
  double births_per_minute = 60;
  /// Unusable messages of one board whose text is kept. The rest is counted.
  double set_aside_per_minute = 60;
};

/// What may come of one board at once: so many seconds' worth of messages.
inline constexpr double kSecondsOfMessages = 4;

/// Tells sources in a session's inbox apart: board by board. Births, deaths and STATE are precious. They and
/// commands are not metered there: a birth that is not read has to be known of
/// (HostApplication::left_unread).
[[nodiscard]] MessageClass class_of_message(std::string_view topic);

/// Boards that were never born share what four boards have: whoever invents node ids gains nothing by it.
/// Their births are not limited besides: after a restart of the gateway all boards are strangers.
/// Thread-safety: none; one loop.
class Admission {
 public:
  /// Whether the node has been born since the gateway was started.
  using Knows = std::function<bool(const NodeId&)>;

  Admission(AdmissionLimits limits, Knows knows) : limits_(limits), knows_(std::move(knows)) {}

  /// Before a message is read: whether it should be. Deaths, STATE and commands always are: they cost little,
  /// and what a missing death leaves behind is never put right.
  [[nodiscard]] bool admits(std::string_view topic, SteadyTime now);
  /// Whether an unusable message may be kept; otherwise it is counted.
  [[nodiscard]] bool keeps(const fact::SetAside& message, SteadyTime now);

  /// What else was not taken in of a board.
  void note_dropped(const DroppedMessages& dropped);
  void note_refused(const NodeId& board, std::uint64_t records, std::uint64_t others);

  /// When the account is to be told, at the earliest: now and then, not with each message.
  [[nodiscard]] std::optional<SteadyTime> due() const;
  /// The account since the last time, one fact for each board; the nameless one stands for all that are not
  /// known.
  [[nodiscard]] std::vector<fact::Curbed> take(Now now);

 private:
  struct Board {
    TokenBucket messages;
    TokenBucket births;
    TokenBucket device_births;
    TokenBucket set_aside;
  };

  /// The board, or the nameless one for those that are not known.
  [[nodiscard]] NodeId name_of(std::string_view topic) const;
  Board& board_of(const NodeId& name);
  /// Whether this one of a known board's births, of itself or of a device, is within the limit.
  [[nodiscard]] bool may_be_born(Board& board, std::string_view type, SteadyTime now) const;
  fact::Curbed& account_of(const NodeId& name);

  AdmissionLimits limits_;
  Knows knows_;
  std::map<NodeId, Board> boards_;
  std::map<NodeId, fact::Curbed> account_;
  SteadyTime told_at_{};
};

}  // namespace xalink
