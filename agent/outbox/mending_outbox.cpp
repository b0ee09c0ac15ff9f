// The outbox as the agent has it: on a file that is sound, that has just been mended, or that is waited for.

#include <spdlog/spdlog.h>

#include <algorithm>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <optional>
#include <random>
#include <utility>

#include "agent/outbox/file_lock.hpp"
#include "agent/outbox/outbox.hpp"
#include "agent/outbox/salvage.hpp"
#include "agent/outbox/set_aside.hpp"
#include "agent/outbox/sound_outbox.hpp"

namespace xalink {
namespace {

using LaneRows = std::array<RowId, kLaneCount>;

class MendingOutbox final : public Outbox {
 public:
  MendingOutbox(std::filesystem::path file, OutboxOptions options)
      : file_(std::move(file)),
        options_(options),
        epoch_(boost::uuids::to_string(boost::uuids::random_generator_pure()())) {}

  /// Nothing when the outbox is open.
  [[nodiscard]] std::optional<OpenRefusal> open() {
    if (inner_) return std::nullopt;
    if (!lock_) {
      FileLock::Refusal why{};
      auto lock = FileLock::take(file_, why);
      if (!lock) {
        const bool disk = why == FileLock::Refusal::disk;
        return refuse({disk ? OpenRefusal::Kind::disk : OpenRefusal::Kind::not_ours, lock.error()});
      }
      lock_ = std::move(*lock);
    }
    if (auto finished = finish_replacement(file_); !finished) {
      return refuse({OpenRefusal::Kind::disk, finished.error()});
    }
    auto refusal = open_file();
    if (refusal && refusal->kind == OpenRefusal::Kind::damaged) refusal = mend(refusal->error);
    if (refusal) return refuse(std::move(*refusal));
    lock_->note_outbox();
    set_aside_bytes_ = prune_damaged(file_, room_beside());
    follow_epoch();
    return std::nullopt;
  }

  [[nodiscard]] const std::string& epoch() const override { return epoch_; }
  void when_renewed(std::function<void()> renewed) override { renewed_ = std::move(renewed); }

  /// A disk that takes nothing does not keep the board from being seen: then the number is one by chance
  /// that neither the last session had nor the next stored one will have.
  [[nodiscard]] Result<std::uint8_t> next_bdseq() override {
    if (const auto refusal = open()) return unstored_bdseq({});
    const auto stored = inner_->last_bdseq();
    auto bdseq = attempt([](Outbox& outbox) { return outbox.next_bdseq(); });
    if (bdseq && bdseq_ == *bdseq) bdseq = attempt([](Outbox& outbox) { return outbox.next_bdseq(); });
    if (!bdseq) return unstored_bdseq(stored);
    bdseq_ = *bdseq;
    return bdseq;
  }

  [[nodiscard]] Result<LaneRows> append(const std::vector<Pending>& records) override {
    make_room_beside();
    return with_file([&](Outbox& outbox) { return outbox.append(records); });
  }
  [[nodiscard]] Result<LaneRows> append_held(const std::vector<Pending>& records, const HeldSince& since,
                                             const std::optional<OutboxNote>& note) override {
    make_room_beside();
    return with_file([&](Outbox& outbox) { return outbox.append_held(records, since, note); });
  }
  [[nodiscard]] Result<LaneRows> append_with_note(const std::vector<Pending>& records, const std::string& key,
                                                  const std::string& value) override {
    make_room_beside();
    return with_file([&](Outbox& outbox) { return outbox.append_with_note(records, key, value); });
  }
  [[nodiscard]] Result<Told> append_news(const std::vector<Telling>& tellings, const std::string& key,
                                         const std::string& value, NoteWhen when,
                                         const std::string& remembered,
                                         const std::vector<Pending>& company) override {
    make_room_beside();
    return with_file(
        [&](Outbox& outbox) { return outbox.append_news(tellings, key, value, when, remembered, company); });
  }
  [[nodiscard]] Result<bool> remembers(const std::string& subject) override {
    return with_file([&](Outbox& outbox) { return outbox.remembers(subject); });
  }
  [[nodiscard]] Result<std::optional<std::string>> note(const std::string& key) override {
    return with_file([&](Outbox& outbox) { return outbox.note(key); });
  }
  [[nodiscard]] Result<Batch> read(Lane lane, RowId first, std::size_t max_items) override {
    return with_file([&](Outbox& outbox) { return outbox.read(lane, first, max_items); });
  }
  [[nodiscard]] Result<void> count_dropped(std::uint64_t records) override {
    return with_file([&](Outbox& outbox) { return outbox.count_dropped(records); });
  }
  [[nodiscard]] Result<void> acknowledge(Lane lane, RowId mark) override {
    if (!inner_) return Unexpected(why_);
    const auto epoch = epoch_;
    auto result = attempt([&](Outbox& outbox) -> Result<void> {
      // A mark of the outbox that has just been replaced is not one of its successor's.
      if (outbox.epoch() != epoch) return {};
      return outbox.acknowledge(lane, mark);
    });
    return result;
  }

