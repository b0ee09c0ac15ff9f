#pragma once
// An office, its router, the provider's router, and the rest of the world (the test's own namespace), which
// may be cut and narrowed between any two of them.

#include <functional>
#include <string>

#include "tests/faults/links/net_space.hpp"

namespace xalink::test {

/// NetSpace::move_here() comes before.
class TwoRouters {
 public:
  static constexpr const char* kBoard = "10.91.1.2";
  static constexpr const char* kOffice = "10.91.1.1";    ///< the office's router
  static constexpr const char* kProvider = "10.91.2.2";  ///< the provider's
  static constexpr const char* kWorld = "10.91.3.2";

  TwoRouters();

  [[nodiscard]] const NetSpace& board() const { return board_; }
  void in_office(const std::function<void()>& what) const { office_.inside(what); }
  /// Rules of nftables in place of all before.
  void office_rules(const std::string& rules) const;
  void provider_rules(const std::string& rules) const;
  void board_rules(const std::string& rules) const;
  /// Of the line between the two routers.
  void narrow(unsigned mtu) const;

 private:
  NetSpace board_;
  NetSpace office_;
  NetSpace provider_;
};

/// Loads them into the calling thread's namespace, in place of all before.
void load_rules(const std::string& rules);

}  // namespace xalink::test
