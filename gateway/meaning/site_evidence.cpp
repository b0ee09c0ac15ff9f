#include "gateway/meaning/site_evidence.hpp"

#include <algorithm>
#include <string_view>
#include <tuple>
#include <utility>

#include "gateway/meaning/period.hpp"
#include "sparkplug/hourly_summary.hpp"

namespace xalink::meaning {
namespace {

std::optional<StatedEvent::Kind> kind_named(std::string_view name) {
  if (name == "begin") return StatedEvent::Kind::begin;
  if (name == "cause") return StatedEvent::Kind::cause;
  if (name == "end") return StatedEvent::Kind::end;
  return std::nullopt;
}

// Far beyond any boot: what is larger is nonsense from outside and would overflow.
constexpr std::uint64_t kMostMs = 100ULL * 365 * 86'400'000;

std::optional<BootTime> boot_time(const store::StoredRecord& record, std::string_view column) {
  const auto count = record.count(column);
  if (!count || *count > kMostMs) return std::nullopt;
  return BootTime(static_cast<std::int64_t>(*count));
}

template <class T>
void insert_once(std::vector<T>& sorted, T value) {
  const auto place = std::ranges::lower_bound(sorted, value);
  if (place != sorted.end() && *place == value) return;
  sorted.insert(place, std::move(value));
}

}  // namespace

SiteEvidence::Counts& SiteEvidence::Counts::operator+=(const Counts& other) {
  records += other.records;
  estimated += other.estimated;
  undated += other.undated;
  removed += other.removed;
  return *this;
}

void SiteEvidence::take(const store::StoredRecord& record) {
  if (record.is_gap()) return;
  const bool estimated = record.quality == ClockQuality::unset;
  const bool dated = !estimated || (record.earliest && record.latest &&
                                    *record.latest - *record.earliest <= rules_.widest_bounds);
  if (dated) {
    Sign sign{record.boot_time, record.boot_time, record.time, estimated, record.removed};
    if (is_summary(*record.schema)) {
      if (const auto span = boot_time(record, "Span")) sign.since = record.boot_time - *span;
    }
    auto& boot = boots_[record.boot];
    boot.tied = boot.tied || !estimated;
    boot.signs.push_back(sign);
    sorted_ = false;
  } else {
    undated_.emplace_back(record.time, record.removed);
  }
  if (record.schema->device == "network" && record.schema->group == "Outage") take_outage(record);
  if (record.schema->device == "board" && record.schema->group == "Boot") take_start(record);
}

void SiteEvidence::take_outage(const store::StoredRecord& record) {
  const auto kind = kind_named(record.text("Event"));
  const auto cause = cause_named(record.text("Cause"));
  const auto begin = boot_time(record, "Begin");
  const auto at = boot_time(record, "At");
  if (!kind || !cause || !begin || !at) return;
  StatedEvent event;
  event.outage = record.text("Outage");
  event.kind = *kind;
  event.cause = *cause;
  event.subject = record.text("Subject");
  event.begin_boot = record.text("Begin Boot");
  event.begin = *begin;
  event.boot = record.text("Boot");
  event.at = *at;
  if (const auto seconds = record.count("Seconds"); seconds && *seconds < kMostMs / 1000)
    event.lasted = std::chrono::seconds(*seconds);
  event.evidence = record.text("Evidence");
  auto& events = outages_[event.outage];
  insert_once(events, std::move(event));
}

void SiteEvidence::take_start(const store::StoredRecord& record) {
  const auto before = boot_time(record, "Before Last");
  if (record.text("Of") != "board" || record.text("Reason") != "shutdown" || !before) return;
  insert_once(offs_, StatedOff{record.text("Before Boot"), *before, record.text("Boot")});
}

const std::map<std::string, SiteEvidence::Boot>& SiteEvidence::sorted_boots() const {
  if (!sorted_) {
    for (auto& [name, boot] : boots_) {
      std::ranges::sort(boot.signs);
    }
    sorted_ = true;
  }
  return boots_;
}

std::vector<Known> SiteEvidence::presence() const {
  std::vector<Known> known;
  for (const auto& [name, boot] : sorted_boots()) {
    const Sign* before = nullptr;
    for (const auto& sign : boot.signs) {
      if (sign.since < sign.at)
        known.push_back({{sign.time - (sign.at - sign.since), sign.time}, sign.estimated});
      // By both clocks: one that jumped between two signs proves nothing of what it jumped over.
      if (before != nullptr && sign.since - before->at <= rules_.longest_quiet &&
          sign.time - (sign.at - sign.since) - before->time <= rules_.longest_quiet)
        known.push_back({{before->time, sign.time}, before->estimated || sign.estimated});
      before = &sign;
    }
  }
  std::erase_if(known, [](const Known& each) { return each.span.empty(); });
  std::ranges::sort(known, [](const Known& left, const Known& right) {
    return std::tie(left.span, left.estimated) < std::tie(right.span, right.estimated);
  });
  std::vector<Known> joined;
  for (const auto& each : known) {
    if (!joined.empty() && joined.back().estimated == each.estimated &&
        each.span.begin <= joined.back().span.end) {
      joined.back().span.end = std::max(joined.back().span.end, each.span.end);
    } else {
      joined.push_back(each);
    }
  }
  return joined;
}

std::optional<Placed> SiteEvidence::place(const std::string& boot, BootTime at) const {
  const auto& boots = sorted_boots();
  const auto found = boots.find(boot);
  if (found == boots.end()) return std::nullopt;
  const auto& signs = found->second.signs;
  // The nearest sign with a sure time; where there is none in this boot, the nearest at all.
  const auto usable = [&](const Sign& sign) { return !(found->second.tied && sign.estimated); };
  const auto next = std::ranges::lower_bound(signs, at, {}, &Sign::at);
  auto after = next;
  while (after != signs.end() && !usable(*after)) ++after;
  auto before = next;
  const Sign* nearest = after == signs.end() ? nullptr : &*after;
  while (before != signs.begin()) {
    --before;
    if (!usable(*before)) continue;
    if (nearest == nullptr || at - before->at <= nearest->at - at) nearest = &*before;
    break;
  }
  if (nearest == nullptr) return std::nullopt;
  return Placed{nearest->time + (at - nearest->at), nearest->estimated};
}

std::optional<Placed> SiteEvidence::last_sign(const std::string& boot) const {
  const auto& boots = sorted_boots();
  const auto found = boots.find(boot);
  if (found == boots.end() || found->second.signs.empty()) return std::nullopt;
  const auto& last = found->second.signs.back();
  return Placed{last.time, last.estimated};
}

std::optional<WallTime> SiteEvidence::last_seen() const {
  std::optional<WallTime> last;
  for (const auto& [name, boot] : boots_) {
    for (const auto& sign : boot.signs) last = std::max(last.value_or(sign.time), sign.time);
  }
  return last;
}

std::map<registry::Date, SiteEvidence::Counts> SiteEvidence::counts_by_day() const {
  std::map<registry::Date, Counts> days;
  for (const auto& [name, boot] : boots_) {
    for (const auto& sign : boot.signs) {
      auto& counts = days[day_of(sign.time)];
      ++counts.records;
      if (sign.estimated) ++counts.estimated;
      if (sign.removed) ++counts.removed;
    }
  }
  for (const auto& [time, removed] : undated_) {
    auto& counts = days[day_of(time)];
    ++counts.records;
    ++counts.undated;
    if (removed) ++counts.removed;
  }
  return days;
}

}  // namespace xalink::meaning
