#include "sparkplug/settings.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

#include "sparkplug/settings_wording.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

Settings parsed(std::string_view text) {
  auto settings = Settings::parse(text, "a.toml");
  EXPECT_TRUE(settings.has_value()) << settings.error().to_string();
  return std::move(*settings);
}

TEST(Settings, GivesDefaultsForWhatIsNotThere) {
  Settings settings = parsed("");
  SettingsTable table = settings.table("outbox");
  EXPECT_EQ(table.text("file", "x.db"), "x.db");
  EXPECT_TRUE(table.flag("on", true));
  EXPECT_EQ(table.integer("count", 5, 1, 9), 5);
  EXPECT_EQ(table.duration("flush_seconds", seconds(60), seconds(1), hours(1)), seconds(60));
  EXPECT_EQ(table.texts("list", {"a"}), std::vector<std::string>{"a"});
  EXPECT_TRUE(settings.finish().empty());
}

TEST(Settings, ReadsEveryKindOfValue) {
  Settings settings = parsed(R"(
[probe.ping]
enabled = false
count = 7
rate = 2
who = "xã Lũng Cú"
list = ["eth0", "wwan0"]
targets = { gateway = "gateway", "máy chủ" = "10.0.0.1" }
[probe.ping.states]
"Đang xử lý" = 4
)");
  SettingsTable table = settings.table("probe.ping");
  EXPECT_FALSE(table.flag("enabled", true));
  EXPECT_EQ(table.integer("count", 5, 1, 9), 7);
  EXPECT_DOUBLE_EQ(table.number("rate", 1.0, 0.0, 10.0), 2.0);
  EXPECT_EQ(table.text("who", ""), "xã Lũng Cú");
  EXPECT_EQ(table.texts("list", {}), (std::vector<std::string>{"eth0", "wwan0"}));
  const std::map<std::string, std::string> targets = {{"gateway", "gateway"}, {"máy chủ", "10.0.0.1"}};
  EXPECT_EQ(table.named_texts("targets", {}), targets);
  const std::map<std::string, std::int64_t> states = {{"Đang xử lý", 4}};
  EXPECT_EQ(table.named_integers("states", 1, 10), states);
  EXPECT_TRUE(settings.finish().empty());
}

TEST(Settings, ReadsDurationsAsNumbersAndAsTexts) {
  Settings settings = parsed(R"(
a_seconds = 10
b_seconds = 0.5
c_seconds = "5m"
d_seconds = "250ms"
e_seconds = "1.5 h"
f_seconds = "1d"
g_ms = 200
)");
  SettingsTable table = settings.table("");
  const auto read = [&](std::string_view key) {
    return table.duration(key, seconds(0), Milliseconds(0), hours(48));
  };
  EXPECT_EQ(read("a_seconds"), seconds(10));
  EXPECT_EQ(read("b_seconds"), Milliseconds(500));
  EXPECT_EQ(read("c_seconds"), minutes(5));
  EXPECT_EQ(read("d_seconds"), Milliseconds(250));
  EXPECT_EQ(read("e_seconds"), minutes(90));
  EXPECT_EQ(read("f_seconds"), hours(24));
  EXPECT_EQ(read("g_ms"), Milliseconds(200));
  EXPECT_TRUE(settings.finish().empty());
}

TEST(Settings, RefusesDurationsThatAreNone) {
  Settings settings = parsed(R"(
a = "ten seconds"
b = "10"
c = true
d = nan
e = inf
f = 7200
)");
  SettingsTable table = settings.table("");
  for (const std::string_view key : {"a", "b", "c", "d", "e", "f"}) {
    EXPECT_EQ(table.duration(key, seconds(3), seconds(1), hours(1)), seconds(3)) << key;
  }
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 6U) << to_string(errors);
  EXPECT_EQ(errors[0].to_string(),
            "a.toml:2:5: a: is \"ten seconds\", which is not a duration. give seconds as a number, or a text "
            "such as \"10s\", \"5m\" or \"250ms\", between 1s and 1h");
  EXPECT_NE(errors[5].to_string().find("7200, which is out of range"), std::string::npos);
}

TEST(Settings, ReadsBytesAsNumbersAndAsTexts) {
  Settings settings = parsed(R"(
a = 4194304
b = "64MiB"
c = "1.5 GiB"
d = "512kB"
e = "64"
f = "64 megs"
g = 1.5
h = "1TiB"
)");
  SettingsTable table = settings.table("");
  const auto read = [&](std::string_view key) { return table.bytes(key, 7, 1024, std::uint64_t{1} << 32U); };
  EXPECT_EQ(read("a"), 4194304U);
  EXPECT_EQ(read("b"), std::uint64_t{64} << 20U);
  EXPECT_EQ(read("c"), std::uint64_t{3} << 29U);
  EXPECT_EQ(read("d"), 512'000U);
  for (const std::string_view key : {"e", "f", "g", "h", "none"}) EXPECT_EQ(read(key), 7U) << key;
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 4U) << to_string(errors);
  EXPECT_EQ(
      errors[1].to_string(),
      "a.toml:7:5: f: is \"64 megs\", which is not a number of bytes. give bytes as a number, or a text "
      "such as \"64MiB\", between 1KiB and 4GiB");
  EXPECT_NE(errors[3].to_string().find("out of range"), std::string::npos);
}

