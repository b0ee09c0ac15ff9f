#include "gateway/reports/outage_report.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "gateway/meaning/cause.hpp"
#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/unit_place.hpp"

namespace xalink::reports {
namespace {

using meaning::Cause;
using meaning::Tally;

constexpr std::array<Cause, meaning::kCauseCount> kCauses{
    Cause::switched_off, Cause::power,    Cause::board, Cause::modem,    Cause::link,
    Cause::first_hop,    Cause::internet, Cause::dns,   Cause::services, Cause::gateway};

Said said_of(Cause cause) {
  return {meaning::cause_label(cause, Language::english), meaning::cause_label(cause, Language::vietnamese)};
}

/// "down_first_hop".
std::string key_of(Cause cause) {
  std::string key = "down_" + std::string(meaning::to_string(cause));
  std::ranges::replace(key, ' ', '_');
  return key;
}

Cell time_or_none(const std::optional<Milliseconds>& time) {
  return cell_or(time, Missing::not_applicable);
}

struct ListedOutage {
  std::string site;
  const meaning::SiteOutage* outage;
  Milliseconds within;  ///< the span
};

class OutageReport {
 public:
  explicit OutageReport(const OutageReportInput& input)
      : input_(input), places_(input.registry, input.scope, input.period) {
    units_ =
        meaning::availability_by(by_of(input.scope), input.registry, input.sites, input.span, input.opening);
    std::ranges::stable_sort(units_, [](const auto& left, const auto& right) {
      const auto rank = [](const meaning::UnitAvailability& unit) {
        const auto& all = unit.availability.all_hours;
        return std::pair(all.known().count() == 0, -all.outage_time().count());
      };
      return rank(left) < rank(right);
    });
    for (const auto& unit : units_) total_ += unit.availability;
  }

  Document write() {
    document_.kind = "outages";
    document_.scope = to_string(input_.scope);
    document_.title = {"Outages and availability", "Mất kết nối và độ khả dụng"};
    document_.period = input_.period;
    document_.parameters = {
        fact_of(input_.scope),
        {"good_percent",
         {"Good from, in office hours", "Tốt từ, trong giờ làm việc"},
         kGoodAvailability,
         ColumnKind::percent,
         1},
        {"limited_percent",
         {"Limited from, in office hours", "Hạn chế từ, trong giờ làm việc"},
         kLimitedAvailability,
         ColumnKind::percent,
         1},
    };
    add_findings();
    document_.tables = {units_table(), causes_table(), outages_table()};
    std::vector<std::string> causes;
    for (const auto cause : kCauses) {
      if (total_.all_hours.down_by(cause).count() > 0) causes.push_back(key_of(cause));
    }
    if (!causes.empty()) {
      document_.charts.push_back(
          {ChartKind::stack,
           {"Time without service, by cause", "Thời gian mất dịch vụ, theo nguyên nhân"},
           "units",
           "unit",
           causes,
           30,
           {}});
    }
    document_.charts.push_back({ChartKind::bar,
                                {"Availability in office hours", "Độ khả dụng trong giờ làm việc"},
                                "units",
                                "unit",
                                {"office_percent"},
                                30,
                                {}});
    document_.map =
        Map{{"Availability in office hours", "Độ khả dụng trong giờ làm việc"}, "units", "unit", "state"};
    add_definitions();
    add_ground(document_, input_);
    return std::move(document_);
  }

 private:
  void add_findings() {
    const auto& all = total_.all_hours;
    const auto add = [&](const char* key, Said name, Cell value, ColumnKind kind, int digits) {
      document_.findings.push_back({key, std::move(name), std::move(value), kind, digits});
    };
    const auto add_share = [&](const char* key, Said name, const meaning::Share& share, const Said& of,
                               int digits) {
      add(key, std::move(name), percent_of(share), ColumnKind::percent, digits);
      if (share.denominator.count() == 0) return;
      document_.findings.back().of =
          Said::same(duration_for_people(share.numerator) + " / " + duration_for_people(share.denominator)) +
          of;
    };
    const Said known_hours{" h known", " giờ biết được"};
    add_share("office_percent", {"Availability, office hours", "Khả dụng, giờ làm việc"},
              availability(total_.office_hours, meaning::Base::known_time), known_hours, 2);
    add_share("all_percent", {"Availability, all hours", "Khả dụng, mọi giờ"},
              availability(all, meaning::Base::known_time), known_hours, 2);
    add_share("completeness_percent", {"Time known", "Thời gian biết được"}, all.completeness(),
              {" h in all", " giờ tổng cộng"}, 1);
    const bool known = all.known().count() > 0;
    const auto if_known = [&](Cell cell) { return known ? std::move(cell) : Cell(Missing::no_data); };
    add("outages", {"Outages", "Số lần mất kết nối"}, if_known(count(all.outages)), ColumnKind::integer, 0);
    add("outage_time", {"Time of outages", "Thời gian mất kết nối"}, if_known(all.outage_time()),
        ColumnKind::duration, 0);
    add("longest", {"Longest outage", "Lần dài nhất"},
        if_known(all.outages == 0 ? Cell(Missing::not_applicable) : Cell(longest())), ColumnKind::duration,
        0);
  }

