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

  /// Notes that there is a store under this name.
  void note_store();
  /// Whether that was noted, by this gateway or an earlier one.
  [[nodiscard]] bool knows_store() const { return knows_store_; }

  StoreLock(StoreLock&& other) noexcept;
  StoreLock& operator=(StoreLock&&) = delete;
  StoreLock(const StoreLock&) = delete;
  StoreLock& operator=(const StoreLock&) = delete;
  ~StoreLock();

 private:
  StoreLock(int file, bool knows_store) : file_(file), knows_store_(knows_store) {}
  void write_note() const;

  int file_ = -1;
  bool knows_store_ = false;
};

enum class StoreInUse { yes, no, unknown };
/// Whether a gateway holds the store now; asks without taking. `unknown`: not allowed to look.
[[nodiscard]] StoreInUse is_in_use(const std::filesystem::path& store);

}  // namespace xalink::store
