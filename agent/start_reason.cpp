#include "agent/start_reason.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>
#include <system_error>
#include <utility>

#include "agent/note_text.hpp"

namespace xalink {
namespace {

using What = StartReason::What;

constexpr std::string_view kForm = "stop 1";

std::optional<Stamp> last_sign(const std::string& boot_id, const std::vector<Stamp>& newest,
                               const StopNote& stop) {
  std::optional<Stamp> last;
  for (const Stamp& stamp : newest) {
    if (stamp.boot_id.empty()) continue;
    // Of this boot before any other; else the later one, as far as the walls can tell.
    const bool better =
        !last || (stamp.boot_id == last->boot_id ? stamp.boot_time > last->boot_time
                  : stamp.boot_id == boot_id     ? true
                                                 : last->boot_id != boot_id && stamp.wall > last->wall);
    if (better) last = stamp;
  }
  if (last && stop.boot_id == last->boot_id && stop.at > last->boot_time) {
    last->wall += stop.at - last->boot_time;
    last->boot_time = stop.at;
  }
  return last;
}

Milliseconds off_time(const StartReason& reason, const Stamp& now, bool& known) {
  const Stamp& before = *reason.before;
  const auto started = reason.of_board ? BootTime::zero() : now.boot_time;
  if (!reason.of_board) {
    known = true;
    return started - before.boot_time;
  }
  known = before.quality != ClockQuality::unset && now.quality != ClockQuality::unset;
  return (now.wall - now.boot_time) - before.wall;
}

}  // namespace

StopNote StopNote::from_text(std::string_view text) {
  StopNote note;
  auto line = take_until(text, '\n');
  if (take_until(line, '\t') != kForm) return note;
  const auto boot = take_until(line, '\t');
  const auto digits = take_until(line, '\t');
  std::int64_t at = 0;
  const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), at);
  if (read.ec == std::errc() && read.ptr == digits.data() + digits.size() && at >= 0) {
    note.boot_id = boot;
    note.at = BootTime(at);
    note.sign = line;
  }
  while (!text.empty()) {
    if (const auto name = take_until(text, '\n'); !name.empty()) note.known.emplace(name);
  }
  return note;
}

std::string StopNote::to_text() const {
  std::string text = std::string(kForm) + "\t" + one_field(boot_id) + "\t" + std::to_string(at.count()) +
                     "\t" + one_field(sign);
  for (const auto& name : known) text += "\n" + one_field(name);
  return text;
}

std::string_view to_string(StartReason::What what) {
  switch (what) {
    case What::first_start: return "first start";
    case What::request: return "request";
    case What::crash: return "crash";
    case What::shutdown: return "shutdown";
    case What::power_loss: return "power loss";
    case What::watchdog: return "watchdog";
    case What::kernel_panic: return "kernel panic";
    case What::not_known: return "not known";
  }
  return "not known";
}

StartReason start_reason(const std::string& boot_id, const std::vector<Stamp>& newest, const StopNote& stop,
                         const RebootTraces& traces) {
  StartReason reason;
  reason.before = last_sign(boot_id, newest, stop);
  if (!reason.before) return reason;
  const bool stopped = stop.boot_id == reason.before->boot_id;
  const auto is = [&](What what, std::string evidence) {
    reason.what = what;
    reason.evidence = std::move(evidence);
    return reason;
  };
  if (reason.before->boot_id == boot_id) {
    if (stopped) return is(What::request, "it was asked to stop");
    return is(What::crash, "it ended without being asked to");
  }
  reason.of_board = true;
  // A board that resets itself through its watchdog when it is restarted was restarted.
  if (stopped && !stop.sign.empty()) return is(What::shutdown, stop.sign);
  if (traces.shut_down == true) return is(What::shutdown, "wtmp");
  std::vector<std::string> panics;
  std::ranges::set_difference(traces.panics, stop.known, std::back_inserter(panics));
  if (!panics.empty()) return is(What::kernel_panic, panics.back());
  if (traces.watchdog) return is(What::watchdog, *traces.watchdog + " says so");
  if (stopped) return is(What::not_known, "the program had been stopped before the board went off");
  return is(What::power_loss, "no sign of a shutdown, a watchdog or a kernel panic");
}

Record boot_record(const StartReason& reason, Stamp stamp) {
  Record record;
  bool known = false;
  Milliseconds off{};
  if (reason.before) off = off_time(reason, stamp, known);
  known = known && off >= Milliseconds::zero();
  const auto count = [](Milliseconds time) { return static_cast<std::uint64_t>(time.count()); };
  record.values = {std::string(reason.of_board ? "board" : "program"),
                   std::string(to_string(reason.what)),
                   stamp.boot_id,
                   count(stamp.boot_time),
                   reason.before ? Value(reason.before->boot_id) : Value(),
                   reason.before ? Value(count(reason.before->boot_time)) : Value(),
                   known ? Value(count(off) / 1000) : Value(),
                   reason.evidence.empty() ? Value() : Value(reason.evidence)};
  record.stamp = std::move(stamp);
  return record;
}

std::vector<OutageEvent> outage_before(const StartReason& reason, const Stamp& now, Milliseconds heartbeat,
                                       Milliseconds least) {
  const bool by_power = reason.what == What::power_loss;
  const bool by_board = reason.what == What::watchdog || reason.what == What::kernel_panic;
  const bool by_program = reason.what == What::crash;
  if (!reason.before || !(by_power || by_board || by_program)) return {};
  bool known = false;
  const auto off = off_time(reason, now, known);
  // The unit starts a program anew at once; what took longer was seen by the signs that are missing.
  if (by_program && off <= std::max(2 * heartbeat, least)) return {};
  known = known && off >= Milliseconds::zero();
  OutageEvent begin;
  begin.kind = OutageEvent::Kind::begin;
  Outage& outage = begin.outage;
  outage.cause = by_power ? Rung::power : Rung::board;
  outage.reached = Rung::power;
  outage.begin_boot = begin.boot = reason.before->boot_id;
  begin.at_earliest = reason.before->boot_time;
  // It was over by then at the latest, however soon another sign would have been due.
  begin.at = begin.at_earliest + (known ? std::min(heartbeat, off) : heartbeat);
  outage.begin = outage.changed = begin.at;
  outage.evidence = std::string(to_string(reason.what)) + ": " + reason.evidence;
  outage.id =
      begin.boot + "-" + std::to_string(outage.begin.count()) + "-" + std::string(to_string(outage.cause));
  OutageEvent end = begin;
  end.kind = OutageEvent::Kind::end;
  end.boot = now.boot_id;
  end.at = by_program ? now.boot_time : BootTime::zero();
  end.at_earliest = by_program ? begin.at : BootTime::zero();
  end.outage.changed = end.at;
  const auto lasted = off - (begin.at - begin.at_earliest);
  if (known) end.lasted = lasted;
  return {begin, end};
}

}  // namespace xalink
