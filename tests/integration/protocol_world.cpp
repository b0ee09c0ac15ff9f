#include "tests/integration/protocol_world.hpp"

#include <stdexcept>
#include <utility>

namespace xalink {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// 2026-01-01, so that no time is anywhere near 1970.
constexpr Milliseconds kWallAtStart{1'767'225'600'000};
// Network steps older than this are never waited for.
constexpr std::size_t kMostFactsPerCommit = 50;

Schema ping() {
  return Schema{"network",
                "Ping/gateway",
                Lane::measurements,
                {{"RTT mean", DataType::uint32, "us"},
                 {"Loss", DataType::float32, "%"},
                 {"Reason", DataType::string, {}}}};
}
Schema board_schema() {
  return Schema{"board", "Board", Lane::measurements, {{"Uptime", DataType::uint32, "s"}}};
}
Schema dossier() {
  return Schema{
      "dossiers", "Dossier", Lane::events, {{"Code", DataType::string, {}}, {"State", DataType::uint8, {}}}};
}

/// With its WAL.
void copy_database(const std::string& from, const std::string& to) {
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::remove(to + suffix);
    if (std::filesystem::exists(from + suffix)) std::filesystem::copy_file(from + suffix, to + suffix);
  }
}

}  // namespace

struct ProtocolWorld::Session {
  std::uint64_t id = 0;  ///< 0: not connected
  OutgoingMessage will;
  bool subscribed = false;
  std::function<void(IncomingMessage)> receive;
  SteadyTime last_delivery{};  ///< TCP keeps order, unless a fault says otherwise
};

struct ProtocolWorld::Board {
  NodeId id;
  Session session;
  std::filesystem::path file;
  std::unique_ptr<HoldingOutbox> outbox;
  std::optional<EdgeNode> node;
  std::uint64_t process = 0;  ///< rises at each death, so that what was under way is forgotten
  SteadyTime booted{};
  std::string boot_id;
  std::vector<Pending> unflushed;
  std::optional<SteadyTime> tick_at;
};

struct ProtocolWorld::Gateway {
  Session session;
  std::filesystem::path file;
  std::unique_ptr<Ledger> ledger;
  std::optional<HostApplication> host;
  std::uint64_t process = 0;
  std::vector<Fact> queue;
  bool committing = false;
  std::optional<SteadyTime> tick_at;
};

ProtocolWorld::ProtocolWorld(std::uint64_t seed) : seed_(seed), random_(seed) {
  node_options.id = NodeId{"VN-03", "site-1"};
  node_options.primary_host = "xalink";
  node_options.software_version = "test";
  node_options.max_birth_delay = seconds(1);
  node_options.max_backoff = seconds(10);
  host_options.reorder_timeout = seconds(2);
  host_options.min_rebirth_interval = seconds(1);
}

ProtocolWorld::~ProtocolWorld() = default;

