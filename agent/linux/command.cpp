#include "agent/linux/command.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <system_error>

namespace xalink {
namespace {

// Asked seldom and for seconds: a descriptor that tells of its end (pidfd) is not in every board's kernel.
constexpr Duration kGlance = std::chrono::milliseconds(50);
// A killed process ends at once, unless it waits for hardware that hangs.
constexpr Duration kDying = std::chrono::seconds(5);

std::string reason(int error) {
  return std::generic_category().message(error);
}

/// Leads a process group of its own, which ends with this object.
class Process {
 public:
  Process() = default;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process() {
    if (pid_ <= 0) return;
    kill_group();
    ended();
  }

  /// 0, or what the system says.
  int start(const std::vector<std::string>& words) {
    std::vector<char*> arguments;
    for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawnattr_init(&attributes);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO);
    ::posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setpgroup(&attributes, 0);
    ::posix_spawnattr_setflags(&attributes,
                               POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    const int error =
        ::posix_spawn(&pid_, words.front().c_str(), &files, &attributes, arguments.data(), environ);
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
    if (error != 0) pid_ = 0;
    return error;
  }

  void kill_group() const { ::kill(-pid_, SIGKILL); }

  /// How it ended, once it has.
  std::optional<int> ended() {
    int status = 0;
    if (pid_ <= 0 || ::waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
    pid_ = 0;
    return status;
  }

 private:
  pid_t pid_ = 0;
};

std::string told(int status) {
  if (WIFSIGNALED(status)) return "ended by signal " + std::to_string(WTERMSIG(status));
  const int code = WEXITSTATUS(status);
  return code == 0 ? std::string() : "exit code " + std::to_string(code);
}

}  // namespace

boost::asio::awaitable<std::string> run_command(Clock& clock, std::vector<std::string> words,
                                                Duration limit) {
  Process process;
  if (const int error = process.start(words); error != 0)
    co_return words.front() + " could not be started: " + reason(error);
  const SteadyTime deadline = clock.steady() + limit;
  while (clock.steady() < deadline) {
    if (const auto status = process.ended()) co_return told(*status);
    auto waiting = clock.sleep_for(std::min(kGlance, deadline - clock.steady()));
    co_await std::move(waiting);
  }
  process.kill_group();
  const SteadyTime given_up = clock.steady() + kDying;
  while (!process.ended() && clock.steady() < given_up) {
    auto waiting = clock.sleep_for(kGlance);
    co_await std::move(waiting);
  }
  co_return "not done in time, killed";
}

}  // namespace xalink
