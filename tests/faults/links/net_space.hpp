#pragma once
// A network namespace of a test's own, gone with the process that made it, however that ends.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace xalink::test {

/// A namespace without a name: it lives as long as this object and whoever runs in it, so that a test that
/// crashes leaves nothing behind. Throws std::runtime_error when the kernel does not allow it.
///
/// Thread-safety: none; inside() works on a thread of its own, which is what the kernel puts into it.
class NetSpace {
 public:
  /// Empty but for the loopback interface, which is up.
  NetSpace();
  ~NetSpace();
  NetSpace(const NetSpace&) = delete;
  NetSpace& operator=(const NetSpace&) = delete;

  /// Puts the calling thread, and all processes and threads that it makes, into a new namespace. Without
  /// root it takes a user namespace as well, which only a process with one thread may do. Call it before
  /// making others.
  static void move_here();

  /// Runs `what` in the namespace; lets its exceptions through.
  void inside(const std::function<void()>& what) const;
  /// A command that runs the given one in the namespace.
  [[nodiscard]] std::vector<std::string> command(std::vector<std::string> words) const;
  /// Where `ip link set ... netns` finds it.
  [[nodiscard]] std::string path() const;

 private:
  int file_ = -1;
};

/// Runs a program found in Debian's usual places to its end, in the calling thread's namespace. Throws
/// std::runtime_error with what it said when it fails.
void must_run(const std::vector<std::string>& words);
/// Words of one command line, split at spaces.
void must_run(const std::string& line);

/// Writes a setting below /proc/sys of the calling thread's namespace.
void set_kernel(const std::string& key, const std::string& value);

/// What an interface of the calling thread's namespace has counted.
struct WireBytes {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};
[[nodiscard]] WireBytes wire_bytes(const std::string& interface);

}  // namespace xalink::test
