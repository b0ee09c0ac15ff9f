#pragma once
// The real programs as processes of a test. None outlives the test, however it ends.

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <thread>
#include <vector>

namespace xalink::test {

/// What a loaded machine may take at most; nothing here takes a tenth of it otherwise.
inline constexpr std::chrono::seconds kPatience(120);

/// For everything random in a test; printed, so that XALINK_SEED=N repeats a run as far as timing allows.
[[nodiscard]] std::uint64_t seed_of_this_run();

/// Asks `condition` again and again until it holds; false when it does not within `patience`.
template <class Condition>
[[nodiscard]] bool eventually(const Condition& condition, std::chrono::milliseconds patience = kPatience,
                              std::chrono::milliseconds pause = std::chrono::milliseconds(10)) {
  const auto give_up = std::chrono::steady_clock::now() + patience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) return false;
    std::this_thread::sleep_for(pause);
  }
  return true;
}

/// A program in the background, with both outputs appended to `log`. SIGKILLed by the destructor.
class Program {
 public:
  Program(std::vector<std::string> command, std::filesystem::path log);
  Program(const Program&) = delete;
  Program& operator=(const Program&) = delete;
  ~Program();

  void start();  ///< if it is not running
  [[nodiscard]] bool running();
  void kill();    ///< SIGKILL, and waits for the end
  void freeze();  ///< SIGSTOP
  void thaw();    ///< SIGCONT
  /// SIGTERM; the exit code, or minus the signal that ended it. -1000 when it was not running or does
  /// not end in time (then it is killed).
  int stop();
  [[nodiscard]] std::string log() const;

 private:
  std::vector<std::string> command_;
  std::filesystem::path log_;
  pid_t pid_ = 0;
};

struct Outcome {
  int code = -1000;  ///< exit code, or minus the signal that ended it
  std::string out;
  std::string err;
};

/// Runs a program to its end.
[[nodiscard]] Outcome call(const std::vector<std::string>& command);

}  // namespace xalink::test
