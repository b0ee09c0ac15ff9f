// The part of the table of boards that tells what an older copy of the store lacks.

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/boards.hpp"
#include "sparkplug/given_up.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {
namespace {

// Enough to see what happened; programs and patient readers take --json.
constexpr std::size_t kMostLines = 40;

struct Words {
  std::string_view events, measurements;
  std::string_view recoveries, rows, to, asked, back, gone, to_come, settled, replaced;
  std::string_view gone_for_good, records, in, gaps, between, and_, before, after, older;
  std::string_view forgotten, lost, unreadable;
  std::string_view thinned, space, age, damaged, memory;
  std::string_view more;
};

constexpr Words kEnglish{
    .events = "events",
    .measurements = "measurements",
    .recoveries =
        "Delivered once, missing here (this store is an older copy, or another gateway took them), sent "
        "again "
        "by the boards:",
    .rows = "rows",
    .to = "to",
    .asked = "asked for at",
    .back = "came back",
    .gone = "gone for good",
    .to_come = "to come",
    .settled = "settled at",
    .replaced =
        "from an outbox that the board no longer uses. Next: if its file is still there, xalink-agent "
        "export there and xalink-gateway import here",
    .gone_for_good = "Gone for good:",
    .records = "records",
    .in = "in",
    .gaps = "gaps",
    .between = "between",
    .and_ = "and",
    .before = "before",
    .after = "after",
    .older = "older ones not counted",
    .forgotten = "the board no longer held them when they were asked for again",
    .lost = "lost on the board",
    .unreadable = "unreadable on the board's disk",
    .thinned = "they stand in the hourly summaries that arrived",
    .space = "dropped, the board's outbox was full",
    .age = "older than the board may keep",
    .damaged = "lost by damage of the board's disk",
    .memory = "never on the board's disk, which took nothing until memory was full",
    .more = " more: xalink-gateway boards --json",
};

constexpr Words kVietnamese{
    .events = "sự kiện",
    .measurements = "số đo",
    .recoveries =
        "Đã từng nhận nhưng không có ở đây (kho này là bản sao cũ, hoặc một gateway khác đã nhận), máy tại "
        "điểm đang gửi lại:",
    .rows = "dòng",
    .to = "đến",
    .asked = "yêu cầu lúc",
    .back = "đã nhận lại",
    .gone = "mất hẳn",
    .to_come = "còn chờ",
    .settled = "xong lúc",
    .replaced =
        "thuộc kho chờ gửi mà máy tại điểm không còn dùng. Tiếp theo: nếu còn tệp đó, chạy "
        "xalink-agent export ở máy đó rồi xalink-gateway import ở đây",
    .gone_for_good = "Mất hẳn:",
    .records = "bản ghi",
    .in = "trong",
    .gaps = "khoảng trống",
    .between = "từ",
    .and_ = "đến",
    .before = "trước",
    .after = "sau",
    .older = "chưa tính các khoảng cũ hơn",
    .forgotten = "khi được yêu cầu gửi lại thì máy tại điểm không còn giữ",
    .lost = "mất trên máy tại điểm",
    .unreadable = "không đọc được trên đĩa của máy tại điểm",
    .thinned = "chỉ còn trong số liệu gộp theo giờ đã nhận",
    .space = "đã bỏ vì bộ đệm của máy tại điểm đầy",
    .age = "quá cũ, máy tại điểm không giữ nữa",
    .damaged = "mất do đĩa của máy tại điểm hỏng",
    .memory = "chưa từng ghi được lên đĩa của máy tại điểm: đĩa từ chối ghi cho đến khi bộ nhớ đầy",
    .more = " dòng nữa: xalink-gateway boards --json",
};

class Text {
 public:
  Text(WallTime now, const Words& words) : now_(now), words_(words) {}

