#include "agent/reason_words.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>

#include "agent/verdict.hpp"
#include "sparkplug/wording.hpp"

namespace xalink {
namespace {

// Whole texts before patterns, and the more special pattern before the more general one.
constexpr Wording kVietnamese[] = {
    // The system's own.
    {"Connection refused", "bị từ chối kết nối (không có chương trình nào nhận ở cổng đó)"},
    {"Connection reset by peer", "kết nối bị cắt ngang"},
    {"Connection timed out", "không trả lời kịp"},
    {"No route to host", "không có máy nào ở địa chỉ đó"},
    {"Host is unreachable", "không tới được máy đó"},
    {"Network is unreachable", "không có đường đi ra ngoài"},
    {"Network is down", "cổng mạng đang tắt"},
    {"Operation not permitted", "không được phép"},
    {"Permission denied", "không được phép"},
    {"Message too long", "gói tin quá lớn"},
    {"Broken pipe", "kết nối bị cắt ngang"},
    // Pings and ways.
    {"no reply", "không trả lời"},
    {"{} % of packets lost", "mất {} % gói tin"},
    {"no reply any more", "không trả lời nữa"},
    {kSilentButThere, "không trả lời ping, nhưng cổng mạng của nó có trả lời"},
    {kSilentAndGone, "không trả lời, cổng mạng của nó cũng không"},
    {"no answer", "không trả lời"},
    {"no answer in time", "không trả lời kịp"},
    {"gave no answer in time", "không trả lời kịp"},
    {"no time left to send", "không còn thời gian để gửi"},
    {"no default route", "không có tuyến mặc định"},
    {"no carrier", "không có tín hiệu từ đầu dây bên kia"},
    {"no hop answers", "không có chặng nào trả lời"},
    {"no hop answers: {}", "không có chặng nào trả lời: {}"},
    {"no hop answers, but the network card of the first",
     "không có chặng nào trả lời, nhưng cổng mạng của chặng đầu có trả lời"},
    {kNoHopAnswers, "không có trả lời, nhưng cổng mạng của chặng đầu có trả lời"},
    {"the default route through {} has no next hop", "tuyến mặc định qua {} không có chặng kế tiếp"},
    {"hop {} {} answers, nothing beyond: {}", "chặng {} {} trả lời, sau đó không còn gì: {}"},
    {"hop {} {} answers, nothing beyond", "chặng {} {} trả lời, sau đó không còn gì"},
    {"first hop", "thiết bị mạng đầu tiên"},
    {"last mile", "đường dây tới nhà mạng"},
    {"upstream", "phía nhà mạng"},
    {"packets above {} bytes vanish", "gói tin trên {} byte bị mất"},
    {"no ICMP socket: {}", "không mở được socket ICMP: {}"},
    {"unreachable", "không tới được"},
    {"malformed", "trả lời sai dạng"},
    {"timeout", "không trả lời kịp"},
    // Names.
    {"the name does not exist", "không có tên này"},
    {"the name has no {} record", "tên không có bản ghi {}"},
    {"the server answered {}", "máy chủ tên miền trả lời {}"},
    {"no DNS server answered in time", "không máy chủ tên miền nào trả lời kịp"},
    {"wrong address {}; the service is at {} as before", "địa chỉ sai {}; dịch vụ vẫn ở {} như trước"},
    {"before it was at {}, where it is not either", "trước đây ở {}, nay ở đó cũng không có"},
    {"this is an address of the service, as before", "địa chỉ này vẫn là của dịch vụ"},
    {"wrong address {}, one of a private network", "địa chỉ sai {}, thuộc mạng nội bộ"},
    {"NXDOMAIN", "NXDOMAIN: không có tên đó"},
    {"SERVFAIL", "SERVFAIL: máy chủ tên miền không hỏi được"},
    {"REFUSED", "REFUSED: máy chủ tên miền từ chối"},
    // Services and web pages.
    {"closed without an answer", "bị đóng mà không trả lời"},
    {"the answer is not HTTP", "trả lời không phải HTTP"},
    {"the answer broke off", "trả lời bị đứt giữa chừng"},
    {"the answer is no address", "trả lời không phải một địa chỉ"},
    {"another text than the expected one", "nội dung khác với nội dung phải có"},
    {"the network wants a login (status 511)", "mạng đòi đăng nhập (mã 511)"},
    {"the clock of the board may be behind", "có thể đồng hồ của máy đang chậm"},
    {"certificate has expired by the clock of the board, which is wrong: services say another time",
     "chứng thư đã hết hạn theo đồng hồ của máy, mà đồng hồ này sai: các dịch vụ báo giờ khác"},
    {"certificate is not yet valid by the clock of the board, which is wrong: services say another time",
     "chứng thư chưa có hiệu lực theo đồng hồ của máy, mà đồng hồ này sai: các dịch vụ báo giờ khác"},
    {"certificate has expired", "chứng thư đã hết hạn"},
    {"certificate is not yet valid", "chứng thư chưa có hiệu lực"},
    {"self-signed certificate", "chứng thư tự ký"},
    {"self-signed certificate in certificate chain", "chuỗi chứng thư có chứng thư tự ký"},
    {"unable to get local issuer certificate", "không biết nơi cấp chứng thư"},
    {"hostname mismatch", "chứng thư mang tên khác"},
    {"IP address mismatch", "chứng thư mang địa chỉ khác"},
    {"the host name is not one that certificates can hold", "tên máy này không thể có trong chứng thư"},
    {"{}, until now by \"{}\": somebody stands between", "{}, trước nay do \"{}\" cấp: có ai đứng giữa"},
    {"{}; issued by \"{}\"", "{}; do \"{}\" cấp"},
    {"sent to {} (status {})", "bị chuyển tới {} (mã {})"},
    {"status {} in place of {}", "mã {} thay cho {}"},
    {"status {}", "mã trạng thái {}"},
    {"wrong version number (SSL routines)", "bên kia không dùng TLS ở cổng này"},
    {"the proxy wants another user name or password", "proxy đòi tên đăng nhập hoặc mật khẩu khác"},
    {"the proxy does not allow this connection (status {})", "proxy không cho phép kết nối này (mã {})"},
    {"the proxy cannot reach it (status {})", "proxy không tới được nơi đó (mã {})"},
    {"the proxy refuses (status {})", "proxy từ chối (mã {})"},
    {"the proxy's answer is not HTTP", "trả lời của proxy không phải HTTP"},
    {"the proxy's answer cannot be read: {}", "không đọc được trả lời của proxy: {}"},
    {"the proxy sends more than the answer", "proxy gửi nhiều hơn trả lời"},
    {"the proxy hung up", "proxy ngắt kết nối"},
    {"the proxy hung up: {}", "proxy ngắt kết nối: {}"},
    {"the proxy {}: {}", "proxy {}: {}"},
    {"busy", "máy chủ đang bận"},
    // The board's own.
    {"the probe did not end in time", "phép đo không xong kịp"},
    {"the probe failed: {}", "phép đo lỗi: {}"},
    {"there is no such configuration file", "không có tệp cấu hình này"},
    {"on battery", "đang chạy bằng pin"},
    {"on battery, {} %", "đang chạy bằng pin, còn {} %"},
    // Commands.
    {"{} s is out of bounds", "{} giây nằm ngoài giới hạn"},
    {"{} s, as it was commanded once, is out of bounds by now",
     "{} giây từng được yêu cầu, nay nằm ngoài giới hạn"},
    {"{} is no whole number of seconds", "{} không phải một số giây nguyên"},
    {"{} is for no probe of this board", "{} dành cho một phép đo mà máy này không có"},
    {"{} is for a metric that no command changes", "{} dành cho một số đo mà lệnh không đổi được"},
    {"ask for {} to {} s, or 0 for what the configuration says",
     "hãy đặt từ {} đến {} giây, hoặc 0 để theo cấu hình"},
    {"ask for one that the board's birth names an interval of",
     "hãy chọn một phép đo có chu kỳ trong khai báo của máy"},
    {"commands change metrics that end in {}", "lệnh chỉ đổi các số đo có tên tận cùng bằng {}"},
    // Modems.
    {"no SIM", "không có SIM"},
    {"SIM locked", "SIM bị khóa"},
    {"registration denied", "mạng từ chối đăng ký"},
    {"modem failed", "modem hỏng"},
    {"no registration", "chưa đăng ký được vào mạng"},
    {"modem gone", "modem biến mất"},
    {"ModemManager sees no modem", "ModemManager không thấy modem nào"},
    {"ModemManager does not answer", "ModemManager không trả lời"},
    {"there is no ModemManager", "không có ModemManager"},
    {"the system bus does not answer", "D-Bus hệ thống không trả lời"},
    {"there is no system bus at {}", "không có D-Bus hệ thống ở {}"},
    {"ModemManager gives no answer: {}", "ModemManager không trả lời: {}"},
    // The session with the gateway.
    {"online", "trực tuyến"},
    {"about to announce itself", "sắp khai báo"},
    {"not connected yet", "chưa kết nối lần nào"},
    {"the broker answers, the gateway is not there", "máy chủ MQTT trả lời, máy chủ tỉnh vắng mặt"},
    {"the session stands, the gateway does not confirm what it is sent",
     "phiên còn, nhưng máy chủ tỉnh không xác nhận những gì được gửi"},
    {"the connection was lost", "mất kết nối"},
    {"closed", "đã đóng"},
    {"there is no connection to the broker", "không có kết nối tới máy chủ MQTT"},
    {"the broker said goodbye", "máy chủ MQTT đã tạm biệt"},
    {"the broker is shutting down", "máy chủ MQTT đang tắt"},
    {"the broker heard nothing from us for too long", "máy chủ MQTT quá lâu không nghe thấy máy này"},
    {"another client with the same id took over", "một máy khác mang cùng mã đã chiếm phiên"},
    {"a message was larger than the broker allows", "một bản tin lớn hơn mức máy chủ MQTT cho phép"},
    {"the broker ended the connection with reason code {}", "máy chủ MQTT ngắt kết nối với mã {}"},
    {"the broker does not speak this version of MQTT", "máy chủ MQTT không dùng phiên bản MQTT này"},
    {"the broker refuses the client id", "máy chủ MQTT từ chối mã máy"},
    {"the broker is not available at the moment", "máy chủ MQTT hiện không phục vụ"},
    {"the broker refuses the user name or the password", "máy chủ MQTT từ chối tên hoặc mật khẩu"},
    {"the broker does not let this client in", "máy chủ MQTT không cho máy này vào"},
    {"the broker has banned this client", "máy chủ MQTT đã cấm máy này"},
    {"the broker refused the connection with code {}", "máy chủ MQTT từ chối kết nối với mã {}"},
    {"the broker refuses the subscription to {}", "máy chủ MQTT không cho nhận {}"},
    {"the broker cannot be reached", "không tới được máy chủ MQTT"},
    {"the broker cannot be reached, or the TLS handshake with it failed",
     "không tới được máy chủ MQTT, hoặc bắt tay TLS không được"},
    {"the broker did not answer within {} s", "máy chủ MQTT không trả lời trong {} s"},
    {"{} through the proxy: {}", "{} qua proxy: {}"},
    {"Set the other version under [broker], or update the broker",
     "Đặt phiên bản kia trong [broker], hoặc nâng cấp máy chủ MQTT"},
    {"It will be tried again; look into the broker's log if it stays so",
     "Máy sẽ thử lại; nếu vẫn vậy, xem nhật ký của máy chủ MQTT"},
    {"It will be tried again", "Máy sẽ thử lại"},
    {"Check username and password_file under [broker], and the broker's password file",
     "Kiểm tra username và password_file trong [broker], và tệp mật khẩu của máy chủ MQTT"},
    {"Check username, password_file and the certificate under [broker], and the broker's access rules",
     "Kiểm tra username, password_file và chứng thư trong [broker], và quyền truy cập ở máy chủ MQTT"},
    {"Look into the broker's log", "Xem nhật ký của máy chủ MQTT"},
    {"Is the broker running? Check url under [broker]",
     "Máy chủ MQTT có chạy không? Kiểm tra url trong [broker]"},
    {"Is the broker running, and is that its port? Check url under [broker]",
     "Máy chủ MQTT có chạy không, cổng có đúng không? Kiểm tra url trong [broker]"},
    {"Is the broker running with TLS on this port? Check url, ca_file, certificate_file and key_file under "
     "[broker], that the broker's certificate names this host, and that this machine's clock is right",
     "Máy chủ MQTT có chạy TLS ở cổng này không? Kiểm tra url, ca_file, certificate_file và key_file trong "
     "[broker], chứng thư của máy chủ có mang tên này không, và đồng hồ của máy có đúng không"},
    {"Allow this client to read it in the broker's access rules",
     "Cho máy này quyền đọc trong quyền truy cập của máy chủ MQTT"},
    {"Check proxy under [network], and that the proxy lets this board connect to the broker's port",
     "Kiểm tra proxy trong [network], và proxy có cho máy này nối tới cổng của máy chủ MQTT không"},
    // Sources of dossiers: drop folders and servers.
    {"the server answers with status {}: it does not accept the token",
     "máy chủ trả lời mã {}: không chấp nhận mã truy cập"},
    {"the server answers with status {}: it is asked too often", "máy chủ trả lời mã {}: bị hỏi quá dày"},
    {"the server answers with status {}: the address has moved",
     "máy chủ trả lời mã {}: địa chỉ đã chuyển chỗ"},
    {"the server answers with status {}", "máy chủ trả lời mã {}"},
    {"put a valid token into token_file", "ghi mã truy cập còn hiệu lực vào token_file"},
    {"correct url in [dossiers.http]", "sửa url trong [dossiers.http]"},
    {"raise interval_seconds", "tăng interval_seconds"},
    {"put the new one into url in [dossiers.http]", "ghi địa chỉ mới vào url trong [dossiers.http]"},
    {"it is tried again later; tell the province if this stays", "máy sẽ thử lại; nếu vẫn vậy, báo cho tỉnh"},
    {"it is tried again later; check the network and the address if this stays",
     "máy sẽ thử lại; nếu vẫn vậy, kiểm tra mạng và địa chỉ"},
    {"check url and since_parameter in [dossiers.http]",
     "kiểm tra url và since_parameter trong [dossiers.http]"},
    {"the server's pages lead back to an earlier one", "các trang của máy chủ dẫn ngược về trang trước"},
    {"the server has too many pages", "máy chủ có quá nhiều trang"},
    {"ask it for larger ones", "đề nghị máy chủ chia trang lớn hơn"},
    {"the next page is on another server, or its address cannot be read",
     "trang tiếp theo ở máy chủ khác, hoặc không đọc được địa chỉ của nó"},
    {"tell whoever runs it", "báo cho nơi vận hành máy chủ"},
    {"tell whoever runs the server", "báo cho nơi vận hành máy chủ"},
    {"the question could not be sent: {}", "không gửi được câu hỏi: {}"},
    {"the answer is larger than {} bytes", "trả lời lớn hơn {} byte"},
    {"the answer ends within a line and its length was not told: the rows before that line are taken, and "
     "all "
     "of it is asked for again",
     "trả lời bị đứt giữa một dòng mà không báo trước độ dài: các dòng trước đó đã được nhận, và máy sẽ hỏi "
     "lại "
     "toàn bộ"},
    {"if this stays, tell whoever runs the server to send Content-Length",
     "nếu vẫn vậy, báo nơi vận hành máy chủ gửi kèm Content-Length"},
    {"ask the server for smaller pages, or raise max_answer_bytes",
     "đề nghị máy chủ chia trang nhỏ hơn, hoặc tăng max_answer_bytes"},
    {"the answer cannot be read: {}", "không đọc được trả lời: {}"},
    {"the answer is not UTF-8", "trả lời không phải UTF-8"},
    {"the answer is \"{}\", not JSON, JSON Lines or CSV",
     "trả lời là \"{}\", không phải JSON, JSON Lines hay CSV"},
    {"check that url in [dossiers.http] is the one of the interface, not of a page for people",
     "kiểm tra url trong [dossiers.http] là địa chỉ dữ liệu, không phải trang cho người xem"},
    {"the certificates to trust cannot be loaded: {}", "không nạp được các chứng thư tin cậy: {}"},
    {"name a readable file with certificates in PEM form", "ghi tên một tệp chứng thư dạng PEM đọc được"},
    {"check the server's certificate, and ca_file if it is signed by the province itself",
     "kiểm tra chứng thư của máy chủ, và ca_file nếu do tỉnh tự cấp"},
    {"correct the URL", "sửa URL"},
    {"cannot be connected to: {}", "không kết nối được: {}"},
    {"the token cannot be read", "không đọc được mã truy cập"},
    {"is not a file with the token", "không phải là tệp chứa mã truy cập"},
    {"others can read or change the token", "người khác đọc hoặc sửa được mã truy cập"},
    {"run: {}", "chạy: {}"},
    {"the token has {} bytes; it needs {} to {}", "mã truy cập dài {} byte; phải từ {} đến {}"},
    {"the token holds blanks or line breaks", "mã truy cập có dấu cách hoặc xuống dòng"},
    {"put the token alone into this file", "chỉ ghi mã truy cập vào tệp này"},
    {"put the token of the server into this file", "ghi mã truy cập của máy chủ vào tệp này"},
    {"the drop folder is not there", "không có thư mục thả tệp"},
    {"create it, or correct {}", "tạo thư mục đó, hoặc sửa {}"},
    {"cannot be created: {}", "không tạo được: {}"},
    {"cannot be listed: {}", "không liệt kê được: {}"},
    {"cannot be read: {}", "không đọc được: {}"},
    {"cannot be written: {}", "không ghi được: {}"},
    {"cannot be looked at: {}", "không xem được: {}"},
    {"cannot be opened: {}", "không mở được: {}"},
    {"cannot be appended to: {}", "không ghi thêm được: {}"},
    {"cannot be made durable: {}", "không ghi chắc được xuống đĩa: {}"},
    {"cannot be moved to {}: {}", "không chuyển được tới {}: {}"},
    {"is older than keep_done_days and cannot be removed: {}", "cũ hơn keep_done_days mà không xóa được: {}"},
    {"is not a plain file", "không phải là tệp thường"},
    {"put the file itself there", "đặt chính tệp đó vào đây"},
    {"let the agent's user read and write in the drop folder",
     "cho người dùng của agent quyền đọc và ghi trong thư mục thả tệp"},
    {"let the agent's user read the drop folder", "cho người dùng của agent quyền đọc thư mục thả tệp"},
    {"let the agent's user write in the drop folder",
     "cho người dùng của agent quyền ghi trong thư mục thả tệp"},
    {"let the agent's user write in its folder", "cho người dùng của agent quyền ghi trong thư mục của tệp"},
    {"let the agent's user read and write there", "cho người dùng của agent quyền đọc và ghi ở đó"},
    {"let the agent's user write there, or correct rejected_folder",
     "cho người dùng của agent quyền ghi ở đó, hoặc sửa rejected_folder"},
    {"free space on this disk", "dọn bớt ổ đĩa này"},
    {"mount the disk for writing", "gắn ổ đĩa ở chế độ cho ghi"},
    {"keep done/ and rejected/ on the disk of the drop folder",
     "để done/ và rejected/ cùng ổ đĩa với thư mục thả tệp"},
    {"check the disk and the folder", "kiểm tra ổ đĩa và thư mục"},
    {"No space left on device", "hết chỗ trên ổ đĩa"},
    {"Read-only file system", "ổ đĩa chỉ cho đọc"},
    {"Input/output error", "lỗi đọc ghi ổ đĩa"},
    {"No such file or directory", "không có tệp hay thư mục này"},
    // Steps of a visit, and errors with their place and what to do next.
    {"name: {}", "tên miền: {}"},
    {"connect: {}", "kết nối: {}"},
    {"proxy: {}", "proxy: {}"},
    {"TLS: {}", "TLS: {}"},
    {"HTTP: {}", "HTTP: {}"},
    {"mqtt://{}: {}. {}", "mqtt://{}: {}. {}"},
    {"mqtts://{}: {}. {}", "mqtts://{}: {}. {}"},
    {"{}: cannot be connected to: {}", "{}: không kết nối được: {}"},
    {"{}; {}", "{}; {}"},
    {"{}: {}. {}", "{}: {}. {}"},
    {"{}: {}", "{}: {}"},
};
static_assert(parts_agree(kVietnamese));

/// Where one witness's words end: at a comma outside of brackets.
std::size_t end_of_witness(std::string_view evidence) {
  int depth = 0;
  for (std::size_t at = 0; at < evidence.size(); ++at) {
    if (evidence[at] == '(') ++depth;
    if (evidence[at] == ')') --depth;
    if (depth == 0 && evidence.substr(at).starts_with(", ")) return at;
  }
  return evidence.size();
}

/// "Ping/anchor (no reply)": who says it, and what. Where that begins; nothing for other texts.
std::optional<std::size_t> reason_of_witness(std::string_view words) {
  const auto open = words.find(" (");
  if (open == std::string_view::npos || !words.ends_with(')')) return std::nullopt;
  const bool capital = words.front() >= 'A' && words.front() <= 'Z';
  // "TLS: ... (...)" has no witness.
  if (!capital || words.find(':') < open) return std::nullopt;
  return open + 2;
}

/// Probes keep the name that the configuration gives them.
std::string witness_in_vietnamese(std::string_view words) {
  const auto begin = reason_of_witness(words);
  if (!begin) return say_in_other(kVietnamese, words);
  const auto reason = words.substr(*begin, words.size() - *begin - 1);
  return std::string(words.substr(0, *begin)) + say_in_other(kVietnamese, reason) + ")";
}

}  // namespace

std::string reason_in(Language language, std::string_view reason) {
  if (language == Language::english || reason.empty()) return std::string(reason);
  // A reason may have commas of its own, and no witness.
  if (!reason_of_witness(reason.substr(0, end_of_witness(reason)))) return say_in_other(kVietnamese, reason);
  std::string said;
  while (!reason.empty()) {
    const auto end = end_of_witness(reason);
    if (!said.empty()) said += ", ";
    said += witness_in_vietnamese(reason.substr(0, end));
    reason.remove_prefix(std::min(end + 2, reason.size()));
  }
  return said;
}

}  // namespace xalink
