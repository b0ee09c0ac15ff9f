#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <boost/system/system_error.hpp>
#include <cstdio>
#include <ctime>
#include <initializer_list>
#include <map>
#include <stdexcept>

#include "agent/reason_words.hpp"
#include "agent/status.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

// English is the key; what is not here is said in English (names of metrics). Reasons: agent/reason_words.
const std::map<std::string_view, std::string_view>& vietnamese() {
  static const std::map<std::string_view, std::string_view> kWords = {
      {"Site", "Điểm đặt máy"},
      {"Reaches", "Kết nối tới"},
      {"Clock", "Đồng hồ"},
      {"board on for", "máy đã chạy"},
      {"Ladder", "Bậc thang kết nối"},
      {"power", "nguồn điện"},
      {"board", "máy"},
      {"modem", "modem"},
      {"link", "cổng mạng"},
      {"first hop", "thiết bị mạng đầu tiên"},
      {"internet", "Internet"},
      {"dns", "phân giải tên miền"},
      {"services", "dịch vụ công"},
      {"gateway", "máy chủ tỉnh"},
      {"since", "từ"},
      {"not measured", "chưa đo"},
      {"Outages that go on", "Sự cố đang diễn ra"},
      {"service", "dịch vụ"},
      {"mains", "điện lưới (máy đang chạy bằng pin)"},
      {"Session", "Phiên kết nối"},
      {"broker", "máy chủ MQTT"},
      {"stopped", "đã dừng"},
      {"waiting to connect", "đang chờ kết nối lại"},
      {"connecting", "đang kết nối"},
      {"waiting for the gateway", "đang chờ máy chủ tỉnh"},
      {"about to announce itself", "sắp khai báo"},
      {"online", "trực tuyến"},
      {"last failure", "lỗi gần nhất"},
      {"Outbox", "Bộ đệm"},
      {"lane", "làn"},
      {"events", "sự kiện, hồ sơ"},
      {"measurements", "số đo"},
      {"waiting for the gateway's confirmation", "chờ máy chủ tỉnh xác nhận"},
      {"confirmed up to row", "đã xác nhận đến dòng"},
      {"in memory until the next flush", "trong bộ nhớ, chờ ghi đĩa"},
      {"a power cut costs at most", "mất điện chỉ mất nhiều nhất"},
      {"in memory, because the disk takes nothing: a power cut costs all of them",
       "trong bộ nhớ vì đĩa không ghi được: mất điện là mất hết"},
      {"disk refuses", "đĩa không ghi được"},
      {"the outbox was damaged and has been begun anew", "bộ đệm bị hỏng và đã được lập lại"},
      {"events lost", "sự kiện bị mất"},
      {"measurements lost", "phép đo bị mất"},
      {"the damaged file is kept as", "tệp hỏng được giữ lại là"},
      {"If this comes again, replace the card", "Nếu còn lặp lại, hãy thay thẻ nhớ"},
      {"given up because memory was full", "đã bỏ vì bộ nhớ đầy"},
      {"of at most", "trên tối đa"},
      {"confirmed records kept as spares", "bản ghi đã xác nhận còn giữ dự phòng"},
      {"given up", "đã bỏ"},
      {"thinned", "gộp theo giờ"},
      {"space", "bộ đệm đầy"},
      {"age", "quá cũ"},
      {"memory", "đĩa từ chối ghi"},
      {"damaged", "đĩa hỏng"},
      {"nearly full: the oldest measurements become hourly summaries. Next: see above why the gateway is not "
       "reached, or raise [outbox] max_bytes",
       "gần đầy: số đo cũ nhất đang được gộp theo giờ. Tiếp theo: xem ở trên vì sao chưa tới được máy chủ "
       "tỉnh, "
       "hoặc tăng [outbox] max_bytes"},
      {"full: the oldest measurements are dropped. Next: see above why the gateway is not reached, or raise "
       "[outbox] max_bytes",
       "đầy: số đo cũ nhất đang bị bỏ. Tiếp theo: xem ở trên vì sao chưa tới được máy chủ tỉnh, hoặc tăng "
       "[outbox] max_bytes"},
      {"full of events that the gateway has not confirmed: new ones stay with their source, and measurements "
       "are "
       "dropped. Next: bring the board and the gateway together, or carry the events there (xalink-agent "
       "export), or raise [outbox] max_bytes",
       "đầy sự kiện, hồ sơ mà máy chủ tỉnh chưa xác nhận: dữ liệu mới nằm lại ở nguồn, số đo bị bỏ. Tiếp "
       "theo: "
       "khôi phục kết nối tới máy chủ tỉnh, hoặc mang đi bằng tay (xalink-agent export), hoặc tăng [outbox] "
       "max_bytes"},
      {"larger than max_bytes, from before it was lowered; it grows no more. Next: free space on its disk "
       "and "
       "start the agent again",
       "lớn hơn max_bytes vì giới hạn vừa được giảm; bộ đệm không lớn thêm. Tiếp theo: giải phóng đĩa rồi "
       "khởi "
       "động lại chương trình"},
      {"Probes", "Phép đo"},
      {"Throughput", "Đo tốc độ"},
      {"waits for a clock that is right", "chờ đồng hồ đúng giờ"},
      {"waits for the disk, which keeps the budget", "chờ đĩa, nơi ghi hạn mức"},
      {"waits for its time", "chờ đến giờ đo"},
      {"waits for the gateway", "chờ máy chủ tỉnh"},
      {"waits until it is known by which link the board's traffic leaves",
       "chờ biết máy đang đi ra bằng đường truyền nào"},
      {"waits for the board's key, which the disk refuses", "chờ khóa của máy, đĩa đang không ghi được"},
      {"waits until the records that wait are sent", "chờ gửi xong các bản ghi còn đợi"},
      {"waits for its turn: others measure", "chờ đến lượt: máy khác đang đo"},
      {"waits for the data budget, which is spread over the month",
       "chờ hạn mức dung lượng, được chia đều trong tháng"},
      {"measures now", "đang đo"},
      {"next", "lần tới"},
      {"fixed links", "đường truyền cố định"},
      {"metered links", "đường truyền trả theo dung lượng"},
      {"of", "trên"},
      {"this month", "trong tháng"},
      {"the link now", "đang dùng"},
      {"Commands", "Lệnh từ máy chủ tỉnh"},
      {"every", "mỗi"},
      {"by command; configured", "theo lệnh; cấu hình"},
      {"commands refused; the last one at", "lệnh bị từ chối; lần cuối lúc"},
      {"not run yet", "chưa chạy"},
      {"runs", "lần chạy"},
      {"failed", "lỗi"},
      {"Sources", "Nguồn dữ liệu"},
      {"dossiers", "hồ sơ"},
      {"server", "hồ sơ từ máy chủ"},
      {"satisfaction", "mức độ hài lòng"},
      {"tasks", "nhiệm vụ"},
      {"villages", "thôn bản"},
      {"unchanged", "không thay đổi"},
      {"were forgotten for want of place; they may be sent once more",
       "mục đã bị quên vì hết chỗ nhớ; có thể được gửi lại một lần"},
      {"is still empty", "còn trống"},
      {"is being written", "đang được ghi"},
      {"has to stand still first", "chờ tệp ngừng thay đổi"},
      {"ends in the middle of a line; is the rest coming?", "dòng cuối chưa xong; phần còn lại có đang đến?"},
      {"is not taken by its name; rename it to *.csv or *.jsonl when it is complete",
       "không nhận theo tên này; khi đã xong hãy đổi tên thành *.csv hoặc *.jsonl"},
      {"is not a plain file; put the file itself there", "không phải tệp thường; hãy đặt chính tệp vào đây"},
      {"rows taken", "dòng đã nhận"},
      {"rows rejected (see rejected/)", "dòng bị loại (xem rejected/)"},
      {"files or answers done", "tệp hoặc câu trả lời đã xong"},
      {"rejected", "bị loại"},
      {"last error", "lỗi gần nhất"},
      {"unset", "chưa đặt giờ"},
      {"holdover", "đã từng đồng bộ"},
      {"synchronised", "đã đồng bộ"},
      {"true time lies between", "giờ thật nằm giữa"},
      {"and", "và"},
      {"a time not known yet", "một thời điểm chưa biết"},
      {"the system's clock says", "đồng hồ của máy chỉ"},
      {"but it cannot be earlier than", "nhưng không thể sớm hơn"},
      {"Certificates (TLS) are checked as of that time meanwhile. Next: let NTP (UDP port 123) through, "
       "or set the date: timedatectl set-time",
       "Trong khi chờ, chứng thư (TLS) được kiểm tra theo thời điểm đó. Tiếp theo: mở NTP (cổng UDP 123), "
       "hoặc đặt giờ bằng tay: timedatectl set-time"},
      {"The system's clock calls itself synchronised, to a time that has passed. Next: see which time "
       "server it follows: timedatectl timesync-status",
       "Đồng hồ báo đã đồng bộ nhưng theo một thời điểm đã qua. Tiếp theo: xem máy đang theo máy chủ giờ "
       "nào: "
       "timedatectl timesync-status"},
      {"The gateway tells a time that has passed. Next: have the gateway's clock checked",
       "Máy chủ tỉnh báo một thời điểm đã qua. Tiếp theo: đề nghị kiểm tra đồng hồ của máy chủ tỉnh"},
      {"the gateway's time is another, so neither is believed. Next: compare both with a telephone",
       "máy chủ tỉnh báo giờ khác nên chưa tin bên nào. Tiếp theo: so cả hai với giờ trên điện thoại"},
      {"it jumped, and records keep the time as it was. Next: was it set by hand? NTP puts it right",
       "giờ vừa bị nhảy, bản ghi vẫn giữ giờ cũ. Tiếp theo: có ai đặt giờ bằng tay? NTP sẽ chỉnh lại"},
  };
  return kWords;
}

