#include "gateway/reports/dossiers_making.hpp"

#include <utility>

namespace xalink::reports {

Result<Document> make_dossiers_report(store::RecordQuery& records, const DossiersOrder& order,
                                      const EventProgress& progress) {
  const meaning::Procedures procedures(order.rows);
  meaning::ServiceTable table(order.period, order.now,
                              {order.registry, order.calendar, procedures, order.rules});
  const auto reading = for_each_dossier(
      records, "",
      [&](std::vector<meaning::DossierEvent> events) {
        table.add(std::move(events));
        return true;
      },
      progress, DossierWindow{order.period.from(), table.as_of()});
  if (!reading) return Unexpected(reading.error());
  auto counts = satisfaction_counts(records, "");
  if (!counts) return Unexpected(counts.error());
  const auto answers = meaning::answers_of(std::move(*counts), order.period);
  for (const auto& row : answers.rows) table.add(row);
  auto tasks = task_counts(records, "");
  if (!tasks) return Unexpected(tasks.error());
  return dossiers_report({table, order.registry, order.rows, order.registry_version, order.period,
                          order.scope, order.audience, order.rules, reading->used + answers.rows.size(),
                          reading->unusable, answers.reach_outside + answers.overlapping, std::move(*tasks)});
}

}  // namespace xalink::reports
