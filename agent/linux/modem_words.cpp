#include "agent/linux/modem_words.hpp"

#include <array>
#include <cstddef>

namespace xalink {
namespace {

template <std::size_t Count>
std::string word_of(const std::array<std::string_view, Count>& words, std::int64_t number) {
  if (number < 0 || number >= static_cast<std::int64_t>(Count)) return std::to_string(number);
  return std::string(words[static_cast<std::size_t>(number)]);
}

// By the number of their bit in MMModemAccessTechnology.
constexpr std::array<std::string_view, 18> kTechnologies = {
    "pots",  "gsm",    "gsm-compact", "gprs",  "edge",  "umts", "hsdpa", "hsupa", "hspa",
    "hspa+", "cdma1x", "evdo0",       "evdoa", "evdob", "lte",  "5gnr",  "lte-m", "lte-nb-iot"};
constexpr std::uint32_t k5g = 1U << 15U;
constexpr std::uint32_t k4g = 1U << 14U | 1U << 16U | 1U << 17U;
// From UMTS to HSPA+, and the three kinds of EV-DO.
constexpr std::uint32_t k3g = 0x1fU << 5U | 7U << 11U;
// From GSM to EDGE, and CDMA 1x.
constexpr std::uint32_t k2g = 0xfU << 1U | 1U << 10U;

}  // namespace

std::string modem_state_word(std::int32_t state) {
  constexpr std::array<std::string_view, 13> kWords = {
      "failed",  "unknown",   "initializing", "locked",        "disabled",   "disabling", "enabling",
      "enabled", "searching", "registered",   "disconnecting", "connecting", "connected"};
  const std::int64_t place = std::int64_t{state} + 1;
  if (place < 0 || place >= static_cast<std::int64_t>(kWords.size())) return std::to_string(state);
  return word_of(kWords, place);
}

std::string modem_failure_word(std::uint32_t reason) {
  constexpr std::array<std::string_view, 6> kWords = {
      "none", "unknown", "sim-missing", "sim-error", "unknown-capabilities", "esim-without-profiles"};
  return word_of(kWords, reason);
}

std::string modem_lock_word(std::uint32_t lock) {
  constexpr std::array<std::string_view, 17> kWords = {
      "unknown",     "none",        "sim-pin",     "sim-pin2",      "sim-puk",      "sim-puk2",
      "ph-sp-pin",   "ph-sp-puk",   "ph-net-pin",  "ph-net-puk",    "ph-sim-pin",   "ph-corp-pin",
      "ph-corp-puk", "ph-fsim-pin", "ph-fsim-puk", "ph-netsub-pin", "ph-netsub-puk"};
  return word_of(kWords, lock);
}

std::string registration_word(std::uint32_t registration) {
  constexpr std::array<std::string_view, 12> kWords = {"idle",
                                                       "home",
                                                       "searching",
                                                       "denied",
                                                       "unknown",
                                                       "roaming",
                                                       "home-sms-only",
                                                       "roaming-sms-only",
                                                       "emergency-only",
                                                       "home-csfb-not-preferred",
                                                       "roaming-csfb-not-preferred",
                                                       "attached-rlos"};
  return word_of(kWords, registration);
}

std::optional<std::string> technology_words(std::uint32_t technologies) {
  std::string words;
  for (std::size_t bit = 0; bit < kTechnologies.size(); ++bit) {
    if ((technologies >> bit & 1U) == 0) continue;
    if (!words.empty()) words += ", ";
    words += kTechnologies[bit];
  }
  if (words.empty()) return std::nullopt;
  return words;
}

std::optional<std::string> mobile_generation(std::uint32_t technologies) {
  // All bits set is ModemManager's "any": it says nothing.
  if (technologies == 0xffffffffU) return std::nullopt;
  if ((technologies & k5g) != 0) return "5g";
  if ((technologies & k4g) != 0) return "4g";
  if ((technologies & k3g) != 0) return "3g";
  if ((technologies & k2g) != 0) return "2g";
  return std::nullopt;
}

}  // namespace xalink
