#pragma once
// All that the agent takes in from others: folders of dossiers and of indicators, a server of dossiers.

#include <boost/asio/awaitable.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "agent/config.hpp"
#include "agent/dossiers/drop_folder.hpp"
#include "agent/dossiers/event_store.hpp"
#include "agent/dossiers/http_source.hpp"
#include "agent/status.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/record.hpp"
#include "sparkplug/worker_thread.hpp"

namespace xalink {

/// Thread-safety: one loop.
class Sources {
 public:
  /// `clock` and `disk` must outlive it.
  Sources(const AgentConfig& config, Clock& clock, WorkerThread& disk, const EventStore& store,
          std::uint64_t seed);

  /// Until cancelled; each source on its own.
  boost::asio::awaitable<void> run();
  /// Of those that are configured.
  [[nodiscard]] std::vector<SourceStatus> status() const;

 private:
  struct Folder {
    DropFolderSettings settings;
    std::unique_ptr<DropFolder> source;
  };

  std::vector<Folder> folders_;
  std::string server_url_;
  HttpSource server_;
};

/// Of the records that the configured sources make; dossiers always, so that a host knows the device.
[[nodiscard]] std::vector<Schema> source_schemas(const AgentConfig& config);

}  // namespace xalink
