#pragma once
// Whose clock is wrong when certificates are out of their time: the services' or the board's. Rules without
// I/O.

#include <map>
#include <optional>
#include <string>
#include <utility>

#include "agent/probes/peer_certificate.hpp"
#include "sparkplug/clock.hpp"

namespace xalink {

/// Shared by the probes of the services. Thread-safety: none; one loop.
class ServiceTimes {
 public:
  /// What the last visit to a service saw, over TLS.
  struct Sight {
    PeerCertificate certificate;
    WallTime board{};  ///< the board's time then
    /// The time in the service's answer (its Date). Only who has a certificate of the service, be it out of
    /// date, can have put it there.
    std::optional<WallTime> service;
    SteadyTime at{};
  };

  void saw(const std::string& service, Sight sight) { sights_[service] = std::move(sight); }

  /// The certificate of this service is out of its time: is that for a wrong clock of the board? The service
  /// must say a time at which its certificate is good, or nothing. Then those count that were seen in the
  /// last hour: who agrees with the board's clock speaks against, who is off in the same direction for. With
  /// nobody else to ask it depends on whether the kernel holds its clock for `synchronised`.
  [[nodiscard]] bool board_is_wrong(const std::string& service, bool synchronised) const;
  /// The certificate of this service is out of its time: does anybody say that the board's clock is right?
  /// The kernel does by `synchronised`, the service by a time of its own at which its certificate is not good
  /// either, the others by a majority.
  [[nodiscard]] bool board_is_confirmed(const std::string& service, bool synchronised) const;

 private:
  /// Of the last hour, on the board's clock.
  struct Votes {
    int agree = 0;
    int differ = 0;  ///< in the direction that would explain the certificate
  };
  [[nodiscard]] Votes votes_of_others(const std::string& service, const Sight& own) const;

  std::map<std::string, Sight> sights_;
};

}  // namespace xalink
