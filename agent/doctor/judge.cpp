#include "agent/doctor/judge.hpp"

#include <algorithm>
#include <iterator>

#include "agent/reason_words.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {

std::string_view to_string(Mark mark) {
  switch (mark) {
    case Mark::good: return "good";
    case Mark::notable: return "notable";
    case Mark::wrong: return "wrong";
    case Mark::unchecked: return "unchecked";
  }
  return "unchecked";
}

std::string_view to_string(Part part) {
  switch (part) {
    case Part::board: return "board";
    case Part::program: return "program";
    case Part::way: return "way";
  }
  return "way";
}

std::size_t Diagnosis::count(Mark mark) const {
  return static_cast<std::size_t>(std::count_if(findings.begin(), findings.end(),
                                                [&](const Finding& line) { return line.mark == mark; }));
}

const Finding* Diagnosis::first_wrong() const {
  const auto found = std::find_if(findings.begin(), findings.end(),
                                  [](const Finding& line) { return line.mark == Mark::wrong; });
  return found == findings.end() ? nullptr : &*found;
}

Diagnosis judge(const Facts& facts) {
  Diagnosis diagnosis;
  const auto add = [&](Findings more) {
    std::move(more.begin(), more.end(), std::back_inserter(diagnosis.findings));
  };
  add(judge_board(facts.board, facts.clock, facts.storage, facts.program));
  add(judge_program(facts));
  auto way = judge_way(facts.way, diagnosis.reached);
  auto services = judge_services(facts.way, facts.program, way, diagnosis.reached);
  add(std::move(way));
  add(std::move(services));
  return diagnosis;
}

Said explain(const std::string& word) {
  return {word, reason_in(Language::vietnamese, word)};
}

std::string date_of(WallTime time) {
  return local_text(time, "%Y-%m-%d");
}

Said name_of(Rung rung) {
  switch (rung) {
    case Rung::power: return {"power", "nguồn điện"};
    case Rung::board: return {"board", "máy"};
    case Rung::modem: return {"modem", "modem"};
    case Rung::link: return {"link", "cổng mạng"};
    case Rung::first_hop: return {"first hop", "thiết bị mạng đầu tiên"};
    case Rung::internet: return {"internet", "Internet"};
    case Rung::dns: return {"dns", "phân giải tên miền"};
    case Rung::services: return {"services", "dịch vụ công"};
    case Rung::gateway: return {"gateway", "máy chủ tỉnh"};
  }
  return {};
}

}  // namespace xalink
