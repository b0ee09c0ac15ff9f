#include "tests/fakes/mosquitto.hpp"

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
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <thread>

namespace xalink::test {
namespace {

using namespace std::chrono_literals;

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

bool accepts(std::uint16_t port) {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_in address = loopback(port);
  const bool connected = ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof(address)) == 0;
  ::close(socket);
  return connected;
}

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

}  // namespace

std::uint16_t free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address = loopback(0);
  socklen_t size = sizeof(address);
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&address), size) == 0 &&
                     ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  ::close(socket);
  if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
  return ntohs(address.sin_port);
}

Mosquitto::Mosquitto(MosquittoOptions options) : options_(std::move(options)) {
  if (options_.tls) make_certificates();
  // Somebody else may take the port between finding it and listening on it.
  for (int attempt = 0; attempt < 5; ++attempt) {
    port_ = free_port();
    write_configuration();
    if (launch()) return;
  }
  throw std::runtime_error("mosquitto does not start: " + log());
}

Mosquitto::~Mosquitto() {
  end(SIGKILL);
}

BrokerSettings Mosquitto::settings() const {
  BrokerSettings settings;
  settings.host = "127.0.0.1";
  settings.port = port_;
  settings.tls = options_.tls;
  if (options_.tls) settings.ca_file = folder_ / "ca.crt";
  if (options_.client_certificate) {
    settings.certificate_file = folder_ / "client.crt";
    settings.key_file = folder_ / "client.key";
  }
  settings.username = options_.username;
  settings.password = options_.password;
  settings.connect_timeout = 20s;
  return settings;
}

std::string Mosquitto::log() const {
  return std::filesystem::exists(folder_ / "log") ? folder_.read("log") : std::string();
}

void Mosquitto::start() {
  if (pid_ == 0 && !launch()) throw std::runtime_error("mosquitto does not start again: " + log());
}

void Mosquitto::stop() {
  end(SIGTERM);
}

void Mosquitto::kill() {
  end(SIGKILL);
}

void Mosquitto::freeze() {
  ::kill(pid_, SIGSTOP);
}

void Mosquitto::thaw() {
  ::kill(pid_, SIGCONT);
}

void Mosquitto::write_configuration() {
  const std::string folder = folder_.path().string() + "/";
  std::string text = "user root\npersistence false\nconnection_messages true\nlog_type all\nlog_dest file " +
                     folder + "log\nlistener " + std::to_string(port_) + " 127.0.0.1\n";
  if (options_.tls) {
    text +=
        "cafile " + folder + "ca.crt\ncertfile " + folder + "server.crt\nkeyfile " + folder + "server.key\n";
    if (options_.client_certificate) text += "require_certificate true\n";
  }
  if (options_.username.empty()) {
    text += "allow_anonymous true\n";
  } else {
    folder_.write("passwords", options_.username + ":" + options_.password + "\n");
    run("mosquitto_passwd -U " + folder + "passwords");
    text += "allow_anonymous false\npassword_file " + folder + "passwords\n";
  }
  if (!options_.access_rules.empty()) {
    folder_.write("acl", options_.access_rules);
    text += "acl_file " + folder + "acl\n";
  }
  // With what is recommended to whoever runs one for the gateway.
  std::ifstream recommended(XALINK_BROKER_SETTINGS);
  if (!recommended) throw std::runtime_error("cannot read " XALINK_BROKER_SETTINGS);
  const std::string settings((std::istreambuf_iterator<char>(recommended)), {});
  folder_.write("mosquitto.conf", text + settings + options_.more);
}

void Mosquitto::make_certificates() const {
  const std::string in = "cd " + folder_.path().string() + " && openssl ";
  const std::string key = "req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes ";
  folder_.write("names", "subjectAltName=" + options_.certificate_names + "\n");
  run(in + key + "-x509 -days 2 -subj '/CN=xalink test CA' -keyout ca.key -out ca.crt 2>openssl.log");
  for (const std::string name : {"server", "client"}) {
    run(in + key + "-subj /CN=" + name + " -keyout " + name + ".key -out " + name + ".csr 2>openssl.log");
    run(in + "x509 -req -days 2 -in " + name + ".csr -CA ca.crt -CAkey ca.key -CAcreateserial -out " + name +
        ".crt" + (name == "server" ? " -extfile names" : "") + " 2>openssl.log");
  }
}

bool Mosquitto::launch() {
  const std::string configuration = folder_ / "mosquitto.conf";
  const int quiet = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves no broker behind
    if (::getppid() != parent) ::_exit(127);
    ::dup2(quiet, STDOUT_FILENO);
    ::dup2(quiet, STDERR_FILENO);
    ::execlp("mosquitto", "mosquitto", "-c", configuration.c_str(), nullptr);
    ::execl("/usr/sbin/mosquitto", "mosquitto", "-c", configuration.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(quiet);
  const auto give_up = std::chrono::steady_clock::now() + 60s;
  while (std::chrono::steady_clock::now() < give_up) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      return false;
    }
    if (accepts(port_)) return true;
    std::this_thread::sleep_for(5ms);
  }
  end(SIGKILL);
  return false;
}

void Mosquitto::end(int signal) {
  if (pid_ == 0) return;
  ::kill(pid_, signal);
  ::kill(pid_, SIGCONT);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
  pid_ = 0;
}

}  // namespace xalink::test
