// What CLI11 says of a mistake, and what is made of it. CLI11 itself makes the mistakes here: a newer one
// that words them otherwise is seen.

#include "sparkplug/usage_words.hpp"

#include <gtest/gtest.h>

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace xalink {
namespace {

std::string mistake_of(std::vector<const char*> words) {
  CLI::App app("", "xalink-test");
  std::string choice;
  std::string file;
  int number = 0;
  bool flag = false;
  app.add_option("--by", choice)->check(CLI::IsMember({"commune", "region"}));
  app.add_option("--count", number);
  app.add_flag("--all", flag);
  auto* needy = app.add_option("--needs", choice)->needs("--count");
  app.add_option("--not-both", choice)->excludes(needy);
  auto* command = app.add_subcommand("export");
  command->add_option("FILE", file)->required();
  words.insert(words.begin(), "xalink-test");
  try {
    app.parse(static_cast<int>(words.size()), words.data());
  } catch (const CLI::ParseError& error) {
    return told_usage(error.what(), "xalink-test --help", Language::vietnamese);
  }
  return "no mistake";
}

TEST(UsageWords, SayInVietnameseWhatIsWrongWithACommandLine) {
  const std::string next = ". Tiếp theo: xalink-test --help";
  EXPECT_EQ(mistake_of({"export"}), "thiếu FILE" + next);
  EXPECT_EQ(mistake_of({"export", "a", "b"}), "không hiểu từ: b" + next);
  EXPECT_EQ(mistake_of({"export", "a", "b", "c"}), "không hiểu các từ: c b" + next);
  EXPECT_EQ(mistake_of({"--by", "street"}), "--by: street không thuộc {commune,region}" + next);
  EXPECT_EQ(mistake_of({"--count", "many"}), "--count: không hiểu giá trị many" + next);
  EXPECT_EQ(mistake_of({"--count"}), "--count: còn thiếu (cần 1 giá trị kiểu INT)" + next);
  EXPECT_EQ(mistake_of({"--needs", "x"}), "--needs cần có --count" + next);
  EXPECT_EQ(mistake_of({"--needs", "x", "--count", "1", "--not-both", "y"}),
            "--needs không dùng cùng --not-both" + next);
}

TEST(UsageWords, KeepWhatTheyDoNotKnowAndEnglish) {
  EXPECT_EQ(told_usage("FILE is required", "x --help", Language::english),
            "FILE is required. Next: x --help");
  EXPECT_EQ(told_usage("odd", "x --help", Language::vietnamese), "odd. Tiếp theo: x --help");
}

TEST(UsageWords, AreInTheLanguageThatTheCommandLineAsksFor) {
  const auto of = [](std::vector<const char*> words) {
    return language_on(static_cast<int>(words.size()), words.data());
  };
  EXPECT_EQ(of({"x", "--lang", "vi", "nonsense"}), Language::vietnamese);
  EXPECT_EQ(of({"x", "nonsense", "--lang=en"}), Language::english);
  EXPECT_EQ(of({"x", "--lang", "vi", "--lang=fr"}), Language::vietnamese);
  EXPECT_EQ(of({"x", "--lang"}), language_of_environment());
}

}  // namespace
}  // namespace xalink