  [[nodiscard]] Result<LaneDepth> depth(Lane lane) override {
    if (!inner_) return LaneDepth{};
    return attempt([&](Outbox& outbox) { return outbox.depth(lane); });
  }
  [[nodiscard]] Result<std::vector<Schema>> schemas() override {
    if (!inner_) return std::vector<Schema>{};
    return attempt([](Outbox& outbox) { return outbox.schemas(); });
  }
  [[nodiscard]] Result<std::vector<Pending>> latest() override {
    if (!inner_) return std::vector<Pending>{};
    return attempt([](Outbox& outbox) { return outbox.latest(); });
  }
  [[nodiscard]] Result<std::map<std::string, std::uint64_t>> given_up() override {
    if (!inner_) return std::map<std::string, std::uint64_t>{};
    return attempt([](Outbox& outbox) { return outbox.given_up(); });
  }
  [[nodiscard]] Result<OutboxSpace> space() override {
    if (!inner_) return OutboxSpace{};
    return attempt([](Outbox& outbox) { return outbox.space(); });
  }
  [[nodiscard]] Result<std::vector<Predecessor>> predecessors() override {
    if (!inner_) return std::vector<Predecessor>{};
    return attempt([](Outbox& outbox) { return outbox.predecessors(); });
  }

  [[nodiscard]] Result<void> trust_row_ids(const std::string& epoch) override {
    return with_file([&](Outbox& outbox) { return outbox.trust_row_ids(epoch); });
  }
  [[nodiscard]] Result<void> begin_epoch(const std::string& of) override {
    auto begun = with_file([&](Outbox& outbox) { return outbox.begin_epoch(of); });
    if (inner_) follow_epoch();
    return begun;
  }

  [[nodiscard]] std::uint64_t bytes_on_disk() const override {
    std::uint64_t bytes = 0;
    for (const char* part : {"", "-wal", "-shm"}) {
      auto path = file_;
      path += part;
      std::error_code absent;
      const auto size = std::filesystem::file_size(path, absent);
      if (!absent) bytes += size;
    }
    return bytes;
  }

 private:
  void follow_epoch() {
    if (std::exchange(epoch_, inner_->epoch()) != inner_->epoch() && renewed_) renewed_();
  }

  std::optional<OpenRefusal> refuse(OpenRefusal refusal) {
    why_ = refusal.error;
    return refusal;
  }

  [[nodiscard]] std::uint8_t unstored_bdseq(std::optional<std::uint8_t> stored) {
    const auto next_stored = stored ? static_cast<std::uint8_t>(*stored + 1) : std::uint8_t{0};
    std::random_device dice;
    std::uint8_t bdseq = 0;
    do {
      bdseq = static_cast<std::uint8_t>(dice() % 256);
    } while (bdseq == next_stored || bdseq == stored || bdseq == bdseq_);
    bdseq_ = bdseq;
    return bdseq;
  }

