#pragma once
// ModemManager's numbers in its own words, as mmcli prints them. An unknown number is its digits.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace xalink {

// MMModemState, MMModemStateFailedReason, MMModem3gppRegistrationState.
inline constexpr std::int32_t kModemFailed = -1;
inline constexpr std::int32_t kModemLocked = 2;
inline constexpr std::int32_t kModemDisabled = 3;
inline constexpr std::int32_t kModemDisabling = 4;
inline constexpr std::int32_t kModemEnabled = 6;
inline constexpr std::int32_t kModemRegistered = 8;
inline constexpr std::int32_t kModemConnected = 11;
inline constexpr std::uint32_t kSimMissing = 2;
inline constexpr std::uint32_t kSimError = 3;
inline constexpr std::uint32_t kEsimWithoutProfiles = 5;
inline constexpr std::uint32_t kRegistrationDenied = 3;

[[nodiscard]] std::string modem_state_word(std::int32_t state);
[[nodiscard]] std::string modem_failure_word(std::uint32_t reason);
[[nodiscard]] std::string modem_lock_word(std::uint32_t lock);
[[nodiscard]] std::string registration_word(std::uint32_t registration);

/// "lte", "lte, 5gnr"; nothing when none is known.
[[nodiscard]] std::optional<std::string> technology_words(std::uint32_t technologies);
/// "5g", "4g", "3g" or "2g": the newest of them; nothing when none is known.
[[nodiscard]] std::optional<std::string> mobile_generation(std::uint32_t technologies);

}  // namespace xalink
