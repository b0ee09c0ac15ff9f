#pragma once
// By which link the board's traffic leaves, and on which data budget that counts.

#include <cstddef>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "agent/data_budget.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

/// What Access has judged holds for the interface that the default route had then. A board may fail over from
/// fibre to 4G between two looks at it, and a test must not spend the one's budget on the other.
///
/// Thread-safety: one loop.
class WayOut {
 public:
  /// `metered`: technologies that are paid by volume. `root`: where /proc is.
  explicit WayOut(std::vector<std::string> metered, std::filesystem::path root = "/");

  /// Every run of every probe. True: the default route may have changed, and Access ought to be asked.
  [[nodiscard]] bool took(const Schema& schema, const Record& record);

  /// Nothing: Access has not judged the default route that is there now. Of a technology that nobody knows,
  /// and where there is no default route (the gateway may be reached without one): metered.
  [[nodiscard]] std::optional<LinkCost> cost() const;

 private:
  std::vector<std::string> metered_;
  std::filesystem::path root_;
  Schema access_;
  std::size_t interface_column_;
  std::size_t technology_column_;
  struct Judged {
    std::string interface;  ///< empty: there was no default route
    LinkCost cost = LinkCost::metered;
  };
  std::optional<Judged> judged_;
  std::map<std::string, bool> leads_out_;  ///< by group: "Link/eth0", "Cellular"
};

}  // namespace xalink
