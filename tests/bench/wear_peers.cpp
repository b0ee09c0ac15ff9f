// How others keep records that wait for a broker: Paho's file persistence, and a Mosquitto bridge.

#include <fcntl.h>
#include <mqtt/async_client.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <thread>

#include "tests/bench/wear_day.hpp"

namespace xalink::bench {
namespace {

using namespace std::chrono_literals;

constexpr const char* kTopic = "spBv1.0/VN-03/DDATA/bench/network";
constexpr int kAtLeastOnce = 1;
constexpr int kUnbounded = 1'000'000;
constexpr auto kLongest = 30s;

std::string address(std::uint16_t port) {
  return "tcp://127.0.0.1:" + std::to_string(port);
}

std::int64_t saved_at(const std::filesystem::path& file) {
  struct stat found {};
  if (::stat(file.c_str(), &found) != 0) return 0;
  return static_cast<std::int64_t>(found.st_mtim.tv_sec) * 1'000'000'000 + found.st_mtim.tv_nsec;
}

template <class Condition>
void wait_for(const Condition& condition, const char* what) {
  const auto give_up = std::chrono::steady_clock::now() + kLongest;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > give_up) throw std::runtime_error(std::string("no ") + what);
    std::this_thread::sleep_for(1ms);
  }
}

}  // namespace

Kept keep_with_paho(const std::filesystem::path& folder, double hours, Link link, std::uint16_t port) {
  const auto options = mqtt::create_options_builder()
                           .send_while_disconnected(true, /*anyTime=*/true)
                           .max_buffered_messages(kUnbounded)
                           .finalize();
  mqtt::async_client client(address(port), "bench", options, folder.string());
  if (link == Link::up) client.connect()->wait();
  WearDay day(hours, folder);
  Kept kept;
  while (const auto record = day.next()) {
    const auto payload = live_payload(*record, day.records());
    kept.payload_bytes += payload.size();
    const auto token = client.publish(kTopic, payload.data(), payload.size(), kAtLeastOnce, false);
    if (link == Link::up && !token->wait_for(kLongest))
      throw std::runtime_error("the broker does not answer");
  }
  day.finish();
  kept.records = day.records();
  if (link == Link::up) client.disconnect()->wait();
  return kept;
}

Kept keep_with_bridge(const std::filesystem::path& folder, double hours, std::uint16_t port, int broker,
                      std::chrono::minutes save_every, const std::function<bool(std::uint64_t)>& arrived) {
  mqtt::async_client client(address(port), "bench");
  client.connect()->wait();
  const auto store = folder / "mosquitto.db";
  WearDay day(hours, folder);
  Kept kept;
  std::uint64_t saved = 0;
  const auto save = [&] {
    const auto before = saved_at(store);
    ::kill(broker, SIGUSR1);
    wait_for([&] { return saved_at(store) != before; }, "save by Mosquitto");
    saved = day.records();
  };
  day.each_step = [&](Milliseconds since) {
    if (since % Milliseconds{60'000} != Milliseconds{0}) return false;
    wait_for([&] { return arrived(day.records()); }, "arrival over the bridge");
    const bool due = since % std::chrono::duration_cast<Milliseconds>(save_every) == Milliseconds{0};
    if (!due || saved == day.records()) return false;
    save();
    return true;
  };
  while (const auto record = day.next()) {
    const auto payload = live_payload(*record, day.records());
    kept.payload_bytes += payload.size();
    client.publish(kTopic, payload.data(), payload.size(), kAtLeastOnce, false)->wait();
  }
  day.finish();
  save();
  kept.records = day.records();
  client.disconnect()->wait();
  return kept;
}

Kept overwrite_a_block(const std::filesystem::path& folder, double hours, std::chrono::minutes every) {
  constexpr std::size_t kBlock = 4096;
  constexpr std::size_t kBlocks = 256;
  const std::string zeros(kBlocks * kBlock, '\0');
  const int file = ::open((folder / "blocks").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0 || ::pwrite(file, zeros.data(), zeros.size(), 0) < 0 || ::fsync(file) != 0) {
    throw std::runtime_error("cannot write to " + folder.string());
  }
  WearDay day(hours, folder);
  std::uint64_t written = 0;
  std::size_t at = 0;
  day.each_step = [&](Milliseconds since) {
    const bool due = since % std::chrono::duration_cast<Milliseconds>(every) == Milliseconds{0};
    if (!due || written == day.records()) return false;
    written = day.records();
    const std::string block(kBlock, static_cast<char>(written));
    const auto offset = static_cast<off_t>(++at % kBlocks * kBlock);
    if (::pwrite(file, block.data(), kBlock, offset) < 0 || ::fdatasync(file) != 0) {
      throw std::runtime_error("cannot write to " + folder.string());
    }
    return true;
  };
  while (day.next()) continue;
  day.finish();
  ::close(file);
  return Kept{day.records(), 0};
}

}  // namespace xalink::bench
