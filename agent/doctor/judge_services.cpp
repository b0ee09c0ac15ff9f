#include <algorithm>
#include <cstdlib>
#include <string_view>

#include "agent/doctor/judge.hpp"
#include "agent/doctor/reading.hpp"
#include "agent/verdict.hpp"

namespace xalink {
namespace {

constexpr auto kWay = Part::way;
constexpr long kRenewWithin = 14;  // days; most are renewed by machines well before

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

/// What to do about a certificate that was not accepted. `whose`: "[probe.reach] ca_file" or that of the
/// broker.
Said about_certificate(std::string_view reason, const std::string& whose) {
  if (has(reason, "not yet valid")) {
    // Only said where nobody confirms the board's clock.
    if (has(reason, "the clock of the board may be behind"))
      return {"Set this board's clock right (above) first", "Chỉnh đồng hồ của máy (ở trên) trước"};
    return {"Whoever runs it has to put in a certificate that is valid by now: call them",
            "Đơn vị vận hành phải thay bằng chứng thư đã có hiệu lực: gọi cho họ"};
  }
  if (has(reason, "expired")) {
    return {
        "Whoever runs it has to renew its certificate: call them. If this board's clock is wrong, mend that "
        "first",
        "Đơn vị vận hành phải gia hạn chứng thư: gọi cho họ. Nếu đồng hồ của máy sai thì chỉnh trước"};
  }
  if (has(reason, "mismatch") || has(reason, "self-signed") || has(reason, "self signed") ||
      has(reason, "issuer") || has(reason, "wrong host") || has(reason, "intercepted")) {
    return {
        "Somebody on the way answers in its place (a login page of the Wi-Fi, a filter), or its authority is "
        "not known "
        "here: open it with a browser in this network, and compare " +
            whose,
        "Có thể thiết bị trên đường trả lời thay (trang đăng nhập Wi-Fi, bộ lọc), hoặc máy chưa biết nơi "
        "cấp: mở bằng "
        "trình duyệt trong mạng này, và xem lại " +
            whose};
  }
  return {"See " + whose, "Xem lại " + whose};
}

Said about_proxy() {
  return {"Ask the network's owner: is the proxy on, does it let this board through to that host and port?",
          "Hỏi đơn vị quản lý mạng: máy proxy có bật không, có cho máy này tới máy và cổng đó không?"};
}

/// By the word for its failure (agent/probes/reach_failure.hpp).
Said what_next(const std::string& failure, const std::string& reason, bool others_answer) {
  if (failure == "wrong address") {
    return {"The name server gives a wrong address: use another one, and tell the network's owner",
            "Máy chủ tên miền trả địa chỉ sai: dùng máy chủ khác và báo đơn vị quản lý mạng"};
  }
  if (failure == "name") {
    return {"Is the name in [probe.reach] services right? See the name servers above",
            "Tên trong [probe.reach] services có đúng không? Xem máy chủ tên miền ở trên"};
  }
  if (failure == "board clock") {
    return {"The service is well: set this board's clock right (above)",
            "Dịch vụ vẫn tốt: chỉnh lại đồng hồ của máy (ở trên)"};
  }
  if (failure == "proxy") return about_proxy();
  if (failure == "TLS stalled") {
    return {
        "Large packets may get lost: lower the MTU at the router (1400, then 1280), or tell the line's "
        "provider",
        "Có thể gói lớn bị mất: giảm MTU ở router (1400, rồi 1280), hoặc báo nhà mạng"};
  }
  if (failure == "HTTP" && (has(reason, "status 4") || has(reason, "not HTTP"))) {
    return {"Is its URL in [probe.reach] services right? Else whoever runs the service has to mend it",
            "URL trong [probe.reach] services có đúng không? Nếu đúng, đơn vị vận hành phải sửa"};
  }
  const bool certificate = failure.starts_with("certificate") || failure == "self-signed" ||
                           failure == "unknown issuer" || failure == "intercepted" || failure == "wrong host";
  if (certificate) return about_certificate(failure + " " + reason, "[probe.reach] ca_file");
  if (others_answer) {
    return {"The way to the internet holds: whoever runs the service has to mend it; tell them this line",
            "Đường Internet vẫn thông: đơn vị vận hành dịch vụ phải sửa; báo cho họ dòng này"};
  }
  return {
      "Try it with a browser in this network. When it is gone there too, tell whoever runs it; else the way "
      "is "
      "filtered",
      "Thử bằng trình duyệt trong mạng này. Nếu cũng không vào được, báo đơn vị vận hành; nếu vào được, "
      "đường truyền "
      "bị lọc"};
}

class ServicesJudge {
 public:
  ServicesJudge(const WayFacts& way, const ProgramFacts& program, const Findings& below, Rung reached)
      : way_(way), program_(program), below_(below), reached_(reached) {}

