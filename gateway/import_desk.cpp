#include "gateway/import_desk.hpp"

#include <spdlog/spdlog.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <string>
#include <utility>

#include "gateway/import.hpp"
#include "gateway/import_run.hpp"

namespace xalink {
namespace {

namespace asio = boost::asio;
namespace json = boost::json;

std::string text_of(const json::object& request, const char* key) {
  const auto* value = request.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(value->as_string()) : std::string();
}

}  // namespace

ImportDesk::ImportDesk(const GatewayConfig& config, Clock& clock, Intake& intake)
    : config_(config), clock_(clock), intake_(intake) {}

asio::awaitable<void> ImportDesk::answer(ControlTalk& talk) {
  auto importing = import(talk);
  const auto told = co_await std::move(importing);
  auto saying = talk.say(json::serialize(told) + "\n");
  co_await std::move(saying);
}

asio::awaitable<json::object> ImportDesk::import(ControlTalk& talk) {
  boost::system::error_code unreadable;
  const auto parsed = json::parse(talk.request(), unreadable);
  const auto refuse = [](std::string where, std::string what, std::string next) {
    return error_as_json(Error{std::move(where), std::move(what), std::move(next)});
  };
  const int descriptor = talk.take_descriptor();
  if (unreadable || !parsed.is_object() || !parsed.as_object().contains("import") || descriptor < 0) {
    if (descriptor >= 0) ::close(descriptor);
    co_return refuse(config_.control_socket.string(), "unknown request", "This gateway knows: import");
  }
  auto source = StickSource::adopt(descriptor, text_of(parsed.as_object(), "import"));
  if (!source) co_return error_as_json(source.error());
  const auto store = text_of(parsed.as_object(), "store");
  if (store != config_.store_file.string()) {
    co_return refuse(
        config_.control_socket.string(),
        "the gateway that answers here has the store " + config_.store_file.string() + ", not " + store,
        "Give each gateway its own [control] socket, and name the right configuration with --config");
  }
  const auto name = (*source)->name();
  auto running = run(talk, std::move(*source));
  const auto told = co_await std::move(running);
  if (told) {
    spdlog::info("imported {}: {} new records of {}/{}", name,
                 told->at("new_records").to_number<std::uint64_t>(), text_of(*told, "group"),
                 text_of(*told, "node"));
    co_return *told;
  }
  spdlog::warn("not imported: {}", told.error().to_string());
  co_return error_as_json(told.error());
}

asio::awaitable<Result<json::object>> ImportDesk::run(ControlTalk& talk,
                                                      std::unique_ptr<StickSource> source) {
  // Shared with the stick's thread, which may be at work when this coroutine ends.
  auto import = std::make_shared<ImportRun>(std::move(source), known_boards(config_));
  auto last_said = clock_.steady();
  const auto progress = [&]() -> std::string {
    if (clock_.steady() - last_said < std::chrono::milliseconds(100)) return {};
    last_said = clock_.steady();
    return "progress " + std::to_string(import->done()) + " " + std::to_string(import->of()) + "\n";
  };
  for (;;) {
    auto job = [import, now = clock_.wall()] { return import->check(now); };
    auto checking = stick_.run(std::move(job));
    const auto verified = co_await std::move(checking);
    if (!verified) co_return Unexpected(verified.error());
    if (*verified) break;
    auto line = progress();
    if (line.empty()) continue;
    auto saying = talk.say(std::move(line));
    co_await std::move(saying);
  }
  for (;;) {
    auto job = [import, now = clock_.wall()] { return import->next(now); };
    auto reading = stick_.run(std::move(job));
    auto facts = co_await std::move(reading);
    if (!facts) co_return Unexpected(facts.error());
    if (facts->empty()) break;
    auto committing = intake_.commit_carried(std::move(*facts));
    const auto marks = co_await std::move(committing);
    if (!marks) co_return Unexpected(marks.error());
    import->committed(*marks);
    auto line = progress();
    if (line.empty()) continue;
    auto saying = talk.say(std::move(line));
    co_await std::move(saying);
  }
  intake_.tell_carried(import->raised());
  const auto own = gateway_key(config_);
  if (!own) co_return Unexpected(own.error());
  const auto acknowledgement =
      acknowledgement_of(import->result(), *own, config_.host.host_id, clock_.wall());
  if (!acknowledgement) co_return Unexpected(acknowledgement.error());
  co_return imported_as_json(import->result(), *acknowledgement, own->key.public_key());
}

}  // namespace xalink
