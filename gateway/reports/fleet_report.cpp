#include "gateway/reports/fleet_report.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace xalink::reports {
namespace {

enum class Life { live, at_risk, silent, never };

/// By the gateway's clock: when something of the board came last, by broker or by hand.
std::optional<WallTime> last_heard(const Board& board) {
  std::optional<WallTime> latest;
  const auto take = [&](WallTime time) {
    if (time > WallTime{} && (!latest || time > *latest)) latest = time;
  };
  for (const auto& lane : board.lanes) {
    if (lane.last) take(lane.last->received);
    if (lane.backlog) take(lane.backlog->as_of);
  }
  if (board.state != Board::State::unborn) take(board.since);
  if (board.last_plain) take(*board.last_plain);
  return latest;
}

std::int64_t days_silent(const Board& board, Date today) {
  const auto heard = last_heard(board);
  if (board.state == Board::State::online || !heard) return 0;
  return std::max<std::int64_t>(0, (today - meaning::day_of(*heard)).count());
}

Life life_of(const Board& board, Date today) {
  if (!last_heard(board)) return Life::never;
  const auto days = days_silent(board, today);
  return days <= kLiveDays ? Life::live : days <= kAtRiskDays ? Life::at_risk : Life::silent;
}

State state_of(Life life) {
  switch (life) {
    case Life::live: return {"live", {"live", "đang hoạt động"}, Tone::good};
    case Life::at_risk: return {"at_risk", {"at risk", "có nguy cơ mất"}, Tone::limited};
    case Life::silent: return {"silent", {"silent", "im lặng"}, Tone::bad};
    case Life::never: break;
  }
  return {"never", {"never heard of", "chưa có tin"}, Tone::unknown};
}

State connection_of(const Board& board) {
  switch (board.state) {
    case Board::State::online: return {"online", {"online", "trực tuyến"}, Tone::good};
    case Board::State::offline: return {"offline", {"offline", "mất kết nối"}, Tone::bad};
    case Board::State::unknown: return {"unknown", {"unknown", "không rõ"}, Tone::unknown};
    case Board::State::unborn: break;
  }
  return {"unborn", {"no birth yet", "chưa khai báo"}, Tone::unknown};
}

Cell clock_of(const Board& board) {
  if (!board.clock) return Missing::no_data;
  switch (*board.clock) {
    case ClockQuality::synchronised: return State{"synchronised", {"synchronised", "đồng bộ"}, Tone::good};
    case ClockQuality::holdover: return State{"holdover", {"runs free", "chạy tự do"}, Tone::limited};
    case ClockQuality::unset: break;
  }
  return State{"unset", {"not set", "chưa có giờ"}, Tone::bad};
}

Cell time_or_none(const std::optional<WallTime>& time) {
  return cell_or(time, Missing::no_data);
}

/// Of the two lanes together; nothing when the board does not tell.
std::optional<std::uint64_t> backlog_of(const Board& board) {
  std::optional<std::uint64_t> rows;
  for (const auto& lane : board.lanes) {
    if (lane.backlog) rows = rows.value_or(0) + lane.backlog->rows;
  }
  return rows;
}

std::uint64_t records_of(const Board& board) {
  return board.lanes[0].records + board.lanes[1].records;
}

std::uint64_t given_up_of(const Board& board) {
  return board.lanes[0].given_up + board.lanes[1].given_up;
}

struct Sum {
  std::uint64_t boards = 0;
  std::map<Life, std::uint64_t> lives;
  std::uint64_t backlog = 0;
  std::uint64_t told_backlog = 0;  ///< boards
  std::uint64_t given_up = 0;
  std::uint64_t records = 0;
  store::Connected connected;

