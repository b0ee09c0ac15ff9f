// The tables of indicators, with the samples that are installed beside the program.
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <set>

#include "agent/dossiers/table_reader.hpp"
#include "sparkplug/metric_names.hpp"

namespace xalink {
namespace {

std::string sample(const std::string& name) {
  std::ifstream in(std::string(XALINK_SAMPLES) + "/" + name, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

class IndicatorTableTest : public ::testing::Test {
 protected:
  void read(const TableSettings& settings, std::string_view text, TableForm form = TableForm::csv) {
    rows_.clear();
    bad_.clear();
    TableReader reader(form, settings);
    reader.feed(text);
    reader.finish();
    while (const TableRow* row = reader.next()) {
      ASSERT_NE(row->what, TableRow::What::no_header) << row->reason;
      if (row->what != TableRow::What::row) continue;
      auto mapped = reader.read();
      if (mapped) {
        rows_.push_back(std::move(*mapped));
      } else {
        bad_.push_back(mapped.error().field + ": " + mapped.error().reason);
      }
    }
    schema_ = settings.kind->schema();
  }
  [[nodiscard]] std::string value(std::size_t row, std::string_view column) const {
    return to_text(rows_.at(row).values.at(column_index(schema_, column).value()));
  }

  Schema schema_;
  std::vector<MappedRow> rows_;
  std::vector<std::string> bad_;
};

TEST_F(IndicatorTableTest, EachFieldHasItsColumnAndItsDeclaration) {
  for (const TableKind* kind : {&dossier_table(), &satisfaction_table(), &task_table(), &village_table()}) {
    const Schema schema = kind->schema();
    EXPECT_EQ(schema.lane, Lane::events);
    std::set<std::string_view> keys;
    for (const TableField& field : kind->fields) {
      ASSERT_TRUE(column_index(schema, field.column)) << field.column;
      EXPECT_TRUE(keys.insert(field.key).second) << field.key;
      const std::string metric = schema.group + "/" + std::string(field.column);
      EXPECT_NE(find_declaration(schema.device, metric), nullptr) << metric;
    }
  }
}

TEST_F(IndicatorTableTest, TheRegisterOfTasksIsReadWithoutItsFreeTexts) {
  TableSettings settings(task_table());
  read(settings, sample("sample-tasks.csv"));
  EXPECT_TRUE(bad_.empty());
  ASSERT_EQ(rows_.size(), 3U);
  EXPECT_EQ(value(0, "Code") + " " + value(0, "Done") + "/" + value(0, "Total"), "CCHC-2024 35/41");
  EXPECT_EQ(value(1, "Done") + "/" + value(1, "Total"), "67/83");
  EXPECT_EQ(value(2, "Done") + "/" + value(2, "Total"), "15/20");
  EXPECT_EQ(value(1, "On Time"), "");  // not filled in is not zero
  EXPECT_EQ(value(0, "Name"), "");
  settings.columns["name"] = "TenNhiemVu";
  read(settings, sample("sample-tasks.csv"));
  ASSERT_EQ(rows_.size(), 3U);
  EXPECT_EQ(value(0, "Name"), "Nhiệm vụ cải cách hành chính năm 2024");  // of two lines in the file
  EXPECT_EQ(value(1, "Name"), "Nhiệm vụ Đề án 06");
}

TEST_F(IndicatorTableTest, SatisfactionIsCountedByPeriodAndChannel) {
  read(TableSettings(satisfaction_table()), sample("sample-satisfaction.csv"));
  EXPECT_TRUE(bad_.empty());
  ASSERT_EQ(rows_.size(), 2U);
  EXPECT_EQ(value(0, "Satisfied") + "/" + value(0, "Answers"), "305/312");
  EXPECT_EQ(value(1, "Channel"), "phiếu giấy");
  EXPECT_NE(rows_[0].subject, rows_[1].subject);
}

TEST_F(IndicatorTableTest, VillagesAreCountedByCommuneListAndDay) {
  read(TableSettings(village_table()), sample("sample-villages.csv"));
  EXPECT_TRUE(bad_.empty());
  ASSERT_EQ(rows_.size(), 2U);
  EXPECT_EQ(value(0, "Commune"), "00745");  // a code, not a number
  EXPECT_EQ(value(0, "Code List"), "QĐ 19/2025/QĐ-TTg");
  EXPECT_EQ(value(0, "No Signal") + " " + value(0, "Gaps") + " " + value(0, "No Power"), "2 5 1");
}

TEST_F(IndicatorTableTest, APartIsNotGreaterThanItsWhole) {
  read(TableSettings(task_table()), "MaNhiemVu,TongSo,HoanThanh\nA,20,21\nB,20,20\nC,,1\nD,-1,0\nE,1.5,1\n");
  EXPECT_EQ(rows_.size(), 1U);
  ASSERT_EQ(bad_.size(), 4U);
  EXPECT_NE(bad_[0].find("HoanThanh: is greater than \"TongSo\""), std::string::npos) << bad_[0];
  read(TableSettings(satisfaction_table()), "TuNgay,DenNgay,SoPhieu\n30/09/2026,01/09/2026,5\n");
  EXPECT_EQ(bad_.size(), 1U);
}

TEST_F(IndicatorTableTest, ACorrectedCountIsTheSameSubjectWithAnotherContent) {
  read(TableSettings(village_table()),
       "{\"MaXa\":\"00745\",\"NgaySoLieu\":\"2026-01-12\",\"TongSoThon\":21,\"TrangSong\":2}\n"
       "{\"MaXa\":\"00745\",\"NgaySoLieu\":\"2026-01-12\",\"TongSoThon\":21,\"TrangSong\":1}\n",
       TableForm::json_lines);
  ASSERT_EQ(rows_.size(), 2U);
  EXPECT_EQ(rows_[0].subject, rows_[1].subject);
  EXPECT_NE(rows_[0].content, rows_[1].content);
  EXPECT_FALSE(rows_[0].dated);
}

TEST_F(IndicatorTableTest, TheSampleOfJsonLinesIsReadWhole) {
  read(TableSettings(dossier_table()), sample("sample-dossiers.jsonl"), TableForm::json_lines);
  EXPECT_TRUE(bad_.empty()) << bad_.front();
  ASSERT_EQ(rows_.size(), 3U);
  EXPECT_EQ(value(1, "State"), "2");
  EXPECT_EQ(value(2, "Due"), "");
}

}  // namespace
}  // namespace xalink
