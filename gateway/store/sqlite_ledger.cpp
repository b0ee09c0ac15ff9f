#include "gateway/store/sqlite_ledger.hpp"

#include <SQLiteCpp/Transaction.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>
#include <variant>

#include "gateway/store/database.hpp"

namespace xalink {

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& file) {
  StoreTrouble trouble{};
  return open(file, trouble);
}

Result<std::unique_ptr<Ledger>> Ledger::open(const std::filesystem::path& file, StoreTrouble& trouble) {
  auto ledger = store::SqliteLedger::open(file, {}, trouble);
  if (!ledger) return Unexpected(ledger.error());
  return std::unique_ptr<Ledger>(std::move(*ledger));
}

}  // namespace xalink

namespace xalink::store {
namespace {

template <class... Cases>
struct Match : Cases... {
  using Cases::operator()...;
};
template <class... Cases>
Match(Cases...) -> Match<Cases...>;

// Facts of several boards are not in the order of their times.
WallTime latest_of(const std::vector<Fact>& facts) {
  WallTime latest{};
  for (const auto& fact : facts) {
    latest = std::max(latest, std::visit([](const auto& it) { return it.at; }, fact));
  }
  return latest;
}

}  // namespace

/// The lanes that a commit has to answer for, each once, in the order they were met.
class SqliteLedger::MarkList {
 public:
  void note(const NodeId& node, const std::string& epoch, std::int64_t epoch_number, Lane lane, bool hole) {
    const auto [entry, is_new] = places_.try_emplace({epoch_number, lane}, marks_.size());
    if (is_new) {
      marks_.push_back(LaneMark{node, epoch, lane, 0, hole});
      epochs_.push_back(epoch_number);
    } else {
      marks_[entry->second].hole |= hole;
    }
  }

  [[nodiscard]] std::vector<LaneMark> fill_in(Records& records) && {
    for (std::size_t i = 0; i < marks_.size(); ++i) marks_[i].mark = records.mark(epochs_[i], marks_[i].lane);
    return std::move(marks_);
  }

