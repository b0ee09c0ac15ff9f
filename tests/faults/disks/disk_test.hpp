#pragma once
// Dossiers that are dropped while a disk refuses: how many there were, and how many arrived.

#include <cstdint>

#include "tests/integration/deployment.hpp"

namespace xalink::test {

inline constexpr std::uint64_t kDossiersInFile = 500;

class DiskTest : public DeploymentTest {
 protected:
  using DeploymentTest::DeploymentTest;

  void drop(std::uint64_t count) {
    board_.drop_dossiers(dropped_ + 1, count);
    dropped_ += count;
  }
  [[nodiscard]] std::uint64_t arrived() const {
    return ask_number(gateway_.store(),
                      "SELECT count(*) FROM record JOIN schema ON schema.id = schema WHERE grp = 'Dossier'");
  }
  /// Files of dossiers until `refused` says that the disk has refused one.
  template <class Refused>
  [[nodiscard]] bool drop_until(Refused refused) {
    return eventually([&] {
      if (refused()) return true;
      if (board_.all_dossiers_taken()) drop(kDossiersInFile);
      return false;
    });
  }

  std::uint64_t dropped_ = 0;
};

}  // namespace xalink::test
