#include "agent/doctor/look.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <iterator>
#include <utility>

#include "agent/address_text.hpp"
#include "agent/linux/icmp_socket.hpp"
#include "agent/outbox/disk_space.hpp"
#include "agent/outbox/resting_outbox.hpp"
#include "agent/time_keeper.hpp"
#include "sparkplug/certificate.hpp"
#include "sparkplug/kernel_clock.hpp"
#include "sparkplug/own_key.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

bool everybody_reads(const std::string& file) {
  struct stat info {};
  return ::stat(file.c_str(), &info) == 0 && (info.st_mode & S_IROTH) != 0;
}

CertificateFacts look_at_certificate(const std::string& file, CertificateFacts::Role role) {
  CertificateFacts facts;
  facts.role = role;
  facts.file = file;
  std::ifstream in(file, std::ios::binary);
  if (!in) {
    facts.trouble = "cannot be read";
    return facts;
  }
  const std::string pem{std::istreambuf_iterator<char>(in), {}};
  const auto label = read_certificate_label(pem);
  if (!label) {
    facts.trouble = label.error().what;
    return facts;
  }
  facts.common_name = label->common_name;
  facts.not_before = label->not_before;
  facts.not_after = label->not_after;
  return facts;
}

bool is_loopback(const std::string& host) {
  if (host == "localhost") return true;
  boost::system::error_code no_address;
  const auto address = boost::asio::ip::make_address(host, no_address);
  return !no_address && address.is_loopback();
}

}  // namespace

Result<AgentSays> understand_status(const std::string& text) {
  try {
    const auto root = json::parse(text);
    AgentSays says;
    const auto word = [](const json::value& value) { return std::string(value.as_string()); };
    says.version = word(root.at("version"));
    const auto& session = root.at("session");
    says.session = word(session.at("state"));
    says.last_failure = word(session.at("last_failure"));
    says.clock_doubt = word(root.at("clock_detail").at("doubt"));
    if (says.clock_doubt == "none") says.clock_doubt.clear();
    const auto& outbox = root.at("outbox");
    says.disk_error = word(outbox.at("disk_error"));
    says.pressure = word(outbox.at("pressure"));
    says.dropped = outbox.at("dropped").to_number<std::uint64_t>();
    const auto& lanes = outbox.at("lanes").as_array();
    says.waiting_events = lanes.at(0).at("depth").to_number<std::uint64_t>();
    says.waiting_measurements = lanes.at(1).at("depth").to_number<std::uint64_t>();
    if (!outbox.at("salvage").is_null()) says.salvage_reason = word(outbox.at("salvage").at("reason"));
    for (const auto& outage : root.at("outages").as_array()) {
      says.outages.push_back({word(outage.at("cause")), word(outage.at("subject")),
                              outage.at("seconds").to_number<std::int64_t>()});
    }
    for (const auto& probe : root.at("probes").as_array()) {
      const auto* values = probe.as_object().if_contains("values");
      if (values == nullptr) continue;
      for (const auto& entry : values->as_array()) {
        const auto& value = entry.at("value");
        if (entry.at("name") == "Reason" && value.is_string() &&
            value.as_string().starts_with("no ICMP socket")) {
          says.no_icmp_socket = true;
        }
      }
    }
    return says;
  } catch (const std::exception& error) {
    return failure("", std::string("its answer was not understood: ") + error.what());
  }
}

ProgramFacts look_at_program(const std::string& config_file, const AgentConfig* config,
                             std::vector<Error> mistakes) {
  ProgramFacts facts;
  facts.config_file = config_file;
  facts.mistakes = std::move(mistakes);
  facts.root = ::geteuid() == 0;
  facts.unit = read_unit("xalink-agent.service");
  facts.control_socket = (config == nullptr ? AgentConfig() : *config).control_socket.string();
  facts.control = who_listens(facts.control_socket);
  if (facts.control != Listener::there) return facts;
  ControlCall call;
  call.program = "xalink-agent";
  const auto answer = ask(facts.control_socket, "status", call);
  if (!answer) {
    facts.no_answer = answer.error().what;
    return facts;
  }
  auto says = understand_status(*answer);
  if (says) {
    facts.agent = std::move(*says);
  } else {
    facts.no_answer = says.error().what;
  }
  return facts;
}

IdentityFacts look_at_identity(const AgentConfig& config) {
  IdentityFacts facts;
  const BrokerSettings& broker = config.broker;
  facts.node = config.site.node;
  facts.tls = broker.tls;
  facts.loopback = is_loopback(broker.host);
  if (!broker.ca_file.empty()) {
    facts.certificates.push_back(look_at_certificate(broker.ca_file, CertificateFacts::Role::authority));
  }
  if (!broker.certificate_file.empty()) {
    facts.certificates.push_back(look_at_certificate(broker.certificate_file, CertificateFacts::Role::own));
    facts.key_file = broker.key_file;
    // Nothing is made here: with a certificate configured the key is the broker's.
    if (const auto key = own_key(broker, broker.key_file); !key) facts.key_trouble = key.error().to_string();
  }
  if (!broker.key_file.empty() && everybody_reads(broker.key_file)) facts.exposed.push_back(broker.key_file);
  return facts;
}

StorageFacts look_at_storage(const AgentConfig& config, const Clock& clock, bool agent_runs) {
  StorageFacts facts;
  facts.outbox_file = std::filesystem::absolute(config.outbox_file);
  facts.outbox_limit = config.outbox.max_bytes;
  const auto folder = facts.outbox_file.parent_path();
  std::error_code error;
  facts.folder_there = std::filesystem::is_directory(folder, error);
  if (!facts.folder_there) return facts;
  facts.folder_writable = ::access(folder.c_str(), W_OK | X_OK) == 0;
  facts.disk = read_system(folder);
  facts.health = read_storage_health(folder);
  facts.outbox_there = std::filesystem::exists(facts.outbox_file, error);
  if (!facts.outbox_there) return facts;
  facts.outbox_bytes = bytes_of_files(facts.outbox_file);
  if (agent_runs) return facts;
  const auto checked = check_resting_outbox(facts.outbox_file, clock);
  facts.outbox_unfinished = checked.unfinished;
  facts.outbox_trouble = checked.trouble;
  facts.outbox_checked = checked.whole;
  return facts;
}

ClockFacts look_at_clock(const Clock& clock) {
  ClockFacts facts;
  facts.now = clock.wall();
  facts.built = built_at();
  facts.quality = kernel_clock_quality();
  facts.service = find_time_service();
  return facts;
}

BoardFacts look_at_board() {
  BoardFacts facts;
  facts.power = read_power();
  facts.system = read_system("/");
  boost::asio::io_context loop{1};
  const auto socket = IcmpSocket::connect(loop.get_executor(), boost::asio::ip::make_address("127.0.0.1"));
  if (!socket) facts.icmp_trouble = socket.error().what;
  return facts;
}

}  // namespace xalink
