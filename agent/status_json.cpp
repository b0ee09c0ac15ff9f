#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "agent/status.hpp"
#include "sparkplug/time_text.hpp"
#include "sparkplug/version.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

json::string rfc3339(WallTime time) {
  return json::string(rfc3339_text(time));
}

json::value value_of(const Value& value) {
  return std::visit(
      [](const auto& inner) -> json::value {
        if constexpr (std::is_same_v<std::decay_t<decltype(inner)>, std::monostate>) {
          return nullptr;
        } else {
          return json::value(inner);
        }
      },
      value);
}

json::object probe_object(const ProbeStatus& probe) {
  json::object object;
  object["name"] = probe.schema.group;
  object["device"] = probe.schema.device;
  object["running"] = probe.running;
  object["runs"] = probe.runs;
  object["failures"] = probe.failures;
  object["skipped"] = probe.skipped;
  object["last"] = nullptr;
  if (!probe.last) return object;
  object["last"] = rfc3339(probe.last->stamp.wall);
  json::array values;
  for (std::size_t i = 0; i < probe.schema.columns.size(); ++i) {
    json::object entry;
    entry["name"] = probe.schema.columns[i].name;
    entry["value"] = value_of(probe.last->values[i]);
    entry["unit"] = probe.schema.columns[i].unit;
    values.push_back(std::move(entry));
  }
  object["values"] = std::move(values);
  return object;
}

json::object source_object(const SourceStatus& source) {
  json::object object;
  object["name"] = source.name;
  object["place"] = source.place;
  object["files_done"] = source.counters.files_done;
  object["files_rejected"] = source.counters.files_rejected;
  object["rows_taken"] = source.counters.rows_taken;
  object["rows_unchanged"] = source.counters.rows_unchanged;
  object["events"] = source.counters.rows_taken - source.counters.rows_unchanged;
  object["rows_rejected"] = source.counters.rows_rejected;
  object["append_failures"] = source.counters.append_failures;
  object["forgotten"] = source.counters.forgotten;
  object["last_error"] = source.counters.last_error;
  json::array waiting;
  for (const auto& file : source.waiting) {
    waiting.push_back(json::object({{"name", file.name}, {"reason", file.reason}}));
  }
  object["waiting"] = std::move(waiting);
  return object;
}

const char* name_of(OutboxSpace::Pressure pressure) {
  switch (pressure) {
    case OutboxSpace::Pressure::none: return "none";
    case OutboxSpace::Pressure::spares_go: return "spares go";
    case OutboxSpace::Pressure::thinning: return "thinning";
    case OutboxSpace::Pressure::dropping: return "dropping";
    case OutboxSpace::Pressure::events_refused: return "events refused";
  }
  return "none";
}

json::value of_this_boot(const AgentStatus& status, std::optional<BootTime> when) {
  if (!when) return nullptr;
  return json::value(rfc3339(status.at - (status.uptime - *when)));
}

json::object rung_object(const AgentStatus& status, const RungReading& reading) {
  json::object object;
  object["rung"] = std::string(to_string(reading.rung));
  object["holds"] = reading.holds ? json::value(*reading.holds) : json::value(nullptr);
  object["evidence"] = reading.evidence;
  object["since"] = of_this_boot(status, reading.since);
  return object;
}

json::object outage_object(const AgentStatus& status, const Outage& outage) {
  json::object object;
  object["id"] = outage.id;
  object["cause"] = std::string(to_string(outage.cause));
  object["subject"] = outage.subject;
  object["since"] = of_this_boot(status, outage.begin);
  object["seconds"] = (status.uptime - outage.begin).count() / 1000;
  object["evidence"] = outage.evidence;
  return object;
}

json::object lane_object(Lane lane, const LaneDepth& depth) {
  json::object object;
  object["lane"] = index(lane);
  object["last"] = depth.last;
  object["acknowledged"] = depth.acknowledged;
  object["depth"] = depth.last - depth.acknowledged;
  object["oldest_unacknowledged"] = nullptr;
  if (depth.oldest_unacknowledged) object["oldest_unacknowledged"] = rfc3339(*depth.oldest_unacknowledged);
  return object;
}

json::object throughput_object(const ThroughputStatus& throughput) {
  json::object object;
  object["state"] = throughput.state;
  object["next"] = throughput.next ? json::value(rfc3339(*throughput.next)) : json::value(nullptr);
  object["link"] = nullptr;
  if (throughput.link) object["link"] = *throughput.link == LinkCost::metered ? "metered" : "fixed";
  json::object budget;
  for (const auto& [cost, name] :
       {std::pair(LinkCost::fixed, "fixed"), std::pair(LinkCost::metered, "metered")}) {
    budget[name] =
        json::object({{"used", throughput.used[index(cost)]}, {"monthly", throughput.monthly[index(cost)]}});
  }
  object["budget"] = std::move(budget);
  return object;
}

