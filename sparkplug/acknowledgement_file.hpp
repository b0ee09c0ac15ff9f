#pragma once
// The gateway's answer to an export file, carried back to the board: its marks, signed. One frame 'A' in a
// signed file (sparkplug/signed_file.hpp).

#include <array>
#include <string>
#include <string_view>

#include "sparkplug/edge_node.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/signed_file.hpp"
#include "sparkplug/signing_key.hpp"

namespace xalink {

struct Acknowledgement {
  NodeId node;
  std::string epoch;
  std::array<RowId, kLaneCount> marks{};  ///< everything up to here is committed at the gateway
  WallTime created{};                     ///< by the gateway's clock
  std::string host_id;                    ///< of the gateway
  std::string public_key;                 ///< DER
  std::string certificate;                ///< PEM; empty when the key has none
  friend bool operator==(const Acknowledgement&, const Acknowledgement&) = default;
};

[[nodiscard]] Result<void> write_acknowledgement(ByteSink& sink, const Acknowledgement& acknowledgement,
                                                 const SigningKey& key);
/// Whole and signed by the key that it names; whether that is the gateway's, others must know.
[[nodiscard]] Result<Acknowledgement> read_acknowledgement(ByteSource& source, std::string where);

}  // namespace xalink
