#include "agent/service_times.hpp"

#include <chrono>

namespace xalink {
namespace {

constexpr Duration kFresh = std::chrono::hours(1);
// Servers without NTP drift by minutes, and their Date has whole seconds; certificates are out by days.
constexpr Milliseconds kAgrees = std::chrono::minutes(10);

}  // namespace

bool ServiceTimes::board_is_wrong(const std::string& service, bool synchronised) const {
  const auto found = sights_.find(service);
  if (found == sights_.end() || !found->second.certificate.fault) return false;
  const Sight& own = found->second;
  if (own.service && !own.certificate.valid_at(*own.service)) return false;
  const Votes votes = votes_of_others(service, own);
  if (votes.differ != votes.agree) return votes.differ > votes.agree;
  return votes.differ == 0 && own.service && !synchronised;
}

bool ServiceTimes::board_is_confirmed(const std::string& service, bool synchronised) const {
  if (synchronised) return true;
  const auto found = sights_.find(service);
  if (found == sights_.end() || !found->second.certificate.fault) return false;
  const Sight& own = found->second;
  if (own.service && !own.certificate.valid_at(*own.service)) return true;
  const Votes votes = votes_of_others(service, own);
  return votes.agree > votes.differ;
}

ServiceTimes::Votes ServiceTimes::votes_of_others(const std::string& service, const Sight& own) const {
  const ValidityFault fault = *own.certificate.fault;
  Votes votes;
  for (const auto& [name, other] : sights_) {
    if (name == service || other.at + kFresh < own.at) continue;
    if (other.service) {
      const Milliseconds ahead = *other.service - other.board;
      const bool is_ahead = ahead > Milliseconds::zero();
      if (std::chrono::abs(ahead) <= kAgrees) {
        ++votes.agree;
      } else if (is_ahead == (fault == ValidityFault::not_yet_valid)) {
        ++votes.differ;
      }
    } else if (other.certificate.fault == fault) {
      ++votes.differ;
    }
  }
  return votes;
}

}  // namespace xalink
