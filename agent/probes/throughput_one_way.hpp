#pragma once
// One throughput test, in one direction over a connection that stands: the questions of
// sparkplug/measure_pass.hpp and what came of them. How the connection is made, throughput.cpp knows.

#include <algorithm>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/serializer.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/parse.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "agent/data_budget.hpp"
#include "agent/linux/tcp_info.hpp"
#include "agent/probes/throughput.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/measure_pass.hpp"
#include "sparkplug/own_key.hpp"
#include "sparkplug/rethrow_cancel.hpp"
#include "sparkplug/throughput_meter.hpp"

namespace xalink::throughput {

namespace asio = boost::asio;
namespace http = boost::beast::http;
using asio::ip::tcp;
using boost::system::error_code;

inline constexpr auto kAsValue = asio::as_tuple(asio::use_awaitable);
// Beyond the test's time, until what is under way on a slow link has arrived.
inline constexpr Duration kToEnd = std::chrono::seconds(12);
inline constexpr std::size_t kBlock = std::size_t{64} * 1024;
inline constexpr std::size_t kLeastPiece = 1024;
inline constexpr std::size_t kMostAnswer = std::size_t{16} * 1024;

enum class Way : std::uint8_t { down, up };

class Trouble {
 public:
  Trouble(std::string kind_in, std::string reason_in)
      : kind(std::move(kind_in)), reason(std::move(reason_in)) {}
  std::string kind;
  std::string reason;
};
using Outcome = std::optional<Trouble>;  ///< nothing: it went well

/// with_timeout() needs a type that can be made from nothing.
struct Ended {
  Outcome trouble;
};

/// Counts what the socket has cost, whichever way its use ends.
class WireBill {
 public:
  WireBill(tcp::socket& socket, std::uint64_t& total) : socket_(socket), total_(total) {}
  WireBill(const WireBill&) = delete;
  WireBill& operator=(const WireBill&) = delete;
  ~WireBill() { total_ += so_far(); }
  [[nodiscard]] std::uint64_t so_far() const {
    const auto counts = socket_.is_open() ? tcp_counts(socket_.native_handle()) : std::nullopt;
    // Where the kernel does not say, what the program itself moved, and what comes with that.
    return counts ? counts->wire_bytes : program_bytes_ + program_bytes_ / 10;
  }
  void moved(std::uint64_t bytes) { program_bytes_ += bytes; }

 private:
  tcp::socket& socket_;
  std::uint64_t& total_;
  std::uint64_t program_bytes_ = 0;
};

/// `body` is what the gateway says of it, in JSON.
inline Outcome refusal_of(unsigned status, const std::string& body) {
  std::string said;
  boost::system::error_code unreadable;
  const auto told = boost::json::parse(body, unreadable);
  if (!unreadable && told.is_object() && told.as_object().contains("error") && told.at("error").is_string()) {
    said = ": " + std::string(told.at("error").as_string());
  }
  const bool busy = status == 503 || status == 429;
  return Trouble(busy ? "busy" : "refused", "the gateway answers " + std::to_string(status) + said);
}

/// One way over one connection.
template <class Stream>
class OneWayTest {
 public:
  OneWayTest(Clock& clock, Stream& stream, tcp::socket& socket, const ThroughputSettings& settings,
             const OwnKey& key, Way way, std::uint64_t bytes, ThroughputResult& result, WireBill& bill)
      : clock_(clock),
        stream_(stream),
        socket_(socket),
        settings_(settings),
        key_(key),
        way_(way),
        bytes_(bytes),
        result_(result),
        bill_(bill) {}

