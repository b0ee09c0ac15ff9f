#include "agent/doctor/judge.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <boost/asio/ip/address.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <functional>
#include <map>
#include <ostream>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "agent/doctor/page.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

namespace ip = boost::asio::ip;

ProbeReading reading(const Schema& schema, const std::map<std::string, Value>& values) {
  ProbeReading made{schema, {}};
  made.record.values.resize(schema.columns.size());
  for (const auto& [column, value] : values) made.record.values[*column_index(schema, column)] = value;
  return made;
}

ProbeReading link(const std::string& interface, bool carrier, bool route) {
  return reading(link_schema(interface), {{"Carrier", carrier}, {"Default Route", route}});
}
ProbeReading ping(const std::string& target, bool good) {
  if (!good) return reading(ping_schema(target), {{"Loss", 100.0}, {"Reason", std::string("no reply")}});
  return reading(ping_schema(target), {{"RTT mean", std::uint64_t{2'500}}, {"Loss", 0.0}});
}
ProbeReading tcp(const std::string& anchor, bool good) {
  if (!good) return reading(tcp_schema(anchor), {{"Reason", std::string("no answer in time")}});
  return reading(tcp_schema(anchor), {{"Connect", std::uint64_t{13'000}}});
}
ProbeReading dns(const std::string& status) {
  return reading(dns_schema("portal"),
                 {{"Status", status}, {"Reason", status == "NOERROR" ? Value() : Value(status)}});
}
ProbeReading service(const std::string& name, const std::string& failure, const std::string& reason) {
  if (failure.empty()) {
    return reading(reach_schema(name), {{"Success", true},
                                        {"Connect", std::uint64_t{9'000}},
                                        {"TLS Handshake", std::uint64_t{30'000}},
                                        {"HTTP Status", std::uint64_t{200}},
                                        {"Certificate Days", std::int64_t{60}}});
  }
  return reading(reach_schema(name), {{"Success", false}, {"Failure", failure}, {"Reason", reason}});
}

ProbeReading portal(const std::string& reason) {
  return reading(captive_portal_schema(), {{"Finding", std::string("portal")}, {"Reason", reason}});
}

constexpr WallTime kNow{std::chrono::sys_days(std::chrono::year(2026) / 6 / 1)};

/// An office where all is well, with its agent running.
Facts well() {
  Facts facts;
  facts.program.config_file = "/etc/xalink-agent/agent.toml";
  facts.program.unit = UnitState{"loaded", "enabled", "active", "success", 0, 0};
  facts.program.control = Listener::there;
  facts.program.agent = AgentSays{};
  facts.program.agent->version = "1";
  facts.program.agent->session = "online";
  facts.identity.node = "xa-lung-cu";
  facts.identity.tls = true;
  facts.identity.certificates = {{CertificateFacts::Role::authority, "ca.pem", "", "Ca",
                                  kNow - std::chrono::days(300), kNow + std::chrono::days(3000)},
                                 {CertificateFacts::Role::own, "board.pem", "", "xa-lung-cu",
                                  kNow - std::chrono::days(10), kNow + std::chrono::days(300)}};
  facts.identity.key_file = "board.key";
  facts.storage.outbox_file = "/var/lib/xalink-agent/outbox.db";
  facts.storage.outbox_limit = 64U << 20U;
  facts.storage.folder_there = facts.storage.folder_writable = true;
  facts.storage.disk.disk_available = std::uint64_t{1} << 30U;
  facts.clock = {kNow, kNow - std::chrono::days(30), ClockQuality::synchronised, {"chrony", true}};
  facts.board.power.mains = true;
  facts.board.system.temperature = 45.0;
  facts.board.system.memory_available = std::uint64_t{300} << 20U;
  facts.board.system.memory_total = std::uint64_t{512} << 20U;
  WayFacts& way = facts.way;
  way.addresses = {{"eth0", ip::make_address("10.0.0.5")}};
  way.routes = {{"eth0", ip::make_address("10.0.0.1"), 0}};
  way.readings = {link("eth0", true, true), ping("gateway", true), ping("anchor", true),
                  tcp("anchor", true),      dns("NOERROR"),        service("portal", "", ""),
                  service("tax", "", "")};
  way.name_servers = {{"10.0.0.1", "portal.test", true, "NOERROR", ""}};
  way.broker.broker = "mqtts://broker.test:8883";
  way.broker.asked = true;
  way.broker.stopped_at = BrokerFacts::Step::done;
  way.broker.host = "xalink";
  way.broker.gateway_online = true;
  return facts;
}

const Finding& line(const Diagnosis& diagnosis, const std::string& id) {
  const auto found = std::find_if(diagnosis.findings.begin(), diagnosis.findings.end(),
                                  [&](const Finding& one) { return one.id == id; });
  if (found == diagnosis.findings.end()) throw std::runtime_error("no line " + id);
  return *found;
}
ProbeReading& probe(Facts& facts, const std::string& group) {
  return *std::find_if(facts.way.readings.begin(), facts.way.readings.end(),
                       [&](const auto& one) { return one.schema.group == group; });
}

/// What every line owes its reader.
void expect_readable(const Diagnosis& diagnosis) {
  for (const auto& one : diagnosis.findings) {
    SCOPED_TRACE(one.id);
    EXPECT_FALSE(one.name.english.empty() || one.name.vietnamese.empty());
    EXPECT_FALSE(one.reason.english.empty() || one.reason.vietnamese.empty());
    EXPECT_EQ(one.next.english.empty(), one.next.vietnamese.empty());
    if (one.mark == Mark::wrong || one.mark == Mark::notable) {
      EXPECT_FALSE(one.next.empty());
    }
  }
}

TEST(Doctor, FindsNothingWrongWhereAllIsWell) {
  const auto diagnosis = judge(well());
  for (const auto& one : diagnosis.findings)
    EXPECT_EQ(one.mark, Mark::good) << one.id << ": " << one.reason.english;
  EXPECT_EQ(diagnosis.reached, Rung::gateway);
  EXPECT_EQ(diagnosis.first_wrong(), nullptr);
  expect_readable(diagnosis);
}

TEST(Doctor, BlamesTheBoardsClockForACertificateOnlyWhereItIsInDoubt) {
  Facts facts = well();
  const std::string failure = "certificate not yet valid";
  const std::string reason = "TLS: certificate is not yet valid";
  probe(facts, "Reach/tax") = service("tax", failure, reason);
  EXPECT_EQ(line(judge(facts), "service/tax").next.english,
            "Whoever runs it has to put in a certificate that is valid by now: call them");
  probe(facts, "Reach/tax") = service("tax", failure, reason + "; the clock of the board may be behind");
  EXPECT_EQ(line(judge(facts), "service/tax").next.english, "Set this board's clock right (above) first");
}

TEST(Doctor, SaysInOneLanguageThatTheAgentHangs) {
  Facts facts = well();
  facts.program.agent.reset();
  facts.program.no_answer = "xalink-agent did not answer in time | xalink-agent không trả lời kịp";
  const auto diagnosis = judge(facts);
  EXPECT_EQ(line(diagnosis, "agent").reason.english,
            "is there and does not answer: xalink-agent did not answer in time");
  EXPECT_EQ(line(diagnosis, "agent").reason.vietnamese,
            "có đó mà không trả lời: xalink-agent không trả lời kịp");
}

struct Ill {
  std::string what;
  std::function<void(Facts&)> make;
  std::string begin_with;  ///< empty: nothing is wrong
  std::string notable{};   ///< a line that says "see to it"
  Rung reached = Rung::gateway;
};

void PrintTo(const Ill& ill, std::ostream* out) {
  *out << ill.what;
}

class DoctorFinds : public testing::TestWithParam<Ill> {};

TEST_P(DoctorFinds, TheOneToBeginWith) {
  const Ill& ill = GetParam();
  Facts facts = well();
  ill.make(facts);
  const auto diagnosis = judge(facts);
  const auto* first = diagnosis.first_wrong();
  EXPECT_EQ(first == nullptr ? "" : first->id, ill.begin_with)
      << (first == nullptr ? "" : first->reason.english);
  if (!ill.notable.empty()) {
    EXPECT_EQ(line(diagnosis, ill.notable).mark, Mark::notable);
  }
  EXPECT_EQ(diagnosis.reached, ill.reached);
  expect_readable(diagnosis);
}

void cut(Facts& facts, std::size_t good) {
  // All probes from this one on find nobody.
  auto& readings = facts.way.readings;
  const std::vector<ProbeReading> missing = {link("eth0", false, false),
                                             ping("gateway", false),
                                             ping("anchor", false),
                                             tcp("anchor", false),
                                             dns("timeout"),
                                             service("portal", "name", "name: timeout"),
                                             service("tax", "name", "name: timeout")};
  std::copy(missing.begin() + static_cast<std::ptrdiff_t>(good), missing.end(),
            readings.begin() + static_cast<std::ptrdiff_t>(good));
  facts.way.name_servers.front() = {"10.0.0.1", "portal.test", false, "timeout", ""};
  facts.way.broker.stopped_at = BrokerFacts::Step::name;
  facts.way.broker.reason = "timeout";
  facts.way.broker.gateway_online.reset();
}
void no_session(Facts& facts, BrokerFacts::Step step, const std::string& reason, Rung) {
  facts.way.broker.stopped_at = step;
  facts.way.broker.reason = reason;
  facts.way.broker.gateway_online.reset();
}

const std::vector<Ill> kIlls = {
    {"CableOut",
     [](Facts& f) {
       cut(f, 0);
       f.way.addresses.clear();
       f.way.routes.clear();
     },
     "link/eth0", "", Rung::board},
    {"NoDhcp",
     [](Facts& f) {
       cut(f, 1);
       f.way.addresses = {{"eth0", ip::make_address("169.254.3.4")}};
       f.way.routes.clear();
     },
     "address", "", Rung::board},
    {"NoRoute",
     [](Facts& f) {
       cut(f, 1);
       f.way.routes.clear();
     },
     "route", "", Rung::board},
    {"NoRouteNeeded",
     [](Facts& f) {
       f.way.routes.clear();
       f.way.readings = {link("eth0", true, false), service("portal", "", "")};
       f.way.name_servers.clear();
     },
     ""},
    {"NoRouteNeededAndTheProxyRefuses",
     [](Facts& f) {
       f.way.routes.clear();
       f.way.through_proxy = true;
       f.way.readings = {link("eth0", true, false)};
       f.way.name_servers.clear();
       no_session(f, BrokerFacts::Step::proxy, "the proxy wants another user name or password",
                  Rung::first_hop);
     },
     "broker", "", Rung::first_hop},
    {"NoRouteAndTheProxyIsSilent",
     [](Facts& f) {
       f.way.routes.clear();
       f.way.through_proxy = true;
       f.way.readings = {link("eth0", true, false)};
       f.way.name_servers.clear();
       no_session(f, BrokerFacts::Step::connect, "no answer in time", Rung::board);
     },
     "broker", "route", Rung::board},
    {"LoginPage",
     [](Facts& f) {
       cut(f, 4);
       f.way.readings.push_back(portal("sent to login.example (status 302)"));
     },
     "login page", "", Rung::first_hop},
    {"LoginPageWithHolesForTheBroker",
     [](Facts& f) { f.way.readings.push_back(portal("sent to login.example (status 302)")); }, "",
     "login page"},
    {"ModemSwitchedOff",
     [](Facts& f) {
       f.way.routes = {{"wwan0", ip::make_address("10.0.0.1"), 0}};
       f.way.readings.push_back(reading(cellular_schema(), {{"State", std::string("disabled")}}));
     },
     "modem"},
    {"RouterDead", [](Facts& f) { cut(f, 1); }, "first hop", "", Rung::link},
    {"LineDead", [](Facts& f) { cut(f, 2); }, "ping/anchor", "", Rung::first_hop},
    {"IcmpBlocked",
     [](Facts& f) {
       probe(f, "Ping/gateway") = ping("gateway", false);
       probe(f, "Ping/anchor") = ping("anchor", false);
     },
     "", "ping/anchor"},
    {"OneAnchorSilent", [](Facts& f) { probe(f, "TCP/anchor") = tcp("anchor", false); }, "", "tcp/anchor"},
    {"DnsSilent", [](Facts& f) { cut(f, 4); }, "name server/10.0.0.1", "", Rung::internet},
    {"OneNameServerSilent",
     [](Facts& f) {
       f.way.name_servers.push_back({"10.0.0.2", "portal.test", false, "timeout", ""});
     },
     "", "name server/10.0.0.2"},
    {"OneServiceDown",
     [](Facts& f) { probe(f, "Reach/tax") = service("tax", "connect", "connect: Connection refused"); },
     "service/tax"},
    {"CertificateOfAServiceRunsOut",
     [](Facts& f) {
       probe(f, "Reach/tax").record.values[*column_index(reach_schema("tax"), "Certificate Days")] =
           std::int64_t{5};
     },
     "", "service/tax"},
    {"WrongPassword",
     [](Facts& f) {
       no_session(f, BrokerFacts::Step::session, "the broker refuses the user name or the password",
                  Rung::services);
     },
     "broker", "", Rung::services},
    {"BrokersCertificateExpired",
     [](Facts& f) { no_session(f, BrokerFacts::Step::tls, "certificate has expired", Rung::services); },
     "broker", "", Rung::services},
    {"GatewayOffline", [](Facts& f) { f.way.broker.gateway_online = false; }, "gateway", "", Rung::services},
    {"GatewayUnheardOf", [](Facts& f) { f.way.broker.gateway_online.reset(); }, "gateway", "",
     Rung::services},
    {"Clock1970", [](Facts& f) { f.clock.now = WallTime(std::chrono::hours(1)); }, "clock"},
    {"ClockOfNobody",
     [](Facts& f) {
       f.clock.quality = ClockQuality::unset;
       f.clock.service = {};
     },
     "", "clock"},
    {"OwnCertificateExpired",
     [](Facts& f) { f.identity.certificates[1].not_after = kNow - std::chrono::hours(1); }, "certificate"},
    {"OwnCertificateSoonOver",
     [](Facts& f) { f.identity.certificates[1].not_after = kNow + std::chrono::days(9); }, "", "certificate"},
    {"SomebodyElsesCertificate", [](Facts& f) { f.identity.certificates[1].common_name = "xa-khac"; },
     "certificate"},
    {"KeyOfAnother", [](Facts& f) { f.identity.key_trouble = "is not the certificate of board.key"; }, "key"},
    {"KeyForEverybody", [](Facts& f) { f.identity.exposed = {"board.key"}; }, "", "secret"},
    {"PlainSession", [](Facts& f) { f.identity.tls = false; }, "", "encryption"},
    {"UnderVoltage", [](Facts& f) { f.board.power.under_voltage = true; }, "power"},
    {"OnBattery", [](Facts& f) { f.board.power.mains = false; }, "", "power"},
    {"BatteryNearlyEmpty", [](Facts& f) { f.board.power.charge_percent = 9; }, "", "power"},
    {"Throttled", [](Facts& f) { f.board.power.throttled = true; }, "", "power"},
    {"Hot", [](Facts& f) { f.board.system.temperature = 84.0; }, "", "temperature"},
    {"CardReadOnly", [](Facts& f) { f.storage.health.read_only = true; }, "card"},
    {"CardWornOut", [](Facts& f) { f.storage.health.life_used = 110; }, "card"},
    {"DiskFull", [](Facts& f) { f.storage.disk.disk_available = 1000; }, "room"},
    {"DiskRefuses", [](Facts& f) { f.program.agent->disk_error = "the disk is full"; }, "outbox"},
    {"OutboxFullOfEvents", [](Facts& f) { f.program.agent->pressure = "events refused"; }, "outbox"},
    {"ServiceFailed",
     [](Facts& f) {
       f.program.unit->active = "failed";
       f.program.agent.reset();
       f.program.control = Listener::none;
     },
     "service"},
    {"ServiceNotEnabled", [](Facts& f) { f.program.unit->enabled = "disabled"; }, "", "service"},
    {"AgentHangs",
     [](Facts& f) {
       f.program.agent.reset();
       f.program.no_answer = "no answer within 5 s";
     },
     "agent"},
    {"NoRightToPing", [](Facts& f) { f.program.agent->no_icmp_socket = true; }, "icmp"},
    {"WrongConfiguration",
     [](Facts& f) {
       f.program.mistakes = {Error{"agent.toml:3", "unknown key", "did you mean \"id\"?"}};
     },
     "configuration"},
};
INSTANTIATE_TEST_SUITE_P(Ills, DoctorFinds, testing::ValuesIn(kIlls),
                         [](const auto& ill) { return ill.param.what; });

TEST(Doctor, SendsWhoeverStandsOnAMissingRungToThatRung) {
  Facts facts = well();
  cut(facts, 1);
  const auto diagnosis = judge(facts);
  for (const char* id : {"ping/anchor", "tcp/anchor", "dns/portal", "service/portal", "broker"}) {
    EXPECT_EQ(line(diagnosis, id).mark, Mark::wrong) << id;
    EXPECT_EQ(line(diagnosis, id).next.english, "First mend: first hop") << id;
  }
}

TEST(Doctor, LooksForItselfWhereNoAgentRuns) {
  Facts facts = well();
  facts.program.unit.reset();
  facts.program.agent.reset();
  facts.program.control = Listener::none;
  facts.storage.outbox_there = facts.storage.outbox_checked = true;
  auto diagnosis = judge(facts);
  EXPECT_EQ(diagnosis.first_wrong(), nullptr);
  EXPECT_EQ(line(diagnosis, "agent").mark, Mark::notable) << "nothing is measured";
  EXPECT_EQ(line(diagnosis, "outbox").mark, Mark::good);
  facts.storage.outbox_trouble = "is damaged: row 7 missing from index";
  diagnosis = judge(facts);
  ASSERT_NE(diagnosis.first_wrong(), nullptr);
  EXPECT_EQ(diagnosis.first_wrong()->id, "outbox");
  EXPECT_NE(diagnosis.first_wrong()->next.vietnamese.find("thay thẻ"), std::string::npos);
}

TEST(Doctor, AsksWhetherTheServiceHasThisConfiguration) {
  Facts facts = well();
  facts.program.agent.reset();
  facts.program.control = Listener::none;
  const auto diagnosis = judge(facts);
  ASSERT_NE(diagnosis.first_wrong(), nullptr);
  EXPECT_EQ(diagnosis.first_wrong()->id, "agent");
  EXPECT_NE(diagnosis.first_wrong()->next.english.find(facts.program.config_file), std::string::npos);
}

TEST(Doctor, TellsOfWhatItMayNotAskWithoutCallingItWrong) {
  Facts facts = well();
  facts.program.agent.reset();
  facts.program.control = Listener::forbidden;
  facts.storage.folder_writable = false;
  facts.board.icmp_trouble = "Operation not permitted";
  const auto diagnosis = judge(facts);
  EXPECT_EQ(diagnosis.first_wrong(), nullptr);
  for (const char* id : {"agent", "outbox", "icmp"}) {
    EXPECT_EQ(line(diagnosis, id).mark, Mark::unchecked) << id;
    EXPECT_NE(line(diagnosis, id).next.english.find("sudo"), std::string::npos) << id;
  }
}

TEST(DoctorPage, SpeaksBothLanguagesAndNeverBreaksALine) {
  Facts facts = well();
  cut(facts, 2);
  facts.program.agent->disk_error = "first\nsecond \x1b[31m";
  const auto diagnosis = judge(facts);
  const PageHead head{"VN-03/xa-lung-cu", kNow};
  const auto english = findings_as_text(diagnosis, head, Language::english, Colours::none);
  EXPECT_NE(english.find("✗ anchor by ping anchor"), std::string::npos) << english;
  EXPECT_NE(english.find("The office reaches: first hop"), std::string::npos);
  EXPECT_NE(english.find("Begin with: "), std::string::npos);
  EXPECT_NE(english.find("first second"), std::string::npos);
  EXPECT_EQ(english.find('\x1b'), std::string::npos) << "colours only on a terminal";
  const auto vietnamese = findings_as_text(diagnosis, head, Language::vietnamese, Colours::none);
  EXPECT_NE(vietnamese.find("Đường tới tỉnh"), std::string::npos);
  EXPECT_NE(vietnamese.find("Bắt đầu từ: "), std::string::npos);
  EXPECT_EQ(std::count(english.begin(), english.end(), '\n'),
            std::count(vietnamese.begin(), vietnamese.end(), '\n'));
  const auto coloured = findings_as_text(diagnosis, head, Language::english, Colours::terminal);
  EXPECT_NE(coloured.find("\x1b[1;31m✗\x1b[0m"), std::string::npos);
}

TEST(DoctorPage, IsJsonForPrograms) {
  Facts facts = well();
  cut(facts, 1);
  const auto told =
      boost::json::parse(findings_as_json(judge(facts), {"VN-03/xa-lung-cu", kNow})).as_object();
  EXPECT_EQ(told.at("well"), boost::json::value(false));
  EXPECT_EQ(told.at("begin_with"), "first hop");
  EXPECT_EQ(told.at("reaches"), "link");
  EXPECT_EQ(told.at("at"), "2026-06-01T00:00:00Z");
  std::set<std::string> ids;
  for (const auto& one : told.at("findings").as_array()) {
    EXPECT_TRUE(ids.insert(std::string(one.at("id").as_string())).second) << one.at("id").as_string();
    EXPECT_TRUE(one.at("reason").as_object().contains("vi"));
  }
}

}  // namespace
}  // namespace xalink
