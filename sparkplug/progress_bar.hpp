#pragma once
// How far a long copy has come, for whoever watches a terminal.

#include <cstdint>
#include <optional>
#include <string>

#include "sparkplug/clock.hpp"

namespace xalink {

/// One line on standard error that is drawn over; nothing where that is no terminal.
class ProgressBar {
 public:
  /// `what` stands before the bar: "Exporting". `clock` outlives this.
  ProgressBar(const Clock& clock, std::string what);
  ~ProgressBar();  ///< wipes the line
  ProgressBar(const ProgressBar&) = delete;
  ProgressBar& operator=(const ProgressBar&) = delete;

  /// Draws at most ten times a second.
  void show(std::uint64_t done, std::uint64_t of);

 private:
  const Clock& clock_;
  std::string what_;
  bool terminal_;
  std::optional<SteadyTime> drawn_;
};

/// "Exporting [####......]  40 %"; `of` 0 is all done.
[[nodiscard]] std::string progress_line(const std::string& what, std::uint64_t done, std::uint64_t of);

/// "312 B", "4.1 KiB", "63.9 MiB": for people.
[[nodiscard]] std::string size_in_words(std::uint64_t bytes);

}  // namespace xalink
