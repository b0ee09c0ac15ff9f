#include "tests/faults/ladder/small_internet.hpp"

#include <array>
#include <boost/asio/post.hpp>
#include <future>
#include <utility>

#include "tests/fakes/scratch_folder.hpp"

namespace xalink::test {
namespace {

using std::chrono::hours;
constexpr const char* kPortal = "203.0.113.10";
constexpr const char* kTax = "203.0.113.11";
using Address = std::array<std::uint8_t, 4>;
constexpr Address kPortalBytes{203, 0, 113, 10};
constexpr Address kTaxBytes{203, 0, 113, 11};
constexpr Address kNobody{203, 0, 113, 66};
constexpr std::uint8_t kServFail = 2;
constexpr const char* kLoginPort = "8443";
constexpr const char* kLoginPagePort = "8080";
constexpr std::size_t kLarge = 600;

// As large as pages are: its first packet is full.
std::string web_page() {
  return "HTTP/1.1 200 OK\r\nContent-Length: 2000\r\n\r\n" + std::string(2000, 'x');
}

void apply_rules(const std::string& text) {
  const ScratchFolder folder;
  must_run({"nft", "-f", folder.write("rules", "flush ruleset\n" + text).string()});
}

std::string forward(const std::string& address, const std::string& port, std::uint16_t to) {
  return "    ip daddr " + address + " " + port + " dnat to 127.0.0.1:" + std::to_string(to) + "\n";
}

}  // namespace

SmallInternet::SmallInternet(std::uint16_t broker_port)
    : broker_port_(broker_port),
      authority_(make_certificate("DNS:authority.test", hours(-48), hours(48))),
      portal_certificate_(make_certificate("DNS:portal.test", hours(-1), hours(24), authority_)),
      tax_certificate_(make_certificate("DNS:tax.test", hours(-1), hours(24), authority_)),
      expired_certificate_(make_certificate("DNS:tax.test", hours(-24), hours(-1), authority_)),
      login_certificate_(make_certificate("DNS:login.test", hours(-1), hours(24))),
      portal_(loop_, WebServer::Manner::answers, &portal_certificate_, web_page()),
      tax_(loop_, WebServer::Manner::answers, &tax_certificate_, web_page()),
      expired_tax_(loop_, WebServer::Manner::answers, &expired_certificate_, web_page()),
      page_(loop_, WebServer::Manner::answers, nullptr, "HTTP/1.1 204 No Content\r\n\r\n"),
      login_(loop_, WebServer::Manner::answers, &login_certificate_,
             "HTTP/1.1 302 Found\r\nLocation: https://login.test/\r\nContent-Length: 0\r\n\r\n"),
      login_page_(loop_, WebServer::Manner::answers, nullptr,
                  "HTTP/1.1 302 Found\r\nLocation: https://login.test/\r\nContent-Length: 0\r\n\r\n") {
  build_line();
  thread_ = std::thread([this] { loop_.run(); });
  make({});
}

SmallInternet::~SmallInternet() {
  work_.reset();
  loop_.stop();
  thread_.join();
}

void SmallInternet::build_line() {
  router_.inside([&] {
    must_run(std::string("ip link add down0 type veth peer name ") + kInterface + " netns " + board_.path());
    must_run("ip addr add 10.88.1.1/24 dev down0");
    must_run("ip link set down0 up");
    set_kernel("net/ipv4/ip_forward", "1");
  });
  must_run("ip link add in0 type veth peer name out0 netns " + router_.path());
  must_run("ip addr add 10.88.2.2/24 dev in0");
  must_run("ip link set in0 up");
  must_run("ip route add 10.88.1.0/24 via 10.88.2.1");
  for (const char* address : {kAnchor, kDns, kBroker, kPortal, kTax}) {
    must_run(std::string("ip addr add ") + address + "/32 dev lo");
  }
  // The servers stand on loopback, and their clients do not.
  set_kernel("net/ipv4/conf/all/route_localnet", "1");
  router_.inside([] {
    must_run("ip addr add 10.88.2.1/24 dev out0");
    must_run("ip link set out0 up");
    must_run("ip route add default via 10.88.2.2");
  });
  board_.inside([] {
    must_run(std::string("ip addr add 10.88.1.2/24 dev ") + kInterface);
    must_run(std::string("ip link set ") + kInterface + " up");
    must_run("ip route add default via 10.88.1.1");
  });
}

void SmallInternet::on_the_loop(const std::function<void()>& what) {
  std::promise<void> done;
  boost::asio::post(loop_, [&] {
    what();
    done.set_value();
  });
  done.get_future().wait();
}

void SmallInternet::make(const Breakage& breakage) {
  on_the_loop([&] { set_names(breakage); });
  route_services(breakage);
  route_packets(breakage);
  router_.inside([&] { must_run(std::string("ip link set down0 ") + (breakage.cable ? "down" : "up")); });
}

void SmallInternet::set_names(const Breakage& breakage) {
  for (const auto& [name, address] :
       {std::pair("portal.test", kPortalBytes), std::pair("tax.test", kTaxBytes)}) {
    DnsServer::Reply reply;
    reply.a = {breakage.dns_lies ? kNobody : address};
    reply.silent = breakage.dns_silent;
    if (breakage.dns_refuses) reply.rcode = kServFail;
    dns_.set(name, reply);
  }
}

void SmallInternet::route_services(const Breakage& breakage) const {
  const auto dns = dns_.address();
  const auto dns_port = static_cast<std::uint16_t>(std::stoi(dns.substr(dns.rfind(':') + 1)));
  const auto tax = breakage.tax_expired ? expired_tax_.port() : tax_.port();
  std::string rules = "table ip services {\n  chain lost {\n    type filter hook prerouting priority -150;\n";
  if (breakage.tax_down) rules += std::string("    ip daddr ") + kTax + " drop\n";
  rules += "  }\n  chain here {\n    type nat hook prerouting priority -100;\n" +
           forward(kDns, "udp dport 53", dns_port) + forward(kAnchor, "tcp dport 53", anchor_.port()) +
           forward(kPortal, "tcp dport 443", portal_.port()) + forward(kTax, "tcp dport 443", tax) +
           forward(kPortal, "tcp dport 80", page_.port()) +
           forward("10.88.2.2", std::string("tcp dport ") + kLoginPort, login_.port()) +
           forward("10.88.2.2", std::string("tcp dport ") + kLoginPagePort, login_page_.port()) +
           forward(kBroker, "tcp dport 1883", broker_port_) + "  }\n}\n";
  apply_rules(rules);
}

void SmallInternet::route_packets(const Breakage& breakage) const {
  const std::string echo = breakage.icmp ? "    icmp type echo-request drop\n" : "";
  const std::string gone = breakage.first_hop ? "    iifname \"down0\" drop\n" : "";
  std::string cut = breakage.upstream ? "    drop\n" : "";
  if (breakage.third_lost) cut += "    numgen random mod 3 < 1 drop\n";
  std::string turned;
  if (breakage.login) {
    if (breakage.anchors_free) {
      cut +=
          "    iifname \"down0\" icmp type echo-request accept\n    iifname \"down0\" tcp dport 53 accept\n";
    }
    cut +=
        "    iifname \"down0\" udp dport 53 accept\n    iifname \"down0\" ct status dnat accept\n"
        "    iifname \"down0\" drop\n";
    turned =
        std::string("table ip login {\n  chain turned {\n    type nat hook prerouting priority -100;\n") +
        "    iifname \"down0\" tcp dport 443 dnat to 10.88.2.2:" + kLoginPort + "\n" +
        "    iifname \"down0\" tcp dport 80 dnat to 10.88.2.2:" + kLoginPagePort + "\n  }\n}\n";
  }
  if (breakage.large_lost) cut += "    iifname \"out0\" meta length > " + std::to_string(kLarge) + " drop\n";
  // Not even its hardware answers.
  const std::string deaf =
      breakage.first_hop
          ? "table arp way {\n  chain mine {\n    type filter hook input priority 0;\n    drop\n  }\n}\n"
          : "";
  const std::string rules =
      deaf + turned + "table ip way {\n  chain mine {\n    type filter hook input priority 0;\n" + gone +
      echo + "  }\n  chain others {\n    type filter hook forward priority 0;\n" + gone + cut + echo +
      "  }\n}\n";
  router_.inside([&] { apply_rules(rules); });
}

}  // namespace xalink::test