  Milliseconds longest() const {
    Milliseconds most{0};
    for (const auto& unit : units_) most = std::max(most, unit.availability.all_hours.longest);
    return most;
  }

  Table units_table() const {
    Table table;
    table.key = "units";
    table.title = {"Availability by unit", "Độ khả dụng theo đơn vị"};
    table.note = {
        "Time up + time down by each cause + unknown time = the period, to the millisecond. Rates are of "
        "the time that is known.",
        "Thời gian có dịch vụ + thời gian mất theo từng nguyên nhân + thời gian không rõ = kỳ báo cáo. "
        "Tỷ lệ tính trên thời gian biết được."};
    table.columns = {
        {"unit", heading_of(input_.scope), ColumnKind::text, 0},
        {"state", {"State", "Tình trạng"}, ColumnKind::state, 0},
        {"communes", {"Communes", "Số xã"}, ColumnKind::integer, 0},
        {"sites", {"Sites", "Số điểm"}, ColumnKind::integer, 0},
        {"office_percent", {"Availability, office hours", "Khả dụng, giờ làm việc"}, ColumnKind::percent, 2},
        {"all_percent", {"Availability, all hours", "Khả dụng, mọi giờ"}, ColumnKind::percent, 2},
        {"powered_percent", {"Availability, powered on", "Khả dụng, khi có điện"}, ColumnKind::percent, 2},
        {"completeness_percent", {"Time known", "Thời gian biết được"}, ColumnKind::percent, 1},
        {"outages", {"Outages", "Số lần mất"}, ColumnKind::integer, 0},
        {"outage_time", {"Time of outages", "Thời gian mất"}, ColumnKind::duration, 0},
        {"longest", {"Longest", "Dài nhất"}, ColumnKind::duration, 0},
        {"mttr", {"Mean time to repair", "Thời gian khắc phục TB"}, ColumnKind::duration, 0},
        {"mtbf", {"Mean time between", "Thời gian giữa hai lần TB"}, ColumnKind::duration, 0},
        {"up", {"Time up", "Thời gian có dịch vụ"}, ColumnKind::duration, 0},
        {"unknown", {"Time unknown", "Thời gian không rõ"}, ColumnKind::duration, 0},
        {"period", {"Period", "Kỳ"}, ColumnKind::duration, 0},
    };
    for (const auto cause : kCauses)
      table.columns.push_back({key_of(cause), said_of(cause), ColumnKind::duration, 0});
    for (const auto& unit : units_) table.rows.push_back(row_of(unit));
    return table;
  }

  Row row_of(const meaning::UnitAvailability& unit) const {
    const auto& all = unit.availability.all_hours;
    const auto& office = unit.availability.office_hours;
    const bool known = all.known().count() > 0;
    const auto if_known = [&](Cell cell) { return known ? std::move(cell) : Cell(Missing::no_data); };
    Row row;
    row.place = places_.place_of(unit);
    row.code = unit.key;
    row.cells = {places_.name_of(unit),
                 availability_state(office),
                 count(unit.communes),
                 count(unit.sites.size()),
                 percent_of(availability(office, meaning::Base::known_time)),
                 percent_of(availability(all, meaning::Base::known_time)),
                 percent_of(availability(all, meaning::Base::powered_on_time)),
                 percent_of(all.completeness()),
                 if_known(count(all.outages)),
                 if_known(all.outage_time()),
                 if_known(all.outages == 0 ? Cell(Missing::not_applicable) : Cell(all.longest)),
                 if_known(time_or_none(all.mean_time_to_repair())),
                 if_known(time_or_none(all.mean_time_between_failures())),
                 if_known(all.up),
                 all.unknown,
                 all.period};
    for (const auto cause : kCauses) row.cells.push_back(if_known(all.down_by(cause)));
    return row;
  }