TEST(Settings, NamesTheNearestKeyForAnUnknownOne) {
  Settings settings = parsed("[outbox]\nfile = \"x\"\n  flush_second = 5\n");
  SettingsTable table = settings.table("outbox");
  (void)table.text("file", "");
  (void)table.duration("flush_seconds", seconds(60), seconds(1), hours(1));
  (void)table.flag("allow_volatile", false);
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where, "a.toml:3:3: outbox.flush_second");
  EXPECT_EQ(errors[0].what, "unknown key; the nearest known one here is \"flush_seconds\"");
}

TEST(Settings, NamesTheNearestTableForAnUnknownOne) {
  Settings settings = parsed("[prob.ping]\ncount = 5\n");
  (void)settings.table("probe.ping").integer("count", 5, 1, 9);
  (void)settings.table("broker");
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where, "a.toml:1:2: prob");
  EXPECT_EQ(errors[0].what, "unknown table; the nearest known one here is \"probe\"");
}

TEST(Settings, TellsWhereAMisplacedKeyBelongs) {
  Settings settings = parsed("[broker]\nflush_seconds = 5\n");
  (void)settings.table("broker").text("url", "");
  (void)settings.table("outbox").integer("flush_seconds", 5, 1, 9);
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].what.find("belongs in [outbox]"), std::string::npos) << errors[0].what;
}

TEST(Settings, ListsAllKnownKeysWhenNoneIsNear) {
  Settings settings = parsed("[log]\ncompletely_different = 1\n");
  (void)settings.table("log").text("level", "");
  (void)settings.table("log").text("file", "");
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_NE(errors[0].next.find("known here: \"file\" or \"level\""), std::string::npos) << errors[0].next;
}

TEST(Settings, TellsAllMistakesInTheFilesOrder) {
  Settings settings = parsed(R"([a]
text = 5
number = "5"
range = 99
word = "loud"
flag = "yes"
list = ["x", 3]
names = { ok = "x", bad = 4 }
table_wanted = 3
unknown = 1
)");
  SettingsTable table = settings.table("a");
  (void)settings.table("a.table_wanted");
  EXPECT_EQ(table.word("word", "info", {"info", "debug"}), "info");
  EXPECT_FALSE(table.flag("flag", false));
  EXPECT_EQ(table.integer("range", 3, 1, 9), 3);
  EXPECT_EQ(table.integer("number", 4, 1, 9), 4);
  EXPECT_EQ(table.text("text", "t"), "t");
  (void)table.texts("list", {});
  (void)table.named_texts("names", {});
  const std::vector<Error> errors = settings.finish();
  const std::vector<std::string> places = {
      "a.toml:2:8: a.text",       "a.toml:3:10: a.number",       "a.toml:4:9: a.range",
      "a.toml:5:8: a.word",       "a.toml:6:8: a.flag",          "a.toml:7:14: a.list",
      "a.toml:8:27: a.names.bad", "a.toml:9:16: a.table_wanted", "a.toml:10:1: a.unknown"};
  ASSERT_EQ(errors.size(), places.size()) << to_string(errors);
  for (std::size_t i = 0; i < places.size(); ++i) {
    EXPECT_EQ(errors[i].where, places[i]);
    EXPECT_FALSE(errors[i].next.empty()) << errors[i].to_string();
    EXPECT_EQ(errors[i].to_string().find('\n'), std::string::npos);
  }
  EXPECT_EQ(errors[3].to_string(),
            "a.toml:5:8: a.word: is \"loud\", which is not one of the choices. give \"info\" or \"debug\"");
}

TEST(Settings, ANumberOutOfRangeSaysTheRange) {
  Settings settings = parsed("count = 0\n");
  EXPECT_EQ(settings.table("").integer("count", 5, 1, 100), 5);
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].to_string(),
            "a.toml:1:9: count: is 0, which is out of range. give a number between 1 and 100");
}

TEST(Settings, ANumberThatIsTooLargeIsShownAsItIsWritten) {
  Settings settings =
      parsed("a_seconds = 9223372036854775807\nb = -9223372036854775807\nc_seconds = 1000000\n");
  SettingsTable table = settings.table("");
  EXPECT_EQ(table.duration("a_seconds", seconds(3), seconds(1), hours(1)), seconds(3));
  EXPECT_EQ(table.number("b", 0.5, 0.0, 1.0), 0.5);
  EXPECT_EQ(table.duration("c_seconds", seconds(3), seconds(1), hours(1)), seconds(3));
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 3U);
  EXPECT_EQ(errors[0].what, "is 9223372036854775807, which is out of range");
  EXPECT_EQ(errors[1].what, "is -9223372036854775807, which is out of range");
  EXPECT_EQ(errors[2].what, "is 1000000, which is out of range");
}

