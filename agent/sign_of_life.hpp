#pragma once
// The newest moment at which the board is known to have run, kept on the disk: what a power cut is timed by.

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// What comes to the disk with rows tells that the board was alive when the newest of them was taken. Every
/// kFlushesWithoutSign flush intervals after that a sign of its own is written; so a power cut is dated to
/// that time or better.
inline constexpr int kFlushesWithoutSign = 5;
/// Under this key of the outbox's notes, where the file of signs (below) cannot be written, and by older
/// programs.
inline constexpr std::string_view kSignOfLifeNote = "board/alive";

[[nodiscard]] std::string sign_of_life(const Stamp& stamp);
/// Nothing when it is none.
[[nodiscard]] std::optional<Stamp> read_sign_of_life(std::string_view text);

/// Two places of a block each that are overwritten in turn, each with a number and a checksum. A sign costs
/// the card one block and what the file system notes of the file's time; a commit of the outbox, which lists
/// its pages and moves them later, costs it half as much again. Whatever a power cut leaves of a block that
/// is being written, the other one holds the sign before it. Nothing else depends on the file: it may be
/// deleted, damaged or of another boot.
///
/// Thread-safety: one thread at a time; an fsync on a card takes up to seconds. Nothing stays open, so that a
/// file that is moved away, or a disk that comes back, is found again by the next sign.
class SignOfLifeFile {
 public:
  explicit SignOfLifeFile(std::filesystem::path file) : file_(std::move(file)) {}
  /// Of the outbox at this path: beside it.
  [[nodiscard]] static SignOfLifeFile beside(std::filesystem::path outbox);

  /// The newest sign that is whole; nothing where there is none, or the file cannot be read.
  [[nodiscard]] std::optional<Stamp> read() const;
  /// On the disk on return. Refused by a disk that is full (only when the file is made), read-only or broken.
  [[nodiscard]] Result<void> write(const Stamp& stamp) const;

 private:
  std::filesystem::path file_;
};

}  // namespace xalink
