#pragma once
// Sparkplug B topic names as a type (specification 3.0, chapter 4).

#include <optional>
#include <string>
#include <string_view>

#include "sparkplug/result.hpp"

namespace xalink {

enum class MessageType { nbirth, ndeath, dbirth, ddeath, ndata, ddata, ncmd, dcmd, state };

[[nodiscard]] std::string_view to_string(MessageType type);

/// `spBv1.0/group/TYPE/node[/device]`, or `spBv1.0/STATE/host`.
struct Topic {
  MessageType type = MessageType::ndata;
  std::string group;   ///< empty for STATE
  std::string node;    ///< edge node id; the host application id for STATE
  std::string device;  ///< only for D* types

  friend bool operator==(const Topic&, const Topic&) = default;
};

/// Ids are UTF-8 texts of at least one byte without '+', '/', '#' and control characters.
[[nodiscard]] bool is_valid_id(std::string_view id);

/// Group and node in a topic that need not be valid otherwise, to tell whose message it is before it is
/// read; nothing when it names no node. Takes no memory.
struct TopicOwner {
  std::string_view group;
  std::string_view type;  ///< as it stands there
  std::string_view node;
};
[[nodiscard]] std::optional<TopicOwner> owner_of(std::string_view topic);

[[nodiscard]] std::string to_string(const Topic& topic);
/// Fails with a reason that names the wrong part. Never throws.
[[nodiscard]] Result<Topic> parse_topic(std::string_view text);

}  // namespace xalink