  Table causes_table() const {
    Table table;
    table.key = "causes";
    table.title = {"Causes", "Nguyên nhân"};
    table.columns = {
        {"cause", {"Cause", "Nguyên nhân"}, ColumnKind::text, 0},
        {"down", {"Time, all hours", "Thời gian, mọi giờ"}, ColumnKind::duration, 0},
        {"share_percent", {"Share of time down", "Tỷ lệ thời gian mất"}, ColumnKind::percent, 1},
        {"down_office", {"Time, office hours", "Thời gian, giờ làm việc"}, ColumnKind::duration, 0}};
    const auto& all = total_.all_hours;
    for (const auto cause : kCauses) {
      table.rows.push_back(
          {{said_of(cause), all.down_by(cause), percent_of({all.down_by(cause), all.down_total()}),
            total_.office_hours.down_by(cause)},
           std::nullopt});
    }
    for (const auto& [service, time] : all.services) {
      const auto found = total_.office_hours.services.find(service);
      table.rows.push_back({{Said{"of services: " + service, "trong đó dịch vụ: " + service}, time,
                             percent_of({time, all.down_total()}),
                             found == total_.office_hours.services.end() ? Milliseconds(0) : found->second},
                            std::nullopt});
    }
    return table;
  }

  Table outages_table() const {
    std::vector<ListedOutage> listed;
    for (const auto& [site, line] : input_.sites) {
      for (const auto& outage : line.outages) {
        const auto within = meaning::common_part(outage.span, input_.span).length();
        // Offices that switch their boards off each evening would fill the list.
        const bool happened = std::ranges::any_of(
            outage.spans, [](const auto& span) { return meaning::is_outage(span.cause); });
        if (within.count() > 0 && !outage.on_battery && happened) listed.push_back({site, &outage, within});
      }
    }
    const auto all = listed.size();
    std::ranges::stable_sort(listed, std::ranges::greater{}, &ListedOutage::within);
    if (listed.size() > kMostOutages) listed.resize(kMostOutages);
    Table table;
    table.key = "outages";
    table.title = {"Each outage", "Từng lần mất kết nối"};
    const auto shown = std::to_string(listed.size());
    table.note = {
        "The longest first; " + shown + " of " + std::to_string(all) +
            ". Times as the board stated them; the length is that within the period. What was switched off "
            "on purpose is no outage: its time is in the tables above.",
        "Dài nhất trước; " + shown + " trong " + std::to_string(all) +
            " lần. Thời điểm do máy ghi; độ dài tính trong kỳ. Chủ động tắt máy không phải lần mất kết "
            "nối: thời gian đó nằm ở các bảng trên."};
    table.columns = {
        {"site", {"Site", "Điểm"}, ColumnKind::text, 0},
        {"commune", {"Commune", "Xã"}, ColumnKind::text, 0},
        {"begin", {"Begin", "Bắt đầu"}, ColumnKind::time, 0},
        {"end", {"End", "Kết thúc"}, ColumnKind::time, 0},
        {"within", {"Length in the period", "Độ dài trong kỳ"}, ColumnKind::duration, 0},
        {"cause", {"Cause", "Nguyên nhân"}, ColumnKind::text, 0},
        {"estimated", {"Times", "Thời điểm"}, ColumnKind::text, 0},
        {"evidence", {"Evidence, in the board's words", "Bằng chứng, theo lời máy"}, ColumnKind::text, 0}};
    for (const auto& each : listed) table.rows.push_back(row_of(each));
    return table;
  }

  Row row_of(const ListedOutage& listed) const {
    const auto& outage = *listed.outage;
    const auto* commune = input_.registry.commune_of(listed.site, meaning::day_of(outage.span.begin));
    Said causes;
    bool estimated = false;
    for (const auto& span : outage.spans) {
      const auto name = said_of(span.cause);
      const auto subject = span.subject.empty() ? std::string() : " (" + span.subject + ")";
      causes.english += (causes.english.empty() ? "" : ", then ") + name.english + subject;
      causes.vietnamese += (causes.vietnamese.empty() ? "" : ", rồi ") + name.vietnamese + subject;
      estimated = estimated || span.estimated;
    }
    const Cell place = commune == nullptr ? Cell(Said{"not in the registry", "chưa có trong danh bạ"})
                                          : Cell(name_of(*commune));
    return {{listed.site, place, outage.span.begin,
             outage.open ? Cell(Missing::no_data) : Cell(outage.span.end), listed.within, causes,
             estimated ? Said{"estimated", "ước lượng"} : Said{"measured", "đo được"}, outage.evidence},
            std::nullopt};
  }

