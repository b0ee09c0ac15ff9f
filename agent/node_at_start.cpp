#include "agent/node_at_start.hpp"

#include <spdlog/spdlog.h>

#include <array>
#include <utility>

#include "agent/export.hpp"
#include "agent/sources.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/throughput_schema.hpp"
#include "sparkplug/version.hpp"

namespace xalink {

Result<EdgeNode> node_at_start(const AgentConfig& config, Outbox& outbox, const std::string& boot_id,
                               const std::vector<MeasureTask>& tasks, const ByException& by_exception) {
  auto options = edge_node_options(config);
  options.boot_id = boot_id;
  options.software_version = kVersion;
  if (config.broker.certificate_file.empty()) {
    const auto own = board_key(config);
    if (own) {
      options.export_key = to_base64(own->key.public_key().der());
    } else {
      spdlog::warn("export files cannot be signed: {}", own.error().to_string());
    }
  }
  auto schemas = outbox.schemas();
  if (!schemas) return Unexpected(schemas.error());
  const auto declare = [&](const Schema& schema) {
    // The running configuration's shape of a group replaces an older one.
    std::erase_if(*schemas, [&](const Schema& known) {
      return known.device == schema.device && known.group == schema.group;
    });
    schemas->push_back(schema);
  };
  for (const auto& task : tasks) {
    if (!task.may_have_nothing) declare(by_exception.recorded(task.probe->schema()));
  }
  for (const Schema& schema : source_schemas(config)) declare(schema);
  declare(boot_clock_schema());
  declare(outage_schema());
  if (config.throughput.measures()) declare(throughput_schema());
  declare(boot_schema());
  std::array<LaneDepth, kLaneCount> lanes;
  for (const Lane lane : kLanes) {
    auto depth = outbox.depth(lane);
    if (!depth) return Unexpected(depth.error());
    lanes[index(lane)] = *depth;
  }
  EdgeNode node(std::move(options), std::move(*schemas), outbox.epoch(), lanes, random_seed());
  auto latest = outbox.latest();
  if (!latest) return Unexpected(latest.error());
  for (const auto& pending : *latest) node.restore_current(pending.schema, pending.record);
  auto given_up = outbox.given_up();
  if (!given_up) return Unexpected(given_up.error());
  node.set_given_up(std::move(*given_up));
  auto predecessors = outbox.predecessors();
  if (!predecessors) return Unexpected(predecessors.error());
  node.set_predecessors(std::move(*predecessors));
  return node;
}

}  // namespace xalink