  Findings take(Rung& reached) {
    services();
    broker();
    gateway();
    reached = reached_;
    return std::move(lines_);
  }

 private:
  /// The line of the way that has to be mended before anything of this can hold; empty when the way is there.
  [[nodiscard]] Said first_mend(bool by_name) const {
    const auto cause = std::find_if(below_.begin(), below_.end(),
                                    [](const Finding& line) { return line.mark == Mark::wrong; });
    if (cause == below_.end()) return {};
    const bool names = cause->id.starts_with("dns/") || cause->id.starts_with("name server/");
    if (names && !by_name) return {};
    return Said("First mend: ", "Sửa trước: ") + cause->name;
  }

  void services() {
    bool any = false;
    bool all = true;
    const bool one_answers = any_service_answers(way_);
    for (const auto& reading : way_.readings) {
      if (!reading.schema.group.starts_with("Reach/")) continue;
      any = true;
      const std::string service = reading.schema.group.substr(6);
      Finding line{"service/" + service, kWay, Mark::good, Said("service ", "dịch vụ ") + service, {}, {}};
      const auto reason = text_in(reading, "Reason");
      if (flag_in(reading, "Success").value_or(false)) {
        line.reason = {"answers", "có trả lời"};
        if (const auto status = text_in(reading, "HTTP Status"); !status.empty())
          line.reason += Said::same(", HTTP " + status);
        certificate(reading, line);
      } else if (could_not_ask(reading)) {
        line.mark = Mark::unchecked;
        line.reason = Said::same(reason);
      } else {
        all = false;
        line.mark = Mark::wrong;
        line.reason = explain(reason.empty() ? "no answer in time" : reason);
        const bool by_name = std::find(way_.by_address.begin(), way_.by_address.end(),
                                       reading.schema.group) == way_.by_address.end();
        line.next = one_answers ? Said() : first_mend(by_name);
        if (line.next.empty())
          line.next =
              what_next(text_in(reading, "Failure"), reason, one_answers || reached_ >= Rung::internet);
      }
      line.reason = Said::same(target_of(way_, reading)) + line.reason;
      lines_.push_back(std::move(line));
    }
    if (!any) {
      lines_.push_back({"services",
                        kWay,
                        Mark::unchecked,
                        name_of(Rung::services),
                        way_.without_configuration
                            ? Said("not asked: the configuration comes first", "chưa hỏi: sửa cấu hình trước")
                            : Said("no service is configured", "chưa khai dịch vụ nào"),
                        {}});
    }
    if (any && all && reached_ == Rung::dns) reached_ = Rung::services;
  }

  /// Of a service that answers: warned of while there is time.
  static void certificate(const ProbeReading& reading, Finding& line) {
    if (text_in(reading, "TLS Handshake").empty()) return;
    const auto days = text_in(reading, "Certificate Days");
    if (const auto failure = text_in(reading, "Failure"); !failure.empty()) {
      line.mark = Mark::notable;
      line.reason += Said::same("; ") + explain(text_in(reading, "Reason"));
      line.next = what_next(failure, text_in(reading, "Reason"), true);
    } else if (!days.empty() && std::strtol(days.c_str(), nullptr, 10) < kRenewWithin) {
      line.mark = Mark::notable;
      line.reason +=
          Said("; its certificate runs out in " + days + " days", "; chứng thư còn " + days + " ngày");
      line.next = {"Remind whoever runs it to renew the certificate",
                   "Nhắc đơn vị vận hành gia hạn chứng thư"};
    } else {
      line.reason += {", its certificate is in order", ", chứng thư hợp lệ"};
    }
  }