  void add_definitions() {
    document_.definitions = {
        {{"Availability", "Độ khả dụng"},
         {"Time up / time known. Unknown time is in neither: silence alone is neither up nor down.",
          "Thời gian có dịch vụ / thời gian biết được. Thời gian không rõ không nằm trong cả hai."},
         {}},
        {{"Availability, powered on", "Khả dụng, khi có điện"},
         {"The same without the time in which the board had no power or was switched off.",
          "Như trên, bỏ thời gian máy mất điện hoặc tắt."},
         {"Giga (UNICEF, ITU)", "Giga (UNICEF, ITU)"}},
        {{"Office hours", "Giờ làm việc"},
         {"Of the registry's calendar of working days and of the site's office hours.",
          "Theo lịch ngày làm việc và giờ làm việc của điểm trong danh bạ."},
         {}},
        {{"Outage", "Lần mất kết nối"},
         {"A stretch without service that nobody wanted; a board that was shut down as it should be is time "
          "without service and no outage.",
          "Khoảng mất dịch vụ ngoài ý muốn; máy được tắt đúng cách là thời gian không có dịch vụ nhưng không "
          "phải lần mất kết nối."},
         {}},
        {{"Cause", "Nguyên nhân"},
         {"The lowest rung of the connectivity ladder that did not hold: power, board, modem, link, first "
          "hop, "
          "internet, DNS, services, gateway.",
          "Bậc thấp nhất của thang kết nối bị đứt: điện, máy, modem, đường truyền, chặng đầu, Internet, DNS, "
          "dịch "
          "vụ, máy chủ tỉnh."},
         {}},
        {{"Mean time to repair, between", "Thời gian khắc phục, giữa hai lần"},
         {"Time of outages / outages; time up / outages. Not computed without an outage.",
          "Thời gian mất / số lần; thời gian có dịch vụ / số lần. Không tính khi không có lần nào."},
         {}},
        {{"Larger units", "Đơn vị lớn hơn"},
         {"Sums over communes, each on the days on which it was valid: over a merger no day counts twice, "
          "and "
          "every commune counts alike whatever its number of boards.",
          "Tổng của các xã, mỗi xã vào những ngày còn hiệu lực: khi sáp nhập không ngày nào bị tính hai "
          "lần."},
         {}},
    };
  }

  const OutageReportInput& input_;
  UnitPlaces places_;
  std::vector<meaning::UnitAvailability> units_;
  meaning::Availability total_;
  Document document_;
};

}  // namespace

Document outage_report(const OutageReportInput& input) {
  return OutageReport(input).write();
}

Cell percent_of(const meaning::Share& share) {
  const auto value = share.value();
  return value ? Cell(100.0 * *value) : Cell(Missing::no_data);
}

State availability_state(const Tally& office_hours) {
  const auto share = availability(office_hours, meaning::Base::known_time).value();
  if (!share) return {"no_data", {"no data", "không có dữ liệu"}, Tone::unknown};
  if (100.0 * *share >= kGoodAvailability) return {"good", {"good", "tốt"}, Tone::good};
  if (100.0 * *share >= kLimitedAvailability) return {"limited", {"limited", "hạn chế"}, Tone::limited};
  return {"bad", {"bad", "kém"}, Tone::bad};
}

void add_ground(Document& document, const OutageReportInput& input) {
  document.registry_version = input.registry_version;
  if (input.calendar_known) {
    document.calendar_version =
        Said("registry ", "danh bạ phiên bản ") + std::to_string(input.registry_version);
  } else {
    document.notes.push_back(
        {"The registry has no holidays of this period: weekends alone are free. Next: xalink-gateway "
         "communes "
         "import /usr/share/xalink/working-days-2024-2027.csv",
         "Danh bạ chưa có ngày nghỉ lễ của kỳ này: chỉ trừ thứ bảy, chủ nhật. Tiếp theo: xalink-gateway "
         "communes "
         "import /usr/share/xalink/working-days-2024-2027.csv"});
  }
  if (input.span.end < input.period.to()) {
    document.notes.push_back({"The period has not ended: figures are of what has passed of it.",
                              "Kỳ chưa kết thúc: số liệu tính đến thời điểm lập báo cáo."});
  }
  meaning::SiteEvidence::Counts counts;
  std::set<std::string> registered;
  for (const auto& site : input.registry.sites()) registered.insert(site.id);
  std::uint64_t strangers = 0;
  for (const auto& [site, line] : input.sites) {
    const auto of_site = line.records_in({input.span});
    counts += of_site;
    if (of_site.records > 0 && !registered.contains(site)) ++strangers;
  }
  document.records = counts.records;
  if (counts.records > 0) {
    document.estimated_percent =
        100.0 * static_cast<double>(counts.estimated) / static_cast<double>(counts.records);
  }
  if (strangers > 0) {
    const auto number = std::to_string(strangers);
    document.notes.push_back(
        {number +
             " boards with records are at no site of the registry and in no figure of a unit. Next: fill in "
             "the table sites and import it.",
         number +
             " máy có bản ghi nhưng không thuộc điểm nào trong danh bạ nên không vào số liệu đơn vị. Tiếp "
             "theo: điền bảng sites rồi nhập."});
  }
  for (const auto& unit : meaning::availability_by(meaning::By::commune, input.registry, input.sites,
                                                   input.span, input.opening)) {
    if (unit.availability.all_hours.known().count() > 0 || !unit.commune) continue;
    const auto* commune = input.registry.find(*unit.commune);
    if (commune != nullptr) document.without_data.push_back(name_of(*commune));
  }
}

}  // namespace xalink::reports
