#include "tests/faults/ladder/office_board.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <utility>
#include <vector>

#include "tests/fakes/probes_off.hpp"
#include "tests/integration/deployment.hpp"

namespace xalink::test {

OfficeBoard::OfficeBoard(const ScratchFolder& folder, const SmallInternet& internet)
    : folder_(folder), internet_(internet) {
  folder_.write("ca.pem", internet_.authority());
  folder_.write("agent.toml", settings());
}

std::string OfficeBoard::settings() const {
  const std::string every = "interval_seconds = " + std::to_string(kProbeInterval.count()) + "\n";
  std::string text = "[site]\ngroup = \"" + std::string(kGroup) +
                     "\"\nid = \"xa-lung-cu\"\n[broker]\nurl = \"mqtt://" + SmallInternet::kBroker +
                     ":1883\"\nkeep_alive_seconds = " + std::to_string(kKeepAlive.count()) +
                     "\n[sparkplug]\nprimary_host = \"" + std::string(kHostId) + "\"\n";
  text +=
      "[delivery]\ngather_seconds = 0\nbirth_delay_seconds = 0\nreconnect_min_seconds = 0.2\n"
      "reconnect_max_seconds = 1\n";
  text += "[outbox]\nfile = \"" + (folder_ / "outbox.db").string() +
          "\"\nallow_volatile = true\nflush_seconds = 1" + "\n[control]\nsocket = \"" +
          (folder_ / "agent.sock").string() + "\"\n";
  text += "[outages]\nfailed_readings = 3\ngood_readings = 2\nleast_seconds = 5\nrecheck_seconds = 1\n";
  // Names and services have programs to answer them, on a machine that may have much else to do.
  text += "[probe.link]\n" + every + "interfaces = [\"" + SmallInternet::kInterface + "\"]\n";
  text += "[probe.ping]\n" + every +
          "count = 5\nspacing_ms = 20\ntimeout_seconds = 1\ntargets = { gateway = \"gateway\", anchor = \"" +
          SmallInternet::kAnchor + "\" }\n";
  text += "[probe.tcp]\n" + every + "timeout_seconds = 2\nanchors = { anchor = \"" +
          SmallInternet::kAnchorPort + "\" }\n";
  text += "[probe.dns]\n" + every + "timeout_seconds = 3\nserver = \"" + SmallInternet::kDns +
          "\"\nnames = { portal = \"portal.test\" }\n";
  text += "[probe.reach]\n" + every + "timeout_seconds = 3\nca_file = \"" + (folder_ / "ca.pem").string() +
          "\"\nservices = { portal = \"https://portal.test/\", tax = \"https://tax.test/\" }\n";
  text += "[probe.portal]\ninterval_seconds = 10\ntimeout_seconds = 3\nurl = \"http://portal.test/\"\n";
  // Those of the machine that the test runs on.
  text += probes_off({"link", "ping", "tcp", "dns", "reach", "path", "mtu", "portal", "address", "throughput"});
  return text;
}

void OfficeBoard::boot(std::string boot_id, BootTime at) {
  folder_.write("boot_id", boot_id + "\n");
  boots_[boot_id] = at;
  boot_id_ = std::move(boot_id);
}

void OfficeBoard::start() {
  const auto offset = std::to_string(-boots_.at(boot_id_).count() / 1000);
  // The kernel's word for the boot, its clock, and the interfaces as this namespace has them.
  const std::string inside = "mount -t sysfs sysfs /sys && mount --bind " + (folder_ / "boot_id").string() +
                             " /proc/sys/kernel/random/boot_id && exec " + XALINK_AGENT_PROGRAM +
                             " run --config " + (folder_ / "agent.toml").string();
  program_.emplace(internet_.board().command({"/usr/bin/unshare", "--mount", "--time", "--boottime", offset,
                                              "--monotonic", offset, "--", "/bin/sh", "-c", inside}),
                   folder_ / "agent.log");
  program_->start();
}

void OfficeBoard::kill() {
  program_->kill();
}

std::string OfficeBoard::log() const {
  return program_ ? program_->log() : std::string();
}

boost::json::object OfficeBoard::status() const {
  const auto said = call({XALINK_AGENT_PROGRAM, "status", "--json", "--config", folder_ / "agent.toml"});
  if (said.code != 0) return {};
  return boost::json::parse(said.out).as_object();
}

std::set<std::string> OfficeBoard::open_causes(const boost::json::object& status) {
  std::set<std::string> causes;
  if (status.empty()) return causes;
  for (const auto& outage : status.at("outages").as_array()) {
    std::string cause(outage.as_object().at("cause").as_string());
    const std::string_view subject = outage.as_object().at("subject").as_string();
    if (!subject.empty()) (cause += ":") += subject;
    causes.insert(std::move(cause));
  }
  return causes;
}

std::uint64_t OfficeBoard::runs(std::string_view probe) const {
  const auto told = status();
  if (told.empty()) return 0;
  for (const auto& one : told.at("probes").as_array()) {
    if (one.as_object().at("name").as_string() == probe) {
      return one.as_object().at("runs").to_number<std::uint64_t>();
    }
  }
  return 0;
}

bool OfficeBoard::all_well() const {
  const auto told = status();
  if (told.empty() || !open_causes(told).empty() || told.at("rung").as_string() != "gateway") return false;
  for (const auto& rung : told.at("ladder").as_array()) {
    const bool has_one = rung.as_object().at("rung").as_string() != "modem";
    if (has_one && rung.as_object().at("holds") != boost::json::value(true)) return false;
  }
  // Events are what is waited for: measurements come all the time.
  return at(told, "outbox", "lanes").as_array().at(0).as_object().at("depth") == boost::json::value(0);
}

BootTime OfficeBoard::here(const std::string& boot_id, BootTime at) const {
  const auto& begin = boots_.at(boot_id);
  return std::chrono::duration_cast<std::chrono::seconds>(begin) + at;
}

}  // namespace xalink::test
