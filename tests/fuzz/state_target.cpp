#include "sparkplug/payload.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto state = decode_state(fuzz::as_text(bytes, size));
  if (!state) {
    claim(!state.error().what.empty(), "a STATE that is refused has a reason");
    return 0;
  }
  const auto again = decode_state(encode_state(*state));
  claim(again && *again == *state, "a STATE reads back as it was written");
  return 0;
}
