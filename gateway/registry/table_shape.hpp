#pragma once
// The tables of the registry: what a province says of its communes, its working days, its procedures and its
// plans, each a CSV file. One declaration from which reading, checking, templates, storage and their
// documentation come.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sparkplug/said.hpp"

namespace xalink::registry {

enum class Kind : std::uint8_t {
  communes,      ///< units of the administrative code list, each with the days between which it was in force
  zones,         ///< khu vực I, II, III by decision and period
  villages,      ///< coverage as declared by a survey of a day
  sites,         ///< places with a board; a site outlives its commune's code
  lines,         ///< what a site's contracts say
  calendar,      ///< public holidays, and working days made up on weekends
  office_hours,  ///< between which times of the day an office works
  procedures,    ///< administrative procedures: legal time limit, online level
  official,      ///< figures as an authority published them
  tasks,         ///< a register of tasks, each with its deadline
  targets,       ///< what an indicator has to reach, and until when
  scores,        ///< a set of indicators with maximum points, as a decision lays it down
  score_bands,   ///< what points are called
};
inline constexpr std::array kKinds{Kind::communes,   Kind::zones,    Kind::villages,     Kind::sites,
                                   Kind::lines,      Kind::calendar, Kind::office_hours, Kind::procedures,
                                   Kind::official,   Kind::tasks,    Kind::targets,      Kind::scores,
                                   Kind::score_bands};

enum class Form : std::uint8_t {
  text,
  commune_code,   ///< five digits
  district_code,  ///< three digits
  province_code,  ///< two digits
  date,
  latitude,
  longitude,
  decimal,  ///< not negative
  percent,  ///< 0 to 100, with or without the sign
  speed,    ///< decimal, never to three digits
  whole,    ///< not negative
  yes_no,
  choice,
  successors,   ///< "00694@2025-07-01;00691@2025-07-01"
  site_id,      ///< a Sparkplug edge node id
  time_of_day,  ///< "07:30"
};

/// A word of the closed list of a `choice`: how it is kept, and how people write it.
struct Choice {
  std::string_view kept;
  std::vector<std::string_view> written;
};

struct Column {
  std::string_view name;        ///< in files, in JSON, in the database
  std::string_view vietnamese;  ///< as a heading it is taken as well
  Form form = Form::text;
  bool key = false;       ///< rows with equal keys are one row
  bool required = false;  ///< may not be empty (a key may, unless this says so)
  std::vector<Choice> choices;
  Said meaning;
};

struct TableShape {
  Kind kind = Kind::communes;
  std::string_view name;  ///< "communes"
  Said meaning;
  std::vector<Column> columns;

  /// By its English or Vietnamese heading, however written in case and blanks.
  [[nodiscard]] std::optional<std::size_t> column(std::string_view heading) const;
};

[[nodiscard]] const TableShape& shape_of(Kind kind);
[[nodiscard]] std::optional<Kind> kind_named(std::string_view name);

}  // namespace xalink::registry
