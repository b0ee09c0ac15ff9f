#pragma once
// The kinds of table that the agent takes in, and what it reads of each: nothing else of a file is ever
// kept (design, section 8). Names as in the national data model where it has them.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "sparkplug/record.hpp"

namespace xalink {

enum class FieldKind : std::uint8_t {
  code,    ///< names the thing; the only one that may be replaced by its keyed hash
  text,    ///< up to 256 bytes
  state,   ///< a national state of dossiers, as number or word
  time,    ///< a point in time, as dossier_time.hpp reads it
  number,  ///< whole, from `least` to `most`
  flag,    ///< 0 or 1, or their words
  /// Whether there is something: a link, names of files, a list. What it says never leaves the file.
  presence,
};

struct TableField {
  std::string_view key;     ///< in the configuration's table of columns
  std::string_view header;  ///< the file's header, or the JSON's key, unless configured otherwise
  std::string_view column;  ///< of the record
  FieldKind kind = FieldKind::text;
  bool mandatory = false;
  bool names_subject = false;  ///< rows that agree in these fields are about the same thing
  std::uint64_t least = 0;
  std::uint64_t most = 0;
};

/// Two fields of which the first is never greater; where both are there.
struct FieldOrder {
  std::string_view lesser;
  std::string_view greater;
};

struct TableKind {
  std::string_view name;      ///< in logs and status
  std::string_view settings;  ///< its table in the configuration
  std::string_view note_key;  ///< of its progress in the outbox
  Schema (*schema)() = nullptr;
  std::span<const TableField> fields;
  /// The field that says since when the row is true. A row with it is an event of its own: when it comes
  /// again, it is the same. Empty: rows have no such time.
  std::string_view time_key;
  std::span<const FieldOrder> orders;
};

/// Administrative dossiers: one row is one state of one dossier.
[[nodiscard]] const TableKind& dossier_table();

/// Indicators that are counted elsewhere and come in as small tables, one row for each place and period.
/// Answers to questions of satisfaction: how many, and how many satisfied.
[[nodiscard]] const TableKind& satisfaction_table();
/// The register of tasks (administrative reform, Project 06, digital transformation): how many, done, late.
[[nodiscard]] const TableKind& task_table();
/// Villages as surveyed or declared: without signal, with gaps, without grid power.
[[nodiscard]] const TableKind& village_table();

/// The national states 1 to 10 in words, in the order of their numbers.
inline constexpr std::array<std::string_view, 10> kNationalStates = {
    "Mới đăng ký",
    "Được tiếp nhận",
    "Không được tiếp nhận",
    "Đang xử lý",
    "Yêu cầu bổ sung giấy tờ",
    "Yêu cầu thực hiện nghĩa vụ tài chính",
    "Công dân yêu cầu rút hồ sơ",
    "Dừng xử lý",
    "Đã xử lý xong",
    "Đã trả kết quả",
};

}  // namespace xalink
