#include <algorithm>
#include <cstdlib>
#include <map>

#include "agent/doctor/judge.hpp"
#include "agent/doctor/reading.hpp"

namespace xalink {
namespace {

constexpr auto kWay = Part::way;
// dBm; below it Wi-Fi falls back to its slowest rates, and rain or a door decides.
constexpr double kWeakWifi = -75;
// Per cent, the modem's own measure.
constexpr double kWeakModem = 20;

const Said better_antenna{"Move the antenna to a window or outside, on the side of the mast",
                          "Dời ăng-ten ra cửa sổ hoặc ngoài trời, về phía trạm phát"};

Said what_next(const std::string& fault) {
  static const std::map<std::string, Said> kNext = {
      {"no SIM",
       {"Push the SIM in, its contacts the right way round; try it in a telephone",
        "Lắp lại SIM đúng chiều; thử SIM trong điện thoại"}},
      {"SIM locked",
       {"Take the PIN off in a telephone, or unlock: mmcli -i any --pin=PIN",
        "Bỏ mã PIN bằng điện thoại, hoặc mở khóa: mmcli -i any --pin=PIN"}},
      {"registration denied",
       {"The network refuses the SIM: is its plan paid? Call the operator",
        "Mạng từ chối SIM: gói cước còn hạn không? Gọi nhà mạng"}},
      {"no registration",
       {"Is there signal here (a telephone of the same operator)? Then switch the modem off and on",
        "Ở đây có sóng không (thử điện thoại cùng nhà mạng)? Nếu có, tắt rồi bật modem"}},
      {"modem gone",
       {"Plug it in again; a weak power supply lets USB modems vanish",
        "Cắm lại modem; nguồn yếu làm modem USB biến mất"}},
  };
  const auto found = kNext.find(fault);
  if (found != kNext.end()) return found->second;
  return {
      "Unplug the modem for ten seconds, or restart the board. [probe.cellular] reset_command can do so by "
      "itself",
      "Rút modem mười giây rồi cắm lại, hoặc khởi động lại máy. [probe.cellular] reset_command có thể tự "
      "làm"};
}

Finding modem(const ProbeReading& reading, bool needed) {
  Finding line{"modem", kWay, Mark::good, {"modem", "modem"}, {}, {}};
  const auto reason = text_in(reading, "Reason");
  const auto fault = text_in(reading, "Fault");
  const auto quality = text_in(reading, "Signal Quality");
  std::string seen;
  for (const char* column : {"State", "Operator", "Technology"}) {
    const auto value = text_in(reading, column);
    if (!value.empty()) seen += (seen.empty() ? "" : ", ") + value;
  }
  if (!quality.empty()) seen += (seen.empty() ? "" : ", ") + quality + " %";
  line.reason = seen.empty() ? explain(reason) : Said::same(seen);
  if (!fault.empty()) {
    line.mark = needed ? Mark::wrong : Mark::notable;
    if (const auto failure = text_in(reading, "Failure"); !failure.empty()) seen += ": " + failure;
    line.reason = explain(fault) + (seen.empty() ? "" : " (" + seen + ")");
    line.next = what_next(fault);
  } else if (needed && text_in(reading, "State") == "disabled") {
    line.mark = Mark::wrong;
    line.reason = {"the modem is switched off in ModemManager", "modem đang bị tắt trong ModemManager"};
    line.next = {"Switch it on: mmcli -m any -e", "Bật modem: mmcli -m any -e"};
  } else if (seen.empty()) {
    line.mark = Mark::unchecked;
    if (line.reason.empty()) line.reason = {"ModemManager sees none", "ModemManager không thấy modem nào"};
  } else if (!quality.empty() && std::strtod(quality.c_str(), nullptr) < kWeakModem) {
    line.mark = Mark::notable;
    line.reason += {", weak signal", ", sóng yếu"};
    line.next = better_antenna;
  }
  return line;
}

Finding wifi(const ProbeReading& reading) {
  const auto interface = reading.schema.group.substr(std::string_view("Wi-Fi/").size());
  Finding line{
      "wifi/" + interface, kWay, Mark::good, Said("Wi-Fi signal ", "sóng Wi-Fi ") + interface, {}, {}};
  const auto signal = text_in(reading, "Signal");
  if (signal.empty()) {
    line.mark = Mark::unchecked;
    line.reason = {"not connected", "không kết nối"};
    return line;
  }
  line.reason = Said::same(signal + " dBm");
  if (std::strtod(signal.c_str(), nullptr) >= kWeakWifi) return line;
  line.mark = Mark::notable;
  line.reason += {", weak", ", yếu"};
  line.next = {"Bring the board and the access point closer together, or use a cable",
               "Đặt máy và bộ phát gần nhau hơn, hoặc dùng dây"};
  return line;
}

}  // namespace

Findings judge_radio(const WayFacts& way, bool leads_out) {
  Findings lines;
  const bool needed = way.routes.empty() ? !leads_out
                                         : way.routes.front().interface.starts_with("ww") ||
                                               way.routes.front().interface.starts_with("ppp");
  for (const auto& reading : way.readings) {
    const std::string& group = reading.schema.group;
    if (group.starts_with("Wi-Fi/")) lines.push_back(wifi(reading));
    if (group.starts_with("Cellular")) lines.push_back(modem(reading, needed));
  }
  return lines;
}

}  // namespace xalink
