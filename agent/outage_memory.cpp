#include "agent/outage_memory.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <system_error>
#include <utility>

#include "agent/note_text.hpp"

namespace xalink {
namespace {

constexpr std::string_view kForm = "outages 1";
constexpr std::string_view kRouteless = "no default route needed";
// One for the way, one for each named service and some more; far beyond what a configuration holds.
constexpr std::size_t kMostOpen = 1000;
constexpr std::int64_t kFarthest = 1'000'000'000'000'000;

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  while (true) {
    const auto end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::optional<BootTime> time_in(const std::string& text) {
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = read.ec == std::errc() && read.ptr == text.data() + text.size();
  if (!whole || number < 0 || number > kFarthest) return std::nullopt;
  return BootTime(number);
}

std::optional<Outage> outage_in(const std::vector<std::string>& fields) {
  if (fields.size() != 9 || fields[1].empty() || fields[5].empty()) return std::nullopt;
  const auto cause = rung_named(fields[2]);
  const auto reached = rung_named(fields[4]);
  const auto begin = time_in(fields[6]);
  const auto changed = time_in(fields[7]);
  if (!cause || !reached || !begin || !changed) return std::nullopt;
  return Outage{fields[1], *cause, fields[3], *reached, fields[5], *begin, *changed, fields[8]};
}

}  // namespace

OutageMemory OutageMemory::from_text(std::string_view text) {
  OutageMemory memory;
  bool first = true;
  for (const auto& line : split(text, '\n')) {
    const auto fields = split(line, '\t');
    if (std::exchange(first, false)) {
      if (fields.size() != 2 || fields[0] != kForm) return memory;
      memory.boot_id = fields[1];
    } else if (fields.size() == 2 && fields[0] == "heard") {
      memory.heard.insert(fields[1]);
    } else if (fields.size() == 1 && fields[0] == kRouteless) {
      memory.routeless = true;
    } else if (fields[0] == "open" && memory.open.size() < kMostOpen) {
      if (auto outage = outage_in(fields)) memory.open.push_back(std::move(*outage));
    }
  }
  return memory;
}

std::string OutageMemory::to_text() const {
  std::string text = std::string(kForm) + "\t" + one_field(boot_id);
  for (const auto& probe : heard) text += "\nheard\t" + one_field(probe);
  if (routeless) text += "\n" + std::string(kRouteless);
  for (const auto& outage : open) {
    text += "\nopen";
    for (const auto& field :
         {outage.id, std::string(to_string(outage.cause)), outage.subject,
          std::string(to_string(outage.reached)), outage.begin_boot, std::to_string(outage.begin.count()),
          std::to_string(outage.changed.count()), outage.evidence}) {
      text += "\t" + one_field(field);
    }
  }
  return text;
}

}  // namespace xalink
