#include "agent/doctor/judge.hpp"

#include <algorithm>
#include <ctime>
#include <iterator>
#include <map>

#include "agent/verdict.hpp"

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
  static const std::map<std::string, std::string> kWords = {
      {"Connection refused", "bị từ chối kết nối (không có chương trình nào nhận ở cổng đó)"},
      {"Connection reset by peer", "kết nối bị cắt ngang"},
      {"Connection timed out", "không trả lời kịp"},
      {"No route to host", "không có máy nào ở địa chỉ đó"},
      {"Host is unreachable", "không tới được máy đó"},
      {"Network is unreachable", "không có đường đi ra ngoài"},
      {"no reply", "không trả lời"},
      {std::string(kSilentButThere), "không trả lời ping, nhưng cổng mạng của nó có trả lời"},
      {std::string(kSilentAndGone), "không trả lời, cổng mạng của nó cũng không"},
      {"no answer in time", "không trả lời kịp"},
      {"no default route", "không có tuyến mặc định"},
      {"timeout", "không trả lời kịp"},
      {"unreachable", "không tới được"},
      {"malformed", "trả lời sai dạng"},
      {"closed without an answer", "bị đóng mà không trả lời"},
      {"the answer is not HTTP", "trả lời không phải HTTP"},
      {"the probe did not end in time", "phép đo không xong kịp"},
      {"certificate has expired", "chứng thư đã hết hạn"},
      {"certificate is not yet valid; the clock of the board may be behind",
       "chứng thư chưa có hiệu lực; có thể đồng hồ của máy đang chậm"},
      {"self-signed certificate", "chứng thư tự ký"},
      {"self-signed certificate in certificate chain", "chuỗi chứng thư có chứng thư tự ký"},
      {"unable to get local issuer certificate", "không biết nơi cấp chứng thư"},
      {"hostname mismatch", "chứng thư mang tên khác"},
      {"IP address mismatch", "chứng thư mang địa chỉ khác"},
      {"there is no such configuration file", "không có tệp cấu hình này"},
      {"the name does not exist", "không có tên này"},
      {"NXDOMAIN", "NXDOMAIN: không có tên đó"},
      {"SERVFAIL", "SERVFAIL: máy chủ tên miền không hỏi được"},
      {"REFUSED", "REFUSED: máy chủ tên miền từ chối"},
  };
  const auto known = kWords.find(word);
  return known == kWords.end() ? Said::same(word) : Said(word, known->second);
}

std::string date_of(WallTime time) {
  const auto seconds =
      static_cast<std::time_t>(std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count());
  std::tm parts{};
  if (::localtime_r(&seconds, &parts) == nullptr) return {};
  std::array<char, 16> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d", &parts);
  return out.data();
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
