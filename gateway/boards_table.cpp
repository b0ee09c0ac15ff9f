#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/boards.hpp"
#include "gateway/curbed_words.hpp"
#include "gateway/text_table.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {
namespace {

struct Words {
  std::string_view site, state, since, backlog, as_of, stored, last_record, clock, given_up;
  std::string_view online, offline, unknown, unborn;
  std::string_view synchronised, holdover, unset;
  std::string_view second, minute, hour, day;
  std::string_view ago;
  std::string_view values;
  std::string_view legend, estimated, bounds_only;
  std::string_view not_running, until, start_it;
  std::string_view disk_read_only, disk_has, disk_left;
  std::string_view no_board;
  std::string_view set_aside, look_at_them;
  std::string_view messages_limited, records_refused, lost, set_aside_of_board, last_reason,
      strangers_limited;
  std::string_view more_curbed, curbed_next;
  std::string_view continues, earlier_outboxes, more_continued, continued_next;
};

constexpr Words kEnglish{
    .site = "SITE",
    .state = "STATE",
    .since = "SINCE",
    .backlog = "BACKLOG",
    .as_of = "AS OF",
    .stored = "STORED",
    .last_record = "LAST RECORD",
    .clock = "CLOCK",
    .given_up = "GIVEN UP",
    .online = "online",
    .offline = "offline",
    .unknown = "unknown",
    .unborn = "no birth",
    .synchronised = "synchronised",
    .holdover = "holdover",
    .unset = "not set",
    .second = "s",
    .minute = "min",
    .hour = "h",
    .day = "d",
    .ago = " ago",
    .values = "values",
    .legend =
        "a + b: records of events (outages, dossiers) + of measurements. Backlog: as the board counted it.",
    .estimated = "~: by a board's clock that was not set.",
    .bounds_only = "(~n): records whose time is known within bounds only; the view record_time has them.",
    .not_running = "The gateway is not running.",
    .until = " This is what it knew until ",
    .start_it = " Next: systemctl start xalink-gateway, or xalink-gateway run.",
    .disk_read_only =
        "The disk of the store is read-only: nothing can be stored, and the boards keep their records. Next: "
        "dmesg says why; repair it and mount it for writing, then systemctl restart xalink-gateway.",
    .disk_has = "The disk of the store has only ",
    .disk_left =
        " left: once it is full nothing can be stored, and the boards keep their records. Next: free space "
        "on it, or move the store to a larger disk.",
    .no_board =
        "No board has been heard of yet. Next: see that the boards' [broker] url and [site] group fit this "
        "gateway's [broker] url and [host] groups; xalink-agent status on a board tells what it waits for.",
    .set_aside = " messages could not be used and were set aside.",
    .look_at_them = " Next: see why with ",
    .messages_limited = " messages beyond its limits",
    .records_refused = " records to come again",
    .lost = " values or events without room, lost",
    .set_aside_of_board = " messages set aside",
    .last_reason = "; last, ",
    .strangers_limited = " messages of nodes that are not known were beyond the limit that they share.",
    .more_curbed = " more boards: see --json.",
    .curbed_next =
        "Not taken in whole, so that no board costs the others their turn. Next: look at these boards, or "
        "raise [limits] in gateway.toml if they may send that much.",
    .continues = ": its outbox was damaged or lost its last records and was begun anew; it goes on from ",
    .earlier_outboxes = " earlier one(s).",
    .more_continued = " more boards with such outboxes: see --json.",
    .continued_next =
        "No record is stored twice; what could not be saved of its disk is among those given up. Nobody can "
        "count measurements that were on no disk yet when its power went and that this store has no more "
        "(a copy was put back): that time is unknown in all reports. Next: if it goes on, change the board's "
        "card or disk; xalink-agent status on the board says what happened.",
};

constexpr Words kVietnamese{
    .site = "ĐIỂM",
    .state = "TRẠNG THÁI",
    .since = "TỪ LÚC",
    .backlog = "CHỜ GỬI",
    .as_of = "TÍNH ĐẾN",
    .stored = "ĐÃ LƯU",
    .last_record = "BẢN GHI CUỐI",
    .clock = "ĐỒNG HỒ",
    .given_up = "ĐÃ BỎ",
    .online = "trực tuyến",
    .offline = "mất kết nối",
    .unknown = "chưa rõ",
    .unborn = "chưa khai báo",
    .synchronised = "đã đồng bộ",
    .holdover = "tự chạy",
    .unset = "chưa đặt giờ",
    .second = "giây",
    .minute = "phút",
    .hour = "giờ",
    .day = "ngày",
    .ago = " trước",
    .values = "giá trị",
    .legend =
        "a + b: bản ghi sự kiện (gián đoạn, hồ sơ) + bản ghi số đo. Chờ gửi: theo số đếm của máy tại điểm.",
    .estimated = "~: theo đồng hồ chưa đặt giờ của máy tại điểm.",
    .bounds_only = "(~n): số bản ghi chỉ biết thời gian trong một khoảng; xem khung nhìn record_time.",
    .not_running = "Gateway không chạy.",
    .until = " Đây là những gì đã biết đến ",
    .start_it = " Tiếp theo: systemctl start xalink-gateway, hoặc xalink-gateway run.",
    .disk_read_only =
        "Ổ đĩa của kho dữ liệu chỉ cho đọc: không lưu được gì, các máy tại điểm giữ lại bản ghi của mình. "
        "Tiếp theo: xem lý do bằng dmesg; sửa ổ đĩa, gắn lại ở chế độ cho ghi, rồi systemctl restart "
        "xalink-gateway.",
    .disk_has = "Ổ đĩa của kho dữ liệu chỉ còn ",
    .disk_left =
        " trống: khi đầy sẽ không lưu được gì, các máy tại điểm giữ lại bản ghi của mình. Tiếp theo: dọn bớt "
        "ổ đĩa, hoặc chuyển kho dữ liệu sang ổ lớn hơn.",
    .no_board =
        "Chưa nhận được tin từ máy nào. Tiếp theo: kiểm tra [broker] url và [site] group của máy tại điểm có "
        "khớp với [broker] url và [host] groups của gateway; chạy xalink-agent status trên máy đó để biết nó "
        "đang chờ gì.",
    .set_aside = " bản tin không dùng được, đã để riêng.",
    .look_at_them = " Tiếp theo: xem lý do bằng ",
    .messages_limited = " bản tin vượt giới hạn",
    .records_refused = " bản ghi sẽ được gửi lại",
    .lost = " giá trị hoặc sự kiện bị mất vì hết chỗ",
    .set_aside_of_board = " bản tin để riêng",
    .last_reason = "; lần cuối, ",
    .strangers_limited = " bản tin của các máy chưa biết vượt giới hạn chung.",
    .more_curbed = " máy khác: xem --json.",
    .curbed_next =
        "Không nhận hết để không máy nào làm chậm máy khác. Tiếp theo: kiểm tra các máy này, hoặc tăng "
        "[limits] trong gateway.toml nếu được phép gửi nhiều như vậy.",
    .continues = ": outbox bị hỏng hoặc mất các bản ghi cuối nên đã được lập lại; nối tiếp từ ",
    .earlier_outboxes = " outbox trước.",
    .more_continued = " máy khác có outbox như vậy: xem --json.",
    .continued_next =
        "Không bản ghi nào được lưu hai lần; phần không cứu được trên đĩa nằm trong số đã bỏ. Số đo chưa kịp "
        "ghi đĩa khi mất điện mà kho này cũng không còn (do khôi phục bản sao) thì không ai đếm được: khoảng "
        "thời gian đó là không rõ trong mọi báo cáo. Tiếp theo: nếu còn xảy ra, hãy thay thẻ nhớ hoặc ổ đĩa "
        "của máy; chạy xalink-agent status trên máy đó để biết điều gì đã "
        "xảy ra.",
};

class Table {
 public:
  Table(WallTime now, const Words& words, Language language)
      : now_(now), words_(words), language_(language) {}

