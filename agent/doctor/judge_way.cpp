#include <algorithm>
#include <array>
#include <cmath>
#include <optional>
#include <string_view>

#include "agent/doctor/judge.hpp"
#include "agent/doctor/reading.hpp"
#include "agent/verdict.hpp"

namespace xalink {
namespace {

constexpr auto kWay = Part::way;

bool is_wifi(const std::string& interface) {
  return interface.starts_with("wl");
}
bool is_mobile(const std::string& interface) {
  return interface.starts_with("ww") || interface.starts_with("ppp");
}

/// Somebody has answered: the broker itself, or a machine on the way to it.
bool was_answered(const BrokerFacts& broker) {
  if (!broker.asked) return false;
  const bool silent = broker.reason.find("no answer") != std::string::npos ||
                      broker.reason.find("did not answer") != std::string::npos ||
                      broker.reason.find("unreachable") != std::string::npos ||
                      broker.reason.find("timed out") != std::string::npos ||
                      broker.reason.find("No route") != std::string::npos;
  return broker.stopped_at > BrokerFacts::Step::connect ||
         (broker.stopped_at > BrokerFacts::Step::name && !silent);
}

/// How the rungs of the way stand, as the ladder has it: one good answer is enough for a rung, and proves
/// those that it needed.
struct Standing {
  bool carrier = false;
  bool address = false;
  bool route = false;
  bool hop = false;
  bool internet = false;
  bool dns = false;
  bool leads_out = false;  ///< without a default route
  bool login = false;      ///< somebody in between wants one, and nobody beyond was reached

  explicit Standing(const WayFacts& way) {
    for (const auto& reading : way.readings) {
      if (reading.schema.group.starts_with("Link/")) {
        carrier = carrier || flag_in(reading, "Carrier").value_or(false);
        continue;
      }
      const auto witness = witness_of(reading.schema, !contains(way.by_address, reading.schema.group));
      if (!witness) continue;
      const auto verdict = judge(*witness, reading.schema, reading.record);
      if (!verdict) continue;
      hop = hop || verdict->proves.has(Rung::first_hop);
      internet = internet || verdict->proves.has(Rung::internet);
      dns = dns || verdict->proves.has(Rung::dns);
    }
    const auto* portal = find(way.readings, "Captive Portal");
    const bool reached_beyond = way.broker.stopped_at == BrokerFacts::Step::done || any_service_answers(way);
    login = portal != nullptr && text_in(*portal, "Finding") == "portal" && !reached_beyond;
    for (const auto& server : way.name_servers) dns = dns || (server.answered && server.status == "NOERROR");
    address = std::any_of(way.addresses.begin(), way.addresses.end(),
                          [](const auto& one) { return !is_link_local(one.address); });
    leads_out = way.routes.empty() && (internet || was_answered(way.broker));
    route = !way.routes.empty() || leads_out;
    hop = hop || internet || leads_out;
  }
  static bool contains(const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }
  [[nodiscard]] bool link() const { return carrier && address && route; }
};

class WayJudge {
 public:
  explicit WayJudge(const WayFacts& way) : way_(way), standing_(way) {}

  Findings take(Rung& reached) {
    links();
    address();
    route();
    first_hop();
    login_page();
    anchors();
    names();
    reached = Rung::board;
    if (standing_.link()) reached = Rung::link;
    const bool no_hop = !way_.routes.empty() && !way_.routes.front().next_hop;
    if (reached == Rung::link && (standing_.hop || no_hop)) reached = Rung::first_hop;
    if (reached == Rung::first_hop && standing_.internet && !standing_.login) reached = Rung::internet;
    if (reached == Rung::internet && standing_.dns) reached = Rung::dns;
    return std::move(lines_);
  }