TEST(Settings, AListOfOtherThingsIsNotAnEmptyOne) {
  Settings settings = parsed("wrong = [7]\nempty = []\n");
  SettingsTable table = settings.table("");
  EXPECT_EQ(table.texts("wrong", {"a"}), std::vector<std::string>{"a"});
  EXPECT_EQ(table.texts("empty", {"a"}), std::vector<std::string>{});
  EXPECT_EQ(settings.finish().size(), 1U);
}

TEST(Settings, ARequiredTextMustBeThereAndNotEmpty) {
  Settings settings = parsed("[site]\nid = \"\"\n");
  SettingsTable table = settings.table("site");
  EXPECT_EQ(table.required_text("group", "a province"), "");
  EXPECT_EQ(table.required_text("id", "an id"), "");
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 2U);
  EXPECT_EQ(errors[0].to_string(), "a.toml:1:1: site.group: is missing. set it to a province");
  EXPECT_EQ(errors[1].to_string(), "a.toml:2:6: site.id: is empty. set it to an id");
}

TEST(Settings, AKeyCannotBreakTheMessageIntoLines) {
  Settings settings = parsed("\"a\\nb\" = 1\n");
  (void)settings.table("").text("x", "");
  const std::vector<Error> errors = settings.finish();
  ASSERT_EQ(errors.size(), 1U);
  EXPECT_EQ(errors[0].where, "a.toml:1:1: \"a?b\"");
}

TEST(Settings, AMissingFileSaysWhatToDo) {
  const auto settings = Settings::load("/nonexistent/agent.toml", "copy the example");
  ASSERT_FALSE(settings.has_value());
  EXPECT_EQ(settings.error().to_string(),
            "/nonexistent/agent.toml: there is no such configuration file. copy the example");
}

TEST(Settings, AFolderIsNoFile) {
  const auto settings = Settings::load("/", "copy the example");
  ASSERT_FALSE(settings.has_value());
  EXPECT_NE(settings.error().what.find("is a folder"), std::string::npos);
}

TEST(Settings, ASyntaxErrorNamesLineColumnAndReason) {
  const auto settings = Settings::parse("[site]\nid = xa-1\n", "a.toml");
  ASSERT_FALSE(settings.has_value());
  EXPECT_EQ(settings.error().where.substr(0, 9), "a.toml:2:") << settings.error().where;
  EXPECT_EQ(settings.error().what.find("is not valid TOML: "), 0U);
  EXPECT_FALSE(settings.error().next.empty());
}

TEST(Settings, AKeyGivenTwiceIsASyntaxError) {
  const auto settings = Settings::parse("a = 1\na = 2\n", "a.toml");
  ASSERT_FALSE(settings.has_value());
  EXPECT_EQ(settings.error().where.substr(0, 9), "a.toml:2:");
}

TEST(Settings, BrokenUtf8IsToldByPlace) {
  const auto settings = Settings::parse("[site]\nid = \"xã\xE3\"\n", "a.toml");
  ASSERT_FALSE(settings.has_value());
  EXPECT_EQ(settings.error().where, "a.toml:2:9");
  EXPECT_EQ(settings.error().what, "is not UTF-8 text");
}

TEST(Settings, RelativePathsStartAtTheFilesFolder) {
  auto settings = Settings::parse("a = \"ca.pem\"\nb = \"/abs/ca.pem\"\n", "/etc/xalink/agent.toml");
  ASSERT_TRUE(settings.has_value());
  SettingsTable table = settings->table("");
  EXPECT_EQ(table.path("a", ""), "/etc/xalink/ca.pem");
  EXPECT_EQ(table.path("b", ""), "/abs/ca.pem");
  EXPECT_EQ(table.path("c", "/default"), "/default");
}

TEST(Settings, DistanceCountsSlipsOfTheFingers) {
  EXPECT_EQ(edit_distance("interval_seconds", "interval_seconds"), 0U);
  EXPECT_EQ(edit_distance("Interval-Seconds", "interval_seconds"), 0U);
  EXPECT_EQ(edit_distance("intreval", "interval"), 1U);
  EXPECT_EQ(edit_distance("", "abc"), 3U);
  EXPECT_EQ(edit_distance("kitten", "sitting"), 3U);
}

TEST(Settings, FindsBrokenUtf8) {
  EXPECT_EQ(find_broken_utf8("Đồng Văn 🏔"), std::string_view::npos);
  EXPECT_EQ(find_broken_utf8("a\xC3"), 1U);             // cut off
  EXPECT_EQ(find_broken_utf8("\xC0\x80"), 0U);          // overlong
  EXPECT_EQ(find_broken_utf8("ab\xED\xA0\x80"), 2U);    // surrogate
  EXPECT_EQ(find_broken_utf8("\xF4\x90\x80\x80"), 0U);  // above U+10FFFF
  EXPECT_EQ(find_broken_utf8("\xE0\x9F\xBF"), 0U);      // overlong
}

}  // namespace
}  // namespace xalink
