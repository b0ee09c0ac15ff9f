#include "agent/probe_set.hpp"

#include <gtest/gtest.h>

#include <boost/asio/io_context.hpp>
#include <cstddef>
#include <string>

#include "agent/config.hpp"
#include "tests/fakes/fake_clock.hpp"
#include "tests/fakes/probes_off.hpp"

namespace xalink {
namespace {

Result<std::size_t> number_of_probes(const std::string& tables) {
  const std::string head =
      "[site]\ngroup = \"VN-03\"\nid = \"xa\"\n[broker]\nurl = \"mqtt://127.0.0.1:1883\"\n"
      "[sparkplug]\nprimary_host = \"xalink\"\n[outbox]\nfile = \"/nonexistent/outbox.db\"\n";
  const auto config = parse_agent_config(head + tables, "agent.toml");
  if (!config) return Unexpected(config.error().front());
  boost::asio::io_context loop;
  test::FakeClock clock(loop);
  const auto tasks = make_probes(*config, loop.get_executor(), clock, {});
  if (!tasks) return Unexpected(tasks.error());
  return tasks->size();
}

// Or else tests with a real agent measure what nobody asked for, and more with each new probe.
TEST(ProbeSet, IsEmptyWhereATestSwitchesAllProbesOff) {
  const auto none = number_of_probes(test::probes_off());
  ASSERT_TRUE(none) << none.error().to_string();
  EXPECT_EQ(*none, 0U);
  const auto all = number_of_probes("");
  ASSERT_TRUE(all) << all.error().to_string();
  EXPECT_GT(*all, 3U);
}

}  // namespace
}  // namespace xalink
