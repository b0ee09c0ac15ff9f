#include "gateway/meaning/task_register.hpp"

#include <algorithm>
#include <set>
#include <tuple>
#include <utility>

#include "sparkplug/text_form.hpp"

namespace xalink::meaning {

TaskTally& TaskTally::operator+=(const TaskTally& other) {
  total += other.total;
  done += other.done;
  done_on_time += other.done_on_time;
  done_late += other.done_late;
  done_without_deadline += other.done_without_deadline;
  open_in_time += other.open_in_time;
  open_overdue += other.open_overdue;
  open_without_deadline += other.open_without_deadline;
  return *this;
}

std::map<std::string, TaskTally> tasks_by(TasksBy by, const std::vector<registry::Entry>& rows,
                                          registry::Date day) {
  std::map<std::string, TaskTally> tallies;
  for (const auto& row : rows) {
    if (row.kind != registry::Kind::tasks) continue;
    const auto deadline = registry::read_date(row.at("deadline"));
    const auto done = registry::read_date(row.at("done"));
    TaskTally& tally = tallies[row.at(by == TasksBy::programme ? "programme" : "owner")];
    ++tally.total;
    if (done && *done <= day) {
      ++tally.done;
      ++(!deadline ? tally.done_without_deadline : *done <= *deadline ? tally.done_on_time : tally.done_late);
    } else {
      ++(!deadline          ? tally.open_without_deadline
         : day <= *deadline ? tally.open_in_time
                            : tally.open_overdue);
    }
  }
  return tallies;
}

std::vector<TaskCount> newest_counts(std::vector<TaskCount> counts, registry::Date day) {
  std::ranges::sort(counts);
  std::map<std::pair<std::string, std::string>, TaskCount> newest;
  for (auto& count : counts) {
    if (count.as_of > day) continue;
    const auto [place, is_new] = newest.try_emplace({count.code, count.owner}, count);
    if (is_new) continue;
    const TaskCount& kept = place->second;
    if (std::tie(kept.as_of, kept.recorded) <= std::tie(count.as_of, count.recorded))
      place->second = std::move(count);
  }
  std::vector<TaskCount> kept;
  for (auto& [key, count] : newest) kept.push_back(std::move(count));
  return kept;
}

std::vector<TaskCount> not_listed(std::vector<TaskCount> counts, const std::vector<registry::Entry>& rows) {
  std::set<std::pair<std::string, std::string>> listed;
  for (const auto& row : rows) {
    if (row.kind == registry::Kind::tasks)
      listed.emplace(folded(row.at("owner")), folded(row.at("programme")));
  }
  std::erase_if(counts, [&](const TaskCount& count) {
    return listed.contains({folded(count.owner), folded(count.programme)});
  });
  return counts;
}

TaskTally tally_of(const TaskCount& count, registry::Date day) {
  TaskTally tally;
  tally.total = count.total;
  tally.done = std::min(count.done, count.total);
  if (count.on_time) {
    tally.done_on_time = std::min(*count.on_time, tally.done);
    tally.done_late = tally.done - tally.done_on_time;
  } else {
    tally.done_without_deadline = tally.done;
  }
  const Count open = tally.total - tally.done;
  if (count.on_time && count.late) {
    tally.open_overdue = std::clamp<Count>(*count.late - tally.done_late, 0, open);
    (count.deadline ? tally.open_in_time : tally.open_without_deadline) = open - tally.open_overdue;
  } else if (!count.deadline) {
    tally.open_without_deadline = open;
  } else {
    (day <= *count.deadline ? tally.open_in_time : tally.open_overdue) = open;
  }
  return tally;
}

std::map<std::string, TaskTally> tasks_by(TasksBy by, const std::vector<registry::Entry>& rows,
                                          const std::vector<TaskCount>& counts, registry::Date day) {
  auto tallies = tasks_by(by, rows, day);
  for (const auto& count : not_listed(newest_counts(counts, day), rows)) {
    tallies[by == TasksBy::programme ? count.programme : count.owner] += tally_of(count, day);
  }
  return tallies;
}

std::vector<Figure> task_figures(const std::vector<registry::Entry>& rows,
                                 const std::vector<TaskCount>& counts, const std::string& owner,
                                 registry::Date day) {
  TaskTally sum;
  for (const auto& [name, tally] : tasks_by(TasksBy::owner, rows, counts, day)) {
    if (owner.empty() || name == owner) sum += tally;
  }
  return sum.total == 0 ? std::vector<Figure>() : figures_of(sum);
}

std::vector<Figure> figures_of(const TaskTally& tally) {
  const auto share = [](std::string id, Said label, Count part, Said part_label, Count whole,
                        Said whole_label) {
    Figure figure{std::move(id), FigureUnit::percent,   std::move(label),       part,
                  whole,         std::move(part_label), std::move(whole_label), {}};
    if (whole == 0)
      figure.note = {"none: " + figure.denominator_label.english,
                     "không có: " + figure.denominator_label.vietnamese};
    return figure;
  };
  const Said tasks{"tasks", "nhiệm vụ"};
  return {share("tasks_done", {"Tasks done", "Nhiệm vụ hoàn thành"}, tally.done, {"done", "hoàn thành"},
                tally.total, tasks),
          share("tasks_on_time", {"Done on time", "Hoàn thành đúng hạn"}, tally.done_on_time,
                {"done by the deadline", "xong trong hạn"}, tally.done_on_time + tally.done_late,
                {"done, with a deadline", "hoàn thành, có hạn"}),
          share("tasks_overdue", {"Open and overdue", "Chưa xong và quá hạn"}, tally.open_overdue,
                {"open past the deadline", "chưa xong, quá hạn"}, tally.total, tasks)};
}

}  // namespace xalink::meaning
