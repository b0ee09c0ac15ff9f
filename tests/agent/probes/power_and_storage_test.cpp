#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>
#include <string>
#include <vector>

#include "agent/linux/power_readings.hpp"
#include "agent/linux/storage_health.hpp"
#include "agent/probes/power.hpp"
#include "agent/probes/storage.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"

namespace xalink {
namespace {

using test::FakeTree;
using test::kNull;
using test::text;

class Power : public testing::Test {
 protected:
  void supply(const std::string& name, const std::string& file, const std::string& value) const {
    tree_.write("sys/class/power_supply/" + name + "/" + file, value + "\n");
  }
  void firmware(const std::string& flags) const {
    tree_.write("sys/devices/platform/soc/soc:firmware/get_throttled", flags + "\n");
  }
  [[nodiscard]] PowerReadings read() const { return read_power(tree_.root()); }
  FakeTree tree_;
};

TEST_F(Power, ABoardThatCannotTellSaysNothing) {
  EXPECT_EQ(read(), PowerReadings());
  EXPECT_FALSE(PowerProbe::has_answers({tree_.root()}));
}

TEST_F(Power, AUpsOnBattery) {
  supply("AC0", "type", "Mains");
  supply("AC0", "online", "0");
  supply("ups", "type", "UPS");
  supply("ups", "capacity", "63");
  supply("ups", "status", "Discharging");
  supply("ups", "time_to_empty_now", "5400");
  supply("ups", "voltage_now", "12150000");
  const auto readings = read();
  EXPECT_EQ(readings.mains, false);
  EXPECT_EQ(readings.charge_percent, 63);
  EXPECT_EQ(readings.battery_status, "Discharging");
  EXPECT_EQ(readings.runtime_s, 5400U);
  EXPECT_DOUBLE_EQ(readings.battery_volts.value(), 12.15);
  EXPECT_TRUE(PowerProbe::has_answers({tree_.root()}));
}

TEST_F(Power, AUpsThatIsTheOnlyEntryTellsOfTheMains) {
  supply("ups", "type", "UPS");
  supply("ups", "capacity", "9");
  for (const auto& [status, mains] : {std::pair("Discharging", std::optional(false)),
                                      {"Charging", std::optional(true)},
                                      {"Full", std::optional(true)},
                                      {"Not charging", std::optional<bool>()},
                                      {"Unknown", std::optional<bool>()}}) {
    supply("ups", "status", status);
    EXPECT_EQ(read().mains, mains) << status;
  }
  supply("ups", "status", "Discharging");
  supply("ups", "present", "0");
  EXPECT_EQ(read().mains, std::nullopt);
}

TEST_F(Power, OneOfSeveralSuppliesIsEnough) {
  supply("AC0", "type", "Mains");
  supply("AC0", "online", "0");
  supply("usb", "type", "USB");
  supply("usb", "online", "1");
  EXPECT_EQ(read().mains, true);
}

TEST_F(Power, TheBatteryWithTheLeastSpeaks) {
  for (const auto& [name, charge, status] :
       {std::tuple{"BAT0", "80", "Full"}, {"BAT1", "12", "Discharging"}}) {
    supply(name, "type", "Battery");
    supply(name, "capacity", charge);
    supply(name, "status", status);
  }
  supply("BAT0", "time_to_empty_now", "9000");
  EXPECT_EQ(read().charge_percent, 12);
  EXPECT_EQ(read().battery_status, "Discharging");
  EXPECT_EQ(read().runtime_s, std::nullopt) << "that was the other one";
}

TEST_F(Power, WhatIsNoBatteryOfTheBoardDoesNotCount) {
  supply("mouse", "type", "Battery");
  supply("mouse", "scope", "Device");
  supply("mouse", "capacity", "3");
  supply("slot", "type", "Battery");
  supply("slot", "present", "0");
  supply("slot", "capacity", "0");
  supply("odd", "type", "Battery");
  supply("odd", "capacity", "250");
  EXPECT_EQ(read().charge_percent, std::nullopt);
}

TEST_F(Power, TheFirmwareOfARaspberryPiIsUnderstood) {
  firmware("50005");
  EXPECT_EQ(read().under_voltage, true);
  EXPECT_EQ(read().throttled, true);
  firmware("0x50000");
  EXPECT_EQ(read().under_voltage, false);
  EXPECT_EQ(read().under_voltage_since_boot, true);
  EXPECT_EQ(read().throttled, false);
  firmware("80008");
  EXPECT_EQ(read().under_voltage_since_boot, false);
  EXPECT_EQ(read().throttled, true) << "for heat";
  firmware("0");
  EXPECT_EQ(read().under_voltage_since_boot, false);
  firmware("nonsense");
  EXPECT_EQ(read(), PowerReadings());
}

TEST_F(Power, TheSensorSpeaksWhereTheFirmwareDoesNot) {
  tree_.write("sys/class/hwmon/hwmon0/name", "cpu_thermal\n");
  tree_.write("sys/class/hwmon/hwmon0/in0_lcrit_alarm", "0\n");
  EXPECT_EQ(read().under_voltage, std::nullopt);
  tree_.write("sys/class/hwmon/hwmon1/name", "rpi_volt\n");
  tree_.write("sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n");
  EXPECT_EQ(read().under_voltage, true);
}

/// The scratch folder's real device, with what a card would say of it.
class Storage : public testing::Test {
 protected:
  void SetUp() override {
    struct stat about {};
    ASSERT_EQ(::stat(tree_.root().c_str(), &about), 0);
    const auto links = tree_.root() / "sys/dev/block";
    std::filesystem::create_directories(links);
    tree_.write("sys/devices/mmc0/block/mmcblk0/mmcblk0p2/partition", "2\n");
    std::filesystem::create_directory_symlink(
        tree_.root() / "sys/devices/mmc0/block/mmcblk0/mmcblk0p2",
        links / (std::to_string(major(about.st_dev)) + ":" + std::to_string(minor(about.st_dev))));
  }
  void card(const std::string& file, const std::string& value) const {
    tree_.write("sys/devices/mmc0/block/mmcblk0/device/" + file, value + "\n");
  }
  [[nodiscard]] StorageHealth read() const { return read_storage_health(tree_.root(), tree_.root()); }
  FakeTree tree_;
};

TEST_F(Storage, ACardThatTellsItsLife) {
  card("life_time", "0x02 0x05");
  card("pre_eol_info", "0x01");
  tree_.write("sys/fs/ext4/mmcblk0p2/errors_count", "7\n");
  const auto health = read();
  EXPECT_EQ(health.device, "mmcblk0");
  EXPECT_EQ(health.life_used, 50) << "the worse of its two kinds of memory";
  EXPECT_EQ(health.pre_eol, 1);
  EXPECT_EQ(health.errors, 7U);
  EXPECT_EQ(health.read_only, false);
}

TEST_F(Storage, WhatIsNotDefinedIsNotGuessed) {
  card("life_time", "0x00 0x00");
  card("pre_eol_info", "0x00");
  EXPECT_EQ(read().life_used, std::nullopt);
  EXPECT_EQ(read().pre_eol, std::nullopt);
  EXPECT_EQ(read().errors, std::nullopt);
  card("life_time", "0x0b 0x01");
  EXPECT_EQ(read().life_used, 110) << "past its end";
  for (const char* odd : {"", "0x", "twelve", "0xff 0x01", "0x123"}) {
    card("life_time", odd);
    EXPECT_EQ(read().life_used, std::nullopt) << odd;
  }
}

TEST_F(Storage, WithoutADeviceOnlyTheFileSystemSpeaks) {
  const auto health = read_storage_health(tree_.root(), tree_.root() / "away");
  EXPECT_EQ(health.device, std::nullopt);
  EXPECT_EQ(health.read_only, false);
  EXPECT_EQ(read_storage_health(tree_.root() / "away", tree_.root()), StorageHealth());
}

using PowerProbeTest = test::LoopTest;

TEST_F(PowerProbeTest, FillsItsColumns) {
  const FakeTree tree;
  tree.write("sys/class/power_supply/ac/type", "Mains\n");
  tree.write("sys/class/power_supply/ac/online", "1\n");
  PowerProbe probe(loop.get_executor(), clock, {tree.root()});
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Mains"), Value(true));
  EXPECT_EQ(column(probe, values, "Charge"), kNull);
  EXPECT_EQ(values.size(), probe.schema().columns.size());
}

using StorageProbeTest = test::LoopTest;

TEST_F(StorageProbeTest, MeasuresThisMachine) {
  StorageProbe probe(loop.get_executor(), clock, {"/tmp", "/"});
  const std::vector<Value> values = measure(probe);
  EXPECT_EQ(column(probe, values, "Read Only"), Value(false));
  EXPECT_EQ(values.size(), probe.schema().columns.size());
}

}  // namespace
}  // namespace xalink