  /// Asks for the challenge, and makes the request that answers it.
  asio::awaitable<Ended> begin() {
    Ended ended;
    http::request<http::empty_body> question(http::verb::get, std::string(kMeasurePath), 11);
    dress(question);
    auto asked = co_await http::async_write(stream_, question, kAsValue);
    if (const error_code error = std::get<0>(asked)) {
      ended.trouble = lost("the question could not be sent", error);
      co_return ended;
    }
    auto reading = read_answer();
    ended = co_await std::move(reading);
    if (ended.trouble) co_return ended;
    error_code unreadable;
    const auto told = boost::json::parse(answer_, unreadable);
    if (unreadable || !told.is_object() || !told.as_object().contains("challenge") ||
        !told.at("challenge").is_string()) {
      ended.trouble = Trouble("refused", "what answers at " + authority(settings_.url) + " is no gateway");
      co_return ended;
    }
    const auto& limits = told.as_object();
    auto seconds = std::chrono::duration_cast<std::chrono::seconds>(settings_.time).count();
    seconds = std::min(seconds, limit_in(limits, "max_seconds", seconds));
    bytes_ = static_cast<std::uint64_t>(std::min<std::int64_t>(
        static_cast<std::int64_t>(bytes_), limit_in(limits, "max_bytes", static_cast<std::int64_t>(bytes_))));
    time_ = std::chrono::seconds(seconds);
    target_ = std::string(way_ == Way::down ? kMeasureDownload : kMeasureUpload) +
              "?seconds=" + std::to_string(seconds) + "&bytes=" + std::to_string(bytes_);
    const auto pass = make_pass(settings_.board, std::string(limits.at("challenge").as_string()), key_.key,
                                key_.certificate, way_ == Way::down ? "GET" : "POST", target_);
    if (!pass) {
      ended.trouble = Trouble("refused", "the board's key cannot sign: " + pass.error().what);
    } else {
      pass_ = pass->to_header();
    }
    co_return ended;
  }

  [[nodiscard]] Duration longest() const { return time_ + kToEnd; }

  asio::awaitable<Ended> run() {
    auto running = way_ == Way::down ? download() : upload();
    Ended ended = co_await std::move(running);
    co_return ended;
  }

 private:
  /// What is sent again on a poor link counts too: the test ends when it has cost what it may.
  [[nodiscard]] bool spent() const { return bill_.so_far() >= most_throughput_cost(bytes_) / 2; }

  static std::int64_t limit_in(const boost::json::object& limits, const char* name, std::int64_t otherwise) {
    const auto* limit = limits.if_contains(name);
    if (limit == nullptr || !limit->is_int64() || limit->as_int64() < 1) return otherwise;
    return limit->as_int64();
  }

  template <class Request>
  void dress(Request& request) {
    request.set(http::field::host, authority(settings_.url));
    request.set(http::field::user_agent, "xalink-agent");
    request.set(http::field::accept_encoding, "identity");
    if (!pass_.empty()) request.set(http::field::authorization, pass_);
  }

  [[nodiscard]] Trouble lost(const std::string& what, const error_code& error) const {
    rethrow_cancel(error);
    return Trouble(way_ == Way::down ? "download" : "upload", what + ": " + error.message());
  }

  /// A short one, into answer_.
  asio::awaitable<Ended> read_answer() {
    Ended ended;
    http::response_parser<http::string_body> parser;
    parser.body_limit(kMostAnswer);
    auto read = co_await http::async_read(stream_, buffer_, parser, kAsValue);
    if (const error_code error = std::get<0>(read)) {
      ended.trouble = lost("no answer", error);
      co_return ended;
    }
    answer_ = std::move(parser.get().body());
    const auto status = parser.get().result_int();
    if (status != 200) ended.trouble = refusal_of(status, answer_);
    co_return ended;
  }

  asio::awaitable<Ended> download() {
    Ended ended;
    http::request<http::empty_body> question(http::verb::get, target_, 11);
    dress(question);
    auto asked = co_await http::async_write(stream_, question, kAsValue);
    if (const error_code error = std::get<0>(asked)) {
      ended.trouble = lost("the question could not be sent", error);
      co_return ended;
    }
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    auto headed = co_await http::async_read_header(stream_, buffer_, parser, kAsValue);
    if (const error_code error = std::get<0>(headed)) {
      ended.trouble = lost("no answer", error);
      co_return ended;
    }
    if (parser.get().result_int() != 200) {
      ended.trouble = refusal_of(parser.get().result_int(), {});
      co_return ended;
    }
    std::vector<char> block(kBlock);
    ThroughputMeter meter;
    const SteadyTime until = clock_.steady() + time_;
    // The server ends when the time is over; one that does not is left.
    while (!parser.is_done() && !spent() && clock_.steady() < until + kToEnd / 4) {
      auto& body = parser.get().body();
      body.data = block.data();
      body.size = block.size();
      auto read = co_await http::async_read_some(stream_, buffer_, parser, kAsValue);
      const error_code error = std::get<0>(read);
      if (error && error != http::error::need_buffer) {
        ended.trouble = lost("it broke off after " + std::to_string(meter.bytes()) + " bytes", error);
        co_return ended;
      }
      const std::size_t got = block.size() - parser.get().body().size;
      if (got > 0) meter.arrived(clock_.steady(), got);
      bill_.moved(got);
      if (meter.bytes() >= bytes_ + kBlock) break;  // more than was asked for is not paid for
    }
    result_.download = meter.bits_per_second();
    result_.download_took = meter.took();
    note_rtt();
    if (!result_.download) {
      ended.trouble =
          Trouble("download", "only " + std::to_string(meter.bytes()) + " bytes came: too few to tell");
    }
    co_return ended;
  }

