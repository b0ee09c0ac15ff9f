#include "sparkplug/topic.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

constexpr std::string_view kNamespace = "spBv1.0";
constexpr std::array<std::string_view, 9> kTypeNames = {"NBIRTH", "NDEATH", "DBIRTH", "DDEATH", "NDATA",
                                                        "DDATA",  "NCMD",   "DCMD",   "STATE"};

bool is_device_type(MessageType type) {
  return type == MessageType::dbirth || type == MessageType::ddeath || type == MessageType::ddata ||
         type == MessageType::dcmd;
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  while (true) {
    const auto slash = text.find('/');
    parts.push_back(text.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    text.remove_prefix(slash + 1);
  }
}

std::optional<MessageType> type_from(std::string_view name) {
  const auto* found = std::find(kTypeNames.begin(), kTypeNames.end(), name);
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<MessageType>(found - kTypeNames.begin());
}

Unexpected bad_topic(std::string_view text, std::string what) {
  return failure(std::string(text.substr(0, 200)), std::move(what));
}

}  // namespace

std::string_view to_string(MessageType type) {
  return kTypeNames[static_cast<std::size_t>(type)];
}

bool is_valid_id(std::string_view id) {
  const bool forbidden = std::any_of(id.begin(), id.end(), [](char letter) {
    const auto byte = static_cast<unsigned char>(letter);
    return byte < 0x20 || byte == 0x7F || letter == '+' || letter == '/' || letter == '#';
  });
  return !id.empty() && !forbidden && find_broken_utf8(id) == std::string_view::npos;
}

std::optional<TopicOwner> owner_of(std::string_view topic) {
  const auto cut = [&topic]() {
    const auto slash = std::min(topic.find('/'), topic.size());
    const auto part = topic.substr(0, slash);
    topic.remove_prefix(std::min(slash + 1, topic.size()));
    return part;
  };
  if (cut() != kNamespace) return std::nullopt;
  TopicOwner owner;
  owner.group = cut();
  owner.type = cut();
  owner.node = cut();
  if (!is_valid_id(owner.group) || !is_valid_id(owner.node)) return std::nullopt;
  return owner;
}

std::string to_string(const Topic& topic) {
  std::string text(kNamespace);
  if (topic.type == MessageType::state) return text + "/STATE/" + topic.node;
  text.append("/").append(topic.group).append("/").append(to_string(topic.type)).append("/");
  text += topic.node;
  if (is_device_type(topic.type)) text.append("/").append(topic.device);
  return text;
}

Result<Topic> parse_topic(std::string_view text) {
  const auto parts = split(text);
  if (parts[0] != kNamespace) {
    return bad_topic(text, "not a Sparkplug B topic: it does not begin with spBv1.0/");
  }
  for (std::size_t i = 1; i < parts.size(); ++i) {
    if (!is_valid_id(parts[i])) {
      return bad_topic(text, "part " + std::to_string(i + 1) +
                                 " of the topic is empty or holds +, # or control characters");
    }
  }
  Topic topic;
  if (parts.size() == 3 && parts[1] == "STATE") {
    topic.type = MessageType::state;
    topic.node = parts[2];
    return topic;
  }
  if (parts.size() < 4) return bad_topic(text, "topic has too few parts");
  const auto type = type_from(parts[2]);
  if (!type || *type == MessageType::state) {
    return bad_topic(text, "unknown message type \"" + std::string(parts[2]) + "\"");
  }
  const std::size_t expected = is_device_type(*type) ? 5 : 4;
  if (parts.size() != expected) {
    return bad_topic(text, std::string(to_string(*type)) + " topics have " + std::to_string(expected) +
                               " parts, this one has " + std::to_string(parts.size()));
  }
  topic.type = *type;
  topic.group = parts[1];
  topic.node = parts[3];
  if (expected == 5) topic.device = parts[4];
  return topic;
}

}  // namespace xalink
