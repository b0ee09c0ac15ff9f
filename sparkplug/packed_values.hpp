#pragma once
// The values of a record as bytes, for both stores: small, independent of aliases and of Sparkplug's
// encoding, readable for as long as the schema beside them is kept.

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/record.hpp"
#include "sparkplug/result.hpp"

namespace xalink {

/// Whether values of this type can be packed: the scalar ones. A column of another type must not come in
/// from outside.
[[nodiscard]] bool is_packable(DataType type);

/// Layout: a bitmap of present columns (bit i of byte i/8), then the present values in column order:
/// integers as varints (signed ones zigzag), Float 4 and Double 8 bytes little-endian, Boolean one
/// byte, texts as varint length and bytes.
/// A value whose alternative does not fit its column's type is packed as null (the caller's bug, so
/// debug builds assert).
[[nodiscard]] std::string pack(std::span<const Column> columns, std::span<const Value> values);
/// As above, into `out` (cleared first), so that a loop over many rows allocates once.
void pack_into(std::string& out, std::span<const Column> columns, std::span<const Value> values);

/// Fails on truncated or surplus bytes.
[[nodiscard]] Result<std::vector<Value>> unpack(std::span<const Column> columns,
                                                std::string_view bytes);

/// A list of columns as bytes, for the schema tables of both stores.
[[nodiscard]] std::string pack_columns(std::span<const Column> columns);
[[nodiscard]] Result<std::vector<Column>> unpack_columns(std::string_view bytes);

}  // namespace xalink