  asio::awaitable<Ended> upload() {
    Ended ended;
    http::request<http::buffer_body> question(http::verb::post, target_, 11);
    dress(question);
    question.set(http::field::content_type, "application/octet-stream");
    question.chunked(true);
    question.body().data = nullptr;
    question.body().more = true;
    http::request_serializer<http::buffer_body> serializer(question);
    auto headed = co_await http::async_write_header(stream_, serializer, kAsValue);
    if (const error_code error = std::get<0>(headed)) {
      ended.trouble = lost("the question could not be sent", error);
      co_return ended;
    }
    std::string noise(kBlock, '\0');
    std::mt19937_64 random(std::random_device{}());
    for (char& byte : noise) byte = static_cast<char>(random() & 0xFFU);
    const SteadyTime until = clock_.steady() + time_;
    std::uint64_t sent = 0;
    while (sent < bytes_ && !spent() && clock_.steady() < until) {
      const std::uint64_t piece = std::clamp<std::uint64_t>(sent / 16, kLeastPiece, noise.size());
      const auto size = static_cast<std::size_t>(std::min(piece, bytes_ - sent));
      auto& body = question.body();
      body.data = noise.data();
      body.size = size;
      auto written = co_await http::async_write(stream_, serializer, kAsValue);
      const error_code error = std::get<0>(written);
      if (error && error != http::error::need_buffer) {
        ended.trouble = lost("it broke off after " + std::to_string(sent) + " bytes", error);
        co_return ended;
      }
      sent += size;
      bill_.moved(size);
    }
    note_rtt();
    if (const auto counts = tcp_counts(socket_.native_handle())) {
      result_.retransmits = counts->retransmits;
      if (counts->rtt_us > 0) result_.rtt_loaded_us = counts->rtt_us;
    }
    question.body().data = nullptr;
    question.body().more = false;
    auto finished = co_await http::async_write(stream_, serializer, kAsValue);
    if (const error_code error = std::get<0>(finished)) {
      ended.trouble = lost("its end could not be sent", error);
      co_return ended;
    }
    auto reading = read_answer();
    ended = co_await std::move(reading);
    if (!ended.trouble) ended.trouble = take_report();
    co_return ended;
  }

  /// What arrived at the gateway is what counts.
  Outcome take_report() {
    error_code unreadable;
    const auto told = boost::json::parse(answer_, unreadable);
    if (unreadable || !told.is_object()) return Trouble("upload", "the gateway does not say what arrived");
    const auto& report = told.as_object();
    const auto* took = report.if_contains("microseconds");
    const auto* rate = report.if_contains("bits_per_second");
    if (took != nullptr && took->is_int64() && took->as_int64() >= 0) {
      result_.upload_took = std::chrono::microseconds(std::min<std::int64_t>(took->as_int64(), 600'000'000));
    }
    error_code no_number;
    const double bits = rate == nullptr ? 0 : rate->to_number<double>(no_number);
    if (no_number || !std::isfinite(bits) || bits <= 0 || bits > 1e15)
      return Trouble("upload", "too little arrived at the gateway to tell");
    result_.upload = bits;
    return std::nullopt;
  }

  void note_rtt() {
    const auto counts = tcp_counts(socket_.native_handle());
    if (!counts || counts->min_rtt_us == 0) return;
    result_.rtt_min_us = std::min(result_.rtt_min_us.value_or(counts->min_rtt_us), counts->min_rtt_us);
  }

  Clock& clock_;
  Stream& stream_;
  tcp::socket& socket_;
  const ThroughputSettings& settings_;
  const OwnKey& key_;
  Way way_;
  std::uint64_t bytes_;
  ThroughputResult& result_;
  WireBill& bill_;
  Duration time_{};
  std::string target_;
  std::string pass_;
  std::string answer_;
  boost::beast::flat_buffer buffer_;
};

}  // namespace xalink::throughput
