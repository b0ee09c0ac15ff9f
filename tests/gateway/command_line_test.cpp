// The program as an operator meets it: exit codes, and one clear message for each mistake.

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>
#include <thread>

#include "tests/gateway/store_fixture.hpp"

namespace xalink::test {
namespace {

struct Outcome {
  int code = -1;
  std::string text;  ///< of both outputs
};

Outcome call(const std::string& arguments) {
  Outcome outcome;
  const std::string command = std::string(XALINK_GATEWAY_PROGRAM) + " " + arguments + " 2>&1";
  FILE* pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return outcome;
  std::array<char, 4096> buffer{};
  while (const auto size = std::fread(buffer.data(), 1, buffer.size(), pipe))
    outcome.text.append(buffer.data(), size);
  const int status = ::pclose(pipe);
  if (WIFEXITED(status)) outcome.code = WEXITSTATUS(status);
  return outcome;
}

class CommandLine : public StoreTest {
 protected:
  std::string config(const std::string& more = {}) {
    return folder_
        .write("gateway.toml",
               "[broker]\nurl = \"mqtt://127.0.0.1:1\"\n[store]\nfile = \"" + file().string() + "\"\n" + more)
        .string();
  }
  ScratchFolder folder_;
};

TEST_F(CommandLine, TellsItsVersionAndTeaches) {
  const auto version = call("--version");
  EXPECT_EQ(version.code, 0);
  EXPECT_EQ(version.text.rfind("xalink-gateway ", 0), 0U);
  const auto help = call("--help");
  EXPECT_EQ(help.code, 0);
  EXPECT_NE(help.text.find("Examples"), std::string::npos);
  EXPECT_NE(help.text.find("Exit codes"), std::string::npos);
  EXPECT_EQ(call("boards --help").code, 0);
}

TEST_F(CommandLine, EndsWithTwoAndOneLineOnWrongUsage) {
  for (const std::string wrong : {"", "frobnicate", "run --frobnicate", "run twice", "boards --watch soon",
                                  "boards --watch 0", "--lang de boards", "boards --config"}) {
    const auto outcome = call(wrong);
    EXPECT_EQ(outcome.code, 2) << wrong;
    EXPECT_EQ(std::count(outcome.text.begin(), outcome.text.end(), '\n'), 1) << outcome.text;
    EXPECT_NE(outcome.text.find("Next:"), std::string::npos) << outcome.text;
  }
}

TEST_F(CommandLine, RebuildsHoursAndDaysBesideAGateway) {
  for (const auto& [language, said, other] :
       {std::array{"en", "there is no store yet. Next: Start", "chưa có"},
        std::array{"vi", "chưa có kho dữ liệu. Tiếp theo: Khởi động", "Next"}}) {
    for (const char* command : {"rebuild", "boards", "report outages --period 2024-09"}) {
      const auto missing = call(std::string(command) + " --lang " + language + " --config " + config());
      EXPECT_EQ(missing.code, 1) << missing.text;
      EXPECT_NE(missing.text.find(said), std::string::npos) << missing.text;
      EXPECT_EQ(missing.text.find(other), std::string::npos) << missing.text;
    }
  }
  commit({arrived(rows(kEpochA, 1, 40))});  // and the ledger stays open
  for (int again = 0; again < 2; ++again) {
    const auto rebuilt = call("rebuild --lang en --config " + config());
    EXPECT_EQ(rebuilt.code, 0) << rebuilt.text;
    EXPECT_EQ(rebuilt.text, "Hours and days were made anew from 40 rows of records.\n");
    // Half of the rows have a time that a clock knew.
    EXPECT_EQ(number("SELECT sum(count) FROM rollup_day JOIN rollup_series ON id = series WHERE metric = "
                     "'Ping/gateway/RTT mean'"),
              20);
  }
  EXPECT_EQ(call("rebuild --json --config " + config()).text, "{\"rows\":40}\n");
  commit({arrived(rows(kEpochA, 41, 50))});
}

TEST_F(CommandLine, EndsWithTwoOnAWrongConfiguration) {
  const auto wrong = folder_.write("wrong.toml", "[brokr]\nurl = \"mqtt://127.0.0.1\"\n");
  for (const std::string command : {"run", "boards"}) {
    EXPECT_EQ(call(command + " --config " + wrong.string()).code, 2);
    EXPECT_EQ(call(command + " --config " + (folder_ / "absent.toml").string()).code, 2);
  }
}

TEST_F(CommandLine, EndsWithOneWhereThereIsNoStoreToShow) {
  const auto outcome = call("boards --config " + config());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("no store"), std::string::npos);
}

TEST_F(CommandLine, EndsWithOneWhenTheStoreIsInUse) {
  ledger();
  const auto outcome = call("run --lang en --config " + config());
  EXPECT_EQ(outcome.code, 1);
  EXPECT_NE(outcome.text.find("in use"), std::string::npos);
  const auto vietnamese = call("run --lang vi --config " + config());
  EXPECT_EQ(vietnamese.code, 1);
  EXPECT_NE(vietnamese.text.find("kho dữ liệu đang được một xalink-gateway khác dùng (tiến trình " +
                                 std::to_string(::getpid()) + "). Tiếp theo: Dừng"),
            std::string::npos)
      << vietnamese.text;
  EXPECT_EQ(vietnamese.text.find("in use"), std::string::npos) << vietnamese.text;
}

TEST_F(CommandLine, TellsOfARowThatCannotBeReadInTheReadersLanguage) {
  commit({arrived(rows(kEpochA, 1, 5), kSite, kNoon)});
  restart();
  SQLite::Database(file().string(), SQLite::OPEN_READWRITE)
      .exec("UPDATE record SET body = x'ffff' WHERE row_id = 3");
  const auto english = call("rebuild --lang en --config " + config());
  EXPECT_EQ(english.code, 1);
  EXPECT_NE(english.text.find(": row 3 of "), std::string::npos) << english.text;
  EXPECT_NE(english.text.find(" cannot be read: "), std::string::npos) << english.text;
  EXPECT_EQ(english.text.find("không"), std::string::npos) << english.text;
  const auto vietnamese = call("rebuild --lang vi --config " + config());
  EXPECT_EQ(vietnamese.code, 1);
  EXPECT_NE(vietnamese.text.find(": dòng 3 của "), std::string::npos) << vietnamese.text;
  EXPECT_NE(vietnamese.text.find("Tiếp theo: Kho dữ liệu bị hỏng: đặt bản sao lưu"), std::string::npos)
      << vietnamese.text;
  EXPECT_EQ(vietnamese.text.find("cannot be read"), std::string::npos) << vietnamese.text;
}

TEST_F(CommandLine, SaysWhatIsWrongWithAnImportInVietnamese) {
  const auto several = call("import a.xalink b.xalink -o c.ack --lang vi --config " + config());
  EXPECT_EQ(several.code, 2);
  EXPECT_NE(several.text.find("-o nêu một tệp xác nhận"), std::string::npos) << several.text;
}

TEST_F(CommandLine, ShowsBoardsInBothLanguagesAndAsJson) {
  commit({born(1, kNoon)});
  EXPECT_NE(call("boards --lang en --config " + config()).text.find("STATE"), std::string::npos);
  EXPECT_NE(call("boards --lang vi --config " + config()).text.find("TRẠNG THÁI"), std::string::npos);
  const auto json = call("boards --json --config " + config());
  EXPECT_EQ(json.code, 0);
  EXPECT_EQ(json.text.rfind("{\"store\":", 0), 0U);
}

TEST_F(CommandLine, TakesCommunesWholeOrNotAtAll) {
  const auto registry = folder_ / "registry.db";
  const auto settings =
      folder_
          .write("registry.toml",
                 "[broker]\nurl = \"mqtt://127.0.0.1:1\"\n[registry]\nfile = \"" + registry.string() + "\"\n")
          .string();
  const std::string good =
      "code,valid_from,type,name,province_code,province\n00715,2025-07-01,xã,Lũng Cú,08,Tuyên Quang\n";
  const auto bad = folder_.write("bad.csv", good + "00718,2025-07-01,thôn,Má Lé,08,Tuyên Quang\n").string();
  const auto refused = call("communes import " + bad + " --lang en --config " + settings);
  EXPECT_EQ(refused.code, 1);
  EXPECT_NE(refused.text.find("bad.csv:3: column 3 (type)"), std::string::npos) << refused.text;
  EXPECT_FALSE(std::filesystem::exists(registry));

  const auto list = folder_.write("good.csv", good).string();
  EXPECT_EQ(call("communes check " + list + " --config " + settings).code, 0);
  EXPECT_FALSE(std::filesystem::exists(registry)) << "to check is not to take";
  EXPECT_EQ(call("communes import " + list + " --config " + settings).code, 0);
  const auto shown = call("communes list --json --config " + settings);
  EXPECT_NE(shown.text.find("\"key\":\"00715@2025-07-01\""), std::string::npos) << shown.text;
  EXPECT_EQ(call("communes check " + (folder_ / "absent.csv").string() + " --config " + settings).code, 2);
  EXPECT_EQ(call("communes --config " + settings).code, 2);
}

TEST_F(CommandLine, StopsCleanlyOnSigtermWhileNoBrokerAnswersAndRollsUpMeanwhileAndRemovesWhatIsOld) {
  constexpr std::int64_t kLongAgo = 1'600'000'000'000;
  commit({arrived(rows(kEpochA, 1, 60), kSite, kLongAgo)});
  restart();
  const auto file_name = config("[records]\nkeep_days = 30\n");
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::dup2(ends[1], STDERR_FILENO);
    ::execl(XALINK_GATEWAY_PROGRAM, XALINK_GATEWAY_PROGRAM, "run", "--config", file_name.c_str(), nullptr);
    ::_exit(127);
  }
  ::close(ends[1]);
  std::string log;
  for (char letter = 0; log.find("no connection") == std::string::npos && ::read(ends[0], &letter, 1) == 1;) {
    log += letter;
  }
  const auto late = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (number("SELECT count(*) FROM rollup_day") == 0 && std::chrono::steady_clock::now() < late)
    std::this_thread::yield();
  EXPECT_GT(number("SELECT count(*) FROM rollup_day"), 0);
  // 1..49: what the second boot measured may still be told of by what comes.
  while (number("SELECT count(*) FROM record") == 60 && std::chrono::steady_clock::now() < late)
    std::this_thread::yield();
  EXPECT_EQ(number("SELECT count(*) FROM record"), 11);
  EXPECT_EQ(number("SELECT sum(records) FROM removed_block"), 49);
  EXPECT_EQ(number("SELECT row_id FROM mark"), 60);
  ::kill(child, SIGTERM);
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0) << log;
  ::close(ends[0]);
}

}  // namespace
}  // namespace xalink::test
