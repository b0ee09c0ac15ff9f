#include "agent/metric_list.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <cmath>
#include <optional>
#include <string_view>
#include <utility>

#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

std::string group_of(const RecordDeclaration& record) {
  return std::string(record.group) + (record.has_subject ? "/<subject>" : "");
}

json::value bound(double number) {
  return std::isfinite(number) ? json::value(number) : json::value(nullptr);
}

json::string text(std::string_view words) {
  return json::string(words.data(), words.size());
}

json::object as_json(const MetricDeclaration& metric, std::string_view device, std::string_view group,
                     const std::string& name, std::optional<Lane> lane) {
  json::object entry;
  entry["device"] = text(device);
  entry["group"] = text(group);
  entry["metric"] = text(name);
  entry["lane"] = lane ? json::value(static_cast<std::uint64_t>(index(*lane))) : json::value(nullptr);
  entry["type"] = text(to_string(metric.type));
  entry["unit"] = text(metric.unit);
  entry["lowest"] = bound(metric.range.lowest);
  entry["highest"] = bound(metric.range.highest);
  if (lane == Lane::measurements) {
    entry["deadband"] = metric.deadband.absolute;
    entry["deadband_percent"] = std::round(metric.deadband.relative * 100);
    entry["silent"] = metric.deadband.silent;
  }
  entry["meaning"] = text(metric.meaning);
  entry["source"] = text(metric.source);
  entry["name_vi"] = text(metric.name_vi);
  entry["meaning_vi"] = text(metric.meaning_vi);
  return entry;
}

std::string in_digits(double number) {
  const bool whole = number == std::floor(number) && std::abs(number) < 1e18;
  return whole ? std::to_string(static_cast<std::int64_t>(number)) : to_text(Value(number));
}

std::string range_in_words(const Range& range) {
  const bool low = std::isfinite(range.lowest);
  const bool high = std::isfinite(range.highest);
  if (!low && !high) return {};
  return (low ? in_digits(range.lowest) : "") + ".." + (high ? in_digits(range.highest) : "");
}

/// When a change of it is recorded.
std::string deadband_in_words(const MetricDeclaration& metric, bool vietnamese) {
  const auto& band = metric.deadband;
  if (band.silent) return vietnamese ? "không tự gây ghi" : "not recorded for its own sake";
  if (band.absolute == 0 && band.relative == 0) return vietnamese ? "ghi mọi thay đổi" : "every change";
  std::string text(vietnamese ? "ghi khi đổi quá " : "changes above ");
  if (band.absolute > 0) {
    text += in_digits(band.absolute);
    if (!metric.unit.empty()) text.append(" ").append(metric.unit);
    if (band.relative > 0) text += vietnamese ? " và " : " and ";
  }
  if (band.relative > 0) text += in_digits(std::round(band.relative * 100)) + " %";
  return text;
}

class Page {
 public:
  explicit Page(Language language) : vietnamese_(language == Language::vietnamese) {}

  void heading(std::string_view english, std::string_view vietnamese) {
    if (!text_.empty()) text_ += "\n";
    text_.append(vietnamese_ ? vietnamese : english).append("\n");
  }
  void metric(const MetricDeclaration& metric, std::optional<Lane> lane = std::nullopt) {
    text_.append("  ").append(metric.name);
    if (vietnamese_) text_.append(" · ").append(metric.name_vi);
    text_.append("  (").append(to_string(metric.type));
    if (!metric.unit.empty()) text_.append(", ").append(metric.unit);
    if (const auto range = range_in_words(metric.range); !range.empty()) text_.append(", ").append(range);
    if (lane == Lane::measurements) text_.append("; ").append(deadband_in_words(metric, vietnamese_));
    text_.append(")\n      ").append(vietnamese_ ? metric.meaning_vi : metric.meaning);
    text_.append(vietnamese_ ? "\n      Nguồn: " : "\n      Source: ").append(metric.source).append("\n");
  }
  [[nodiscard]] std::string take() { return std::move(text_); }

 private:
  bool vietnamese_;
  std::string text_;
};

}  // namespace

std::string metrics_as_text(Language language) {
  Page page(language);
  for (const auto& record : record_declarations()) {
    const std::string place = std::string(record.device) + "  " + group_of(record);
    const bool event = record.lane == Lane::events;
    page.heading(
        place + (event ? "  (lane 0, events)" : "  (lane 1, measurements)"),
        place + " · " + std::string(record.name_vi) + (event ? "  (làn 0, sự kiện)" : "  (làn 1, số đo)"));
    for (const auto& metric : record.metrics) page.metric(metric, record.lane);
  }
  page.heading("each group of measurements that is recorded by exception",
               "mỗi nhóm số đo chỉ ghi khi có gì mới");
  page.metric(runs_declaration());
  page.heading("each group of measurements", "mỗi nhóm số đo");
  page.metric(interval_declaration());
  std::optional<std::string_view> device;
  for (const auto& declared : node_declarations()) {
    if (device != declared.device) {
      device = declared.device;
      if (device->empty()) {
        page.heading("the node", "nút (máy)");
      } else if (*device == "+") {
        page.heading("each device with records", "mỗi thiết bị có bản ghi");
      } else {
        page.heading(*device, *device);
      }
    }
    page.metric(declared.metric);
  }
  return page.take();
}

std::string metrics_as_json() {
  json::array all;
  for (const auto& record : record_declarations()) {
    const std::string group = group_of(record);
    for (const auto& metric : record.metrics) {
      all.push_back(
          as_json(metric, record.device, group, group + "/" + std::string(metric.name), record.lane));
    }
  }
  all.push_back(as_json(interval_declaration(), "+", "<group>", "<group>/Interval", std::nullopt));
  all.push_back(as_json(runs_declaration(), "+", "<group>", "<group>/Runs", Lane::measurements));
  for (const auto& declared : node_declarations()) {
    all.push_back(
        as_json(declared.metric, declared.device, {}, std::string(declared.metric.name), std::nullopt));
  }
  return json::serialize(all);
}

}  // namespace xalink
