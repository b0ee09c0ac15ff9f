#pragma once
// What a source tells of itself: counted for status, complained about in the log.

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Since the start of the program.
struct SourceCounters {
  std::uint64_t files_done = 0;      ///< files, or answers of a server
  std::uint64_t files_rejected = 0;  ///< whole: without a usable header
  std::uint64_t rows_taken = 0;      ///< read without fault, durable where they were news
  std::uint64_t rows_unchanged = 0;  ///< of them, no news: they made no event
  std::uint64_t rows_rejected = 0;
  std::uint64_t append_failures = 0;  ///< the outbox refused; it is tried again later
  std::uint64_t forgotten = 0;        ///< things whose last state had to be forgotten for want of place
  std::string last_error;             ///< of the last scan or poll; empty when it had none
};

/// For the log: one line, whatever the text holds.
[[nodiscard]] std::string one_line(std::string_view text);

/// The same complaint comes with every scan; an operator needs it now and then.
class Complaints {
 public:
  explicit Complaints(std::string_view source) : source_(source) {}
  void log(const std::string& text, SteadyTime now);

 private:
  std::string source_;
  std::map<std::string, SteadyTime> last_;
};

}  // namespace xalink
