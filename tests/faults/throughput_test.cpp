// The board's client against the gateway's server, over links of a known rate: network namespaces and a token
// bucket, as root or where user namespaces are allowed.

#include <gtest/gtest.h>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/post.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "agent/data_budget.hpp"
#include "agent/probes/throughput.hpp"
#include "gateway/http/http_server.hpp"
#include "gateway/measure_desk.hpp"
#include "tests/agent/probes/loop_test.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/fakes/tinyproxy.hpp"
#include "tests/fakes/web_server.hpp"
#include "tests/faults/links/net_space.hpp"

namespace xalink::test {
namespace {

namespace asio = boost::asio;
using std::chrono::seconds;

const NodeId kBoard{"VN-03", "xa-lung-cu"};

/// A gateway on a thread and a loop of its own, in whichever namespace its port was opened.
class MeasuredGateway {
 public:
  MeasuredGateway(const std::filesystem::path& keys, HttpSettings http, MeasureLimits limits)
      : desk_(clock_, known_boards(keys), limits), server_(loop_.get_executor(), clock_, std::move(http)) {
    server_.route(std::string(kMeasurePath), [this](HttpExchange& talk) { return desk_.answer(talk); });
  }
  void serve() {
    const auto opened = server_.open();
    if (!opened) throw std::runtime_error(opened.error().to_string());
    asio::co_spawn(loop_, server_.run(),
                   asio::bind_cancellation_slot(stop_.slot(), [](std::exception_ptr) {}));
    thread_ = std::thread([this] { loop_.run(); });
  }
  ~MeasuredGateway() {
    asio::post(loop_, [this] { stop_.emit(asio::cancellation_type::terminal); });
    if (thread_.joinable()) thread_.join();
  }
  [[nodiscard]] std::uint16_t port() const { return server_.port(); }

 private:
  static KnownBoards known_boards(const std::filesystem::path& keys) {
    KnownBoards known;
    known.keys_folder = keys;
    return known;
  }
  asio::io_context loop_{1};
  AsioClock clock_;
  MeasureDesk desk_;
  HttpServer server_;
  asio::cancellation_signal stop_;
  std::thread thread_;
};

class ThroughputTest : public LoopTest {
 protected:
  void SetUp() override {
    std::filesystem::create_directories(folder_ / "boards" / kBoard.group);
    auto key = SigningKey::load_or_make(folder_ / "board.key");
    ASSERT_TRUE(key.has_value());
    std::ofstream(folder_ / "boards" / kBoard.group / (kBoard.node + ".pem")) << key->public_key().pem();
    key_.emplace(OwnKey{*key, {}});
    http_.address = "127.0.0.1";
    settings_.board = kBoard;
    settings_.url.scheme = ServiceUrl::Scheme::http;
    settings_.url.host = "127.0.0.1";
    settings_.time = seconds(3);
  }
  void serve() {
    gateway_ = std::make_unique<MeasuredGateway>(folder_ / "boards", http_, limits_);
    gateway_->serve();
    settings_.url.port = gateway_->port();
  }
  ThroughputResult measure(std::uint64_t bytes) {
    const auto result = std::make_shared<ThroughputResult>();
    run(measure_throughput(clock, settings_, *key_, bytes, result));
    return *result;
  }