 private:
  /// Whoever stands on a rung that is missing has nothing to mend himself.
  void add(Finding line) {
    if (line.mark == Mark::wrong) {
      if (cause_) {
        line.next = Said("First mend: ", "Sửa trước: ") + *cause_;
      } else {
        pending_ = line.name;
      }
    }
    lines_.push_back(std::move(line));
  }
  /// The lines since the last end belonged to one rung.
  void end_rung() {
    if (!cause_) cause_ = pending_;
    pending_.reset();
  }

  void links() {
    bool any = false;
    for (const auto& reading : way_.readings) {
      if (!reading.schema.group.starts_with("Link/")) continue;
      any = true;
      link(reading);
    }
    if (!any) {
      add({"link",
           kWay,
           Mark::wrong,
           name_of(Rung::link),
           {"this board has no network interface", "máy không có cổng mạng nào"},
           {"Plug the adapter or the modem in: ip link shows what is there",
            "Cắm cổng mạng hoặc modem: ip link cho biết đang có gì"}});
    }
    for (auto& line : judge_radio(way_, standing_.leads_out)) add(std::move(line));
    end_rung();
  }

  void link(const ProbeReading& reading) {
    const std::string interface = reading.schema.group.substr(5);
    Finding line{"link/" + interface, kWay, Mark::good, name_of(Rung::link) + (" " + interface), {}, {}};
    const bool carrier = flag_in(reading, "Carrier").value_or(false);
    const bool route = flag_in(reading, "Default Route").value_or(false);
    if (carrier) {
      line.reason = {"connected", "đã nối"};
      if (const auto speed = text_in(reading, "Speed"); !speed.empty())
        line.reason += Said::same(", " + speed + " Mbit/s");
      if (!route) line.reason += {", no default route through it", ", không có tuyến mặc định đi qua"};
      if (!route && !way_.routes.empty()) line.mark = Mark::unchecked;
    } else if (standing_.carrier) {
      line.mark = Mark::unchecked;
      line.reason = {"not connected, another one is in use", "không nối, đang dùng cổng khác"};
    } else {
      line.mark = Mark::wrong;
      if (is_wifi(interface)) {
        line.reason = {"not connected to the Wi-Fi", "chưa kết nối Wi-Fi"};
        line.next = {"Is the access point on, and did its name or password change? nmcli device wifi list",
                     "Bộ phát có bật không, tên hay mật khẩu có đổi không? nmcli device wifi list"};
      } else if (is_mobile(interface)) {
        line.reason = {"the modem is not connected", "modem chưa kết nối"};
        line.next = {"See the modem's line; SIM and data plan: mmcli -m any",
                     "Xem dòng modem; kiểm tra SIM và gói cước: mmcli -m any"};
      } else {
        line.reason = {"no signal from the other end of the cable", "không có tín hiệu từ đầu dây bên kia"};
        line.next = {
            "Push both plugs in until they click; are the lamps at the socket lit? Is the switch or router "
            "on? "
            "Try another cable, then another socket",
            "Cắm lại hai đầu dây đến khi nghe tách; đèn ở cổng có sáng không? Switch hay router có bật "
            "không? "
            "Thử dây khác, rồi cổng khác"};
      }
    }
    add(std::move(line));
  }

  void address() {
    Finding line{"address", kWay, Mark::good, {"address", "địa chỉ"}, {}, {}};
    std::string good;
    std::string own;
    for (const auto& one : way_.addresses) {
      auto& list = is_link_local(one.address) ? own : good;
      list += (list.empty() ? "" : ", ") + one.address.to_string() + " (" + one.interface + ")";
    }
    if (!good.empty()) {
      line.reason = Said::same(good);
    } else if (own.find("169.254.") != std::string::npos) {
      line.mark = Mark::wrong;
      line.reason = {"nobody gave this board an address: it took one of its own, " + own,
                     "không ai cấp địa chỉ: máy tự đặt " + own};
      line.next = {"Restart the router (DHCP); or set the address by hand, as the network's owner says",
                   "Khởi động lại router (DHCP); hoặc đặt địa chỉ tĩnh theo đơn vị quản lý mạng"};
    } else {
      line.mark = Mark::wrong;
      line.reason = {"this board has no address", "máy chưa có địa chỉ"};
      line.next = {"Is the router's DHCP on? sudo networkctl renew INTERFACE, or set the address by hand",
                   "DHCP của router có bật không? sudo networkctl renew CỔNG, hoặc đặt địa chỉ tĩnh"};
    }
    add(std::move(line));
    end_rung();
  }

