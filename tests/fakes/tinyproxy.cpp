#include "tests/fakes/tinyproxy.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/fakes/mosquitto.hpp"

namespace xalink::test {
namespace {

bool accepts(const std::string& address, std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in place{};
  place.sin_family = AF_INET;
  place.sin_port = htons(port);
  ::inet_pton(AF_INET, address.c_str(), &place.sin_addr);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&place), sizeof(place)) == 0;
  ::close(socket);
  return connected;
}

}  // namespace

Tinyproxy::Tinyproxy(TinyproxyOptions options) : options_(std::move(options)) {
  const bool any_port = options_.port == 0;
  // Somebody else may take the port between finding it and listening on it.
  for (int attempt = 0; attempt < (any_port ? 5 : 1); ++attempt) {
    if (any_port) options_.port = free_port();
    if (launch()) return;
  }
  throw std::runtime_error("tinyproxy does not start (Debian's tinyproxy-bin): " + log());
}

Tinyproxy::~Tinyproxy() {
  end();
}

HttpProxy Tinyproxy::settings() const {
  HttpProxy proxy;
  proxy.host = options_.address;
  proxy.port = options_.port;
  proxy.username = options_.username;
  proxy.password = options_.password;
  return proxy;
}

std::string Tinyproxy::log() const {
  return std::filesystem::exists(folder_ / "log") ? folder_.read("log") : std::string();
}

void Tinyproxy::freeze() {
  ::kill(pid_, SIGSTOP);
}

void Tinyproxy::thaw() {
  ::kill(pid_, SIGCONT);
}

bool Tinyproxy::launch() {
  std::string text = "Listen " + options_.address + "\nPort " + std::to_string(options_.port) +
                     "\nTimeout 600\nMaxClients 50\nLogLevel Connect\n";
  for (const std::uint16_t port : options_.tunnels_to) text += "ConnectPort " + std::to_string(port) + "\n";
  if (!options_.username.empty()) text += "BasicAuth " + options_.username + " " + options_.password + "\n";
  const std::string configuration = folder_.write("tinyproxy.conf", text).string();
  const int log = ::open((folder_ / "log").c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no proxy behind
    if (::getppid() != parent) ::_exit(127);
    ::dup2(log, STDOUT_FILENO);
    ::dup2(log, STDERR_FILENO);
    ::execl("/usr/bin/tinyproxy", "tinyproxy", "-d", "-c", configuration.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(log);
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (std::chrono::steady_clock::now() < give_up) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      return false;
    }
    if (accepts(options_.address, options_.port)) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  end();
  return false;
}

void Tinyproxy::end() {
  if (pid_ == 0) return;
  ::kill(pid_, SIGKILL);
  ::kill(pid_, SIGCONT);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
  pid_ = 0;
}

}  // namespace xalink::test