bool ProtocolWorld::chance(double probability) {
  return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

Duration ProtocolWorld::short_while() {
  return milliseconds(1 + random_() % 30);
}

void ProtocolWorld::at(Duration delay, std::function<void()> what) {
  agenda_.emplace(time_ + delay, std::move(what));
}

void ProtocolWorld::later(std::size_t index, Duration delay, std::function<void(Board&)> what) {
  at(delay, [this, index, process = boards_[index]->process, what = std::move(what)] {
    auto& board = *boards_[index];
    if (board.process != process || !board.node) return;
    what(board);
    settle(index);
  });
}

Now ProtocolWorld::now_of(const Board& board) const {
  const auto elapsed = std::chrono::duration_cast<Milliseconds>(time_.time_since_epoch());
  const auto since_boot = std::chrono::duration_cast<Milliseconds>(time_ - board.booted);
  return Now{time_, WallTime(kWallAtStart + elapsed), since_boot, ClockQuality::synchronised};
}

Now ProtocolWorld::host_now() const {
  const auto elapsed = std::chrono::duration_cast<Milliseconds>(time_.time_since_epoch());
  return Now{time_, WallTime(kWallAtStart + elapsed), elapsed, ClockQuality::synchronised};
}

// --- boards -----------------------------------------------------------------------------------------

std::size_t ProtocolWorld::add_board() {
  return add_board(node_options.id);
}

std::size_t ProtocolWorld::add_board(const NodeId& id) {
  auto& board = *boards_.emplace_back(std::make_unique<Board>());
  board.id = id;
  board.file = folder_ / ("outbox-" + std::to_string(boards_.size()) + ".db");
  return boards_.size() - 1;
}

std::filesystem::path ProtocolWorld::outbox_file(std::size_t board) const {
  return boards_[board]->file;
}
const EdgeNode* ProtocolWorld::node(std::size_t board) const {
  return boards_[board]->node ? &*boards_[board]->node : nullptr;
}
bool ProtocolWorld::alive(std::size_t board) const {
  return boards_[board]->node.has_value();
}

void ProtocolWorld::start_board(std::size_t index) {
  auto& board = *boards_[index];
  auto opened = Outbox::open(board.file);
  if (!opened) throw std::runtime_error(opened.error().to_string());
  board.outbox = std::make_unique<HoldingOutbox>(std::move(*opened));
  board.booted = time_;
  board.boot_id = "boot-" + std::to_string(index) + "-" + std::to_string(board.process);
  std::array<LaneDepth, kLaneCount> lanes;
  for (const Lane lane : kLanes) lanes[xalink::index(lane)] = board.outbox->depth(lane).value();
  auto options = node_options;
  options.id = board.id;
  options.boot_id = board.boot_id;
  board.node.emplace(options, std::vector<Schema>{ping(), board_schema(), dossier()}, board.outbox->epoch(),
                     lanes, random_());
  const auto latest = board.outbox->latest().value();
  for (const auto& pending : latest) board.node->restore_current(pending.schema, pending.record);
  board.node->set_predecessors(board.outbox->predecessors().value());
  board.node->start(now_of(board));
  settle(index);
}

void ProtocolWorld::kill_board(std::size_t index) {
  auto& board = *boards_[index];
  if (!board.node) return;
  ++board.process;
  losses_.sure += board.unflushed.size();
  losses_.possible += board.outbox->unacknowledged();
  board.node.reset();
  board.outbox.reset();
  board.unflushed.clear();
  board.tick_at.reset();
  // The broker notices later, by a reset or the keep-alive.
  at(short_while() * 20, [this, index, session = board.session.id] {
    auto& dead = *boards_[index];
    if (dead.session.id == session) end_session(dead.session, /*with_will=*/true);
  });
}

void ProtocolWorld::replace_outbox(std::size_t index) {
  auto& board = *boards_[index];
  for (const char* suffix : {"", "-wal", "-shm", ".lock"})
    std::filesystem::remove(board.file.string() + suffix);
}

void ProtocolWorld::remember_outbox(std::size_t index) {
  copy_database(boards_[index]->file.string(), boards_[index]->file.string() + ".before");
}

void ProtocolWorld::lose_last_commits(std::size_t index) {
  const auto file = boards_[index]->file.string();
  std::filesystem::remove(file + "-shm");
  copy_database(file + ".before", file);
}

void ProtocolWorld::take_records(std::size_t index, std::size_t count) {
  auto& board = *boards_[index];
  if (!board.node) return;
  for (std::size_t i = 0; i < count && board.node; ++i) {
    const auto now = now_of(board);
    Pending pending;
    pending.record.stamp = Stamp{now.wall, now.boot, board.boot_id, now.quality};
    ++counter_;
    switch (random_() % 4) {
      case 0:
        pending.schema = dossier();
        pending.record.values = {"H22-" + std::to_string(counter_), std::uint64_t{1 + random_() % 10}};
        break;
      case 1:
        pending.schema = board_schema();
        pending.record.values = {std::uint64_t{counter_}};
        break;
      default:
        pending.schema = ping();
        pending.record.values = {std::uint64_t{counter_}, 0.0, std::monostate{}};
        if (random_() % 5 == 0)
          pending.record.values = {std::monostate{}, 100.0, "timeout " + std::to_string(counter_)};
    }
    if (pending.schema.lane == Lane::events) {
      const auto rows = board.outbox->append({pending});
      if (!rows) throw std::runtime_error(rows.error().to_string());
      board.node->took(pending.schema, pending.record, now);
      board.node->appended(Lane::events, (*rows)[0], now);
    } else {
      board.node->took(pending.schema, pending.record, now);
      board.unflushed.push_back(pending);
    }
    settle(index);
  }
}

void ProtocolWorld::flush(std::size_t index) {
  auto& board = *boards_[index];
  if (!board.node || board.unflushed.empty()) return;
  auto records = std::exchange(board.unflushed, {});
  if (chance(holds) && board.node->caught_up(Lane::measurements)) {
    const auto held = board.outbox->hold(records);
    if (held) {
      later(index, seconds(15), [](Board& on) {
        if (on.outbox->unacknowledged() > 0) on.outbox->keep().value();
      });
      later(index, seconds(60), [](Board& on) { on.outbox->keep().value(); });
      board.node->handed_over(Lane::measurements, (*held)[1], now_of(board));
      settle(index);
      return;
    }
  }
  const auto rows = board.outbox->append(records);
  if (!rows) throw std::runtime_error(rows.error().to_string());
  board.node->appended(Lane::measurements, (*rows)[1], now_of(board));
  settle(index);
}

void ProtocolWorld::cut_board(std::size_t index) {
  auto& board = *boards_[index];
  const auto id = board.session.id;
  if (id == 0) return;
  board.session.receive = nullptr;  // a half-open connection: nothing passes any more
  at(short_while() * 50, [this, index, id] {
    auto& cut = *boards_[index];
    if (cut.session.id == id) end_session(cut.session, /*with_will=*/true);
  });
  later(index, short_while() * 50, [this](Board& cut) { cut.node->lost("cut", now_of(cut)); });
}

bool ProtocolWorld::drained(std::size_t index) const {
  const auto& board = *boards_[index];
  if (!board.node) return true;
  if (!board.unflushed.empty()) return false;
  for (const Lane lane : kLanes) {
    const auto& depth = board.node->lane(lane);
    // The gateway has yet to say whether it has rows that the outbox lost.
    if (depth.sure_up_to || depth.acknowledged < depth.last) return false;
  }
  return true;
}

void ProtocolWorld::settle(std::size_t index) {
  auto& board = *boards_[index];
  if (!board.node) return;
  auto actions = board.node->take_actions();
  for (auto& action : actions) perform(index, std::move(action));
  const auto wake = board.node->wake_at();
  if (!wake || (board.tick_at && *board.tick_at <= *wake && *board.tick_at > time_)) return;
  board.tick_at = std::max(*wake, time_ + milliseconds(1));
  later(index, *board.tick_at - time_, [this](Board& woken) { woken.node->tick(now_of(woken)); });
}

void ProtocolWorld::perform(std::size_t index, EdgeNodeAction what) {
  auto& board = *boards_[index];
  if (std::holds_alternative<action::StoreBdSeq>(what)) {
    later(index, short_while(), [this](Board& on) {
      const auto bdseq = on.outbox->next_bdseq().value();
      on.node->bdseq_stored(bdseq, now_of(on));
    });
  } else if (auto* connect = std::get_if<action::Connect>(&what)) {
    later(index, short_while(), [this, index, will = connect->will](Board& on) {
      // One client id, one session: the newcomer takes it over from any board that has it.
      for (std::size_t other = 0; other < boards_.size(); ++other) {
        auto& rival = *boards_[other];
        if (rival.session.id == 0 || rival.id != on.id) continue;
        end_session(rival.session, /*with_will=*/true);
        if (other != index)
          later(other, short_while(), [this](Board& out) { out.node->lost("taken over", now_of(out)); });
      }
      on.session.id = ++sessions_;
      on.session.will = will;
      on.session.subscribed = false;
      on.session.last_delivery = time_;
      on.session.receive = [this, index, process = on.process](IncomingMessage message) {
        auto& to = *boards_[index];
        if (to.process != process || !to.node) return;
        to.node->arrived(message, now_of(to));
        settle(index);
      };
      on.node->connected(now_of(on));
    });
  } else if (std::holds_alternative<action::Subscribe>(what)) {
    later(index, short_while(), [this](Board& on) {
      if (on.session.id == 0) return;
      on.session.subscribed = true;
      for (const auto& [topic, message] : retained_) deliver(on.session, message, /*retained=*/true);
      on.node->subscribed(now_of(on));
    });
  } else if (auto* publish = std::get_if<action::Publish>(&what)) {
    to_broker(publish->message, /*from_host=*/false, board.session.id);
    later(index, short_while(), [this, id = board.session.id](Board& on) {
      if (on.session.id == id) on.node->published(now_of(on));
    });
  } else if (std::holds_alternative<action::Close>(what)) {
    at(Duration::zero(), [this, index, id = board.session.id] {
      auto& closing = *boards_[index];
      if (closing.session.id == id) end_session(closing.session, /*with_will=*/false);
    });
  } else if (auto* read = std::get_if<action::Read>(&what)) {
    later(index, short_while(), [this, read = *read](Board& on) {
      auto batch = on.outbox->read(read.lane, read.first, read.max_items).value();
      on.node->batch_read(read.generation, std::move(batch), now_of(on));
    });
  } else if (auto* begin = std::get_if<action::BeginEpoch>(&what)) {
    ++epochs_begun_;
    later(index, short_while(), [begin = *begin](Board& on) {
      const auto begun = on.outbox->begin_epoch(begin.of);
      if (!begun) throw std::runtime_error(begun.error().to_string());
    });
    // Later, as on a board: what the node does in between is void.
    later(index, short_while() + milliseconds(31), [this](Board& on) {
      std::array<LaneDepth, kLaneCount> lanes;
      for (const Lane lane : kLanes) lanes[xalink::index(lane)] = on.outbox->depth(lane).value();
      on.node->renewed(on.outbox->epoch(), lanes, on.outbox->predecessors().value(), now_of(on));
    });
  } else if (auto* trust = std::get_if<action::TrustRowIds>(&what)) {
    later(index, short_while(), [trust = *trust, this](Board& on) {
      const auto trusted = on.outbox->trust_row_ids(trust.epoch);
      if (!trusted) throw std::runtime_error(trusted.error().to_string());
      on.node->row_ids_trusted(trust.epoch, now_of(on));
    });
  } else if (auto* acknowledge = std::get_if<action::Acknowledge>(&what)) {
    // Later, so that a death in between loses it.
    later(index, short_while(), [acknowledge = *acknowledge, epoch = board.outbox->epoch()](Board& on) {
      if (on.outbox->epoch() != epoch) return;
      static_cast<void>(on.outbox->acknowledge(acknowledge.lane, acknowledge.mark));
    });
  }
}

// --- gateways ---------------------------------------------------------------------------------------

std::filesystem::path ProtocolWorld::store_file(std::size_t which) const {
  return gateways_[which]->file;
}

const HostApplication::Counters* ProtocolWorld::gateway_counters() const {
  return gateways_.empty() || !gateways_[0]->host ? nullptr : &gateways_[0]->host->counters();
}

void ProtocolWorld::start_gateway(std::size_t which) {
  while (gateways_.size() <= which) {
    auto& added = *gateways_.emplace_back(std::make_unique<Gateway>());
    added.file = folder_ / ("gateway-" + std::to_string(gateways_.size()) + ".db");
  }
  auto& gateway = *gateways_[which];
  auto opened = Ledger::open(gateway.file);
  if (!opened) throw std::runtime_error(opened.error().to_string());
  gateway.ledger = std::move(*opened);
  gateway.host.emplace(host_options);
  connect_gateway(which, short_while());
}

void ProtocolWorld::connect_gateway(std::size_t which, Duration delay) {
  at(delay, [this, which, process = gateways_[which]->process] {
    auto& starting = *gateways_[which];
    if (starting.process != process || !starting.host || starting.session.receive) return;
    end_session(starting.session, /*with_will=*/true);  // of the process before, if the broker still has it
    // One client id, one session: the newcomer takes it over.
    for (std::size_t other = 0; other < gateways_.size(); ++other) {
      if (other != which) cut_gateway(other);
    }
    const auto plan = starting.host->plan_connect(host_now());
    starting.session.id = ++sessions_;
    starting.session.will = plan.will;
    starting.session.subscribed = true;
    starting.session.last_delivery = time_;
    starting.session.receive = [this, which, process](IncomingMessage message) {
      auto& to = *gateways_[which];
      if (to.process != process || !to.host) return;
      to.host->arrived(std::move(message), host_now());
      settle_gateway(which);
    };
    starting.host->connected(host_now());
    to_broker(plan.birth, /*from_host=*/true, starting.session.id);
    settle_gateway(which);
  });
}

void ProtocolWorld::kill_gateway(std::size_t which) {
  auto& gateway = *gateways_[which];
  ++gateway.process;
  gateway.host.reset();
  gateway.ledger.reset();
  gateway.queue.clear();
  gateway.session.receive = nullptr;
  gateway.committing = false;
  gateway.tick_at.reset();
  at(short_while(), [this, which, id = gateway.session.id] {
    auto& dead = *gateways_[which];
    if (dead.session.id == id) end_session(dead.session, /*with_will=*/true);
  });
}

void ProtocolWorld::cut_gateway(std::size_t which) {
  auto& gateway = *gateways_[which];
  if (gateway.session.id == 0) return;
  end_session(gateway.session, /*with_will=*/true);
  if (!gateway.host) return;
  gateway.host->lost(host_now());
  settle_gateway(which);
  connect_gateway(which, seconds(1) + short_while() * 100);
}

void ProtocolWorld::back_up_store() {
  auto& gateway = *gateways_[0];
  const auto copy = gateway.file.string() + ".backup";
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::remove(copy + suffix);
    if (std::filesystem::exists(gateway.file.string() + suffix)) {
      std::filesystem::copy_file(gateway.file.string() + suffix, copy + suffix);
    }
  }
}

