#include "sparkplug/metric_names.hpp"

#include <cassert>

#include "sparkplug/boot_clock.hpp"
#include "sparkplug/throughput_schema.hpp"
#include "sparkplug/topic.hpp"

namespace xalink {
namespace {

constexpr Range kAny{};
constexpr Range kCount{0, std::numeric_limits<double>::infinity()};
// A round trip or a phase longer than a minute is past every deadline.
constexpr Range kMicroseconds{0, 60'000'000};
constexpr Range kPercent{0, 100};
// 1970 is an unset clock, not a date of a dossier; the first rules on one-stop shops are of 2003.
constexpr Range kDossierDate{1'041'379'200'000, std::numeric_limits<double>::infinity()};

// Chosen so that what a report shows is still told: thresholds lie far apart (50 ms, 100 ms, 1 %), while what
// comes and goes from minute to minute on a healthy line is not worth its bytes.
constexpr Deadband kNever{0, 0, true};
constexpr Deadband within(double absolute, double percent = 0) {
  return Deadband{absolute, percent / 100};
}

constexpr MetricDeclaration kRuns{
    "Runs",
    DataType::uint32,
    "",
    {1, std::numeric_limits<double>::infinity()},
    "Measurements since the row before, this one included: the row before stands for all of them but this",
    "the agent",
    "Số lần đo",
    "Số lần đo từ dòng trước, kể cả lần này: dòng trước đại diện cho mọi lần trừ lần này",
    kNever};

constexpr MetricDeclaration kInterval{
    "Interval",
    DataType::uint32,
    "s",
    {0, 86'400},
    "How often it is measured; a command (DCMD) changes it within bounds, 0 goes back to the configuration",
    "[probe.*] interval_seconds, or the command",
    "Chu kỳ đo",
    "Bao lâu đo một lần; lệnh DCMD đổi được trong giới hạn, 0 là trở về cấu hình",
    kNever};

constexpr MetricDeclaration kLink[] = {
    {"Carrier", DataType::boolean, "", kAny, "The interface sees its other end",
     "/sys/class/net/<interface>/carrier", "Tín hiệu cổng", "Cổng thấy thiết bị ở đầu dây bên kia"},
    {"Default Route", DataType::boolean, "", kAny,
     "An IPv4 or IPv6 default route leaves through the interface", "/proc/net/route, /proc/net/ipv6_route",
     "Tuyến mặc định", "Tuyến mặc định IPv4 hoặc IPv6 đi qua cổng này"},
    {"Speed",
     DataType::uint32,
     "Mbit/s",
     {1, 1'000'000},
     "Negotiated speed; null when the driver knows none",
     "/sys/class/net/<interface>/speed",
     "Tốc độ cổng",
     "Tốc độ đã thỏa thuận; trống khi trình điều khiển không biết"},
    {"Received", DataType::uint64, "By", kCount, "Bytes received since the interface was made",
     "/sys/class/net/<interface>/statistics/rx_bytes", "Đã nhận", "Số byte nhận được từ khi có cổng", kNever},
    {"Sent", DataType::uint64, "By", kCount, "Bytes sent since the interface was made",
     "/sys/class/net/<interface>/statistics/tx_bytes", "Đã gửi", "Số byte gửi đi từ khi có cổng", kNever},
    {"Receive Errors", DataType::uint64, "", kCount, "Bad packets received",
     "/sys/class/net/<interface>/statistics/rx_errors", "Lỗi nhận", "Số gói nhận bị hỏng", within(10)},
    {"Send Errors", DataType::uint64, "", kCount, "Packets that could not be sent",
     "/sys/class/net/<interface>/statistics/tx_errors", "Lỗi gửi", "Số gói không gửi đi được", within(10)},
    {"Receive Drops", DataType::uint64, "", kCount, "Packets received and dropped for want of space",
     "/sys/class/net/<interface>/statistics/rx_dropped", "Bỏ khi nhận",
     "Số gói nhận được nhưng phải bỏ vì hết chỗ", kNever},
    {"Send Drops", DataType::uint64, "", kCount, "Packets dropped on their way out",
     "/sys/class/net/<interface>/statistics/tx_dropped", "Bỏ khi gửi", "Số gói phải bỏ trước khi gửi",
     kNever},
};

// Integers: a Float row takes twice the bytes on the wire, and a microsecond is finer than the clock.
constexpr MetricDeclaration kPing[] = {
    {"RTT min", DataType::uint32, "us", kMicroseconds, "Shortest round trip of the run", "RFC 2681",
     "Khứ hồi ngắn nhất", "Thời gian khứ hồi ngắn nhất của lần đo", kNever},
    {"RTT mean", DataType::uint32, "us", kMicroseconds, "Mean round trip of the run", "RFC 2681",
     "Khứ hồi trung bình", "Thời gian khứ hồi trung bình của lần đo", within(5'000, 25)},
    {"RTT max", DataType::uint32, "us", kMicroseconds, "Longest round trip of the run", "RFC 2681",
     "Khứ hồi dài nhất", "Thời gian khứ hồi dài nhất của lần đo", within(100'000, 100)},
    {"Jitter", DataType::uint32, "us", kMicroseconds,
     "Mean absolute difference of the round trips of consecutive requests; null without two consecutive "
     "replies",
     "RFC 3393 section 4.5 on round trips", "Biến động trễ",
     "Chênh lệch trung bình giữa hai lần khứ hồi liên tiếp; trống khi không có hai trả lời liên tiếp",
     within(20'000, 100)},
    {"Loss", DataType::float32, "%", kPercent, "Requests without an answer, of those sent", "RFC 6673",
     "Mất gói", "Tỷ lệ yêu cầu không có trả lời trên số đã gửi"},
    {"Sent",
     DataType::uint8,
     "",
     {0, 255},
     "Echo requests that left; the denominator of Loss",
     "RFC 792, RFC 4443",
     "Số gói đã gửi",
     "Số yêu cầu đã gửi; mẫu số của Mất gói"},
    {"Reason", DataType::string, "", kAny, "Why there is no answer; null when there is one",
     "the system's error", "Lý do", "Vì sao không có trả lời; trống khi có trả lời"},
};

constexpr MetricDeclaration kTcp[] = {
    {"Connect", DataType::uint32, "us", kMicroseconds, "From SYN to established; null when it was not",
     "RFC 9293", "Kết nối", "Từ SYN đến khi kết nối xong; trống khi không kết nối được", within(50'000, 50)},
    {"Reason", DataType::string, "", kAny, "Why there is no connection; null when there was one",
     "the system's error", "Lý do", "Vì sao không kết nối được; trống khi được"},
};

constexpr MetricDeclaration kDns[] = {
    {"Time", DataType::uint32, "us", kMicroseconds, "From the question to the answer, of whichever status",
     "RFC 1035, measured at the stub resolver", "Thời gian trả lời",
     "Từ câu hỏi đến trả lời, với bất kỳ kết quả nào", within(50'000, 100)},
    {"Status", DataType::string, "", kAny,
     "Response code (NOERROR, NXDOMAIN, SERVFAIL, ...), timeout, unreachable or malformed",
     "RFC 1035 section 4.1.1, RFC 6895 section 2.3", "Kết quả",
     "Mã trả lời (NOERROR, NXDOMAIN, SERVFAIL, ...), timeout, unreachable hoặc malformed"},
    {"Answers",
     DataType::uint8,
     "",
     {0, 255},
     "Addresses in the answer",
     "RFC 1035 section 4.1.3",
     "Số địa chỉ",
     "Số địa chỉ trong trả lời",
     within(255)},
    {"Reason", DataType::string, "", kAny, "Why the name has no address; null when it has one",
     "the resolver's error", "Lý do", "Vì sao tên không có địa chỉ; trống khi có"},
};

constexpr MetricDeclaration kReach[] = {
    {"Success", DataType::boolean, "", kAny, "The service answered as it should, in time",
     "all phases, HTTP status below 400", "Thành công", "Dịch vụ trả lời đúng và kịp thời"},
    {"Connect", DataType::uint32, "us", kMicroseconds, "From SYN to established; name lookup not included",
     "RFC 9293", "Kết nối", "Từ SYN đến khi kết nối xong; không tính thời gian phân giải tên",
     within(50'000, 50)},
    {"TLS Handshake", DataType::uint32, "us", kMicroseconds, "From ClientHello to Finished", "RFC 8446",
     "Bắt tay TLS", "Từ ClientHello đến Finished", within(100'000, 50)},
    {"First Byte", DataType::uint32, "us", kMicroseconds,
     "From the request's last byte to the answer's first", "RFC 9112", "Byte đầu tiên",
     "Từ byte cuối của yêu cầu đến byte đầu của trả lời", within(200'000, 50)},
    {"HTTP Status",
     DataType::uint16,
     "",
     {100, 599},
     "Status code of the answer",
     "RFC 9110 section 15",
     "Mã HTTP",
     "Mã trạng thái của trả lời"},
    {"Certificate Days",
     DataType::int32,
     "d",
     {-36'500, 36'500},
     "Whole days until the first certificate of its chain runs out; 0 is the last one, below it is over",
     "RFC 5280 section 4.1.2.5, by the board's clock",
     "Chứng thư còn",
     "Số ngày chẵn đến khi chứng thư đầu tiên trong chuỗi hết hạn; 0 là ngày cuối, âm là đã hết hạn",
     within(0, 10)},
    {"Time Difference", DataType::int32, "s", kAny,
     "Time in its answer minus the board's: large when one of their clocks is wrong",
     "RFC 9110 section 6.6.1", "Lệch giờ",
     "Giờ trong trả lời trừ giờ của máy: lớn khi một trong hai đồng hồ sai", within(60)},
    {"Failure", DataType::string, "", kAny,
     "name, wrong address, connect, proxy, TLS stalled (large packets may get lost), TLS, certificate "
     "expired, "
     "certificate not yet valid, board clock (the board's own is wrong), self-signed, unknown issuer, "
     "intercepted (somebody else vouched for it before), wrong host or HTTP; null for none",
     "agent/probes/reach_failure.hpp", "Lỗi",
     "name: không phân giải được tên; wrong address: sai địa chỉ; connect: không kết nối được; proxy: lỗi "
     "máy "
     "proxy; TLS stalled: bắt tay TLS bị treo (có thể mất gói lớn); TLS: lỗi TLS khác; certificate expired: "
     "chứng thư hết hạn; certificate not yet valid: chứng thư chưa có hiệu lực; board clock: đồng hồ của máy "
     "sai; self-signed: tự ký; unknown issuer: nơi cấp lạ; intercepted: bị chặn giữa đường (trước đây nơi "
     "khác "
     "cấp); wrong host: chứng thư của nơi khác; HTTP: trả lời lỗi; trống khi không có"},
    {"Reason", DataType::string, "", kAny, "The phase that failed and why; null when nothing is wrong",
     "the system's or the TLS library's error", "Lý do", "Bước nào hỏng và vì sao; trống khi không có lỗi"},
};

constexpr MetricDeclaration kPath[] = {
    {"Target", DataType::string, "", kAny, "Where the packets go", "[probe.path] target", "Đích",
     "Các gói được gửi đến đâu"},
    {"Hop 1", DataType::string, "", kAny, "Address of router 1 on the way; null when it does not answer",
     "ICMP time exceeded (RFC 792, RFC 4443)", "Chặng 1",
     "Địa chỉ bộ định tuyến thứ 1 trên đường; trống khi không trả lời"},
    {"RTT 1", DataType::uint32, "us", kMicroseconds, "Round trip to it", "RFC 2681", "Khứ hồi chặng 1",
     "Thời gian khứ hồi đến đó", kNever},
    {"Hop 2", DataType::string, "", kAny, "Address of router 2 on the way; null when it does not answer",
     "ICMP time exceeded (RFC 792, RFC 4443)", "Chặng 2",
     "Địa chỉ bộ định tuyến thứ 2 trên đường; trống khi không trả lời"},
    {"RTT 2", DataType::uint32, "us", kMicroseconds, "Round trip to it", "RFC 2681", "Khứ hồi chặng 2",
     "Thời gian khứ hồi đến đó", kNever},
    {"Hop 3", DataType::string, "", kAny, "Address of router 3 on the way; null when it does not answer",
     "ICMP time exceeded (RFC 792, RFC 4443)", "Chặng 3",
     "Địa chỉ bộ định tuyến thứ 3 trên đường; trống khi không trả lời"},
    {"RTT 3", DataType::uint32, "us", kMicroseconds, "Round trip to it", "RFC 2681", "Khứ hồi chặng 3",
     "Thời gian khứ hồi đến đó", kNever},
    {"Hop 4", DataType::string, "", kAny, "Address of router 4 on the way; null when it does not answer",
     "ICMP time exceeded (RFC 792, RFC 4443)", "Chặng 4",
     "Địa chỉ bộ định tuyến thứ 4 trên đường; trống khi không trả lời"},
    {"RTT 4", DataType::uint32, "us", kMicroseconds, "Round trip to it", "RFC 2681", "Khứ hồi chặng 4",
     "Thời gian khứ hồi đến đó", kNever},
    {"Hop 5", DataType::string, "", kAny, "Address of router 5 on the way; null when it does not answer",
     "ICMP time exceeded (RFC 792, RFC 4443)", "Chặng 5",
     "Địa chỉ bộ định tuyến thứ 5 trên đường; trống khi không trả lời"},
    {"RTT 5", DataType::uint32, "us", kMicroseconds, "Round trip to it", "RFC 2681", "Khứ hồi chặng 5",
     "Thời gian khứ hồi đến đó", kNever},
    {"Reached", DataType::boolean, "", kAny, "The target itself answers", "RFC 792, RFC 4443", "Đến đích",
     "Đích có trả lời"},
    {"Cut", DataType::string, "", kAny,
     "Where the way ends that led further before: first hop (nothing answers), last mile (the office's own "
     "routers do, nobody beyond), upstream (the provider's do); null when it leads as far as it did, or when "
     "only the first hop's network card answers, so that nobody knows",
     "agent/path_judgement.hpp", "Đứt ở",
     "Đường bị đứt ở đâu so với trước: first hop (không nơi nào trả lời), last mile (chỉ bộ định tuyến của "
     "cơ "
     "quan trả lời), upstream (nhà mạng còn trả lời, phía sau thì không); trống khi vẫn đến được như "
     "trước, hoặc khi chỉ cổng mạng của chặng đầu trả lời nên không biết"},
    {"Reason", DataType::string, "", kAny, "Why nothing was sent, or nothing came; null otherwise",
     "the system's error", "Lý do", "Vì sao không gửi được hoặc không có trả lời; trống khi có"},
};

constexpr MetricDeclaration kMtu[] = {
    {"Target", DataType::string, "", kAny, "Who is asked", "[probe.mtu] target", "Đích", "Hỏi máy nào"},
    {"Interface MTU", DataType::uint32, "By", kCount, "Largest packet of the interface on the way there",
     "IP_MTU, IPV6_MTU", "MTU của cổng", "Gói lớn nhất của cổng đi đến đó"},
    {"Path MTU", DataType::uint32, "By", kCount,
     "Largest packet, not to be fragmented, that was answered; null without any answer",
     "RFC 8899 section 5.1, with echo requests", "MTU của đường",
     "Gói lớn nhất (không phân mảnh) có trả lời; trống khi không có trả lời nào"},
    {"Told MTU", DataType::uint32, "By", kCount,
     "What a router said that it lets through; null when none did", "RFC 1191, RFC 8201", "MTU được báo",
     "Cỡ gói mà bộ định tuyến báo là cho qua; trống khi không báo"},
    {"Finding", DataType::string, "", kAny,
     "full (packets of the interface's size pass), told (larger ones are refused as they should be), black "
     "hole (larger ones vanish without a word: connections stall), no answer",
     "agent/probes/mtu.hpp", "Kết luận",
     "full: gói lớn nhất đi qua được; told: gói lớn bị từ chối có báo; black hole: gói lớn mất không báo, "
     "kết "
     "nối sẽ treo; no answer: không có trả lời"},
    {"Reason", DataType::string, "", kAny, "Why there is no answer; null when there is one",
     "the system's error", "Lý do", "Vì sao không có trả lời; trống khi có"},
};

constexpr MetricDeclaration kCaptivePortal[] = {
    {"Finding", DataType::string, "", kAny,
     "clear (the answer is the expected one), portal (another page or a redirection in its place), "
     "unexpected "
     "(the server has an error), no answer",
     "RFC 8952, RFC 6585 section 6", "Kết luận",
     "clear: trả lời đúng như mong đợi; portal: bị chuyển đến trang khác (trang đăng nhập mạng); unexpected: "
     "máy "
     "chủ báo lỗi; no answer: không có trả lời"},
    {"HTTP Status",
     DataType::uint16,
     "",
     {100, 599},
     "Status code of the answer",
     "RFC 9110 section 15",
     "Mã HTTP",
     "Mã trạng thái của trả lời"},
    {"Sent To", DataType::string, "", kAny, "Host to which the answer sends the reader",
     "RFC 9110 section 10.2.2", "Chuyển đến", "Máy mà trả lời chuyển người đọc đến"},
    {"Reason", DataType::string, "", kAny, "Why there is no answer, or what is odd about it; null when clear",
     "the system's error", "Lý do", "Vì sao không có trả lời, hoặc lạ ở chỗ nào; trống khi clear"},
};

constexpr MetricDeclaration kPublicAddress[] = {
    {"Address", DataType::string, "", kAny, "Address from which the office is seen outside",
     "[probe.address] url", "Địa chỉ công khai", "Địa chỉ mà bên ngoài thấy của cơ quan"},
    {"Reason", DataType::string, "", kAny, "Why it is not known; null when it is", "the system's error",
     "Lý do", "Vì sao không biết; trống khi biết"},
};

// Words are ModemManager's own, as mmcli prints them. Nothing that tells who holds the SIM is among them.
constexpr MetricDeclaration kCellular[] = {
    {"Modems",
     DataType::uint8,
     "",
     {0, 255},
     "Modems that ModemManager sees; the rest is of the one furthest on",
     "ModemManager GetManagedObjects",
     "Số modem",
     "Số modem mà ModemManager thấy; phần còn lại là của modem tiến xa nhất"},
    {"State", DataType::string, "", kAny, "How far the modem is: failed, locked, searching, registered, ...",
     "ModemManager Modem.State", "Trạng thái modem",
     "Modem đang ở bước nào: failed, locked, searching, registered, ..."},
    {"Failure", DataType::string, "", kAny, "Why it failed; null when it did not",
     "ModemManager Modem.StateFailedReason", "Lỗi modem", "Vì sao modem hỏng; trống khi không hỏng"},
    {"SIM", DataType::string, "", kAny,
     "present, missing, unreadable, or unknown until it has been looked for",
     "ModemManager Modem.Sim, Modem.StateFailedReason", "SIM",
     "present có, missing không có, unreadable không đọc được, unknown khi chưa tìm"},
    {"Lock", DataType::string, "", kAny, "What has to be unlocked: none, sim-pin, sim-puk, ...",
     "ModemManager Modem.UnlockRequired", "Khóa", "Cần mở khóa gì: none, sim-pin, sim-puk, ..."},
    {"Registration", DataType::string, "", kAny, "home, roaming, searching, denied, ...",
     "ModemManager Modem3gpp.RegistrationState", "Đăng ký mạng",
     "home mạng nhà, roaming chuyển vùng, searching đang tìm, denied bị từ chối, ..."},
    {"Operator Code", DataType::string, "", kAny, "MCC and MNC of the network",
     "ModemManager Modem3gpp.OperatorCode", "Mã nhà mạng", "MCC và MNC của mạng"},
    {"Operator", DataType::string, "", kAny, "Name of the network", "ModemManager Modem3gpp.OperatorName",
     "Nhà mạng", "Tên của mạng"},
    {"Technology", DataType::string, "", kAny, "What it is registered with: lte, 5gnr, umts, ...",
     "ModemManager Modem.AccessTechnologies", "Công nghệ",
     "Đăng ký bằng công nghệ nào: lte, 5gnr, umts, ..."},
    {"Signal Quality", DataType::uint8, "%", kPercent, "The modem's own measure, for people",
     "ModemManager Modem.SignalQuality", "Chất lượng sóng", "Thước đo của chính modem, cho người đọc",
     within(20)},
    {"RSRP",
     DataType::float32,
     "dBm",
     {-156, -31},
     "Power of the reference signal (4G, 5G)",
     "3GPP TS 36.214 section 5.1.1, TS 38.215 section 5.1.1; ModemManager Modem.Signal",
     "RSRP",
     "Công suất tín hiệu tham chiếu (4G, 5G)",
     within(6)},
    {"RSRQ",
     DataType::float32,
     "dB",
     {-43, 20},
     "Quality of the reference signal (4G, 5G)",
     "3GPP TS 36.214 section 5.1.3, TS 38.215 section 5.1.3; ModemManager Modem.Signal",
     "RSRQ",
     "Chất lượng tín hiệu tham chiếu (4G, 5G)",
     within(4)},
    {"SNR",
     DataType::float32,
     "dB",
     {-30, 50},
     "Signal over noise and interference (SINR)",
     "3GPP TS 38.215 section 5.1.5; ModemManager Modem.Signal",
     "SNR",
     "Tín hiệu trên nhiễu và can nhiễu (SINR)",
     within(6)},
    {"RSSI",
     DataType::float32,
     "dBm",
     {-150, 0},
     "All that the receiver gets, noise included",
     "3GPP TS 36.214 section 5.1.4; ModemManager Modem.Signal",
     "RSSI",
     "Toàn bộ công suất thu được, kể cả nhiễu",
     within(6)},
    {"Fault", DataType::string, "", kAny,
     "no SIM, SIM locked, registration denied; or it hangs: modem failed, no registration, modem gone, no "
     "answer",
     "agent/modem_health.hpp", "Sự cố modem",
     "Không có SIM, SIM bị khóa, bị từ chối đăng ký; hoặc modem treo: hỏng, không đăng ký, biến mất, không "
     "trả lời"},
    {"Default Route", DataType::boolean, "", kAny,
     "The default route leads through it, or while there is none: the last one did; null when there was none "
     "yet",
     "/proc/net/route, ModemManager Modem.Ports", "Tuyến mặc định",
     "Tuyến mặc định (hoặc tuyến gần nhất nếu đang mất) đi qua modem"},
    {"Model", DataType::string, "", kAny, "The modem; said once each time it is found",
     "ModemManager Modem.Model", "Kiểu modem", "Kiểu modem; nói một lần mỗi khi tìm thấy", kNever},
    {"Revision", DataType::string, "", kAny, "Its firmware; said once each time it is found",
     "ModemManager Modem.Revision", "Phần mềm modem",
     "Phiên bản phần mềm của modem; nói một lần mỗi khi tìm thấy", kNever},
    {"Reason", DataType::string, "", kAny, "Why nothing is known of a modem; null when something is", "D-Bus",
     "Lý do", "Vì sao không biết gì về modem; trống khi biết"},
};

constexpr MetricDeclaration kModemReset[] = {
    {"Event", DataType::string, "", kAny,
     "begin; done or failed, when the method has ended; recovered or not recovered, when that is known",
     "agent/modem_reset.hpp", "Bước",
     "begin bắt đầu; done hoặc failed khi cách khởi động lại kết thúc; recovered hay not recovered khi đã "
     "biết kết quả"},
    {"Cause", DataType::string, "", kAny, "The fault for which it is reset, as in Cellular/Fault",
     "agent/modem_health.hpp", "Nguyên nhân", "Sự cố khiến modem bị khởi động lại, như ở Cellular/Fault"},
    {"Method", DataType::string, "", kAny, "command or usb",
     "[probe.cellular] reset_command, reset_usb_device", "Cách làm", "command (lệnh) hoặc usb"},
    {"Number", DataType::uint32, "", kCount, "Which reset in a row it is, from 1", "agent/reset_plan.hpp",
     "Lần thứ", "Lần khởi động lại thứ mấy liên tiếp, từ 1"},
    {"Result", DataType::string, "", kAny, "Why the method failed, or the fault that is left; null when none",
     "the method, or ModemManager", "Kết quả", "Vì sao không được, hoặc sự cố còn lại; trống khi không còn"},
    {"Duration", DataType::uint64, "ms", kCount, "Time since the reset began", "CLOCK_BOOTTIME", "Thời gian",
     "Thời gian từ khi bắt đầu khởi động lại"},
};

constexpr MetricDeclaration kWifi[] = {
    {"Signal",
     DataType::float32,
     "dBm",
     {-120, 0},
     "Level of the access point; null when not connected",
     "/proc/net/wireless level",
     "Mức sóng",
     "Mức sóng của điểm truy cập; trống khi không kết nối",
     within(6)},
    {"Quality",
     DataType::uint8,
     "",
     {0, 100},
     "On the driver's scale: of most, 70 is the best",
     "/proc/net/wireless link",
     "Chất lượng sóng",
     "Theo thang của trình điều khiển: với phần lớn, 70 là tốt nhất",
     within(10)},
};

constexpr MetricDeclaration kAccess[] = {
    {"Interface", DataType::string, "", kAny, "Where the best default route leaves; null without one",
     "/proc/net/route, /proc/net/ipv6_route", "Cổng",
     "Tuyến mặc định tốt nhất đi ra cổng nào; trống khi không có"},
    {"Technology", DataType::string, "", kAny,
     "fibre, ethernet, tslcd, wifi, 5g, 4g, 3g, 2g, mobile, vsat or leo; null when nobody knows",
     "/sys/class/net, ModemManager Modem.AccessTechnologies, or the configuration", "Công nghệ truy nhập",
     "fibre, ethernet, tslcd, wifi, 5g, 4g, 3g, 2g, mobile, vsat hoặc leo; trống khi không ai biết"},
    {"Known By", DataType::string, "", kAny, "How it is known: detected, configured or unknown",
     "[probe.access] technologies", "Biết bằng cách nào",
     "detected tự tìm, configured theo cấu hình, hoặc unknown không biết"},
};

constexpr MetricDeclaration kThroughput[] = {
    {"Download", DataType::uint64, "bit/s", kCount,
     "Rate at which bytes of one TCP stream arrived from the gateway, without its slow start",
     "sparkplug/throughput_meter.hpp", "Tốc độ tải về",
     "Tốc độ nhận dữ liệu của một luồng TCP từ máy chủ tỉnh, không tính lúc khởi động chậm"},
    {"Upload", DataType::uint64, "bit/s", kCount, "Rate at which the gateway had bytes of one TCP stream",
     "sparkplug/throughput_meter.hpp, at the gateway", "Tốc độ tải lên",
     "Tốc độ máy chủ tỉnh nhận được dữ liệu của một luồng TCP"},
    {"Download Time", DataType::uint32, "ms", kCount, "From the first to the last bytes that came",
     "CLOCK_MONOTONIC", "Thời gian tải về", "Từ lúc nhận những byte đầu đến những byte cuối"},
    {"Upload Time", DataType::uint32, "ms", kCount, "From the first to the last bytes at the gateway",
     "CLOCK_MONOTONIC of the gateway", "Thời gian tải lên", "Từ byte đầu đến byte cuối tại máy chủ tỉnh"},
    {"RTT min", DataType::uint32, "us", kMicroseconds, "Least round trip to the gateway during the test",
     "TCP_INFO tcpi_min_rtt", "Khứ hồi ít nhất", "Thời gian khứ hồi nhỏ nhất tới máy chủ tỉnh khi đo"},
    {"RTT loaded", DataType::uint32, "us", kMicroseconds,
     "Round trip while the upload filled the link: far above RTT min, a queue on the way is too long",
     "TCP_INFO tcpi_rtt", "Khứ hồi khi tải",
     "Thời gian khứ hồi khi đường truyền đầy; lớn hơn nhiều so với lúc rỗi nghĩa là hàng đợi quá dài"},
    {"Retransmits", DataType::uint32, "", kCount, "Segments of the upload that were sent again",
     "TCP_INFO tcpi_total_retrans", "Gửi lại", "Số đoạn phải gửi lại khi tải lên"},
    {"Wire Bytes", DataType::uint64, "By", kCount,
     "What the test cost, both ways, with headers of TCP and IP", "TCP_INFO", "Dung lượng đã dùng",
     "Dung lượng lần đo đã dùng, cả hai chiều, kể cả phần đầu gói"},
    {"Metered", DataType::boolean, "", kAny, "It was counted against the budget of metered links",
     "[probe.throughput] metered_technologies", "Trả theo dung lượng",
     "Được tính vào hạn mức của đường truyền trả theo dung lượng"},
    {"Failure", DataType::string, "", kAny,
     "name, proxy, connect, tls, busy, refused, download or upload; null when both ways were measured",
     "the probe", "Lỗi",
     "name, proxy, connect, tls, busy, refused, download hoặc upload; trống khi đo được cả hai chiều"},
    {"Reason", DataType::string, "", kAny, "Why it failed, with the way", "the probe", "Lý do",
     "Vì sao không đo được, kèm chiều đo"},
};

constexpr MetricDeclaration kBoard[] = {
    {"Uptime", DataType::uint32, "s", kCount, "Time since the board started", "/proc/uptime",
     "Thời gian chạy", "Thời gian từ khi máy khởi động", kNever},
    {"Load 1m", DataType::float32, "", kCount, "Tasks running or waiting, mean over one minute",
     "/proc/loadavg", "Tải 1 phút", "Số tác vụ đang chạy hoặc đang chờ, trung bình một phút", within(2)},
    {"Memory Available", DataType::uint64, "By", kCount, "Memory that programs can still have",
     "/proc/meminfo MemAvailable", "Bộ nhớ còn", "Bộ nhớ mà chương trình còn dùng được", within(0, 25)},
    {"Memory Total", DataType::uint64, "By", kCount, "Memory of the board", "/proc/meminfo MemTotal",
     "Bộ nhớ tổng", "Bộ nhớ của máy"},
    {"Disk Available", DataType::uint64, "By", kCount, "Space left where the records are kept", "statvfs(3)",
     "Đĩa còn", "Chỗ trống còn lại ở nơi giữ bản ghi", within(0, 5)},
    {"Disk Total", DataType::uint64, "By", kCount, "Size of the file system where the records are kept",
     "statvfs(3)", "Đĩa tổng", "Dung lượng hệ thống tệp giữ bản ghi"},
    {"Temperature",
     DataType::float32,
     "Cel",
     {-40, 150},
     "Hottest thermal zone; null without a sensor",
     "/sys/class/thermal/thermal_zone*/temp",
     "Nhiệt độ",
     "Vùng nhiệt nóng nhất; trống khi không có cảm biến",
     within(5)},
    {"Boot Id", DataType::string, "", kAny,
     "Boot the values belong to; said once for each start of the program", "/proc/sys/kernel/random/boot_id",
     "Mã lần khởi động", "Lần khởi động mà các giá trị thuộc về; nói một lần mỗi khi chương trình bắt đầu",
     kNever},
};

constexpr MetricDeclaration kPower[] = {
    {"Mains", DataType::boolean, "", kAny, "Some supply from outside the board is online",
     "/sys/class/power_supply/*/online", "Điện lưới", "Có nguồn điện từ bên ngoài"},
    {"Charge", DataType::uint8, "%", kPercent, "Charge of the battery or UPS that has the least",
     "/sys/class/power_supply/*/capacity", "Mức pin", "Mức của pin hoặc UPS yếu nhất", within(5)},
    {"Battery", DataType::string, "", kAny, "State of that battery in the kernel's words: Charging, ...",
     "/sys/class/power_supply/*/status", "Trạng thái pin",
     "Trạng thái của pin đó theo lời của nhân: Charging, ..."},
    {"Runtime", DataType::uint32, "s", kCount, "Time until that battery is empty, as it says itself",
     "/sys/class/power_supply/*/time_to_empty_now", "Thời gian pin còn",
     "Thời gian đến khi pin đó cạn, theo chính nó", within(300, 25)},
    {"Voltage", DataType::float32, "V", kCount, "Voltage across that battery",
     "/sys/class/power_supply/*/voltage_now", "Điện áp pin", "Điện áp của pin đó", within(0, 2)},
    {"Under Voltage", DataType::boolean, "", kAny, "The board gets too little voltage now",
     "Raspberry Pi firmware get_throttled bit 0, or hwmon rpi_volt", "Điện áp thấp",
     "Máy đang nhận điện áp quá thấp"},
    {"Under Voltage Since Boot", DataType::boolean, "", kAny,
     "It got too little at some time since it started", "Raspberry Pi firmware get_throttled bits 0 and 16",
     "Đã từng điện áp thấp", "Máy đã có lúc nhận điện áp quá thấp từ khi khởi động"},
    {"Throttled", DataType::boolean, "", kAny, "It runs slower now, for want of power or for heat",
     "Raspberry Pi firmware get_throttled bits 1 to 3", "Bị giảm tốc",
     "Máy đang chạy chậm lại vì thiếu điện hoặc quá nóng"},
};

constexpr MetricDeclaration kStorage[] = {
    {"Device", DataType::string, "", kAny,
     "Disk that keeps the records; null where it has no disk of its own", "/sys/dev/block",
     "Thiết bị lưu trữ", "Đĩa giữ bản ghi; trống khi không có đĩa riêng"},
    {"Life Used",
     DataType::uint8,
     "%",
     {0, 110},
     "Life that the card has used by its own count, in steps of ten; 110 is past its end",
     "JESD84-B51 EXT_CSD 268, 269: /sys/block/*/device/life_time",
     "Tuổi thọ đã dùng",
     "Phần tuổi thọ thẻ đã dùng theo chính nó, từng bậc mười; 110 là đã quá hạn"},
    {"Pre EOL",
     DataType::uint8,
     "",
     {1, 3},
     "Reserved blocks: 1 fine, 2 most are used, 3 replace the card now",
     "JESD84-B51 EXT_CSD 267: /sys/block/*/device/pre_eol_info",
     "Sắp hết tuổi thọ",
     "Khối dự trữ: 1 tốt, 2 đã dùng phần lớn, 3 cần thay thẻ ngay"},
    {"Errors", DataType::uint64, "", kCount, "Errors that ext4 found since the file system was checked",
     "/sys/fs/ext4/*/errors_count", "Lỗi hệ thống tệp", "Số lỗi ext4 tìm thấy từ lần kiểm tra hệ thống tệp"},
    {"Read Only", DataType::boolean, "", kAny, "The file system takes no writes", "statvfs(3)", "Chỉ đọc",
     "Hệ thống tệp không nhận ghi"},
};

// DateTime cannot be null in the middle of other values to some hosts' libraries, and cannot lie before 1970:
// offsets are Int64.
constexpr MetricDeclaration kBootClock[] = {
    {"Boot", DataType::string, "", kAny, "Boot that the statement is about",
     "/proc/sys/kernel/random/boot_id", "Lần khởi động", "Lần khởi động mà lời khai nói đến"},
    {"At", DataType::uint64, "ms", kCount, "Time since that boot at which the bounds hold", "CLOCK_BOOTTIME",
     "Tại", "Thời gian từ lần khởi động đó, khi các giới hạn có hiệu lực"},
    {"Offset", DataType::int64, "ms", kAny, "True time minus time since boot, as best known",
     "adjtimex(2) and CLOCK_REALTIME, or the gateway's time", "Độ lệch",
     "Giờ thật trừ thời gian từ khi khởi động, theo hiểu biết tốt nhất"},
    {"Earliest", DataType::int64, "ms", kAny, "Least offset that can be true",
     "adjtimex(2), round trip to the gateway, or the last good time before", "Sớm nhất",
     "Độ lệch nhỏ nhất có thể đúng"},
    {"Latest", DataType::int64, "ms", kAny, "Greatest offset that can be true; null when there is none yet",
     "adjtimex(2), round trip to the gateway, or the boots that followed", "Muộn nhất",
     "Độ lệch lớn nhất có thể đúng; trống khi chưa có"},
    {"Quality",
     DataType::uint8,
     "",
     {0, 2},
     "2 by the kernel's synchronised clock, 1 by the gateway's time, 0 by what came before and after alone",
     "adjtimex(2)",
     "Chất lượng giờ",
     "2 theo đồng hồ đã đồng bộ của nhân, 1 theo giờ của máy chủ tỉnh, 0 chỉ theo trước và sau"},
};

constexpr MetricDeclaration kBoot[] = {
    {"Of", DataType::string, "", kAny, "What was started: board, or program (in the same boot)", "boot id",
     "Cái gì khởi động", "board: cả máy; program: chỉ chương trình"},
    {"Reason", DataType::string, "", kAny,
     "Of the board: power loss, shutdown, watchdog, kernel panic, not known. Of the program: request, crash. "
     "first start: nothing is known of a time before",
     "the outbox, wtmp, /sys/class/watchdog, pstore", "Lý do",
     "Máy: mất điện, tắt máy, watchdog, kernel panic, không rõ; chương trình: theo yêu cầu, hỏng; hoặc lần "
     "đầu"},
    {"Boot", DataType::string, "", kAny, "Boot in which it was started", "/proc/sys/kernel/random/boot_id",
     "Lần khởi động", "Mã lần khởi động này"},
    {"At", DataType::uint64, "ms", kCount, "Time since that boot of the program's start", "CLOCK_BOOTTIME",
     "Lúc", "Thời gian từ khi máy khởi động đến khi chương trình chạy"},
    {"Before Boot", DataType::string, "", kAny, "Boot of the last sign of life before", "outbox",
     "Lần khởi động trước", "Mã lần khởi động có dấu hiệu hoạt động cuối cùng trước đó"},
    {"Before Last", DataType::uint64, "ms", kCount, "Time since that boot of the last sign of life",
     "newest record in the outbox", "Dấu hiệu cuối", "Thời điểm của dấu hiệu hoạt động cuối cùng"},
    {"Off", DataType::uint64, "s", kCount,
     "From the last sign of life to the start of the board or program; null when the time is not known",
     "CLOCK_BOOTTIME and Boot Clock", "Thời gian tắt",
     "Từ dấu hiệu cuối cùng đến khi khởi động; trống khi không biết giờ"},
    {"Evidence", DataType::string, "", kAny, "What the reason rests on", "as Reason", "Bằng chứng",
     "Lý do dựa vào đâu"},
};

constexpr MetricDeclaration kOutboxEvent[] = {
    {"Old Epoch", DataType::string, "", kAny, "Epoch of the outbox that was damaged", "outbox",
     "Kỷ nguyên cũ", "Kỷ nguyên của bộ đệm bị hỏng"},
    {"New Epoch", DataType::string, "", kAny, "Epoch of the one that it was salvaged into", "outbox",
     "Kỷ nguyên mới", "Kỷ nguyên của bộ đệm cứu được"},
    {"Reason", DataType::string, "", kAny, "What was wrong with it", "SQLite, or the outbox's own checks",
     "Lý do", "Bộ đệm hỏng ở chỗ nào"},
    {"Kept As", DataType::string, "", kAny, "Name of the damaged file on the board", "outbox", "Giữ lại là",
     "Tên tệp hỏng trên máy"},
    {"Events Salvaged", DataType::uint64, "", kCount, "Rows of lane 0 that could be read", "outbox",
     "Sự kiện cứu được", "Số dòng của làn 0 còn đọc được"},
    {"Measurements Salvaged", DataType::uint64, "", kCount, "Rows of lane 1 that could be read", "outbox",
     "Số đo cứu được", "Số dòng của làn 1 còn đọc được"},
    {"Events Lost", DataType::uint64, "", kCount, "Rows of lane 0 known to be missing", "outbox",
     "Sự kiện bị mất", "Số dòng của làn 0 biết là thiếu"},
    {"Measurements Lost", DataType::uint64, "", kCount, "Rows of lane 1 known to be missing", "outbox",
     "Số đo bị mất", "Số dòng của làn 1 biết là thiếu"},
};

// Times are since a boot, as in the records' own stamps: Boot Clock says when that was.
constexpr MetricDeclaration kOutage[] = {
    {"Outage", DataType::string, "", kAny, "Id of the outage, the same in all its events", "ladder",
     "Mã sự cố", "Mã của sự cố, giống nhau trong mọi sự kiện của nó"},
    {"Event", DataType::string, "", kAny, "begin; cause: goes on with another cause; end", "ladder",
     "Sự kiện", "begin: bắt đầu; cause: tiếp diễn với nguyên nhân khác; end: kết thúc"},
    {"Cause", DataType::string, "", kAny,
     "Lowest rung that is missing: power, board, modem, link, first hop, internet, dns, services, gateway",
     "ladder", "Nguyên nhân", "Bậc thấp nhất bị mất"},
    {"Subject", DataType::string, "", kAny,
     "Which service; mains while the board runs on its battery; else null", "ladder", "Đối tượng",
     "Dịch vụ nào; mains khi máy chạy bằng pin"},
    {"Rung", DataType::string, "", kAny, "Highest rung below the cause that held", "ladder", "Bậc còn giữ",
     "Bậc cao nhất dưới nguyên nhân còn hoạt động"},
    {"Begin Boot", DataType::string, "", kAny, "Boot in which the outage began",
     "/proc/sys/kernel/random/boot_id", "Lần khởi động lúc bắt đầu", "Sự cố bắt đầu trong lần khởi động nào"},
    {"Begin", DataType::uint64, "ms", kCount, "Time since that boot of the first reading that failed",
     "CLOCK_BOOTTIME", "Bắt đầu", "Thời điểm của lần đo hỏng đầu tiên"},
    {"Boot", DataType::string, "", kAny, "Boot of this event", "/proc/sys/kernel/random/boot_id",
     "Lần khởi động", "Sự kiện thuộc lần khởi động nào"},
    {"At", DataType::uint64, "ms", kCount,
     "Time since that boot of the first reading that was so: the change came no later", "CLOCK_BOOTTIME",
     "Lúc", "Thời điểm của lần đo đầu tiên như vậy: thay đổi không muộn hơn"},
    {"At Earliest", DataType::uint64, "ms", kCount,
     "Time since that boot of the last reading that was not: the change came no earlier", "CLOCK_BOOTTIME",
     "Sớm nhất", "Thời điểm của lần đo cuối cùng chưa như vậy: thay đổi không sớm hơn"},
    {"Seconds", DataType::uint64, "s", kCount,
     "From the begin to this event; null when the time between two boots is not known", "CLOCK_BOOTTIME",
     "Kéo dài", "Từ lúc bắt đầu đến sự kiện này; trống khi không biết"},
    {"Readings", DataType::uint32, "", kCount,
     "Equal readings in a row that decided; 0 where the event follows from something else", "ladder",
     "Số lần đo", "Số lần đo giống nhau liên tiếp đã quyết định; 0 khi suy ra từ việc khác"},
    {"Evidence", DataType::string, "", kAny, "The probes that say so, with their reasons", "probes",
     "Bằng chứng", "Phép đo nào cho thấy, và lý do"},
};

constexpr MetricDeclaration kDossier[] = {
    {"Code", DataType::string, "", kAny, "Dossier code (MaHoSo), or its keyed hash", "dossier source",
     "Mã hồ sơ", "Mã hồ sơ (MaHoSo), hoặc mã băm có khóa của nó"},
    {"Procedure", DataType::string, "", kAny, "Code of the administrative procedure (MaTTHC)",
     "dossier source", "Thủ tục", "Mã thủ tục hành chính (MaTTHC)"},
    {"Agency", DataType::string, "", kAny, "Identifier of the agency that handles it", "dossier source",
     "Cơ quan", "Mã định danh đơn vị xử lý"},
    {"State",
     DataType::uint8,
     "",
     {1, 10},
     "State as reported to the national portal (TrangThaiHoSo)",
     "dossier source, mapped",
     "Trạng thái",
     "Trạng thái báo lên Cổng Dịch vụ công quốc gia (TrangThaiHoSo)"},
    {"State Raw", DataType::string, "", kAny, "State as the local system words it", "dossier source",
     "Trạng thái gốc", "Trạng thái theo lời của hệ thống một cửa"},
    {"State At", DataType::date_time, "", kDossierDate, "When the dossier came into this state",
     "dossier source", "Thời điểm trạng thái", "Khi hồ sơ chuyển sang trạng thái này"},
    {"Submitted", DataType::date_time, "", kDossierDate, "NgayNopHoSo", "dossier source", "Ngày nộp",
     "NgayNopHoSo"},
    {"Received", DataType::date_time, "", kDossierDate, "NgayTiepNhan", "dossier source", "Ngày tiếp nhận",
     "NgayTiepNhan"},
    {"Due", DataType::date_time, "", kDossierDate, "NgayHenTra", "dossier source", "Ngày hẹn trả",
     "NgayHenTra"},
    {"Finished", DataType::date_time, "", kDossierDate, "NgayKetThucXuLy", "dossier source",
     "Ngày kết thúc xử lý", "NgayKetThucXuLy"},
    {"Returned", DataType::date_time, "", kDossierDate, "NgayTra", "dossier source", "Ngày trả", "NgayTra"},
    {"Channel",
     DataType::uint8,
     "",
     {1, 3},
     "KenhThucHien: 1 direct, 2 online, 3 by post",
     "dossier source",
     "Kênh",
     "KenhThucHien: 1 trực tiếp, 2 trực tuyến, 3 bưu chính"},
    {"Level", DataType::string, "", kAny, "Level of the online service (MucDo)", "dossier source", "Mức độ",
     "Mức độ dịch vụ công trực tuyến (MucDo)"},
    {"Online Payment",
     DataType::uint8,
     "",
     {0, 2},
     "DuocThanhToanTrucTuyen: 0 no, 1 national portal, 2 ministry or province",
     "dossier source",
     "Thanh toán trực tuyến",
     "DuocThanhToanTrucTuyen: 0 không, 1 Cổng quốc gia, 2 bộ hoặc tỉnh"},
    {"Fee", DataType::boolean, "", kAny, "The dossier bears a fee", "dossier source", "Có phí",
     "Hồ sơ có phí, lệ phí"},
    {"Digitised", DataType::boolean, "", kAny, "HoSoCoThanhPhanSoHoa: has digitised components",
     "dossier source", "Số hóa", "HoSoCoThanhPhanSoHoa: có thành phần số hóa"},
    {"Supplement Requests",
     DataType::uint8,
     "",
     {0, 255},
     "How often the citizen was asked for more papers",
     "dossier source",
     "Số lần yêu cầu bổ sung",
     "Số lần công dân bị yêu cầu bổ sung giấy tờ"},
    {"Attachments", DataType::boolean, "", kAny, "TaiLieuNop: the papers handed in are there as files",
     "dossier source", "Tệp giấy tờ", "TaiLieuNop: giấy tờ nộp có tệp đính kèm"},
    {"Result File", DataType::boolean, "", kAny, "DuongDanTepTinKetQua: there is a link to the result's file",
     "dossier source", "Tệp kết quả", "DuongDanTepTinKetQua: có đường dẫn tệp tin kết quả"},
};

// Counts of a table that somebody fills in; whoever reports a rate has its denominator beside it.
constexpr std::string_view kTable = "indicator table";

constexpr MetricDeclaration kSatisfaction[] = {
    {"Commune", DataType::string, "", kAny, "GSO code of the commune, as of the period", kTable, "Mã xã",
     "Mã xã của Tổng cục Thống kê, tại kỳ đó"},
    {"Agency", DataType::string, "", kAny, "The office that was asked about", kTable, "Cơ quan",
     "Cơ quan được hỏi đến"},
    {"Period Start", DataType::date_time, "", kDossierDate, "First moment of the period", kTable, "Đầu kỳ",
     "Thời điểm đầu tiên của kỳ"},
    {"Period End", DataType::date_time, "", kDossierDate, "Last day of the period, at its first moment",
     kTable, "Cuối kỳ", "Ngày cuối của kỳ, tại thời điểm đầu ngày"},
    {"Channel", DataType::string, "", kAny, "How it was asked: kiosk, portal, paper, telephone", kTable,
     "Kênh", "Hỏi bằng cách nào: ki-ốt, cổng, giấy, điện thoại"},
    {"Asked", DataType::uint32, "", kCount, "People who were asked; null when it was not counted", kTable,
     "Số được hỏi", "Số người được hỏi; trống khi không đếm"},
    {"Answers", DataType::uint32, "", kCount, "Answers; the denominator of Satisfied", kTable, "Số trả lời",
     "Số phiếu trả lời; mẫu số của Số hài lòng"},
    {"Satisfied", DataType::uint32, "", kCount, "Answers that count as satisfied", kTable, "Số hài lòng",
     "Số phiếu được tính là hài lòng"},
    {"Grade 1", DataType::uint32, "", kCount, "Answers of the lowest grade", kTable, "Mức 1",
     "Số phiếu ở mức thấp nhất"},
    {"Grade 2", DataType::uint32, "", kCount, "Answers of the second grade", kTable, "Mức 2",
     "Số phiếu ở mức thứ hai"},
    {"Grade 3", DataType::uint32, "", kCount, "Answers of the middle grade", kTable, "Mức 3",
     "Số phiếu ở mức giữa"},
    {"Grade 4", DataType::uint32, "", kCount, "Answers of the fourth grade", kTable, "Mức 4",
     "Số phiếu ở mức thứ tư"},
    {"Grade 5", DataType::uint32, "", kCount, "Answers of the highest grade", kTable, "Mức 5",
     "Số phiếu ở mức cao nhất"},
};

constexpr MetricDeclaration kTasks[] = {
    {"Code", DataType::string, "", kAny, "The task's or programme's code in the register", kTable,
     "Mã nhiệm vụ", "Mã nhiệm vụ hoặc chương trình trong sổ theo dõi"},
    {"Programme", DataType::string, "", kAny,
     "What it belongs to: administrative reform, Project 06, digital transformation", kTable, "Chương trình",
     "Thuộc về: cải cách hành chính, Đề án 06, chuyển đổi số"},
    {"Name", DataType::string, "", kAny, "Its name, where the configuration takes it", kTable, "Tên nhiệm vụ",
     "Tên, khi cấu hình cho phép lấy"},
    {"Owner", DataType::string, "", kAny, "The unit that answers for it", kTable, "Đơn vị chủ trì",
     "Đơn vị chịu trách nhiệm"},
    {"As Of", DataType::date_time, "", kDossierDate, "The day that the counts are of", kTable, "Ngày số liệu",
     "Ngày của số liệu"},
    {"Deadline", DataType::date_time, "", kDossierDate, "When it has to be done", kTable, "Hạn",
     "Khi nào phải xong"},
    {"Total", DataType::uint32, "", kCount, "Tasks in all; the denominator of the others", kTable, "Tổng số",
     "Tổng số nhiệm vụ; mẫu số của các số khác"},
    {"Done", DataType::uint32, "", kCount, "Tasks that are done", kTable, "Hoàn thành",
     "Số nhiệm vụ đã xong"},
    {"On Time", DataType::uint32, "", kCount, "Tasks done by their deadline", kTable, "Đúng hạn",
     "Số nhiệm vụ xong trong hạn"},
    {"Late", DataType::uint32, "", kCount, "Tasks past their deadline, done or not", kTable, "Quá hạn",
     "Số nhiệm vụ quá hạn, đã xong hay chưa"},
};

constexpr MetricDeclaration kVillages[] = {
    {"Commune", DataType::string, "", kAny, "GSO code of the commune in its Code List", kTable, "Mã xã",
     "Mã xã của Tổng cục Thống kê theo danh mục"},
    {"Code List", DataType::string, "", kAny, "Version of the list of codes: codes are used again", kTable,
     "Danh mục mã", "Phiên bản danh mục: mã có thể được dùng lại"},
    {"As Of", DataType::date_time, "", kDossierDate, "The day of the survey or declaration", kTable,
     "Ngày số liệu", "Ngày khảo sát hoặc kê khai"},
    {"Villages", DataType::uint32, "", kCount, "Villages (thon) of the commune; the denominator", kTable,
     "Số thôn", "Số thôn, bản của xã; mẫu số"},
    {"No Signal", DataType::uint32, "", kCount, "Villages without mobile signal (trang song)", kTable,
     "Trắng sóng", "Số thôn không có sóng di động"},
    {"Gaps", DataType::uint32, "", kCount, "Covered villages with hamlets that are not (lom song)", kTable,
     "Lõm sóng", "Số thôn có sóng nhưng còn cụm dân cư không có"},
    {"No Power", DataType::uint32, "", kCount, "Villages without power from the grid", kTable, "Chưa có điện",
     "Số thôn chưa có điện lưới"},
    {"Source", DataType::string, "", kAny, "Who says so: a survey, a decision, an operator", kTable, "Nguồn",
     "Ai nói: khảo sát, quyết định, nhà mạng"},
};

constexpr RecordDeclaration kRecords[] = {
    {"network", "Link", true, Lane::measurements, kLink, "Cổng mạng"},
    {"network", "Ping", true, Lane::measurements, kPing, "Đo khứ hồi"},
    {"network", "TCP", true, Lane::measurements, kTcp, "Đo kết nối TCP"},
    {"network", "DNS", true, Lane::measurements, kDns, "Phân giải tên miền"},
    {"network", "Reach", true, Lane::measurements, kReach, "Dịch vụ"},
    {"network", "Path", false, Lane::measurements, kPath, "Đường đi"},
    {"network", "MTU", false, Lane::measurements, kMtu, "Cỡ gói"},
    {"network", "Captive Portal", false, Lane::measurements, kCaptivePortal, "Trang đăng nhập mạng"},
    {"network", "Public Address", false, Lane::measurements, kPublicAddress, "Địa chỉ công khai"},
    {"network", "Wi-Fi", true, Lane::measurements, kWifi, "Sóng Wi-Fi"},
    {"network", "Access", false, Lane::measurements, kAccess, "Đường truyền"},
    {"network", "Throughput", false, Lane::measurements, kThroughput, "Tốc độ đường truyền"},
    {"network", "Cellular", false, Lane::measurements, kCellular, "Mạng di động"},
    {"network", "Modem Reset", false, Lane::events, kModemReset, "Khởi động lại modem"},
    {"network", "Outage", false, Lane::events, kOutage, "Sự cố"},
    {"board", "Board", false, Lane::measurements, kBoard, "Máy"},
    {"board", "Power", false, Lane::measurements, kPower, "Nguồn điện"},
    {"board", "Storage", false, Lane::measurements, kStorage, "Lưu trữ"},
    {"board", "Boot", false, Lane::events, kBoot, "Lần khởi động"},
    {"board", "Boot Clock", false, Lane::events, kBootClock, "Giờ của lần khởi động"},
    {"board", "Outbox Event", false, Lane::events, kOutboxEvent, "Sự cố bộ đệm"},
    {"dossiers", "Dossier", false, Lane::events, kDossier, "Hồ sơ"},
    {"indicators", "Satisfaction", false, Lane::events, kSatisfaction, "Hài lòng"},
    {"indicators", "Tasks", false, Lane::events, kTasks, "Nhiệm vụ"},
    {"indicators", "Villages", false, Lane::events, kVillages, "Thôn, bản"},
};

Schema schema_of(std::string_view group, std::string_view subject = {}) {
  for (const RecordDeclaration& declaration : kRecords) {
    if (declaration.group != group) continue;
    Schema schema;
    schema.device = declaration.device;
    schema.group = declaration.group;
    if (declaration.has_subject) schema.group += "/" + metric_subject(subject);
    schema.lane = declaration.lane;
    for (const MetricDeclaration& metric : declaration.metrics) {
      schema.columns.push_back(Column{std::string(metric.name), metric.type, std::string(metric.unit)});
    }
    return schema;
  }
  assert(false && "every schema has its line in the table");
  return {};
}

}  // namespace

std::span<const RecordDeclaration> record_declarations() {
  return kRecords;
}

namespace {

struct Declared {
  const RecordDeclaration* record = nullptr;
  const MetricDeclaration* metric = nullptr;
  std::string_view subject;
};

Declared find_in_records(std::string_view device, std::string_view metric) {
  const std::size_t last = metric.rfind('/');
  if (last == std::string_view::npos) return {};
  const std::string_view column = metric.substr(last + 1);
  std::string_view group = metric.substr(0, last);
  const std::size_t first = group.find('/');
  const bool has_subject = first != std::string_view::npos;
  const std::string_view subject = has_subject ? group.substr(first + 1) : std::string_view{};
  group = group.substr(0, first);
  for (const RecordDeclaration& declaration : kRecords) {
    if (declaration.device != device || declaration.group != group) continue;
    if (declaration.has_subject != has_subject) continue;
    for (const MetricDeclaration& found : declaration.metrics) {
      if (found.name == column) return {&declaration, &found, subject};
    }
    if (declaration.lane != Lane::measurements) continue;
    for (const MetricDeclaration* of_all : {&kRuns, &kInterval}) {
      if (of_all->name == column) return {&declaration, of_all, subject};
    }
  }
  return {};
}

}  // namespace

const MetricDeclaration* find_declaration(std::string_view device, std::string_view metric) {
  if (const auto* found = find_in_records(device, metric).metric) return found;
  const auto* of_node = find_node_declaration(device, metric);
  return of_node == nullptr ? nullptr : &of_node->metric;
}

std::string display_name(std::string_view device, std::string_view metric, Language language) {
  if (language == Language::english) return std::string(metric);
  const auto [record, found, subject] = find_in_records(device, metric);
  if (found != nullptr) {
    std::string name(record->name_vi);
    if (!subject.empty()) name.append(" ").append(subject);
    return name.append(": ").append(found->name_vi);
  }
  const auto* of_node = find_node_declaration(device, metric);
  if (of_node == nullptr) return std::string(metric);
  std::string name(of_node->metric.name_vi);
  // What stands for "<...>".
  const auto open = of_node->metric.name.find('<');
  if (open != std::string_view::npos) name.append(" ").append(metric.substr(open));
  return name;
}

std::string metric_subject(std::string_view subject) {
  if (subject.empty()) return "_";
  std::string name(subject);
  for (char& byte : name) {
    const auto code = static_cast<unsigned char>(byte);
    if (byte == '/' || byte == '+' || byte == '#' || code < 0x20 || code == 0x7f) byte = '_';
  }
  if (is_valid_id(name)) return name;
  for (char& byte : name) {
    if (static_cast<unsigned char>(byte) >= 0x80) byte = '_';
  }
  return name;
}

Schema link_schema(std::string_view interface) {
  return schema_of("Link", interface);
}
Schema ping_schema(std::string_view target) {
  return schema_of("Ping", target);
}
Schema tcp_schema(std::string_view anchor) {
  return schema_of("TCP", anchor);
}
Schema dns_schema(std::string_view name) {
  return schema_of("DNS", name);
}
Schema reach_schema(std::string_view service) {
  return schema_of("Reach", service);
}
Schema path_schema() {
  return schema_of("Path");
}
Schema mtu_schema() {
  return schema_of("MTU");
}
Schema captive_portal_schema() {
  return schema_of("Captive Portal");
}
Schema public_address_schema() {
  return schema_of("Public Address");
}
Schema modem_reset_schema() {
  return schema_of("Modem Reset");
}
Schema wifi_schema(std::string_view interface) {
  return schema_of("Wi-Fi", interface);
}
Schema access_schema() {
  return schema_of("Access");
}
Schema throughput_schema() {
  return schema_of("Throughput");
}
Schema cellular_schema() {
  return schema_of("Cellular");
}
Schema board_schema() {
  return schema_of("Board");
}
Schema power_schema() {
  return schema_of("Power");
}
Schema storage_schema() {
  return schema_of("Storage");
}
Schema boot_schema() {
  return schema_of("Boot");
}
Schema boot_clock_schema() {
  return schema_of("Boot Clock");
}
Schema outbox_event_schema() {
  return schema_of("Outbox Event");
}
Schema outage_schema() {
  return schema_of("Outage");
}
Schema dossier_schema() {
  return schema_of("Dossier");
}
Schema satisfaction_schema() {
  return schema_of("Satisfaction");
}
Schema task_schema() {
  return schema_of("Tasks");
}
Schema village_schema() {
  return schema_of("Villages");
}

const MetricDeclaration& runs_declaration() {
  return kRuns;
}

const MetricDeclaration& interval_declaration() {
  return kInterval;
}

Schema with_runs(Schema schema) {
  schema.columns.push_back(Column{std::string(kRuns.name), kRuns.type, std::string(kRuns.unit)});
  return schema;
}

std::optional<std::size_t> column_index(const Schema& schema, std::string_view name) {
  for (std::size_t column = 0; column < schema.columns.size(); ++column) {
    if (schema.columns[column].name == name) return column;
  }
  return std::nullopt;
}

}  // namespace xalink
