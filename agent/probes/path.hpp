#pragma once
// Path: which of the first routers on the way out answer, so that the last mile can be told from what lies
// behind it.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "agent/path_judgement.hpp"
#include "agent/probe.hpp"
#include "agent/probes/resolver.hpp"

namespace xalink {

struct PathSettings {
  std::string target;           ///< an address, or a host name
  std::size_t hops = 5;         ///< looked at, 1 to 5
  std::size_t office_hops = 1;  ///< of them, those that stand in the office
  Duration patience = std::chrono::seconds(2);
  ResolverSettings resolver;
  std::filesystem::path root = "/";  ///< where /proc is
};

/// Two echo requests for each hop with a time to live that ends there, and two for the target: at most a
/// kilobyte, with the answers. Where nobody answers the first hop is asked below IP whether it is there.
class PathProbe final : public Probe {
 public:
  PathProbe(boost::asio::any_io_executor executor, Clock& clock, PathSettings settings);

  [[nodiscard]] const Schema& schema() const override { return schema_; }
  boost::asio::awaitable<std::vector<Value>> measure(SteadyTime deadline) override;

 private:
  struct Walk;
  boost::asio::awaitable<void> walk(Walk& walk, SteadyTime deadline);
  boost::asio::awaitable<void> ask_first_hop(Walk& walk, SteadyTime begin, SteadyTime deadline);
  [[nodiscard]] std::vector<Value> values_of_walk(const Walk& walk);

  boost::asio::any_io_executor executor_;
  Clock& clock_;
  PathSettings settings_;
  Schema schema_;
  PathMemory memory_;
};

}  // namespace xalink
