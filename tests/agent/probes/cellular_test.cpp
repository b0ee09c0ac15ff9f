#include "agent/probes/cellular.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "agent/linux/modem_words.hpp"
#include "agent/probes/access_route.hpp"
#include "tests/agent/probes/fake_tree.hpp"
#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/modems_on_bus.hpp"

namespace xalink {
namespace {

using namespace std::chrono_literals;
using test::count;
using test::kNull;
using test::text;

/// Bits of MMModemAccessTechnology.
constexpr std::uint32_t kLte = 1U << 14U;
constexpr std::uint32_t kNr = 1U << 15U;
constexpr std::uint32_t kHspaPlus = 1U << 9U;

class Cellular : public test::LoopTest {
 protected:
  void begin() {
    modem_manager.start();
    modem_manager.plug_in(0);
  }
  void fail(std::uint32_t reason) {
    modem_manager.set(0, "", "State", std::int32_t{-1});
    modem_manager.set(0, "", "StateFailedReason", reason);
    modem_manager.set(0, "", "UnlockRequired", std::uint32_t{0});
    modem_manager.set(0, "", "Sim", sdbus::ObjectPath("/"));
    modem_manager.drop(0, ".Modem3gpp");
    modem_manager.drop(0, ".Signal");
  }
  std::vector<Value> ask(Duration limit = 20s) {
    std::vector<Value> values = run(probe.measure(clock.steady() + limit));
    EXPECT_TRUE(values.empty() || values.size() == probe.schema().columns.size());
    return values;
  }
  Value of(const std::vector<Value>& values, std::string_view name) { return column(probe, values, name); }

