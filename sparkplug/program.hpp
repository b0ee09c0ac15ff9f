#pragma once
// What both programs do alike at their edges: exit codes, complaints, logs, seeds, and telling a stop from
// a failure.

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>

namespace xalink {

/// kDamaged: what the program lives on is damaged, and another start does not mend it.
enum ExitCode : int { kFine = 0, kProblem = 1, kUsage = 2, kDamaged = 3 };

/// One line on standard error, "PROGRAM: TEXT"; gives `code` back.
int complain(std::string_view program, std::string_view text, ExitCode code);

/// Standard error, with the time unless the journal adds it. `level` is spdlog's word. Once, before any
/// thread.
void set_up_log(const std::string& name, const std::string& level);

/// From the operating system's source.
[[nodiscard]] std::uint64_t random_seed();

/// What ended a group of coroutines: the others then ended by being cancelled, and Asio packs all together.
[[nodiscard]] std::exception_ptr first_of(const std::exception_ptr& error);
/// Asio's ways to say that a wait was given up: timers and channels differ.
[[nodiscard]] bool is_cancellation(const std::exception_ptr& error);

}  // namespace xalink