  [[nodiscard]] std::uint64_t of(Life life) const {
    const auto found = lives.find(life);
    return found == lives.end() ? 0 : found->second;
  }
  [[nodiscard]] Cell backlog_cell() const {
    return told_backlog == 0 ? Cell(Missing::no_data) : count(backlog);
  }
};

Cell connected_percent(const store::Connected& connected) {
  if (connected.looked_at.count() == 0) return Missing::no_data;
  return 100.0 * static_cast<double>(connected.connected.count()) /
         static_cast<double>(connected.looked_at.count());
}

/// The worst that is there: one silent board of three is worth a visit.
State state_of(const Sum& sum) {
  if (sum.boards == 0) return {"no_board", {"no board", "chưa có máy"}, Tone::unknown};
  for (const auto life : {Life::silent, Life::at_risk, Life::live}) {
    if (sum.of(life) == 0) continue;
    auto state = state_of(life);
    // Some of a larger unit's boards are silent: limited, not bad.
    if (life == Life::silent && sum.of(Life::live) > 0) {
      return {"partly_silent", {"partly silent", "một phần im lặng"}, Tone::limited};
    }
    return state;
  }
  return state_of(Life::never);
}

class FleetReport {
 public:
  explicit FleetReport(const FleetReportInput& input)
      : input_(input),
        registry_day_(std::min(input.period.last, input.today)),
        units_(input.registry, input.scope, registry_day_) {
    for (const auto& board : input.fleet.boards) take(board);
  }

  Document write() {
    document_.kind = "fleet";
    document_.scope = to_string(input_.scope);
    document_.title = {"Boards of the communes", "Máy đo tại các xã"};
    document_.period = input_.period;
    document_.registry_version = input_.registry_version;
    document_.records = all_.records;
    if (const auto times = timed_records(); times > 0) {
      document_.estimated_percent = 100.0 * static_cast<double>(estimated_) / static_cast<double>(times);
    }
    document_.parameters = {
        fact_of(input_.scope),
        {"as_of", {"Boards as they stand on", "Tình trạng máy vào ngày"}, input_.today, ColumnKind::date, 0},
        {"registry_day",
         {"Communes as of", "Đơn vị hành chính vào ngày"},
         registry_day_,
         ColumnKind::date,
         0},
        {"live_days", {"Live up to, days", "Đang hoạt động đến, ngày"}, kLiveDays, ColumnKind::integer, 0},
        {"at_risk_days",
         {"At risk up to, days", "Có nguy cơ đến, ngày"},
         kAtRiskDays,
         ColumnKind::integer,
         0},
    };
    add_findings();
    document_.tables = {units_table(), boards_table(), software_table()};
    // Of communes, each has about one board: the map shows them better.
    if (input_.scope != Scope::commune) {
      document_.charts.push_back({ChartKind::stack,
                                  {"Boards by state", "Số máy theo tình trạng"},
                                  "units",
                                  "unit",
                                  {"live", "at_risk", "silent", "never"},
                                  40,
                                  {Tone::good, Tone::limited, Tone::bad, Tone::unknown}});
    }
    document_.charts.push_back({ChartKind::bar,
                                {"Boards by software", "Số máy theo phiên bản"},
                                "software",
                                "version",
                                {"boards"},
                                20,
                                {}});
    document_.map = Map{{"Where boards stand", "Bản đồ máy đo"}, "units", "unit", "state"};
    add_notes();
    add_definitions();
    add_communes_without_boards();
    return std::move(document_);
  }

 private:
  void take(const Board& board) {
    const auto unit = units_.of(commune_of(board));
    auto& sum = sums_[unit.key];
    shown_.try_emplace(unit.key, unit);
    const auto found = input_.connected.find(board.site);
    for (auto* each : {&sum, &all_}) {
      ++each->boards;
      ++each->lives[life_of(board, input_.today)];
      if (const auto rows = backlog_of(board)) {
        each->backlog += *rows;
        ++each->told_backlog;
      }
      each->given_up += given_up_of(board);
      each->records += records_of(board);
      if (found == input_.connected.end()) continue;
      each->connected.connected += found->second.connected;
      each->connected.looked_at += found->second.looked_at;
    }
    estimated_ += board.record_times.estimated;
  }

