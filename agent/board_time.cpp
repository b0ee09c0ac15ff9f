#include "agent/board_time.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

// Further behind the floor no board has been in a cupboard; it is what an unset clock chip shows.
constexpr Milliseconds kLongestInACupboard = hours(24 * 366 * 5);
// The kernel's clock is at another offset than it was in this boot, and goes on saying that it is right.
constexpr Milliseconds kBelieveAJumpAfter = minutes(10);
constexpr Milliseconds kGatewayForgottenAfter = hours(24);
// A clock that comes and goes must not fill the outbox with statements; the drift between them is small.
constexpr Milliseconds kStateAtMostEvery = minutes(10);
constexpr Milliseconds kStateHoldoverEvery = hours(6);

bool overlap(const OffsetBounds& a, const OffsetBounds& b) {
  return (!b.latest || a.earliest <= *b.latest) && (!a.latest || b.earliest <= *a.latest);
}

OffsetBounds intersection(const OffsetBounds& a, const OffsetBounds& b) {
  OffsetBounds both{std::max(a.earliest, b.earliest), a.latest};
  if (b.latest) both.latest = both.latest ? std::min(*both.latest, *b.latest) : *b.latest;
  return both;
}

OffsetBounds hull(const OffsetBounds& a, const OffsetBounds& b) {
  OffsetBounds all{std::min(a.earliest, b.earliest), std::nullopt};
  if (a.latest && b.latest) all.latest = std::max(*a.latest, *b.latest);
  return all;
}

OffsetBounds around(Milliseconds offset) {
  return {offset - kSynchronisedWithin, offset + kSynchronisedWithin};
}

Milliseconds clamped(Milliseconds offset, const OffsetBounds& bounds) {
  if (bounds.latest) offset = std::min(offset, *bounds.latest);
  return std::max(offset, bounds.earliest);
}

Milliseconds offset_of(const Stamp& stamp) {
  return stamp.wall.time_since_epoch() - stamp.boot_time;
}

/// Earliest true time of the last record of a boot.
Milliseconds earliest_end(const RememberedBoot& boot) {
  return bounds_at(boot.clock, boot.last).earliest + boot.last;
}

}  // namespace

std::string_view to_string(ClockDoubt doubt) {
  switch (doubt) {
    case ClockDoubt::none: return "none";
    case ClockDoubt::kernel_before_floor: return "kernel_before_floor";
    case ClockDoubt::gateway_before_floor: return "gateway_before_floor";
    case ClockDoubt::disagreement: return "disagreement";
    case ClockDoubt::jumped: return "jumped";
  }
  return "none";
}

BoardTime::BoardTime(std::string boot_id, WallTime built, std::string_view memory,
                     const std::vector<Stamp>& newest, const Reading& first)
    : boot_id_(std::move(boot_id)), book_(memory), built_earliest_(built.time_since_epoch() - first.boot) {
  // Whoever was before this process in this boot may have gone on to the next one in the book.
  std::optional<RememberedBoot> ours;
  if (auto* known = book_.find(boot_id_)) {
    ours = *known;
    std::erase_if(book_.boots(), [&](const RememberedBoot& boot) { return boot.clock.boot_id == boot_id_; });
  }
  remember_earlier_boots(newest);
  earliest_ = built_earliest_;
  if (!book_.boots().empty()) earliest_ = std::max(earliest_, earliest_end(book_.boots().back()));

  const auto raw = first.wall.time_since_epoch() - first.boot;
  const bool plausible = raw >= earliest_ && raw <= earliest_ + kLongestInACupboard;
  offset_ = plausible ? raw : earliest_;
  const bool is_new = !ours;
  if (!ours) {
    ours.emplace();
    ours->clock = BootClock{boot_id_, first.boot, offset_, {earliest_, std::nullopt}, ClockQuality::unset};
    ours->last = first.boot;
  } else {
    stated_at_ = ours->clock.at;
  }
  book_.add(*ours);
  if (!is_new) resume(*ours);
  for (const auto& stamp : newest) {
    if (stamp.boot_id != boot_id_) continue;
    if (stamp.quality == ClockQuality::synchronised) {
      const auto offset = offset_of(stamp);
      if (!kernel_ || kernel_->at < stamp.boot_time) {
        kernel_ = Witness{stamp.boot_time, offset, around(offset)};
        quality_ = ClockQuality::holdover;
      }
    } else if (is_new) {
      offset_ = std::max(offset_of(stamp), earliest_);
      took_unset_ = true;
    }
  }
  bounds_ = {earliest_at(first.boot), std::nullopt};
  judge(first);
  if (is_new && quality_ == ClockQuality::unset) {
    state(BootClock{boot_id_, first.boot, offset_, bounds_, ClockQuality::unset});
  } else if (quality_ != ClockQuality::unset) {
    close_earlier_boots();
  }
}

