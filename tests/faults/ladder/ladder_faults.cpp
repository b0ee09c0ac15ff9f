#include "tests/faults/ladder/ladder_faults.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>
#include <chrono>
#include <iostream>
#include <map>
#include <optional>
#include <thread>
#include <utility>

#include "tests/fakes/fault_table.hpp"
#include "tests/faults/ladder/outage_story.hpp"

namespace xalink::test {
namespace {

using std::chrono::seconds;

// When nothing is to be seen, so many runs of a probe have to see nothing.
constexpr std::uint64_t kRunsInVain = 4;

}  // namespace

LadderFaults::LadderFaults() {
  gateway_.program.start();
  board_.boot("11111111-1111-4111-8111-111111111111", clock_.boot() - seconds(200));
  board_.start();
}

bool LadderFaults::all_is_well() const {
  return eventually([&] { return board_.all_well(); }, kPatience, kLook);
}

std::string LadderFaults::said() const {
  return boost::json::serialize(board_.status()) + "\n" + board_.log();
}

void LadderFaults::suffer(const std::string& name, const std::vector<Turn>& turns,
                          const std::function<void()>& mend) {
  SCOPED_TRACE(name);
  ASSERT_TRUE(all_is_well()) << said();
  Truth truth;
  truth.name = name;
  for (const Turn& turn : turns) {
    const auto begin = clock_.boot();
    internet_.make(turn.broken);
    if (turn.besides) turn.besides();
    missing_from(truth, turn.missing, begin, clock_.boot());
    // A wrong verdict is better seen in the table.
    const bool seen = eventually([&] { return OfficeBoard::open_causes(board_.status()) == turn.missing; },
                                 kPatience, kLook);
    EXPECT_TRUE(seen) << boost::json::serialize(board_.status());
    if (turn.missing.empty()) see_nothing();
    const auto left = begin + kHold - clock_.boot();
    if (left > Milliseconds::zero()) std::this_thread::sleep_for(left);
  }
  const auto end = clock_.boot();
  internet_.make({});
  if (mend) mend();
  missing_from(truth, {}, end, clock_.boot());
  truths_.push_back(std::move(truth));
}

BootTime LadderFaults::lose_power(const std::string& name, const std::string& boot_id,
                                  const std::set<std::string>& missing) {
  Truth truth;
  truth.name = name;
  const auto cut = clock_.boot();
  board_.kill();
  missing_from(truth, {"power"}, cut, clock_.boot());
  std::this_thread::sleep_for(kHold);
  // Times since a boot are whole seconds apart here.
  const auto begin = std::chrono::ceil<seconds>(clock_.boot());
  missing_from(truth, {}, begin, begin);
  truths_.push_back(truth);
  std::this_thread::sleep_for(kProbeInterval);
  board_.boot(boot_id, begin);
  const auto start = clock_.boot();
  board_.start();
  EXPECT_TRUE(
      eventually([&] { return OfficeBoard::open_causes(board_.status()) == missing; }, kPatience, kLook))
      << said();
  return start;
}

void LadderFaults::compare(const std::string& name, Milliseconds within) {
  ASSERT_TRUE(all_is_well()) << said();
  const auto recorded_so_far = [&] {
    return recorded_outages(gateway_.store(),
                            [&](const std::string& boot, BootTime at) { return board_.here(boot, at); });
  };
  // The board knows the end a moment before the gateway has it.
  EXPECT_TRUE(eventually(
      [&] {
        const auto all = recorded_so_far();
        return std::ranges::all_of(all, [](const Missing& missing) { return missing.end.has_value(); });
      },
      kPatience, kLook));
  EXPECT_EQ(board_.stop(), 0);
  const auto recorded = recorded_so_far();
  const TruthTable table(truths_, recorded, within);
  print_table("ladder-" + name, "Ladder, " + name +
                                    ": truth beside verdict, times as verdict minus truth (probes every " +
                                    std::to_string(kProbeInterval.count()) + " s)\n" + table.text());
  for (const auto& mistake : table.mistakes()) ADD_FAILURE() << mistake;
  if (HasFailure()) std::cout << board_.log() << std::endl;
}

void LadderFaults::missing_from(Truth& truth, const std::set<std::string>& causes, BootTime earliest,
                                BootTime latest) {
  std::set<std::string> fresh = causes;
  for (Missing& missing : truth.missing) {
    if (missing.end || fresh.erase(missing.cause) > 0) continue;
    missing.end_earliest = earliest;
    missing.end = latest;
  }
  for (const auto& cause : fresh) {
    Missing missing;
    missing.cause = cause;
    missing.begin_earliest = earliest;
    missing.begin = latest;
    truth.missing.push_back(std::move(missing));
  }
}

void LadderFaults::see_nothing() const {
  std::map<std::string, std::uint64_t> enough;
  for (const char* probe : {"Ping/anchor", "TCP/anchor", "Reach/tax"}) {
    enough[probe] = board_.runs(probe) + kRunsInVain;
  }
  for (const auto& [probe, runs] : enough) {
    EXPECT_TRUE(
        eventually([&, name = probe, most = runs] { return board_.runs(name) >= most; }, kPatience, kLook));
  }
}

}  // namespace xalink::test
