#include "gateway/reports/fleet_report.hpp"

#include <algorithm>
#include <set>
#include <utility>

#include "gateway/reports/fleet/fleet_sums.hpp"
#include "gateway/reports/fleet/tables.hpp"

namespace xalink::reports {
namespace {

using fleet_tables::Life;

class FleetReport {
 public:
  explicit FleetReport(const FleetReportInput& input)
      : input_(input),
        registry_day_(std::min(input.period.last, input.today)),
        units_(input.registry, input.scope, registry_day_),
        sums_(fleet_tables::sums_of(input, units_, registry_day_)) {}

  Document write() {
    document_.kind = "fleet";
    document_.scope = to_string(input_.scope);
    document_.title = {"Boards of the communes", "Máy đo tại các xã"};
    document_.period = input_.period;
    document_.registry_version = input_.registry_version;
    document_.records = sums_.all.records;
    if (sums_.timed > 0) {
      document_.estimated_percent =
          100.0 * static_cast<double>(sums_.estimated) / static_cast<double>(sums_.timed);
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
    document_.tables = {fleet_tables::units(sums_, input_.scope),
                        fleet_tables::boards(input_, units_, registry_day_),
                        fleet_tables::software(input_.fleet)};
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
  void add_findings() {
    const auto unset = std::ranges::count_if(
        input_.fleet.boards, [](const Board& board) { return board.clock == ClockQuality::unset; });
    const auto add = [&](const char* key, Said name, Cell value, ColumnKind kind = ColumnKind::integer) {
      document_.findings.push_back({key, std::move(name), std::move(value), kind, 1});
    };
    add("boards", {"Boards", "Số máy"}, count(sums_.all.boards));
    add("live", {"Live", "Đang hoạt động"}, count(sums_.all.of(Life::live)));
    add("at_risk", {"At risk", "Có nguy cơ mất"}, count(sums_.all.of(Life::at_risk)));
    add("silent", {"Silent", "Im lặng"}, count(sums_.all.of(Life::silent)));
    add("never", {"Never heard of", "Chưa có tin"}, count(sums_.all.of(Life::never)));
    add("connected_percent", {"Connected in the period", "Có kết nối trong kỳ"},
        fleet_tables::connected_percent(sums_.all.connected), ColumnKind::percent);
    add("backlog", {"Records waiting in boards", "Bản ghi còn chờ trong máy"}, sums_.all.backlog_cell());
    add("given_up", {"Records given up", "Bản ghi đã mất"}, count(sums_.all.given_up));
    add("clock_unset", {"Clock not set", "Máy chưa có giờ"}, static_cast<std::int64_t>(unset));
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
    const auto strangers = sums_.units.find("");
    if (strangers != sums_.units.end()) {
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
      if (const auto* commune = input_.registry.commune_of(board.site.node, registry_day_);
          commune != nullptr && fleet_tables::records_of(board) > 0) {
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
  fleet_tables::FleetSums sums_;
  Document document_;
};

}  // namespace

Document fleet_report(const FleetReportInput& input) {
  return FleetReport(input).write();
}

}  // namespace xalink::reports
