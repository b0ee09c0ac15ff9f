#include "sparkplug/topic.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = fuzz::as_text(bytes, size);
  const auto owner = owner_of(text);
  const auto topic = parse_topic(text);
  if (!topic) {
    claim(!topic.error().what.empty(), "a topic that is refused has a reason");
    return 0;
  }
  claim(to_string(*topic) == text, "a topic reads back as it was written");
  if (topic->type == MessageType::state) return 0;
  claim(owner && owner->group == topic->group && owner->node == topic->node,
        "a valid topic's owner is its node");
  claim(is_valid_id(topic->group) && is_valid_id(topic->node), "ids of a topic are valid");
  return 0;
}
