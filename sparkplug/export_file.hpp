#pragma once
// What a board cannot send is carried: a file of all records that wait, signed by the board
// (design, section 5, "By hand"). Frames (sparkplug/signed_file.hpp), each a Sparkplug payload whose metrics
// have names and types:
//
//   'H' header  who, which epoch, when, the public key and the certificate, the rows of each lane
//   'P' part    rows of one lane as the backlog device sends them, `Delivery/Lane N` included; in row order
//               within their lane
//   'F' footer  what was written in all
//
// Parts are made and read by the codec of the broker's way, so that a record that is carried is the same as
// one that is sent.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/delivery.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/predecessor.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/signed_file.hpp"
#include "sparkplug/signing_key.hpp"

namespace xalink {

/// Rows first..last of a lane; none when last < first. Row ids count from 1.
struct RowRange {
  RowId first = 1;
  RowId last = 0;
  [[nodiscard]] std::uint64_t rows() const { return last < first ? 0 : last - first + 1; }
  friend bool operator==(const RowRange&, const RowRange&) = default;
};

struct ExportHeader {
  NodeId node;
  std::string epoch;
  WallTime created{};
  ClockQuality quality = ClockQuality::unset;  ///< of `created`, by the board's clock
  std::array<RowRange, kLaneCount> lanes;
  std::vector<Predecessor> continues;  ///< outboxes whose rows are also this one's, the newest first
  std::string public_key;              ///< DER; whose signature the file ends with
  std::string certificate;             ///< PEM of that key, with intermediates; empty when it has none
  std::string software_version;
  friend bool operator==(const ExportHeader&, const ExportHeader&) = default;
};

struct ExportTotals {
  std::uint64_t records = 0;   ///< gaps not counted
  std::uint64_t given_up = 0;  ///< records that gaps stand for
  std::optional<WallTime> oldest;
  std::optional<WallTime> newest;
  friend bool operator==(const ExportTotals&, const ExportTotals&) = default;

  void count(const Batch& batch);
};

/// One part's payload, holding leading items of `batch` from `from_item` on.
struct EncodedPart {
  std::string payload;
  std::size_t items = 0;
};
[[nodiscard]] EncodedPart encode_part(const Batch& batch, std::size_t from_item);
[[nodiscard]] Result<Batch> decode_part(std::string_view payload, std::string_view epoch);

class ExportWriter {
 public:
  /// `sink` outlives this.
  ExportWriter(ByteSink& sink, ExportHeader header);
  [[nodiscard]] Result<void> begin();
  /// The next rows of a lane: they must follow on those before, and stay within the header's rows.
  [[nodiscard]] Result<void> add(const Batch& batch);
  /// All rows of the header must have been added.
  [[nodiscard]] Result<void> finish(const SigningKey& key);
  [[nodiscard]] const ExportTotals& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t bytes() const { return file_.bytes(); }

 private:
  SignedFileWriter file_;
  ExportHeader header_;
  std::array<RowId, kLaneCount> next_{};
  ExportTotals totals_;
};

/// Reads an export as a stream and trusts nothing in it. What next() gives is not verified before the end
/// was reached and verify() said so: read twice, verify first, commit then.
class ExportReader {
 public:
  /// `source` outlives this; `where` names the file in errors.
  ExportReader(ByteSource& source, std::string where);

  /// First.
  [[nodiscard]] Result<ExportHeader> header();
  /// The next part; nothing at the end, when all rows of the header were there and the footer agrees.
  [[nodiscard]] Result<std::optional<Batch>> next();
  /// At the end: is the signature by the header's key? Whose key that is, others must know.
  [[nodiscard]] Result<void> verify() const;

  /// Of all bytes up to the part given last: two readings agree in it only when those bytes do.
  [[nodiscard]] const FrameCheck& check() const { return file_.check(); }
  [[nodiscard]] const ExportTotals& totals() const { return totals_; }
  [[nodiscard]] std::uint64_t bytes() const { return file_.bytes(); }
  [[nodiscard]] Unexpected altered(const std::string& how) const { return file_.altered(how); }

 private:
  [[nodiscard]] Result<std::optional<Batch>> end(std::string_view footer);

  SignedFileReader file_;
  ExportHeader header_;
  std::array<RowId, kLaneCount> next_{};
  ExportTotals totals_;
  bool footer_seen_ = false;
};

/// "VN-03-xa-lung-cu-1f0c2d3e-1-2040.xalink": a name that FAT takes too, whatever the ids hold.
[[nodiscard]] std::string export_file_name(const ExportHeader& header);

}  // namespace xalink
