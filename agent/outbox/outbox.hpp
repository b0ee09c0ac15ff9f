#pragma once
// The durable buffer of the board: a SQLite file that numbers records by lane and keeps them until the
// gateway has committed them (design, sections 4, 5 and 7).

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "agent/outbox/outbox_options.hpp"
#include "sparkplug/delivery.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/predecessor.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// A record that waits for its row id.
struct Pending {
  Schema schema;
  Record record;
};

/// An event of a source that tells the same thing again and again (a nightly export of all dossiers).
struct Telling {
  static constexpr std::size_t kSubjectBytes = 16;
  enum class Repeats : std::uint8_t {
    are_old,  ///< what was once said of the subject is no news when it comes again: it carries its own time
    may_be_new,  ///< only what was said last is no news: it may have gone there and come back
  };
  Pending pending;
  std::string subject;        ///< digest of what it is about, kSubjectBytes
  std::uint64_t content = 0;  ///< digest of what it says
  Repeats repeats = Repeats::are_old;
};

struct Told {
  std::array<RowId, kLaneCount> last{};
  std::vector<bool> news;       ///< for each telling: whether it was appended
  bool noted = false;           ///< whether the note was written
  std::uint64_t displaced = 0;  ///< subjects forgotten for want of place since the start
};

/// How the outbox stands against its bound.
struct OutboxSpace {
  enum class Pressure : std::uint8_t {
    none,
    spares_go,       ///< acknowledged rows make place for new ones, as they should
    thinning,        ///< the oldest measurements become hourly summaries
    dropping,        ///< the oldest measurements and summaries go
    events_refused,  ///< it is full of events that are not acknowledged; sources keep theirs
  };
  std::uint64_t bytes = 0;
  std::uint64_t max_bytes = 0;
  Pressure pressure = Pressure::none;
  std::array<std::uint64_t, kLaneCount> spares{};  ///< acknowledged rows that are still held
  std::map<std::string, std::uint64_t> given_up;   ///< by reason (sparkplug/given_up.hpp)
};

/// Small durable memory (Outbox::note), as it is written together with records.
struct OutboxNote {
  std::string key;
  std::string value;
};

/// Of measurements that had their row ids before they came to the disk (HoldingOutbox).
struct HeldSince {
  std::string epoch;
  RowId last = 0;          ///< of the rows on the disk when the first of them was held
  RowId sent = 0;          ///< rows up to here may have left the board
  RowId acknowledged = 0;  ///< rows up to here are at the gateway
};

/// Thread-safety: all calls on one thread, the store thread; an fsync on a card takes up to seconds.
/// Errors: anything the disk refuses comes back as Error and leaves the outbox as it was before the call.
class Outbox {
 public:
  /// Opens or creates. A new file gets a new epoch (a random UUID). Refuses a file that is not an outbox
  /// or comes from a newer program version. One that is larger than the options allow is made to fit.
  ///
  /// A damaged outbox, then or in any call, is set aside beside the file ("<file>.damaged-1") and what can
  /// be read of it salvaged into a new one with a new epoch, which counts on where the old one stopped;
  /// note(kSalvageNote) tells of it. The call goes on with the new one.
  [[nodiscard]] static Result<std::unique_ptr<Outbox>> open(const std::filesystem::path& file,
                                                            OutboxOptions options = {});
  /// As open(), but a disk that is full, read-only or broken is waited for: until it is well there is no
  /// outbox (calls that need one fail and try again to open it; it has no rows, an epoch of no file and a
  /// bdSeq out of memory).
  [[nodiscard]] static Result<std::unique_ptr<Outbox>> open_or_wait(const std::filesystem::path& file,
                                                                    OutboxOptions options = {});

  virtual ~Outbox() = default;
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  /// Changes when a damaged outbox was replaced, one that was waited for is there, or begin_epoch() says so.
  [[nodiscard]] virtual const std::string& epoch() const = 0;
  /// Called after the epoch changed, within the call that found out (on the store thread).
  virtual void when_renewed(std::function<void()> renewed) { (void)renewed; }
  /// Outboxes and epochs that this one goes on from, the newest first.
  [[nodiscard]] virtual Result<std::vector<Predecessor>> predecessors() = 0;

