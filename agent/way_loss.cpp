#include "agent/way_loss.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace xalink {
namespace {

// Of packets there and back. A visit takes some ten of them: at 15 % four of five visits wait for one that
// was lost. What a good radio link loses stays far below.
constexpr double kMuch = 0.15;
constexpr double kLittle = 0.06;
constexpr double kWeight = 0.25;     // of the newest run: two bad ones tell, and eight good ones make it well
constexpr std::uint32_t kDeaf = 24;  // less than one in a million where half of the runs are lost whole
constexpr double kByChance = 1e-4;
constexpr std::uint32_t kRun = 8;  // requests: where a third is lost each way, all come one time in 600
constexpr std::uint32_t kRemembered = 8 * kRun;
constexpr std::uint32_t kSilent = 3;  // runs: of five echo requests each, there, one time in 5000

}  // namespace

// A way that is gone loses all, and no share of that: only where silence begins it may be chance, and counts
// for half. Who has become deaf to echo requests says nothing more of the way.
void WayLoss::take(double share, BootTime at, std::uint32_t requests) {
  if (requests == 0) {
    take_run(share);
    if (share < 1) remember({share * kRun, kRun, at});
    return;
  }
  if (share >= 1) {
    // Between answers these were lost by chance; so many at once are a run of a way that is gone.
    unanswered_ += requests;
    if (unanswered_ < kRun) return;
    unanswered_ = 0;
    take_run(1);
    return;
  }
  if (std::exchange(silent_, 0) > 0) unanswered_ = 0;
  known_ = true;
  // Each request counts: the share of a connection that needed three of them is the share of three.
  const Requests answered{share * requests + unanswered_, requests + unanswered_, at};
  unanswered_ = 0;
  remember(answered);
  few_.lost += answered.lost;
  few_.all += answered.all;
  if (few_.all < kRun) return;
  const Requests run = std::exchange(few_, {});
  take_run(run.lost / run.all);
}

void WayLoss::remember(const Requests& answered) {
  std::shift_right(newest_.begin(), newest_.end(), 1);
  newest_.front() = answered;
}

void WayLoss::take_run(double share) {
  const bool silent = share >= 1;
  silent_ = silent ? std::min(silent_ + 1, kDeaf) : 0;
  if (silent_ == kDeaf) *this = WayLoss(silent_);
  if (silent_ > 1 || (silent && !known_)) return;
  known_ = true;
  share_ += kWeight * ((silent ? 0.5 : share) - share_);
  much_ = share_ >= (much_ ? kLittle : kMuch);
}

// Echo requests are some fifteen by then: of a way that loses a quarter of them, one time in a hundred none
// is lost.
std::optional<bool> WayLoss::maybe_much_since(BootTime when) const {
  if (const auto share = share_since(when)) return *share >= kLittle;
  return newest_.front().at > when ? std::optional(true) : std::nullopt;
}

std::optional<double> WayLoss::share_since(BootTime when) const {
  const Requests since = requests_since(when);
  return since.all < kRun ? std::nullopt : std::optional(since.lost / since.all);
}

WayLoss::Requests WayLoss::requests_since(BootTime when) const {
  Requests since;
  for (const Requests& answered : newest_) {
    if (answered.at <= when || since.all >= kRemembered) break;
    since.lost += answered.lost;
    since.all += answered.all;
  }
  return since;
}

bool WayLoss::silent() const {
  return silent_ >= kSilent;
}

// A question is sent again while it waits, and so is the answer: together they fail no more often than one
// packet there and back.
bool WayLoss::explains(std::uint32_t unanswered, BootTime when, int exchanges) const {
  const Requests since = requests_since(when);
  if (since.all < kRun && newest_.front().at > when) return true;
  double now = since.all == 0 ? 0 : since.lost / since.all;
  // Of so few, more may have come through than usually do.
  if (since.all > 0 && since.all < 3 * kRun) now += std::sqrt(now * (1 - now) / since.all);
  const double share = std::max({share_, now, kMuch});
  // One of several has less time: it fails when it is lost twice.
  const double chance = exchanges == 1 ? share : 1 - std::pow(1 - share * share, exchanges);
  return std::pow(chance, unanswered) >= kByChance;
}

}  // namespace xalink
