#pragma once
// What a board says and shows to measure its link against the gateway, over HTTP/1.1:
//
//   GET  /measure                             → 200 {"challenge": TEXT, "max_seconds": N, "max_bytes": N}
//   GET  /measure/download?seconds=S&bytes=B  → 200 and a body of noise, until S have passed or B are sent
//   POST /measure/upload?seconds=S&bytes=B    → noise in chunks; then 200 {"bytes": N, "microseconds": N,
//                                               "bits_per_second": N or null}
//
// The last two with `Authorization: Xalink PASS`: the board signs the challenge with the key that its export
// files are signed with, which the gateway knows (gateway/known_boards). A challenge is good once, and not
// for long. One stream, bounded in time and bytes, measured by the programs at its ends: the manner of NDT7,
// without its WebSocket, which says nothing more of a link and costs a board the masking of every byte.
// 503 with Retry-After: others measure now.

#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/edge_node.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/signing_key.hpp"

namespace xalink {

inline constexpr std::string_view kMeasurePath = "/measure";
inline constexpr std::string_view kMeasureDownload = "/measure/download";
inline constexpr std::string_view kMeasureUpload = "/measure/upload";
inline constexpr std::string_view kMeasureScheme = "Xalink";

struct MeasurePass {
  NodeId node;
  std::string challenge;
  std::string public_key;   ///< DER
  std::string certificate;  ///< PEM of that key, with intermediates; empty when it has none
  std::string signature;

  /// What is signed; `target` with its parameters, so that a pass for a small test opens no large one.
  [[nodiscard]] std::string signed_text(std::string_view method, std::string_view target) const;
  /// By public_key. Whose key that is, others must know.
  [[nodiscard]] bool verifies(std::string_view method, std::string_view target) const;

  /// The value of the Authorization header.
  [[nodiscard]] std::string to_header() const;
  [[nodiscard]] static std::optional<MeasurePass> from_header(std::string_view value);
  friend bool operator==(const MeasurePass&, const MeasurePass&) = default;
};

/// Fails when the key cannot sign.
[[nodiscard]] Result<MeasurePass> make_pass(const NodeId& node, std::string challenge, const SigningKey& key,
                                            std::string certificate, std::string_view method,
                                            std::string_view target);

}  // namespace xalink
