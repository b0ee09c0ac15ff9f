#include "agent/agent.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/multiple_exceptions.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/system/system_error.hpp>
#include <csignal>
#include <exception>
#include <memory>
#include <utility>

#include "agent/by_exception.hpp"
#include "agent/carrier.hpp"
#include "agent/earlier_boots.hpp"
#include "agent/export.hpp"
#include "agent/interval_keeper.hpp"
#include "agent/linux/boot_id.hpp"
#include "agent/measure.hpp"
#include "agent/modem_reset.hpp"
#include "agent/modem_reset_method.hpp"
#include "agent/node_at_start.hpp"
#include "agent/outage_keeper.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/salvage.hpp"
#include "agent/outbox_renewal.hpp"
#include "agent/probe_set.hpp"
#include "agent/probes/reach_failure.hpp"
#include "agent/publish.hpp"
#include "agent/recorder.hpp"
#include "agent/service_proof_keeper.hpp"
#include "agent/sign_of_life.hpp"
#include "agent/sources.hpp"
#include "agent/start_reason.hpp"
#include "agent/status.hpp"
#include "agent/throughput_keeper.hpp"
#include "agent/time_keeper.hpp"
#include "agent/way_out.hpp"
#include "sparkplug/asio_clock.hpp"
#include "sparkplug/boot_clock.hpp"
#include "sparkplug/control_socket.hpp"
#include "sparkplug/kernel_clock.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/paho_session.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/throughput_schema.hpp"
#include "sparkplug/wake_up.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;

// As the edge node has it: more rows than this that the gateway has not confirmed are a backlog.
constexpr RowId kBacklogRows = 32;
constexpr Duration kTellAgainAfter = std::chrono::seconds(30);

// A line that comes and goes is not asked each time.
constexpr Duration kMtuAgainAfter = std::chrono::hours(1);

/// Members are in the order in which they need each other; they end in the opposite one.
class Agent {
 public:
  Agent(const AgentConfig& config, std::unique_ptr<Outbox> outbox, std::string boot_id, EarlierBoots earlier)
      : config_(config),
        earlier_(std::move(earlier)),
        boot_id_(std::move(boot_id)),
        traces_(read_reboot_traces()),
        reason_(start_reason(boot_id_, earlier_.newest, StopNote::from_text(earlier_.stop), traces_)),
        outbox_(std::make_unique<HoldingOutbox>(std::move(outbox))),
        signs_(SignOfLifeFile::beside(config.outbox_file)),
        session_(loop_.get_executor(), clock_, config.broker, {.goodbye = PahoOptions::Goodbye::with_will}),
        time_(clock_, kernel_clock_quality, boot_id_, built_at(), earlier_.memory, earlier_.newest),
        by_exception_(config.by_exception),
        recorder_(loop_.get_executor(), clock_, *outbox_, store_, {config.flush_interval, config.hold}),
        measure_(
            clock_, [this] { return time_.stamp(); },
            [this](const Schema& schema, const Record& record) { take(schema, record); }, random_seed()),
        signals_(loop_, SIGINT, SIGTERM) {}

