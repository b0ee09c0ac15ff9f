#include "tests/faults/links/net_space.hpp"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/integration/programs.hpp"

namespace xalink::test {
namespace {

constexpr const char* kOwnNamespace = "/proc/thread-self/ns/net";

[[noreturn]] void refuse(const std::string& what) {
  throw std::runtime_error(what + ": " + std::strerror(errno) +
                           ". Next: run this test as root, or where user namespaces are allowed");
}

void write_line(const std::string& file, const std::string& text) {
  std::ofstream out(file);
  out << text;
  out.close();
  if (!out) throw std::runtime_error("cannot write \"" + text + "\" to " + file);
}

void become_root_of_a_user_namespace() {
  const auto user = std::to_string(::geteuid());
  const auto group = std::to_string(::getegid());
  if (::unshare(CLONE_NEWUSER) != 0) refuse("no user namespace");
  write_line("/proc/self/setgroups", "deny");
  write_line("/proc/self/uid_map", "0 " + user + " 1");
  write_line("/proc/self/gid_map", "0 " + group + " 1");
}

// What was thrown on a thread is thrown again here.
void on_a_thread(const std::function<void()>& what) {
  std::exception_ptr thrown;
  std::thread([&] {
    try {
      what();
    } catch (...) {
      thrown = std::current_exception();
    }
  }).join();
  if (thrown) std::rethrow_exception(thrown);
}

}  // namespace

NetSpace::NetSpace() {
  on_a_thread([this] {
    if (::unshare(CLONE_NEWNET) != 0) refuse("no network namespace");
    file_ = ::open(kOwnNamespace, O_RDONLY | O_CLOEXEC);
    must_run("ip link set lo up");
  });
}

NetSpace::~NetSpace() {
  ::close(file_);
}

void NetSpace::move_here() {
  if (::geteuid() != 0) become_root_of_a_user_namespace();
  if (::unshare(CLONE_NEWNET) != 0) refuse("no network namespace");
  must_run("ip link set lo up");
}

void NetSpace::inside(const std::function<void()>& what) const {
  on_a_thread([&] {
    if (::setns(file_, CLONE_NEWNET) != 0) refuse("cannot enter a network namespace");
    what();
  });
}

std::vector<std::string> NetSpace::command(std::vector<std::string> words) const {
  std::vector<std::string> all = {"/usr/bin/nsenter", "--net=" + path(), "--"};
  for (auto& word : words) all.push_back(std::move(word));
  return all;
}

std::string NetSpace::path() const {
  return "/proc/" + std::to_string(::getpid()) + "/fd/" + std::to_string(file_);
}

void must_run(const std::vector<std::string>& words) {
  std::vector<std::string> all = {"/usr/bin/env", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"};
  std::string line;
  for (const auto& word : words) {
    all.push_back(word);
    line += word + " ";
  }
  const auto outcome = call(all);
  if (outcome.code == 0) return;
  throw std::runtime_error(line + "failed: " + outcome.out + outcome.err);
}

void must_run(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  must_run(words);
}

void set_kernel(const std::string& key, const std::string& value) {
  write_line("/proc/sys/" + key, value);
}

WireBytes wire_bytes(const std::string& interface) {
  std::ifstream in("/proc/thread-self/net/dev");
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    const auto name = line.find_first_not_of(' ');
    if (colon == std::string::npos || line.substr(name, colon - name) != interface) continue;
    std::istringstream numbers(line.substr(colon + 1));
    std::uint64_t skipped = 0;
    WireBytes bytes;
    numbers >> bytes.received;
    for (int i = 0; i < 7; ++i) numbers >> skipped;
    numbers >> bytes.sent;
    return bytes;
  }
  throw std::runtime_error("there is no interface " + interface);
}

}  // namespace xalink::test
