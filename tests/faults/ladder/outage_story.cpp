#include "tests/faults/ladder/outage_story.hpp"

#include <SQLiteCpp/Statement.h>

#include <algorithm>
#include <map>
#include <stdexcept>

#include "sparkplug/metric_names.hpp"
#include "sparkplug/packed_values.hpp"
#include "tests/fakes/database_view.hpp"

namespace xalink::test {
namespace {

using Event = std::map<std::string, std::string, std::less<>>;  // of columns, as texts

std::vector<Event> events_of(const std::filesystem::path& store, const std::string& group) {
  DatabaseView view(store);
  SQLite::Statement query(view.database(),
                          "SELECT schema.columns, record.body FROM record JOIN schema ON schema.id = "
                          "record.schema WHERE schema.grp = ? AND record.first IS NULL ORDER BY "
                          "record.epoch, record.lane, record.row_id");
  query.bind(1, group);
  std::vector<Event> events;
  while (query.executeStep()) {
    const auto columns = unpack_columns(query.getColumn(0).getString());
    const auto values =
        columns ? unpack(*columns, query.getColumn(1).getString()) : Unexpected(columns.error());
    if (!values) throw std::runtime_error("a record of " + group + " cannot be read");
    Event event;
    for (std::size_t i = 0; i < columns->size(); ++i) {
      if (!is_null((*values)[i])) event[(*columns)[i].name] = to_text((*values)[i]);
    }
    events.push_back(std::move(event));
  }
  return events;
}

}  // namespace

std::vector<Missing> recorded_outages(const std::filesystem::path& store, const TimeHere& here) {
  std::vector<Missing> all;
  std::map<std::string, std::size_t> open;  // outage id to its newest cause
  for (Event& event : events_of(store, "Outage")) {
    const auto id = event["Outage"];
    const auto what = event["Event"];
    const auto at = here(event["Boot"], BootTime(std::stoll(event["At"])));
    const auto known = open.find(id);
    if ((what == "begin") == (known != open.end())) throw std::runtime_error(what + " of " + id);
    if (known != open.end()) all[known->second].end = at;
    if (what == "end") {
      open.erase(known);
      continue;
    }
    Missing missing;
    missing.cause = event["Cause"];
    if (event.contains("Subject")) missing.cause += ":" + event["Subject"];
    missing.begin = at;
    missing.begin_earliest = here(event["Boot"], BootTime(std::stoll(event["At Earliest"])));
    missing.evidence = event["Evidence"];
    missing.outage = id;
    open[id] = all.size();
    all.push_back(std::move(missing));
  }
  std::ranges::stable_sort(all, {}, &Missing::begin);
  return all;
}

std::vector<std::string> recorded_starts(const std::filesystem::path& store) {
  std::vector<std::string> reasons;
  for (Event& event : events_of(store, "Boot")) reasons.push_back(event["Of"] + ": " + event["Reason"]);
  return reasons;
}

}  // namespace xalink::test
