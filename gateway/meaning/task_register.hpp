#pragma once
// Registers of tasks: how many there are, done, on time and late, on a day.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/meaning/service_figures.hpp"
#include "gateway/registry/entry.hpp"
#include "gateway/registry/field_text.hpp"

namespace xalink::meaning {

struct TaskTally {
  Count total = 0;
  Count done = 0;
  Count done_on_time = 0;  ///< by the deadline
  Count done_late = 0;
  Count done_without_deadline = 0;
  Count open_in_time = 0;
  Count open_overdue = 0;
  Count open_without_deadline = 0;

  TaskTally& operator+=(const TaskTally& other);
  friend bool operator==(const TaskTally&, const TaskTally&) = default;
};

/// What a register is counted by.
enum class TasksBy : std::uint8_t { programme, owner };

/// As of the end of that day: what was done later is open. Rows in kept form; those of `tasks` are looked at.
[[nodiscard]] std::map<std::string, TaskTally> tasks_by(TasksBy by, const std::vector<registry::Entry>& rows,
                                                        registry::Date day);

/// The register of an agency that sends counts alone: group "Tasks" of device "indicators".
struct TaskCount {
  std::string code;
  std::string programme;
  std::string owner;
  registry::Date as_of;
  std::optional<registry::Date> deadline;
  Count total = 0;
  Count done = 0;
  std::optional<Count> on_time;
  std::optional<Count> late;
  WallTime recorded{};
  friend bool operator==(const TaskCount&, const TaskCount&) = default;
  friend auto operator<=>(const TaskCount&, const TaskCount&) = default;
};

/// Of each code and owner the newest count up to that day; of a count that was told again the one taken last.
[[nodiscard]] std::vector<TaskCount> newest_counts(std::vector<TaskCount> counts, registry::Date day);

/// tasks_done: done of all; tasks_on_time: done on time of all that are done and had a deadline;
/// tasks_overdue.
[[nodiscard]] std::vector<Figure> figures_of(const TaskTally& tally);

}  // namespace xalink::meaning
