#include "sparkplug/settings_words.hpp"

#include "sparkplug/wording.hpp"

namespace xalink {
namespace {

// The first that fits the whole text holds: what is more particular stands before what is more general.
constexpr Wording kWords[] = {
    // the file
    {"there is no such configuration file", "không có tệp cấu hình này"},
    {"is a folder, not a configuration file", "là thư mục, không phải tệp cấu hình"},
    {"the configuration file cannot be read: {}", "không đọc được tệp cấu hình: {}"},
    {"is not UTF-8 text", "không phải văn bản UTF-8"},
    {"is not valid TOML: {}", "không đúng dạng TOML: {}"},
    {"Permission denied", "không đủ quyền"},
    {"name the file in it with --config", "chỉ tệp trong thư mục đó bằng --config"},
    {"check its permissions and those of the folders above it",
     "kiểm tra quyền của tệp và của các thư mục chứa nó"},
    {"save the file as UTF-8 (an editor may have used another encoding for Vietnamese letters)",
     "lưu tệp ở dạng UTF-8 (trình soạn thảo có thể đã dùng bảng mã khác cho chữ tiếng Việt)"},
    {"correct this line; texts need double quotes, and each key stands once in its table",
     "sửa dòng này; chuỗi phải đặt trong dấu nháy kép, mỗi khóa chỉ ghi một lần trong bảng của nó"},
    {"copy agent.example.toml (in share/xalink of the installation, in agent/ of the sources) to this place "
     "and fill in [site] and [broker]",
     "chép agent.example.toml (trong share/xalink nơi cài đặt, hoặc agent/ của mã nguồn) vào đó rồi điền "
     "[site] và [broker]"},
    {"copy gateway.example.toml (in share/xalink of the installation, in gateway/ of the sources) to this "
     "place and fill in [broker]",
     "chép gateway.example.toml (trong share/xalink nơi cài đặt, hoặc gateway/ của mã nguồn) vào đó rồi điền "
     "[broker]"},

    // keys
    {"{}; a key of this name belongs {}", "{}; khóa tên này thuộc {}"},
    {"at the top of the file, before any table", "phần đầu tệp, trước mọi bảng"},
    {"unknown key; the nearest known one here is {}", "không có khóa này; khóa gần nhất ở đây là {}"},
    {"unknown table; the nearest known one here is {}", "không có bảng này; bảng gần nhất ở đây là {}"},
    {"correct or remove it; known here: {} or {}", "sửa hoặc xóa; ở đây có: {} và {}"},
    {"correct or remove it; known here: {}", "sửa hoặc xóa; ở đây có: {}"},
    {"correct or remove it", "sửa hoặc xóa"},
    {"move or remove it", "chuyển đi hoặc xóa"},
    {"is set without {}", "được đặt mà thiếu {}"},

    // kinds and ranges
    {"is {}, but must be {}", "là {}, phải là {}"},
    {"is {}, which is out of range", "là {}, ngoài khoảng cho phép"},
    {"is {}, which is not a duration", "là {}, không phải khoảng thời gian"},
    {"is {}, which is not a number of bytes", "là {}, không phải số byte"},
    {"is {}, which is not one of the choices", "là {}, không thuộc các giá trị cho phép"},
    {"a table of names", "bảng các tên"},
    {"a table", "một bảng"},
    {"an array", "một danh sách"},
    {"a list of texts", "danh sách các chuỗi"},
    {"a text", "một chuỗi"},
    {"a whole number", "số nguyên"},
    {"a number with a fraction", "số lẻ"},
    {"a number of bytes", "số byte"},
    {"a number", "một số"},
    {"true or false", "true hoặc false"},
    {"a date or time", "ngày hoặc giờ"},
    {"a duration", "khoảng thời gian"},
    {"nothing", "trống"},
    {"put it in double quotes", "đặt trong dấu nháy kép"},
    {"write it without quotes", "ghi không có dấu nháy"},
    {"write it as [{}] with its keys below", "ghi thành [{}], các khóa ở các dòng dưới"},
    {"give a number between {} and {} without quotes", "ghi một số từ {} đến {}, không có dấu nháy"},
    {"give a number between {} and {}", "ghi một số từ {} đến {}"},
    {"give seconds as a number, or a text such as \"10s\", \"5m\" or \"250ms\", between {} and {}",
     "ghi số giây, hoặc chuỗi như \"10s\", \"5m\" hay \"250ms\", từ {} đến {}"},
    {"give milliseconds as a number, or a text such as \"10s\", \"5m\" or \"250ms\", between {} and {}",
     "ghi số mili giây, hoặc chuỗi như \"10s\", \"5m\" hay \"250ms\", từ {} đến {}"},
    {"give bytes as a number, or a text such as \"64MiB\", between {} and {}",
     "ghi số byte, hoặc chuỗi như \"64MiB\", từ {} đến {}"},

    // empty, missing, too long
    {"is empty", "đang để trống"},
    {"is missing", "chưa có"},
    {"is longer than 107 bytes", "dài hơn 107 byte"},
    {"set it to the province's ISO 3166-2 code, e.g. {}", "đặt là mã ISO 3166-2 của tỉnh, ví dụ {}"},
    {"set it to the site's own id, e.g. {}", "đặt là mã riêng của điểm, ví dụ {}"},
    {"name the file that keeps the records, or remove this key", "chỉ tệp lưu bản ghi, hoặc xóa khóa này"},
    {"name the file that keeps the registry, or remove this key", "chỉ tệp lưu danh bạ, hoặc xóa khóa này"},
    {"name a path such as {}", "ghi một đường dẫn như {}"},

    // files
    {"{}: there is no such file", "{}: không có tệp này"},
    {"{}: holds no certificate", "{}: không chứa chứng thư nào"},
    {"{}: is a folder, not a file", "{}: là thư mục, không phải tệp"},
    {"{}: cannot be read: {}", "{}: không đọc được: {}"},
    {"put the file there, or correct the path or its permissions",
     "đặt tệp vào đó, hoặc sửa đường dẫn hay quyền truy cập"},
    {"put the certificates there, or remove this key to use the system's",
     "đặt các chứng thư vào đó, hoặc xóa khóa này để dùng của hệ thống"},
    {"put the certificates there, or remove this key to use the broker's",
     "đặt các chứng thư vào đó, hoặc xóa khóa này để dùng của máy chủ MQTT"},
    {"put the token there (mode 0600), or remove this key",
     "đặt token vào đó (quyền 0600), hoặc xóa khóa này"},
    {"is larger than a password can be", "lớn hơn mức một mật khẩu có thể có"},
    {"name the file that holds only the password", "chỉ tệp chỉ chứa mật khẩu"},
    {"holds no password", "không chứa mật khẩu"},
    {"write the password into it", "ghi mật khẩu vào tệp"},
    {"{}: {} cannot be read", "{}: không đọc được {}"},
    {"{}: is not a file with {}", "{}: không phải tệp chứa {}"},
    {"{}: others can read or change {}", "{}: người khác đọc hoặc sửa được {}"},
    {"run: {}", "chạy: {}"},

    // [broker], [http], [network]
    {"is {}, which does not begin with mqtt:// or mqtts://",
     "là {}, không bắt đầu bằng mqtt:// hoặc mqtts://"},
    {"is {}, which holds a user name; use the keys username and password_file",
     "là {}, có tên người dùng; hãy dùng các khóa username và password_file"},
    {"is {}, which holds more than a host and a port", "là {}, có nhiều hơn máy chủ và cổng"},
    {"is {}, which has a '[' without ']'", "là {}, có '[' mà thiếu ']'"},
    {"is {}, which looks like an IPv6 address without brackets",
     "là {}, giống địa chỉ IPv6 thiếu dấu ngoặc vuông"},
    {"is {}, which names no host", "là {}, không có tên máy chủ"},
    {"is {}, which has a port that is no number between 1 and 65535",
     "là {}, có cổng không phải số từ 1 đến 65535"},
    {"a URL", "một URL"},
    {"write it as \"mqtt://host:1883\" or \"mqtts://host:8883\"",
     "ghi \"mqtt://host:1883\" hoặc \"mqtts://host:8883\""},
    {"set username too; MQTT has no password without one",
     "đặt cả username; MQTT không có mật khẩu khi thiếu tên người dùng"},
    {"set both: a client certificate needs its key", "đặt cả hai: chứng thư máy khách cần khóa của nó"},
    {"set both: a certificate needs its key", "đặt cả hai: chứng thư cần khóa của nó"},
    {"is set, but the url is mqtt:// and would send everything in the clear",
     "được đặt, nhưng url là mqtt:// nên mọi thứ sẽ gửi không mã hóa"},
    {"write the url as mqtts://, or remove this key", "ghi url thành mqtts://, hoặc xóa khóa này"},
    {"is no IP address with a port", "không phải địa chỉ IP kèm cổng"},
    {"write it as \"127.0.0.1:8080\" or \"[::]:8443\", or \"\" for no HTTP",
     "ghi \"127.0.0.1:8080\" hoặc \"[::]:8443\", hoặc \"\" để tắt HTTP"},
    {"holds a user name", "có tên người dùng"},
    {"use proxy_username and proxy_password_file", "dùng proxy_username và proxy_password_file"},
    {"does not begin with http://", "không bắt đầu bằng http://"},
    {"has a [ without its ]", "có [ mà thiếu ]"},
    {"has no IPv6 address between [ and ]", "không có địa chỉ IPv6 giữa [ và ]"},
    {"names no host", "không có tên máy chủ"},
    {"has no port", "thiếu cổng"},
    {"has a port that is not a number from 1 to 65535", "có cổng không phải số từ 1 đến 65535"},
    {"holds a ':', which ends a user name (RFC 7617)",
     "có dấu ':', là chỗ kết thúc tên người dùng (RFC 7617)"},
    {"use another user", "dùng tên người dùng khác"},
    {"set proxy_username too", "đặt cả proxy_username"},
    {"set proxy, or remove this key", "đặt proxy, hoặc xóa khóa này"},
    {"holds {}, which is no host, address or network", "có {}, không phải tên máy, địa chỉ hay mạng"},
    {"use entries such as {} or {}", "ghi các mục như {} hoặc {}"},
    {"is neither an address nor a host name", "không phải địa chỉ hay tên máy"},
    {"name a machine outside the office, or \"\" for the first anchor",
     "ghi một máy ngoài trụ sở, hoặc \"\" để dùng mốc đo đầu tiên"},
    {"is not an http:// URL", "không phải URL http://"},
    {"TLS would hide the page that is looked for: use http://", "TLS sẽ che trang cần tìm: hãy dùng http://"},
    {"is set, but an answer with status {} has no body", "được đặt, nhưng trả lời mã {} không có nội dung"},
    {"set status = 200", "đặt status = 200"},
    {"leaves no hop of the provider to look at", "không còn chặng nào của nhà cung cấp để xem"},
    {"make hops larger", "tăng hops"},

    // ids and names
    {"cannot be a Sparkplug host id", "không thể là mã máy chủ Sparkplug"},
    {"holds a text that cannot be a Sparkplug group id", "có chuỗi không thể là mã nhóm Sparkplug"},
    {"cannot be a Sparkplug id", "không thể là mã Sparkplug"},
    {"use at least one byte, without '/', '+', '#' and control characters",
     "dùng ít nhất một byte, không có '/', '+', '#' và ký tự điều khiển"},
    {"use up to 64 bytes without '/', '+', '#' and control characters",
     "dùng tối đa 64 byte, không có '/', '+', '#' và ký tự điều khiển"},
    {"the name cannot be part of a metric's name", "tên này không thể nằm trong tên số đo"},
    {"use the gateway's [host] id, or \"\" to wait for no host",
     "dùng mã [host] của máy chủ tỉnh, hoặc \"\" để không chờ máy chủ nào"},

    // the agent's outbox and times
    {"is less than one message (max_message_bytes)", "nhỏ hơn một bản tin (max_message_bytes)"},
    {"make it larger, max_message_bytes smaller, or 0 for no limit",
     "tăng lên, giảm max_message_bytes, hoặc đặt 0 để không giới hạn"},
    {"is less than reconnect_min_seconds", "nhỏ hơn reconnect_min_seconds"},
    {"make it at least as long", "đặt ít nhất bằng"},
    {"is in a place that a restart empties, and the records with it",
     "nằm ở nơi bị xóa khi khởi động lại, cùng với các bản ghi"},
    {"use a folder on the card or disk, e.g. {}, or for tests set allow_volatile = true",
     "dùng thư mục trên thẻ nhớ hoặc đĩa, ví dụ {}, hoặc khi thử đặt allow_volatile = true"},

    // probes
    {"holds {}, which is no group of measurements", "có {}, không phải nhóm số đo nào"},
    {"use groups as `xalink-agent metrics` lists them, e.g. {}",
     "dùng tên nhóm như lệnh `xalink-agent metrics` liệt kê, ví dụ {}"},
    {"holds a name that no interface can have", "có tên không thể là cổng mạng"},
    {"holds {} twice", "có {} hai lần"},
    {"name each interface once", "mỗi cổng mạng chỉ ghi một lần"},
    {"is no name that an interface can have", "không thể là tên cổng mạng"},
    {"use names as `ip link` shows them, e.g. {}", "dùng tên như lệnh `ip link` hiển thị, ví dụ {}"},
    {"is neither an IP address nor \"gateway\"", "không phải địa chỉ IP hay \"gateway\""},
    {"give an address: a name would measure DNS too, which has its own probe",
     "ghi địa chỉ: tên miền sẽ đo cả DNS, vốn có phép đo riêng"},
    {"is shorter than one run of count × spacing_ms + timeout_seconds",
     "ngắn hơn một lượt đo: count × spacing_ms + timeout_seconds"},
    {"make the interval longer, or send fewer requests", "tăng chu kỳ, hoặc gửi ít gói hơn"},
    {"is not an IP address with a port", "không phải địa chỉ IP kèm cổng"},
    {"write it as \"192.0.2.1:443\" or \"[2001:db8::1]:443\"",
     "ghi \"192.0.2.1:443\" hoặc \"[2001:db8::1]:443\""},
    {"is not an IP address with an optional port", "không phải địa chỉ IP (có thể kèm cổng)"},
    {"write it as \"8.8.8.8\", \"8.8.8.8:53\" or \"[2001:4860:4860::8888]:53\", or \"\" for the system's",
     "ghi \"8.8.8.8\", \"8.8.8.8:53\" hoặc \"[2001:4860:4860::8888]:53\", hoặc \"\" để dùng của hệ thống"},
    {"is not a host name", "không phải tên máy"},
    {"is not an http:// or https:// URL", "không phải URL http:// hoặc https://"},
    {"is not an absolute path", "không phải đường dẫn tuyệt đối"},
    {"name a folder on the disk to watch, e.g. {}", "chỉ một thư mục trên đĩa cần theo dõi, ví dụ {}"},
    {"is {}, which is no technology", "là {}, không phải công nghệ nào"},
    {"holds {}, which is no technology", "có {}, không phải công nghệ nào"},
    {"use one of {} or {}", "dùng một trong: {}, {}"},
    {"use some of {} or {}", "dùng trong số: {}, {}"},
    {"does not begin with the path of a program", "không bắt đầu bằng đường dẫn của một chương trình"},
    {"write it without a shell, e.g. {}", "ghi không qua shell, ví dụ {}"},
    {"is no name of a USB device", "không phải tên thiết bị USB"},
    {"use \"auto\", or a name as in /sys/bus/usb/devices, e.g. {}",
     "dùng \"auto\", hoặc tên như trong /sys/bus/usb/devices, ví dụ {}"},
    {"stands beside reset_command", "cùng có với reset_command"},
    {"keep one of the two", "giữ lại một trong hai"},
    {"holds {}, which is no part of a day", "có {}, không phải khoảng giờ trong ngày"},
    {"write it as \"07:30-11:30\", or \"22:00-05:00\" over midnight",
     "ghi \"07:30-11:30\", hoặc \"22:00-05:00\" nếu qua nửa đêm"},
    {"holds two that overlap", "có hai khoảng trùng nhau"},
    {"name the parts of the day in which to measure, each once, or set enabled = false",
     "ghi các khoảng giờ cần đo, mỗi khoảng một lần, hoặc đặt enabled = false"},
    {"write the address of the gateway's HTTP port, e.g. {}, or \"\" to measure nothing",
     "ghi địa chỉ cổng HTTP của máy chủ tỉnh, ví dụ {}, hoặc \"\" để không đo"},
    {"is less than one test can cost, {}", "nhỏ hơn mức một lần đo có thể tốn, {}"},
    {"make it larger, {} smaller, or 0 to measure nothing on such links",
     "tăng lên, giảm {}, hoặc đặt 0 để không đo trên đường truyền như vậy"},

    // dossiers
    {"is empty, but no row can be read without it",
     "đang để trống, nhưng thiếu nó thì không đọc được dòng nào"},
    {"name the column of the file that holds it", "ghi tên cột của tệp chứa nó"},
    {"names the same column as {}", "trùng cột với {}"},
    {"give each field its own column, or \"\" where the file has none",
     "mỗi trường một cột riêng, hoặc \"\" nếu tệp không có"},
    {"sends the token in the clear", "gửi token không mã hóa"},
    {"use https://", "dùng https://"},
    {"says not where the next cursor comes from", "không nói con trỏ tiếp theo lấy từ đâu"},
    {"use \"field:state_at\" or another field with a time, {} or {}",
     "dùng \"field:state_at\" hoặc trường thời gian khác, {} hoặc {}"},
    {"is missing, and there is no drop_folder to have it in", "chưa có, và không có drop_folder để chứa nó"},
    {"name a folder for the reports of rows that cannot be read",
     "chỉ thư mục cho báo cáo các dòng không đọc được"},

    // what is left of "give" and "write"
    {"in [{}]", "[{}]"},
    {"write it as {}", "ghi {}"},
    {"give {} or {}", "ghi {} hoặc {}"},
    {"give {}", "ghi {}"},
};
static_assert(parts_agree(kWords));

}  // namespace

Said setting_said(const std::string& text) {
  const auto both = halves(text);
  if (both.english != both.vietnamese) return both;
  return {text, say_in_other(kWords, text)};
}

std::string told_setting(const Error& mistake, Language language) {
  if (language == Language::english) return mistake.to_string();
  auto next = setting_said(mistake.next).vietnamese;
  if (!next.empty()) next = "Tiếp theo: " + next;
  return Error{mistake.where, setting_said(mistake.what).vietnamese, next}.to_string();
}

}  // namespace xalink
