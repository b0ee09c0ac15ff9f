#pragma once
// One gateway at a time owns a store: the marks it keeps in memory would be wrong with a second writer.

#include <filesystem>

#include "sparkplug/result.hpp"

namespace xalink::store {

/// A lock on "<store>.lock" beside the store, held for life and let go by the kernel when its owner dies.
class StoreLock {
 public:
  /// Fails when another gateway holds it, and names that one's process id.
  [[nodiscard]] static Result<StoreLock> take(const std::filesystem::path& store);

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

 private:
  explicit StoreLock(int file) : file_(file) {}
  int file_ = -1;
};

enum class StoreInUse { yes, no, unknown };
/// Whether a gateway holds the store now; asks without taking. `unknown`: not allowed to look.
[[nodiscard]] StoreInUse is_in_use(const std::filesystem::path& store);

}  // namespace xalink::store
