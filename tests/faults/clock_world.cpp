#include "tests/faults/clock_world.hpp"

#include <SQLiteCpp/Database.h>
#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace xalink::test {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Milliseconds kStep = minutes(1);
constexpr Milliseconds kMeasureEvery = minutes(15);

Schema uptime() {
  return Schema{"board", "Board", Lane::measurements, {{"Uptime", DataType::uint32, "s"}}};
}
Schema dossier() {
  return Schema{"dossiers", "Dossier", Lane::events, {{"Code", DataType::string, ""}}};
}

template <class T>
T value_or_throw(Result<T> result) {
  if (!result) throw std::runtime_error(result.error().to_string());
  return std::move(*result);
}

}  // namespace

struct ClockWorld::Board {
  std::string boot_id;
  WallTime switched_on{};
  double rate = 1;        ///< of its crystal
  Milliseconds set_by{};  ///< system clock minus boot time, while nobody disciplines it
  bool was_synchronised = false;
  std::optional<Milliseconds> ntp;  ///< how wrong the time server is that disciplines the clock
  WallTime next_measurement{};

  // The process.
  std::unique_ptr<Outbox> outbox;
  std::optional<BoardTime> time;
  std::optional<EdgeNode> node;
  std::vector<Pending> unflushed;
  std::vector<WallTime> unflushed_truths;
};

ClockWorld::ClockWorld(std::uint64_t seed) : random_(seed) {
  ledger_ = value_or_throw(Ledger::open(store()));
  host_.emplace(HostApplicationOptions());
  static_cast<void>(host_->plan_connect(host_now()));
  host_->connected(host_now());
}

ClockWorld::~ClockWorld() = default;

// --- the board --------------------------------------------------------------------------------------

void ClockWorld::boot(WallTime wall) {
  board_ = std::make_unique<Board>();
  board_->boot_id = "boot-" + std::to_string(++boots_);
  board_->switched_on = truth_;
  board_->rate = 1 + std::uniform_real_distribution<double>(-100e-6, 100e-6)(random_);
  truth_ += seconds(20);  // until the agent is started
  board_->set_by = wall.time_since_epoch() - boot_time();
  start_process();
}

void ClockWorld::cut_power() {
  board_.reset();
  letters_.clear();
}

void ClockWorld::restart_agent() {
  letters_.clear();
  board_->node.reset();
  board_->time.reset();
  board_->outbox.reset();
  board_->unflushed.clear();
  board_->unflushed_truths.clear();
  start_process();
}

void ClockWorld::start_process() {
  auto& board = *board_;
  board.outbox = value_or_throw(Outbox::open(outbox()));
  std::vector<Stamp> newest;
  std::array<LaneDepth, kLaneCount> lanes;
  for (const Lane lane : kLanes) {
    lanes[index(lane)] = value_or_throw(board.outbox->depth(lane));
    const auto last = lanes[index(lane)].last;
    if (last == 0) continue;
    const auto batch = value_or_throw(board.outbox->read(lane, last, 1));
    newest.push_back(batch.items.front().record.stamp);
  }
  const auto memory = value_or_throw(board.outbox->note(std::string(kBootBookNote)));
  board.time.emplace(board.boot_id, kBuilt, memory.value_or(""), newest, reading());
  EdgeNodeOptions options;
  options.id = NodeId{"VN-03", "site-1"};
  options.primary_host = "xalink";
  options.boot_id = board.boot_id;
  options.software_version = "test";
  options.max_birth_delay = seconds(1);
  board.node.emplace(options, std::vector<Schema>{uptime(), dossier(), boot_clock_schema()},
                     board.outbox->epoch(), lanes, random_());
  board.next_measurement = truth_;
  record_statements();
  board.node->start(board_now());
  settle();
}

void ClockWorld::set_clock(WallTime wall) {
  board_->set_by = wall.time_since_epoch() - boot_time();
  board_->ntp.reset();
  board_->was_synchronised = false;
}

void ClockWorld::ntp_comes(Milliseconds wrong_by) {
  board_->ntp = wrong_by;
  board_->was_synchronised = true;
}

void ClockWorld::ntp_goes() {
  if (!board_->ntp) return;
  board_->set_by = (truth_ + *board_->ntp).time_since_epoch() - boot_time();
  board_->ntp.reset();
}

ClockQuality ClockWorld::quality() const {
  return board_->time->quality();
}
ClockDoubt ClockWorld::doubt() const {
  return board_->time->doubt();
}
WallTime ClockWorld::believed() const {
  return WallTime(boot_time() + board_->time->offset());
}

BootTime ClockWorld::boot_time() const {
  const auto elapsed = static_cast<double>((truth_ - board_->switched_on).count());
  return BootTime(static_cast<std::int64_t>(elapsed * board_->rate));
}