 private:
  std::map<std::pair<std::int64_t, Lane>, std::size_t> places_;
  std::vector<LaneMark> marks_;
  std::vector<std::int64_t> epochs_;
};

Result<std::unique_ptr<SqliteLedger>> SqliteLedger::open(const std::filesystem::path& file,
                                                         SetAsideLimits limits) {
  StoreTrouble trouble{};
  return open(file, limits, trouble);
}

Result<std::unique_ptr<SqliteLedger>> SqliteLedger::open(const std::filesystem::path& file,
                                                         SetAsideLimits limits, StoreTrouble& trouble) {
  trouble = StoreTrouble::passing;
  auto lock = StoreLock::take(file);
  if (!lock) return Unexpected(lock.error());
  if (auto there = check_still_there(file, lock->knows_store()); !there) {
    trouble = StoreTrouble::damaged;
    return Unexpected(there.error());
  }
  auto database = open_to_write(file, trouble);
  if (!database) return Unexpected(database.error());
  lock->note_store();
  try {
    return std::unique_ptr<SqliteLedger>(
        new SqliteLedger(file, std::move(*lock), std::move(*database), limits));
  } catch (const SQLite::Exception& error) {
    if (is_damage(error)) trouble = StoreTrouble::damaged;
    return Unexpected(explain(file, error));
  }
}

SqliteLedger::SqliteLedger(std::filesystem::path file, StoreLock lock,
                           std::unique_ptr<SQLite::Database> database, SetAsideLimits limits)
    : file_(std::move(file)),
      lock_(std::move(lock)),
      database_(std::move(database)),
      nodes_(*database_),
      records_(*database_),
      recoveries_(*database_),
      live_(*database_),
      curbs_(*database_),
      set_aside_(*database_, limits, [this](const std::string& topic) { return owner_of_topic(topic); }),
      remember_(*database_,
                "INSERT INTO counter(name, value) VALUES('last_commit_ms', ?) "
                "ON CONFLICT(name) DO UPDATE SET value = max(value, excluded.value)") {}

Result<std::vector<LaneMark>> SqliteLedger::commit(const std::vector<Fact>& facts) {
  if (facts.empty()) return std::vector<LaneMark>{};
  nodes_.bound_cache();
  records_.bound_caches();
  live_.bound_cache();
  try {
    MarkList marks;
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    for (const auto& fact : facts) take(fact, marks);
    records_.write_marks();
    recoveries_.settle(records_, latest_of(facts));
    remember_commit(latest_of(facts));
    auto answer = std::move(marks).fill_in(records_);
    transaction.commit();
    for (const auto& line : recoveries_.take_news()) spdlog::warn("{}", line);
    return answer;
  } catch (const SQLite::Exception& error) {
    forget_cached();
    return Unexpected(explain(file_, error));
  } catch (...) {
    forget_cached();
    throw;
  }
}

void SqliteLedger::take(const Fact& fact, MarkList& marks) {
  std::visit(
      Match{
          [&](const fact::NodeBorn& birth) {
            const auto node = nodes_.number_of(birth.node, birth.at);
            std::optional<std::int64_t> epoch;
            if (!birth.epoch.empty()) {
              epoch = records_.epoch_number(node, birth.epoch, birth.at);
              if (!birth.continues.empty()) {
                records_.continue_from(node, *epoch, birth.continues, birth.at);
              }
              for (const Lane lane : kLanes) {
                marks.note(birth.node, birth.epoch, *epoch, lane, false);
                recoveries_.claimed(birth.node, *epoch, lane, records_.mark(*epoch, lane),
                                    birth.claimed[index(lane)].value_or(0), birth.at);
              }
            }
            live_.born(node, epoch, birth);
          },
          [&](const fact::NodeDied& death) { live_.died(nodes_.number_of(death.node, death.at), death); },
          [&](const fact::DeviceBorn& birth) {
            live_.device_born(nodes_.number_of(birth.node, birth.at), birth);
          },
          [&](const fact::DeviceDied& death) {
            live_.device_died(nodes_.number_of(death.node, death.at), death);
          },
          [&](const fact::Values& values) { live_.values(nodes_.number_of(values.node, values.at), values); },
          [&](const fact::Arrived& arrived) {
            const auto& batch = arrived.batch;
            const auto node = nodes_.number_of(arrived.node, arrived.at);
            const auto epoch = records_.epoch_number(node, batch.epoch, arrived.at);
            if (!arrived.continues.empty())
              records_.continue_from(node, epoch, arrived.continues, arrived.at);
            const bool whole = records_.take(node, epoch, batch, arrived.at, arrived.host_clock);
            marks.note(arrived.node, batch.epoch, epoch, batch.lane, !whole);
          },
          [&](const fact::SetAside& message) {
            const auto node = owner_of_topic(message.topic);
            set_aside_.keep(message, node);
            curbs_.add_set_aside(node, message);
          },
          [&](const fact::Curbed& account) { curbs_.add(nodes_.known(account.node), account); }},
      fact);
}

Result<void> SqliteLedger::close_open_sessions(WallTime at, const std::string& reason) {
  try {
    SQLite::Transaction transaction(*database_, SQLite::TransactionBehavior::IMMEDIATE);
    SQLite::Statement heard(*database_, "SELECT value FROM counter WHERE name = 'last_commit_ms'");
    auto last_heard = at;
    if (heard.executeStep()) last_heard = WallTime(Milliseconds(heard.getColumn(0).getInt64()));
    heard.reset();
    live_.close_open_sessions(at, last_heard, reason);
    transaction.commit();
    return {};
  } catch (const SQLite::Exception& error) {
    forget_cached();
    return Unexpected(explain(file_, error));
  }
}

std::optional<std::int64_t> SqliteLedger::owner_of_topic(const std::string& topic) {
  const auto owner = owner_of(std::string_view(topic));
  if (!owner) return std::nullopt;
  return nodes_.known(NodeId{std::string(owner->group), std::string(owner->node)});
}

void SqliteLedger::remember_commit(WallTime at) {
  const Use remember(remember_);
  remember->bind(1, to_column(at));
  remember->exec();
}

void SqliteLedger::forget_cached() {
  nodes_.forget_cached();
  records_.forget_cached();
  recoveries_.forget_cached();
  live_.forget_cached();
  set_aside_.forget_cached();
}

}  // namespace xalink::store
