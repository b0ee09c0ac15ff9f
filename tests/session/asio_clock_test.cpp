#include "sparkplug/asio_clock.hpp"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <exception>
#include <filesystem>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace xalink {
namespace {

TEST(AsioClock, SleepsAtLeastAsLongAsAsked) {
  asio::io_context loop{1};
  AsioClock clock;
  const auto before = clock.steady();
  const auto boot_before = clock.boot();
  std::exception_ptr error;
  asio::co_spawn(loop, clock.sleep_for(30ms), [&](std::exception_ptr e) { error = e; });
  loop.run();
  EXPECT_FALSE(error);
  EXPECT_GE(clock.steady() - before, 30ms);
  EXPECT_GE(clock.boot() - boot_before, 29ms);
}

TEST(AsioClock, IsTheOnlyFileThatAsksTheSystemForTheTime) {
  const std::regex asks("(steady_clock|system_clock|high_resolution_clock)::now");
  for (const auto* folder : {"sparkplug", "agent", "gateway"}) {
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(std::filesystem::path(XALINK_SOURCE_DIR) / folder)) {
      const auto extension = entry.path().extension();
      if (extension != ".cpp" && extension != ".hpp") continue;
      if (entry.path().filename() == "asio_clock.cpp") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path()).rdbuf();
      EXPECT_FALSE(std::regex_search(text.str(), asks))
          << entry.path() << " reads a clock of its own; take a Clock& in its constructor instead";
    }
  }
}

}  // namespace
}  // namespace xalink