BoardTime::Reading ClockWorld::reading() const {
  const auto boot = boot_time();
  if (board_->ntp) return {truth_ + *board_->ntp, boot, ClockQuality::synchronised};
  return {WallTime(boot + board_->set_by), boot,
          board_->was_synchronised ? ClockQuality::holdover : ClockQuality::unset};
}

Now ClockWorld::board_now() {
  auto& time = *board_->time;
  time.look(reading());
  const auto boot = boot_time();
  return Now{SteadyTime(boot), WallTime(boot + time.offset()), boot, time.quality(), time.bounds()};
}

Now ClockWorld::host_now() const {
  const auto since = truth_.time_since_epoch();
  return Now{SteadyTime(since), truth_ + gateway_wrong_by, since,
             gateway_synchronised ? ClockQuality::synchronised : ClockQuality::unset};
}

void ClockWorld::take(const Schema& schema) {
  auto& board = *board_;
  const auto now = board_now();
  Pending pending{schema, {board.time->stamp(now.boot), {}}};
  pending.record.values = {std::uint64_t(now.boot.count() / 1000)};
  if (schema.lane == Lane::events) pending.record.values = {"H22-" + std::to_string(truths_.size())};
  board.node->took(pending.schema, pending.record, now);
  if (schema.lane == Lane::events) {
    truths_[{0, board.node->lane(Lane::events).last + 1}] = truth_;
    append({pending});
  } else {
    board.unflushed.push_back(std::move(pending));
    board.unflushed_truths.push_back(truth_);
  }
  settle();
}

void ClockWorld::append(const std::vector<Pending>& records) {
  const auto rows = value_or_throw(board_->outbox->append(records));
  for (const Lane lane : kLanes) board_->node->appended(lane, rows[index(lane)], board_now());
}

void ClockWorld::record_statements() {
  auto& board = *board_;
  const auto statements = board.time->take_statements(boot_time());
  if (!statements) return;
  std::vector<Pending> records;
  for (const auto& clock : statements->clocks) {
    records.push_back(Pending{boot_clock_schema(), boot_clock_record(clock, board.time->stamp(boot_time()))});
  }
  const auto rows =
      value_or_throw(board.outbox->append_with_note(records, std::string(kBootBookNote), statements->memory));
  for (RowId row = rows[0] - records.size() + 1; row <= rows[0]; ++row) truths_[{0, row}] = truth_;
  board.node->appended(Lane::events, rows[0], board_now());
}

// --- between them -----------------------------------------------------------------------------------

void ClockWorld::settle() {
  if (!board_) return;
  auto& board = *board_;
  for (auto actions = board.node->take_actions(); !actions.empty(); actions = board.node->take_actions()) {
    for (auto& action : actions) {
      if (std::holds_alternative<action::StoreBdSeq>(action)) {
        board.node->bdseq_stored(value_or_throw(board.outbox->next_bdseq()), board_now());
      } else if (std::holds_alternative<action::Connect>(action)) {
        if (link) {
          board.node->connected(board_now());
        } else {
          board.node->lost("no link", board_now());
        }
      } else if (std::holds_alternative<action::Subscribe>(action)) {
        board.node->subscribed(board_now());
        board.node->arrived(IncomingMessage{"spBv1.0/STATE/xalink", encode_state({true, 1}), true},
                            board_now());
      } else if (auto* publish = std::get_if<action::Publish>(&action)) {
        // One after the other, as TCP has it.
        auto due = truth_ + Milliseconds(random_() % static_cast<std::uint64_t>(slowest.count()));
        for (const auto& letter : letters_) {
          if (letter.to_gateway) due = std::max(due, letter.due);
        }
        letters_.push_back(Letter{due, true, publish->message.topic, publish->message.payload});
        board.node->published(board_now());
      } else if (auto* read = std::get_if<action::Read>(&action)) {
        auto batch = value_or_throw(board.outbox->read(read->lane, read->first, read->max_items));
        board.time->correct(batch);
        board.node->batch_read(read->generation, std::move(batch), board_now());
      } else if (auto* acknowledge = std::get_if<action::Acknowledge>(&action)) {
        static_cast<void>(board.outbox->acknowledge(acknowledge->lane, acknowledge->mark));
      } else if (auto* trust = std::get_if<action::TrustRowIds>(&action)) {
        if (auto trusted = board.outbox->trust_row_ids(trust->epoch); !trusted)
          throw std::runtime_error(trusted.error().to_string());
        board.node->row_ids_trusted(trust->epoch, board_now());
      } else if (std::holds_alternative<action::BeginEpoch>(action)) {
        throw std::runtime_error("no commit is ever lost here, and the node believes it");
      } else if (auto* answer = std::get_if<action::ClockAnswer>(&action)) {
        board.time->answered(*answer, reading());
      }
    }
  }
}