  std::vector<std::string> headings() const {
    std::vector<std::string> cells;
    for (const auto word : {words_.site, words_.state, words_.since, words_.backlog, words_.as_of,
                            words_.stored, words_.last_record, words_.clock, words_.given_up}) {
      cells.emplace_back(word);
    }
    return cells;
  }

  std::vector<std::string> row(const Board& board) {
    return {to_string(board.site), std::string(state(board)), since(board),      backlog(board), as_of(board),
            stored(board),         last_record(board),        clock_cell(board), given_up(board)};
  }

  /// "VN-03/xa-1: 12 messages beyond its limits, 3 messages set aside; last, 14:02:11: no seq".
  [[nodiscard]] std::string curbed(const Board& board) const {
    std::string text;
    const auto add = [&](std::uint64_t count, std::string_view what) {
      if (count == 0) return;
      text +=
          (text.empty() ? to_string(board.site) + ": " : ", ") + std::to_string(count) + std::string(what);
    };
    add(board.curbed->limited, words_.messages_limited);
    add(board.curbed->refused, words_.records_refused);
    add(board.curbed->lost, words_.lost);
    add(board.curbed->set_aside, words_.set_aside_of_board);
    return text + std::string(words_.last_reason) + moment(board.curbed->last) + ": " +
           curbed_reason_in(language_, board.curbed->reason);
  }