void ProtocolWorld::restore_store() {
  auto& gateway = *gateways_[0];
  const auto copy = gateway.file.string() + ".backup";
  std::filesystem::remove(gateway.file.string() + "-shm");
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::remove(gateway.file.string() + suffix);
    if (std::filesystem::exists(copy + suffix)) {
      std::filesystem::copy_file(copy + suffix, gateway.file.string() + suffix);
    }
  }
}

void ProtocolWorld::settle_gateway(std::size_t which) {
  auto& gateway = *gateways_[which];
  if (!gateway.host) return;
  auto facts = gateway.host->take_facts();
  for (auto& fact : facts) gateway.queue.push_back(std::move(fact));
  auto messages = gateway.host->take_messages();
  for (auto& message : messages) to_broker(message, /*from_host=*/true, gateway.session.id);
  begin_commit(which);
  const auto wake = gateway.host->wake_at();
  if (!wake || (gateway.tick_at && *gateway.tick_at <= *wake && *gateway.tick_at > time_)) return;
  gateway.tick_at = std::max(*wake, time_ + milliseconds(1));
  at(*gateway.tick_at - time_, [this, which, process = gateway.process] {
    auto& woken = *gateways_[which];
    if (woken.process != process || !woken.host) return;
    woken.host->tick(host_now());
    settle_gateway(which);
  });
}

