#include "gateway/measure_desk.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/error.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/system/system_error.hpp>
#include <charconv>
#include <optional>
#include <utility>

#include "sparkplug/throughput_meter.hpp"
#include "sparkplug/with_timeout.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

// For the board to sign and to come back; a far satellite and a slow card included.
constexpr Duration kChallengeLasts = std::chrono::minutes(1);
constexpr std::size_t kMostChallenges = 4096;
constexpr std::size_t kChallengeBytes = 18;
// What is under way when the time is over has to arrive on a slow link.
constexpr Duration kGrace = std::chrono::seconds(15);
constexpr std::size_t kNoise = std::size_t{64} * 1024;
// The first pieces are small: on a slow link a large one would take longer than the test.
constexpr std::size_t kLeastPiece = 1024;
constexpr const char* kRetryAfter = "60";

std::optional<std::uint64_t> number_in(const HttpRequest& request, std::string_view name,
                                       std::uint64_t most) {
  const auto found = request.parameters.find(name);
  if (found == request.parameters.end()) return std::nullopt;
  const auto& text = found->second;
  std::uint64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!whole || number == 0 || number > most) return std::nullopt;
  return number;
}

HttpAnswer no_pass(std::string_view why) {
  auto answer = http_refusal(401, why, "Ask GET /measure for a challenge, and sign it with the board's key");
  answer.headers.emplace_back("WWW-Authenticate", std::string(kMeasureScheme));
  return answer;
}

/// Its place among those who measure, for as long as it does.
class Running {
 public:
  Running(std::set<NodeId>& running, const NodeId& node)
      : running_(running), place_(running.insert(node).first) {}
  Running(const Running&) = delete;
  Running& operator=(const Running&) = delete;
  ~Running() { running_.erase(place_); }

 private:
  std::set<NodeId>& running_;
  std::set<NodeId>::iterator place_;
};

}  // namespace

struct MeasureDesk::Test {
  Test(SteadyTime until_in, std::uint64_t bytes_in) : until(until_in), bytes(bytes_in) {}
  SteadyTime until;
  std::uint64_t bytes;
};

MeasureDesk::MeasureDesk(Clock& clock, KnownBoards known, MeasureLimits limits)
    : clock_(clock), known_(std::move(known)), limits_(limits), noise_(kNoise, '\0') {
  std::mt19937_64 random((std::uint64_t{random_()} << 32U) | random_());
  for (char& byte : noise_) byte = static_cast<char>(random() & 0xFFU);
}

std::string MeasureDesk::new_challenge() {
  const SteadyTime now = clock_.steady();
  std::erase_if(challenges_, [&](const auto& entry) { return entry.second <= now; });
  if (challenges_.size() >= kMostChallenges) {
    const auto oldest =
        std::ranges::min_element(challenges_, {}, [](const auto& entry) { return entry.second; });
    challenges_.erase(oldest);
  }
  std::string bytes(kChallengeBytes, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random_() & 0xFFU);
  auto text = to_base64(bytes);
  challenges_.emplace(text, now + kChallengeLasts);
  return text;
}

bool MeasureDesk::spend(const std::string& challenge) {
  const auto found = challenges_.find(challenge);
  if (found == challenges_.end()) return false;
  const bool good = found->second > clock_.steady();
  challenges_.erase(found);
  return good;
}

HttpAnswer MeasureDesk::busy() const {
  auto answer = http_refusal(503, "others measure now", "Come back after Retry-After seconds");
  answer.headers.emplace_back("Retry-After", kRetryAfter);
  return answer;
}

asio::awaitable<void> MeasureDesk::answer(HttpExchange& exchange) {
  const HttpRequest& request = exchange.request();
  const bool download = request.path == kMeasureDownload;
  const bool upload = request.path == kMeasureUpload;
  std::optional<HttpAnswer> refused;
  if (!download && !upload && request.path != kMeasurePath) refused = http_refusal(404, "there is no such page");
  if (!refused && request.method != (upload ? "POST" : "GET")) {
    refused = http_refusal(405, "this is no way to ask for it");
    refused->headers.emplace_back("Allow", upload ? "POST" : "GET");
  }
  if (!refused && running_.size() >= limits_.simultaneous) refused = busy();
  if (refused) {
    auto refusing = exchange.answer(std::move(*refused));
    co_await std::move(refusing);
    co_return;
  }
  auto answering = download || upload ? test(exchange) : challenge(exchange);
  co_await std::move(answering);
}

asio::awaitable<void> MeasureDesk::challenge(HttpExchange& exchange) {
  boost::json::object told;
  told["challenge"] = new_challenge();
  told["max_seconds"] = limits_.seconds.count() / 1000;
  told["max_bytes"] = limits_.bytes;
  HttpAnswer answer;
  answer.body = boost::json::serialize(told) + "\n";
  auto answering = exchange.answer(std::move(answer));
  co_await std::move(answering);
}

