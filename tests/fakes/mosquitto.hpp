#pragma once
// A real Mosquitto broker of the test's own.

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "sparkplug/session.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

struct MosquittoOptions {
  bool tls = false;  ///< with a certificate of a CA made for this broker
  std::string certificate_names = "IP:127.0.0.1,DNS:localhost";
  bool client_certificate = false;  ///< with tls: refuse clients without one
  std::string username{};           ///< with password: nobody else gets in
  std::string password{};
  std::string access_rules{};  ///< the text of an acl_file; empty: everything is allowed
  std::string more{};          ///< further lines of mosquitto.conf
};

/// Listens on a free port of 127.0.0.1, the same one after every start(). Runs from construction to
/// destruction. Throws std::runtime_error with the broker's log when it does not start.
class Mosquitto {
 public:
  explicit Mosquitto(MosquittoOptions options = {});
  Mosquitto(const Mosquitto&) = delete;
  Mosquitto& operator=(const Mosquitto&) = delete;
  ~Mosquitto();

  [[nodiscard]] std::uint16_t port() const { return port_; }
  /// How to reach it: host, port, and what the options ask for. keep_alive 60 s, connect_timeout 20 s.
  [[nodiscard]] BrokerSettings settings() const;
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_.path(); }
  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] std::string log() const;

  void start();
  void stop();    ///< SIGTERM
  void kill();    ///< SIGKILL
  void freeze();  ///< SIGSTOP: connections stay open, nobody answers
  void thaw();

 private:
  void write_configuration();
  void make_certificates() const;
  [[nodiscard]] bool launch();
  void end(int signal);

  MosquittoOptions options_;
  ScratchFolder folder_;
  std::uint16_t port_ = 0;
  pid_t pid_ = 0;
};

/// A port of 127.0.0.1 that was free a moment ago.
[[nodiscard]] std::uint16_t free_port();

}  // namespace xalink::test