  ScratchFolder folder_;
  std::optional<OwnKey> key_;
  HttpSettings http_;
  MeasureLimits limits_;
  ThroughputSettings settings_;
  std::unique_ptr<MeasuredGateway> gateway_;
};

TEST_F(ThroughputTest, EndsWithItsBytesOnAFastLinkAndCountsThem) {
  serve();
  const auto result = measure(8'000'000);
  EXPECT_EQ(result.failure, "") << result.reason;
  EXPECT_GT(result.download.value_or(0), 1e6);
  EXPECT_GT(result.upload.value_or(0), 1e6);
  EXPECT_GT(result.wire_bytes, 16'000'000U);
  EXPECT_LE(result.wire_bytes, most_throughput_cost(8'000'000));
}

TEST_F(ThroughputTest, GoesOverTlsAndTrustsWhomItIsTold) {
  const auto certificate = make_certificate("IP:127.0.0.1", std::chrono::hours(-1), std::chrono::hours(1));
  std::ofstream(folder_ / "http.pem") << certificate.certificate;
  std::ofstream(folder_ / "http.key") << certificate.key;
  http_.certificate_file = folder_ / "http.pem";
  http_.key_file = folder_ / "http.key";
  settings_.url.scheme = ServiceUrl::Scheme::https;
  settings_.ca_file = folder_ / "http.pem";
  serve();
  const auto result = measure(500'000);
  EXPECT_EQ(result.failure, "") << result.reason;
  EXPECT_GT(result.download.value_or(0), 1e5);
  EXPECT_GT(result.upload.value_or(0), 1e5);
  settings_.ca_file.clear();
  const auto distrusted = measure(500'000);
  EXPECT_EQ(distrusted.failure, "tls");
  EXPECT_NE(distrusted.reason.find("self"), std::string::npos) << distrusted.reason;
  EXPECT_LT(distrusted.wire_bytes, 20'000U);
}

TEST_F(ThroughputTest, GoesThroughAProxy) {
  serve();
  TinyproxyOptions options;
  options.tunnels_to = {settings_.url.port};
  std::optional<Tinyproxy> proxy(std::in_place, options);
  settings_.proxy = proxy->settings();
  const auto result = measure(500'000);
  EXPECT_EQ(result.failure, "") << result.reason;
  EXPECT_GT(result.download.value_or(0), 1e5);
  EXPECT_GT(result.upload.value_or(0), 1e5);
  EXPECT_NE(proxy->log().find("CONNECT 127.0.0.1:" + std::to_string(settings_.url.port)), std::string::npos)
      << proxy->log();
  const auto gateway_port = std::exchange(settings_.url.port, std::uint16_t{1});
  const auto not_let = measure(500'000);
  EXPECT_EQ(not_let.failure, "proxy") << not_let.reason;
  settings_.url.port = gateway_port;
  proxy.reset();
  const auto nobody = measure(500'000);
  EXPECT_EQ(nobody.failure, "connect") << nobody.reason;
}

TEST_F(ThroughputTest, SaysWhyThereIsNoResult) {
  limits_.simultaneous = 0;
  serve();
  const auto busy = measure(500'000);
  EXPECT_EQ(busy.failure, "busy") << busy.reason;
  key_.emplace(OwnKey{*SigningKey::load_or_make(folder_ / "other.key"), {}});
  limits_.simultaneous = 1;
  serve();
  const auto stranger = measure(500'000);
  EXPECT_EQ(stranger.failure, "refused");
  EXPECT_NE(stranger.reason.find("403"), std::string::npos) << stranger.reason;
  gateway_.reset();
  EXPECT_EQ(measure(500'000).failure, "connect");
  settings_.url.host = "no-such-host.invalid";
  EXPECT_EQ(measure(500'000).failure, "name");
  WebServer other(loop, WebServer::Manner::answers, nullptr,
                  "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
  settings_.url.host = "127.0.0.1";
  settings_.url.port = other.port();
  const auto no_gateway = measure(500'000);
  EXPECT_EQ(no_gateway.failure, "refused");
  EXPECT_NE(no_gateway.reason.find("is no gateway"), std::string::npos) << no_gateway.reason;
}

TEST_F(ThroughputTest, TakesTheGatewaysLimitsForItsOwn) {
  limits_.bytes = 300'000;
  limits_.seconds = seconds(2);
  settings_.time = seconds(30);
  serve();
  const auto result = measure(8'000'000);
  EXPECT_EQ(result.failure, "") << result.reason;
  EXPECT_LE(result.wire_bytes, most_throughput_cost(300'000));
}

// --- of a known rate --------------------------------------------------------------------------------

class ThroughputOnALink : public ThroughputTest {
 protected:
  /// Both ways through a token bucket, which counts Ethernet's header too.
  void lay_link(const std::string& rate) {
    NetSpace::move_here();
    must_run("ip link set lo up");
    router_.emplace();
    province_.emplace();
    // office - router - province: what is too much is dropped where it was already paid for.
    must_run("ip link add office type veth peer name inner");
    must_run({"ip", "link", "set", "inner", "netns", router_->path()});
    must_run("ip address add 10.77.1.1/24 dev office");
    must_run("ip link set office up");
    must_run("ip route add default via 10.77.1.254");
    const std::string bucket = " root tbf rate " + rate + " burst 3200 latency 800ms";
    router_->inside([&] {
      must_run("ip link add outer type veth peer name province");
      must_run({"ip", "link", "set", "province", "netns", province_->path()});
      must_run("ip address add 10.77.1.254/24 dev inner");
      must_run("ip address add 10.77.2.254/24 dev outer");
      must_run("ip link set inner up");
      must_run("ip link set outer up");
      set_kernel("net/ipv4/ip_forward", "1");
      must_run("tc qdisc add dev inner" + bucket);
      must_run("tc qdisc add dev outer" + bucket);
    });
    province_->inside([&] {
      must_run("ip address add 10.77.2.2/24 dev province");
      must_run("ip link set province up");
      must_run("ip route add default via 10.77.2.254");
      http_.address = "10.77.2.2";
      serve();
    });
    settings_.url.host = "10.77.2.2";
    settings_.time = seconds(10);
  }
  void TearDown() override {
    gateway_.reset();
    province_.reset();
    router_.reset();
  }

  void expect_rate(const std::string& rate, double bits, std::uint64_t most_bytes, double within = 0.15) {
    lay_link(rate);
    if (HasFatalFailure()) return;
    const auto before = wire_bytes("office");
    const auto result = measure(most_bytes);
    const auto after = wire_bytes("office");
    const auto wire = after.sent + after.received - before.sent - before.received;
    std::cout << rate << ": down " << result.download.value_or(0) / 1000 << " kbit/s, up "
              << result.upload.value_or(0) / 1000 << " kbit/s, RTT " << result.rtt_min_us.value_or(0)
              << " to " << result.rtt_loaded_us.value_or(0) << " us, " << result.retransmits.value_or(0)
              << " sent again, " << result.wire_bytes << " bytes counted of " << wire << "\n";
    EXPECT_EQ(result.failure, "") << result.reason;
    EXPECT_NEAR(result.download.value_or(0), bits, within * bits);
    EXPECT_NEAR(result.upload.value_or(0), bits, within * bits);
    // Without Ethernet's 14 bytes a packet and its ARP.
    EXPECT_NEAR(static_cast<double>(result.wire_bytes), static_cast<double>(wire),
                0.05 * static_cast<double>(wire));
    EXPECT_LE(result.wire_bytes, most_throughput_cost(most_bytes));
  }

  std::optional<NetSpace> router_;
  std::optional<NetSpace> province_;
};

TEST_F(ThroughputOnALink, TwoMegabitsAreTwoMegabits) {
  expect_rate("2mbit", 2e6, 8'000'000);
}

TEST_F(ThroughputOnALink, FewBytesOfTwoMegabitsAreStillTwoMegabits) {
  expect_rate("2mbit", 2e6, 1'000'000);
}

TEST_F(ThroughputOnALink, SixtyFourKilobitsAreSixtyFourKilobits) {
  // A round trip takes a second when the buffer is full, and a lost segment holds back what ten seconds can
  // show by as much: what programs get of such a link, which is what is measured, varies.
  expect_rate("64kbit", 64e3, 2'000'000, 0.35);
}

}  // namespace
}  // namespace xalink::test