asio::awaitable<void> MeasureDesk::test(HttpExchange& exchange) {
  const HttpRequest& request = exchange.request();
  const auto most_seconds = static_cast<std::uint64_t>(limits_.seconds.count() / 1000);
  const auto seconds = number_in(request, "seconds", most_seconds);
  const auto bytes = number_in(request, "bytes", limits_.bytes);
  const auto pass = MeasurePass::from_header(request.authorization);
  std::optional<HttpAnswer> refused;
  if (!seconds || !bytes) {
    refused = http_refusal(400, "it needs seconds from 1 to " + std::to_string(most_seconds) +
                               " and bytes from 1 to " + std::to_string(limits_.bytes));
  } else if (!pass) {
    refused = no_pass("there is no pass in the Authorization header");
  } else if (!spend(pass->challenge)) {
    refused = no_pass("its challenge is not one of ours, too old, or was used before");
  }
  if (!refused) {
    auto look = [&known = known_, pass = *pass, method = request.method, target = request.target,
                 now = clock_.wall()]() -> std::string {
      if (!pass.verifies(method, target)) return "the signature is not by the key that comes with it";
      ExportHeader header;
      header.node = pass.node;
      header.public_key = pass.public_key;
      header.certificate = pass.certificate;
      const auto recognised = recognise(known, header, "the pass", now);
      return recognised ? std::string() : "it " + recognised.error().what;
    };
    auto looking = keys_.run(std::move(look));
    const std::string unknown = co_await std::move(looking);
    if (!unknown.empty()) {
      spdlog::warn("{} may not measure as {}: {}", request.peer, to_string(pass->node), unknown);
      refused = http_refusal(403, unknown,
                        "The gateway knows a board by its certificate, its key file, or its last birth");
    }
  }
  // Others came while the key was looked up.
  if (!refused && (running_.size() >= limits_.simultaneous || running_.contains(pass->node)))
    refused = busy();
  if (refused) {
    auto refusing = exchange.answer(std::move(*refused));
    co_await std::move(refusing);
    co_return;
  }
  const Running running(running_, pass->node);
  const Duration time = std::chrono::seconds(*seconds);
  const Test wanted(clock_.steady() + time, *bytes);
  auto testing = request.path == kMeasureDownload ? send(exchange, wanted) : receive(exchange, wanted);
  const auto done = co_await with_timeout(clock_, time + kGrace, std::move(testing));
  if (!done) spdlog::debug("{} did not end its measurement in time", request.peer);
  // What was begun and not ended can only be cut off.
  if (!done) throw boost::system::system_error(asio::error::timed_out);
}

asio::awaitable<bool> MeasureDesk::send(HttpExchange& exchange, const Test& test) {
  HttpAnswer head;
  head.content_type = "application/octet-stream";
  auto beginning = exchange.begin(std::move(head));
  co_await std::move(beginning);
  std::uint64_t sent = 0;
  while (sent < test.bytes && clock_.steady() < test.until) {
    // A sixteenth of what went so far, as NDT7 has it: few calls on a fast link, small steps on a slow one.
    const std::uint64_t piece = std::clamp<std::uint64_t>(sent / 16, kLeastPiece, noise_.size());
    const auto size = static_cast<std::size_t>(std::min(piece, test.bytes - sent));
    const asio::const_buffer some(noise_.data(), size);
    auto writing = exchange.write(some);
    co_await std::move(writing);
    sent += size;
  }
  auto finishing = exchange.finish();
  co_await std::move(finishing);
  co_return true;
}

asio::awaitable<bool> MeasureDesk::receive(HttpExchange& exchange, const Test& test) {
  exchange.limit_body(test.bytes);
  std::vector<char> buffer(kNoise);
  ThroughputMeter meter;
  while (true) {
    auto reading = exchange.read(asio::buffer(buffer));
    const std::size_t got = co_await std::move(reading);
    if (got == 0) break;
    meter.arrived(clock_.steady(), got);
  }
  boost::json::object told;
  told["bytes"] = meter.bytes();
  told["microseconds"] = std::chrono::duration_cast<std::chrono::microseconds>(meter.took()).count();
  const auto rate = meter.bits_per_second();
  told["bits_per_second"] = rate ? boost::json::value(*rate) : boost::json::value(nullptr);
  HttpAnswer answer;
  answer.body = boost::json::serialize(told) + "\n";
  auto answering = exchange.answer(std::move(answer));
  co_await std::move(answering);
  co_return true;
}

}  // namespace xalink
