#include "agent/probes/reach.hpp"

#include <algorithm>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>
#include <utility>

#include "agent/private_address.hpp"
#include "agent/probes/peer_certificate.hpp"
#include "agent/probes/reach_attempt.hpp"
#include "agent/probes/value_of.hpp"
#include "agent/verdict.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

constexpr std::string_view kNoAnswer = "no answer in time";
constexpr std::int64_t kMostDays = 36'500;  // authorities' own certificates run for decades

Value time_of(const std::optional<Duration>& interval) {
  if (!interval) return std::monostate{};
  return std::uint64_t{microseconds(*interval)};
}

bool is_in_time(const ReachProgress& progress) {
  return !progress.certificate || !progress.certificate->fault;
}

/// Whole days, rounded down: 0 is the last one, -1 is over.
Value days_left(const ReachProgress& progress, WallTime now) {
  if (!progress.certificate) return std::monostate{};
  const auto days = std::chrono::floor<std::chrono::days>(progress.certificate->not_after - now).count();
  return std::int64_t{std::clamp<std::int64_t>(days, -kMostDays, kMostDays)};
}

Value time_difference(const ReachProgress& progress, WallTime now) {
  if (!progress.date) return std::monostate{};
  const auto ahead = std::chrono::round<std::chrono::seconds>(*progress.date - now).count();
  constexpr std::int64_t kMost = std::numeric_limits<std::int32_t>::max();
  return std::int64_t{std::clamp<std::int64_t>(ahead, -kMost, kMost)};
}

ReachFailure failure_of(const ReachProgress& progress) {
  switch (progress.step) {
    case ReachProgress::Step::name: return ReachFailure::name;
    case ReachProgress::Step::proxy: return ReachFailure::proxy;
    case ReachProgress::Step::connect: return ReachFailure::connect;
    case ReachProgress::Step::http: return ReachFailure::http;
    case ReachProgress::Step::done: return ReachFailure::none;
    case ReachProgress::Step::tls: break;
  }
  if (progress.certificate && is_self_signed(*progress.certificate)) return ReachFailure::self_signed;
  if (progress.certificate && is_untrusted(*progress.certificate)) return ReachFailure::unknown_issuer;
  if (progress.certificate && is_of_another_host(*progress.certificate)) return ReachFailure::wrong_host;
  return progress.reason == kNoAnswer ? ReachFailure::tls_stalled : ReachFailure::tls;
}

}  // namespace

ReachProbe::ReachProbe(const boost::asio::any_io_executor& /*executor*/, Clock& clock, ReachSettings settings)
    : clock_(clock),
      settings_(std::move(settings)),
      schema_(reach_schema(settings_.service)),
      memory_(std::make_unique<TlsMemory>()) {
  if (!settings_.times) settings_.times = std::make_shared<ServiceTimes>();
  if (!settings_.proofs) settings_.proofs = std::make_shared<ServiceProofs>();
}

ReachProbe::~ReachProbe() = default;

boost::asio::awaitable<bool> ReachProbe::visit(SteadyTime deadline, ReachProgress& progress) {
  const NextHost next = next_host(settings_);
  const bool proxied = next.proxied;
  if (proxied) progress.step = ReachProgress::Step::proxy;
  auto search = resolve(settings_.resolver, next.host);
  const auto addresses = co_await std::move(search);
  if (!addresses) {
    progress.reason = addresses.error().what;
    co_return false;
  }
  if (!proxied) looked_up_ = *addresses;
  const bool checkable = !proxied && settings_.verify && settings_.url.scheme == ServiceUrl::Scheme::https;
  const auto proven = settings_.proofs->of(settings_.service).addresses;
  const bool known = std::ranges::any_of(
      *addresses, [&](const auto& address) { return std::ranges::find(proven, address) != proven.end(); });
  progress.known_address = checkable && known;
  const bool doubtful = checkable && !known && !proven.empty();
  if (!doubtful) {
    auto attempt = attempt_reach(clock_, settings_, *addresses, deadline, *memory_, progress);
    const bool there = co_await std::move(attempt);
    if (there && checkable && is_in_time(progress)) settings_.proofs->found_at(settings_.service, *addresses);
    co_return there;
  }
  // Half of the time for each: an address that swallows everything must not take it all.
  const SteadyTime begin = clock_.steady();
  const Duration share = (deadline - begin) / 2;
  auto attempt = attempt_reach(clock_, settings_, *addresses, begin + share, *memory_, progress);
  const std::optional<bool> there = co_await with_timeout(clock_, share, std::move(attempt));
  if (there.value_or(false)) {
    if (is_in_time(progress)) settings_.proofs->found_at(settings_.service, *addresses);
    co_return true;
  }
  if (!there) progress.reason = kNoAnswer;
  // Whoever has its certificate is the service, and ill.
  if (progress.handshake) co_return false;
  progress.former_address = proven.front();
  ReachProgress before;
  auto second = attempt_reach(clock_, settings_, proven, deadline, *memory_, before);
  const bool still_there = co_await std::move(second);
  if (!still_there) co_return false;
  progress = ReachProgress();
  progress.wrong_address = true;
  progress.reason = "wrong address " + addresses->front().to_string() + "; the service is at " +
                    proven.front().to_string() + std::string(kAsBefore);
  co_return false;
}

