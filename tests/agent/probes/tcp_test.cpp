#include "agent/probes/tcp.hpp"

#include <boost/asio/ip/address_v4.hpp>

#include "tests/agent/probes/loop_test.hpp"

namespace xalink {
namespace {

using boost::asio::ip::tcp;
using test::kNull;
using test::text;

class TcpProbeTest : public test::LoopTest {
 protected:
  tcp::acceptor acceptor{loop, {boost::asio::ip::address_v4::loopback(), 0}};
};

TEST_F(TcpProbeTest, TimesAConnection) {
  TcpProbe probe(loop.get_executor(), clock, {"anchor", acceptor.local_endpoint()});
  EXPECT_EQ(probe.schema().group, "TCP/anchor");
  const auto values = measure(probe);
  EXPECT_NE(column(probe, values, "Connect"), kNull);
  EXPECT_EQ(column(probe, values, "Reason"), kNull);
}

TEST_F(TcpProbeTest, SaysWhyThereIsNone) {
  const auto endpoint = acceptor.local_endpoint();
  acceptor.close();
  TcpProbe probe(loop.get_executor(), clock, {"anchor", endpoint});
  const auto values = measure(probe);
  EXPECT_EQ(column(probe, values, "Connect"), kNull);
  EXPECT_EQ(column(probe, values, "Reason"), text("Connection refused"));
}

TEST(TcpEndpoint, IsAnAddressWithAPort) {
  EXPECT_EQ(parse_endpoint("8.8.8.8:53")->port(), 53);
  EXPECT_TRUE(parse_endpoint("[2001:db8::1]:443")->address().is_v6());
  for (const char* wrong : {"", "8.8.8.8", "8.8.8.8:", "8.8.8.8:0", "8.8.8.8:65536", "2001:db8::1",
                            "[8.8.8.8]:1", "dns.google:53", "[2001:db8::1]"}) {
    EXPECT_FALSE(parse_endpoint(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace xalink
