#include "gateway/gateway.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "gateway/http/http_server.hpp"
#include "gateway/import.hpp"
#include "gateway/import_desk.hpp"
#include "gateway/intake.hpp"
#include "gateway/ledger.hpp"
#include "gateway/measure_desk.hpp"
#include "gateway/retention.hpp"
#include "gateway/rollups.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/kernel_clock.hpp"
#include "sparkplug/paho_session.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

constexpr Duration kReportEvery = std::chrono::minutes(1);
// A step holds the store for some milliseconds; hours are for looking back.
constexpr Duration kRollUpEvery = std::chrono::minutes(1);
// So that a drain of weeks leaves most of the disk to those that commit.
constexpr Duration kRemoveEvery = std::chrono::minutes(1);
// After a start the hours and days have to catch up first.
constexpr Duration kRemoveEveryAtFirst = std::chrono::seconds(1);
constexpr int kRoundsAtFirst = 60;
constexpr Duration kBetweenSteps = std::chrono::milliseconds(50);

IntakeOptions intake_options(const GatewayConfig& config) {
  IntakeOptions options;
  options.max_delay = config.commit_max_delay;
  options.enough_records = config.commit_max_records;
  options.queue.bytes_of_one_board = config.queue_bytes_per_board;
  options.queue.bytes = std::max(options.queue.bytes, 2 * config.queue_bytes_per_board);
  options.admission = config.admission;
  options.clock_quality = kernel_clock_quality;
  if (config.trust_own_clock) options.clock_quality = [] { return ClockQuality::synchronised; };
  return options;
}

PahoOptions session_options(const GatewayConfig& config) {
  PahoOptions options;
  options.classify = class_of_message;
  options.inbox_messages = 8192;
  options.inbox_bytes = std::size_t{32} << 20U;
  options.share_rate = config.admission.messages_per_second;
  options.share_burst = options.share_rate * kSecondsOfMessages;
  options.longest_payload = config.host.limits.bytes + 1;  // enough to see that it is too long
  return options;
}

/// Members are in the order in which they need each other; they end in the opposite one.
class Gateway {
 public:
  Gateway(const GatewayConfig& config, std::unique_ptr<Ledger> ledger, std::optional<Rollups> rollups,
          std::optional<Retention> retention)
      : ledger_(std::move(ledger)),
        rollups_(std::move(rollups)),
        retention_(std::move(retention)),
        keep_(config.keep),
        session_(loop_.get_executor(), clock_, config.broker, session_options(config)),
        host_(config.host),
        intake_(loop_.get_executor(), clock_, session_, host_, *ledger_, store_, intake_options(config),
                random_seed()),
        imports_(config, clock_, intake_),
        http_(loop_.get_executor(), clock_, config.http),
        measures_(clock_, known_boards(config), config.measure),
        signals_(loop_, SIGINT, SIGTERM) {
    http_.route(std::string(kMeasurePath), [this](HttpExchange& talk) { return measures_.answer(talk); });
    auto control = ControlSocket::open(loop_.get_executor(), config.control_socket, "xalink-gateway");
    if (control) {
      control_.emplace(std::move(*control));
    } else {
      // Records go on; only what comes by hand has to wait until this gateway is stopped.
      spdlog::warn("`xalink-gateway import` cannot reach this gateway: {}", control.error().to_string());
    }
  }

