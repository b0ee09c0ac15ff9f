#include "agent/outbox/given_up_ledger.hpp"

#include "agent/outbox/statement_use.hpp"

namespace xalink {

GivenUpLedger::GivenUpLedger(SQLite::Database& database)
    : count_(database,
             "INSERT INTO given_up(lane, reason, records) VALUES (?, ?, ?) "
             "ON CONFLICT(lane, reason) DO UPDATE SET records = records + excluded.records"),
      by_reason_(database,
                 "SELECT reason, sum(records) FROM given_up GROUP BY reason HAVING sum(records) > 0") {}

void GivenUpLedger::count(Lane lane, std::string_view reason, std::int64_t records) {
  if (records == 0) return;
  StatementUse count(count_);
  count->bind(1, static_cast<std::int64_t>(index(lane)));
  count->bind(2, std::string(reason));
  count->bind(3, records);
  count->exec();
}

std::map<std::string, std::uint64_t> GivenUpLedger::by_reason() {
  std::map<std::string, std::uint64_t> reasons;
  StatementUse all(by_reason_);
  while (all->executeStep()) {
    reasons[all->getColumn(0).getString()] = static_cast<std::uint64_t>(all->getColumn(1).getInt64());
  }
  return reasons;
}

}  // namespace xalink
