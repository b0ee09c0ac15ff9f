// Both programs as an operator meets them: one clear line for each mistake, and the next step in it.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tests/fakes/scratch_folder.hpp"
#include "tests/integration/programs.hpp"

namespace xalink::test {
namespace {

struct Which {
  const char* name;
  const char* program;
  const char* second;  ///< the subcommand beside run
  const char* least;   ///< the shortest configuration that is right
};

void PrintTo(const Which& which, std::ostream* out) {
  *out << which.name;
}

class CommandLine : public testing::TestWithParam<Which> {
 protected:
  template <class... Words>
  [[nodiscard]] Outcome run(const Words&... words) const {
    return call({GetParam().program, words...});
  }
  /// Exit code 2, nothing on standard output, and one line for each mistake, holding all of its words.
  static void expect_mistakes(const Outcome& outcome, const std::vector<std::vector<std::string>>& mistakes) {
    EXPECT_EQ(outcome.code, 2) << outcome.err;
    EXPECT_EQ(outcome.out, "");
    std::vector<std::string> lines;
    for (std::size_t begin = 0; begin < outcome.err.size();) {
      const auto end = std::min(outcome.err.find('\n', begin), outcome.err.size());
      lines.push_back(outcome.err.substr(begin, end - begin));
      begin = end + 1;
    }
    ASSERT_EQ(lines.size(), mistakes.size()) << outcome.err;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      EXPECT_EQ(lines[i].rfind(std::string(GetParam().name) + ": ", 0), 0U) << lines[i];
      for (const auto& word : mistakes[i])
        EXPECT_NE(lines[i].find(word), std::string::npos) << word << "\n" << lines[i];
    }
  }
  [[nodiscard]] std::string configured(const std::string& more) const {
    return folder_.write("wrong.toml", GetParam().least + more).string();
  }
  ScratchFolder folder_;
};

TEST_P(CommandLine, HelpAndVersionOfEverythingEndWithZero) {
  for (const auto& outcome :
       {run("--help"), run("-h"), run("run", "--help"), run(GetParam().second, "--help")}) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_NE(outcome.out.find("--config"), std::string::npos) << outcome.out;
    EXPECT_EQ(outcome.err, "");
  }
  for (const auto& outcome :
       {run("--version"), run("run", "--version"), run(GetParam().second, "--version")}) {
    EXPECT_EQ(outcome.code, 0) << outcome.err;
    EXPECT_EQ(outcome.out.rfind(std::string(GetParam().name) + " ", 0), 0U) << outcome.out;
    EXPECT_EQ(outcome.err, "");
  }
  EXPECT_NE(run("--help").out.find("Exit codes"), std::string::npos);
}

TEST_P(CommandLine, WrongUsageIsToldInOneLineWithTheNextStep) {
  const std::string help = std::string(GetParam().name) + " --help";
  expect_mistakes(run(), {{help}});
  expect_mistakes(run("frobnicate"), {{"frobnicate", help}});
  expect_mistakes(run("run", "--frobnicate"), {{"--frobnicate", help}});
  expect_mistakes(run("run", "twice"), {{"twice", help}});
  expect_mistakes(run("run", "--config"), {{"--config", help}});
  expect_mistakes(run("--lang", "fr", "run"), {{"fr", help}});
}

TEST_P(CommandLine, AMissingConfigurationIsNamed) {
  const auto absent = (folder_ / "absent.toml").string();
  for (const std::string command : {"run", GetParam().second}) {
    expect_mistakes(run(command, "--config", absent), {{absent, "copy"}});
  }
}

TEST_P(CommandLine, AWrongKeyIsToldWithItsPlaceAndTheNearestKnownOne) {
  const auto file = configured("[broker]\nurl = \"mqtt://127.0.0.1\"\nkeep_alive_second = 60\n");
  for (const std::string command : {"run", GetParam().second}) {
    expect_mistakes(run(command, "--config", file),
                    {{file + ":", "broker.keep_alive_second", "keep_alive_seconds"}});
  }
}