void ClockWorld::deliver_letters() {
  const auto ripe = [this](const Letter& letter) { return letter.due <= truth_; };
  while (std::any_of(letters_.begin(), letters_.end(), ripe)) {
    const auto next = std::find_if(letters_.begin(), letters_.end(), ripe);
    const Letter letter = std::move(*next);
    letters_.erase(next);
    if (letter.to_gateway) {
      host_->arrived(IncomingMessage{letter.topic, letter.payload, false}, host_now());
      commit();
    } else if (board_) {
      board_->node->arrived(IncomingMessage{letter.topic, letter.payload, false}, board_now());
      settle();
    }
  }
}

void ClockWorld::commit() {
  const auto facts = host_->take_facts();
  const auto marks = value_or_throw(ledger_->commit(facts));
  host_->committed(marks, host_now());
  for (auto& message : host_->take_messages()) {
    const auto due = truth_ + Milliseconds(random_() % static_cast<std::uint64_t>(slowest.count()));
    letters_.push_back(Letter{due, false, message.topic, message.payload});
  }
}

// --- time -------------------------------------------------------------------------------------------

void ClockWorld::step(Milliseconds time) {
  truth_ += time;
  if (!board_) return;
  auto& board = *board_;
  if (!link && board.node->state() != EdgeNodeState::waiting_to_connect) {
    letters_.clear();
    board.node->lost("the link is down", board_now());
  }
  deliver_letters();
  static_cast<void>(board_now());
  record_statements();
  if (truth_ >= board.next_measurement) {
    board.next_measurement = truth_ + kMeasureEvery;
    if (!board.unflushed.empty()) {
      const auto first = board.node->lane(Lane::measurements).last + 1;
      for (std::size_t i = 0; i < board.unflushed.size(); ++i) {
        truths_[{1, first + i}] = board.unflushed_truths[i];
      }
      append(std::exchange(board.unflushed, {}));
      board.unflushed_truths.clear();
    }
    take(uptime());
    if (random_() % 12 == 0) take(dossier());
  }
  board.node->tick(board_now());
  settle();
  host_->tick(host_now());
  commit();
}

void ClockWorld::run_for(Milliseconds time) {
  const auto end = truth_ + time;
  while (truth_ < end) {
    auto next = std::min<Milliseconds>(kStep, end - truth_);
    for (const auto& letter : letters_) {
      next = std::min(next, std::max(Milliseconds(1), Milliseconds(letter.due - truth_)));
    }
    step(next);
  }
}

void ClockWorld::pass(Milliseconds time) {
  truth_ += time;
}

bool ClockWorld::deliver_all() {
  link = true;
  for (int quarter = 0; quarter < 100; ++quarter) {
    run_for(minutes(15));
    bool all = quarter > 1;
    for (const Lane lane : kLanes) {
      const auto& depth = board_->node->lane(lane);
      all = all && depth.acknowledged == depth.last;
    }
    if (all) return true;
  }
  return false;
}

std::vector<ClockWorld::Judged> ClockWorld::judge() const {
  const SQLite::Database database(store().string(), SQLite::OPEN_READONLY);
  SQLite::Statement query(
      database,
      "SELECT t.lane, t.row_id, r.wall_ms, t.time_ms, t.earliest_ms, t.latest_ms, t.quality, "
      "t.stamped FROM record_time AS t JOIN record AS r USING(epoch, lane, row_id)");
  const auto time_in = [&](int column) { return WallTime(Milliseconds(query.getColumn(column).getInt64())); };
  std::vector<Judged> all;
  while (query.executeStep()) {
    const std::pair<int, RowId> place{query.getColumn(0).getInt(),
                                      static_cast<RowId>(query.getColumn(1).getInt64())};
    const auto truth = truths_.find(place);
    if (truth == truths_.end()) throw std::runtime_error("the store has a row that was never durable");
    Judged judged;
    judged.truth = truth->second;
    judged.stored_wall = time_in(2);
    judged.time = time_in(3);
    if (!query.getColumn(4).isNull()) judged.earliest = time_in(4);
    if (!query.getColumn(5).isNull()) judged.latest = time_in(5);
    judged.quality = static_cast<ClockQuality>(query.getColumn(6).getInt());
    judged.stamped = static_cast<ClockQuality>(query.getColumn(7).getInt());
    all.push_back(judged);
  }
  if (all.size() != truths_.size()) {
    throw std::runtime_error(std::to_string(truths_.size()) + " records were durable, the store has " +
                             std::to_string(all.size()));
  }
  return all;
}

}  // namespace xalink::test
