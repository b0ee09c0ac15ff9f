#pragma once
// One field of a registry table: what was written → the form in which it is kept.

#include <string>
#include <string_view>

#include "gateway/registry/table_shape.hpp"
#include "sparkplug/result.hpp"

namespace xalink::registry {

/// What is wrong and what to write instead.
struct FieldMistake {
  Said what;
  Said next;
};

/// `written` must be UTF-8. Empty stays empty.
[[nodiscard]] tl::expected<std::string, FieldMistake> kept_form(const Column& column,
                                                                std::string_view written);

}  // namespace xalink::registry
