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

/// Counts of which the registry does not list the tasks one by one: its rows of the same owner and programme
/// are about the same tasks, and nothing is counted twice.
[[nodiscard]] std::vector<TaskCount> not_listed(std::vector<TaskCount> counts,
                                                const std::vector<registry::Entry>& rows);

/// As of that day. Without the number that is on time, done is done without a deadline; what is open is
/// overdue by the number that is late, else by the deadline of the whole.
[[nodiscard]] TaskTally tally_of(const TaskCount& count, registry::Date day);

/// The registry's tasks, and of `counts` (as they were taken) those that it does not list.
[[nodiscard]] std::map<std::string, TaskTally> tasks_by(TasksBy by, const std::vector<registry::Entry>& rows,
                                                        const std::vector<TaskCount>& counts,
                                                        registry::Date day);

/// tasks_done: done of all; tasks_on_time: done on time of all that are done and had a deadline;
/// tasks_overdue.
[[nodiscard]] std::vector<Figure> figures_of(const TaskTally& tally);
/// The same of one owner; empty: of all. None where there are no tasks.
[[nodiscard]] std::vector<Figure> task_figures(const std::vector<registry::Entry>& rows,
                                               const std::vector<TaskCount>& counts, const std::string& owner,
                                               registry::Date day);

}  // namespace xalink::meaning
