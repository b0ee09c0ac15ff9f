#pragma once
// An outbox that spares the card what the gateway confirms within the minute. A commit costs the card some
// twenty kilobytes, whatever is in it; on a working link each would say what the gateway says anyhow.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/outbox/outbox.hpp"

namespace xalink {

/// Measurements (lane 1) can be held: they have their row ids and are read, sent and acknowledged like any
/// other, while they are only in memory. keep() brings them to the disk. A power cut in between takes them:
/// so whoever holds keeps, within the time that a power cut may cost, what is not acknowledged by then. The
/// gateway then has rows that the outbox never had on its disk, and the outbox goes on under a new epoch
/// (Outbox::begin_epoch).
///
/// All else goes to the outbox behind it, and takes held rows along: in the same commit, before the new ones.
class HoldingOutbox final : public Outbox {
 public:
  explicit HoldingOutbox(std::unique_ptr<Outbox> outbox) : inner_(std::move(outbox)) {}

  /// Returns the last row id of each lane. Refused when a record is not a measurement, when too many are
  /// held, and when there is no file to hold them for: append them instead.
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> hold(std::vector<Pending> measurements);
  /// On the disk on return. Refused: they go on being held.
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> keep();

  [[nodiscard]] std::size_t held() const { return held_.size(); }
  /// Of the held rows, those that are not acknowledged.
  [[nodiscard]] std::size_t unacknowledged() const;

  [[nodiscard]] const std::string& epoch() const override { return inner_->epoch(); }
  void when_renewed(std::function<void()> renewed) override { inner_->when_renewed(std::move(renewed)); }
  [[nodiscard]] Result<std::vector<Predecessor>> predecessors() override { return inner_->predecessors(); }
  [[nodiscard]] Result<void> trust_row_ids(const std::string& epoch) override {
    return inner_->trust_row_ids(epoch);
  }
  [[nodiscard]] Result<void> begin_epoch(const std::string& of) override;
  [[nodiscard]] Result<std::uint8_t> next_bdseq() override { return inner_->next_bdseq(); }
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> append(const std::vector<Pending>& records) override;
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> append_held(
      const std::vector<Pending>& records, const HeldSince& since,
      const std::optional<OutboxNote>& note) override {
    return inner_->append_held(records, since, note);
  }
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> append_with_note(const std::vector<Pending>& records,
                                                                       const std::string& key,
                                                                       const std::string& value) override;
  [[nodiscard]] Result<Told> append_news(const std::vector<Telling>& tellings, const std::string& key,
                                         const std::string& value, NoteWhen when,
                                         const std::string& remembered,
                                         const std::vector<Pending>& company) override;
  [[nodiscard]] Result<bool> remembers(const std::string& subject) override {
    return inner_->remembers(subject);
  }
  [[nodiscard]] Result<Batch> read(Lane lane, RowId first, std::size_t max_items) override;
  [[nodiscard]] Result<void> acknowledge(Lane lane, RowId mark) override;
  [[nodiscard]] Result<LaneDepth> depth(Lane lane) override;
  [[nodiscard]] Result<std::vector<Schema>> schemas() override { return inner_->schemas(); }
  [[nodiscard]] Result<std::vector<Pending>> latest() override { return inner_->latest(); }
  [[nodiscard]] Result<std::map<std::string, std::uint64_t>> given_up() override {
    return inner_->given_up();
  }
  [[nodiscard]] Result<OutboxSpace> space() override { return inner_->space(); }
  [[nodiscard]] Result<void> count_dropped(std::uint64_t records) override {
    return inner_->count_dropped(records);
  }
  [[nodiscard]] std::uint64_t bytes_on_disk() const override { return inner_->bytes_on_disk(); }
  [[nodiscard]] Result<std::optional<std::string>> note(const std::string& key) override {
    return inner_->note(key);
  }

 private:
  [[nodiscard]] RowId last() const { return since_.last + held_.size(); }
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> append_with(const std::vector<Pending>& records,
                                                                  const std::optional<OutboxNote>& note);
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> append_behind_held(
      const std::vector<Pending>& records, const std::optional<OutboxNote>& note);
  [[nodiscard]] Result<std::array<RowId, kLaneCount>> with_held(
      Result<std::array<RowId, kLaneCount>> last) const;
  [[nodiscard]] Result<void> follow_renewal();

  std::unique_ptr<Outbox> inner_;
  std::vector<Pending> held_;  ///< rows since_.last + 1, + 2, ...
  HeldSince since_;            ///< means something while rows are held
};

}  // namespace xalink