  /// An outbox that is found on the disk may have lost its last commits without a trace; then it gives out
  /// row ids a second time. Until one of the two is called depth() says which rows are sure, and remembers it
  /// over restarts as soon as rows are added. On the disk on return. Both do nothing under another epoch.
  ///
  /// The gateway has none but sure rows: all row ids were given out once.
  [[nodiscard]] virtual Result<void> trust_row_ids(const std::string& epoch) = 0;
  /// The gateway has others, or cannot be asked before rows leave the board: the same rows under a new epoch,
  /// which continues epoch `of` up to the rows that are sure.
  [[nodiscard]] virtual Result<void> begin_epoch(const std::string& of) = 0;

  /// The bdSeq for the next CONNECT: 0 for the first ever, then +1, 255 → 0. On the disk on return.
  [[nodiscard]] virtual Result<std::uint8_t> next_bdseq() = 0;

  /// Appends in order, all or nothing, in one transaction that is on the disk on return
  /// (synchronous=FULL). Each record goes to its schema's lane. Returns the last row id of each lane.
  /// Makes room first where there is none (design, section 7). Events for which none can be made are
  /// refused; measurements then get their row ids and become a gap at once. One append may write a
  /// twentieth of the bound or so: some hundred rows always fit.
  [[nodiscard]] virtual Result<std::array<RowId, kLaneCount>> append(const std::vector<Pending>& records) = 0;

  /// As append(), of measurements that are known by their row ids already, with others behind them and at
  /// times a note. Refused, with nothing done, when they would get other ids: under another epoch, or behind
  /// other rows.
  [[nodiscard]] virtual Result<std::array<RowId, kLaneCount>> append_held(
      const std::vector<Pending>& records, const HeldSince& since, const std::optional<OutboxNote>& note) = 0;

  /// Up to `max_items` records from row `first`, contiguous. Spares too. Rows below the oldest held row
  /// come as one leading gap item (reason "forgotten"). Rows that were read count as sent: they are not
  /// thinned any more, since they may be at the gateway.
  [[nodiscard]] virtual Result<Batch> read(Lane lane, RowId first, std::size_t max_items) = 0;

  /// Raises the mark; never lowers it. Not synced: a lost acknowledgement only costs a repetition.
  [[nodiscard]] virtual Result<void> acknowledge(Lane lane, RowId mark) = 0;

  [[nodiscard]] virtual Result<LaneDepth> depth(Lane lane) = 0;
  [[nodiscard]] virtual Result<std::vector<Schema>> schemas() = 0;
  /// The newest record of each schema, for births after a restart.
  [[nodiscard]] virtual Result<std::vector<Pending>> latest() = 0;
  /// Records given up so far, by reason.
  [[nodiscard]] virtual Result<std::map<std::string, std::uint64_t>> given_up() = 0;
  [[nodiscard]] virtual Result<OutboxSpace> space() = 0;
  /// Counts measurements that never reached the disk under the reason "memory". On the disk on return.
  [[nodiscard]] virtual Result<void> count_dropped(std::uint64_t records) = 0;
  /// Bytes of the database, its WAL and its shared memory. On any thread.
  [[nodiscard]] virtual std::uint64_t bytes_on_disk() const = 0;

  /// Small durable memory of lane-0 sources (e.g. which dossier files were taken in), written in the
  /// same transaction as the records it belongs to when passed to append.
  [[nodiscard]] virtual Result<std::optional<std::string>> note(const std::string& key) = 0;
  [[nodiscard]] virtual Result<std::array<RowId, kLaneCount>> append_with_note(
      const std::vector<Pending>& records, const std::string& key, const std::string& value) = 0;

  enum class NoteWhen : std::uint8_t { always, with_news };
  /// As append_with_note, of those tellings that are news; what was said is remembered in the same
  /// transaction. With NoteWhen::with_news nothing at all is written when nothing is news.
  /// `remembered` (at times empty) is remembered as a subject of its own, whose content is 0.
  /// `company`: measurements that go along when the note is written (Told::noted).
  [[nodiscard]] virtual Result<Told> append_news(const std::vector<Telling>& tellings, const std::string& key,
                                                 const std::string& value, NoteWhen when,
                                                 const std::string& remembered,
                                                 const std::vector<Pending>& company) = 0;
  [[nodiscard]] Result<Told> append_news(const std::vector<Telling>& tellings, const std::string& key,
                                         const std::string& value, NoteWhen when,
                                         const std::string& remembered) {
    return append_news(tellings, key, value, when, remembered, {});
  }
  /// Whether anything was said of the subject and is still remembered.
  [[nodiscard]] virtual Result<bool> remembers(const std::string& subject) = 0;

 protected:
  Outbox() = default;
};

}  // namespace xalink