  Result<void> prepare() {
    auto control = ControlSocket::open(loop_.get_executor(), config_.control_socket, "xalink-agent");
    if (!control) return Unexpected(control.error());
    control_.emplace(std::move(*control));
    modem_reset_.emplace(loop_.get_executor(), clock_, reset_method(config_.cellular, clock_),
                         config_.cellular.reset_interval, modem_surroundings());
    ProbeListeners listeners;
    listeners.modem_judged = [this](const ModemVerdict& verdict) { modem_reset_->judged(verdict); };
    if (const auto proofs = outbox_->note(std::string(kServiceProofNote)); proofs && *proofs) {
      proofs_->recall(**proofs);
    }
    listeners.proofs = proofs_;
    auto tasks = make_probes(config_, loop_.get_executor(), clock_, std::move(listeners));
    if (!tasks) return Unexpected(tasks.error());
    auto node = node_at_start(config_, *outbox_, boot_id_, *tasks, by_exception_);
    if (!node) return Unexpected(node.error());
    const auto witnesses = witnesses_of(*tasks, config_);
    outages_.emplace(
        loop_.get_executor(), clock_, [this] { return time_.stamp(); }, witnesses,
        OutageWatch(config_.outages, boot_id_, witnesses, earlier_.outages, earlier_boot(), clock_.boot()));
    outages_->listen({[this](const std::vector<OutageWatch::Hurry>& probes) { hurry(probes); },
                      [this] { publisher_->way_is_back(); },
                      [this](std::string_view group) { measure_.ask(group); }});
    measure_.listen([this](const Schema& schema, const Record& record, Duration run) {
      took(schema, record, run);
      if (way_out_.took(schema, record)) measure_.ask("Access");
    });
    auto asked_before = outbox_->note(std::string(kIntervalsNote));
    if (asked_before) intervals_.recall(asked_before->value_or(""));
    for (auto& task : *tasks) intervals_.add(std::move(task));
    publisher_ = std::make_unique<Publisher>(
        loop_.get_executor(), clock_, [this] { return time_.now(); }, session_, *outbox_, store_,
        std::move(*node));
    publisher_->listen(
        {[this] { time_.before_handshake(); },
         [this](const action::ClockAnswer& answer) { time_.answered(answer); },
         [this](Batch& batch) { time_.time().correct(batch); },
         [this](EdgeNodeState state) { outages_->session(state, publisher_->last_failure()); },
         [this](const action::SettingAsked& asked) { intervals_.asked(asked); },
         [this](std::optional<SteadyTime> since) { outages_->unanswered(boot_time_of(since)); }});
    intervals_.listen([this](const std::string& device, const std::string& metric, std::uint64_t seconds) {
      publisher_->set_setting(device, metric, seconds);
    });
    carrier_.emplace(*outbox_, store_, recorder_, *publisher_,
                     [this](Batch& batch) { time_.time().correct(batch); });
    recorder_.listen({[this](const Schema& schema, const Record& record) {
                        publisher_->set_outbox_refuses(!recorder_.disk_error().empty());
                        publisher_->took(schema, record);
                      },
                      [this](const std::array<RowId, kLaneCount>& last) { publisher_->appended(last); },
                      [this](const std::array<RowId, kLaneCount>& last) { publisher_->handed_over(last); },
                      [this](const OutboxSpace& space) { publisher_->gave_up(space.given_up); },
                      [this] { return publisher_->node().caught_up(Lane::measurements); },
                      [this](SteadyTime when) { measure_.gather_by(when); }});
    recorder_.keep_signs([this] { return time_.stamp(); },
                         [this](const Stamp& stamp) { return keep_sign(stamp); },
                         kFlushesWithoutSign * config_.flush_interval);
    if (auto ready = prepare_throughput(); !ready) return ready;
    sources_ = std::make_unique<Sources>(config_, clock_, store_, event_store(), random_seed());
    outbox_->when_renewed([this] { asio::post(loop_, [this] { outbox_changed_.ring(); }); });
    outbox_changed_.ring();  // one that was salvaged at the start is told of too
    return {};
  }

  void run() {
    signals_.async_wait([this](boost::system::error_code error, int) {
      if (error) return;
      stop_sign_ = going_down().value_or("");
      spdlog::info("stopping{}{}", stop_sign_.empty() ? "" : ", with the board: ", stop_sign_);
      signals_.clear();  // a second signal does what it does to any program
      stopping_ = true;
      stop_.emit(asio::cancellation_type::terminal);
    });
    spawn(work(), [this](const std::exception_ptr& error) {
      signals_.cancel();
      if (!error) return;
      const auto first = first_of(error);
      if (!stopping_ || !is_cancellation(first)) failure_ = first;
    });
    loop_.run();
    // Also after a bug: what was measured is worth keeping.
    loop_.restart();
    asio::co_spawn(loop_, say_goodbye(), [this](const std::exception_ptr& error) {
      if (error && !failure_) failure_ = error;
    });
    loop_.run();
    if (failure_) std::rethrow_exception(failure_);
  }

