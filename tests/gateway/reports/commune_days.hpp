#pragma once
// Two days (Thursday and Friday) of three communes, of which one has no board, as timelines: small enough to
// reckon by hand. All times Vietnam's.
//
// hours          00        06        07  08        10      11:30  13:30    17        24
// lung-cu  5/9   up ....................|power ............................|up .......
//          6/9   up ..................................................................
// dong-van 5/9   up ...............................................|services (one-stop)
//                                                          from 13:30 to 15:30, then up
//          6/9   unknown .............................................................
// meo-vac        no board
// Office hours 07:00-11:30, 13:30-17:00: 8 h a day.

#include <map>
#include <string>
#include <vector>

#include "gateway/meaning/availability_by.hpp"
#include "gateway/meaning/opening_times.hpp"
#include "gateway/registry/judged_files.hpp"
#include "gateway/registry/registry.hpp"
#include "tests/fakes/scratch_folder.hpp"

namespace xalink::reports {

using meaning::Cause;
using LineState = meaning::Segment::State;

class CommuneDays {
 public:
  CommuneDays() {
    const auto judged = registry::judge_files(
        {folder_.write(
             "communes.csv",
             "code,type,name,district_code,district,province_code,province,latitude,longitude,population,"
             "ethnic_minority_percent,border\n"
             "00715,xã,Lũng Cú,026,Đồng Văn,02,Hà Giang,23.36,105.32,4800,99,yes\n"
             "00721,thị trấn,Đồng Văn,026,Đồng Văn,02,Hà Giang,23.28,105.36,7000,90,no\n"
             "00769,thị trấn,Mèo Vạc,027,Mèo Vạc,02,Hà Giang,,,5000,,no\n"),
         folder_.write("sites.csv", "site,code,name\nlung-cu,00715,UBND\ndong-van,00721,UBND\n"),
         folder_.write("zones.csv",
                       "code,zone,zone_from,zone_to,decision\n00715,III,2021-06-04,2025-12-31,861/QĐ-TTg\n"
                       "00721,I,2021-06-04,2025-12-31,861/QĐ-TTg\n")},
        {}, false, TextEncoding::automatic);
    for (const auto& mistake : judged->mistakes) {
      if (!mistake.warning) mistakes += mistake.to_string(Language::english) + "\n";
    }
    registry = registry::Registry(judged->change.result);
    const auto five = *registry::read_date("2024-09-05");
    const auto six = *registry::read_date("2024-09-06");
    add("lung-cu", {{at(five, 0), LineState::up, {}},
                    {at(five, 8), LineState::down, Cause::power},
                    {at(five, 17), LineState::up, {}}});
    add("dong-van", {{at(five, 0), LineState::up, {}},
                     {at(five, 13.5), LineState::down, Cause::services},
                     {at(five, 15.5), LineState::up, {}},
                     {at(six, 0), LineState::unknown, {}}});
    sites["lung-cu"].records[five] = {90, 9, 0};
    sites["lung-cu"].records[six] = {60, 0, 0};
    sites["dong-van"].records[five] = {50, 1, 0};
    meaning::SiteOutage outage;
    outage.id = "o1";
    outage.span = {at(five, 8), at(five, 17)};
    outage.spans = {{outage.span, Cause::power, "", false}};
    outage.evidence = "=the board went off";
    sites["lung-cu"].outages.push_back(outage);
    outage.id = "o2";
    outage.span = {at(five, 13.5), at(five, 15.5)};
    outage.spans = {{outage.span, Cause::services, "one-stop", true}};
    outage.open = true;
    sites["dong-van"].outages.push_back(outage);
  }

  static WallTime at(registry::Date day, double hours) {
    return meaning::start_of(day) + Milliseconds(static_cast<std::int64_t>(hours * 3'600'000));
  }

  meaning::ReportPeriod period = *meaning::read_period("2024-09-05..2024-09-06");
  meaning::Interval span{period.from(), period.to()};
  registry::Registry registry;
  std::string mistakes;  ///< of the registry's files
  meaning::SiteTimelines sites;
  meaning::MondayToFriday opening;

 private:
  struct From {
    WallTime time;
    LineState state;
    Cause cause;
  };
  void add(const std::string& site, const std::vector<From>& from) {
    auto& line = sites[site].timeline;
    line.period = span;
    for (std::size_t i = 0; i < from.size(); ++i) {
      meaning::Segment segment;
      segment.span = {from[i].time, i + 1 < from.size() ? from[i + 1].time : span.end};
      segment.state = from[i].state;
      segment.cause = from[i].cause;
      if (segment.cause == Cause::services) segment.subject = "one-stop";
      line.segments.push_back(segment);
    }
  }
  ScratchFolder folder_;
};

}  // namespace xalink::reports
