#include <algorithm>

#include "agent/doctor/judge.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/settings_words.hpp"

namespace xalink {
namespace {

constexpr auto kProgram = Part::program;
constexpr auto kRenewBefore = std::chrono::days(30);

const Said kAsRoot{"Ask again with sudo", "Chạy lại với sudo"};

/// Of the file, or of what no single key says.
Said said_of(const std::string& mistake) {
  auto words = setting_said(mistake);
  return words.english == words.vietnamese ? explain(mistake) : words;
}

Findings configuration(const ProgramFacts& facts) {
  const Said name{"configuration", "cấu hình"};
  if (facts.mistakes.empty()) {
    return {{"configuration",
             kProgram,
             Mark::good,
             name,
             Said(facts.config_file + " is in order", facts.config_file + " hợp lệ"),
             {}}};
  }
  Findings lines;
  for (const Error& mistake : facts.mistakes) {
    Finding line{"configuration", kProgram, Mark::wrong, name, {}, {}};
    line.reason = Said::same(mistake.where.empty() ? "" : mistake.where + ": ") + said_of(mistake.what);
    const bool forbidden = mistake.what.find("ermission denied") != std::string::npos ||
                           mistake.next.find("ermission denied") != std::string::npos;
    line.next = forbidden && !facts.root ? kAsRoot : setting_said(mistake.next);
    if (line.next.empty())
      line.next = {"Correct it in " + facts.config_file, "Sửa trong " + facts.config_file};
    lines.push_back(std::move(line));
  }
  return lines;
}

Finding service(const ProgramFacts& facts) {
  Finding line{"service", kProgram, Mark::good, {"service", "dịch vụ hệ thống"}, {}, {}};
  if (!facts.unit) {
    line.mark = Mark::unchecked;
    line.reason = {"there is no systemd here", "máy này không có systemd"};
    return line;
  }
  const UnitState& unit = *facts.unit;
  const Said journal{
      "sudo journalctl -u xalink-agent -n 50 tells why; then sudo systemctl restart xalink-agent",
      "sudo journalctl -u xalink-agent -n 50 cho biết vì sao; rồi sudo systemctl restart xalink-agent"};
  if (unit.load == "masked") {
    line.mark = Mark::wrong;
    line.reason = {"xalink-agent.service is masked: nothing can start it",
                   "xalink-agent.service bị khóa (masked): không khởi động được"};
    line.next = Said::same("sudo systemctl unmask --now xalink-agent");
  } else if (unit.load != "loaded") {
    // Somebody may try it out by hand.
    line.mark = facts.control == Listener::there ? Mark::notable : Mark::wrong;
    line.reason = {"xalink-agent.service is not installed: nothing starts the agent when the board starts",
                   "chưa cài xalink-agent.service: khi máy khởi động sẽ không có gì chạy agent"};
    line.next = {"Install the package, or cmake --install, then sudo systemctl enable --now xalink-agent",
                 "Cài gói, hoặc cmake --install, rồi sudo systemctl enable --now xalink-agent"};
  } else if (unit.active == "failed") {
    line.mark = Mark::wrong;
    line.reason =
        Said("it failed: ", "dịch vụ bị lỗi: ") + unit.result + " (" + std::to_string(unit.exit_status) + ")";
    line.next = unit.exit_status == 2
                    ? Said("Mend the configuration, then sudo systemctl restart xalink-agent",
                           "Sửa cấu hình, rồi sudo systemctl restart xalink-agent")
                    : journal;
  } else if (unit.active != "active") {
    line.mark = Mark::wrong;
    line.reason = Said("it is not running (", "dịch vụ không chạy (") + unit.active + ")";
    line.next = unit.restarts > 0 ? journal : Said::same("sudo systemctl enable --now xalink-agent");
  } else if (unit.enabled == "disabled") {
    line.mark = Mark::notable;
    line.reason = {"it runs, but will not be started with the board",
                   "đang chạy, nhưng sẽ không tự chạy khi máy khởi động"};
    line.next = Said::same("sudo systemctl enable xalink-agent");
  } else if (unit.restarts > 0) {
    line.mark = Mark::notable;
    line.reason =
        Said("it runs, and systemd had to restart it: ", "đang chạy, nhưng systemd đã phải khởi động lại: ") +
        std::to_string(unit.restarts);
    line.next = {"sudo journalctl -u xalink-agent tells why",
                 "sudo journalctl -u xalink-agent cho biết vì sao"};
  } else {
    line.reason = {"enabled and running", "đã bật và đang chạy"};
  }
  return line;
}

Finding agent(const ProgramFacts& facts) {
  Finding line{"agent", kProgram, Mark::good, {"agent", "agent"}, {}, {}};
  if (facts.agent) {
    line.reason = Said("answers, version ", "trả lời, phiên bản ") + facts.agent->version;
    return line;
  }
  if (facts.control == Listener::forbidden) {
    line.mark = Mark::unchecked;
    line.reason = Said("runs, but you may not ask it (", "đang chạy, nhưng bạn không có quyền hỏi (") +
                  facts.control_socket + ")";
    line.next = kAsRoot;
    return line;
  }
  if (facts.control == Listener::there) {
    line.mark = Mark::wrong;
    line.reason =
        Said("is there and does not answer: ", "có đó mà không trả lời: ") + halves(facts.no_answer);
    line.next = {"It may hang: sudo systemctl restart xalink-agent",
                 "Có thể bị treo: sudo systemctl restart xalink-agent"};
    return line;
  }
  if (facts.unit && facts.unit->active == "active") {
    line.mark = Mark::wrong;
    line.reason =
        Said("the service runs, and nobody answers at ", "dịch vụ đang chạy nhưng không ai trả lời ở ") +
        facts.control_socket;
    line.next = {"Is " + facts.config_file +
                     " the configuration that the service uses? Else: sudo systemctl restart xalink-agent",
                 "Dịch vụ có dùng đúng " + facts.config_file +
                     " không? Nếu đúng: sudo systemctl restart xalink-agent"};
    return line;
  }
  // Where systemd has the service, its own line says what is wrong.
  line.mark = facts.unit && facts.unit->load == "loaded" ? Mark::wrong : Mark::notable;
  line.reason = {
      "does not run: nothing is measured, kept or sent now (this is checked without it)",
      "không chạy: hiện không đo, không ghi, không gửi gì (phần này được kiểm tra không qua agent)"};
  line.next = facts.unit && facts.unit->load == "loaded"
                  ? Said("See the service above", "Xem dòng dịch vụ hệ thống ở trên")
                  : Said("Start it: xalink-agent run --config " + facts.config_file,
                         "Chạy agent: xalink-agent run --config " + facts.config_file);
  return line;
}

/// What the agent has seen for longer than this look takes, and what only it can know: a DNS that lies.
Finding outages(const AgentSays& agent) {
  Finding line{"outages", kProgram, Mark::good, {"outages", "sự cố"}, {}, {}};
  if (agent.outages.empty()) {
    line.reason = {"none goes on", "không có sự cố nào đang diễn ra"};
    return line;
  }
  line.mark = Mark::notable;
  line.reason = {"the agent counts as missing: ", "agent ghi nhận đang mất: "};
  bool first = true;
  for (const auto& outage : agent.outages) {
    if (!first) line.reason += Said::same(", ");
    first = false;
    const auto rung = rung_named(outage.cause);
    line.reason += rung ? name_of(*rung) : Said::same(outage.cause);
    if (!outage.subject.empty()) line.reason += Said::same(" " + outage.subject);
    const auto minutes = std::to_string(outage.seconds / 60);
    line.reason += Said(" (for " + minutes + " min)", " (đã " + minutes + " phút)");
  }
  line.next = {"See the way below; `xalink-agent status` tells since when and by what it knows",
               "Xem đường truyền bên dưới; `xalink-agent status` cho biết từ lúc nào và dựa vào đâu"};
  return line;
}

Findings outbox_of(const AgentSays& agent) {
  Finding line{"outbox", kProgram, Mark::good, {"outbox", "bộ đệm"}, {}, {}};
  const std::string events = std::to_string(agent.waiting_events);
  const std::string measurements = std::to_string(agent.waiting_measurements);
  line.reason = {events + " events and " + measurements + " measurements wait for the gateway",
                 events + " sự kiện và " + measurements + " số đo chờ máy chủ tỉnh"};
  const Said carry{
      "Mend the way to the gateway below, or carry them there: xalink-agent export /media/usb",
      "Khôi phục đường tới máy chủ tỉnh bên dưới, hoặc mang bằng USB: xalink-agent export /media/usb"};
  if (!agent.disk_error.empty()) {
    line.mark = Mark::wrong;
    line.reason = Said("the disk refuses: ", "đĩa không ghi được: ") + agent.disk_error;
    line.next = {"See card and room above; dmesg | tail", "Xem thẻ nhớ và chỗ trống ở trên; dmesg | tail"};
  } else if (agent.pressure == "events refused") {
    line.mark = Mark::wrong;
    line.reason += {"; it is full of events: new ones stay with their source",
                    "; bộ đệm đầy sự kiện: dữ liệu mới nằm lại ở nguồn"};
    line.next = carry;
  } else if (agent.pressure == "thinning" || agent.pressure == "dropping") {
    line.mark = Mark::notable;
    line.reason += {"; it is full: old measurements are given up", "; bộ đệm đầy: số đo cũ đang bị bỏ bớt"};
    line.next = carry;
  } else if (!agent.salvage_reason.empty()) {
    line.mark = Mark::notable;
    line.reason += Said("; it was damaged and begun anew: ", "; bộ đệm đã bị hỏng và được lập lại: ") +
                   agent.salvage_reason;
    line.next = {"If this comes again, replace the card", "Nếu còn lặp lại, hãy thay thẻ nhớ"};
  }
  return {line};
}

Findings outbox_of(const StorageFacts& storage, const ProgramFacts& program) {
  Findings lines;
  const auto folder = storage.outbox_file.parent_path().string();
  Finding line{"outbox", kProgram, Mark::good, {"outbox", "bộ đệm"}, {}, {}};
  if (!storage.folder_there) {
    line.mark = program.unit && program.unit->load == "loaded" ? Mark::unchecked : Mark::wrong;
    line.reason = Said("the folder " + folder + " is not there", "không có thư mục " + folder);
    line.next = line.mark == Mark::wrong
                    ? Said("Make it for the agent's user, or correct [outbox] file",
                           "Tạo thư mục cho người dùng chạy agent, hoặc sửa [outbox] file")
                    : Said("The service makes it at its first start", "Dịch vụ sẽ tạo ở lần chạy đầu");
  } else if (!storage.folder_writable) {
    line.mark = program.root ? Mark::wrong : Mark::unchecked;
    line.reason = Said(folder + " cannot be written by whoever asks now",
                       "người đang chạy lệnh không ghi được vào " + folder);
    line.next = program.root
                    ? Said("dmesg | tail tells what the disk says", "dmesg | tail cho biết đĩa báo gì")
                    : kAsRoot;
  } else if (!storage.outbox_there) {
    line.reason = Said(storage.outbox_file.string() + " will be made at the first start",
                       "sẽ tạo " + storage.outbox_file.string() + " ở lần chạy đầu");
  } else if (!storage.outbox_trouble.empty()) {
    line.mark = Mark::wrong;
    line.reason = Said::same(storage.outbox_file.string() + ": " + storage.outbox_trouble);
    line.next = {
        "Leave it where it is and start the agent: it sets a damaged outbox aside and saves what can be "
        "read. If this comes again, replace the card",
        "Để nguyên và chạy agent: agent sẽ để riêng tệp hỏng và cứu phần đọc được. Nếu còn lặp lại, hãy thay "
        "thẻ nhớ"};
  } else {
    line.reason = Said(size_in_words(storage.outbox_bytes) + " of at most ",
                       size_in_words(storage.outbox_bytes) + " trên tối đa ") +
                  size_in_words(storage.outbox_limit);
    line.reason += storage.outbox_checked      ? Said(", sound", ", lành lặn")
                   : storage.outbox_unfinished ? Said(", closed by a power cut: the next start puts it right",
                                                      ", đóng lại vì mất điện: lần chạy sau sẽ tự sửa")
                                               : Said();
  }
  lines.push_back(std::move(line));
  return lines;
}

Findings certificates(const IdentityFacts& facts, WallTime now) {
  Findings lines;
  for (const auto& certificate : facts.certificates) {
    const bool own = certificate.role == CertificateFacts::Role::own;
    Finding line;
    line.id = own ? "certificate" : "authority";
    line.part = kProgram;
    line.mark = Mark::good;
    line.name = own ? Said("certificate", "chứng thư của máy") : Said("authority", "chứng thư nơi cấp");
    const Said renew = own ? Said("Ask the province for a new certificate for " + facts.node,
                                  "Xin tỉnh cấp chứng thư mới cho " + facts.node)
                           : Said("Ask the province for its present CA file", "Xin tỉnh tệp CA hiện hành");
    if (!certificate.trouble.empty()) {
      line.mark = Mark::wrong;
      line.reason = Said::same(certificate.file + ": " + certificate.trouble);
      line.next = renew;
    } else if (now < certificate.not_before) {
      line.mark = Mark::wrong;
      line.reason = Said(certificate.file + " is valid from ", certificate.file + " có hiệu lực từ ") +
                    date_of(certificate.not_before) +
                    Said(", this board's clock says ", ", đồng hồ máy chỉ ") + date_of(now);
      line.next = {"Set the clock right (above) first", "Chỉnh đồng hồ (ở trên) trước"};
    } else if (certificate.not_after <= now) {
      line.mark = Mark::wrong;
      line.reason = Said(certificate.file + " expired on ", certificate.file + " đã hết hạn ngày ") +
                    date_of(certificate.not_after);
      line.next = renew + Said("; if that day is still to come, set the clock right",
                               "; nếu chưa tới ngày đó thì chỉnh lại đồng hồ");
    } else if (own && certificate.common_name != facts.node) {
      line.mark = Mark::wrong;
      line.reason = Said(certificate.file + " is of \"" + certificate.common_name + "\", this board is \"" +
                             facts.node + "\"",
                         certificate.file + " là của \"" + certificate.common_name + "\", máy này là \"" +
                             facts.node + "\"");
      line.next = {"Correct [site] id, or put in this board's own certificate",
                   "Sửa [site] id, hoặc thay đúng chứng thư của máy này"};
    } else {
      const auto days = std::chrono::duration_cast<std::chrono::days>(certificate.not_after - now);
      line.reason = Said("valid until ", "còn hiệu lực đến ") + date_of(certificate.not_after);
      if (days < kRenewBefore) {
        line.mark = Mark::notable;
        line.reason += Said(", ", ", còn ") + std::to_string(days.count()) + Said(" days left", " ngày");
        line.next = renew;
      }
    }
    lines.push_back(std::move(line));
  }
  return lines;
}

Findings identity(const IdentityFacts& facts, WallTime now) {
  Findings lines = certificates(facts, now);
  if (!facts.key_file.empty()) {
    Finding line{"key", kProgram, Mark::good, {"key", "khóa của máy"}, {}, {}};
    line.reason = {facts.key_file + " fits the certificate", facts.key_file + " khớp với chứng thư"};
    if (!facts.key_trouble.empty()) {
      line.mark = Mark::wrong;
      line.reason = Said::same(facts.key_trouble);
      line.next = {"Put in the key that came with the certificate", "Dùng đúng khóa đi kèm chứng thư"};
    }
    lines.push_back(std::move(line));
  }
  for (const auto& file : facts.exposed) {
    lines.push_back(
        {"secret",
         kProgram,
         Mark::notable,
         {"secrets", "bí mật"},
         Said(file + " can be read by everybody on this board", "ai trên máy này cũng đọc được " + file),
         Said::same("sudo chmod o= " + file)});
  }
  if (!facts.tls && !facts.loopback) {
    lines.push_back(
        {"encryption",
         kProgram,
         Mark::notable,
         {"encryption", "mã hóa"},
         {"the session with the broker is not encrypted: whoever is on the way reads it",
          "phiên với máy chủ MQTT không mã hóa: ai trên đường cũng đọc được"},
         {"Use mqtts:// with ca_file under [broker]", "Dùng mqtts:// và ca_file trong [broker]"}});
  }
  return lines;
}

Finding icmp(const BoardFacts& board, const ProgramFacts& program) {
  Finding line{"icmp", kProgram, Mark::good, {"right to ping", "quyền ping"}, {}, {}};
  const Said allow{
      "sudo sysctl -w net.ipv4.ping_group_range='0 2147483647' (keep it in /etc/sysctl.d/), or give the "
      "agent CAP_NET_RAW as its unit file does",
      "sudo sysctl -w net.ipv4.ping_group_range='0 2147483647' (lưu vào /etc/sysctl.d/), hoặc cho agent "
      "CAP_NET_RAW như tệp dịch vụ mẫu"};
  if (program.agent) {
    // The agent's right counts, not that of whoever asks.
    line.reason = {"the agent has it", "agent có quyền"};
    if (program.agent->no_icmp_socket) {
      line.mark = Mark::wrong;
      line.reason = {"the agent may open no ICMP socket: the first hop and anchors cannot be measured",
                     "agent không mở được ICMP socket: không đo được thiết bị mạng đầu tiên và các mốc"};
      line.next = allow;
    }
    return line;
  }
  line.reason = {"yes", "có"};
  if (board.icmp_trouble.empty()) return line;
  line.mark = program.root ? Mark::wrong : Mark::unchecked;
  line.reason = Said("no: ", "không: ") + board.icmp_trouble;
  line.next = program.root ? allow : kAsRoot + Said(", or: ", ", hoặc: ") + allow;
  return line;
}

}  // namespace

Findings judge_program(const Facts& facts) {
  Findings lines = configuration(facts.program);
  lines.push_back(service(facts.program));
  lines.push_back(agent(facts.program));
  if (facts.program.agent) lines.push_back(outages(*facts.program.agent));
  if (facts.program.mistakes.empty()) {
    for (auto& line :
         facts.program.agent ? outbox_of(*facts.program.agent) : outbox_of(facts.storage, facts.program)) {
      lines.push_back(std::move(line));
    }
    for (auto& line : identity(facts.identity, facts.clock.now)) lines.push_back(std::move(line));
  }
  lines.push_back(icmp(facts.board, facts.program));
  return lines;
}

}  // namespace xalink
