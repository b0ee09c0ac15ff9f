#pragma once
// A /proc and /sys of our own in a temporary folder.

#include <filesystem>
#include <string_view>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {

class FakeTree : public ScratchFolder {
 public:
  [[nodiscard]] const std::filesystem::path& root() const { return path(); }
};

inline constexpr std::string_view kRouteHeading =
    "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n";

}  // namespace xalink::test