  void broker() {
    const BrokerFacts& facts = way_.broker;
    Finding line{"broker", kWay, Mark::good, {"broker", "máy chủ MQTT"}, {}, {}};
    if (!facts.asked) {
      line.mark = Mark::unchecked;
      line.reason = {"not asked: the configuration comes first", "chưa hỏi: sửa cấu hình trước"};
      lines_.push_back(std::move(line));
      return;
    }
    line.mark = Mark::wrong;
    const Said call_province{
        " Else call the province: is the broker running, is its port open in the firewall?",
        " Nếu đúng, gọi tỉnh: máy chủ MQTT có chạy không, tường lửa có mở cổng đó không?"};
    switch (facts.stopped_at) {
      case BrokerFacts::Step::proxy:
        line.reason = Said("the proxy " + facts.proxy + ": ", "máy proxy " + facts.proxy + ": ") +
                      explain(facts.reason);
        line.next = first_mend(false);
        if (line.next.empty()) line.next = about_proxy();
        break;
      case BrokerFacts::Step::name:
        line.reason = Said("its name has no address: ", "tên không có địa chỉ: ") + explain(facts.reason);
        if (!facts.proxy.empty()) {
          line.reason =
              Said("the proxy " + facts.proxy + ": ", "máy proxy " + facts.proxy + ": ") + line.reason;
          line.next = {
              "Is the name right in [network] proxy? Is it known to this network's name server?",
              "Tên trong [network] proxy có đúng không? Máy chủ tên miền của mạng này có biết tên đó "
              "không?"};
          break;
        }
        line.next = first_mend(true);
        if (line.next.empty())
          line.next = {
              "Is the name right in [broker] url? Is it known to this network's name server?",
              "Tên trong [broker] url có đúng không? Máy chủ tên miền của mạng này có biết tên đó không?"};
        break;
      case BrokerFacts::Step::connect:
        line.reason = Said("nobody takes the connection: ", "không kết nối được: ") + explain(facts.reason);
        // A refusal comes from a machine that is there.
        line.next = has(facts.reason, "refused") ? Said() : first_mend(false);
        if (line.next.empty())
          line.next = Said("Are host and port right in [broker] url?",
                           "Máy và cổng trong [broker] url có đúng không?") +
                      call_province;
        break;
      case BrokerFacts::Step::tls:
        line.reason = Said("the TLS handshake failed: ", "bắt tay TLS không được: ") + explain(facts.reason);
        line.next = has(facts.reason, "alert")
                        ? Said(
                              "The broker does not accept this board's certificate: see certificate and key "
                              "above; is it revoked? Ask the province for a new one",
                              "Máy chủ MQTT không nhận chứng thư của máy này: xem chứng thư và khóa ở trên; "
                              "có bị thu hồi không? Xin tỉnh cấp mới")
                        : about_certificate(facts.reason, "[broker] ca_file, certificate_file, url");
        break;
      case BrokerFacts::Step::session:
      case BrokerFacts::Step::subscribe:
        line.reason = session_refusal();
        line.next = session_advice();
        break;
      case BrokerFacts::Step::done:
        line.mark = Mark::good;
        line.reason = {"takes this board in", "cho máy này vào"};
        break;
    }
    line.reason = Said::same(facts.broker + ": ") + line.reason;
    lines_.push_back(std::move(line));
  }

