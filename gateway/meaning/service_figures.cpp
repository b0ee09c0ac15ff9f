#include "gateway/meaning/service_figures.hpp"

#include <algorithm>
#include <utility>

namespace xalink::meaning {
namespace {

constexpr Count kDayMs = 86'400'000;

Figure count(std::string id, Said label, Count number) {
  return {std::move(id), FigureUnit::count, std::move(label), number, 1, {}, {}, {}};
}

struct Part {
  Count number;
  Said label;
};

Figure share(std::string id, Said label, Part part, Part whole, Said note = {}) {
  if (whole.number == 0 && note.empty()) {
    note = {"none: " + whole.label.english, "không có: " + whole.label.vietnamese};
  }
  return {std::move(id), FigureUnit::percent,   std::move(label),       part.number,
          whole.number,  std::move(part.label), std::move(whole.label), std::move(note)};
}

Said left_out(Count number, const char* english, const char* vietnamese) {
  if (number == 0) return {};
  return {std::to_string(number) + " " + english, std::to_string(number) + " " + vietnamese};
}

Said not_judged(Count number) {
  return left_out(number, "not judged: neither due date nor legal limit is known",
                  "hồ sơ không xét: không có ngày hẹn trả và không rõ thời hạn theo quy định");
}

void add_counts(std::vector<Figure>& figures, const ServiceTally& tally) {
  figures.push_back(
      count("received", {"Received (accepted) in the period", "Tiếp nhận trong kỳ"}, tally.received));
  figures.push_back(
      count("resolved", {"Resolved in the period", "Giải quyết xong trong kỳ"}, tally.resolved));
  figures.push_back(
      count("resolved_early", {"Resolved before their day", "Giải quyết trước hạn"}, tally.early));
  figures.push_back(
      count("resolved_on_time", {"Resolved on their day", "Giải quyết đúng hạn"}, tally.on_time));
  figures.push_back(count("resolved_late", {"Resolved late", "Giải quyết quá hạn"}, tally.late));
  figures.push_back(count("pending", {"In progress at the end", "Đang giải quyết cuối kỳ"}, tally.pending));
  figures.push_back(
      count("pending_in_time", {"In progress, in time", "Đang giải quyết, trong hạn"}, tally.in_time));
  figures.push_back(
      count("pending_overdue", {"In progress, overdue", "Đang giải quyết, quá hạn"}, tally.overdue));
  figures.push_back(count("resolved_not_judged", {"Resolved, not judged", "Đã giải quyết, không xét được"},
                          tally.resolved_not_judged));
  figures.push_back(count("pending_not_judged",
                          {"In progress, not judged", "Đang giải quyết, không xét được"},
                          tally.pending_not_judged));
  figures.push_back(count("not_judged",
                          {"Neither on time nor late: not judged", "Không xét được đúng hạn hay quá hạn"},
                          tally.resolved_not_judged + tally.pending_not_judged));
  figures.push_back(count("not_accepted",
                          {"Registered, refused or withdrawn without acceptance",
                           "Mới đăng ký, từ chối hoặc rút trước khi tiếp nhận"},
                          tally.not_accepted));
  figures.push_back(count("saved_by_new_due",
                          {"On time only by a due date that was set anew", "Đúng hạn nhờ hẹn lại ngày trả"},
                          tally.saved_by_new_due));
}

void add_timeliness(std::vector<Figure>& figures, const ServiceTally& tally) {
  const Part good{tally.early + tally.on_time, {"resolved early or on time", "giải quyết trước và đúng hạn"}};
  figures.push_back(share(
      "on_time_of_resolved",
      {"Early and on time, of the resolved", "Tỷ lệ trước và đúng hạn trên số đã giải quyết"}, good,
      {tally.resolved_judged(), {"resolved in the period and judged", "đã giải quyết trong kỳ và xét được"}},
      not_judged(tally.resolved_not_judged)));
  figures.push_back(share("on_time_of_all",
                          {"Early, on time and still in time, of the resolved and the pending (766: 2.1)",
                           "Tỷ lệ trước, đúng hạn và còn trong hạn trên số đã và đang giải quyết (766: 2.1)"},
                          {good.number + tally.in_time,
                           {"resolved early or on time, or in progress in time",
                            "giải quyết trước, đúng hạn hoặc đang giải quyết trong hạn"}},
                          {tally.resolved_judged() + tally.pending_judged(),
                           {"resolved in the period or in progress at its end, and judged",
                            "đã giải quyết trong kỳ hoặc đang giải quyết cuối kỳ, và xét được"}},
                          not_judged(tally.resolved_not_judged + tally.pending_not_judged)));
  figures.push_back(share(
      "early_of_resolved", {"Early, of the resolved", "Tỷ lệ trước hạn trên số đã giải quyết"},
      {tally.early, {"resolved early", "giải quyết trước hạn"}},
      {tally.resolved_judged(), {"resolved in the period and judged", "đã giải quyết trong kỳ và xét được"}},
      not_judged(tally.resolved_not_judged)));
}

void add_online(std::vector<Figure>& figures, const ServiceTally& tally) {
  // A channel that is not told is direct, as the national rule has it; where none at all is told, the source
  // has no channels and a share of 0 would be a lie.
  const bool channels = tally.received > tally.channel_untold;
  const Said no_channels{"the source tells no channel (KenhThucHien)",
                         "nguồn không có kênh thực hiện (KenhThucHien)"};
  const auto online = [&](std::string id, Said label, Part part, Part whole) {
    Said note;
    if (whole.number > 0) {
      note = left_out(tally.channel_untold, "without a channel count as filed directly",
                      "hồ sơ không có kênh được tính là trực tiếp");
    }
    if (channels || tally.received == 0) {
      figures.push_back(
          share(std::move(id), std::move(label), std::move(part), std::move(whole), std::move(note)));
    } else {
      whole.number = 0;
      figures.push_back(
          share(std::move(id), std::move(label), std::move(part), std::move(whole), no_channels));
    }
  };
  online("online_filed", {"Filed online, of the received", "Tỷ lệ hồ sơ nộp trực tuyến"},
         {tally.filed_online, {"filed online", "nộp trực tuyến"}},
         {tally.received, {"received in the period", "tiếp nhận trong kỳ"}});
  online("full_online",
         {"Filed online, of those of full-online procedures", "Tỷ lệ nộp trực tuyến của thủ tục toàn trình"},
         {tally.full_level_online,
          {"of full-online procedures, filed online", "thủ tục toàn trình, nộp trực tuyến"}},
         {tally.full_level, {"received, of full-online procedures", "tiếp nhận thuộc thủ tục toàn trình"}});
  online(
      "partial_online",
      {"Filed online, of those of partly online procedures", "Tỷ lệ nộp trực tuyến của thủ tục một phần"},
      {tally.partial_level_online,
       {"of partly online procedures, filed online", "thủ tục một phần, nộp trực tuyến"}},
      {tally.partial_level, {"received, of partly online procedures", "tiếp nhận thuộc thủ tục một phần"}});
  figures.push_back(
      share("full_level_share",
            {"Of full-online procedures, of the received", "Tỷ lệ hồ sơ thuộc thủ tục toàn trình"},
            {tally.full_level, {"of full-online procedures", "thuộc thủ tục toàn trình"}},
            {tally.received - tally.level_untold, {"received, level known", "tiếp nhận, rõ mức độ"}},
            left_out(tally.level_untold, "of unknown level left out", "hồ sơ không rõ mức độ, không tính")));
  figures.push_back(
      share("online_payment",
            {"Paid online, of the fee-bearing (766: 3.6)", "Tỷ lệ hồ sơ thanh toán trực tuyến (766: 3.6)"},
            {tally.paid_online,
             {"paid on the national or a ministry or province gateway",
              "thanh toán trên Cổng quốc gia hoặc cổng bộ, tỉnh"}},
            {tally.fee_bearing, {"received, with a fee to pay", "tiếp nhận, có phí, lệ phí phải nộp"}},
            left_out(tally.fee_untold + tally.payment_untold, "without fee or payment told left out",
                     "hồ sơ không rõ phí hoặc cách nộp, không tính")));
}

/// A share of what sources tell in a column that they need not have: without it nothing is measured.
Figure told_share(std::string id, Said label, Part part, Part whole, Count all, Said column) {
  const Count untold = all - whole.number;
  const bool measured = whole.number > 0 || all == 0;
  Said note;
  if (!measured) {
    note = {"not measured: no dossier tells it (" + column.english + ")",
            "không đo: không hồ sơ nào có thông tin (" + column.vietnamese + ")"};
  } else {
    note = left_out(untold, "without this information left out", "hồ sơ không có thông tin này, không tính");
  }
  auto made = share(std::move(id), std::move(label), std::move(part), std::move(whole), std::move(note));
  made.measured = measured;
  return made;
}

void add_digital(std::vector<Figure>& figures, const ServiceTally& tally) {
  figures.push_back(told_share(
      "reused_data",
      {"With digitised components, of the received (766: 4.3)",
       "Tỷ lệ hồ sơ có thành phần số hóa được dùng lại (766: 4.3)"},
      {tally.digitised, {"HoSoCoThanhPhanSoHoa = 1", "HoSoCoThanhPhanSoHoa = 1"}},
      {tally.digitised + tally.not_digitised, {"received, flag told", "tiếp nhận, có thông tin này"}},
      tally.received, {"HoSoCoThanhPhanSoHoa", "HoSoCoThanhPhanSoHoa"}));
  figures.push_back(told_share(
      "digitised_dossiers",
      {"Papers and result both as files, of the finished (766: 4.2)",
       "Tỷ lệ hồ sơ có tệp cả giấy tờ nộp và kết quả (766: 4.2)"},
      {tally.digital, {"papers handed in and result as files", "có tệp giấy tờ nộp và tệp kết quả"}},
      {tally.digital + tally.not_digital,
       {"finished in the period (states 9, 10), both told",
        "có kết quả trong kỳ (9, 10), có cả hai thông tin"}},
      tally.finished, {"TaiLieuNop with DuongDanTepTinKetQua", "TaiLieuNop cùng DuongDanTepTinKetQua"}));
  figures.push_back(told_share(
      "digitised_results",
      {"With an electronic result, of the finished (766: 4.1)", "Tỷ lệ hồ sơ có kết quả điện tử (766: 4.1)"},
      {tally.result_file, {"with a link to the result's file", "có đường dẫn tệp kết quả"}},
      {tally.result_file + tally.no_result_file,
       {"finished in the period (states 9, 10), link told or told missing",
        "có kết quả trong kỳ (9, 10), có thông tin này"}},
      tally.finished, {"DuongDanTepTinKetQua", "DuongDanTepTinKetQua"}));
}

void add_satisfaction(std::vector<Figure>& figures, const ServiceTally& tally) {
  const Part answers{tally.answers, {"answers", "số phiếu trả lời"}};
  figures.push_back(share("satisfaction", {"Satisfied, of the answers", "Tỷ lệ hài lòng trên số phiếu"},
                          {tally.satisfied, {"satisfied", "hài lòng"}}, answers));
  figures.push_back(share("response", {"Answers, of those asked", "Tỷ lệ trả lời"},
                          {tally.answers_of_asked, {"answers", "số phiếu trả lời"}},
                          {tally.asked, {"asked", "số người được hỏi"}}));
  const bool known = tally.answers > 0;
  const Count displeased = tally.answers - tally.satisfied;
  figures.push_back(
      share("satisfaction_estimate",
            {"Neither late nor displeased: an estimate of 766's 5.4",
             "Không quá hạn, không bị phản ánh: ước tính chỉ số 5.4"},
            {std::max<Count>(tally.resolved_judged() - tally.late - displeased, 0),
             {"resolved, less the late and the displeased answers",
              "đã giải quyết, trừ quá hạn và phiếu không hài lòng"}},
            {known ? tally.resolved_judged() : 0,
             {"resolved in the period and judged", "đã giải quyết trong kỳ và xét được"}},
            known ? Said{"an estimate: petitions are not known, and an answer is not tied to a dossier",
                         "ước tính: không có dữ liệu phản ánh, kiến nghị; phiếu không gắn với hồ sơ"}
                  : Said{"no answers were counted", "không có phiếu nào"}));
}

void add_duration(std::vector<Figure>& figures, const ServiceTally& tally) {
  const auto dossiers = static_cast<Count>(tally.processing.size());
  auto times = tally.processing;
  std::ranges::sort(times);
  Count sum = 0;
  for (const auto time : times) sum += time.count();
  const Said none = dossiers == 0 ? Said{"none has been resolved whose acceptance is known",
                                         "không có hồ sơ nào đã giải quyết mà rõ ngày tiếp nhận"}
                                  : Said{};
  const Said spent{"days from acceptance to end, without the citizen's time",
                   "ngày từ tiếp nhận đến kết thúc, trừ thời gian bổ sung"};
  const Said of{"resolved, acceptance known", "đã giải quyết, rõ ngày tiếp nhận"};
  figures.push_back({"processing_days",
                     FigureUnit::days,
                     {"Mean time of processing, days", "Thời gian giải quyết trung bình, ngày"},
                     sum,
                     dossiers * kDayMs,
                     spent,
                     of,
                     none});
  const std::size_t middle = times.size() / 2;
  const Count twice =
      times.empty() ? 0 : times[middle].count() + times[times.size() % 2 == 0 ? middle - 1 : middle].count();
  figures.push_back({"processing_days_median",
                     FigureUnit::days,
                     {"Median time of processing, days", "Trung vị thời gian giải quyết, ngày"},
                     twice,
                     dossiers == 0 ? 0 : 2 * kDayMs,
                     spent,
                     of,
                     none});
  figures.push_back(
      {"processing_working_days",
       FigureUnit::days,
       {"Mean time of processing, working days", "Thời gian giải quyết trung bình, ngày làm việc"},
       tally.processing_working_days,
       dossiers,
       {"working days after the day of acceptance up to the end",
        "ngày làm việc sau ngày tiếp nhận đến khi kết thúc"},
       of,
       none});
}

}  // namespace

std::optional<double> Figure::value() const {
  if (!has_value()) return std::nullopt;
  const double ratio = static_cast<double>(numerator) / static_cast<double>(denominator);
  return measure == FigureUnit::percent ? 100 * ratio : ratio;
}

std::optional<std::string> Figure::decimal(int decimals) const {
  if (!has_value()) return std::nullopt;
  Count power = 1;
  for (int i = 0; i < decimals; ++i) power *= 10;
  // The whole part first, so that nothing overflows: what is left is less than the denominator.
  const Count scaled = measure == FigureUnit::percent ? 100 * numerator : numerator;
  Count whole = scaled / denominator;
  const Count rest = scaled % denominator;
  Count fraction = (2 * rest * power + denominator) / (2 * denominator);
  if (fraction == power) {
    ++whole;
    fraction = 0;
  }
  if (decimals == 0) return std::to_string(whole);
  std::string digits = std::to_string(fraction);
  digits.insert(0, static_cast<std::size_t>(decimals) - digits.size(), '0');
  return std::to_string(whole) + "." + digits;
}

std::vector<Figure> figures_of(const ServiceTally& tally) {
  std::vector<Figure> figures;
  add_counts(figures, tally);
  add_timeliness(figures, tally);
  add_online(figures, tally);
  add_digital(figures, tally);
  add_satisfaction(figures, tally);
  add_duration(figures, tally);
  return figures;
}

const Figure* find_figure(const std::vector<Figure>& figures, std::string_view id) {
  const auto found = std::ranges::find(figures, id, &Figure::id);
  return found == figures.end() ? nullptr : &*found;
}

}  // namespace xalink::meaning
