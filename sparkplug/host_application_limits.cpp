// What one node may make a host application remember, and its store keep for good.

#include <functional>

#include "sparkplug/host_application.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

constexpr std::size_t kLongestId = 64;  // of epochs and boots; a UUID has 36
constexpr std::size_t kMostDevices = 1000;

}  // namespace

void HostApplication::left_unread(std::string_view topic, Now now) {
  const auto owner = owner_of(topic);
  if (!owner || owner->type != to_string(MessageType::nbirth)) return;
  const NodeId id{std::string(owner->group), std::string(owner->node)};
  const auto found = nodes_.find(id);
  if (found != nodes_.end() && found->second.known) request_rebirth(id, found->second, now);
}

bool HostApplication::remember_name(Node& node, std::string_view kind, std::string_view name) const {
  const std::hash<std::string_view> hash;
  const std::size_t key = hash(kind) * 31 + hash(name);
  if (node.names.contains(key)) return true;
  if (node.names.size() >= options_.max_names_of_node) return false;
  node.names.insert(key);
  return true;
}

// What a birth declares stays in memory until the next, and its names in the store for good.
Result<void> HostApplication::check_birth(Node& node, const std::string& device,
                                          const Payload& payload) const {
  const auto declared = device.empty() ? 0 : node.types.size();  // those of before end with an NBIRTH
  if (declared + payload.metrics.size() > options_.max_metrics_of_node) {
    return failure("",
                   "the node declares more than " + std::to_string(options_.max_metrics_of_node) + " metrics",
                   "Raise [limits] metrics_per_board, if it may");
  }
  if (!device.empty() && node.devices.size() >= kMostDevices && !node.devices.contains(device)) {
    return failure("", "the node has more than " + std::to_string(kMostDevices) + " devices");
  }
  const auto too_many = [] {
    return failure("", "the node has brought in too many names of metrics, devices, epochs or boots",
                   "Look what it is; the count begins anew with the gateway");
  };
  if (!device.empty() && !remember_name(node, "device", device)) return too_many();
  for (const auto& each : payload.metrics) {
    if (device.empty() && (each.name == metric::kEpoch || each.name == metric::kBootId)) {
      const auto* text = std::get_if<std::string>(&each.value);
      if (text != nullptr && text->size() > kLongestId) return failure(each.name, "is longer than a UUID");
      if (text != nullptr && !remember_name(node, each.name, *text)) return too_many();
    }
    if (!remember_name(node, device + "/", each.name)) return too_many();
  }
  return {};
}

Result<void> HostApplication::check_names(Node& node, const Batch& batch) const {
  for (const auto& schema : batch.schemas) {
    if (!remember_name(node, schema.device + "/" + schema.group, pack_columns(schema.columns))) {
      return failure(schema.group, "the node has brought in too many shapes of records");
    }
  }
  const std::string* boot = nullptr;
  for (const auto& item : batch.items) {
    if (boot != nullptr && *boot == item.record.stamp.boot_id) continue;
    boot = &item.record.stamp.boot_id;
    if (!remember_name(node, metric::kBootId, *boot)) {
      return failure(std::string(metric::kBootId), "the node has brought in too many boots");
    }
  }
  return {};
}

}  // namespace xalink
