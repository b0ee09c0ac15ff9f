#include "gateway/reports/xlsx_cells.hpp"

#include <algorithm>
#include <chrono>
#include <variant>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/tone_colour.hpp"

#include <xlsxwriter.h>

namespace xalink::reports {
namespace {

constexpr std::size_t kMostCellText = 32767;  // Excel's, in characters
constexpr lxw_color_t kHeadingColour = 0x1F4E79;

std::string number_format(ColumnKind kind, int digits, Language language) {
  const auto fraction = digits > 0 ? "." + std::string(static_cast<std::size_t>(digits), '0') : "";
  const bool vietnamese = language == Language::vietnamese;
  switch (kind) {
    case ColumnKind::integer: return "#,##0";
    case ColumnKind::decimal: return "#,##0" + fraction;
    case ColumnKind::percent: return "0" + fraction + "%";
    case ColumnKind::duration: return "[h]:mm:ss";
    case ColumnKind::date: return vietnamese ? "dd/mm/yyyy" : "yyyy-mm-dd";
    case ColumnKind::time: return vietnamese ? "dd/mm/yyyy hh:mm:ss" : "yyyy-mm-dd hh:mm:ss";
    case ColumnKind::text:
    case ColumnKind::state: break;
  }
  return {};
}

lxw_datetime datetime_of(Date day, Milliseconds of_day) {
  const std::chrono::year_month_day parts(day);
  lxw_datetime time{};
  time.year = static_cast<int>(parts.year());
  time.month = static_cast<int>(static_cast<unsigned>(parts.month()));
  time.day = static_cast<int>(static_cast<unsigned>(parts.day()));
  const auto ms = of_day.count();
  time.hour = static_cast<int>(ms / 3'600'000);
  time.min = static_cast<int>(ms / 60'000 % 60);
  time.sec = static_cast<double>(ms % 60'000) / 1000.0;
  return time;
}

/// A text that follows a number would touch it: there are no lines between cells on paper.
void set_off(lxw_format* format) {
  format_set_align(format, LXW_ALIGN_LEFT);
  format_set_indent(format, 1);
}

/// Excel's calendar begins in 1900 and ends with 9999.
bool is_in_calendar(Date date) {
  const int year = static_cast<int>(std::chrono::year_month_day(date).year());
  return year >= 1901 && year <= 9999;
}

}  // namespace

void must(int code) {
  if (code != LXW_NO_ERROR) throw XlsxRefused{code};
}

std::size_t letters_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string clipped(std::string_view text, std::size_t most) {
  std::size_t letters = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U) continue;
    if (letters++ == most) return std::string(text.substr(0, i));
  }
  return std::string(text);
}

std::string xlsx_text(std::string_view text) {
  // libxlsxwriter escapes control characters in cells, and not where charts keep copies of them.
  return printable(clipped(text, kMostCellText));
}

lxw_format* XlsxCells::format(Look look, const std::string& number, std::optional<Tone> tone) {
  auto& made = formats_[{look, number, tone}];
  if (made != nullptr) return made;
  made = workbook_add_format(book_);
  if (made == nullptr) throw XlsxRefused{LXW_ERROR_MEMORY_MALLOC_FAILED};
  format_set_align(made, LXW_ALIGN_VERTICAL_TOP);
  if (!number.empty()) format_set_num_format(made, number.c_str());
  if (tone) format_set_bg_color(made, pale_colour_of(*tone));
  switch (look) {
    case Look::plain:
      if (tone) set_off(made);
      break;
    case Look::heading:
      set_off(made);
      format_set_bold(made);
      format_set_text_wrap(made);
      format_set_font_color(made, LXW_COLOR_WHITE);
      format_set_bg_color(made, kHeadingColour);
      format_set_align(made, LXW_ALIGN_VERTICAL_CENTER);
      break;
    case Look::title:
      format_set_bold(made);
      format_set_font_size(made, 16);
      break;
    case Look::section:
      format_set_bold(made);
      format_set_font_size(made, 12);
      format_set_font_color(made, kHeadingColour);
      break;
    case Look::wrapped:
      format_set_text_wrap(made);
      set_off(made);
      break;
    case Look::missing:
      format_set_italic(made);
      format_set_font_color(made, LXW_COLOR_GRAY);
      format_set_align(made, LXW_ALIGN_RIGHT);
      break;
  }
  return made;
}

void XlsxCells::write_text(lxw_worksheet* sheet, std::uint32_t row, std::uint16_t column,
                           const std::string& text, lxw_format* look) {
  // An empty text would be refused.
  if (text.empty()) {
    must(worksheet_write_blank(sheet, row, column, look));
  } else {
    must(worksheet_write_string(sheet, row, column, xlsx_text(text).c_str(), look));
  }
}

void XlsxCells::write(lxw_worksheet* sheet, std::uint32_t row, std::uint16_t column, const Cell& cell,
                      ColumnKind kind, int digits, Look text_look) {
  const auto number = number_format(kind, digits, language_);
  if (!missing_for_programs(cell).empty()) {
    write_text(sheet, row, column, cell_for_people(cell, kind, digits, language_), format(Look::missing));
  } else if (const auto* whole = std::get_if<std::int64_t>(&cell)) {
    must(
        worksheet_write_number(sheet, row, column, static_cast<double>(*whole), format(Look::plain, number)));
  } else if (const auto* real = std::get_if<double>(&cell)) {
    const double value = kind == ColumnKind::percent ? *real / 100.0 : *real;
    must(worksheet_write_number(sheet, row, column, value, format(Look::plain, number)));
  } else if (const auto* duration = std::get_if<Milliseconds>(&cell)) {
    const double days = static_cast<double>(duration->count()) / 86'400'000.0;
    must(worksheet_write_number(sheet, row, column, days, format(Look::plain, number)));
  } else if (const auto* date = std::get_if<Date>(&cell); date != nullptr && is_in_calendar(*date)) {
    auto time = datetime_of(*date, Milliseconds(0));
    must(worksheet_write_datetime(sheet, row, column, &time, format(Look::plain, number)));
  } else if (const auto* moment = std::get_if<WallTime>(&cell);
             moment != nullptr && is_in_calendar(meaning::day_of(*moment))) {
    const auto day = meaning::day_of(*moment);
    auto time = datetime_of(day, *moment - meaning::start_of(day));
    must(worksheet_write_datetime(sheet, row, column, &time, format(Look::plain, number)));
  } else if (const auto* state = std::get_if<State>(&cell)) {
    write_text(sheet, row, column, state->words.in(language_), format(Look::plain, {}, state->tone));
  } else {
    write_text(sheet, row, column, cell_for_people(cell, kind, digits, language_), format(text_look));
  }
}

}  // namespace xalink::reports
