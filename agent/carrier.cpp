#include "agent/carrier.hpp"

#include <spdlog/spdlog.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <sstream>
#include <utility>

#include "agent/export_rows.hpp"
#include "sparkplug/export_file.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

std::string refusal(const std::string& why) {
  return "-" + why;
}

}  // namespace

Carrier::Carrier(Outbox& outbox, WorkerThread& store, Recorder& recorder, Publisher& publisher,
                 std::function<void(Batch&)> correct)
    : outbox_(outbox),
      store_(store),
      recorder_(recorder),
      publisher_(publisher),
      correct_(std::move(correct)) {}

bool Carrier::knows(std::string_view request) {
  return request.starts_with("export ") || request.starts_with("acknowledge ");
}

boost::asio::awaitable<std::string> Carrier::answer(std::string request) {
  if (request == "export begin" || request == "export begin all") {
    auto beginning = begin(request.ends_with(" all"));
    auto answer = co_await std::move(beginning);
    co_return answer;
  }
  if (request.starts_with("export read ")) {
    auto reading = read(std::move(request));
    auto answer = co_await std::move(reading);
    co_return answer;
  }
  if (request.starts_with("acknowledge ")) co_return acknowledge(request);
  co_return refusal("unknown request");
}

boost::asio::awaitable<std::string> Carrier::begin(bool everything) {
  auto flushing = recorder_.flush();
  co_await std::move(flushing);
  auto job = [&outbox = outbox_, everything] { return rows_to_export(outbox, everything); };
  auto working = store_.run(std::move(job));
  const auto rows = co_await std::move(working);
  if (!rows) co_return refusal(rows.error().to_string());
  std::array<RowId, kLaneCount> last{};
  json::array lanes;
  for (const Lane lane : kLanes) {
    const auto& range = rows->lanes[index(lane)];
    last[index(lane)] = range.last;
    json::object told;
    told["first"] = range.first;
    told["last"] = range.last;
    lanes.push_back(std::move(told));
  }
  publisher_.carried(last);
  json::object answer;
  answer["epoch"] = rows->epoch;
  answer["lanes"] = std::move(lanes);
  answer["continues"] = encode(rows->continues);
  co_return "+" + json::serialize(answer);
}

boost::asio::awaitable<std::string> Carrier::read(std::string request) {
  std::istringstream words(request.substr(std::string_view("export read ").size()));
  std::string epoch;
  std::size_t number = kLaneCount;
  RowRange rows;
  words >> epoch >> number >> rows.first >> rows.last;
  if (!words || number >= kLaneCount || rows.rows() == 0) co_return refusal("no such rows");
  auto job = [&outbox = outbox_, lane = kLanes[number], rows] { return read_rows(outbox, lane, rows); };
  auto working = store_.run(std::move(job));
  auto batch = co_await std::move(working);
  if (!batch) co_return refusal(batch.error().to_string());
  if (batch->epoch != epoch) co_return refusal("the outbox was replaced meanwhile; export again");
  correct_(*batch);
  const auto part = encode_part(*batch, 0);
  co_return "+" + part.payload;
}

std::string Carrier::acknowledge(const std::string& request) {
  std::istringstream words(request.substr(std::string_view("acknowledge ").size()));
  std::string epoch;
  std::array<RowId, kLaneCount> marks{};
  words >> epoch;
  for (auto& mark : marks) words >> mark;
  if (!words) return refusal("no marks");
  const auto& node = publisher_.node();
  json::object answer;
  // Nothing begins an epoch for it: what was exported before a restart comes back under that epoch.
  answer["epoch"] = node.epoch();
  if (epoch != node.epoch()) return "+" + json::serialize(answer);
  json::array lanes;
  bool beyond = false;
  for (const Lane lane : kLanes) {
    const auto& depth = node.lane(lane);
    json::object told;
    told["before"] = depth.acknowledged;
    told["last"] = depth.last;
    if (depth.sure_up_to) told["sure"] = *depth.sure_up_to;
    // Of an outbox in doubt such a mark tells that commits are gone: it begins an epoch.
    beyond = beyond || (!depth.sure_up_to && marks[index(lane)] > depth.last);
    lanes.push_back(std::move(told));
  }
  if (beyond) {
    for (auto& lane : lanes) lane.as_object()["mark"] = lane.at("before");
    answer["lanes"] = std::move(lanes);
    return "+" + json::serialize(answer);
  }
  publisher_.acknowledged_by_hand(marks);
  for (const Lane lane : kLanes)
    lanes[index(lane)].as_object()["mark"] = publisher_.node().lane(lane).acknowledged;
  spdlog::info("an acknowledgement came by hand: rows up to {} of lane 0 and {} of lane 1", marks[0],
               marks[1]);
  answer["lanes"] = std::move(lanes);
  return "+" + json::serialize(answer);
}

}  // namespace xalink