TEST_P(CommandLine, AWrongTableIsToldWithTheNearestKnownOne) {
  const auto file = configured("[brokr]\nurl = \"mqtt://127.0.0.1\"\n");
  expect_mistakes(run("run", "--config", file), {{file + ":", "brokr", "broker"}});
}

TEST_P(CommandLine, WrongTypesAndRangesAreToldOneLineEachInTheFilesOrder) {
  const auto file = configured(
      "[broker]\nurl = 1883\nkeep_alive_seconds = 2\nmqtt_version = \"4\"\n[log]\nlevel = \"loud\"\n");
  expect_mistakes(run("run", "--config", file), {{file + ":", "broker.url"},
                                                 {file + ":", "broker.keep_alive_seconds", "5"},
                                                 {file + ":", "broker.mqtt_version", "3.1.1"},
                                                 {file + ":", "log.level", "info"}});
}

TEST_P(CommandLine, WhatIsNotTomlIsToldWithItsLine) {
  const auto file = folder_.write("wrong.toml", "[broker]\nurl = \"mqtt://127.0.0.1\n").string();
  expect_mistakes(run("run", "--config", file), {{file + ":2"}});
}

constexpr Which kPrograms[] = {
    {"xalink-agent", XALINK_AGENT_PROGRAM, "status", "[site]\ngroup = \"VN-03\"\nid = \"xa-lung-cu\"\n"},
    {"xalink-gateway", XALINK_GATEWAY_PROGRAM, "boards", "[host]\nid = \"xalink\"\n"}};

INSTANTIATE_TEST_SUITE_P(Both, CommandLine, testing::ValuesIn(kPrograms), [](const auto& tested) {
  return std::string(tested.param.name) == "xalink-agent" ? "Agent" : "Gateway";
});

TEST(AgentCommandLine, StatusSaysThatNoAgentAnswers) {
  const ScratchFolder folder;
  const auto file =
      folder.write("agent.toml", "[site]\ngroup = \"VN-03\"\nid = \"a\"\n[control]\nsocket = \"" +
                                     (folder / "none.sock").string() + "\"\n");
  const auto outcome = call({XALINK_AGENT_PROGRAM, "status", "--config", file.string()});
  EXPECT_EQ(outcome.code, 1);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(std::count(outcome.err.begin(), outcome.err.end(), '\n'), 1) << outcome.err;
  EXPECT_NE(outcome.err.find("none.sock"), std::string::npos) << outcome.err;
}

TEST(AgentCommandLine, ASecondAgentOnTheSameOutboxIsRefused) {
  const ScratchFolder folder;
  const auto configuration = [&](const std::string& name) {
    return folder
        .write(name + ".toml",
               "[site]\ngroup = \"VN-03\"\nid = \"a\"\n[broker]\nurl = \"mqtt://127.0.0.1:1\"\n"
               "[outbox]\nallow_volatile = true\nfile = \"" +
                   (folder / "outbox.db").string() + "\"\n[control]\nsocket = \"" +
                   (folder / (name + ".sock")).string() + "\"\n")
        .string();
  };
  Program first({XALINK_AGENT_PROGRAM, "run", "--config", configuration("first")}, folder / "first.log");
  first.start();
  ASSERT_TRUE(eventually(
      [&] {
        return call({XALINK_AGENT_PROGRAM, "status", "--config", (folder / "first.toml").string()}).code == 0;
      },
      kPatience, std::chrono::milliseconds(50)));
  const auto second = call({XALINK_AGENT_PROGRAM, "run", "--config", configuration("second")});
  EXPECT_EQ(second.code, 1);
  EXPECT_NE(second.err.find("outbox.db"), std::string::npos) << second.err;
  EXPECT_TRUE(first.running());
  EXPECT_EQ(first.stop(), 0) << first.log();
}

}  // namespace
}  // namespace xalink::test
