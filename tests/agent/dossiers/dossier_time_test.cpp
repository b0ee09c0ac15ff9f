#include "agent/dossiers/dossier_time.hpp"

#include <gtest/gtest.h>

namespace xalink {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year_month_day;

std::optional<WallTime> utc(int year, unsigned month, unsigned day, std::chrono::seconds time) {
  return sys_days(std::chrono::year(year) / month / day) + time;
}

TEST(DossierTime, ReadsTheNationalForm) {
  EXPECT_EQ(parse_dossier_time("20260615141228"), utc(2026, 6, 15, 7h + 12min + 28s));
  EXPECT_EQ(parse_dossier_time("20260101000000"), utc(2025, 12, 31, 17h));
}

TEST(DossierTime, ReadsIsoForms) {
  EXPECT_EQ(parse_dossier_time("2026-06-15"), utc(2026, 6, 14, 17h));
  EXPECT_EQ(parse_dossier_time("2026-06-15 14:12"), utc(2026, 6, 15, 7h + 12min));
  EXPECT_EQ(parse_dossier_time("2026-06-15 14:12:28"), utc(2026, 6, 15, 7h + 12min + 28s));
  EXPECT_EQ(parse_dossier_time("2026-06-15T14:12:28"), utc(2026, 6, 15, 7h + 12min + 28s));
  EXPECT_EQ(parse_dossier_time("2026-06-15T14:12:28.123"), utc(2026, 6, 15, 7h + 12min + 28s));
  EXPECT_EQ(parse_dossier_time("2026-06-15T14:12:28+07:00"), utc(2026, 6, 15, 7h + 12min + 28s));
  EXPECT_EQ(parse_dossier_time("2026-06-15T14:12:28Z"), utc(2026, 6, 15, 14h + 12min + 28s));
  EXPECT_EQ(parse_dossier_time("2026-06-15T14:12:28-03:30"), utc(2026, 6, 15, 17h + 42min + 28s));
}

TEST(DossierTime, ReadsOffsetsAsJavaAndDatabasesWriteThem) {
  const auto time = utc(2026, 6, 15, 7h + 12min + 28s);
  for (const char* text :
       {"2026-06-15T14:12:28+0700", "2026-06-15T07:12:28.000+0000", "2026-06-15T07:12:28.000Z",
        "2026-06-15 14:12:28+07", "2026-06-15 14:12:28.123 +07:00", "2026-06-15 07:12:28Z"}) {
    EXPECT_EQ(parse_dossier_time(text), time) << text;
  }
}

TEST(DossierTime, ReadsTheFormOfPeople) {
  EXPECT_EQ(parse_dossier_time("15/06/2026"), utc(2026, 6, 14, 17h));
  EXPECT_EQ(parse_dossier_time("15/06/2026 14:12"), utc(2026, 6, 15, 7h + 12min));
  EXPECT_EQ(parse_dossier_time("15/06/2026 14:12:28"), utc(2026, 6, 15, 7h + 12min + 28s));
}

TEST(DossierTime, ReadsWhatSpreadsheetsAndOldSystemsWrite) {
  const auto day = utc(2026, 6, 4, 17h);
  for (const char* text : {"5/6/2026", "05-06-2026", "5.6.2026", "2026/06/05", "20260605", "202606050000",
                           "5/6/2026 12:00:00 SA", "00:00 05/06/2026"}) {
    EXPECT_EQ(parse_dossier_time(text), day) << text;
  }
  const auto afternoon = utc(2026, 6, 5, 7h + 5min + 9s);
  for (const char* text :
       {"5/6/2026 14:05:09", "5/6/2026 2:05:09 CH", "05/06/2026 02:05:09 pm", "14:05:09 05/06/2026",
        "2026-06-05 14:05:09.123", "14:05:09, 5/6/2026", "05/06/2026, 14:05:09", "05/06/2026  14:05:09"}) {
    EXPECT_EQ(parse_dossier_time(text), afternoon) << text;
  }
  EXPECT_EQ(parse_dossier_time("1780643109000"), afternoon);
}

TEST(DossierTime, HasNoDaylightSaving) {
  EXPECT_EQ(parse_dossier_time("2026-01-15 12:00"), utc(2026, 1, 15, 5h));
  EXPECT_EQ(parse_dossier_time("2026-07-15 12:00"), utc(2026, 7, 15, 5h));
}

TEST(DossierTime, KnowsTheCalendar) {
  EXPECT_EQ(parse_dossier_time("2024-02-29"), utc(2024, 2, 28, 17h));
  for (const char* text :
       {"2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "31/04/2026", "20260431000000",
        "2026-06-15 24:00", "2026-06-15 14:60", "2026-06-15 14:12:60", "20260615246060"}) {
    EXPECT_EQ(parse_dossier_time(text), std::nullopt) << text;
  }
}

TEST(DossierTime, RefusesWhatSystemsWriteForNoDate) {
  for (const char* text :
       {"0001-01-01", "0001-01-01T00:00:00", "1900-01-01", "1970-01-01", "9999-12-31", "00000000000000"}) {
    EXPECT_EQ(parse_dossier_time(text), std::nullopt) << text;
  }
}

TEST(DossierTime, RefusesEverythingElse) {
  for (const char* text : {"",
                           " ",
                           "soon",
                           "2026",
                           "2026-06",
                           "2026-6-15",
                           "06/15/2026",
                           "2026-06-15 ",
                           "2026-06-15T",
                           "2026-06-15T14",
                           "2026-06-15 14:12:28 ",
                           "2026-06-15 14:12:28 Z",
                           "2026-06-15T14:12:28+7",
                           "2026-06-15T14:12:28+070",
                           "2026-06-15T14:12:28+07:",
                           "15/06/2026,",
                           "15/06/2026 ",
                           ", 15/06/2026",
                           "2026-06-15T14:12:28+15:00",
                           "2026-06-15T14:12:28.",
                           "2026061514122X",
                           "+026-06-15",
                           "20260615141228000",
                           "15/06/26",
                           "15/06/2026T14:12",
                           "15/06/2026 14:12 XX",
                           "15/06/2026 13:12 CH",
                           "15/06-2026",
                           "9999999999999"}) {
    EXPECT_EQ(parse_dossier_time(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace xalink
