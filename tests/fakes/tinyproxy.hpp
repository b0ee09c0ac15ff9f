#pragma once
// A real HTTP proxy of the test's own.

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

#include "sparkplug/http_proxy.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

struct TinyproxyOptions {
  std::string address = "127.0.0.1";        ///< to listen on; with port 0 it has to be this one
  std::uint16_t port = 0;                   ///< 0: a free one
  std::vector<std::uint16_t> tunnels_to{};  ///< ports; empty: any
  std::string username{};                   ///< with password: nobody else gets through
  std::string password{};
};

/// Runs from construction to destruction. Throws std::runtime_error when it does not start.
class Tinyproxy {
 public:
  explicit Tinyproxy(TinyproxyOptions options = {});
  ~Tinyproxy();
  Tinyproxy(const Tinyproxy&) = delete;
  Tinyproxy& operator=(const Tinyproxy&) = delete;

  /// Without exceptions: this machine is reached through it too.
  [[nodiscard]] HttpProxy settings() const;
  [[nodiscard]] std::string log() const;
  void freeze();  ///< SIGSTOP: connections are taken by the kernel, nobody answers
  void thaw();

 private:
  [[nodiscard]] bool launch();
  void end();

  TinyproxyOptions options_;
  ScratchFolder folder_;
  pid_t pid_ = 0;
};

}  // namespace xalink::test
