#include "agent/linux/command.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <vector>

#include "agent/linux/small_file.hpp"
#include "agent/linux/usb_power.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::FakeTree;

class Command : public test::LoopTest {
 protected:
  std::string run_it(std::vector<std::string> words, Duration limit = 30s) {
    return run(run_command(clock, std::move(words), limit));
  }
  [[nodiscard]] std::string in(const std::string& name) const { return (scratch_ / name).string(); }
  [[nodiscard]] std::int64_t number_in(const std::string& name) const {
    return parse_number(read_small_file(scratch_ / name).value_or("")).value_or(0);
  }
  ScratchFolder scratch_;
};

TEST_F(Command, EndsWell) {
  EXPECT_EQ(run_it({"/usr/bin/touch", in("done")}), "");
  EXPECT_TRUE(std::filesystem::exists(in("done")));
}

TEST_F(Command, TellsHowItFailed) {
  EXPECT_EQ(run_it({"/bin/sh", "-c", "exit 7"}), "exit code 7");
  EXPECT_EQ(run_it({"/bin/sh", "-c", "kill -9 $$"}), "ended by signal 9");
  EXPECT_EQ(run_it({"/nowhere/mmcli"}), "/nowhere/mmcli could not be started: No such file or directory");
  EXPECT_EQ(run_it({"/etc/passwd"}), "/etc/passwd could not be started: Permission denied");
}

TEST_F(Command, NoShellReadsItsArguments) {
  EXPECT_EQ(run_it({"/usr/bin/touch", in("$(id) ; *")}), "");
  EXPECT_TRUE(std::filesystem::exists(in("$(id) ; *")));
}

TEST_F(Command, IsKilledWithAllThatItStarted) {
  const auto begun = clock.steady();
  EXPECT_EQ(
      run_it({"/bin/sh", "-c", "sleep 1000 & echo $! > '" + in("child") + "'; trap '' TERM; sleep 1000"},
             500ms),
      "not done in time, killed");
  EXPECT_LT(clock.steady() - begun, 20s);
  const auto child = static_cast<pid_t>(number_in("child"));
  ASSERT_GT(child, 0);
  // It is init's to reap, so it may linger for a moment.
  const auto gone = [&] {
    const auto state = read_small_file("/proc/" + std::to_string(child) + "/stat").value_or("Z");
    return state.find(") Z") != std::string::npos || state == "Z";
  };
  for (int i = 0; i < 500 && !gone(); ++i) run(run_command(clock, {"/bin/sleep", "0.01"}, 5s));
  EXPECT_TRUE(gone());
}

TEST_F(Command, GetsNoneOfOurFiles) {
  const int ours = ::open("/dev/null", O_RDONLY);
  ASSERT_GT(ours, 2);
  EXPECT_EQ(run_it({"/bin/sh", "-c", "test ! -e /proc/$$/fd/" + std::to_string(ours)}), "");
  ::close(ours);
}

class UsbPower : public testing::Test {
 protected:
  UsbPower() {
    tree.write("sys/devices/usb1/1-1/1-1.2/authorized", "1");
    std::filesystem::create_directories(tree.root() / "sys/bus/usb/devices");
    std::filesystem::create_directory_symlink(tree.root() / "sys/devices/usb1/1-1/1-1.2",
                                              tree.root() / "sys/bus/usb/devices/1-1.2");
  }
  std::string cycle(std::string_view device) { return cycle_usb_device(device, 1ms, tree.root()); }
  FakeTree tree;
};

TEST_F(UsbPower, IsTakenAwayAndGivenBack) {
  for (const char* device : {"1-1.2", "/sys/devices/usb1/1-1/1-1.2"}) {
    tree.write("sys/devices/usb1/1-1/1-1.2/authorized", "?");
    EXPECT_EQ(cycle(device), "") << device;
    EXPECT_EQ(tree.read("sys/devices/usb1/1-1/1-1.2/authorized"), "1") << device;
  }
}

TEST_F(UsbPower, SaysWhyNot) {
  EXPECT_NE(cycle("1-9").find("No such file"), std::string::npos);
  EXPECT_FALSE(std::filesystem::exists(tree.root() / "sys/bus/usb/devices/1-9"));
  for (const char* device : {"", "..", "../../etc", "/etc", "/sys/../etc", "a/b"}) {
    EXPECT_EQ(cycle(device), "which USB device the modem is was never told") << device;
  }
}

}  // namespace
}  // namespace xalink