  test::ModemManager modem_manager;
  CellularProbe probe{loop.get_executor(), clock, {{modem_manager.address(), 30s}}};
};

TEST_F(Cellular, RegisteredOverLte) {
  begin();
  const auto values = ask();
  EXPECT_EQ(of(values, "Modems"), count(1));
  EXPECT_EQ(of(values, "State"), text("connected"));
  EXPECT_EQ(of(values, "Failure"), kNull);
  EXPECT_EQ(of(values, "SIM"), text("present"));
  EXPECT_EQ(of(values, "Lock"), text("sim-pin2"));
  EXPECT_EQ(of(values, "Registration"), text("home"));
  EXPECT_EQ(of(values, "Operator Code"), text("45204"));
  EXPECT_EQ(of(values, "Operator"), text("Viettel"));
  EXPECT_EQ(of(values, "Technology"), text("lte"));
  EXPECT_EQ(of(values, "Signal Quality"), count(64));
  EXPECT_EQ(of(values, "RSRP"), Value(-101.3));
  EXPECT_EQ(of(values, "RSRQ"), Value(-11.0));
  EXPECT_EQ(of(values, "SNR"), Value(12.4));
  EXPECT_EQ(of(values, "RSSI"), Value(-71.0));
  EXPECT_EQ(of(values, "Model"), text("QUECTEL Mobile Broadband Module"));
  EXPECT_EQ(of(values, "Revision"), text("EC25EFAR06A11M4G"));
  EXPECT_EQ(of(values, "Reason"), kNull);
}

TEST_F(Cellular, SaysItsModelOnce) {
  begin();
  ask();
  const auto second = ask();
  EXPECT_EQ(of(second, "State"), text("connected"));
  EXPECT_EQ(of(second, "Model"), kNull);
  EXPECT_EQ(of(second, "Revision"), kNull);
}

TEST_F(Cellular, NothingPersonalIsKept) {
  begin();
  for (const Value& value : ask()) EXPECT_EQ(to_text(value).find("84912345678"), std::string::npos);
  EXPECT_EQ(modem_manager.log().find("SIM"), std::string::npos) << "the SIM itself is never asked";
}

TEST_F(Cellular, Roaming) {
  begin();
  modem_manager.set(0, ".Modem3gpp", "RegistrationState", std::uint32_t{5});
  modem_manager.set(0, ".Modem3gpp", "OperatorName", std::string("CHN-UNICOM"));
  const auto values = ask();
  EXPECT_EQ(of(values, "Registration"), text("roaming"));
  EXPECT_EQ(of(values, "Operator"), text("CHN-UNICOM")) << "the border is near";
}

TEST_F(Cellular, Searching) {
  begin();
  modem_manager.set(0, "", "State", std::int32_t{7});
  modem_manager.set(0, ".Modem3gpp", "RegistrationState", std::uint32_t{2});
  modem_manager.set(0, ".Modem3gpp", "OperatorName", std::string());
  const auto values = ask();
  EXPECT_EQ(of(values, "State"), text("searching"));
  EXPECT_EQ(of(values, "Registration"), text("searching"));
  EXPECT_EQ(of(values, "Operator"), kNull);
  EXPECT_EQ(of(values, "Technology"), kNull) << "what it used before";
}

TEST_F(Cellular, NoSim) {
  begin();
  fail(2);
  const auto values = ask();
  EXPECT_EQ(of(values, "State"), text("failed"));
  EXPECT_EQ(of(values, "Failure"), text("sim-missing"));
  EXPECT_EQ(of(values, "SIM"), text("missing"));
  EXPECT_EQ(of(values, "Lock"), kNull);
  EXPECT_EQ(of(values, "Registration"), kNull);
  EXPECT_EQ(of(values, "Signal Quality"), kNull);
  EXPECT_EQ(of(values, "RSRP"), kNull);
}

TEST_F(Cellular, LockedByItsPin) {
  begin();
  modem_manager.set(0, "", "State", std::int32_t{2});
  modem_manager.set(0, "", "UnlockRequired", std::uint32_t{2});
  const auto values = ask();
  EXPECT_EQ(of(values, "State"), text("locked"));
  EXPECT_EQ(of(values, "SIM"), text("present"));
  EXPECT_EQ(of(values, "Lock"), text("sim-pin"));
}

TEST_F(Cellular, Failed) {
  begin();
  fail(1);
  const auto values = ask();
  EXPECT_EQ(of(values, "Failure"), text("unknown"));
  EXPECT_EQ(of(values, "SIM"), text("unknown")) << "it was not looked for: not the same as missing";
  fail(3);
  EXPECT_EQ(of(ask(), "SIM"), text("unreadable"));
}

TEST_F(Cellular, HasTheModemMeasureItsSignal) {
  begin();
  modem_manager.set(0, ".Signal", "Rate", std::uint32_t{0});
  modem_manager.set(0, ".Signal", "Lte", std::map<std::string, sdbus::Variant>());
  const auto first = ask();
  EXPECT_EQ(of(first, "RSRP"), kNull);
  EXPECT_EQ(of(first, "Signal Quality"), count(64)) << "what there is meanwhile";
  EXPECT_NE(modem_manager.log().find("Setup 30"), std::string::npos);
  EXPECT_EQ(of(ask(), "RSRP"), Value(-99.0));
}

TEST_F(Cellular, ContentWithTheQualityWhereItMayNotHaveTheSignalMeasured) {
  begin();
  modem_manager.refuse_setup();
  modem_manager.set(0, ".Signal", "Rate", std::uint32_t{0});
  modem_manager.set(0, ".Signal", "Lte", std::map<std::string, sdbus::Variant>());
  for (int i = 0; i < 3; ++i) {
    const auto values = ask();
    EXPECT_EQ(of(values, "Signal Quality"), count(64));
    EXPECT_EQ(of(values, "RSRP"), kNull);
  }
  const std::string log = modem_manager.log();
  EXPECT_NE(log.find("Setup 30"), std::string::npos);
  EXPECT_EQ(log.find("Setup 30"), log.rfind("Setup 30")) << "who was refused does not insist\n" << log;
}

TEST_F(Cellular, LeavesTheRateOfOthers) {
  begin();
  ask();
  EXPECT_EQ(modem_manager.log().find("Setup"), std::string::npos);
}

TEST_F(Cellular, TheFastestTechnologySpeaks) {
  begin();
  modem_manager.set(0, "", "AccessTechnologies", kLte | kNr);
  modem_manager.set(0, ".Signal", "Nr5g",
                    std::map<std::string, sdbus::Variant>{{"rsrp", sdbus::Variant(-88.0)},
                                                          {"snr", sdbus::Variant(-32768.0)}});
  const auto values = ask();
  EXPECT_EQ(of(values, "Technology"), text("lte, 5gnr"));
  EXPECT_EQ(of(values, "RSRP"), Value(-88.0));
  EXPECT_EQ(of(values, "SNR"), Value(12.4)) << "not measured there";
}

TEST_F(Cellular, TheModemThatIsConnectedCounts) {
  begin();
  modem_manager.set(0, "", "State", std::int32_t{7});
  modem_manager.plug_in(1);
  modem_manager.set(1, "", "Model", std::string("second"));
  const auto values = ask();
  EXPECT_EQ(of(values, "Modems"), count(2));
  EXPECT_EQ(of(values, "State"), text("connected"));
  EXPECT_EQ(of(values, "Model"), text("second"));
}

TEST_F(Cellular, AModemPulledOutAndPutBack) {
  begin();
  ask();
  modem_manager.unplug(0);
  const auto gone = ask();
  EXPECT_EQ(of(gone, "Modems"), count(0));
  EXPECT_EQ(of(gone, "State"), kNull);
  EXPECT_EQ(of(gone, "Reason"), text("ModemManager sees no modem"));
  modem_manager.plug_in(7);
  const auto back = ask();
  EXPECT_EQ(of(back, "State"), text("connected"));
  EXPECT_EQ(of(back, "Model"), text("QUECTEL Mobile Broadband Module")) << "it may be another one";
  EXPECT_EQ(of(back, "Reason"), kNull);
}

TEST_F(Cellular, NoModemManagerNoRecord) {
  EXPECT_TRUE(ask().empty());
  begin();
  EXPECT_EQ(of(ask(), "State"), text("connected")) << "it came later";
  modem_manager.kill();
  EXPECT_EQ(of(ask(), "Reason"), text("there is no ModemManager")) << "it was there once";
  modem_manager.start();
  EXPECT_EQ(of(ask(), "Reason"), text("ModemManager sees no modem"));
}

TEST_F(Cellular, NoBusNoRecord) {
  CellularProbe alone(loop.get_executor(), clock, {{"unix:path=/nowhere/at/all", 30s}});
  EXPECT_TRUE(run(alone.measure(clock.steady() + 20s)).empty());
}

TEST_F(Cellular, ModemManagerDyingInMidCall) {
  begin();
  ask();
  modem_manager.fall_when_asked();
  const auto values = ask();
  EXPECT_EQ(of(values, "Modems"), kNull);
  EXPECT_EQ(of(values, "Reason"), text("ModemManager gives no answer: org.freedesktop.DBus.Error.NoReply"));
  modem_manager.kill();
  begin();
  EXPECT_EQ(of(ask(), "State"), text("connected"));
}

TEST_F(Cellular, OneThatNeverAnswersCostsTheDeadlineAndNoMore) {
  begin();
  ask();
  modem_manager.freeze();
  int ticks = 0;
  const auto tick = [&]() -> boost::asio::awaitable<void> {
    while (true) {
      co_await clock.sleep_for(10ms);
      ++ticks;
    }
  };
  boost::asio::co_spawn(loop, tick(), [](std::exception_ptr) {});
  const auto begun = clock.steady();
  const auto values = ask(500ms);
  const auto took = clock.steady() - begun;
  EXPECT_EQ(of(values, "Reason"), text("ModemManager does not answer"));
  EXPECT_GE(took, 500ms);
  EXPECT_LT(took, 5s);
  EXPECT_GT(ticks, 10) << "the loop went on";
  modem_manager.thaw();
  EXPECT_EQ(of(ask(), "State"), text("connected"));
  loop.stop();
}

TEST_F(Cellular, ABusThatHangsCostsTheDeadlineAndNoMore) {
  begin();
  ask();
  modem_manager.bus().freeze();
  EXPECT_EQ(of(ask(300ms), "Reason"), text("the system bus does not answer"));
  // The connection is gone by now: a new one has to be made with a bus that does not speak.
  const auto begun = clock.steady();
  EXPECT_EQ(of(ask(300ms), "Reason"), text("the system bus does not answer"));
  EXPECT_LT(clock.steady() - begun, 5s);
  modem_manager.bus().thaw();
  EXPECT_EQ(of(ask(), "State"), text("connected"));
}

TEST_F(Cellular, ABusThatIsStartedAnew) {
  begin();
  ask();
  modem_manager.bus().kill();
  EXPECT_EQ(of(ask(), "State"), kNull);
}

TEST_F(Cellular, KnowsWhetherTheDefaultRouteLeadsThroughIt) {
  const test::FakeTree tree;
  CellularSettings settings{{modem_manager.address(), 30s}};
  settings.root = tree.root();
  CellularProbe through(loop.get_executor(), clock, std::move(settings));
  const auto leads = [&](Duration limit = 20s) {
    const auto values = run(through.measure(clock.steady() + limit));
    return column(through, values, "Default Route");
  };
  const auto route = [&](const std::string& interface) {
    const auto line = interface + "\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0\n";
    tree.write("proc/net/route", std::string(test::kRouteHeading) + (interface.empty() ? "" : line));
  };
  begin();
  EXPECT_EQ(leads(), kNull) << "there has been no route yet";
  route("eth0");
  EXPECT_EQ(leads(), Value(false));
  route("wwan0");
  EXPECT_EQ(leads(), Value(true));
  route("");
  fail(3);
  EXPECT_EQ(leads(), Value(true)) << "it took the route with it";
  modem_manager.freeze();
  EXPECT_EQ(leads(500ms), Value(true));
  modem_manager.thaw();
  route("eth0");
  EXPECT_EQ(leads(), Value(false)) << "another way was found";
}

TEST_F(Cellular, TellsTheAccessOfItsInterface) {
  const test::FakeTree tree;
  tree.write("sys/class/net/wwan0/uevent", "DEVTYPE=wwan\n");
  tree.write("proc/net/route", std::string(test::kRouteHeading) +
                                   "wwan0\t00000000\t00000000\t0001\t0\t0\t700\t00000000\t0\t0\t0\n");
  AccessProbe access(loop.get_executor(), clock, {{}, 1h, {modem_manager.address(), 30s}, tree.root()});
  const auto recorded = [&] { return run(access.measure(clock.steady() + 1s)); };
  begin();
  EXPECT_EQ(recorded(), (std::vector<Value>{text("wwan0"), text("4g"), text("detected")}));
  EXPECT_TRUE(recorded().empty());
  modem_manager.freeze();
  EXPECT_TRUE(recorded().empty()) << "nobody says that it changed";
  modem_manager.thaw();
  modem_manager.set(0, "", "AccessTechnologies", kHspaPlus);
  EXPECT_EQ(recorded(), (std::vector<Value>{text("wwan0"), text("3g"), text("detected")}));
}

TEST(ModemWords, AreThoseOfModemManager) {
  EXPECT_EQ(modem_state_word(-1), "failed");
  EXPECT_EQ(modem_state_word(0), "unknown");
  EXPECT_EQ(modem_state_word(11), "connected");
  EXPECT_EQ(modem_state_word(12), "12");
  EXPECT_EQ(modem_state_word(-2), "-2");
  EXPECT_EQ(modem_lock_word(16), "ph-netsub-puk");
  EXPECT_EQ(registration_word(11), "attached-rlos");
  EXPECT_EQ(registration_word(99), "99");
  EXPECT_EQ(technology_words(0), std::nullopt);
  EXPECT_EQ(technology_words(kHspaPlus | 1U << 5U), "umts, hspa+");
}

TEST(ModemWords, TheNewestGenerationCounts) {
  EXPECT_EQ(mobile_generation(0), std::nullopt);
  EXPECT_EQ(mobile_generation(0xffffffffU), std::nullopt);
  EXPECT_EQ(mobile_generation(1U), std::nullopt) << "an analogue telephone";
  EXPECT_EQ(mobile_generation(1U << 4U), "2g");
  EXPECT_EQ(mobile_generation(1U << 4U | kHspaPlus), "3g");
  EXPECT_EQ(mobile_generation(kLte), "4g");
  EXPECT_EQ(mobile_generation(kLte | kNr), "5g");
}

}  // namespace
}  // namespace xalink
