#pragma once
// The durable buffer of the board: a SQLite file that numbers records by lane and keeps them until the
// gateway has committed them (design, sections 4, 5 and 7).

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/outbox_options.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A record that waits for its row id.
struct Pending {
  Schema schema;
  Record record;
};

/// Thread-safety: all calls on one thread, the store thread; an fsync on a card takes up to seconds.
/// Errors: anything the disk refuses comes back as Error and leaves the outbox as it was before the call.
class Outbox {
 public:
  /// Opens or creates. A new file gets a new epoch (a random UUID). Refuses a file that is not an outbox
  /// or comes from a newer program version. One that is larger than the options allow is made to fit.
  [[nodiscard]] static Result<std::unique_ptr<Outbox>> open(const std::filesystem::path& file,
                                                            OutboxOptions options = {});

  virtual ~Outbox() = default;
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  [[nodiscard]] virtual const std::string& epoch() const = 0;

  /// The bdSeq for the next CONNECT: 0 for the first ever, then +1, 255 → 0. On the disk on return.
  [[nodiscard]] virtual Result<std::uint8_t> next_bdseq() = 0;

  /// Appends in order, all or nothing, in one transaction that is on the disk on return
  /// (synchronous=FULL). Each record goes to its schema's lane. Returns the last row id of each lane.
  [[nodiscard]] virtual Result<std::array<RowId, kLaneCount>> append(const std::vector<Pending>& records) = 0;

  /// Up to `max_items` records from row `first`, contiguous. Spares too. Rows below the oldest held row
  /// come as one leading gap item (reason "forgotten").
  [[nodiscard]] virtual Result<Batch> read(Lane lane, RowId first, std::size_t max_items) = 0;

  /// Raises the mark; never lowers it. Not synced: a lost acknowledgement only costs a repetition.
  [[nodiscard]] virtual Result<void> acknowledge(Lane lane, RowId mark) = 0;

  [[nodiscard]] virtual Result<LaneDepth> depth(Lane lane) = 0;
  [[nodiscard]] virtual Result<std::vector<Schema>> schemas() = 0;
  /// The newest record of each schema, for births after a restart.
  [[nodiscard]] virtual Result<std::vector<Pending>> latest() = 0;
  /// Records given up so far, by reason.
  [[nodiscard]] virtual Result<std::map<std::string, std::uint64_t>> given_up() = 0;
  /// Counts measurements that never reached the disk under the reason "memory". On the disk on return.
  [[nodiscard]] virtual Result<void> count_dropped(std::uint64_t records) = 0;
  /// Bytes of the database, its WAL and its shared memory. On any thread.
  [[nodiscard]] virtual std::uint64_t bytes_on_disk() const = 0;

  /// Small durable memory of lane-0 sources (e.g. which dossier files were taken in), written in the
  /// same transaction as the records it belongs to when passed to append.
  [[nodiscard]] virtual Result<std::optional<std::string>> note(const std::string& key) = 0;
  [[nodiscard]] virtual Result<std::array<RowId, kLaneCount>> append_with_note(
      const std::vector<Pending>& records, const std::string& key, const std::string& value) = 0;

 protected:
  Outbox() = default;
};

}  // namespace xalink