  [[nodiscard]] bool has_estimates() const { return has_estimates_; }
  [[nodiscard]] bool has_bounds_only() const { return has_bounds_only_; }

  std::string moment(WallTime time) const { return local_moment(time, now_); }

 private:
  std::string_view state(const Board& board) const {
    switch (board.state) {
      case Board::State::online: return words_.online;
      case Board::State::offline: return words_.offline;
      case Board::State::unknown: return words_.unknown;
      case Board::State::unborn: break;
    }
    return words_.unborn;
  }

  std::string since(const Board& board) const {
    if (board.state == Board::State::unborn) return "-";
    return moment(board.since) + " (" + how_long(now_ - board.since) + ")";
  }

  static std::string per_lane(std::uint64_t events, std::uint64_t measurements) {
    return std::to_string(events) + " + " + std::to_string(measurements);
  }

  static std::string backlog(const Board& board) {
    const auto& [events, measurements] = board.lanes;
    if (!events.backlog || !measurements.backlog) return "-";
    return per_lane(events.backlog->rows, measurements.backlog->rows);
  }

  std::string as_of(const Board& board) const {
    const auto& [events, measurements] = board.lanes;
    if (!events.backlog || !measurements.backlog) return "-";
    return moment(std::min(events.backlog->as_of, measurements.backlog->as_of));
  }

  std::string stored(const Board& board) const {
    if (!board.delivers) return std::to_string(board.plain_values) + " " + std::string(words_.values);
    return per_lane(board.lanes[0].records, board.lanes[1].records);
  }

  std::string last_record(const Board& board) {
    if (!board.delivers) {
      return board.last_plain ? moment(*board.last_plain) + ago(now_ - *board.last_plain) : "-";
    }
    const BoardLane::Last* last = nullptr;
    for (const auto& lane : board.lanes) {
      if (lane.last && (last == nullptr || lane.last->received > last->received)) last = &*lane.last;
    }
    if (last == nullptr) return "-";
    // A clock that was never set can be years off: then the age is the time since it arrived.
    const bool estimated = last->quality == ClockQuality::unset;
    has_estimates_ |= estimated;
    const auto age = now_ - (estimated ? last->received : last->at);
    return (estimated ? "~" : "") + moment(last->at) + ago(age);
  }

  std::string clock_cell(const Board& board) {
    if (!board.clock) return "-";
    std::string cell(words_.unset);
    if (*board.clock == ClockQuality::synchronised) cell = words_.synchronised;
    if (*board.clock == ClockQuality::holdover) cell = words_.holdover;
    if (board.record_times.estimated == 0) return cell;
    has_bounds_only_ = true;
    return cell + " (~" + std::to_string(board.record_times.estimated) + ")";
  }

  // The board knows of more than the gaps that have arrived; a board that was replaced knows of less.
  static std::string given_up(const Board& board) {
    std::uint64_t reported = 0;
    for (const auto& [reason, records] : board.given_up_reported) reported += records;
    std::uint64_t arrived = 0;
    for (const auto& lane : board.lanes) arrived += lane.given_up;
    return std::to_string(std::max(reported, arrived));
  }

  std::string ago(Milliseconds time) const { return " (" + how_long(time) + std::string(words_.ago) + ")"; }