  [[nodiscard]] std::optional<OpenRefusal> open_file() {
    auto opened = open_sound_outbox(file_, lock_->knows_outbox(), options_);
    if (auto* refusal = std::get_if<OpenRefusal>(&opened)) return std::move(*refusal);
    inner_ = std::get<std::unique_ptr<SoundOutbox>>(std::move(opened));
    return std::nullopt;
  }

  /// The file is closed. Afterwards it is open, or why it is not.
  [[nodiscard]] std::optional<OpenRefusal> mend(const Error& damage) {
    const auto kept = next_damaged_name(file_);
    auto salvage = salvage_outbox(file_, fresh_name(file_), damage.what, kept.filename().string());
    if (!salvage) return OpenRefusal{OpenRefusal::Kind::disk, salvage.error()};
    if (auto replaced = replace_damaged(file_, kept); !replaced) {
      return OpenRefusal{OpenRefusal::Kind::disk, replaced.error()};
    }
    spdlog::error("{}: {}", file_.string(), to_string(*salvage));
    auto refusal = open_file();
    set_aside_bytes_ = prune_damaged(file_, room_beside());
    // Damaged again at once: it would go round for ever.
    if (refusal && refusal->kind == OpenRefusal::Kind::damaged) refusal->kind = OpenRefusal::Kind::disk;
    return refusal;
  }

  /// What the bound leaves to damaged outboxes, the next append taken off: it may write a twentieth.
  [[nodiscard]] std::uint64_t room_beside() const {
    const auto taken = bytes_on_disk() + options_.max_bytes / 10;
    return options_.max_bytes - std::min(options_.max_bytes, taken);
  }
  /// As the outbox grows, damaged ones that were set aside make place.
  void make_room_beside() {
    if (set_aside_bytes_ == 0) return;
    const auto room = room_beside();
    if (set_aside_bytes_ > room) set_aside_bytes_ = prune_damaged(file_, room);
  }

  template <class Call>
  auto with_file(Call call) -> std::invoke_result_t<Call&, Outbox&> {
    if (auto refusal = open()) return Unexpected(refusal->error);
    return attempt(std::move(call));
  }

  /// The outbox is open. A call that meets damage is made once more, on the mended outbox.
  template <class Call>
  auto attempt(Call call) -> std::invoke_result_t<Call&, Outbox&> {
    auto result = call(*inner_);
    if (result) return result;
    const auto refusal = inner_->take_refusal();
    if (!refusal) return result;
    // A disk that refuses is asked again by the next call, on the same connection: opened anew, the WAL may
    // bring back a commit that was refused.
    if (refusal->kind != OpenRefusal::Kind::damaged) return result;
    inner_.reset();
    if (auto refused = mend(refusal->error)) {
      why_ = refused->error;
      return Unexpected(why_);
    }
    follow_epoch();
    return call(*inner_);
  }

  std::filesystem::path file_;
  OutboxOptions options_;
  std::unique_ptr<FileLock> lock_;
  std::unique_ptr<SoundOutbox> inner_;  ///< null: waited for
  std::string epoch_;
  std::uint64_t set_aside_bytes_ = 0;  ///< of damaged outboxes beside it
  std::optional<std::uint8_t> bdseq_;  ///< of the last session of this process
  Error why_;                          ///< there is no outbox
  std::function<void()> renewed_;
};

}  // namespace

Result<std::unique_ptr<Outbox>> Outbox::open(const std::filesystem::path& file, OutboxOptions options) {
  auto outbox = std::make_unique<MendingOutbox>(file, options);
  if (auto refusal = outbox->open()) return Unexpected(refusal->error);
  return outbox;
}

Result<std::unique_ptr<Outbox>> Outbox::open_or_wait(const std::filesystem::path& file,
                                                     OutboxOptions options) {
  auto outbox = std::make_unique<MendingOutbox>(file, options);
  auto refusal = outbox->open();
  if (refusal && refusal->kind != OpenRefusal::Kind::disk) return Unexpected(refusal->error);
  if (refusal) {
    spdlog::error("there is no outbox yet: {}. Measuring goes on; events are left with their sources",
                  refusal->error.to_string());
  }
  return outbox;
}

}  // namespace xalink
