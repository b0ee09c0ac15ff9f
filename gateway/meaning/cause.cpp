#include "gateway/meaning/cause.hpp"

#include <algorithm>
#include <array>

namespace xalink::meaning {
namespace {

struct Wording {
  std::string_view name;
  std::string_view english;
  std::string_view vietnamese;
};

constexpr std::array<Wording, kCauseCount> kWordings{{
    {"switched off", "Switched off on purpose", "Chủ động tắt máy"},
    {"power", "Power loss", "Mất điện"},
    {"board", "Board or its program failed", "Hỏng máy đo hoặc chương trình"},
    {"modem", "Modem or SIM", "Modem hoặc SIM"},
    {"link", "Link in the office", "Đường nối tại trụ sở"},
    {"first hop", "Access line (first hop)", "Đường truyền đến nhà mạng"},
    {"internet", "Provider's network, Internet", "Mạng của nhà cung cấp, Internet"},
    {"dns", "Name resolution (DNS)", "Phân giải tên miền (DNS)"},
    {"services", "Public service", "Dịch vụ công"},
    {"gateway", "The province's gateway", "Máy chủ tỉnh"},
}};

}  // namespace

std::string_view to_string(Cause cause) {
  return kWordings[index(cause)].name;
}

std::optional<Cause> cause_named(std::string_view name) {
  const auto found = std::ranges::find(kWordings, name, &Wording::name);
  if (found == kWordings.end()) return std::nullopt;
  return static_cast<Cause>(found - kWordings.begin());
}

std::string cause_label(Cause cause, Language language) {
  const auto& wording = kWordings[index(cause)];
  return std::string(language == Language::vietnamese ? wording.vietnamese : wording.english);
}

}  // namespace xalink::meaning