  void route() {
    Finding line{"route", kWay, Mark::good, {"default route", "tuyến mặc định"}, {}, {}};
    if (standing_.leads_out) {
      line.reason = {"none, and what is asked for is reached without one",
                     "không có, và không cần: những nơi cần tới vẫn tới được"};
    } else if (way_.routes.empty() && way_.through_proxy) {
      line.mark = Mark::notable;
      line.reason = {"none: enough only while the proxy is in the office's own network",
                     "không có: chỉ đủ khi máy proxy nằm ngay trong mạng của trụ sở"};
      line.next = {"Else the router must give a gateway by DHCP, or set one by hand: ip route",
                   "Nếu không, router phải cấp gateway qua DHCP, hoặc khai bằng tay: ip route"};
    } else if (way_.routes.empty()) {
      line.mark = Mark::wrong;
      line.reason = {"nothing leads out of the office's own network",
                     "không có đường ra khỏi mạng của trụ sở"};
      line.next = {"The router must give a gateway by DHCP, or set one by hand: ip route",
                   "Router phải cấp gateway qua DHCP, hoặc khai bằng tay: ip route"};
    } else {
      const auto& best = way_.routes.front();
      line.reason = best.next_hop ? Said("through ", "qua ") + best.next_hop->to_string() + Said(" on ", " ở cổng ") + best.interface
                                  : Said("on ", "ở cổng ") + best.interface + Said(" (point to point)", " (điểm nối điểm)");
    }
    add(std::move(line));
    end_rung();
  }

  void first_hop() {
    const auto* reading = find(way_.readings, "Ping/gateway");
    const bool point_to_point = !way_.routes.empty() && !way_.routes.front().next_hop;
    Finding line{"first hop", kWay, Mark::good, name_of(Rung::first_hop), {}, {}};
    const bool none = point_to_point || standing_.leads_out;
    if (reading == nullptr || none) {
      line.mark = Mark::unchecked;
      line.reason = none ? Said("the link has none", "đường này không có") : Said("not asked", "chưa hỏi");
    } else if (could_not_ask(*reading)) {
      line.mark = Mark::unchecked;
      line.reason = Said::same(text_in(*reading, "Reason"));
    } else if (const auto rtt = text_in(*reading, "RTT mean"); !rtt.empty()) {
      line.reason = answers_in(rtt);
      lossy(*reading, line);
    } else if (standing_.internet) {
      line.mark = Mark::good;
      line.reason = {"does not answer echo requests, and leads on",
                     "không trả lời ping, nhưng vẫn chuyển tiếp"};
    } else if (text_in(*reading, "Reason") == kSilentButThere) {
      line.reason = explain(std::string(kSilentButThere));
    } else {
      line.mark = Mark::wrong;
      line.reason = explain(text_in(*reading, "Reason"));
      line.next = {
          "Is the router on? Switch it off for ten seconds and on again, wait three minutes, ask again. If "
          "only "
          "this board cannot reach it: its cable, its address",
          "Router có bật không? Tắt mười giây rồi bật lại, chờ ba phút, chạy lại. Nếu chỉ máy này không tới "
          "được: "
          "xem dây và địa chỉ của máy"};
    }
    add(std::move(line));
    end_rung();
  }

