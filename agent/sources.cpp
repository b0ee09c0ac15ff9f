#include "agent/sources.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <cassert>
#include <utility>

namespace xalink {

Sources::Sources(const AgentConfig& config, Clock& clock, WorkerThread& disk, const EventStore& store,
                 std::uint64_t seed)
    : server_url_(config.dossier_server.url), server_(config.dossier_server, clock, disk, store, seed) {
  const auto add = [&](const DropFolderSettings& settings) {
    folders_.push_back({settings, std::make_unique<DropFolder>(settings, clock, disk, store)});
  };
  add(config.dossiers);
  for (const DropFolderSettings& settings : config.indicators) add(settings);
}

boost::asio::awaitable<void> Sources::run() {
  using boost::asio::experimental::awaitable_operators::operator&&;
  assert(folders_.size() == 4);
  // Those without a folder end at once.
  auto all = folders_[0].source->run() && folders_[1].source->run() && folders_[2].source->run() &&
             folders_[3].source->run() && server_.run();
  co_await std::move(all);
}

std::vector<SourceStatus> Sources::status() const {
  std::vector<SourceStatus> all;
  for (const Folder& folder : folders_) {
    if (folder.settings.folder.empty()) continue;
    all.push_back({std::string(folder.settings.table.kind->name), folder.settings.folder.string(),
                   folder.source->counters(), folder.source->waiting()});
  }
  // Without what stands behind the "?": it may be a key.
  if (!server_url_.empty()) {
    all.push_back({"server", server_url_.substr(0, server_url_.find('?')), server_.counters(), {}});
  }
  return all;
}

std::vector<Schema> source_schemas(const AgentConfig& config) {
  std::vector<Schema> schemas = {dossier_table().schema()};
  for (const DropFolderSettings& settings : config.indicators) {
    if (!settings.folder.empty()) schemas.push_back(settings.table.kind->schema());
  }
  return schemas;
}

}  // namespace xalink
