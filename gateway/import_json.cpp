#include <boost/json/array.hpp>
#include <utility>

#include "gateway/import.hpp"

namespace xalink {

namespace json = boost::json;

KnownBoards known_boards(const GatewayConfig& config) {
  KnownBoards known;
  known.groups = config.host.groups;
  known.ca_file =
      config.import_ca_file.empty() ? std::filesystem::path(config.broker.ca_file) : config.import_ca_file;
  known.keys_folder = config.import_keys_folder;
  known.store_file = config.store_file;
  return known;
}

Result<OwnKey> gateway_key(const GatewayConfig& config) {
  auto own_file = config.store_file;
  own_file += ".key";
  return own_key(config.broker, own_file);
}

json::object imported_as_json(const Imported& imported, const std::string& acknowledgement,
                              const PublicKey& own_key) {
  json::object told;
  told["group"] = imported.header.node.group;
  told["node"] = imported.header.node.node;
  told["epoch"] = imported.header.epoch;
  told["known_by"] = std::string(to_string(imported.known.by));
  told["certificate_expired"] = imported.known.expired;
  told["records"] = imported.totals.records;
  told["new_records"] = imported.new_records;
  told["given_up"] = imported.totals.given_up;
  told["bytes"] = imported.bytes;
  told["oldest_ms"] = imported.totals.oldest ? json::value(imported.totals.oldest->time_since_epoch().count())
                                             : json::value(nullptr);
  told["newest_ms"] = imported.totals.newest ? json::value(imported.totals.newest->time_since_epoch().count())
                                             : json::value(nullptr);
  json::array lanes;
  for (const auto& lane : imported.lanes) {
    lanes.push_back(json::object{{"first", lane.rows.first},
                                 {"last", lane.rows.last},
                                 {"before", lane.before},
                                 {"mark", lane.mark},
                                 {"hole", lane.hole}});
  }
  told["lanes"] = std::move(lanes);
  told["gateway_key"] = own_key.fingerprint();
  told["acknowledgement"] = to_base64(acknowledgement);
  return told;
}

json::object error_as_json(const Error& error) {
  return json::object{
      {"error", json::object{{"where", error.where}, {"what", error.what}, {"next", error.next}}}};
}

}  // namespace xalink
