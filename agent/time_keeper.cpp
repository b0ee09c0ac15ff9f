#include "agent/time_keeper.hpp"

#include <spdlog/spdlog.h>

#include <utility>

#include "agent/build_time.hpp"
#include "sparkplug/certificate_time.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {
namespace {

// Two more wake-ups a minute. A clock that becomes right is noticed by the next stamp anyway.
constexpr Duration kLookEvery = std::chrono::seconds(30);
// Between reading one clock and the other the process may have been put aside.
constexpr Milliseconds kReadTogether{20};

std::string utc(WallTime time) {
  return utc_text(time, "%Y-%m-%d %H:%M:%S UTC");
}

}  // namespace

WallTime built_at() {
  return WallTime(std::chrono::seconds(kBuildTime));
}

TimeKeeper::TimeKeeper(Clock& clock, QualityOf kernel, std::string boot_id, WallTime built,
                       std::string_view memory, const std::vector<Stamp>& newest)
    : clock_(clock),
      kernel_(std::move(kernel)),
      time_(std::move(boot_id), built, memory, newest, read(clock, kernel_)) {
  if (time_.quality() == ClockQuality::unset) {
    spdlog::info("the clock is not synchronised; it says {}. Until it is, records carry {} as a first guess",
                 utc(clock_.wall()), utc(WallTime(clock_.boot() + time_.offset())));
  }
  told_quality_ = time_.quality();
  log_changes();
}

BoardTime::Reading TimeKeeper::read(Clock& clock, const QualityOf& kernel) {
  BoardTime::Reading reading;
  for (int attempt = 0; attempt < 3; ++attempt) {
    const auto before = clock.boot();
    reading.wall = clock.wall();
    reading.boot = clock.boot();
    if (reading.boot - before <= kReadTogether) break;
  }
  reading.kernel = kernel();
  return reading;
}

void TimeKeeper::look() {
  time_.look(read(clock_, kernel_));
  log_changes();
}

void TimeKeeper::answered(const action::ClockAnswer& answer) {
  time_.answered(answer, read(clock_, kernel_));
  log_changes();
}

// One line for each change; the next step where there is something to do.
void TimeKeeper::log_changes() {
  if (time_.quality() != told_quality_) {
    told_quality_ = time_.quality();
    spdlog::info("the clock is {} now: {}", to_string(told_quality_),
                 utc(WallTime(clock_.boot() + time_.offset())));
  }
  if (time_.doubt() == told_doubt_) return;
  told_doubt_ = time_.doubt();
  switch (told_doubt_) {
    case ClockDoubt::none: return;
    case ClockDoubt::kernel_before_floor:
      spdlog::warn(
          "the system's clock says {} and calls itself synchronised, but it cannot be earlier than {}. "
          "Next: see which time server it follows (timedatectl timesync-status)",
          utc(clock_.wall()), utc(time_.floor_at(clock_.boot())));
      return;
    case ClockDoubt::gateway_before_floor:
      spdlog::warn(
          "the gateway tells a time that lies before {}, which has passed. Next: have its clock checked",
          utc(time_.floor_at(clock_.boot())));
      return;
    case ClockDoubt::disagreement:
      spdlog::warn(
          "the system's clock ({}) and the gateway's are too far apart: one of them is wrong, so the "
          "time counts as not known. Next: compare both with a telephone (timedatectl)",
          utc(clock_.wall()));
      return;
    case ClockDoubt::jumped:
      spdlog::warn(
          "the system's clock jumped to {}; records keep the time as it was. Next: see whether "
          "somebody set it by hand (journalctl -u systemd-timesyncd)",
          utc(clock_.wall()));
      return;
  }
}

void TimeKeeper::before_handshake() {
  look();
  const auto boot = clock_.boot();
  const bool in_the_past = clock_.wall() < time_.floor_at(boot);
  if (in_the_past) {
    const WallTime best(boot + time_.offset());
    if (!own_certificate_time_) {
      spdlog::warn(
          "the system's clock says {}, which has passed; certificates are checked as of {} meanwhile. "
          "Next: let NTP (UDP port 123) through, or set the date",
          utc(clock_.wall()), utc(best));
    }
    check_certificates_at(best);
  } else if (own_certificate_time_) {
    check_certificates_at(std::nullopt);
  }
  own_certificate_time_ = in_the_past;
}

Now TimeKeeper::now() {
  look();
  const auto boot = clock_.boot();
  return Now{clock_.steady(), WallTime(boot + time_.offset()), boot, time_.quality(), time_.bounds()};
}

Stamp TimeKeeper::stamp() {
  look();
  return time_.stamp(clock_.boot());
}

boost::asio::awaitable<void> TimeKeeper::run(Recorder& recorder) {
  while (true) {
    look();
    co_await record_statements(recorder);
    co_await clock_.sleep_for(kLookEvery);
  }
}

boost::asio::awaitable<void> TimeKeeper::record_statements(Recorder& recorder) {
  auto statements = time_.take_statements(clock_.boot());
  if (!statements) co_return;
  std::vector<Pending> records;
  const auto stamp = time_.stamp(clock_.boot());
  for (const auto& clock : statements->clocks) {
    records.push_back(Pending{boot_clock_schema(), boot_clock_record(clock, stamp)});
  }
  std::string key(kBootBookNote);
  auto recording = recorder.record_events(std::move(records), std::move(key), statements->memory);
  auto recorded = co_await std::move(recording);
  // The recorder has told what the disk says.
  if (!recorded) time_.give_back(std::move(*statements));
}

}  // namespace xalink