void BoardTime::remember_earlier_boots(const std::vector<Stamp>& newest) {
  for (const auto& stamp : newest) {
    if (stamp.boot_id == boot_id_ || stamp.boot_id.empty()) continue;
    auto* boot = book_.find(stamp.boot_id);
    if (boot == nullptr) {
      RememberedBoot found;
      // In a boot that nothing was stated of, all that is known is that it came after those before it; the
      // build of this program says nothing of a boot before it was installed.
      const auto floor = book_.boots().empty() ? Milliseconds() : earliest_end(book_.boots().back());
      found.clock =
          BootClock{stamp.boot_id, BootTime(0), offset_of(stamp), {floor, std::nullopt}, ClockQuality::unset};
      found.clock.offset = std::max(found.clock.offset, floor);
      boot = &book_.add(std::move(found));
    }
    boot->last = std::max(boot->last, stamp.boot_time);
    if (stamp.quality == ClockQuality::synchronised && stamp.boot_time >= boot->clock.at) {
      const auto offset = offset_of(stamp);
      boot->clock =
          BootClock{stamp.boot_id, stamp.boot_time, offset, around(offset), ClockQuality::synchronised};
    }
  }
}

// Another process, or this one before it was started again, was here in this boot.
void BoardTime::resume(const RememberedBoot& boot) {
  const auto& clock = boot.clock;
  const Witness witness{clock.at, clock.offset, clock.bounds};
  offset_ = std::max(clock.offset, earliest_);
  took_unset_ = clock.quality == ClockQuality::unset;
  if (clock.quality == ClockQuality::synchronised) kernel_ = witness;
  if (clock.quality == ClockQuality::holdover) gateway_ = witness;
  if (clock.quality != ClockQuality::unset) quality_ = ClockQuality::holdover;
}

OffsetBounds BoardTime::widened(const Witness& witness, BootTime when) {
  return bounds_at(BootClock{{}, witness.at, witness.offset, witness.bounds, {}}, when);
}

BootClock BoardTime::clock_of(const Witness& witness, ClockQuality quality) const {
  return BootClock{boot_id_, witness.at, witness.offset, witness.bounds, quality};
}

bool BoardTime::before_floor(const Witness& witness) const {
  return witness.bounds.latest && *witness.bounds.latest < earliest_at(witness.at);
}

void BoardTime::look(const Reading& reading) {
  judge(reading);
}

void BoardTime::answered(const action::ClockAnswer& answer, const Reading& reading) {
  const auto told = answer.gateway.time_since_epoch();
  const auto slack = kSynchronisedWithin + drift_in(answer.arrived - answer.asked);
  Witness witness{answer.arrived, {}, {told - answer.arrived - slack, told - answer.asked + slack}};
  bool contradicts_itself = false;
  if (gateway_) {
    const auto before = widened(*gateway_, answer.arrived);
    contradicts_itself = !overlap(before, witness.bounds);
    witness.bounds = contradicts_itself ? hull(before, witness.bounds) : intersection(before, witness.bounds);
  }
  witness.offset = witness.bounds.earliest + (*witness.bounds.latest - witness.bounds.earliest) / 2;
  gateway_ = witness;
  judge(reading);
  const bool due = !stated_at_ || contradicts_itself || answer.arrived - *stated_at_ >= kStateHoldoverEvery;
  if (quality_ == ClockQuality::holdover && due) {
    state(BootClock{boot_id_, reading.boot, offset_, bounds_, ClockQuality::holdover});
  }
}