  const registry::Commune* commune_of(const Board& board) const {
    return input_.registry.commune_of(board.site.node, registry_day_);
  }

  std::uint64_t timed_records() const {
    std::uint64_t sum = 0;
    for (const auto& board : input_.fleet.boards) {
      const auto& times = board.record_times;
      sum += times.synchronised + times.holdover + times.corrected + times.estimated;
    }
    return sum;
  }

  void add_findings() {
    const auto unset = std::ranges::count_if(
        input_.fleet.boards, [](const Board& board) { return board.clock == ClockQuality::unset; });
    const auto add = [&](const char* key, Said name, Cell value, ColumnKind kind = ColumnKind::integer) {
      document_.findings.push_back({key, std::move(name), std::move(value), kind, 1});
    };
    add("boards", {"Boards", "Số máy"}, count(all_.boards));
    add("live", {"Live", "Đang hoạt động"}, count(all_.of(Life::live)));
    add("at_risk", {"At risk", "Có nguy cơ mất"}, count(all_.of(Life::at_risk)));
    add("silent", {"Silent", "Im lặng"}, count(all_.of(Life::silent)));
    add("never", {"Never heard of", "Chưa có tin"}, count(all_.of(Life::never)));
    add("connected_percent", {"Connected in the period", "Có kết nối trong kỳ"},
        connected_percent(all_.connected), ColumnKind::percent);
    add("backlog", {"Records waiting in boards", "Bản ghi còn chờ trong máy"}, all_.backlog_cell());
    add("given_up", {"Records given up", "Bản ghi đã mất"}, count(all_.given_up));
    add("clock_unset", {"Clock not set", "Máy chưa có giờ"}, static_cast<std::int64_t>(unset));
  }

