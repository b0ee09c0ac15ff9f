// An office without a default route: its proxy stands in its own network, or routes of a private network lead
// to all that it needs.

#include <gtest/gtest.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "agent/outage_watch.hpp"
#include "sparkplug/metric_names.hpp"
#include "tests/agent/office_world.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using test::good_of;
using Told = std::vector<std::string>;

enum class Cable : std::uint8_t { leads_out, carrier, nothing };

/// A cable, another socket without one, a service that is known by its address, the session, and a probe for
/// modems that finds none.
class Routeless : public testing::Test {
 protected:
  void start(std::string_view memory = "") {
    watch_.emplace(OutageRules(), "boot", witnesses_, memory, std::nullopt, now_);
  }
  void run(Cable cable, bool service, Milliseconds how_long) {
    for (const auto until = now_ + how_long; now_ < until;) {
      now_ += seconds(10);
      take(witnesses_[0], cable);
      take(witnesses_[1], Cable::nothing);
      Verdict visit = good_of(witnesses_[2]);
      if (!service) {
        visit = Verdict();
        visit.evidence = "Reach/tax (proxy: Connection refused)";
      }
      watch_->take("Reach/tax", visit, now_);
      if (service != online_) watch_->session(service, service ? "" : "connection refused", now_);
      online_ = service;
      watch_->tick(now_);
      take_memory();
    }
  }
  void take_memory() {
    while (const auto news = watch_->take_news()) {
      memory_ = news->memory;
      for (const auto& event : news->events) {
        told_.push_back(std::string(to_string(event.kind)) + " " +
                        std::string(to_string(event.outage.cause)));
      }
    }
  }
  void take(const Witness& link, Cable cable) {
    Verdict verdict;
    if (cable == Cable::leads_out) verdict = good_of(link);
    verdict.certain = cable == Cable::nothing;
    watch_->take(link.probe, verdict, now_);
  }

  const std::vector<Witness> witnesses_ = {*witness_of(link_schema("eth0")), *witness_of(link_schema("eth1")),
                                           *witness_of(reach_schema("tax"), /*by_name=*/false),
                                           *witness_of(cellular_schema())};
  BootTime now_ = hours(1);
  bool online_ = false;
  std::optional<OutageWatch> watch_;
  std::string memory_;
  Told told_;
};

const Told kBeyondTheLink{"begin gateway", "begin services"};

TEST_F(Routeless, MissesNoDefaultRouteThatItNeverNeeded) {
  start();
  run(Cable::carrier, true, minutes(30));
  run(Cable::carrier, false, minutes(30));
  EXPECT_EQ(told_, kBeyondTheLink);
}

TEST_F(Routeless, NeedsNoneAfterARestartEither) {
  start();
  run(Cable::carrier, true, minutes(30));
  start(memory_);
  online_ = true;  // it says at once that it is not
  run(Cable::carrier, false, minutes(30));
  EXPECT_EQ(told_, kBeyondTheLink);
}

TEST_F(Routeless, MissesItsCable) {
  start();
  run(Cable::carrier, true, minutes(30));
  run(Cable::nothing, false, minutes(30));
  EXPECT_EQ(told_, Told{"begin link"});
  run(Cable::carrier, true, minutes(30));
  EXPECT_EQ(told_, (Told{"begin link", "end link"}));
}

TEST_F(Routeless, MissesADefaultRouteThatWasThere) {
  start();
  run(Cable::carrier, true, minutes(30));
  run(Cable::leads_out, true, minutes(30));
  run(Cable::carrier, false, minutes(30));
  EXPECT_EQ(told_, Told{"begin link"});
}

TEST_F(Routeless, IsNotWhatAVisitUnderWaySays) {
  start();
  run(Cable::leads_out, true, minutes(30));
  run(Cable::carrier, true, seconds(20));
  run(Cable::carrier, false, minutes(30));
  EXPECT_EQ(told_, Told{"begin link"});
}

}  // namespace
}  // namespace xalink