  static Said answers_in(const std::string& microseconds) {
    const double ms = std::strtod(microseconds.c_str(), nullptr) / 1000;
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), ms < 10 ? "%.1f ms" : "%.0f ms", ms);
    return Said("answers in ", "trả lời sau ") + text.data();
  }
  static void lossy(const ProbeReading& reading, Finding& line) {
    const double loss = std::strtod(text_in(reading, "Loss").c_str(), nullptr);
    if (loss <= 0) return;
    line.mark = Mark::notable;
    line.reason += Said(", but loses ", ", nhưng mất ") + std::to_string(std::lround(loss)) +
                   Said(" % of requests", " % số gói");
    line.next = {"Ask again; if it stays: cable, Wi-Fi signal, or an overloaded line",
                 "Chạy lại; nếu vẫn vậy: xem dây, sóng Wi-Fi, hoặc đường truyền quá tải"};
  }

  /// Where the configuration says how to look for one.
  void login_page() {
    const auto* reading = find(way_.readings, "Captive Portal");
    if (reading == nullptr) return;
    Finding line{"login page", kWay, Mark::good, {"login page", "trang đăng nhập mạng"}, {}, {}};
    const auto finding = text_in(*reading, "Finding");
    if (finding == "clear") {
      line.reason = {"none is in the way", "không có trang nào chặn đường"};
    } else if (finding == "portal") {
      line.mark = standing_.login ? Mark::wrong : Mark::notable;
      line.reason = explain(text_in(*reading, "Reason"));
      const auto where = text_in(*reading, "Sent To");
      if (!where.empty() && text_in(*reading, "Reason").find(where) == std::string::npos)
        line.reason += Said::same(" (" + where + ")");
      line.next = {
          "This network wants a login: open any http:// page with a browser in it and log in, or ask its "
          "owner to let this board through without one",
          "Mạng này đòi đăng nhập: mở một trang http:// bất kỳ bằng trình duyệt trong mạng và đăng nhập, "
          "hoặc đề nghị đơn vị quản lý cho máy này đi qua mà không cần đăng nhập"};
    } else {
      line.mark = Mark::unchecked;
      line.reason = explain(text_in(*reading, "Reason"));
    }
    line.reason = Said::same(target_of(way_, *reading)) + line.reason;
    add(std::move(line));
    end_rung();
  }

  void anchors() {
    const Said blocked{
        "The way holds nevertheless: this protocol or this machine is blocked. Choose anchors that answer "
        "([probe.ping] targets, [probe.tcp] anchors)",
        "Đường truyền vẫn thông: giao thức hoặc máy này bị chặn. Hãy chọn mốc có trả lời "
        "([probe.ping] targets, [probe.tcp] anchors)"};
    const Said upstream{
        "The office's own network is well: call the line's provider with this page. In a network without "
        "the internet, set anchors to machines of that network",
        "Mạng trong trụ sở vẫn tốt: gọi nhà mạng, đọc cho họ các dòng này. Nếu mạng này không ra Internet, "
        "hãy khai mốc là máy trong mạng đó"};
    bool any = false;
    for (const auto& reading : way_.readings) {
      const std::string& group = reading.schema.group;
      const bool ping = group.starts_with("Ping/") && group != "Ping/gateway";
      if (!ping && !group.starts_with("TCP/")) continue;
      any = true;
      const std::string subject = group.substr(group.find('/') + 1);
      Finding line{(ping ? "ping/" : "tcp/") + subject, kWay, Mark::good, {}, {}, {}};
      line.name =
          Said(ping ? "anchor by ping " : "anchor by TCP ", ping ? "mốc ping " : "mốc TCP ") + subject;
      const auto time = text_in(reading, ping ? "RTT mean" : "Connect");
      if (could_not_ask(reading)) {
        line.mark = Mark::unchecked;
        line.reason = Said::same(text_in(reading, "Reason"));
      } else if (!time.empty()) {
        line.reason = answers_in(time);
        if (ping) lossy(reading, line);
      } else {
        line.mark = standing_.internet ? Mark::notable : Mark::wrong;
        line.reason = explain(text_in(reading, "Reason"));
        line.next = standing_.internet ? blocked : upstream;
      }
      line.reason = Said::same(target_of(way_, reading)) + line.reason;
      add(std::move(line));
    }
    if (!any) {
      add({"internet",
           kWay,
           Mark::unchecked,
           name_of(Rung::internet),
           way_.without_configuration
               ? Said("not asked: the configuration comes first", "chưa hỏi: sửa cấu hình trước")
               : Said("no anchor is configured", "chưa khai mốc nào"),
           {}});
    }
    end_rung();
  }