  Table units_table() {
    Table table;
    table.key = "units";
    table.title = {"Boards by unit", "Máy theo đơn vị"};
    table.columns = {
        {"unit", heading_of(input_.scope), ColumnKind::text, 0},
        {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
        {"boards", {"Boards", "Số máy"}, ColumnKind::integer, 0},
        {"live", {"Live", "Đang hoạt động"}, ColumnKind::integer, 0},
        {"at_risk", {"At risk", "Có nguy cơ"}, ColumnKind::integer, 0},
        {"silent", {"Silent", "Im lặng"}, ColumnKind::integer, 0},
        {"never", {"Never heard of", "Chưa có tin"}, ColumnKind::integer, 0},
        {"connected_percent", {"Connected in the period", "Có kết nối trong kỳ"}, ColumnKind::percent, 1},
        {"backlog", {"Records waiting", "Bản ghi chờ"}, ColumnKind::integer, 0},
        {"given_up", {"Records given up", "Bản ghi đã mất"}, ColumnKind::integer, 0},
    };
    // Communes without a board would make hundreds of empty rows: they are listed by name.
    for (const auto& [key, unit] : shown_) {
      const auto& sum = sums_.at(key);
      table.rows.push_back(
          {{unit.name, state_of(sum), count(sum.boards), count(sum.of(Life::live)),
            count(sum.of(Life::at_risk)), count(sum.of(Life::silent)), count(sum.of(Life::never)),
            connected_percent(sum.connected), sum.backlog_cell(), count(sum.given_up)},
           unit.place});
    }
    return table;
  }

  Table boards_table() const {
    Table table;
    table.key = "boards";
    table.title = {"Each board", "Từng máy"};
    table.columns = {
        {"group", {"Group", "Nhóm"}, ColumnKind::text, 0},
        {"site", {"Site", "Điểm"}, ColumnKind::text, 0},
        {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
        {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
        {"days_silent", {"Days silent", "Số ngày im lặng"}, ColumnKind::integer, 0},
        {"last_heard", {"Last heard of", "Tin cuối"}, ColumnKind::time, 0},
        {"connection", {"Connection", "Kết nối"}, ColumnKind::state, 0},
        {"connected_percent", {"Connected in the period", "Có kết nối trong kỳ"}, ColumnKind::percent, 1},
        {"software", {"Software", "Phiên bản"}, ColumnKind::text, 0},
        {"clock", {"Clock", "Đồng hồ"}, ColumnKind::state, 0},
        {"estimated_percent",
         {"Records whose time is estimated", "Bản ghi có thời gian ước lượng"},
         ColumnKind::percent,
         1},
        {"backlog", {"Records waiting", "Bản ghi chờ"}, ColumnKind::integer, 0},
        {"oldest", {"Oldest that waits", "Bản ghi chờ lâu nhất"}, ColumnKind::time, 0},
        {"records", {"Records stored", "Bản ghi đã lưu"}, ColumnKind::integer, 0},
        {"given_up", {"Records given up", "Bản ghi đã mất"}, ColumnKind::integer, 0},
    };
    table.fixed_columns = 2;
    for (const auto& board : input_.fleet.boards) table.rows.push_back(row_of(board));
    return table;
  }

  Row row_of(const Board& board) const {
    const auto* commune = commune_of(board);
    const auto heard = last_heard(board);
    const auto found = input_.connected.find(board.site);
    const auto& times = board.record_times;
    const auto timed = times.synchronised + times.holdover + times.corrected + times.estimated;
    const auto rows = backlog_of(board);
    const Cell nothing = board.delivers ? Missing::no_data : Missing::not_applicable;
    const auto site = std::ranges::find_if(input_.registry.sites(), [&](const registry::Site& each) {
      return each.id == board.site.node && each.valid.holds(registry_day_);
    });
    std::optional<Place> place = commune == nullptr ? std::nullopt : place_of(*commune);
    if (site != input_.registry.sites().end() && site->latitude && site->longitude) {
      place = Place{*site->latitude, *site->longitude};
    }
    return {
        {board.site.group, board.site.node, commune == nullptr ? units_.of(nullptr).name : name_of(*commune),
         state_of(life_of(board, input_.today)),
         heard ? Cell(days_silent(board, input_.today)) : Cell(Missing::no_data), time_or_none(heard),
         connection_of(board),
         found == input_.connected.end() ? Cell(Missing::no_data) : connected_percent(found->second),
         board.software.empty() ? nothing : Cell(board.software), board.delivers ? clock_of(board) : nothing,
         timed == 0 ? nothing
                    : Cell(100.0 * static_cast<double>(times.estimated) / static_cast<double>(timed)),
         rows ? count(*rows) : nothing,
         board.oldest && rows.value_or(1) > 0 ? Cell(*board.oldest) : Cell(Missing::not_applicable),
         count(records_of(board)), count(given_up_of(board))},
        place};
  }

  Table software_table() const {
    std::map<std::string, std::int64_t> versions;
    for (const auto& board : input_.fleet.boards) ++versions[board.software];
    Table table;
    table.key = "software";
    table.title = {"Software", "Phiên bản phần mềm"};
    table.columns = {{"version", {"Version", "Phiên bản"}, ColumnKind::text, 0},
                     {"boards", {"Boards", "Số máy"}, ColumnKind::integer, 0}};
    for (const auto& [version, boards] : versions) {
      const Cell name = version.empty() ? Cell(Said{"does not say", "không khai báo"}) : Cell(version);
      table.rows.push_back({{name, boards}, std::nullopt});
    }
    std::ranges::stable_sort(table.rows, std::ranges::greater{},
                             [](const Row& row) { return std::get<std::int64_t>(row.cells[1]); });
    return table;
  }

  void add_notes() {
    document_.notes.push_back(
        {"Boards are shown as they stand on the day named under Parameters; only the time connected is of "
         "the "
         "period.",
         "Tình trạng máy là của ngày nêu ở phần Tham số; chỉ thời gian có kết nối là của kỳ báo cáo."});
    if (input_.fleet.gateway_running == false) {
      document_.notes.push_back(
          {"The gateway was not running: boards that seem silent may only not have been heard.",
           "Máy chủ tỉnh không chạy: máy có vẻ im lặng có thể chỉ là không ai nghe."});
    }
    const auto strangers = sums_.find("");
    if (strangers != sums_.end()) {
      const auto number = std::to_string(strangers->second.boards);
      document_.notes.push_back(
          {number + " boards are at no site of the registry. Next: fill in the table sites and import it "
                    "(xalink-gateway communes template sites).",
           number + " máy không thuộc điểm nào trong danh bạ. Tiếp theo: điền bảng sites rồi nhập "
                    "(xalink-gateway communes template sites)."});
    }
  }

  void add_definitions() {
    const auto live = std::to_string(kLiveDays);
    const auto risk = std::to_string(kAtRiskDays);
    document_.definitions = {
        {{"Live, at risk, silent", "Đang hoạt động, có nguy cơ, im lặng"},
         {"Days since anything of the board came, by broker or by hand: up to " + live + " live, up to " +
              risk + " at risk, more: silent. A board that is online is live.",
          "Số ngày kể từ tin cuối của máy, qua mạng hay chép tay: đến " + live +
              " ngày là đang hoạt động, đến " + risk +
              " ngày là có nguy cơ, hơn nữa là im lặng. Máy đang trực tuyến là đang hoạt động."},
         {"Giga (UNICEF, ITU): live 21 days, drop-off after 28", "Giga (UNICEF, ITU): 21 ngày, 28 ngày"}},
        {{"Connected in the period", "Có kết nối trong kỳ"},
         {"Time with a session at the gateway / time of the period since the board was first heard of, up to "
          "the "
          "last commit of the store. A board may measure while it is not connected.",
          "Thời gian có phiên kết nối với máy chủ tỉnh / thời gian của kỳ kể từ khi biết đến máy, đến lần "
          "ghi "
          "cuối của kho. Máy vẫn đo khi mất kết nối."},
         {}},
        {{"Records waiting", "Bản ghi chờ"},
         {"Records in the board's buffer that the gateway has not confirmed, as the board last told.",
          "Bản ghi trong bộ đệm của máy mà máy chủ tỉnh chưa xác nhận, theo lần báo gần nhất của máy."},
         {}},
        {{"Records given up", "Bản ghi đã mất"},
         {"Records that will never come, by the gaps that boards reported: their buffer was full or damaged.",
          "Bản ghi không bao giờ đến, theo các khoảng trống mà máy đã báo: bộ đệm đầy hoặc hỏng."},
         {}},
        {{"Records whose time is estimated", "Bản ghi có thời gian ước lượng"},
         {"Share of records that were taken while the board's clock was not set and whose boot is not tied "
          "to "
          "true time yet; their time is known within bounds.",
          "Tỷ lệ bản ghi được đo khi máy chưa có giờ và lần khởi động chưa gắn được với giờ thật; thời gian "
          "chỉ "
          "biết trong khoảng."},
         {}},
    };
  }

  void add_communes_without_boards() {
    std::set<registry::CommuneKey> with;
    for (const auto& board : input_.fleet.boards) {
      if (const auto* commune = commune_of(board); commune != nullptr && records_of(board) > 0) {
        with.insert(commune->key);
      }
    }
    for (const auto& [key, commune] : input_.registry.communes()) {
      if (commune.valid.holds(registry_day_) && !with.contains(key)) {
        document_.without_data.push_back(name_of(commune));
      }
    }
  }

  const FleetReportInput& input_;
  Date registry_day_;  ///< communes and districts are those of the period
  Units units_;
  std::map<std::string, Sum> sums_;    ///< by the unit's key
  std::map<std::string, Unit> shown_;  ///< units that have boards
  Sum all_;
  std::uint64_t estimated_ = 0;
  Document document_;
};

}  // namespace

Document fleet_report(const FleetReportInput& input) {
  return FleetReport(input).write();
}

}  // namespace xalink::reports