void ProtocolWorld::begin_commit(std::size_t which) {
  auto& gateway = *gateways_[which];
  if (gateway.committing || gateway.queue.empty()) return;
  gateway.committing = true;
  at(short_while(), [this, which, process = gateway.process] {
    auto& committing = *gateways_[which];
    if (committing.process != process || !committing.host) return;  // died before the commit
    std::vector<Fact> facts;
    const std::size_t count = std::min(committing.queue.size(), kMostFactsPerCommit);
    for (std::size_t i = 0; i < count; ++i) facts.push_back(std::move(committing.queue[i]));
    committing.queue.erase(committing.queue.begin(),
                           committing.queue.begin() + static_cast<std::ptrdiff_t>(count));
    auto marks = committing.ledger->commit(facts);
    if (!marks) throw std::runtime_error(marks.error().to_string());
    at(short_while(), [this, which, process, marks = *marks] {
      auto& done = *gateways_[which];
      if (done.process != process || !done.host) return;  // died after it, before the acknowledgement
      done.committing = false;
      done.host->committed(marks, host_now());
      settle_gateway(which);
    });
  });
}

// --- the broker -------------------------------------------------------------------------------------

void ProtocolWorld::to_broker(const OutgoingMessage& message, bool from_host, std::uint64_t session) {
  if (session == 0) return;
  ++messages_;
  if (on_message) on_message(message, from_host);
  if (message.qos == 0 && chance(faults.lose)) return;
  at(short_while() / 4, [this, message, session] {
    const bool open = [&] {
      for (const auto& board : boards_) {
        if (board->session.id == session) return true;
      }
      for (const auto& gateway : gateways_) {
        if (gateway->session.id == session) return true;
      }
      return false;
    }();
    if (open) fan_out(message);
  });
  if (!from_host && chance(faults.lie)) {
    Payload payload;
    Metric epoch;
    epoch.name = metric::kAcknowledgeEpoch;
    epoch.type = DataType::string;
    const std::string& ours = boards_[0]->outbox ? boards_[0]->outbox->epoch() : "gone";
    epoch.value = chance(0.5) ? std::string("another-epoch") : ours;
    payload.metrics.push_back(epoch);
    Metric mark;
    mark.name = metric::acknowledge_lane(chance(0.5) ? Lane::events : Lane::measurements);
    mark.type = DataType::uint64;
    // Of our epoch only rows that were never assigned, or long gone by: those are lies a node can see.
    mark.value = std::uint64_t{chance(0.5) ? 1'000'000'000U : 0U};
    payload.metrics.push_back(mark);
    fan_out(OutgoingMessage{"spBv1.0/VN-03/NCMD/site-1",
                            chance(0.2) ? std::string("nonsense") : encode(payload), 0, false});
  }
}

void ProtocolWorld::fan_out(const OutgoingMessage& message) {
  if (message.retain) retained_[message.topic] = message;
  for (auto& board : boards_) deliver(board->session, message, /*retained=*/false);
  for (auto& gateway : gateways_) deliver(gateway->session, message, /*retained=*/false);
}

void ProtocolWorld::deliver(Session& session, const OutgoingMessage& message, bool retained) {
  if (session.id == 0 || !session.subscribed) return;
  const auto topic = parse_topic(message.topic);
  for (const auto& board : boards_) {
    if (&board->session != &session) continue;
    const bool command = topic && topic->type == MessageType::ncmd && topic->group == board->id.group &&
                         topic->node == board->id.node;
    if (!command && !(topic && topic->type == MessageType::state)) return;
  }
  if (message.qos == 0 && chance(faults.lose)) return;
  const int copies = message.qos == 0 && chance(faults.duplicate) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    auto when = std::max(session.last_delivery, time_ + short_while() / 4);
    if (message.qos == 0 && chance(faults.reorder)) {
      when += short_while() * 10;  // and later ones do not wait for it
    } else {
      session.last_delivery = when;
    }
    at(when - time_, [&session, id = session.id, message, retained] {
      if (session.id == id && session.receive)
        session.receive(IncomingMessage{message.topic, message.payload, retained});
    });
  }
}

