#pragma once
// Programs whose system calls on a folder's files can be made to fail while they run.

#include <filesystem>

namespace xalink::test {

/// Programs started from here on, until it ends, can be refused what they ask of files below `folder`.
class RefusingCalls {
 public:
  /// `switch_file` is not below `folder`.
  RefusingCalls(const std::filesystem::path& folder, std::filesystem::path switch_file);
  RefusingCalls(const RefusingCalls&) = delete;
  RefusingCalls& operator=(const RefusingCalls&) = delete;
  ~RefusingCalls();

  /// EIO: whatever is asked; EROFS: what writes.
  void refuse(int error) const;
  void heal() const;

 private:
  std::filesystem::path switch_file_;
};

}  // namespace xalink::test
