#pragma once
// A broker, a gateway and boards on this machine: the programs themselves, with real files.

#include <gtest/gtest.h>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tests/fakes/mosquitto.hpp"
#include "tests/fakes/scratch_folder.hpp"
#include "tests/integration/programs.hpp"

namespace xalink::test {

inline constexpr std::string_view kGroup = "VN-03";
inline constexpr std::string_view kHostId = "xalink";

/// The first row of a query, its columns joined by '|' ("" for null). Empty when there is none, and when
/// the database cannot be read yet.
[[nodiscard]] std::string ask(const std::filesystem::path& database, const std::string& sql);
/// The same as a number; 0 for nothing.
[[nodiscard]] std::uint64_t ask_number(const std::filesystem::path& database, const std::string& sql);

/// What the [broker] table of both programs says.
struct Broker {
  std::uint16_t port = 0;
  std::string mqtt_version = "3.1.1";
};

class GatewayProcess {
 public:
  GatewayProcess(const ScratchFolder& folder, const Broker& broker);

  /// Takes effect at the next start.
  void keep_store_in(const std::filesystem::path& folder);

  Program program;
  [[nodiscard]] const std::filesystem::path& config() const { return config_; }
  [[nodiscard]] const std::filesystem::path& store() const { return store_; }
  /// `xalink-gateway boards --json`; an empty object when it fails.
  [[nodiscard]] boost::json::object boards() const;
  /// Of this node, as `boards --json` tells it; empty when it is not there.
  [[nodiscard]] boost::json::object board(std::string_view node) const;
  [[nodiscard]] std::string state_of(std::string_view node) const;
  /// Row ids of all lanes and epochs that the store accounts for.
  [[nodiscard]] std::uint64_t held() const;
  /// Messages set aside so far that came on this topic.
  [[nodiscard]] std::uint64_t set_aside(const std::string& topic) const;

 private:
  void configure() const;

  Broker broker_;
  std::filesystem::path folder_;
  std::filesystem::path config_;
  std::filesystem::path store_;
};

enum class Measures : bool { nothing, every_second };

class BoardProcess {
 public:
  /// Two boards of one node need different `name`s, which are their folders.
  BoardProcess(const ScratchFolder& folder, Broker broker, std::string node, Measures measures,
               const std::string& name);

  /// Takes effect at the next start.
  void configure(Measures measures);
  /// The drop folder stays where it is. Takes effect at the next start.
  void keep_outbox_in(const std::filesystem::path& folder);
  /// [outbox] hold_seconds, else 0. Takes effect at the next start.
  void hold_for(std::chrono::seconds longest);
  /// [outbox] max_bytes, else its default. Takes effect at the next start.
  void bound_outbox(std::uint64_t max_bytes);

  Program program;
  [[nodiscard]] const std::string& node() const { return node_; }
  [[nodiscard]] const std::filesystem::path& config() const { return config_; }
  [[nodiscard]] const std::filesystem::path& outbox() const { return outbox_; }
  [[nodiscard]] const std::filesystem::path& drop_folder() const { return drop_folder_; }
  /// `xalink-agent status --json`; an empty object when the agent does not answer.
  [[nodiscard]] boost::json::object status() const;
  /// The agent answers and has nothing that is not acknowledged.
  [[nodiscard]] bool all_acknowledged() const;
  [[nodiscard]] std::string epoch() const;
  /// Row ids given out so far, over both lanes.
  [[nodiscard]] std::uint64_t assigned() const;
  /// Drops one file of dossiers number first..first+count-1, complete at once. Their codes are unique.
  void drop_dossiers(std::uint64_t first, std::uint64_t count) const;
  /// All dropped files are in done/.
  [[nodiscard]] bool all_dossiers_taken() const;

 private:
  Broker broker_;
  Measures measures_;
  std::chrono::seconds hold_{0};
  std::optional<std::uint64_t> max_bytes_;
  std::string node_;
  std::filesystem::path folder_;
  std::filesystem::path config_;
  std::filesystem::path outbox_;
  std::filesystem::path drop_folder_;
};

/// A broker that runs, a gateway and a board that do not yet.
class DeploymentTest : public testing::Test {
 protected:
  explicit DeploymentTest(Measures measures = Measures::nothing, const std::string& mqtt_version = "3.1.1");
  /// No program ended by a bug. What they said is worth reading when a claim does not hold.
  void TearDown() override;

  /// Until the gateway's store accounts for all that the board's outbox has numbered.
  [[nodiscard]] bool delivers_all(const BoardProcess& board) const;
  /// Each record of the board is in the gateway's store exactly once.
  void expect_exactly_once(const BoardProcess& board) const;
  /// A broker that comes back on its own port, which somebody else may hold for a moment.
  void start_broker();

  ScratchFolder folder_;
  Mosquitto broker_;
  GatewayProcess gateway_;
  BoardProcess board_;
};

/// As an element of a JSON object; throws when there is no such path, e.g. at(status, "session", "state").
template <class... Keys>
[[nodiscard]] const boost::json::value& at(const boost::json::object& object, std::string_view key,
                                           Keys... more) {
  const auto& value = object.at(key);
  if constexpr (sizeof...(more) == 0) {
    return value;
  } else {
    return at(value.as_object(), more...);
  }
}

}  // namespace xalink::test