 private:
  template <class Ended>
  void spawn(asio::awaitable<void> what, Ended ended) {
    asio::co_spawn(loop_, std::move(what), asio::bind_cancellation_slot(stop_.slot(), std::move(ended)));
  }

  asio::awaitable<void> work() {
    using asio::experimental::awaitable_operators::operator&&;
    auto measuring = measure_.run() && recorder_.run() && time_.run(recorder_) && outages_->run(recorder_) &&
                     intervals_.run(recorder_) && tell_start() && publisher_->run() && sources_->run() &&
                     answer() && watch_outbox() && modem_reset_->run() && measure_throughput() &&
                     proof_keeper_.run(recorder_);
    co_await std::move(measuring);
  }

  /// On the store thread. Where the file cannot be written the outbox may: that wears the card more.
  Result<void> keep_sign(const Stamp& stamp) {
    const auto signed_file = signs_.write(stamp);
    if (signed_file) return {};
    const auto noted = outbox_->append_with_note({}, std::string(kSignOfLifeNote), sign_of_life(stamp));
    if (!noted) return Unexpected(noted.error());
    if (!std::exchange(told_of_signs_, true)) {
      spdlog::warn("{}. Until then the outbox keeps the signs, which wears the card more",
                   signed_file.error().to_string());
    }
    return {};
  }

  Result<void> prepare_throughput() {
    if (!config_.throughput.measures()) return {};
    const auto& config = config_.throughput;
    auto url = parse_service_url(config.url);
    if (!url) return Unexpected(url.error());
    ThroughputSettings settings;
    settings.url = std::move(*url);
    settings.ca_file = config.ca_file;
    if (!config_.dns.server.empty()) settings.resolver.servers.push_back(config_.dns.server);
    settings.proxy = config_.proxy;
    settings.board = config_.site;
    settings.time = config.time;
    ThroughputKeeper::Surroundings surroundings;
    surroundings.now = [this]() -> std::optional<WallTime> {
      if (time_.time().quality() == ClockQuality::unset) return std::nullopt;
      return WallTime(clock_.boot() + time_.time().offset());
    };
    surroundings.link = [this]() -> std::optional<LinkCost> {
      if (!config_.access.enabled) return LinkCost::metered;
      const auto cost = way_out_.cost();
      if (!cost) measure_.ask("Access");
      return cost;
    };
    surroundings.may_sign = [this] { return find_throughput_key(); };
    surroundings.online = [this] { return publisher_->node().state() == EdgeNodeState::online; };
    surroundings.backlog = [this] {
      return std::any_of(std::begin(kLanes), std::end(kLanes), [this](Lane lane) {
        const auto& depth = publisher_->node().lane(lane);
        return depth.last >= depth.acknowledged + kBacklogRows;
      });
    };
    surroundings.measure = [this, settings = std::move(settings)](std::uint64_t bytes,
                                                                  std::shared_ptr<ThroughputResult> result) {
      return xalink::measure_throughput(clock_, settings, *throughput_key_, bytes, std::move(result));
    };
    surroundings.record = [this](const ThroughputResult& result, LinkCost link) {
      Record record;
      record.stamp = time_.stamp();
      record.values = values_of_result(result, link == LinkCost::metered);
      recorder_.record(throughput_schema(), std::move(record));
    };
    throughput_.emplace(clock_, ThroughputKeeperSettings{config.test_bytes, config.monthly_bytes},
                        ThroughputPlan(config.windows, config.tests_per_day, to_string(config_.site)),
                        std::move(surroundings));
    return {};
  }