void ProtocolWorld::end_session(Session& session, bool with_will) {
  if (session.id == 0) return;
  session.id = 0;
  session.receive = nullptr;
  if (with_will) fan_out(session.will);
}

void ProtocolWorld::restart_broker() {
  retained_.clear();
  for (std::size_t i = 0; i < boards_.size(); ++i) {
    auto& board = *boards_[i];
    if (board.session.id == 0) continue;
    board.session.id = 0;
    board.session.receive = nullptr;
    later(i, short_while(), [this](Board& on) { on.node->lost("the broker went away", now_of(on)); });
  }
  for (std::size_t i = 0; i < gateways_.size(); ++i) cut_gateway(i);
}

void ProtocolWorld::command_rebirth() {
  Payload payload;
  Metric metric;
  metric.name = metric::kRebirth;
  metric.type = DataType::boolean;
  metric.value = true;
  payload.metrics.push_back(metric);
  fan_out(OutgoingMessage{"spBv1.0/VN-03/NCMD/site-1", encode(payload), 0, false});
}

// --- time -------------------------------------------------------------------------------------------

void ProtocolWorld::run_for(Duration duration) {
  const auto end = time_ + duration;
  while (!agenda_.empty() && agenda_.begin()->first <= end) {
    auto next = agenda_.extract(agenda_.begin());
    time_ = std::max(time_, next.key());
    next.mapped()();
  }
  time_ = end;
}

bool ProtocolWorld::run_until_drained(Duration limit) {
  const auto end = time_ + limit;
  while (time_ < end) {
    run_for(seconds(1));
    bool all = true;
    for (std::size_t i = 0; i < boards_.size(); ++i) {
      flush(i);
      all = all && drained(i);
    }
    if (!all) continue;
    for (auto& board : boards_) {
      if (board->node) board->outbox->keep().value();
    }
    return true;
  }
  return false;
}

}  // namespace xalink
