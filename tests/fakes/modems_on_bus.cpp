#include "tests/fakes/modems_on_bus.hpp"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <functional>
#include <stdexcept>
#include <thread>
#include <vector>

namespace xalink::test {
namespace {

using namespace std::chrono_literals;

bool comes_true(const std::function<bool()>& holds) {
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < give_up) {
    if (holds()) return true;
    std::this_thread::sleep_for(10ms);
  }
  return false;
}

bool listens_at(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) throw std::runtime_error("too long for a socket: " + path);
  path.copy(address.sun_path, path.size());
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(socket);
  return connected;
}

}  // namespace

void Background::start(const std::vector<std::string>& command, const std::string& log) {
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ != 0) return;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(127);
  const int file = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  ::dup2(file, STDOUT_FILENO);
  ::dup2(file, STDERR_FILENO);
  ::execvp(words[0], words.data());
  ::_exit(127);
}

void Background::kill() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
  pid_ = 0;
}

void Background::freeze() const {
  ::kill(pid_, SIGSTOP);
}

void Background::thaw() const {
  ::kill(pid_, SIGCONT);
}

bool Background::runs() {
  if (pid_ != 0 && ::waitpid(pid_, nullptr, WNOHANG) == pid_) pid_ = 0;
  return pid_ != 0;
}

ModemManager::ModemManager() {
  bus_.start({"dbus-daemon", "--session", "--nofork", "--nopidfile", "--address=" + address()},
             (folder_ / "bus.log").string());
  // sdbus-c++ 1.2 loses memory when it finds nobody there.
  const std::string path = (folder_ / "bus").string();
  if (!comes_true([&] { return listens_at(path) || !bus_.runs(); }) || !bus_.runs())
    throw std::runtime_error("dbus-daemon does not start: " + folder_.read("bus.log"));
  control_ = sdbus::createSessionBusConnectionWithAddress(address());
}

void ModemManager::start() {
  ::setenv("DBUS_SESSION_BUS_ADDRESS", address().c_str(), 1);
  // Debian's python: another one on the path has no dbusmock.
  service_.start({"/usr/bin/python3", "-m", "dbusmock", "--session", "--template", XALINK_MODEM_MANAGER},
                 (folder_ / "service.log").string());
  auto bus = sdbus::createProxy(*control_, "org.freedesktop.DBus", "/org/freedesktop/DBus");
  bool owned = false;
  const auto is_there = [&] {
    bus->callMethod("NameHasOwner")
        .onInterface("org.freedesktop.DBus")
        .withArguments(std::string("org.freedesktop.ModemManager1"))
        .storeResultsTo(owned);
    return owned || !service_.runs();
  };
  if (!comes_true(is_there) || !owned) throw std::runtime_error("python3-dbusmock does not start: " + log());
}

std::string ModemManager::log() const {
  return std::filesystem::exists(folder_ / "service.log") ? folder_.read("service.log") : std::string();
}

}  // namespace xalink::test