void BoardTime::judge(const Reading& reading) {
  const auto raw = reading.wall.time_since_epoch() - reading.boot;
  const Witness now{reading.boot, raw, around(raw)};
  bool claims = reading.kernel == ClockQuality::synchronised;
  auto told = gateway_ ? std::optional(widened(*gateway_, reading.boot)) : std::nullopt;

  // Two who agree know better than the end of the boot before, which one of them alone was good for.
  if (claims && told && before_floor(now) && *now.bounds.latest >= built_earliest_ - drift_in(reading.boot) &&
      overlap(now.bounds, *told)) {
    earliest_ = built_earliest_;
  }
  auto doubt = ClockDoubt::none;
  if (told && *told->latest < earliest_at(reading.boot)) {
    doubt = ClockDoubt::gateway_before_floor;
    told.reset();
  }
  if (claims && before_floor(now)) {
    doubt = ClockDoubt::kernel_before_floor;
    claims = false;
  }
  const auto before = kernel_ ? std::optional(widened(*kernel_, reading.boot)) : std::nullopt;

  // What the gateway said once cannot stand against the kernel for ever.
  if (claims && told && !overlap(now.bounds, *told) && reading.boot - gateway_->at > kGatewayForgottenAfter) {
    gateway_.reset();
    told.reset();
  }
  if (claims && told && !overlap(now.bounds, *told)) {
    jumped_at_.reset();
    settle(reading.boot, ClockQuality::unset, offset_, hull(now.bounds, *told), ClockDoubt::disagreement);
    return;
  }
  if (claims && !told && before && !overlap(now.bounds, *before)) {
    if (!jumped_at_) jumped_at_ = reading.boot;
    if (reading.boot - *jumped_at_ < kBelieveAJumpAfter) {
      settle(reading.boot, ClockQuality::holdover, kernel_->offset, *before, ClockDoubt::jumped);
      return;
    }
  }
  jumped_at_.reset();
  if (claims) {
    kernel_ = now;
    settle(reading.boot, ClockQuality::synchronised, raw, now.bounds, doubt);
  } else if (before && told && !overlap(*before, *told)) {
    settle(reading.boot, ClockQuality::unset, offset_, hull(*before, *told), ClockDoubt::disagreement);
  } else if (before) {
    const auto bounds = told ? intersection(*before, *told) : *before;
    settle(reading.boot, ClockQuality::holdover, clamped(kernel_->offset, bounds), bounds, doubt);
  } else if (told) {
    settle(reading.boot, ClockQuality::holdover, gateway_->offset, *told, doubt);
  } else {
    settle(reading.boot, ClockQuality::unset, offset_, {earliest_at(reading.boot), std::nullopt}, doubt);
  }
}

// What was found out at `at`, and what the gateway has to learn of it.
void BoardTime::settle(BootTime at, ClockQuality quality, Milliseconds offset, OffsetBounds bounds,
                       ClockDoubt doubt) {
  const auto before = std::exchange(quality_, quality);
  bounds.earliest = std::max(bounds.earliest, earliest_at(at));
  if (bounds.latest) bounds.latest = std::max(*bounds.latest, bounds.earliest);
  bounds_ = bounds;
  offset_ = clamped(offset, bounds);
  doubt_ = doubt;
  if (before == quality) return;

  const BootClock now{boot_id_, at, offset_, bounds_, quality};
  const bool due = !stated_at_ || at - *stated_at_ >= kStateAtMostEvery;
  if (quality == ClockQuality::unset) {
    state(now);
  } else if (before == ClockQuality::unset) {
    auto* ours = book_.find(boot_id_);
    if (!ours->tie) ours->tie = now;
    // Nothing was stamped without knowing the time: then there is nothing to correct.
    if (took_unset_ || stated_at_) {
      state(now);
    } else {
      ours->clock = now;
    }
    close_earlier_boots();
  } else if (quality == ClockQuality::holdover) {
    if (due) state(clock_of(*kernel_, ClockQuality::synchronised));
  } else if (due && stated_at_) {
    state(now);
  }
}

void BoardTime::state(BootClock clock) {
  if (clock.boot_id == boot_id_) stated_at_ = clock.at;
  if (auto* boot = book_.find(clock.boot_id)) boot->clock = clock;
  statements_.push_back(std::move(clock));
}

// Each boot ended before the next one began: an upper bound for those that never knew the time.
void BoardTime::close_earlier_boots() {
  const auto& known = kernel_ ? *kernel_ : *gateway_;
  auto next_began = widened(known, BootTime(0)).latest;
  auto& boots = book_.boots();
  for (auto boot = std::next(boots.rbegin()); boot != boots.rend() && next_began; ++boot) {
    if (!boot->clock.bounds.latest) {
      auto clock = boot->clock;
      clock.at = boot->last;
      clock.bounds.earliest = bounds_at(boot->clock, boot->last).earliest;
      clock.bounds.latest = *next_began - boot->last;
      if (*clock.bounds.latest < clock.bounds.earliest) {
        // The floor was too high, or the clock that now counts is too low: one of both, so all between.
        std::swap(*clock.bounds.latest, clock.bounds.earliest);
      }
      clock.offset = clamped(clock.offset, clock.bounds);
      state(clock);
    }
    next_began = std::min(*next_began, *bounds_at(boot->clock, BootTime(0)).latest);
  }
}

Stamp BoardTime::stamp(BootTime boot) {
  took_unset_ = took_unset_ || quality_ == ClockQuality::unset;
  return Stamp{WallTime(boot + offset_), boot, boot_id_, quality_};
}

std::optional<BoardTime::Statements> BoardTime::take_statements(BootTime now) {
  if (statements_.empty()) return std::nullopt;
  auto* ours = book_.find(boot_id_);
  ours->last = std::max(ours->last, now);
  return Statements{std::exchange(statements_, {}), book_.to_text()};
}

void BoardTime::give_back(Statements statements) {
  statements_.insert(statements_.begin(), std::make_move_iterator(statements.clocks.begin()),
                     std::make_move_iterator(statements.clocks.end()));
}

}  // namespace xalink
