// STATE payloads: the one JSON text of Sparkplug.

#include <boost/json/parse.hpp>
#include <boost/json/src.hpp>

#include "sparkplug/payload.hpp"

namespace xalink {
namespace {

// A flat object of two members needs no deeper nesting; the bound keeps a hostile text off the stack.
boost::json::parse_options shallow() {
  boost::json::parse_options options;
  options.max_depth = 4;
  return options;
}

}  // namespace

std::string encode_state(const HostState& state) {
  return std::string(R"({"online":)") + (state.online ? "true" : "false") + R"(,"timestamp":)" +
         std::to_string(state.timestamp) + "}";
}

Result<HostState> decode_state(std::string_view json) {
  constexpr std::size_t kLongest = 4096;  // two members; anything longer is not a STATE
  const auto wrong = [](std::string what) { return failure("STATE", std::move(what)); };
  if (json.size() > kLongest) return wrong("payload is longer than a STATE can be");
  boost::system::error_code error;
  const auto value = boost::json::parse({json.data(), json.size()}, error, {}, shallow());
  if (error) return wrong("payload is not JSON: " + error.message());
  const auto* object = value.if_object();
  if (object == nullptr) return wrong("payload is not a JSON object");
  const auto* online = object->if_contains("online");
  if (online == nullptr || !online->is_bool()) return wrong("\"online\" is missing or not true or false");
  const auto* timestamp = object->if_contains("timestamp");
  if (timestamp == nullptr) return wrong("\"timestamp\" is missing");
  const auto millis = timestamp->to_number<std::uint64_t>(error);
  if (error) return wrong("\"timestamp\" is not a whole number of milliseconds");
  return HostState{online->as_bool(), millis};
}

}  // namespace xalink