  void names() {
    const bool any_server = std::any_of(way_.name_servers.begin(), way_.name_servers.end(),
                                        [](const auto& server) { return server.answered; });
    for (const auto& server : way_.name_servers) {
      Finding line{"name server/" + server.server,
                   kWay,
                   Mark::good,
                   Said("name server ", "máy chủ tên miền ") + server.server,
                   {},
                   {}};
      if (server.answered) {
        line.reason = {"answers", "có trả lời"};
      } else {
        line.mark = any_server ? Mark::notable : Mark::wrong;
        line.reason = explain(server.reason.empty() ? server.status : server.reason);
        line.next = any_server ? Said(
                                     "Another one answers, but each first try at this one costs seconds: "
                                     "take it out of the network's settings",
                                     "Máy chủ khác vẫn trả lời, nhưng mỗi lần thử máy này mất vài giây: bỏ "
                                     "nó khỏi cấu hình mạng")
                               : Said(
                                     "Ask the network's owner which name server to use; behind a router it "
                                     "is often the router: restart it",
                                     "Hỏi đơn vị quản lý mạng nên dùng máy chủ tên miền nào; thường là "
                                     "router: khởi động lại nó");
      }
      add(std::move(line));
    }
    bool any = false;
    for (const auto& reading : way_.readings) {
      const std::string& group = reading.schema.group;
      if (!group.starts_with("DNS/")) continue;
      any = true;
      Finding line{
          "dns/" + group.substr(4), kWay, Mark::good, Said("name ", "tên miền ") + group.substr(4), {}, {}};
      const auto status = text_in(reading, "Status");
      const auto reason = text_in(reading, "Reason");
      if (could_not_ask(reading)) {
        line.mark = Mark::unchecked;
        line.reason = explain(reason);
      } else if (status == "NOERROR" && reason.empty()) {
        line.reason = {"resolves", "phân giải được"};
      } else {
        line.mark = Mark::wrong;
        line.reason = explain(status == "NOERROR" || status.empty() ? reason : status);
        line.next = status == "NXDOMAIN" || status == "NOERROR"
                        ? Said(
                              "Is the name right in [probe.dns] names? Does this network use another name "
                              "server for it?",
                              "Tên trong [probe.dns] names có đúng không? Mạng này có dùng máy chủ tên miền "
                              "khác cho tên đó không?")
                        : Said("See the name servers above", "Xem các máy chủ tên miền ở trên");
      }
      line.reason = Said::same(target_of(way_, reading)) + line.reason;
      add(std::move(line));
    }
    if (!any && way_.name_servers.empty()) {
      add({"dns",
           kWay,
           Mark::unchecked,
           name_of(Rung::dns),
           way_.without_configuration
               ? Said("not asked: the configuration comes first", "chưa hỏi: sửa cấu hình trước")
               : Said("no name is configured", "chưa khai tên miền nào"),
           {}});
    }
    end_rung();
  }

  const WayFacts& way_;
  Standing standing_;
  Findings lines_;
  std::optional<Said> cause_;
  std::optional<Said> pending_;
};

}  // namespace

Findings judge_way(const WayFacts& way, Rung& reached) {
  return WayJudge(way).take(reached);
}

}  // namespace xalink
