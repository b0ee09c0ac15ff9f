#include "agent/modem_reset.hpp"

#include <spdlog/spdlog.h>

#include <sstream>
#include <utility>

namespace xalink {
namespace {

constexpr const char* kNote = "modem/reset";
// From the reset to a network: the modem starts, ModemManager finds it, it searches. Longer than its probe's
// patience with a modem that was just found would be no answer to whether the reset helped.
constexpr Milliseconds kTrial = std::chrono::minutes(10);
constexpr Duration kKeepAgainAfter = std::chrono::seconds(30);

}  // namespace

ModemReset::ModemReset(const boost::asio::any_io_executor& executor, Clock& clock, Method method,
                       Milliseconds interval, Surroundings surroundings)
    : clock_(clock),
      method_(std::move(method)),
      surroundings_(std::move(surroundings)),
      plan_(interval),
      news_(executor) {}

void ModemReset::judged(const ModemVerdict& verdict) {
  verdict_ = verdict;
  if (!verdict.device.empty()) device_ = verdict.device;
  if (is_hung(verdict.fault)) {
    plan_.hung();
  } else if (verdict.well) {
    plan_.well(clock_.boot());
  }
  if (!method_.name.empty()) news_.ring();
}

boost::asio::awaitable<void> ModemReset::run() {
  if (method_.name.empty()) co_return;
  auto reading = surroundings_.note(kNote);
  const auto note = co_await std::move(reading);
  if (note && *note) remember(**note);
  while (true) {
    auto waiting = news_.wait();
    co_await std::move(waiting);
    auto acting = act();
    co_await std::move(acting);
  }
}

boost::asio::awaitable<void> ModemReset::keep_again(Recorder& recorder) {
  // Before the note was read, and while the modem is well, there is nothing to tell.
  while (plan_.number() > 0) {
    auto keeping = recorder.keep_note(kNote, memory());
    const auto kept = co_await std::move(keeping);
    if (kept) co_return;
    co_await clock_.sleep_for(kKeepAgainAfter);
  }
}

boost::asio::awaitable<void> ModemReset::act() {
  const Milliseconds passed = clock_.boot() - trial_.begun;
  const bool well = verdict_.well;
  if (on_trial_ && (well || passed >= kTrial)) {
    on_trial_ = false;
    auto telling = tell(well ? "recovered" : "not recovered", std::string(to_string(verdict_.fault)), passed);
    on_trial_ = !co_await std::move(telling);
  }
  if (!on_trial_ && is_hung(verdict_.fault) && plan_.may_reset(clock_.boot())) {
    auto resetting = reset();
    co_await std::move(resetting);
  }
}

boost::asio::awaitable<void> ModemReset::reset() {
  trial_.cause = verdict_.fault;
  trial_.begun = clock_.boot();
  trial_.number = plan_.begin(trial_.begun);
  on_trial_ = true;
  auto beginning = tell("begin", {}, Milliseconds(0));
  // What could not be written down would be done again by the next start of this program, without end.
  on_trial_ = co_await std::move(beginning);
  if (!on_trial_) co_return;
  spdlog::warn("the modem hangs ({}): resetting it by {}, time {}", to_string(trial_.cause), method_.name,
               trial_.number);
  auto performing = method_.perform(device_);
  std::string failed = co_await std::move(performing);
  if (!failed.empty()) spdlog::warn("the modem could not be reset: {}", failed);
  const bool done = failed.empty();
  on_trial_ = done;
  auto ending = tell(done ? "done" : "failed", std::move(failed), clock_.boot() - trial_.begun);
  co_await std::move(ending);
}

std::string ModemReset::memory() const {
  std::string memory = plan_.memory(surroundings_.boot_id);
  if (on_trial_) memory += " " + std::to_string(static_cast<unsigned>(trial_.cause));
  return memory;
}

void ModemReset::remember(const std::string& memory) {
  std::istringstream rest(plan_.remember(memory, surroundings_.boot_id));
  unsigned cause = 0;
  if (!(rest >> cause)) return;
  if (cause > static_cast<unsigned>(ModemFault::silent) || !is_hung(static_cast<ModemFault>(cause))) return;
  trial_.cause = static_cast<ModemFault>(cause);
  trial_.number = plan_.number();
  trial_.begun = plan_.last();
  on_trial_ = true;
}

boost::asio::awaitable<bool> ModemReset::tell(std::string_view event, std::string result,
                                              Milliseconds duration) {
  std::vector<Value> values;
  values.emplace_back(std::string(event));
  values.emplace_back(std::string(to_string(trial_.cause)));
  values.emplace_back(method_.name);
  values.emplace_back(std::uint64_t{trial_.number});
  values.push_back(result.empty() ? Value() : Value(std::move(result)));
  values.emplace_back(static_cast<std::uint64_t>(duration.count()));
  auto telling = surroundings_.tell(std::move(values), kNote, memory());
  const auto told = co_await std::move(telling);
  co_return told.has_value();
}

}  // namespace xalink
