#pragma once
// What ModemManager knows of the board's modems, asked over D-Bus.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"

namespace xalink {

/// One modem. Numbers are those of ModemManager-enums.h; what ModemManager does not tell is empty.
/// Who holds the SIM (IMSI, ICCID, telephone number) is personal data: it is not read, and the SIM's own
/// object, which would tell it, is never asked.
struct ModemReading {
  std::string path;    ///< of its object: another one each time it is found
  std::string device;  ///< the folder of its hardware in /sys
  std::optional<std::string> model;
  std::optional<std::string> revision;
  std::int32_t state = 0;                       ///< MMModemState
  std::uint32_t failed_reason = 0;              ///< MMModemStateFailedReason, of the state -1
  bool has_sim = false;                         ///< it has a SIM and can talk to it
  std::uint32_t lock = 0;                       ///< MMModemLock
  std::uint32_t technologies = 0;               ///< MMModemAccessTechnology, several bits
  std::optional<std::uint32_t> registration;    ///< MMModem3gppRegistrationState
  std::optional<std::string> operator_code;     ///< MCC and MNC
  std::optional<std::string> operator_name;     ///< as the network calls itself
  std::optional<std::uint32_t> signal_quality;  ///< in percent
  std::optional<double> rsrp;                   ///< dBm
  std::optional<double> rsrq;                   ///< dB
  std::optional<double> snr;                    ///< dB
  std::optional<double> rssi;                   ///< dBm
  std::vector<std::string> interfaces;          ///< its network interfaces; none where PPP is used
  friend bool operator==(const ModemReading&, const ModemReading&) = default;
};

/// The one that counts when there are several: the furthest on its way to a connection, the first of those
/// that are equally far; nullptr when there is none.
[[nodiscard]] const ModemReading* leading_modem(const std::vector<ModemReading>& modems);

struct ModemAnswer {
  enum class Kind : std::uint8_t {
    absent,    ///< there is no ModemManager on the bus, or no bus
    silent,    ///< it is there and gave no answer
    answered,  ///< `modems` is what it sees
  };
  Kind kind = Kind::absent;
  std::vector<ModemReading> modems;  ///< in the order in which they were found
  std::string reason;                ///< why there is no answer
};

struct ModemBusSettings {
  /// Empty: the system's, or what DBUS_SYSTEM_BUS_ADDRESS says, as for all programs of D-Bus.
  std::string address;
  /// How often modems are to measure RSRP and its like, where nobody else has asked them to; 0: they
  /// are left as they are.
  std::chrono::seconds signal_rate{60};
};

/// A connection to the bus, made when it is first needed and again after every trouble with it. Asks and does
/// not listen, so that between two questions it costs nothing; a ModemManager that does not run is not
/// started by the question.
///
/// Thread-safety: one loop, one ask() at a time. Destroy it only when no ask() is running.
class ModemBus {
 public:
  ModemBus(const boost::asio::any_io_executor& executor, Clock& clock, ModemBusSettings settings);
  ~ModemBus();
  ModemBus(const ModemBus&) = delete;
  ModemBus& operator=(const ModemBus&) = delete;

  /// All modems, by `deadline`: whoever hangs, the bus or ModemManager, the answer is "silent" then. Throws
  /// operation_aborted when cancelled.
  boost::asio::awaitable<ModemAnswer> ask(SteadyTime deadline);

 private:
  struct Wire;
  struct Call;

  boost::asio::awaitable<ModemAnswer> try_to_ask();
  boost::asio::awaitable<bool> connect();
  boost::asio::awaitable<bool> knock();
  boost::asio::awaitable<bool> answered(const Call& call);
  boost::asio::awaitable<bool> have_signals_measured(const ModemReading& modem);

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  ModemBusSettings settings_;
  std::unique_ptr<Wire> wire_;
  std::string owner_;  ///< ModemManager's own name on this connection's bus, while it is asked
  std::string refused_by_;
  SteadyTime refused_until_{};
};

}  // namespace xalink
