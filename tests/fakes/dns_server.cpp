#include "tests/fakes/dns_server.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/address_v4.hpp>
#include <boost/system/error_code.hpp>
#include <cctype>
#include <span>

namespace asio = boost::asio;
using asio::ip::udp;

namespace xalink::test {
namespace {

constexpr std::size_t kHeader = 12;
constexpr std::uint16_t kTypeA = 1;
constexpr std::uint16_t kTypeAaaa = 28;

void put16(std::vector<std::uint8_t>& out, std::size_t value) {
  out.push_back(static_cast<std::uint8_t>(value >> 8 & 0xff));
  out.push_back(static_cast<std::uint8_t>(value & 0xff));
}

void put_record(std::vector<std::uint8_t>& out, std::uint16_t type, std::span<const std::uint8_t> address) {
  put16(out, 0xc000 | kHeader);  // the name of the question
  put16(out, type);
  put16(out, 1);  // IN
  put16(out, 0);
  put16(out, 60);  // seconds to live
  put16(out, address.size());
  out.insert(out.end(), address.begin(), address.end());
}

}  // namespace

DnsServer::DnsServer(asio::io_context& loop)
    : socket_(loop, udp::endpoint(asio::ip::address_v4::loopback(), 0)) {
  receive();
}

std::string DnsServer::address() const {
  return "127.0.0.1:" + std::to_string(socket_.local_endpoint().port());
}

void DnsServer::close() {
  socket_.close();
}

void DnsServer::receive() {
  socket_.async_receive_from(asio::buffer(datagram_), peer_,
                             [this](const boost::system::error_code& error, std::size_t size) {
                               if (error == asio::error::operation_aborted) return;
                               if (!error) answer(size);
                               receive();
                             });
}

void DnsServer::answer(std::size_t size) {
  std::string name;
  std::size_t at = kHeader;
  while (at < size && datagram_[at] != 0) {
    const std::size_t length = datagram_[at];
    if (at + 1 + length >= size) return;
    if (!name.empty()) name += '.';
    for (std::size_t i = 1; i <= length; ++i) {
      name += static_cast<char>(std::tolower(static_cast<int>(datagram_[at + i])));
    }
    at += 1 + length;
  }
  const std::size_t question_end = at + 5;
  if (question_end > size) return;
  const auto type = static_cast<std::uint16_t>(datagram_[at + 1] << 8 | datagram_[at + 2]);
  ++questions_;

  Reply reply;
  reply.rcode = 3;
  if (const auto found = replies_.find(name); found != replies_.end()) reply = found->second;
  if (reply.silent) return;
  boost::system::error_code ignored;
  if (reply.garbage) {
    socket_.send_to(asio::buffer("?", 1), peer_, 0, ignored);
    return;
  }
  const bool has_records = reply.rcode == 0;
  const std::size_t records = !has_records        ? 0
                              : type == kTypeA    ? reply.a.size()
                              : type == kTypeAaaa ? reply.aaaa.size()
                                                  : 0;
  std::vector<std::uint8_t> out(datagram_.begin(), datagram_.begin() + 2);
  out.push_back(0x81);  // a response; recursion was desired
  out.push_back(static_cast<std::uint8_t>(0x80 | reply.rcode));
  put16(out, 1);
  put16(out, records);
  put16(out, 0);
  put16(out, 0);
  out.insert(out.end(), datagram_.begin() + kHeader,
             datagram_.begin() + static_cast<std::ptrdiff_t>(question_end));
  if (records > 0 && type == kTypeA) {
    for (const auto& address : reply.a) put_record(out, type, address);
  } else if (records > 0) {
    for (const auto& address : reply.aaaa) put_record(out, type, address);
  }
  socket_.send_to(asio::buffer(out), peer_, 0, ignored);
}

}  // namespace xalink::test
