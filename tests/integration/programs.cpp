#include "tests/integration/programs.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>
#include <stdexcept>
#include <utility>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {
namespace {

constexpr int kDidNotEnd = -1000;

int open_output(const std::filesystem::path& file) {
  const int opened = ::open(file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (opened < 0) throw std::runtime_error("cannot write " + file.string());
  return opened;
}

pid_t launch(const std::vector<std::string>& command, const std::filesystem::path& out,
             const std::filesystem::path& err) {
  std::vector<char*> words;
  words.reserve(command.size() + 1);
  for (const auto& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const int input = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  const int output = open_output(out);
  const int errors = open_output(err);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves nothing behind
    if (::getppid() != parent) ::_exit(127);
    ::dup2(input, STDIN_FILENO);
    ::dup2(output, STDOUT_FILENO);
    ::dup2(errors, STDERR_FILENO);
    ::execv(words[0], words.data());
    ::_exit(127);
  }
  for (const int file : {input, output, errors}) ::close(file);
  if (child < 0) throw std::runtime_error("cannot start " + command.front());
  return child;
}

int end_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

int wait_for(pid_t child) {
  int status = 0;
  while (::waitpid(child, &status, 0) == -1 && errno == EINTR) {
  }
  return end_of(status);
}

std::string read_file(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

}  // namespace

std::uint64_t seed_of_this_run() {
  const char* given = std::getenv("XALINK_SEED");  // NOLINT(concurrency-mt-unsafe): one thread
  const std::uint64_t seed = given == nullptr ? std::random_device()() : std::strtoull(given, nullptr, 10);
  std::cout << "XALINK_SEED=" << seed << std::endl;
  return seed;
}

Program::Program(std::vector<std::string> command, std::filesystem::path log)
    : command_(std::move(command)), log_(std::move(log)) {}

Program::~Program() {
  kill();
}

void Program::start() {
  if (!running()) pid_ = launch(command_, log_, log_);
}

bool Program::running() {
  if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ != 0;
}

void Program::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  wait_for(std::exchange(pid_, 0));
}

void Program::freeze() {
  if (pid_ != 0) ::kill(pid_, SIGSTOP);
}

void Program::thaw() {
  if (pid_ != 0) ::kill(pid_, SIGCONT);
}

int Program::stop() {
  if (pid_ == 0) return kDidNotEnd;
  ::kill(pid_, SIGTERM);
  int status = 0;
  if (!eventually([&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; })) {
    kill();
    return kDidNotEnd;
  }
  pid_ = 0;
  return end_of(status);
}

std::string Program::log() const {
  return read_file(log_);
}

Outcome call(const std::vector<std::string>& command) {
  const ScratchFolder folder;
  Outcome outcome;
  outcome.code = wait_for(launch(command, folder / "out", folder / "err"));
  outcome.out = read_file(folder / "out");
  outcome.err = read_file(folder / "err");
  return outcome;
}

}  // namespace xalink::test
