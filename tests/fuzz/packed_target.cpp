// What both stores read back, from a disk that may have lied: columns, then values of them.

#include <cmath>

#include "sparkplug/packed_values.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

namespace {

bool has_nan(const std::vector<Value>& values) {
  for (const auto& value : values) {
    const auto* number = std::get_if<double>(&value);
    if (number != nullptr && std::isnan(*number)) return true;
  }
  return false;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::Pieces pieces(fuzz::as_text(bytes, size));
  const auto columns = unpack_columns(pieces.piece());
  if (!columns) {
    claim(!columns.error().what.empty(), "columns that are refused have a reason");
    return 0;
  }
  const auto again = unpack_columns(pack_columns(*columns));
  claim(again && *again == *columns, "columns read back as they were written");
  const auto values = unpack(*columns, pieces.rest());
  if (!values) {
    claim(!values.error().what.empty(), "values that are refused have a reason");
    return 0;
  }
  claim(values->size() == columns->size(), "there is a value for each column");
  const auto values_again = unpack(*columns, pack(*columns, *values));
  claim(values_again && (*values_again == *values || has_nan(*values)),
        "values read back as they were written");
  return 0;
}
