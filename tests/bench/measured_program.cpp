#include "tests/bench/measured_program.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace xalink::bench {
namespace {

std::string read_text(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

// The number after "Key:" in a status file of /proc.
std::uint64_t status_number(const std::string& status, const std::string& key) {
  const auto at = status.find("\n" + key + ":");
  return at == std::string::npos ? 0 : std::stoull(status.substr(at + key.size() + 2));
}

}  // namespace

double processor_seconds(pid_t pid) {
  const std::string stat = read_text("/proc/" + std::to_string(pid) + "/stat");
  std::istringstream fields(stat.substr(stat.rfind(')') + 1));
  std::string skipped;
  for (int i = 0; i < 11; ++i) fields >> skipped;
  double user = 0;
  double system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

Memory memory_of(pid_t pid) {
  constexpr std::uint64_t kKiB = 1024;
  const std::string status = read_text("/proc/" + std::to_string(pid) + "/status");
  return Memory{status_number(status, "VmRSS") * kKiB, status_number(status, "VmHWM") * kKiB,
                status_number(status, "RssAnon") * kKiB};
}

std::map<std::string, std::uint64_t> sleeps_of(pid_t pid) {
  std::map<std::string, std::uint64_t> sleeps;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::string name = read_text(task.path() / "comm");
    if (!name.empty()) name.pop_back();
    sleeps[task.path().filename().string() + " " + name] =
        status_number(read_text(task.path() / "status"), "voluntary_ctxt_switches");
  }
  return sleeps;
}

MeasuredProgram::MeasuredProgram(const std::vector<std::string>& command, std::filesystem::path log)
    : log_(std::move(log)) {
  std::vector<char*> arguments;
  arguments.reserve(command.size() + 1);
  for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  const int output = ::open(log_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nothing outlives a bench that was interrupted
    if (::getppid() != parent) ::_exit(127);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(output, STDERR_FILENO);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
  }
  ::close(output);
}

MeasuredProgram::~MeasuredProgram() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
}

void MeasuredProgram::expect_alive() {
  if (pid_ == 0 || ::waitpid(pid_, nullptr, WNOHANG) != pid_) return;
  pid_ = 0;
  const std::string log = read_text(log_);
  constexpr std::size_t kTail = 2'000;
  throw std::runtime_error("a program ended by itself; the end of " + log_.string() + ":\n" +
                           (log.size() > kTail ? log.substr(log.size() - kTail) : log));
}

void MeasuredProgram::stop() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGTERM);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
  pid_ = 0;
}

}  // namespace xalink::bench
