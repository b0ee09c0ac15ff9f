#include "gateway/meaning/site_measures.hpp"

#include <algorithm>
#include <string_view>

#include "sparkplug/hourly_summary.hpp"

namespace xalink::meaning {
namespace {

constexpr double kBitsInMegabit = 1e6;
constexpr double kMicrosecondsInMillisecond = 1e3;
// The next hop's name among the targets of pings: it says nothing of the way beyond.
constexpr std::string_view kNextHop = "gateway";

std::optional<double> scaled(std::optional<double> value, double by) {
  return value ? std::optional(*value / by) : std::nullopt;
}

}  // namespace

std::optional<double> Ratio::value() const {
  if (of == 0) return std::nullopt;
  return static_cast<double>(yes) / static_cast<double>(of);
}

Ratio& Ratio::operator+=(const Ratio& other) {
  yes += other.yes;
  of += other.of;
  return *this;
}

void SiteMeasures::take(const store::StoredRecord& record) {
  if (record.is_gap()) return;
  std::string_view group = record.schema->group;
  const bool summary = is_summary(*record.schema);
  if (summary) group.remove_suffix(kSummaryGroup.size());
  const bool counts = period_.begin <= record.time && record.time < period_.end;
  if (group == "Access" && !summary) {
    if (!counts) return;
    const std::pair seen(record.time, record.text("Technology"));
    if (!technology_ || *technology_ < seen) technology_ = seen;
    return;
  }
  const auto slash = group.find('/');
  const auto family = group.substr(0, slash);
  const std::string subject(slash == std::string_view::npos ? std::string_view() : group.substr(slash + 1));
  Kind kind = Kind::ping;
  Row row;
  if (family == "Throughput") {
    kind = Kind::throughput;
    row.first = scaled(record.number("Download"), kBitsInMegabit);
    row.second = scaled(record.number("Upload"), kBitsInMegabit);
  } else if (family == "Ping" && subject != kNextHop) {
    row.first = scaled(record.number("RTT mean"), kMicrosecondsInMillisecond);
    row.second = record.number("Loss");
  } else if (family == "Reach") {
    kind = Kind::reach;
    row.first = record.number("Success");
  } else if (family == "Power") {
    kind = Kind::power;
    row.first = record.number("Under Voltage");
    row.second = record.number("Mains");
  } else {
    return;
  }
  if (summary) {
    if (counts) take_summary(record, kind, subject);
    return;
  }
  row.at = record.boot_time;
  row.counts = counts;
  row.runs = std::max<std::uint64_t>(record.count("Runs").value_or(1), 1);
  rows_[{{kind, subject}, record.boot}].push_back(row);
}

// Two rows where the columns were counted apart.
void SiteMeasures::take_summary(const store::StoredRecord& record, Kind kind, const std::string& subject) {
  const auto add = [&](std::string_view column, double scale, bool first) {
    const std::string name(column);
    const auto times = record.count(name + " count");
    const auto mean = record.number(name + " mean");
    if (!times || !mean) return;
    Row row;
    row.at = record.boot_time;
    row.times = *times;
    row.counts = true;
    (first ? row.first : row.second) = *mean / scale;
    rows_[{{kind, subject}, record.boot}].push_back(row);
  };
  // Of truths: so often yes, the rest no.
  const auto add_truth = [&](std::string_view column, bool first) {
    const std::string name(column);
    const auto times = record.count(name + " count");
    const auto yes = record.count(name + " true");
    if (!times || !yes || *yes > *times) return;
    for (const auto& [value, often] : {std::pair(1.0, *yes), std::pair(0.0, *times - *yes)}) {
      if (often == 0) continue;
      Row row;
      row.at = record.boot_time;
      row.times = often;
      row.counts = true;
      (first ? row.first : row.second) = value;
      rows_[{{kind, subject}, record.boot}].push_back(row);
    }
  };
  switch (kind) {
    case Kind::throughput:
      add("Download", kBitsInMegabit, true);
      add("Upload", kBitsInMegabit, false);
      break;
    case Kind::ping:
      add("RTT mean", kMicrosecondsInMillisecond, true);
      add("Loss", 1, false);
      break;
    case Kind::reach: add_truth("Success", true); break;
    case Kind::power:
      add_truth("Under Voltage", true);
      add_truth("Mains", false);
      break;
  }
}

void SiteMeasures::count(MeasuredFigures& figures, const Group& group, const Row& row, std::uint64_t times) {
  const auto truth = [times](Ratio& ratio, const std::optional<double>& value) {
    if (value) ratio += {*value != 0 ? times : 0, times};
  };
  switch (group.first) {
    case Kind::throughput:
      if (row.first) figures.download_mbps.add(*row.first, times);
      if (row.second) figures.upload_mbps.add(*row.second, times);
      break;
    case Kind::ping:
      if (row.first) figures.rtt_ms.add(*row.first, times);
      if (row.second) figures.loss_percent.add(*row.second, times);
      break;
    case Kind::reach: truth(figures.services[group.second], row.first); break;
    case Kind::power:
      truth(figures.under_voltage, row.first);
      truth(figures.on_mains, row.second);
      break;
  }
}

MeasuredFigures SiteMeasures::figures() const {
  MeasuredFigures figures;
  for (const auto& [key, unsorted] : rows_) {
    auto rows = unsorted;
    std::ranges::sort(rows);
    std::uint64_t stands_for = 1;
    for (auto row = rows.rbegin(); row != rows.rend(); ++row) {
      const bool summary = row->times > 0;
      if (row->counts) count(figures, key.first, *row, summary ? row->times : stands_for);
      if (summary && row->counts) figures.summarised += row->times;
      // The row before a summary does not stand for what was summed up in it.
      stands_for = summary ? 1 : row->runs;
    }
  }
  for (auto* values : {&figures.download_mbps, &figures.upload_mbps, &figures.rtt_ms, &figures.loss_percent})
    values->settle();
  if (technology_) {
    figures.technology = technology_->second;
    figures.technology_seen = technology_->first;
  }
  return figures;
}

}  // namespace xalink::meaning
