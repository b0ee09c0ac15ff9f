#pragma once
// Throughput: what comes through from the gateway and to it, one stream each way, bounded in time and bytes
// (sparkplug/measure_pass.hpp has the questions and answers).

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "agent/probes/resolver.hpp"
#include "agent/probes/service_url.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/edge_node.hpp"
#include "sparkplug/http_proxy.hpp"
#include "sparkplug/own_key.hpp"
#include "sparkplug/record.hpp"

namespace xalink {

struct ThroughputSettings {
  ServiceUrl url;       ///< of the gateway's HTTP port; its path is not used
  std::string ca_file;  ///< certificates to trust instead of the system's; empty: the system's
  ResolverSettings resolver;
  std::optional<HttpProxy> proxy;  ///< unless the gateway is an exception of it
  NodeId board;
  Duration time = std::chrono::seconds(10);  ///< of each way; whole seconds
};

struct ThroughputResult {
  std::optional<double> download;  ///< bit/s of what the receiving program had (throughput_meter.hpp)
  std::optional<double> upload;
  std::optional<Duration> download_took;
  std::optional<Duration> upload_took;
  std::optional<std::uint32_t> rtt_min_us;
  std::optional<std::uint32_t> rtt_loaded_us;  ///< smoothed, at the end of the upload
  std::optional<std::uint64_t> retransmits;    ///< of the upload
  std::uint64_t wire_bytes = 0;                ///< spent, whatever came of it
  /// "name", "proxy", "connect", "tls", "busy", "refused", "download", "upload"; empty: all was measured.
  std::string failure;
  std::string reason;  ///< in words, with the step
};

/// Down, then up; the upload is not tried when the download failed. `result` is filled in as it goes, so that
/// it tells what was spent also after a cancel, which is thrown as operation_aborted. Returns whether all was
/// measured; ends some 80 s after twice the time at the latest.
boost::asio::awaitable<bool> measure_throughput(Clock& clock, ThroughputSettings settings, OwnKey key,
                                                std::uint64_t bytes_each_way,
                                                std::shared_ptr<ThroughputResult> result);

/// In the order of throughput_schema().
[[nodiscard]] std::vector<Value> values_of_result(const ThroughputResult& result, bool metered);

}  // namespace xalink
