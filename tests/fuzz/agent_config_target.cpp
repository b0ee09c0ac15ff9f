#include "agent/config.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto config = parse_agent_config(fuzz::as_text(bytes, size), "agent.toml");
  if (config) return 0;
  claim(!config.error().empty(), "a configuration that is refused has mistakes");
  for (const auto& mistake : config.error()) {
    claim(mistake.to_string().find("agent.toml") != std::string::npos, "a mistake names its file");
    claim(!mistake.what.empty(), "a mistake has a reason");
  }
  return 0;
}
