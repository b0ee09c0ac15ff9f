#include "agent/modem_health.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "agent/linux/modem_words.hpp"

namespace xalink {
namespace {

// One that is plugged in again, or a ModemManager that starts again, takes up to a minute.
constexpr Duration kComingBack = std::chrono::minutes(2);

}  // namespace

std::string_view to_string(ModemFault fault) {
  constexpr std::array<std::string_view, 8> kWords = {
      "",           "no SIM",   "SIM locked", "registration denied", "modem failed", "no registration",
      "modem gone", "no answer"};
  return kWords[static_cast<std::size_t>(fault)];
}

bool is_hung(ModemFault fault) {
  return fault >= ModemFault::failed;
}

ModemFault ModemHealth::judge(const ModemAnswer& answer, SteadyTime now) {
  const ModemFault seen = look(answer);
  if (seen != seen_) {
    seen_ = seen;
    since_ = now;
  }
  return now - since_ >= patience_with(seen) ? seen : ModemFault::none;
}

ModemFault ModemHealth::look(const ModemAnswer& answer) {
  if (answer.kind != ModemAnswer::Kind::answered) return ModemFault::silent;
  const ModemReading* modem = leading_modem(answer.modems);
  // A board may have a ModemManager and no modem.
  if (modem == nullptr) return had_modem_ ? ModemFault::gone : ModemFault::none;
  had_modem_ = true;
  if (modem->state == kModemFailed) {
    const bool empty = modem->failed_reason == kSimMissing || modem->failed_reason == kEsimWithoutProfiles;
    return empty ? ModemFault::no_sim : ModemFault::failed;
  }
  if (modem->state == kModemLocked) return ModemFault::sim_locked;
  if (modem->state >= kModemRegistered) return ModemFault::none;
  // Switched off on purpose.
  if (modem->state == kModemDisabled || modem->state == kModemDisabling) return ModemFault::none;
  if (modem->registration == kRegistrationDenied) return ModemFault::denied;
  return ModemFault::no_registration;
}

Duration ModemHealth::patience_with(ModemFault fault) const {
  switch (fault) {
    case ModemFault::none:
    case ModemFault::no_sim:
    case ModemFault::sim_locked: return Duration::zero();
    case ModemFault::denied:
    case ModemFault::no_registration: return patience_;
    case ModemFault::failed:
    case ModemFault::gone:
    case ModemFault::silent: break;
  }
  return std::min(kComingBack, patience_);
}

}  // namespace xalink
