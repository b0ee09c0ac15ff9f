#include "sparkplug/carried_payload.hpp"

#include <utility>

namespace xalink {

Result<CarriedPayload> CarriedPayload::decoded(std::string_view bytes) {
  PayloadLimits limits;
  limits.metrics = 1'000;
  auto payload = decode(bytes, limits);
  if (!payload) return Unexpected(payload.error());
  CarriedPayload carried;
  carried.payload_ = std::move(*payload);
  return carried;
}

void CarriedPayload::put(std::string_view name, DataType type, MetricValue value) {
  Metric metric;
  metric.name = name;
  metric.type = type;
  metric.value = std::move(value);
  payload_.metrics.push_back(std::move(metric));
}

const Metric* CarriedPayload::find(std::string_view name) const {
  for (const auto& metric : payload_.metrics) {
    if (metric.name == name) return &metric;
  }
  return nullptr;
}

std::string CarriedPayload::text(std::string_view name) const {
  const auto* metric = find(name);
  const auto* text = metric == nullptr ? nullptr : std::get_if<std::string>(&metric->value);
  return text == nullptr ? std::string() : *text;
}

std::string CarriedPayload::bytes(std::string_view name) const {
  const auto* metric = find(name);
  const auto* bytes = metric == nullptr ? nullptr : std::get_if<Bytes>(&metric->value);
  return bytes == nullptr ? std::string() : bytes->bytes;
}

std::uint64_t CarriedPayload::number(std::string_view name) const {
  const auto* metric = find(name);
  const auto* number = metric == nullptr ? nullptr : std::get_if<std::uint64_t>(&metric->value);
  return number == nullptr ? 0 : *number;
}

}  // namespace xalink
