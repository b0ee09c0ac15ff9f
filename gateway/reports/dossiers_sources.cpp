// Reports on dossiers, out of the store.

#include <cstddef>

#include "gateway/reports/dossiers_making.hpp"
#include "gateway/reports/report_sources.hpp"
#include "gateway/store/record_query.hpp"

namespace xalink::reports {
namespace {

Result<Document> dossiers_for(const Sources& sources, Audience audience) {
  auto records = store::RecordQuery::open(sources.store);
  if (!records) return Unexpected(records.error());
  return make_dossiers_report(*records,
                              {sources.rows, sources.registry, sources.registry_version, sources.calendar,
                               sources.period, sources.scope, audience, sources.dossier_rules, sources.now},
                              [&sources](auto done, auto of) { sources.progress->show(done, of); });
}

}  // namespace

Result<Document> dossiers(const Sources& sources) {
  return dossiers_for(sources, Audience::everybody);
}

Result<Document> dossiers_office(const Sources& sources) {
  return dossiers_for(sources, Audience::office);
}

}  // namespace xalink::reports
