#include "agent/boot_book.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <system_error>
#include <utility>

#include "agent/note_text.hpp"

namespace xalink {
namespace {

// A month without a link and with a power cut every two hours. About 100 bytes each.
constexpr std::size_t kMostBoots = 400;
constexpr std::string_view kFirstLine = "boots 1";
constexpr std::int64_t kFarthest = 1'000'000'000'000'000;

void put(std::string& line, std::int64_t number) {
  line += ' ';
  line += std::to_string(number);
}

void put(std::string& line, const BootClock& clock) {
  put(line, clock.at.count());
  put(line, clock.offset.count());
  put(line, clock.bounds.earliest.count());
  if (clock.bounds.latest) {
    put(line, clock.bounds.latest->count());
  } else {
    line += " -";
  }
  put(line, static_cast<std::int64_t>(clock.quality));
}

// Words of one line; `sound` turns false at the first that is not what was asked for.
class Words {
 public:
  explicit Words(std::string_view line) : rest_(line) {}
  std::string_view word() {
    const auto found = take_until(rest_, ' ');
    sound = sound && !found.empty();
    return found;
  }
  std::optional<Milliseconds> number_or_none() {
    const auto text = word();
    if (text == "-") return std::nullopt;
    std::int64_t number = 0;
    const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
    sound = sound && read.ec == std::errc() && read.ptr == text.data() + text.size() && number < kFarthest &&
            number > -kFarthest;
    return Milliseconds(number);
  }
  Milliseconds number() {
    const auto found = number_or_none();
    sound = sound && found.has_value();
    return found.value_or(Milliseconds());
  }
  BootClock clock(const std::string& boot_id) {
    BootClock clock;
    clock.boot_id = boot_id;
    clock.at = number();
    clock.offset = number();
    clock.bounds.earliest = number();
    clock.bounds.latest = number_or_none();
    const auto quality = number().count();
    sound = sound && quality >= 0 && quality <= static_cast<std::int64_t>(ClockQuality::synchronised);
    clock.quality = static_cast<ClockQuality>(quality);
    return clock;
  }
  [[nodiscard]] bool more() const { return !rest_.empty(); }
  bool sound = true;

 private:
  std::string_view rest_;
};

}  // namespace

BootBook::BootBook(std::string_view text) {
  bool ours = false;
  while (!text.empty()) {
    const auto line = take_until(text, '\n');
    Words words(line);
    if (!ours) {
      if (line != kFirstLine) return;
      ours = true;
      continue;
    }
    RememberedBoot boot;
    const std::string boot_id(words.word());
    boot.last = words.number();
    boot.clock = words.clock(boot_id);
    if (words.more()) boot.tie = words.clock(boot_id);
    if (words.sound && find(boot_id) == nullptr) boots_.push_back(std::move(boot));
  }
}

std::string BootBook::to_text() const {
  std::string text(kFirstLine);
  for (const auto& boot : boots_) {
    text += '\n';
    text += boot.clock.boot_id;
    put(text, boot.last.count());
    put(text, boot.clock);
    if (boot.tie) put(text, *boot.tie);
  }
  return text;
}

RememberedBoot* BootBook::find(std::string_view boot_id) {
  const auto found = std::find_if(boots_.rbegin(), boots_.rend(),
                                  [&](const RememberedBoot& boot) { return boot.clock.boot_id == boot_id; });
  return found == boots_.rend() ? nullptr : &*found;
}

const RememberedBoot* BootBook::find(std::string_view boot_id) const {
  return const_cast<BootBook*>(this)->find(boot_id);
}

RememberedBoot& BootBook::add(RememberedBoot boot) {
  if (boots_.size() >= kMostBoots) boots_.erase(boots_.begin());
  return boots_.emplace_back(std::move(boot));
}

void BootBook::correct(Batch& batch) const {
  const RememberedBoot* boot = nullptr;
  for (auto& item : batch.items) {
    auto& stamp = item.record.stamp;
    if (stamp.quality != ClockQuality::unset) continue;
    if (boot == nullptr || boot->clock.boot_id != stamp.boot_id) boot = find(stamp.boot_id);
    if (boot == nullptr || !boot->tie || stamp.boot_time > boot->tie->at) continue;
    stamp.wall = WallTime(stamp.boot_time + boot->tie->offset);
    stamp.quality = ClockQuality::holdover;
  }
}

}  // namespace xalink