  std::string of(const NodeId& site, const Recovery& recovery) const {
    std::string line = begin(site, recovery.lane) + word(words_.rows) + number(recovery.first) + " " +
                       word(words_.to) + number(recovery.last) + ", " + word(words_.asked) +
                       local_moment(recovery.found, now_) + ": " + number(recovery.back) + " " +
                       std::string(words_.back) + ", " + number(recovery.gone) + " " +
                       std::string(words_.gone);
    if (recovery.settled) return line + ", " + word(words_.settled) + local_moment(*recovery.settled, now_);
    line += ", " + number(recovery.to_come) + " " + std::string(words_.to_come);
    if (recovery.replaced) line += ", " + std::string(words_.replaced);
    return line;
  }

  std::string of(const NodeId& site, const Gone& gone) const {
    std::string line = begin(site, gone.lane) + number(gone.records) + " " + word(words_.records);
    if (gone.gaps > 1) line += word(words_.in) + number(gone.gaps) + " " + word(words_.gaps);
    if (gone.since && gone.until) {
      line += word(words_.between) + local_moment(*gone.since, now_) + " " + word(words_.and_) +
              local_moment(*gone.until, now_);
    } else if (gone.until) {
      line += word(words_.before) + local_moment(*gone.until, now_);
    } else if (gone.since) {
      line += word(words_.after) + local_moment(*gone.since, now_);
    }
    if (line.back() == ' ') line.pop_back();
    line += ": " + reason(gone.reason);
    if (gone.more) line += " (" + std::string(words_.older) + ")";
    return line;
  }

  /// Measurements that never had a row id, so that no gap tells of them: by the board's own count.
  std::string never_numbered(const NodeId& site, std::uint64_t records) const {
    return begin(site, Lane::measurements) + number(records) + " " + std::string(words_.records) + ": " +
           std::string(words_.memory);
  }

 private:
  static std::string number(std::uint64_t number) { return std::to_string(number); }
  static std::string word(std::string_view word) { return std::string(word) + " "; }

  std::string begin(const NodeId& site, Lane lane) const {
    const auto which = lane == Lane::events ? words_.events : words_.measurements;
    return "  " + to_string(site) + "  " + std::string(which) + ": ";
  }

  std::string reason(const std::string& reason) const {
    if (reason == "forgotten") return std::string(words_.forgotten);
    if (reason == "lost") return std::string(words_.lost);
    if (reason == "unreadable") return std::string(words_.unreadable);
    if (reason == given_up::kThinned) return std::string(words_.thinned);
    if (reason == given_up::kSpace) return std::string(words_.space);
    if (reason == given_up::kAge) return std::string(words_.age);
    if (reason == given_up::kDamaged) return std::string(words_.damaged);
    return reason;
  }

  WallTime now_;
  const Words& words_;
};

std::string section(std::string_view heading, const std::vector<std::string>& lines, const Words& words) {
  if (lines.empty()) return {};
  std::string text = "\n" + std::string(heading) + "\n";
  for (std::size_t i = 0; i < std::min(lines.size(), kMostLines); ++i) text += lines[i] + "\n";
  if (lines.size() > kMostLines) {
    text += "  ... " + std::to_string(lines.size() - kMostLines) + std::string(words.more) + "\n";
  }
  return text;
}

}  // namespace

std::string missing_as_text(const Fleet& fleet, WallTime now, Language language) {
  const auto& words = language == Language::vietnamese ? kVietnamese : kEnglish;
  const Text text(now, words);
  std::vector<std::string> recoveries;
  std::vector<std::string> gone;
  for (const auto& board : fleet.boards) {
    for (const auto& recovery : board.recoveries) recoveries.push_back(text.of(board.site, recovery));
    for (const auto& part : board.gone) gone.push_back(text.of(board.site, part));
    const auto memory = board.given_up_reported.find(std::string(given_up::kMemory));
    if (memory != board.given_up_reported.end() && memory->second > 0) {
      gone.push_back(text.never_numbered(board.site, memory->second));
    }
  }
  return section(words.recoveries, recoveries, words) + section(words.gone_for_good, gone, words);
}

}  // namespace xalink
