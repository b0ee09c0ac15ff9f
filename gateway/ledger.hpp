#pragma once
// The gateway's point of truth: facts in, one transaction, marks out. A record enters the store exactly
// once; an acknowledgement may leave only after the commit that this file makes (design, section 5).

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "sparkplug/host_application.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Why a store was not opened.
enum class StoreTrouble : std::uint8_t {
  passing,  ///< the disk, rights, another gateway: may be well at the next start
  damaged,  ///< its content, which stays so until a person has put a backup in its place
};

/// Thread-safety: all calls on one thread, the store thread.
class Ledger {
 public:
  /// Opens or creates the SQLite store (WAL, synchronous=FULL). Refuses one that is damaged, and one that
  /// was here and is empty or gone: it is left as it is, and nothing begins anew in its place unasked.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& file);
  /// The same; `trouble` tells more of a failure.
  [[nodiscard]] static Result<std::unique_ptr<Ledger>> open(const std::filesystem::path& file,
                                                            StoreTrouble& trouble);

  virtual ~Ledger() = default;
  Ledger(const Ledger&) = delete;
  Ledger& operator=(const Ledger&) = delete;

  /// Commits all facts in order in one transaction; on the disk on return. For each NodeBorn with an
  /// epoch and each Arrived, the marks of its lanes as they are after this commit (the last word for
  /// each node, epoch and lane; `hole` if any of its batches began above mark + 1).
  /// Rows already held are skipped, rows above a hole are not kept.
  /// On error nothing is kept and the call may be repeated.
  [[nodiscard]] virtual Result<std::vector<LaneMark>> commit(const std::vector<Fact>& facts) = 0;

  /// Sessions open in the store when the gateway starts were cut off: close them with `reason`.
  [[nodiscard]] virtual Result<void> close_open_sessions(WallTime at, const std::string& reason) = 0;

 protected:
  Ledger() = default;
};

}  // namespace xalink