  std::string how_long(Milliseconds time) const {
    const auto all = std::max<std::int64_t>(0, std::chrono::floor<std::chrono::seconds>(time).count());
    const auto text = [](std::int64_t count, std::string_view unit) {
      return std::to_string(count) + " " + std::string(unit);
    };
    if (all < 60) return text(all, words_.second);
    if (all < 3600) return text(all / 60, words_.minute);
    if (all < 86400) return text(all / 3600, words_.hour) + " " + text(all / 60 % 60, words_.minute);
    return text(all / 86400, words_.day) + " " + text(all / 3600 % 24, words_.hour);
  }

  WallTime now_;
  const Words& words_;
  Language language_;
  bool has_estimates_ = false;
  bool has_bounds_only_ = false;
};

// Those of the last day, the latest first: what is long over is in --json.
std::vector<std::string> curbed_lines(const Fleet& fleet, const Table& table, const Words& words,
                                      WallTime now) {
  constexpr std::size_t kMost = 10;
  std::vector<const Board*> boards;
  for (const auto& board : fleet.boards) {
    if (board.curbed && now - board.curbed->last < std::chrono::hours(24)) boards.push_back(&board);
  }
  std::sort(boards.begin(), boards.end(),
            [](const Board* left, const Board* right) { return left->curbed->last > right->curbed->last; });
  std::vector<std::string> lines;
  if (boards.empty()) return lines;
  lines.emplace_back();
  for (const auto* board : boards) {
    if (lines.size() > kMost) {
      lines.push_back(std::to_string(boards.size() - kMost) + std::string(words.more_curbed));
      break;
    }
    lines.push_back(table.curbed(*board));
  }
  lines.emplace_back(words.curbed_next);
  return lines;
}

/// Boards whose outbox was begun anew, with what to do.
std::vector<std::string> continued_lines(const Fleet& fleet, const Words& words) {
  constexpr std::size_t kMost = 10;
  std::vector<std::string> lines;
  std::size_t boards = 0;
  for (const auto& board : fleet.boards) {
    if (board.salvaged_from.empty() || ++boards > kMost) continue;
    if (lines.empty()) lines.emplace_back();
    lines.push_back(to_string(board.site) + std::string(words.continues) +
                    std::to_string(board.salvaged_from.size()) + std::string(words.earlier_outboxes));
  }
  if (boards > kMost) lines.push_back(std::to_string(boards - kMost) + std::string(words.more_continued));
  if (boards > 0) lines.emplace_back(words.continued_next);
  return lines;
}

}  // namespace

std::string boards_as_table(const Fleet& fleet, WallTime now, Language language) {
  const auto& words = language == Language::vietnamese ? kVietnamese : kEnglish;
  Table table(now, words, language);
  std::string text;
  const auto line = [&text](const auto&... parts) {
    ((text += parts), ...);
    text += "\n";
  };
  if (fleet.boards.empty()) {
    line(words.no_board);
  } else {
    std::vector<std::vector<std::string>> rows{table.headings()};
    for (const auto& board : fleet.boards) rows.push_back(table.row(board));
    text += aligned(rows);
    line();
    line(words.legend);
    if (table.has_estimates()) line(words.estimated);
    if (table.has_bounds_only()) line(words.bounds_only);
    for (const auto& told : curbed_lines(fleet, table, words, now)) line(told);
    for (const auto& told : continued_lines(fleet, words)) line(told);
    text += missing_as_text(fleet, now, language);
    text += intervals_as_text(fleet, language);
  }
  if (fleet.strangers_limited > 0) line(std::to_string(fleet.strangers_limited), words.strangers_limited);
  if (fleet.gateway_running == false) {
    line(
        words.not_running,
        fleet.last_commit ? std::string(words.until) + table.moment(*fleet.last_commit) + "." : std::string(),
        words.start_it);
  }
  if (fleet.disk && fleet.disk->read_only) {
    line(words.disk_read_only);
  } else if (fleet.disk && fleet.disk->little()) {
    line(words.disk_has, size_in_words(fleet.disk->free_bytes), words.disk_left);
  }
  if (fleet.set_aside > 0) {
    line(std::to_string(fleet.set_aside), words.set_aside, words.look_at_them, "sqlite3 -readonly ",
         fleet.store.string(),
         " \"SELECT datetime(at_ms / 1000, 'unixepoch', 'localtime'), topic, reason FROM set_aside\"");
  }
  return text;
}

}  // namespace xalink
