// Which late dossiers were delayed because the office was offline.

#include "gateway/reports/delayed_dossiers.hpp"

#include <gtest/gtest.h>

#include "tests/gateway/reports/commune_days.hpp"

namespace xalink::reports {
namespace {

/// Accepted on 2 September, due on that day, finished on the other (0: never).
std::vector<meaning::DossierEvent> dossier(const std::string& site, const std::string& code, const char* due,
                                           const char* finished) {
  const auto moment = [](const char* day) {
    return meaning::start_of(*registry::read_date(day)) + std::chrono::hours(16);
  };
  meaning::DossierEvent accepted;
  accepted.site = site;
  accepted.code = code;
  accepted.state = meaning::DossierState::accepted;
  accepted.state_at = moment("2024-09-02");
  accepted.received = accepted.state_at;
  accepted.due = moment(due);
  accepted.recorded = *accepted.state_at;
  std::vector<meaning::DossierEvent> events{accepted};
  if (finished != nullptr) {
    auto end = accepted;
    end.state = meaning::DossierState::finished;
    end.state_at = moment(finished);
    end.finished = end.state_at;
    end.recorded = *end.state_at;
    events.push_back(end);
  }
  return events;
}

TEST(DelayedDossiers, CountThoseThatFellDueWhileTheOfficeWasDown) {
  const CommuneDays days;
  const OutageReportInput ground{days.sites,     days.registry, 1,    days.period, days.span,
                                 Scope::commune, days.opening,  false};
  const meaning::WorkCalendar calendar;
  const meaning::Procedures procedures;
  DelayedDossiers delayed(ground, calendar, procedures);
  delayed.add(dossier("lung-cu", "a", "2024-09-05", "2024-09-06"));  // late, due on the day without power
  delayed.add(dossier("lung-cu", "b", "2024-09-05", nullptr));       // overdue, the same day
  delayed.add(dossier("lung-cu", "c", "2024-09-05", "2024-09-05"));  // on time all the same
  delayed.add(dossier("lung-cu", "d", "2024-09-04", "2024-09-06"));  // late, due before the period
  delayed.add(
      dossier("lung-cu", "e", "2024-09-03", "2024-09-04"));  // ended before the period: not its business
  delayed.add(dossier("dong-van", "f", "2024-09-05", "2024-09-06"));  // late; down for 2 of 8 hours only
  delayed.add(dossier("nobody", "g", "2024-09-05", "2024-09-06"));
  std::vector<CommuneEvidence> communes(3);
  communes[0].key = "00715@";
  communes[1].key = "00721@";
  communes[2].key = "00769@";
  delayed.put_into(communes);
  EXPECT_EQ(communes[0].dossiers, 4);
  EXPECT_EQ(communes[0].dossiers_delayed, 2);
  EXPECT_EQ(communes[1].dossiers, 1);
  EXPECT_EQ(communes[1].dossiers_delayed, 0);
  EXPECT_EQ(communes[2].dossiers, std::nullopt) << "no dossiers seen is no evidence";
}

}  // namespace
}  // namespace xalink::reports