class Speaker {
 public:
  explicit Speaker(Language language) : language_(language) {}
  [[nodiscard]] std::string operator()(std::string_view english) const {
    if (language_ == Language::english) return std::string(english);
    const auto found = vietnamese().find(english);
    return std::string(found == vietnamese().end() ? english : found->second);
  }
  /// What went wrong, in the words of a probe, the session or the disk.
  [[nodiscard]] std::string reason(std::string_view english) const { return reason_in(language_, english); }

 private:
  Language language_;
};

std::string text(const json::value& value) {
  if (value.is_null()) return "-";
  if (value.is_string()) return std::string(value.get_string());
  if (value.is_double()) {
    std::array<char, 32> number{};
    std::snprintf(number.data(), number.size(), "%.4g", value.get_double());
    return number.data();
  }
  return json::serialize(value);
}

// A number with a prefix that leaves at most four digits before the point; `step` is 1000 or 1024.
std::string scaled(double number, double step, std::initializer_list<const char*> units) {
  const auto* unit = units.begin();
  for (; number >= step && unit + 1 != units.end(); ++unit) number /= step;
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), number < 100 ? "%.3g %s" : "%.0f %s", number, *unit);
  return out.data();
}

std::string bytes(double count) {
  // Sizes of packets differ by a few bytes.
  if (count < 10'000) return scaled(count, 1024, {"B"});
  return scaled(count, 1024, {"B", "KiB", "MiB", "GiB", "TiB"});
}

std::string span_of(std::int64_t seconds) {
  if (seconds < 120) return std::to_string(seconds) + " s";
  if (seconds < 7200) return std::to_string(seconds / 60) + " min";
  if (seconds < 172'800) return std::to_string(seconds / 3600) + " h";
  return std::to_string(seconds / 86'400) + " d";
}

// "2026-01-01T00:00:00.123Z" as the clock on the wall shows it; the text itself when it is no such time.
std::string local_time(const std::string& utc) {
  std::tm parts{};
  if (::strptime(utc.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) == nullptr) return utc;
  const std::time_t seconds = ::timegm(&parts);
  if (::localtime_r(&seconds, &parts) == nullptr) return utc;
  std::array<char, 32> out{};
  std::strftime(out.data(), out.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return out.data();
}

// A value as people say it: 296 us, 1.2 ms, 23.5 GiB, 12 h.
std::string quantity(const json::value& value, std::string_view unit) {
  boost::system::error_code not_a_number;
  const double number = value.to_number<double>(not_a_number);
  if (!not_a_number && unit == "By") return bytes(number);
  if (!not_a_number && unit == "us") return scaled(number, 1000, {"us", "ms", "s"});
  if (!not_a_number && unit == "s") return span_of(static_cast<std::int64_t>(number));
  if (unit == "Cel") return text(value) + " °C";
  return unit.empty() ? text(value) : text(value) + " " + std::string(unit);
}

std::string ladder_text(const json::array& ladder, const Speaker& say) {
  std::string out = say("Ladder") + "\n";
  // The top rung first, as one looks at a ladder.
  for (auto rung = ladder.rbegin(); rung != ladder.rend(); ++rung) {
    const auto& holds = rung->at("holds");
    if (holds.is_null() && rung->at("rung") == "modem") continue;  // most boards have none
    const std::string_view mark = holds.is_null() ? "?" : holds.get_bool() ? "✓" : "✗";
    out += "  " + std::string(mark) + " " + say(text(rung->at("rung")));
    if (!rung->at("since").is_null()) out += ", " + say("since") + " " + local_time(text(rung->at("since")));
    if (holds.is_null()) out += ", " + say("not measured");
    const auto evidence = text(rung->at("evidence"));
    if (!evidence.empty()) out += "  (" + say.reason(evidence) + ")";
    out += "\n";
  }
  return out;
}

std::string outages_text(const json::array& outages, const Speaker& say) {
  if (outages.empty()) return {};
  std::string out = "\n" + say("Outages that go on") + "\n";
  for (const auto& outage : outages) {
    const auto subject = text(outage.at("subject"));
    // One of several services is no more than that.
    const auto cause = text(outage.at("cause"));
    out += "  ! " + say(cause == "services" ? "service" : subject == "mains" ? subject : cause);
    if (!subject.empty() && subject != "mains") out += " " + subject;
    out += ", " + say("since") + " " + local_time(text(outage.at("since"))) + " (" +
           span_of(outage.at("seconds").to_number<std::int64_t>()) +
           "): " + say.reason(text(outage.at("evidence"))) + "\n";
  }
  return out;
}

std::string probe_text(const json::object& probe, const Speaker& say) {
  std::string out = "  " + text(probe.at("name")) + ": ";
  if (probe.at("last").is_null()) return out + say("not run yet") + "\n";
  bool first = true;
  for (const auto& entry : probe.at("values").as_array()) {
    if (entry.at("value").is_null()) continue;
    if (!first) out += ", ";
    first = false;
    const auto value = quantity(entry.at("value"), text(entry.at("unit")));
    out += text(entry.at("name")) + " " + (entry.at("value").is_string() ? say.reason(value) : value);
  }
  out += "  [" + local_time(text(probe.at("last"))) + ", " + text(probe.at("runs")) + " " + say("runs");
  if (probe.at("failures").to_number<std::int64_t>() > 0)
    out += ", " + text(probe.at("failures")) + " " + say("failed");
  return out + "]\n";
}

// What the province changed, and what it could not.
std::string commands_text(const json::object& commands, const Speaker& say) {
  const auto& intervals = commands.at("intervals").as_array();
  const auto& last = commands.at("last_refused");
  if (intervals.empty() && last.is_null()) return {};
  std::string out = "\n" + say("Commands") + "\n";
  for (const auto& interval : intervals) {
    out += "  " + text(interval.at("device")) + "/" + text(interval.at("probe")) + ": " + say("every") + " " +
           text(interval.at("seconds")) + " s " + say("by command; configured") + ": " +
           text(interval.at("configured_seconds")) + " s\n";
  }
  if (last.is_null()) return out;
  return out + "  ! " + text(commands.at("refused")) + " " + say("commands refused; the last one at") + " " +
         local_time(text(last.at("at"))) + ": " +
         say.reason(text(last.at("metric")) + ": " + text(last.at("reason")) + ". " + text(last.at("next"))) +
         "\n";
}

// How it stands against its bound, and what to do when that is not well.
std::string space_text(const json::object& outbox, const Speaker& say) {
  std::string out;
  const auto& spares = outbox.at("spares").as_array();
  const auto spare = spares.at(0).to_number<std::uint64_t>() + spares.at(1).to_number<std::uint64_t>();
  if (spare > 0) out += "  " + std::to_string(spare) + " " + say("confirmed records kept as spares") + "\n";
  std::string given_up;
  for (const auto& reason : outbox.at("given_up").as_object()) {
    given_up += (given_up.empty() ? " " : ", ") + text(reason.value()) + " " + say(reason.key());
  }
  if (!given_up.empty()) out += "  " + say("given up") + ":" + given_up + "\n";
  const std::map<std::string, std::string_view> advice = {
      {"thinning",
       "nearly full: the oldest measurements become hourly summaries. Next: see above why the gateway is not "
       "reached, or raise [outbox] max_bytes"},
      {"dropping",
       "full: the oldest measurements are dropped. Next: see above why the gateway is not reached, or raise "
       "[outbox] max_bytes"},
      {"events refused",
       "full of events that the gateway has not confirmed: new ones stay with their source, and measurements "
       "are "
       "dropped. Next: bring the board and the gateway together, or carry the events there (xalink-agent "
       "export), or raise [outbox] max_bytes"}};
  if (const auto found = advice.find(text(outbox.at("pressure"))); found != advice.end())
    out += "  ! " + say(found->second) + "\n";
  const auto most = outbox.at("max_bytes").to_number<double>();
  if (most > 0 && outbox.at("bytes").to_number<double>() > most)
    out += "  ! " +
           say("larger than max_bytes, from before it was lowered; it grows no more. Next: free space on its "
               "disk and start the agent again") +
           "\n";
  return out;
}

std::string outbox_text(const json::object& outbox, const Speaker& say) {
  std::string out = say("Outbox") + ": " + text(outbox.at("file"));
  // Nothing is known of a disk that was never there.
  if (const auto most = outbox.at("max_bytes").to_number<double>(); most > 0) {
    out += ", " + bytes(outbox.at("bytes").to_number<double>()) + " " + say("of at most") + " " + bytes(most);
  }
  out += "\n";
  for (const auto& lane : outbox.at("lanes").as_array()) {
    const bool events = lane.at("lane").to_number<std::int64_t>() == 0;
    out += "  " + say("lane") + " " + text(lane.at("lane")) + " (" + say(events ? "events" : "measurements") +
           "): " + text(lane.at("depth")) + " " + say("waiting for the gateway's confirmation") + ", " +
           say("confirmed up to row") + " " + text(lane.at("acknowledged")) + " / " + text(lane.at("last")) +
           "\n";
  }
  const auto error = text(outbox.at("disk_error"));
  out += "  " + text(outbox.at("waiting_for_flush")) + " ";
  if (error.empty()) {
    out += say("in memory until the next flush") + "; " + say("a power cut costs at most") + " " +
           text(outbox.at("flush_seconds")) + " s\n";
  } else {
    out += say("in memory, because the disk takes nothing: a power cut costs all of them") + "\n";
  }
  out += space_text(outbox, say);
  if (!error.empty()) out += "  ! " + say("disk refuses") + ": " + error + "\n";
  if (const auto& salvage = outbox.at("salvage"); !salvage.is_null()) {
    out += "  ! " + say("the outbox was damaged and has been begun anew") + " (" +
           text(salvage.at("reason")) + "): " + text(salvage.at("events_lost")) + " " + say("events lost") +
           ", " + text(salvage.at("measurements_lost")) + " " + say("measurements lost") + "; " +
           say("the damaged file is kept as") + " " + text(salvage.at("kept_as")) + ". " +
           say("If this comes again, replace the card") + "\n";
  }
  if (outbox.at("dropped").to_number<std::int64_t>() > 0) {
    out += "  ! " + text(outbox.at("dropped")) + " " + say("given up because memory was full") + "\n";
  }
  return out;
}

std::string source_text(const json::object& source, const Speaker& say) {
  std::string out = "  " + say(text(source.at("name"))) + " (" + text(source.at("place")) +
                    "): " + text(source.at("files_done")) + " " + say("files or answers done") + ", " +
                    text(source.at("files_rejected")) + " " + say("rejected") + "; " +
                    text(source.at("rows_taken")) + " " + say("rows taken") + ", " +
                    text(source.at("events")) + " " + say("events") + ", " +
                    text(source.at("rows_unchanged")) + " " + say("unchanged") + ", " +
                    text(source.at("rows_rejected")) + " " + say("rows rejected (see rejected/)") + "\n";
  for (const auto& file : source.at("waiting").as_array()) {
    out += "    " + text(file.at("name")) + ": " + say(text(file.at("reason"))) + "\n";
  }
  if (source.at("forgotten").to_number<std::int64_t>() > 0) {
    out += "    " + text(source.at("forgotten")) + " " +
           say("were forgotten for want of place; they may be sent once more") + "\n";
  }
  if (const auto error = text(source.at("last_error")); !error.empty())
    out += "    ! " + say("last error") + ": " + say.reason(error) + "\n";
  return out;
}

// Between which times the truth lies, and what to do about a clock that cannot be believed.
std::string clock_text(const json::object& clock, const std::string& quality, const Speaker& say) {
  std::string out;
  if (quality != "synchronised") {
    out +=
        "  " + say("true time lies between") + " " + local_time(text(clock.at("earliest"))) + " " +
        say("and") + " " +
        (clock.at("latest").is_null() ? say("a time not known yet") : local_time(text(clock.at("latest")))) +
        "\n";
  }
  const auto doubt = text(clock.at("doubt"));
  const auto system = local_time(text(clock.at("system")));
  const auto floor = local_time(text(clock.at("floor")));
  if (clock.at("before_floor").as_bool()) {
    out +=
        "  ! " + say("the system's clock says") + " " + system + ", " + say("but it cannot be earlier than") +
        " " + floor + ".\n    " +
        say("Certificates (TLS) are checked as of that time meanwhile. Next: let NTP (UDP port 123) through, "
            "or set the date: timedatectl set-time") +
        "\n";
  }
  if (doubt == "kernel_before_floor") {
    out +=
        "  ! " +
        say("The system's clock calls itself synchronised, to a time that has passed. Next: see which time "
            "server it follows: timedatectl timesync-status") +
        "\n";
  } else if (doubt == "gateway_before_floor") {
    out += "  ! " + say("The gateway tells a time that has passed. Next: have the gateway's clock checked") +
           "\n";
  } else if (doubt == "disagreement") {
    out += "  ! " + say("the system's clock says") + " " + system + "; " +
           say("the gateway's time is another, so neither is believed. Next: compare both with a telephone") +
           "\n";
  } else if (doubt == "jumped") {
    out +=
        "  ! " + say("the system's clock says") + " " + system + "; " +
        say("it jumped, and records keep the time as it was. Next: was it set by hand? NTP puts it right") +
        "\n";
  }
  return out;
}

std::string throughput_text(const json::object& throughput, const Speaker& say) {
  static const std::map<std::string_view, std::string_view> kStates = {
      {"clock", "waits for a clock that is right"},
      {"disk", "waits for the disk, which keeps the budget"},
      {"plan", "waits for its time"},
      {"offline", "waits for the gateway"},
      {"link", "waits until it is known by which link the board's traffic leaves"},
      {"key", "waits for the board's key, which the disk refuses"},
      {"backlog", "waits until the records that wait are sent"},
      {"busy", "waits for its turn: others measure"},
      {"budget", "waits for the data budget, which is spread over the month"},
      {"running", "measures now"},
  };
  const auto state = text(throughput.at("state"));
  const auto found = kStates.find(state);
  std::string out =
      say("Throughput") + ": " + say(found == kStates.end() ? state : std::string(found->second));
  if (!throughput.at("next").is_null()) {
    out += ", " + say("next") + " " + local_time(text(throughput.at("next")));
  }
  out += "\n";
  const auto now = throughput.at("link").is_null() ? std::string() : text(throughput.at("link"));
  for (const auto* link : {"fixed", "metered"}) {
    const auto& budget = throughput.at("budget").at(link);
    out += "  " + say(std::string(link) + " links") + ": " + bytes(budget.at("used").to_number<double>()) +
           " " + say("of") + " " + bytes(budget.at("monthly").to_number<double>()) + " " + say("this month") +
           (now == link ? "  (" + say("the link now") + ")" : "") + "\n";
  }
  return out;
}

std::string all_of_it(const json::object& root, const Speaker& say) {
  std::string out = say("Site") + ": " + text(root.at("site").at("group")) + "/" +
                    text(root.at("site").at("node")) + "  (xalink-agent " + text(root.at("version")) + ")\n";
  out += say("Reaches") + ": " + say(text(root.at("rung"))) + "\n";
  out += say("Clock") + ": " + say(text(root.at("clock"))) + ", " + local_time(text(root.at("at"))) + "; " +
         say("board on for") + " " + span_of(root.at("uptime_seconds").to_number<std::int64_t>()) + "\n" +
         clock_text(root.at("clock_detail").as_object(), text(root.at("clock")), say) + "\n";
  out += ladder_text(root.at("ladder").as_array(), say) + outages_text(root.at("outages").as_array(), say) +
         "\n";
  const auto& session = root.at("session");
  out += say("Session") + ": " + say(text(session.at("state"))) + ", " + say("broker") + " " +
         text(session.at("broker")) + "\n";
  if (const auto failure = text(session.at("last_failure")); !failure.empty()) {
    out += "  " + say("last failure") + ": " + say.reason(failure) + "\n";
  }
  out += outbox_text(root.at("outbox").as_object(), say) + "\n" + say("Probes") + "\n";
  for (const auto& probe : root.at("probes").as_array()) out += probe_text(probe.as_object(), say);
  out += commands_text(root.at("commands").as_object(), say);
  if (const auto& throughput = root.at("throughput"); !throughput.is_null()) {
    out += "\n" + throughput_text(throughput.as_object(), say);
  }
  const auto& sources = root.at("sources").as_array();
  if (!sources.empty()) out += "\n" + say("Sources") + "\n";
  for (const auto& source : sources) out += source_text(source.as_object(), say);
  return out;
}

}  // namespace

Result<std::string> status_as_text(std::string_view json_text, Language language) {
  try {
    const auto root = json::parse({json_text.data(), json_text.size()});
    return all_of_it(root.as_object(), Speaker(language));
  } catch (const std::exception& error) {
    return failure("", std::string("the agent's answer was not understood: ") + error.what(),
                   "is the running agent of the same version as this program?");
  }
}

}  // namespace xalink