  /// A disk that refuses the board's key at the start may take it later.
  bool find_throughput_key() {
    if (throughput_key_) return true;
    auto key = board_key(config_);
    if (key) {
      throughput_key_ = std::move(*key);
    } else if (!std::exchange(told_of_key_, true)) {
      spdlog::warn("throughput is not measured yet: {}", key.error().to_string());
    }
    return throughput_key_.has_value();
  }

  [[nodiscard]] std::optional<BootTime> boot_time_of(std::optional<SteadyTime> time) {
    if (!time) return std::nullopt;
    const auto ago = std::chrono::duration_cast<Milliseconds>(clock_.steady() - *time);
    return clock_.boot() - ago;
  }

  asio::awaitable<void> measure_throughput() {
    if (throughput_)
      co_await throughput_->run(recorder_);
    else
      co_await clock_.sleep_until(SteadyTime::max());
  }

  /// Every run of every probe.
  void take(const Schema& schema, const Record& record) {
    const auto company = recorder_.waiting() > 0 ? ByException::Company::waits : ByException::Company::none;
    auto row = by_exception_.step(schema, record, company);
    if (!row) return;
    if (row->news) publisher_->hurry();
    recorder_.record(row->schema, std::move(row->record));
  }

  void hurry(const std::vector<OutageWatch::Hurry>& probes) {
    std::map<std::string, Duration, std::less<>> every;
    for (const auto& probe : probes) every[probe.probe] = probe.every;
    measure_.hurry(every);
  }

  void took(const Schema& schema, const Record& record, Duration run) {
    const auto failure = column_index(schema, "Failure");
    const bool stalls = schema.group.starts_with("Reach/") && failure &&
                        to_text(record.values[*failure]) == to_string(ReachFailure::tls_stalled);
    if (stalls && clock_.steady() >= may_measure_mtu_at_) {
      may_measure_mtu_at_ = clock_.steady() + kMtuAgainAfter;
      measure_.ask("MTU");
    }
    outages_->took(schema, record, run);
  }

  asio::awaitable<void> watch_outbox() {
    while (true) {
      co_await outbox_changed_.wait();
      auto look = [&outbox = *outbox_] { return look_at(outbox); };
      OutboxRenewal renewal = co_await store_.run(std::move(look));
      if (renewal.epoch != publisher_->node().epoch()) {
        publisher_->renewed(renewal.epoch, renewal.lanes, std::move(renewal.predecessors),
                            std::move(renewal.given_up));
        // What was noted in the old one may be lost with it.
        intervals_.keep_again();
        outages_->keep_again();
        proof_keeper_.keep_again();
        if (throughput_) co_await throughput_->keep_again(recorder_);
        co_await modem_reset_->keep_again(recorder_);
      }
      salvage_ = renewal.salvage;
      if (!salvage_ || renewal.told) continue;
      std::vector<Pending> events{salvage_event(*salvage_, time_.stamp())};
      std::string key = kSalvageToldNote;
      std::string salvaged_as = salvage_->new_epoch;
      auto told = co_await recorder_.record_events(std::move(events), std::move(key), std::move(salvaged_as));
      if (!told) spdlog::warn("the salvage is not told to the gateway yet: {}", told.error().to_string());
    }
  }

  [[nodiscard]] std::optional<EarlierBoot> earlier_boot() const {
    if (!reason_.of_board || !reason_.before) return std::nullopt;
    return EarlierBoot{reason_.before->boot_id, reason_.before->boot_time,
                       std::string(to_string(reason_.what))};
  }

