#pragma once
// What boards told of dossiers, answers and tasks, out of the gateway's store.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "gateway/meaning/dossier.hpp"
#include "gateway/meaning/satisfaction.hpp"
#include "gateway/meaning/task_register.hpp"
#include "gateway/meaning/village_counts.hpp"
#include "gateway/store/record_query.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

struct DossierReading {
  std::uint64_t records = 0;   ///< dossier events in the store
  std::uint64_t unusable = 0;  ///< of these: without a code or a state from 1 to 10
  std::uint64_t dossiers = 0;  ///< that were given
  std::uint64_t used = 0;      ///< events of these
};

/// What looks at a period that begins at `from`, as it stood just before `as_of`, has nothing to see of
/// dossiers that had not begun by then, nor of those that had ended before `from` and rest since.
struct DossierWindow {
  WallTime from{};
  WallTime as_of{};
};

/// All events of one dossier, of whichever boards; false ends it.
using VisitDossier = std::function<bool(std::vector<meaning::DossierEvent> events)>;

/// How many events of how many have been given.
using EventProgress = std::function<void(std::size_t done, std::size_t of)>;

/// Dossier by dossier, in the order of dossier_key(). A dossier's events lie apart in the store, by months
/// and by boards: they are put together by a sort on the disk (SQLite's folder for temporary files,
/// SQLITE_TMPDIR), so that memory holds one dossier at a time. `group`: Sparkplug group id; empty: all. What
/// was taken when is no matter, since an event of long ago may have come yesterday: all of them are read, but
/// only dossiers of the window are sorted and given. Which these are costs memory for each dossier, up to
/// 2,000,000; those that come beyond are all given.
[[nodiscard]] Result<DossierReading> for_each_dossier(store::RecordQuery& records, const std::string& group,
                                                      const VisitDossier& visit,
                                                      const EventProgress& progress = {},
                                                      const std::optional<DossierWindow>& window = {});

/// Rows of answers as they were taken; answers_of() chooses among them. Rows without a period are left out.
[[nodiscard]] Result<std::vector<meaning::SatisfactionCount>> satisfaction_counts(store::RecordQuery& records,
                                                                                  const std::string& group);
/// Counts of villages, and of tasks, as they were taken; newest_counts() chooses among them. Rows without a
/// day are left out.
[[nodiscard]] Result<std::vector<meaning::VillageCount>> village_counts(store::RecordQuery& records,
                                                                        const std::string& group);
[[nodiscard]] Result<std::vector<meaning::TaskCount>> task_counts(store::RecordQuery& records,
                                                                  const std::string& group);

/// Nothing: it has no code or no state from 1 to 10. Dates before 2003, when one-stop shops began, are what
/// systems write for no date.
[[nodiscard]] std::optional<meaning::DossierEvent> dossier_event(const store::StoredRecord& record);

}  // namespace xalink
