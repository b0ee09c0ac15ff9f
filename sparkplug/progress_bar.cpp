#include "sparkplug/progress_bar.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace xalink {
namespace {

constexpr Duration kRedrawAfter = std::chrono::milliseconds(100);
constexpr std::size_t kWidth = 30;

}  // namespace

std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t of) {
  const double part = of == 0 ? 1.0 : std::min(1.0, static_cast<double>(done) / static_cast<double>(of));
  const auto full = static_cast<std::size_t>(part * static_cast<double>(kWidth));
  auto percent = std::to_string(static_cast<int>(part * 100.0));
  percent.insert(0, 3 - percent.size(), ' ');
  return what + " [" + std::string(full, '#') + std::string(kWidth - full, '.') + "] " + percent + " %";
}

std::string size_in_words(std::uint64_t bytes) {
  constexpr std::uint64_t kStep = 1024;
  if (bytes < kStep) return std::to_string(bytes) + " B";
  auto tenths = bytes * 10 / kStep;
  const char* unit = "KiB";
  for (const char* larger : {"MiB", "GiB"}) {
    if (tenths < kStep * 10) break;
    tenths /= kStep;
    unit = larger;
  }
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + " " + unit;
}

ProgressBar::ProgressBar(const Clock& clock, std::string what)
    : clock_(clock), what_(std::move(what)), terminal_(::isatty(STDERR_FILENO) != 0) {}

ProgressBar::~ProgressBar() {
  if (drawn_) std::fputs("\r\x1b[K", stderr);
}

void ProgressBar::show(std::uint64_t done, std::uint64_t of) {
  if (!terminal_) return;
  const auto now = clock_.steady();
  if (drawn_ && now - *drawn_ < kRedrawAfter && done < of) return;
  drawn_ = now;
  std::fputs(("\r" + progress_line(what_, done, of)).c_str(), stderr);
  std::fflush(stderr);
}

}  // namespace xalink
