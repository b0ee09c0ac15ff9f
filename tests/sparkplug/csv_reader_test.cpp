#include "sparkplug/csv_reader.hpp"

#include <gtest/gtest.h>

#include <random>

namespace xalink {
namespace {

struct Row {
  std::size_t line = 0;
  std::vector<std::string> fields;
  bool broken = false;
  std::string raw;
  friend bool operator==(const Row&, const Row&) = default;
};

std::ostream& operator<<(std::ostream& out, const Row& row) {
  out << row.line << (row.broken ? " broken" : "") << ":";
  for (const auto& field : row.fields) out << " [" << field << "]";
  return out;
}

/// Feeds pieces of the sizes that `next_size` gives.
template <class NextSize>
std::vector<Row> read(std::string_view text, char delimiter, NextSize next_size) {
  CsvReader reader(delimiter);
  std::vector<Row> rows;
  while (!reader.at_end()) {
    if (const CsvRow* row = reader.next()) {
      rows.push_back({row->line, row->fields, !row->broken.empty(), std::string(row->raw)});
    } else if (text.empty()) {
      reader.finish();
    } else {
      const std::string_view piece = text.substr(0, next_size());
      reader.feed(piece);
      text.remove_prefix(piece.size());
    }
  }
  return rows;
}

std::vector<Row> read(std::string_view text, char delimiter = ',') {
  return read(text, delimiter, [&] { return text.size(); });
}

std::vector<std::vector<std::string>> fields(std::string_view text, char delimiter = ',') {
  std::vector<std::vector<std::string>> all;
  for (const Row& row : read(text, delimiter)) {
    EXPECT_FALSE(row.broken) << row.raw;
    all.push_back(row.fields);
  }
  return all;
}

using Table = std::vector<std::vector<std::string>>;

TEST(CsvReader, SplitsRowsAndFields) {
  EXPECT_EQ(fields("a,b,c\n1,,3\n"), (Table{{"a", "b", "c"}, {"1", "", "3"}}));
  EXPECT_EQ(fields("a;b,c\n", ';'), (Table{{"a", "b,c"}}));
  EXPECT_EQ(fields(",\n"), (Table{{"", ""}}));
  EXPECT_EQ(fields(""), Table{});
}

TEST(CsvReader, TakesTheLastLineWithoutItsEnd) {
  EXPECT_EQ(fields("a,b\n1,2"), (Table{{"a", "b"}, {"1", "2"}}));
  EXPECT_EQ(fields("a,b\n1,"), (Table{{"a", "b"}, {"1", ""}}));
  EXPECT_EQ(fields("a,\"b\""), (Table{{"a", "b"}}));
  EXPECT_EQ(fields("a,\"b\"\r"), (Table{{"a", "b"}}));
  EXPECT_EQ(fields("a,b\r"), (Table{{"a", "b"}}));
}

TEST(CsvReader, TakesCrLfAsWellAsLf) {
  EXPECT_EQ(fields("a,b\r\n1,\"2\"\r\n\"3\",4\n"), (Table{{"a", "b"}, {"1", "2"}, {"3", "4"}}));
}

// What a program leaves that writes CRLF into a file opened as text.
TEST(CsvReader, TakesCrCrLfAsOneLineEnd) {
  const auto rows = read("a,b\r\r\n1,\"2\"\r\r\n3,4\r\r\n");
  ASSERT_EQ(rows.size(), 3U);
  EXPECT_EQ(rows[1].fields, (std::vector<std::string>{"1", "2"}));
  EXPECT_EQ(rows[2].fields, (std::vector<std::string>{"3", "4"}));
  EXPECT_EQ(rows[2].line, 3U);
}

TEST(CsvReader, QuotesHoldDelimitersQuotesAndLineEnds) {
  EXPECT_EQ(fields("\"a,b\",\"say \"\"x\"\"\",\"two\nlines\r\n!\"\n"),
            (Table{{"a,b", "say \"x\"", "two\nlines\r\n!"}}));
  EXPECT_EQ(fields("\"\",\"\"\"\"\n"), (Table{{"", "\""}}));
}

TEST(CsvReader, AQuoteInsideAnUnquotedFieldStandsForItself) {
  EXPECT_EQ(fields("5\" pipe,x\n"), (Table{{"5\" pipe", "x"}}));
}

TEST(CsvReader, PassesOverTheBomOnceOnly) {
  EXPECT_EQ(fields("\xEF\xBB\xBF"
                   "a,b\n"),
            (Table{{"a", "b"}}));
  EXPECT_EQ(fields("\xEF\xBB\xBF"
                   "\"a\",b\n"),
            (Table{{"a", "b"}}));
  EXPECT_EQ(fields("a\n\xEF\xBB\xBF"
                   "b\n"),
            (Table{{"a"},
                   {"\xEF\xBB\xBF"
                    "b"}}));
  EXPECT_EQ(read("\xEF\xBB\xBF"
                 "a\n")[0]
                .raw,
            "\xEF\xBB\xBF"
            "a\n");
}

TEST(CsvReader, CountsLinesOverRowsOfSeveralLines) {
  const auto rows = read("a\n\"x\ny\nz\"\r\nb\n\nc");
  ASSERT_EQ(rows.size(), 5U);
  EXPECT_EQ(rows[1].line, 2U);
  EXPECT_EQ(rows[2].line, 5U);
  EXPECT_EQ(rows[3].line, 6U);
  EXPECT_EQ(rows[4].line, 7U);
}

TEST(CsvReader, ABlankLineIsABlankRow) {
  CsvReader reader(',');
  reader.feed("\r\na\n");
  reader.finish();
  const CsvRow* row = reader.next();
  ASSERT_NE(row, nullptr);
  EXPECT_TRUE(row->blank());
  row = reader.next();
  ASSERT_NE(row, nullptr);
  EXPECT_FALSE(row->blank());
}

TEST(CsvReader, AQuoteThatIsNeverClosedCostsItsLineOnly) {
  const auto rows = read("a,b\n1,\"2\n3,4\n5,6\n");
  ASSERT_EQ(rows.size(), 4U);
  EXPECT_TRUE(rows[1].broken);
  EXPECT_EQ(rows[1].raw, "1,\"2\n");
  EXPECT_EQ(rows[2].fields, (std::vector<std::string>{"3", "4"}));
  EXPECT_EQ(rows[3].line, 4U);
}

TEST(CsvReader, TextAfterAClosingQuoteCostsItsLineOnly) {
  const auto rows = read("\"a\"x,b\n1,2\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_TRUE(rows[0].broken);
  EXPECT_EQ(rows[1].fields, (std::vector<std::string>{"1", "2"}));
}

TEST(CsvReader, ARowBeyondTheLimitIsBrokenAndReadingGoesOn) {
  const std::string text = "1,\"" + std::string(CsvReader::kMaxRowBytes, 'x') + "\nmore\n2,3\n";
  const auto rows = read(text);
  ASSERT_GE(rows.size(), 2U);
  EXPECT_TRUE(rows[0].broken);
  EXPECT_EQ(rows.back().fields, (std::vector<std::string>{"2", "3"}));
}

TEST(CsvReader, ALineOfManyTimesTheLimitIsOneBrokenRow) {
  const std::string text = "1," + std::string(5 * CsvReader::kMaxRowBytes, ',') + "x\n2,3\n";
  std::size_t broken = 0;
  std::vector<std::string> others;
  for (const Row& row : read(text)) {
    broken += row.broken ? 1U : 0U;
    if (!row.broken) others.insert(others.end(), row.fields.begin(), row.fields.end());
  }
  EXPECT_EQ(broken, 1U);
  std::erase(others, std::string());
  EXPECT_EQ(others, (std::vector<std::string>{"2", "3"}));
}

TEST(CsvReader, ARowOfExactlyTheLimitIsFine) {
  const std::string row = std::string(CsvReader::kMaxRowBytes - 1, 'x') + "\n";
  const auto rows = read(row + "a\n");
  ASSERT_EQ(rows.size(), 2U);
  EXPECT_FALSE(rows[0].broken);
  EXPECT_TRUE(read("x" + row)[0].broken);
}

// Progress notes hold offsets of rows, so the rows must not depend on how the bytes came.
TEST(CsvReader, RowsDoNotDependOnThePieces) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  constexpr std::string_view kAlphabet = "\"\"\"\"\n\n\r,,,;ab\xEF\xBB\xBF";
  for (int round = 0; round < 2000; ++round) {
    std::string text;
    const std::size_t length = random() % 60;
    for (std::size_t i = 0; i < length; ++i) text += kAlphabet[random() % kAlphabet.size()];
    const auto whole = read(text);
    const auto pieces = read(text, ',', [&] { return 1 + random() % 7; });
    ASSERT_EQ(whole, pieces) << "text: " << ::testing::PrintToString(text);
    std::string joined;
    for (const Row& row : whole) joined += row.raw;
    ASSERT_EQ(joined, text);
  }
}

TEST(CsvReader, TheLimitDoesNotDependOnThePieces) {
  const auto seed = std::random_device{}();
  SCOPED_TRACE("seed " + std::to_string(seed));
  std::mt19937 random(seed);
  for (int round = 0; round < 30; ++round) {
    // Rows around the limit, with and without quotes, at the end of the text and before it.
    std::string text = round % 2 == 0 ? "\"" : "";
    text += std::string(CsvReader::kMaxRowBytes - 3 + random() % 6, 'x');
    if (round % 3 == 0) text += "\"";
    if (round % 5 != 0) text += "\r\n";
    if (round % 7 != 0) text += "tail,1";
    const auto whole = read(text);
    const auto pieces = read(text, ',', [&] { return 1 + random() % 20'000; });
    ASSERT_EQ(whole, pieces) << "round " << round;
  }
}

}  // namespace
}  // namespace xalink
