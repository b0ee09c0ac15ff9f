#pragma once
// The words for access technologies: what a configuration may say of an interface, and what is recorded.

#include <array>
#include <string_view>

namespace xalink {

/// "tslcd" is the state's own network (mạng truyền số liệu chuyên dùng), "leo" satellites in low orbit,
/// "vsat" geostationary ones. "ethernet" is a cable of which nobody said what it leads to, "mobile" a modem
/// of which nobody knows the generation.
inline constexpr std::array<std::string_view, 11> kAccessTechnologies = {
    "fibre", "ethernet", "tslcd", "wifi", "5g", "4g", "3g", "2g", "mobile", "vsat", "leo"};

}  // namespace xalink