  /// Why it was started, with the outage that ended with that. From then on the next start is one after a
  /// crash, unless a stop says otherwise.
  asio::awaitable<void> tell_start() {
    const auto now = time_.stamp();
    spdlog::info("the {} was started: {}{}{}", reason_.of_board ? "board" : "program",
                 to_string(reason_.what), reason_.evidence.empty() ? "" : ": ", reason_.evidence);
    while (true) {
      std::vector<Pending> records{Pending{boot_schema(), boot_record(reason_, now)}};
      for (const auto& event :
           outage_before(reason_, now, kFlushesWithoutSign * config_.flush_interval, config_.outages.least)) {
        records.push_back(Pending{outage_schema(), outage_record(event, now)});
      }
      StopNote running;
      running.known = traces_.panics;
      std::string key(kStopNote);
      auto recording = recorder_.record_events(std::move(records), std::move(key), running.to_text());
      const auto recorded = co_await std::move(recording);
      if (recorded) co_return;
      co_await clock_.sleep_for(kTellAgainAfter);
    }
  }

  asio::awaitable<void> remember_stop() {
    StopNote stop;
    stop.boot_id = boot_id_;
    stop.at = clock_.boot();
    // systemd may have begun to say so only since the signal came.
    stop.sign = stop_sign_.empty() ? going_down().value_or("") : stop_sign_;
    stop.known = traces_.panics;
    auto keeping = recorder_.keep_note(kStopNote, stop.to_text());
    const auto kept = co_await std::move(keeping);
    if (!kept) spdlog::warn("the next start will take this stop for a crash");
  }

  asio::awaitable<void> say_goodbye() {
    co_await recorder_.flush();
    co_await outages_->record_news(recorder_);
    // A bug that ended the program is a crash, however orderly the end.
    if (stopping_) co_await remember_stop();
    co_await publisher_->say_goodbye();
  }

  asio::awaitable<void> answer() {
    ControlAnswer answers = [this](ControlTalk& talk) { return answer_one(talk); };
    co_await control_->run(clock_, std::move(answers));
  }

  asio::awaitable<void> answer_one(ControlTalk& talk) {
    std::string reply = R"({"error":"unknown request; this agent knows: status"})";
    if (talk.request() == "status") {
      reply = status_as_json(status());
    } else if (Carrier::knows(talk.request())) {
      auto answering = carrier_->answer(talk.request());
      reply = co_await std::move(answering);
    }
    reply += '\n';
    auto saying = talk.say(std::move(reply));
    co_await std::move(saying);
  }

  EventStore event_store() {
    EventStore store;
    store.tell = [this](std::vector<Telling> tellings, std::string key, std::string value,
                        Outbox::NoteWhen when, std::string remembered) {
      return recorder_.record_news(std::move(tellings), std::move(key), std::move(value), when,
                                   std::move(remembered));
    };
    store.remembers = [this](std::string subject) { return recorder_.remembers(std::move(subject)); };
    store.note = [this](std::string key) { return recorder_.read_note(std::move(key)); };
    store.stamp_now = [this] { return time_.stamp(); };
    return store;
  }

  ModemReset::Surroundings modem_surroundings() {
    ModemReset::Surroundings surroundings;
    surroundings.tell = [this](std::vector<Value> values, std::string key, std::string value) {
      Record record;
      record.stamp = time_.stamp();
      record.values = std::move(values);
      return recorder_.record_events({Pending{modem_reset_schema(), std::move(record)}}, std::move(key),
                                     std::move(value));
    };
    surroundings.note = [this](std::string key) { return recorder_.read_note(std::move(key)); };
    surroundings.boot_id = boot_id_;
    return surroundings;
  }

