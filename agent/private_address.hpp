#pragma once
// Addresses that no public service has.

#include <boost/asio/ip/address.hpp>
#include <cstdint>

namespace xalink {

/// Of private networks (RFC 1918, RFC 4193), shared by a provider's customers (RFC 6598), of this very
/// machine, or good for one link only.
[[nodiscard]] inline bool is_private(const boost::asio::ip::address& address) {
  if (address.is_v6()) {
    const auto v6 = address.to_v6();
    return v6.is_loopback() || v6.is_unspecified() || v6.is_link_local() || (v6.to_bytes()[0] & 0xfe) == 0xfc;
  }
  constexpr struct {
    std::uint32_t network;
    unsigned bits;
  } kNetworks[] = {{0x00000000, 8},  {0x0a000000, 8},  {0x64400000, 10}, {0x7f000000, 8},
                   {0xa9fe0000, 16}, {0xac100000, 12}, {0xc0a80000, 16}};
  const std::uint32_t number = address.to_v4().to_uint();
  for (const auto& [network, bits] : kNetworks) {
    if (((number ^ network) >> (32U - bits)) == 0) return true;
  }
  return false;
}

}  // namespace xalink
