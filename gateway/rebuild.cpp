#include "gateway/rebuild.hpp"

#include <iostream>

#include "gateway/rollups.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/said.hpp"

namespace xalink {

int rebuild_rollups(const GatewayConfig& config, bool json, Language language, const Clock& clock) {
  const bool vietnamese = language == Language::vietnamese;
  auto rollups = Rollups::open(config.store_file);
  if (!rollups) return complain("xalink-gateway", told(rollups.error(), language), kProblem);
  Result<std::uint64_t> rebuilt = 0;
  {
    ProgressBar bar(clock, vietnamese ? "Tính lại" : "Rebuilding");
    rebuilt = rollups->rebuild([&](std::uint64_t done, std::uint64_t of) { bar.show(done, of); });
  }
  if (!rebuilt) return complain("xalink-gateway", told(rebuilt.error(), language), kProblem);
  if (json) {
    std::cout << "{\"rows\":" << *rebuilt << "}\n";
  } else if (vietnamese) {
    std::cout << "Đã tính lại số liệu giờ và ngày từ " << *rebuilt << " dòng bản ghi.\n";
  } else {
    std::cout << "Hours and days were made anew from " << *rebuilt << " rows of records.\n";
  }
  return std::cout.flush() ? kFine : kProblem;
}

}  // namespace xalink