json::object commands_object(const AgentStatus& status) {
  const auto seconds = [](Milliseconds interval) -> json::value {
    if (interval.count() % 1000 == 0) return interval.count() / 1000;
    return static_cast<double>(interval.count()) / 1000.0;
  };
  json::array intervals;
  for (const auto& interval : status.commands.intervals) {
    intervals.push_back(json::object({{"device", interval.device},
                                      {"probe", interval.group},
                                      {"seconds", seconds(interval.in_force)},
                                      {"configured_seconds", seconds(interval.configured)}}));
  }
  json::object object;
  object["intervals"] = std::move(intervals);
  object["refused"] = status.commands.refused;
  object["last_refused"] = nullptr;
  if (const auto& last = status.commands.last_refused) {
    object["last_refused"] = json::object({{"at", of_this_boot(status, last->at)},
                                           {"metric", last->why.where},
                                           {"reason", last->why.what},
                                           {"next", last->why.next}});
  }
  return object;
}

}  // namespace

std::string status_as_json(const AgentStatus& status) {
  json::object root;
  root["version"] = kVersion;
  root["site"] = json::object({{"group", status.site.group}, {"node", status.site.node}});
  root["at"] = rfc3339(status.at);
  root["clock"] = std::string(to_string(status.clock));
  json::object clock;
  clock["system"] = rfc3339(status.system_clock);
  clock["doubt"] = std::string(to_string(status.clock_doubt));
  clock["floor"] = rfc3339(status.clock_floor);
  clock["before_floor"] = status.system_clock < status.clock_floor;
  clock["earliest"] = rfc3339(status.clock_earliest);
  clock["latest"] = status.clock_latest ? json::value(rfc3339(*status.clock_latest)) : json::value(nullptr);
  root["clock_detail"] = std::move(clock);
  root["boot_id"] = status.boot_id;
  root["uptime_seconds"] = status.uptime.count() / 1000;

  root["rung"] = std::string(to_string(highest_rung(status.ladder)));
  json::array rungs;
  for (const auto& reading : status.ladder) rungs.push_back(rung_object(status, reading));
  root["ladder"] = std::move(rungs);
  json::array outages;
  for (const auto& outage : status.outages) outages.push_back(outage_object(status, outage));
  root["outages"] = std::move(outages);

  json::object session;
  session["state"] = std::string(to_string(status.session));
  session["broker"] = status.broker;
  session["last_failure"] = status.last_failure;
  session["messages_sent"] = status.messages_sent;
  session["ignored_commands"] = status.ignored_commands;
  root["session"] = std::move(session);

  json::object outbox;
  outbox["file"] = status.outbox_file;
  outbox["epoch"] = status.epoch;
  outbox["bytes"] = status.outbox_bytes;
  outbox["max_bytes"] = status.outbox_space.max_bytes;
  outbox["pressure"] = name_of(status.outbox_space.pressure);
  outbox["spares"] = json::array({status.outbox_space.spares[0], status.outbox_space.spares[1]});
  json::object given_up;
  for (const auto& [reason, records] : status.outbox_space.given_up) given_up[reason] = records;
  outbox["given_up"] = std::move(given_up);
  outbox["waiting_for_flush"] = status.waiting_for_flush;
  outbox["flush_seconds"] = static_cast<double>(status.flush_interval.count()) / 1000.0;
  outbox["disk_error"] = status.disk_error;
  outbox["dropped"] = status.dropped;
  outbox["salvage"] = nullptr;
  if (status.salvage) {
    const auto& salvage = *status.salvage;
    outbox["salvage"] = json::object({{"reason", salvage.reason},
                                      {"old_epoch", salvage.old_epoch},
                                      {"kept_as", salvage.kept_as},
                                      {"events_salvaged", salvage.salvaged[index(Lane::events)]},
                                      {"measurements_salvaged", salvage.salvaged[index(Lane::measurements)]},
                                      {"events_lost", salvage.lost[index(Lane::events)]},
                                      {"measurements_lost", salvage.lost[index(Lane::measurements)]}});
  }
  json::array lanes;
  for (const Lane lane : kLanes) lanes.push_back(lane_object(lane, status.lanes[index(lane)]));
  outbox["lanes"] = std::move(lanes);
  root["outbox"] = std::move(outbox);

  json::array probes;
  for (const auto& probe : status.probes) probes.push_back(probe_object(probe));
  root["probes"] = std::move(probes);
  root["commands"] = commands_object(status);

  json::array sources;
  for (const auto& source : status.sources) sources.push_back(source_object(source));
  root["sources"] = std::move(sources);
  root["throughput"] = status.throughput ? json::value(throughput_object(*status.throughput)) : nullptr;
  return json::serialize(root);
}

}  // namespace xalink