  [[nodiscard]] Said session_refusal() const {
    const std::string& reason = way_.broker.reason;
    if (has(reason, "user name or the password"))
      return {reason, "máy chủ MQTT không nhận tên đăng nhập hoặc mật khẩu"};
    if (has(reason, "does not let this client in")) return {reason, "máy chủ MQTT không cho máy này vào"};
    if (has(reason, "does not speak this version"))
      return {reason, "máy chủ MQTT không nói phiên bản MQTT này"};
    if (has(reason, "refuses the client id")) return {reason, "máy chủ MQTT không nhận mã máy khách"};
    if (has(reason, "did not answer within"))
      return {reason, "máy chủ nhận kết nối nhưng không trả lời MQTT"};
    if (has(reason, "refuses the subscription"))
      return {reason, "máy chủ MQTT không cho đọc trạng thái của máy chủ tỉnh"};
    if (has(reason, "cannot be reached"))
      return {"it closed the connection without an answer", "máy chủ đóng kết nối mà không trả lời"};
    return Said::same(reason);
  }
  [[nodiscard]] Said session_advice() const {
    const std::string& reason = way_.broker.reason;
    if (has(reason, "user name or the password") || has(reason, "does not let this client in")) {
      return {
          "Check username and password_file under [broker] against what the province gave; ask them whether "
          "this "
          "board is still allowed in",
          "So username và password_file trong [broker] với thông tin tỉnh cấp; hỏi tỉnh máy này còn được "
          "phép không"};
    }
    if (has(reason, "does not speak this version")) {
      return {"Set the other mqtt_version under [broker]", "Đổi mqtt_version trong [broker]"};
    }
    if (has(reason, "refuses the subscription")) {
      return {"Ask the province to let this board read spBv1.0/STATE/" + way_.broker.host,
              "Đề nghị tỉnh cho máy này đọc spBv1.0/STATE/" + way_.broker.host};
    }
    return {
        "Is that port the broker's, with TLS where url says mqtts? Else call the province: its log tells why",
        "Cổng đó có đúng của máy chủ MQTT không, url ghi mqtts thì cổng phải có TLS? Nếu đúng, gọi tỉnh: "
        "nhật ký của họ cho biết vì sao"};
  }

  void gateway() {
    const BrokerFacts& facts = way_.broker;
    Finding line{"gateway", kWay, Mark::good, name_of(Rung::gateway), {}, {}};
    if (!facts.asked || facts.stopped_at != BrokerFacts::Step::done) {
      line.mark = Mark::unchecked;
      line.reason =
          facts.asked ? Said("cannot be seen without the broker", "không vào được máy chủ MQTT nên chưa biết")
                      : Said("not asked: the configuration comes first", "chưa hỏi: sửa cấu hình trước");
    } else if (facts.host.empty()) {
      line.mark = Mark::unchecked;
      line.reason = {"none is waited for ([sparkplug] primary_host is empty)",
                     "không chờ máy chủ nào ([sparkplug] primary_host để trống)"};
      reached_ = Rung::gateway;
    } else if (!facts.gateway_online) {
      line.mark = Mark::wrong;
      line.reason = {"the broker has never heard of a gateway named \"" + facts.host + "\"",
                     "máy chủ MQTT chưa từng biết máy chủ tỉnh tên \"" + facts.host + "\""};
      line.next = {
          "Is [sparkplug] primary_host the gateway's [host] id? Else call the province: the gateway has "
          "never run there",
          "[sparkplug] primary_host có đúng là [host] id của máy chủ tỉnh không? Nếu đúng, gọi tỉnh: máy chủ "
          "tỉnh chưa từng chạy ở đó"};
    } else if (!*facts.gateway_online) {
      line.mark = Mark::wrong;
      line.reason = {"it is offline, by its own word; records stay on this board and are kept",
                     "đang ngoại tuyến, theo chính nó báo; bản ghi vẫn nằm an toàn trên máy này"};
      line.next = {"Nothing to do at this office: tell the province that the gateway is down",
                   "Ở xã không phải làm gì: báo tỉnh rằng máy chủ tỉnh đang dừng"};
    } else {
      line.reason = {"online", "trực tuyến"};
      reached_ = Rung::gateway;
      if (program_.agent && program_.agent->session != "online") {
        line.mark = Mark::notable;
        line.reason +=
            Said("; the agent's own session is not there yet: ", "; phiên của agent chưa có: ") +
            (program_.agent->last_failure.empty() ? program_.agent->session : program_.agent->last_failure);
        line.next = {"It tries again within five minutes; at once: sudo systemctl restart xalink-agent",
                     "Agent tự thử lại trong năm phút; muốn ngay: sudo systemctl restart xalink-agent"};
      }
    }
    lines_.push_back(std::move(line));
  }

  const WayFacts& way_;
  const ProgramFacts& program_;
  const Findings& below_;
  Rung reached_;
  Findings lines_;
};

}  // namespace

Findings judge_services(const WayFacts& way, const ProgramFacts& program, const Findings& below,
                        Rung& reached) {
  return ServicesJudge(way, program, below, reached).take(reached);
}

}  // namespace xalink
