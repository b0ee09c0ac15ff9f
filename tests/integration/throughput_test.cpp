// A board measures its link against its gateway, and the measurement arrives as a record.

#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

#include "sparkplug/asio_clock.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {
namespace {

class Throughput : public DeploymentTest {
 protected:
  static std::string read(const std::filesystem::path& file) {
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
  }
  static std::string local_time(WallTime at) {
    const auto local = at + std::chrono::hours(7);
    const auto of_day =
        std::chrono::floor<std::chrono::minutes>(local - std::chrono::floor<std::chrono::days>(local));
    char text[16];
    std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(of_day.count() / 60),
                  static_cast<int>(of_day.count() % 60));
    return text;
  }

  void configure_gateway() const {
    std::ofstream(gateway_.config(), std::ios::app)
        << "[clock]\ntrust_own = true\n[http]\nlisten = \"127.0.0.1:0\"\n";
  }
  [[nodiscard]] std::string port() const {
    const std::string before = "HTTP in the clear on 127.0.0.1:";
    std::string found;
    static_cast<void>(eventually([&] {
      const auto log = gateway_.program.log();
      const auto place = log.find(before);
      if (place == std::string::npos) return false;
      found = log.substr(place + before.size());
      const auto end = found.find_first_not_of("0123456789");
      found = found.substr(0, end);
      return end != std::string::npos;
    }));
    return found;
  }
  void configure_board(const std::string& port) const {
    const std::string off = "[probe.throughput]\nenabled = false\n";
    auto text = read(board_.config());
    const auto place = text.find(off);
    ASSERT_NE(place, std::string::npos);
    const auto now = AsioClock().wall();
    // Three minutes in twelve parts: the first that comes is some seconds away, and a slow machine has more.
    text.replace(place, off.size(),
                 "[probe.throughput]\nurl = \"http://127.0.0.1:" + port +
                     "\"\nseconds = 2\ntests_per_day = 12\n" + "windows = [\"" + local_time(now) + "-" +
                     local_time(now + std::chrono::minutes(3)) + "\"]\n");
    std::ofstream(board_.config(), std::ios::trunc) << text;
  }
};

TEST_F(Throughput, AMeasurementArrivesAsARecordAndIsCounted) {
  configure_gateway();
  gateway_.program.start();
  const auto where = port();
  ASSERT_FALSE(where.empty());
  configure_board(where);
  board_.program.start();
  const auto value = [&](const std::string& metric) {
    return ask(gateway_.store(),
               "SELECT value FROM current_value WHERE device = 'network' AND metric = "
               "'Throughput/" +
                   metric + "' AND value IS NOT NULL");
  };
  ASSERT_TRUE(eventually([&] { return !value("Download").empty(); }, std::chrono::seconds(240)));
  const auto down = std::stod(value("Download"));
  const auto up = std::stod(value("Upload"));
  EXPECT_GT(down, 1e6);
  EXPECT_GT(up, 1e6);
  EXPECT_EQ(value("Failure"), "");
  const auto wire = std::stod(value("Wire Bytes"));
  EXPECT_GT(wire, std::min(4e6, (down + up) / 8)) << "two megabytes, or more than a second of it, each way";
  const auto status = board_.status();
  ASSERT_FALSE(status.empty());
  EXPECT_GE(at(status, "throughput", "budget", "metered", "used").to_number<double>(), wire)
      << "the access probe is off, so nobody knows the link";
  EXPECT_EQ(at(status, "throughput", "budget", "fixed", "used").to_number<double>(), 0);
  const auto note = ask(board_.outbox(), "SELECT value FROM note WHERE key = 'throughput/spent'");
  EXPECT_EQ(note.substr(0, 9), "budget 1\n") << note;
  EXPECT_TRUE(delivers_all(board_));
  expect_exactly_once(board_);
  EXPECT_EQ(gateway_.set_aside("spBv1.0/VN-03/DDATA/" + board_.node() + "/network"), 0U);
}

}  // namespace
}  // namespace xalink::test
