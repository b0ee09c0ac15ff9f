#pragma once
// A program of ours in the background, and what the kernel tells about it.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace xalink::bench {

/// Processor seconds, memory and wake-ups of a process, from /proc/PID.
[[nodiscard]] double processor_seconds(pid_t pid);
struct Memory {
  std::uint64_t resident = 0;  ///< VmRSS, bytes
  std::uint64_t peak = 0;      ///< VmHWM, bytes
  std::uint64_t own = 0;       ///< RssAnon, bytes: without pages of files
};
[[nodiscard]] Memory memory_of(pid_t pid);
/// How often each thread has gone to sleep by itself (and so was woken), by "TID name".
[[nodiscard]] std::map<std::string, std::uint64_t> sleeps_of(pid_t pid);

/// Killed at the end of its scope, if it was not stopped. The bench ends when it dies by itself.
class MeasuredProgram {
 public:
  MeasuredProgram(const std::vector<std::string>& command, std::filesystem::path log);
  MeasuredProgram(const MeasuredProgram&) = delete;
  MeasuredProgram& operator=(const MeasuredProgram&) = delete;
  ~MeasuredProgram();

  [[nodiscard]] pid_t pid() const { return pid_; }
  /// Throws std::runtime_error with the end of the log when it has ended.
  void expect_alive();
  /// SIGTERM, and waits for the end.
  void stop();

 private:
  std::filesystem::path log_;
  pid_t pid_ = 0;
};

}  // namespace xalink::bench
