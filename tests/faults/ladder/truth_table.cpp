#include "tests/faults/ladder/truth_table.hpp"

#include <algorithm>
#include <cstdio>

namespace xalink::test {
namespace {

std::string seconds_off(Milliseconds off) {
  char text[32];
  std::snprintf(text, sizeof text, "%+.1f s", static_cast<double>(off.count()) / 1000);
  return text;
}

// How far it is from a truth that is known to lie between two times.
Milliseconds off_from(BootTime earliest, BootTime latest, BootTime recorded) {
  return recorded - std::clamp(recorded, std::min(earliest, latest), latest);
}

bool overlap(const Missing& truth, const Missing& recorded) {
  return truth.begin_earliest <= recorded.end.value_or(BootTime::max()) &&
         recorded.begin <= truth.end.value_or(BootTime::max());
}

}  // namespace

TruthTable::TruthTable(const std::vector<Truth>& truths, const std::vector<Missing>& recorded,
                       Milliseconds within) {
  add_line("broken", "truth", "verdict", "begin", "end", "evidence");
  std::vector<bool> explained(recorded.size());
  for (const Truth& truth : truths) {
    if (truth.missing.empty()) {
      add_line(truth.name, "no outage", "", "", "", "");
    }
    for (const Missing& missing : truth.missing) {
      // Of those at that time, one with this cause before any other.
      const Missing* found = nullptr;
      for (std::size_t i = 0; i < recorded.size(); ++i) {
        if (explained[i] || !overlap(missing, recorded[i])) continue;
        if (found != nullptr && (found->cause == missing.cause || recorded[i].cause != missing.cause))
          continue;
        found = &recorded[i];
      }
      if (found != nullptr) explained[static_cast<std::size_t>(found - recorded.data())] = true;
      add(truth.name, missing, found, within);
    }
  }
  for (std::size_t i = 0; i < recorded.size(); ++i) {
    if (explained[i]) continue;
    add_line("", "never happened", recorded[i].cause, "", "", recorded[i].evidence);
    mistakes_.push_back("an outage was made up: " + recorded[i].cause + ", " + recorded[i].evidence);
  }
}

void TruthTable::add(const std::string& name, const Missing& truth, const Missing* recorded,
                     Milliseconds within) {
  if (recorded == nullptr) {
    add_line(name, truth.cause, "not seen", "", "", "");
    mistakes_.push_back(name + ": not seen");
    return;
  }
  const auto begin = off_from(truth.begin_earliest, truth.begin, recorded->begin);
  const auto end = recorded->end && truth.end
                       ? std::optional(off_from(truth.end_earliest, *truth.end, *recorded->end))
                       : std::nullopt;
  add_line(name, truth.cause, recorded->cause, seconds_off(begin), end ? seconds_off(*end) : "open",
           recorded->evidence);
  if (recorded->cause != truth.cause) mistakes_.push_back(name + ": the cause is wrong");
  if (std::chrono::abs(begin) > within) mistakes_.push_back(name + ": the begin is off");
  if (!end || std::chrono::abs(*end) > within) mistakes_.push_back(name + ": the end is off");
}

void TruthTable::add_line(const std::string& name, const std::string& truth, const std::string& verdict,
                          const std::string& begin, const std::string& end, const std::string& evidence) {
  char line[400];
  std::snprintf(line, sizeof line, "%-28s %-14s %-14s %8s %8s  %.240s", name.c_str(), truth.c_str(),
                verdict.c_str(), begin.c_str(), end.c_str(), evidence.c_str());
  std::string text(line);
  text.erase(text.find_last_not_of(' ') + 1);
  text_ += text + "\n";
}

}  // namespace xalink::test
