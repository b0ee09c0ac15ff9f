// Faults that come and go by lot, up to three at a time, and an agent that is killed now and then: whatever
// is broken, the cause is the lowest rung that is.

#include <gtest/gtest.h>

#include <algorithm>
#include <iostream>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "tests/fakes/fault_seeds.hpp"
#include "tests/faults/ladder/ladder_faults.hpp"

namespace xalink::test {
namespace {

constexpr std::size_t kTurns = 7;
constexpr std::ptrdiff_t kMostAtOnce = 3;

struct Fault {
  const char* name;
  bool Breakage::*flag;
};
constexpr Fault kFaults[] = {
    {"cable", &Breakage::cable},
    {"first hop", &Breakage::first_hop},
    {"upstream", &Breakage::upstream},
    {"login", &Breakage::login},
    {"login lets anchors through", &Breakage::anchors_free},
    {"large packets", &Breakage::large_lost},
    {"ICMP", &Breakage::icmp},
    {"DNS silent", &Breakage::dns_silent},
    {"DNS refuses", &Breakage::dns_refuses},
    {"DNS lies", &Breakage::dns_lies},
    {"tax down", &Breakage::tax_down},
    {"tax expired", &Breakage::tax_expired},
};
constexpr std::size_t kGateway = std::size(kFaults);

struct Mixture {
  Breakage broken;
  bool gateway = false;  ///< it is not there
};

void turn(Mixture& mixture, std::size_t fault) {
  bool& flag = fault == kGateway ? mixture.gateway : mixture.broken.*kFaults[fault].flag;
  flag = !flag;
}

std::vector<std::string> names(const Mixture& mixture) {
  std::vector<std::string> all;
  for (const Fault& fault : kFaults) {
    if (mixture.broken.*fault.flag) all.emplace_back(fault.name);
  }
  if (mixture.gateway) all.emplace_back("gateway");
  return all;
}

/// What nobody in the office could tell apart: no service is where it was while the DNS lies, or nothing but
/// anchors gets through and the page that tells a login has no name. And what lets only a login through needs
/// one.
bool is_unclear(const Breakage& broken) {
  const bool names_fail = broken.dns_silent || broken.dns_refuses || broken.dns_lies;
  return (broken.dns_lies && broken.large_lost) || (broken.anchors_free && (!broken.login || names_fail));
}

std::set<std::string> missing(const Mixture& mixture) {
  const Breakage& broken = mixture.broken;
  if (broken.cable) return {"link"};
  if (broken.first_hop) return {"first hop"};
  if (broken.upstream || broken.login) return {"internet"};
  if (broken.dns_silent || broken.dns_refuses || broken.dns_lies) return {"dns"};
  std::set<std::string> causes;
  if (broken.large_lost) causes = {"services:portal", "services:tax"};
  if (broken.tax_down || broken.tax_expired) causes.insert("services:tax");
  if (mixture.gateway) causes.insert("gateway");
  return causes;
}

// Another mixture: one fault comes or goes, now and then two in one moment. Mostly one that is to be seen.
Mixture after(const Mixture& before, std::mt19937_64& random) {
  while (true) {
    Mixture next = before;
    turn(next, below(random, kGateway + 1));
    if (below(random, 3) == 0) turn(next, below(random, kGateway + 1));
    const auto all = names(next);
    if (std::ssize(all) > kMostAtOnce || all == names(before) || is_unclear(next.broken)) continue;
    if (missing(next) != missing(before) || below(random, 6) == 0) return next;
  }
}

class LadderMixtures : public LadderFaults {};

TEST_F(LadderMixtures, HaveTheirCauseAndTimes) {
  ASSERT_TRUE(all_is_well()) << said();
  // From then on it is on the disk where services were.
  std::this_thread::sleep_for(kHold);
  const auto seeds = fault_seeds(1);
  for (auto seed = seeds.first; seed < seeds.first + seeds.count; ++seed) {
    std::mt19937_64 random(seed);
    std::vector<Turn> turns;
    Mixture now;
    for (std::size_t number = 0; number < kTurns; ++number) {
      const Mixture next = after(now, random);
      std::cout << "seed " << seed << ":";
      for (const auto& name : names(next)) std::cout << " [" << name << "]";
      const bool killed = below(random, 6) == 0;
      std::cout << (killed ? ", agent killed" : "") << std::endl;
      turns.push_back({next.broken, missing(next), [this, now, next, killed] {
                         if (next.gateway && !now.gateway) gateway_.program.kill();
                         if (!next.gateway && now.gateway) gateway_.program.start();
                         if (!killed) return;
                         board_.kill();
                         board_.start();
                       }});
      now = next;
    }
    suffer("seed " + std::to_string(seed), turns, [&] {
      if (now.gateway) gateway_.program.start();
    });
  }
  compare("mixture, seed " + std::to_string(seeds.first));
}

}  // namespace
}  // namespace xalink::test