// A visit that failed before anybody proved to be the service.
bool ReachProbe::is_led_astray(const ReachProgress& progress) const {
  const bool proved = progress.handshake || (progress.certificate && progress.certificate->error == 0);
  const bool ever = !settings_.proofs->of(settings_.service).addresses.empty();
  if (!settings_.public_addresses || ever || proved || progress.wrong_address) return false;
  boost::system::error_code no_address;
  (void)boost::asio::ip::make_address(settings_.url.host, no_address);
  const bool by_name = no_address.failed();
  return by_name && !looked_up_.empty() && std::ranges::all_of(looked_up_, is_private);
}

ReachOutcome ReachProbe::judge_time(const ReachProgress& progress) const {
  const bool expired = progress.certificate->fault == ValidityFault::expired;
  ReachOutcome outcome;
  outcome.failure = expired ? ReachFailure::expired : ReachFailure::not_yet_valid;
  outcome.reason = expired ? "TLS: certificate has expired" : "TLS: certificate is not yet valid";
  const bool synchronised = settings_.synchronised && settings_.synchronised();
  if (settings_.times->board_is_wrong(settings_.service, synchronised)) {
    outcome.failure = ReachFailure::board_clock;
    outcome.success = progress.step == ReachProgress::Step::done;
    outcome.reason += " by the clock of the board, which is wrong: services say another time";
    if (!outcome.success) outcome.reason += "; " + to_string(progress.step) + ": " + progress.reason;
  } else if (!expired && !settings_.times->board_is_confirmed(settings_.service, synchronised)) {
    outcome.reason += "; the clock of the board may be behind";
  }
  return outcome;
}

ReachOutcome ReachProbe::judge(bool reached, ReachProgress& progress) {
  const auto& certificate = progress.certificate;
  const bool checked = settings_.verify && settings_.url.scheme == ServiceUrl::Scheme::https;
  if (checked && certificate && certificate->error == 0 && !progress.wrong_address) {
    settings_.times->saw(settings_.service, {*certificate, clock_.wall(), progress.date, clock_.steady()});
    if (certificate->fault) {
      ReachOutcome outcome = judge_time(progress);
      if (outcome.success) return outcome;
      // The visit went on only to hear the time.
      progress.handshake.reset();
      progress.first_byte.reset();
      progress.http_status.reset();
      return outcome;
    }
  }
  ReachOutcome outcome;
  outcome.success = reached;
  if (reached) {
    if (checked && certificate) settings_.proofs->issued_by(settings_.service, certificate->issuer);
    return outcome;
  }
  outcome.failure = progress.wrong_address ? ReachFailure::wrong_address : failure_of(progress);
  outcome.reason = to_string(progress.step) + ": " + progress.reason;
  const bool distrusted =
      outcome.failure == ReachFailure::self_signed || outcome.failure == ReachFailure::unknown_issuer;
  const bool unheard = progress.step == ReachProgress::Step::tls && !progress.certificate;
  if (unheard && progress.known_address) outcome.reason += kAtItsAddress;
  const auto& issuer = settings_.proofs->of(settings_.service).issuer;
  if (distrusted && !issuer.empty()) {
    outcome.failure = ReachFailure::intercepted;
    outcome.reason += ", until now by \"" + issuer + "\": somebody stands between";
  }
  if (const auto& former = progress.former_address; former && !distrusted) {
    outcome.reason += std::string(kItWasAt) + former->to_string() + std::string(kNorWhereItWas);
  }
  return outcome;
}

boost::asio::awaitable<std::vector<Value>> ReachProbe::measure(SteadyTime deadline) {
  ReachProgress progress;
  looked_up_.clear();
  auto attempt = visit(deadline, progress);
  const Duration left = deadline - clock_.steady();
  const std::optional<bool> reached = co_await with_timeout(clock_, left, std::move(attempt));
  // Where the old address was asked too the new one has said why it is not the service's.
  if (!reached && !progress.former_address) progress.reason = kNoAnswer;
  if (!reached.value_or(false) && is_led_astray(progress)) {
    progress = ReachProgress();
    progress.wrong_address = true;
    progress.reason = "wrong address " + looked_up_.front().to_string() + ", one of a private network";
  }
  const ReachOutcome outcome = judge(reached.value_or(false), progress);
  std::vector<Value> values;
  values.reserve(schema_.columns.size());
  values.emplace_back(outcome.success);
  values.push_back(time_of(progress.connect));
  values.push_back(time_of(progress.handshake));
  values.push_back(time_of(progress.first_byte));
  values.push_back(value_of(progress.http_status));
  values.push_back(days_left(progress, clock_.wall()));
  values.push_back(time_difference(progress, clock_.wall()));
  const std::string failure(to_string(outcome.failure));
  values.push_back(failure.empty() ? Value() : Value(failure));
  values.push_back(outcome.reason.empty() ? Value() : Value(outcome.reason));
  co_return values;
}

}  // namespace xalink
