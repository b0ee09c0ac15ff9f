// compare_stores OUTBOX STORE: does the store hold each record of the outbox exactly once?
// Prints one line; what is wrong goes to stderr. Exit codes: 0 yes, 1 no, 2 it cannot be told.

#include <cstdio>
#include <string>
#include <vector>

#include "tests/comparison/comparison.hpp"

int main(int count, char** words) {
  std::vector<std::string> arguments(words + 1, words + count);
  auto state = xalink::StoreState::settled;
  if (arguments.size() == 3 && arguments[0] == "--older-outbox") {
    state = xalink::StoreState::ahead_allowed;
    arguments.erase(arguments.begin());
  }
  if (arguments.size() != 2) {
    std::fputs(
        "usage: compare_stores [--older-outbox] OUTBOX STORE\n"
        "  --older-outbox: OUTBOX is a copy from earlier, STORE may hold more\n",
        stderr);
    return 2;
  }
  const auto comparison = xalink::compare_stores(arguments[0], arguments[1], state);
  if (!comparison) {
    std::fprintf(stderr, "compare_stores: %s\n", comparison.error().to_string().c_str());
    return 2;
  }
  for (const auto& example : comparison->examples) std::fprintf(stderr, "  %s\n", example.c_str());
  std::puts(comparison->to_string().c_str());
  return comparison->holds() ? 0 : 1;
}
