#pragma once
// How much of what is sent a way loses, and what silence on it means. Rules without I/O.

#include <array>
#include <cstdint>
#include <optional>

#include "sparkplug/clock.hpp"

namespace xalink {

/// What share of its packets a way loses, told by echo requests or, where nobody answers these, by how often
/// TCP has to ask for a connection; the newest the most.
class WayLoss {
 public:
  WayLoss() = default;
  /// `share` of one run, 0 to 1. `requests`: how many it was of; too few are put together to a run first.
  /// 0: enough.
  void take(double share, BootTime at, std::uint32_t requests = 0);
  [[nodiscard]] bool known() const { return known_; }
  /// So much that an answer is a matter of luck.
  [[nodiscard]] bool much() const { return much_; }
  /// Nobody has answered for some runs: it tells of the way as it was.
  [[nodiscard]] bool silent() const;
  /// So many questions in a row after `when`, each sent again while it may be answered, can all be lost by
  /// chance; also while too little is known since then. `exchanges`: how many each of them takes, one after
  /// the other.
  [[nodiscard]] bool explains(std::uint32_t unanswered, BootTime when, int exchanges = 1) const;
  /// It may be as much by the requests after `when` alone, of which the newest are remembered, or these are
  /// too few to tell; nothing when nobody has answered.
  [[nodiscard]] std::optional<bool> maybe_much_since(BootTime when) const;

 private:
  explicit WayLoss(std::uint32_t silent) : silent_(silent) {}

  bool known_ = false;
  bool much_ = false;
  struct Requests {
    double lost = 0;
    std::uint32_t all = 0;
    BootTime at{};
  };

  void take_run(double share);
  void remember(const Requests& answered);
  [[nodiscard]] Requests requests_since(BootTime when) const;
  /// Of the requests after `when`; nothing when these are too few to tell.
  [[nodiscard]] std::optional<double> share_since(BootTime when) const;

  std::uint32_t silent_ = 0;  ///< runs in a row, up to now
  double share_ = 0;
  /// Runs with an answer, or less than that; the newest first. While something is silent they come at the
  /// shortest interval, and what was lost when it began must not be forgotten before it is judged.
  std::array<Requests, 24> newest_{};
  Requests few_;                  ///< not enough for a run yet
  std::uint32_t unanswered_ = 0;  ///< of few, in a row up to now
};

}  // namespace xalink