  [[nodiscard]] AgentStatus status() const {
    AgentStatus status;
    status.site = config_.site;
    status.at = WallTime(clock_.boot() + time_.time().offset());
    status.clock = time_.time().quality();
    status.system_clock = clock_.wall();
    status.clock_doubt = time_.time().doubt();
    status.clock_floor = time_.time().floor_at(clock_.boot());
    const auto& bounds = time_.time().bounds();
    status.clock_earliest = WallTime(clock_.boot() + bounds.earliest);
    if (bounds.latest) status.clock_latest = WallTime(clock_.boot() + *bounds.latest);
    status.boot_id = boot_id_;
    status.uptime = clock_.boot();
    const auto& node = publisher_->node();
    status.session = node.state();
    status.broker = config_.broker.host + ":" + std::to_string(config_.broker.port);
    status.last_failure = publisher_->last_failure();
    status.messages_sent = publisher_->messages_sent();
    status.ignored_commands = node.ignored_commands();
    status.outbox_file = config_.outbox_file.string();
    status.epoch = node.epoch();
    status.salvage = salvage_;
    status.outbox_bytes = outbox_->bytes_on_disk();
    status.outbox_space = recorder_.space();
    for (const Lane lane : kLanes) status.lanes[index(lane)] = node.lane(lane);
    const auto& measurements = node.lane(Lane::measurements);
    status.waiting_for_flush =
        recorder_.waiting() +
        std::min<std::size_t>(recorder_.held(),
                              static_cast<std::size_t>(measurements.last - measurements.acknowledged));
    status.flush_interval = config_.flush_interval;
    status.disk_error = recorder_.disk_error();
    status.dropped = recorder_.dropped();
    status.ladder = outages_->watch().ladder();
    status.outages = outages_->watch().open();
    status.probes = measure_.status();
    status.commands = intervals_.status();
    status.sources = sources_->status();
    if (throughput_) status.throughput = throughput_->status();
    return status;
  }

  const AgentConfig& config_;
  EarlierBoots earlier_;
  std::string boot_id_;
  RebootTraces traces_;
  StartReason reason_;
  asio::io_context loop_{1};
  AsioClock clock_;
  std::unique_ptr<HoldingOutbox> outbox_;
  SignOfLifeFile signs_;
  bool told_of_signs_ = false;  ///< as outbox_, touched on the store thread alone
  WorkerThread store_;
  PahoSession session_;
  TimeKeeper time_;
  ByException by_exception_;
  Recorder recorder_;
  Measure measure_;
  IntervalKeeper intervals_{loop_.get_executor(), clock_, measure_};
  std::shared_ptr<ServiceProofs> proofs_ = std::make_shared<ServiceProofs>();
  ServiceProofKeeper proof_keeper_{loop_.get_executor(), clock_, proofs_};
  std::optional<OutageKeeper> outages_;
  std::unique_ptr<Publisher> publisher_;
  std::unique_ptr<Sources> sources_;
  std::optional<Carrier> carrier_;
  std::optional<ControlSocket> control_;
  std::optional<ModemReset> modem_reset_;
  std::optional<ThroughputKeeper> throughput_;
  std::optional<OwnKey> throughput_key_;
  bool told_of_key_ = false;
  WayOut way_out_{config_.throughput.metered_technologies};
  WakeUp outbox_changed_{loop_.get_executor()};
  std::optional<Salvage> salvage_;
  asio::signal_set signals_;
  asio::cancellation_signal stop_;
  SteadyTime may_measure_mtu_at_{};
  bool stopping_ = false;
  std::string stop_sign_;  ///< that the whole board is going down
  std::exception_ptr failure_;
};

}  // namespace

Result<void> run_agent(const AgentConfig& config) {
  std::string boot_id = read_boot_id();
  if (boot_id.empty()) {
    return failure("/proc/sys/kernel/random/boot_id", "the kernel does not tell which boot this is",
                   "is /proc mounted and readable for this user?");
  }
  auto outbox = Outbox::open_or_wait(config.outbox_file, config.outbox);
  if (!outbox) return Unexpected(outbox.error());
  spdlog::info("outbox {}; site {}, broker {}:{}", config.outbox_file.string(), to_string(config.site),
               config.broker.host, config.broker.port);
  auto earlier = read_earlier_boots(**outbox, SignOfLifeFile::beside(config.outbox_file));
  if (!earlier) return Unexpected(earlier.error());
  Agent agent(config, std::move(*outbox), std::move(boot_id), std::move(*earlier));
  if (auto ready = agent.prepare(); !ready) return ready;
  agent.run();
  spdlog::info("stopped");
  return {};
}

}  // namespace xalink
