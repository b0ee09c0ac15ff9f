#include <algorithm>
#include <cmath>

#include "agent/doctor/judge.hpp"
#include "sparkplug/progress_bar.hpp"

namespace xalink {
namespace {

constexpr auto kBoard = Part::board;
// A browned-out card is what breaks outboxes; a Raspberry Pi throttles itself from 80 degrees on.
constexpr double kHot = 80;
constexpr double kTooHot = 90;
constexpr std::uint64_t kLeastMemory = std::uint64_t{32} << 20U;
constexpr std::uint64_t kLeastDisk = std::uint64_t{16} << 20U;
constexpr std::uint8_t kLowCharge = 20;  // per cent
constexpr std::uint8_t kWornCard = 80;   // per cent of its life

std::string whole(double number) {
  return std::to_string(std::lround(number));
}

Finding power(const PowerReadings& power) {
  Finding line{"power", kBoard, Mark::good, {"power", "nguồn điện"}, {}, {}};
  if (power.under_voltage.value_or(false)) {
    line.mark = Mark::wrong;
    line.reason = {"the supply is too weak: the board is under-voltage now",
                   "bộ nguồn quá yếu: máy đang bị sụt áp"};
    line.next = {"Use the board's own power supply and a short, thick cable; nothing else on that supply",
                 "Dùng đúng bộ nguồn của máy và dây ngắn, to; không cắm thêm thiết bị vào nguồn đó"};
    return line;
  }
  if (power.mains && !*power.mains) {
    line.mark = Mark::notable;
    line.reason = {"the mains are gone, the board runs from its battery",
                   "mất điện lưới, máy đang chạy bằng pin"};
    if (power.charge_percent) line.reason += Said::same(" (" + std::to_string(*power.charge_percent) + " %)");
    line.next = {"Look at the fuse, the plug and the UPS", "Xem cầu chì, ổ cắm và bộ lưu điện"};
    return line;
  }
  if (power.under_voltage_since_boot.value_or(false)) {
    line.mark = Mark::notable;
    line.reason = {"the supply was too weak at some time since the start",
                   "bộ nguồn đã có lúc bị sụt áp từ khi khởi động"};
    line.next = {"Use the board's own power supply and a short, thick cable",
                 "Dùng đúng bộ nguồn của máy và dây ngắn, to"};
    return line;
  }
  if (power.throttled.value_or(false)) {
    line.mark = Mark::notable;
    line.reason = {"the board runs slower now, for want of power or for heat",
                   "máy đang tự chạy chậm lại, do thiếu nguồn hoặc do nóng"};
    line.next = {"Use the board's own power supply; see the temperature below",
                 "Dùng đúng bộ nguồn của máy; xem nhiệt độ ở dưới"};
    return line;
  }
  if (power.charge_percent && *power.charge_percent < kLowCharge) {
    line.mark = Mark::notable;
    line.reason =
        Said("the battery holds only ", "pin chỉ còn ") + std::to_string(*power.charge_percent) + " %";
    line.next = {"Let it charge; one that stays so low is worn out: replace it",
                 "Để pin sạc; nếu vẫn thấp như vậy thì pin đã chai: thay pin"};
    return line;
  }
  if (power == PowerReadings{}) {
    line.mark = Mark::unchecked;
    line.reason = {"this board has no sensor for it", "máy này không có cảm biến nguồn"};
    return line;
  }
  line.reason = {"sufficient", "đủ"};
  if (power.charge_percent) {
    line.reason += Said(", battery ", ", pin ") + std::to_string(*power.charge_percent) + " %";
  }
  return line;
}

Finding temperature(const SystemReadings& system) {
  Finding line{"temperature", kBoard, Mark::good, {"temperature", "nhiệt độ"}, {}, {}};
  if (!system.temperature) {
    line.mark = Mark::unchecked;
    line.reason = {"this board has no sensor for it", "máy này không có cảm biến nhiệt"};
    return line;
  }
  line.reason = Said::same(whole(*system.temperature) + " °C");
  if (*system.temperature < kHot) return line;
  line.mark = *system.temperature < kTooHot ? Mark::notable : Mark::wrong;
  line.reason += {", it slows down or stops with such heat", ", nóng như vậy máy sẽ chậm lại hoặc dừng"};
  line.next = {"Put it out of the sun and off other devices; clean its vents or fan",
               "Đặt máy tránh nắng, không chồng lên thiết bị khác; làm sạch khe gió hoặc quạt"};
  return line;
}

Finding memory(const SystemReadings& system) {
  Finding line{"memory", kBoard, Mark::good, {"memory", "bộ nhớ"}, {}, {}};
  if (!system.memory_available || !system.memory_total) {
    line.mark = Mark::unchecked;
    line.reason = {"/proc/meminfo says nothing", "không đọc được /proc/meminfo"};
    return line;
  }
  line.reason = Said(size_in_words(*system.memory_available) + " free of ",
                     "còn " + size_in_words(*system.memory_available) + " trên ") +
                size_in_words(*system.memory_total);
  if (*system.memory_available >= kLeastMemory) return line;
  line.mark = Mark::notable;
  line.next = {"See what takes it: ps aux --sort=-rss | head. Stop what does not belong on this board",
               "Xem chương trình nào chiếm: ps aux --sort=-rss | head. Dừng những gì không thuộc về máy này"};
  return line;
}

const Said set_ntp{
    "Switch NTP on: sudo timedatectl set-ntp true (or install chrony). Where NTP is blocked, name a "
    "time server of your network; a running agent takes the time from the gateway",
    "Bật NTP: sudo timedatectl set-ntp true (hoặc cài chrony). Nơi chặn NTP thì khai máy chủ giờ "
    "của mạng nội bộ; agent đang chạy sẽ lấy giờ từ máy chủ tỉnh"};

Finding clock(const ClockFacts& clock, const ProgramFacts& program) {
  Finding line{"clock", kBoard, Mark::good, {"clock", "đồng hồ"}, {}, {}};
  const std::string today = date_of(clock.now);
  if (clock.now < clock.built) {
    line.mark = Mark::wrong;
    line.reason = {
        "it says " + today + ", before this program was made: certificates look as if not valid yet",
        "đồng hồ chỉ " + today +
            ", trước cả khi chương trình này ra đời: chứng thư sẽ bị coi là chưa có hiệu lực"};
    line.next = set_ntp + Said(". At once: sudo date -s 'YYYY-MM-DD HH:MM'",
                               ". Đặt ngay: sudo date -s 'NĂM-THÁNG-NGÀY GIỜ:PHÚT'");
    return line;
  }
  if (program.agent && !program.agent->clock_doubt.empty() && program.agent->clock_doubt != "none") {
    line.mark = Mark::wrong;
    line.reason = Said("the agent does not believe it (", "agent không tin đồng hồ này (") +
                  program.agent->clock_doubt + ")";
    line.next = {"Compare it with a telephone: date. `xalink-agent status` says what the agent knows",
                 "So với giờ trên điện thoại: date. `xalink-agent status` cho biết agent biết gì"};
    return line;
  }
  const Said by = clock.service.name.empty() ? Said() : Said(" by ", " bởi ") + clock.service.name;
  switch (clock.quality) {
    case ClockQuality::synchronised: line.reason = Said("synchronised", "đã đồng bộ") + by; break;
    case ClockQuality::holdover:
      line.mark = Mark::notable;
      line.reason = Said("was synchronised in this boot", "đã từng đồng bộ trong lần chạy này") + by +
                    Said(", its time server is not heard any more", ", nay không nghe thấy máy chủ giờ nữa");
      line.next = {
          "Mostly mends itself when the way below is back; else see timedatectl timesync-status",
          "Thường tự hết khi đường truyền bên dưới trở lại; nếu không, xem timedatectl timesync-status"};
      break;
    case ClockQuality::unset:
      line.mark = Mark::notable;
      line.reason =
          clock.service.name.empty()
              ? Said("it says " + today + ", and nobody keeps it right",
                     "đồng hồ chỉ " + today + " và không có gì chỉnh giờ")
              : Said("it says " + today + "; " + clock.service.name + " has not reached its time server",
                     "đồng hồ chỉ " + today + "; " + clock.service.name + " chưa hỏi được máy chủ giờ");
      line.next = set_ntp;
      break;
  }
  if (!clock.service.has_rtc && clock.quality != ClockQuality::synchronised) {
    line.reason += {"; this board has no clock that goes on while it is off",
                    "; máy này không có đồng hồ chạy khi tắt máy"};
  }
  return line;
}

Finding card(const StorageFacts& storage) {
  const StorageHealth& health = storage.health;
  Finding line{"card", kBoard, Mark::good, {"card or disk", "thẻ nhớ hoặc đĩa"}, {}, {}};
  const std::string device = health.device ? *health.device + ": " : "";
  const Said replace{
      "Carry the records away (xalink-agent export), then put in a new card made for constant writing",
      "Mang bản ghi ra (xalink-agent export), rồi thay thẻ mới loại chịu ghi nhiều"};
  if (health.read_only.value_or(false)) {
    line.mark = Mark::wrong;
    line.reason = Said(device + "the file system of ", device + "hệ thống tệp của ") +
                  storage.outbox_file.parent_path().string() +
                  Said(" is read-only: nothing can be kept", " chỉ đọc: không ghi được gì");
    line.next = {
        "dmesg | tail says why; mostly the card fails: replace it. If it is meant to be so, put [outbox] "
        "file on "
        "a file system that can be written",
        "dmesg | tail cho biết vì sao; thường là thẻ hỏng: hãy thay. Nếu cố ý, đặt [outbox] file vào nơi ghi "
        "được"};
  } else if (health.life_used.value_or(0) > 100 || health.pre_eol.value_or(0) >= 3) {
    line.mark = Mark::wrong;
    line.reason = {device + "worn out, by its own word", device + "đã hết tuổi thọ, theo chính nó báo"};
    line.next = replace;
  } else if (health.life_used.value_or(0) > kWornCard || health.pre_eol.value_or(0) == 2) {
    line.mark = Mark::notable;
    line.reason = Said(device + "much of its life is used", device + "đã dùng phần lớn tuổi thọ");
    if (health.life_used) line.reason += Said::same(" (" + std::to_string(*health.life_used) + " %)");
    line.next = replace;
  } else if (health.errors.value_or(0) > 0) {
    line.mark = Mark::notable;
    line.reason = Said(device + "the file system has found errors: ", device + "hệ thống tệp có lỗi: ") +
                  std::to_string(*health.errors);
    line.next = {"Have it checked at the next start: sudo touch /forcefsck, or fsck from another machine",
                 "Cho kiểm tra ở lần khởi động sau: sudo touch /forcefsck, hoặc fsck từ máy khác"};
  } else if (health.life_used) {
    line.reason =
        Said(device + "life used ", device + "tuổi thọ đã dùng ") + std::to_string(*health.life_used) + " %";
  } else {
    line.reason = {device + "takes writes; it does not tell its life",
                   device + "ghi được; không báo tuổi thọ"};
  }
  return line;
}

Finding room(const StorageFacts& storage) {
  Finding line{"room", kBoard, Mark::good, {"room on the disk", "chỗ trống trên đĩa"}, {}, {}};
  const auto folder = storage.outbox_file.parent_path().string();
  if (!storage.disk.disk_available) {
    line.mark = Mark::unchecked;
    line.reason = Said(folder + " is not there yet", "chưa có " + folder);
    return line;
  }
  const auto free = *storage.disk.disk_available;
  line.reason = Said(size_in_words(free) + " free for ", "còn " + size_in_words(free) + " cho ") + folder;
  // What the outbox may still grow by, its log included.
  const auto wanted =
      storage.outbox_limit > storage.outbox_bytes ? storage.outbox_limit - storage.outbox_bytes : 0;
  if (free < std::min(kLeastDisk, storage.outbox_limit)) {
    line.mark = Mark::wrong;
    line.next = {"Free space: sudo journalctl --vacuum-size=50M; du -xh / | sort -h | tail",
                 "Giải phóng chỗ: sudo journalctl --vacuum-size=50M; du -xh / | sort -h | tail"};
  } else if (free < wanted) {
    line.mark = Mark::notable;
    line.reason += Said("; the outbox may grow by ", "; bộ đệm còn có thể lớn thêm ") + size_in_words(wanted);
    line.next = {"Free space, or lower [outbox] max_bytes", "Giải phóng chỗ, hoặc giảm [outbox] max_bytes"};
  }
  return line;
}

}  // namespace

Findings judge_board(const BoardFacts& board, const ClockFacts& time, const StorageFacts& storage,
                     const ProgramFacts& program) {
  return {power(board.power),   temperature(board.system),
          memory(board.system), clock(time, program),
          card(storage),        room(storage)};
}

}  // namespace xalink
