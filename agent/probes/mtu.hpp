#pragma once
// MTU: do packets of full size get through, or vanish on the way without a word (RFC 2923).

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "agent/probe.hpp"
#include "agent/probes/resolver.hpp"

namespace xalink {

class IcmpSocket;

struct MtuSettings {
  std::string target;                                   ///< an address, or a host name
  Duration patience = std::chrono::milliseconds(1500);  ///< for one answer; a satellite takes 700 ms
  ResolverSettings resolver;
  std::filesystem::path root = "/";  ///< where /proc and /sys are
};

/// Echo requests that may not be fragmented: a small one, then one of the interface's size. When that is not
/// answered, the size that a router told of, or else a search; a hole is what has swallowed eleven packets in a
/// row. Three kilobytes when all is well, some 50 for a hole.
/// A target that answers small requests only looks like a black hole: name one that does not.
class MtuProbe final : public Probe {
 public:
  MtuProbe(boost::asio::any_io_executor executor, Clock& clock, MtuSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  struct Found;
  struct Echo {
    bool answered = false;
    std::optional<std::size_t> told;
    std::string error;
  };
  boost::asio::awaitable<void> look(Found& found, SteadyTime deadline);
  boost::asio::awaitable<Echo> try_size(IcmpSocket& socket, std::size_t size, SteadyTime deadline,
                                      int tries);
  boost::asio::awaitable<void> search(IcmpSocket& socket, Found& found, SteadyTime deadline);

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  MtuSettings settings_;
  Schema schema_;
  std::uint16_t sequence_ = 0;
};

}  // namespace xalink