  void run() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (error) return;
      spdlog::info("stopping");
      signals_.clear();  // a second signal does what it does to any program
      stopping_ = true;
      stop_.emit(asio::cancellation_type::terminal);
    });
    auto ended = [this](const std::exception_ptr& error) {
      signals_.cancel();
      if (!error) return;
      const auto first = first_of(error);
      if (!stopping_ || !is_cancellation(first)) failure_ = first;
    };
    asio::co_spawn(loop_, work(), asio::bind_cancellation_slot(stop_.slot(), ended));
    loop_.run();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  asio::awaitable<void> work() {
    using asio::experimental::awaitable_operators::operator&&;
    auto all = intake_.run() && report() && answer() && http_.run() && roll_up() && remove_old();
    co_await std::move(all);
  }

  asio::awaitable<void> answer() {
    ControlAnswer answers = [this](ControlTalk& talk) { return imports_.answer(talk); };
    if (control_) co_await control_->run(clock_, std::move(answers));
  }

  /// One line a minute at most, and only when something was lost on the way or could not be used.
  asio::awaitable<void> report() {
    std::uint64_t dropped = 0;
    std::uint64_t set_aside = 0;
    for (;;) {
      co_await clock_.sleep_for(kReportEvery);
      if (session_.dropped() != dropped) {
        spdlog::warn("{} messages came faster than they could be taken in; boards send their records again",
                     session_.dropped() - dropped);
        dropped = session_.dropped();
      }
      const auto& counters = host_.counters();
      if (counters.set_aside != set_aside) {
        spdlog::warn(
            "{} messages could not be used and were set aside; xalink-gateway boards tells how to see them",
            counters.set_aside - set_aside);
        set_aside = counters.set_aside;
      }
    }
  }

  /// Hours and days follow the records, on a thread of their own: whoever waits for a commit waits for a step
  /// at most.
  asio::awaitable<void> roll_up() {
    bool told = false;
    while (rollups_) {
      for (bool more = true; more;) {
        auto job = [this] { return rollups_->step(); };
        auto working = rolling_.run(std::move(job));
        const auto step = co_await std::move(working);
        more = step && step->more;
        if (!step && !told) spdlog::warn("hours and days have to wait: {}", step.error().to_string());
        if (step && told) spdlog::info("hours and days follow the records again");
        told = !step;
        if (more) co_await clock_.sleep_for(kBetweenSteps);  // also where a signal ends it
      }
      co_await clock_.sleep_for(kRollUpEvery);
    }
  }

  /// Old rows go on the same thread, after their hours and days.
  asio::awaitable<void> remove_old() {
    bool told = false;
    for (int round = 0; retention_; ++round) {
      std::uint64_t removed = 0;
      for (bool more = true; more;) {
        auto job = [this, before = clock_.wall() - keep_] { return retention_->step(before); };
        auto working = rolling_.run(std::move(job));
        const auto step = co_await std::move(working);
        more = step && step->more;
        if (step) removed += step->removed;
        if (!step && !told) spdlog::warn("old records are not removed: {}", step.error().to_string());
        told = !step;
        if (more) co_await clock_.sleep_for(kBetweenSteps);  // also where a signal ends it
      }
      if (removed > 0) spdlog::info("{} records that were kept long enough were removed", removed);
      round = std::min(round, kRoundsAtFirst);
      const auto pause = round < kRoundsAtFirst ? kRemoveEveryAtFirst : kRemoveEvery;
      co_await clock_.sleep_for(pause);
    }
  }

  asio::io_context loop_{1};
  AsioClock clock_;
  std::unique_ptr<Ledger> ledger_;
  std::optional<Rollups> rollups_;
  std::optional<Retention> retention_;
  Milliseconds keep_;
  WorkerThread store_;
  WorkerThread rolling_;
  PahoSession session_;
  HostApplication host_;
  Intake intake_;
  ImportDesk imports_;
  HttpServer http_;
  MeasureDesk measures_;
  std::optional<ControlSocket> control_;
  asio::signal_set signals_;
  asio::cancellation_signal stop_;
  bool stopping_ = false;
  std::exception_ptr failure_;
};

}  // namespace

Result<void> run_gateway(const GatewayConfig& config, StoreTrouble& trouble) {
  auto ledger = Ledger::open(config.store_file, trouble);
  if (!ledger) return Unexpected(ledger.error());
  const AsioClock clock;
  if (auto closed = (*ledger)->close_open_sessions(clock.wall(), "the gateway was not running"); !closed) {
    return closed;
  }
  spdlog::info("store {} is open; host id \"{}\", broker {}:{}", config.store_file.string(),
               config.host.host_id, config.broker.host, config.broker.port);
  auto rollups = Rollups::open(config.store_file);
  if (!rollups) spdlog::warn("hours and days are not kept: {}", rollups.error().to_string());
  std::optional<Retention> retention;
  if (config.keep > std::chrono::days(0)) {
    auto opened = Retention::open(config.store_file);
    if (opened) {
      retention = std::move(*opened);
    } else {
      spdlog::warn("old records are not removed: {}", opened.error().to_string());
    }
  }
  Gateway gateway(config, std::move(*ledger),
                  rollups ? std::optional<Rollups>(std::move(*rollups)) : std::nullopt, std::move(retention));
  gateway.run();
  spdlog::info("stopped");
  return {};
}

}  // namespace xalink
