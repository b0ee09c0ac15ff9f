#include "gateway/reports/xlsx_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/chart_rows.hpp"
#include "gateway/reports/report_words.hpp"
#include "gateway/reports/tone_colour.hpp"
#include "gateway/reports/xlsx_cells.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/version.hpp"

#include <xlsxwriter.h>

namespace xalink::reports {
namespace {

using Look = XlsxCells::Look;

constexpr std::size_t kMostSheetName = 31;  // Excel's

/// Letters of the widest column.
constexpr std::size_t kWidest = 48;
/// In percent: the usual 11 points become less than 7 below it.
constexpr std::uint16_t kLeastPrintScale = 62;
/// The first column that no chart covers.
constexpr lxw_col_t kBesideCharts = 17;
/// A4 across, without the margins.
constexpr double kPaperInches = 11.69 - 2 * 0.5;

struct Free {
  void operator()(lxw_workbook* book) const { lxw_workbook_free(book); }
};

class Workbook {
 public:
  Workbook(const std::filesystem::path& file, const std::filesystem::path& scratch, const Document& document,
           Language language)
      : document_(document), language_(language), scratch_(scratch.string()) {
    lxw_workbook_options options{};
    options.tmpdir = scratch_.data();
    book_.reset(workbook_new_opt(file.c_str(), &options));
    if (!book_) throw XlsxRefused{LXW_ERROR_MEMORY_MALLOC_FAILED};
    cells_.emplace(book_.get(), language_);
    set_properties();
  }

  void write() {
    write_summary();
    for (const auto& table : document_.tables) write_table(table);
    if (!document_.charts.empty()) write_charts();
    write_definitions();
    must(workbook_close(book_.release()));  // frees it, whether it succeeds or not
  }

 private:
  struct Sheet {
    lxw_worksheet* sheet = nullptr;
    std::string name;
  };

  void set_properties() {
    const auto title = document_.title.in(language_);
    const auto period = document_.period.label(language_);
    const auto program = std::string("xalink-gateway ") + kVersion;
    std::array<std::string, 3> texts{title, period, program};
    lxw_doc_properties properties{};
    properties.title = texts[0].data();
    properties.subject = texts[1].data();
    properties.author = texts[2].data();
    properties.created = static_cast<time_t>(document_.period.to().time_since_epoch().count() / 1000);
    must(workbook_set_properties(book_.get(), &properties));
  }

  Sheet add_sheet(const std::string& wanted) {
    std::string name;
    for (const char c : wanted)
      name += std::string_view("[]:*?/\\'").find(c) == std::string_view::npos ? c : ' ';
    name = clipped(name, kMostSheetName);
    for (int number = 2; !names_.insert(name).second; ++number) {
      const auto tail = " " + std::to_string(number);
      name = clipped(name, kMostSheetName - tail.size()) + tail;
    }
    auto* sheet = workbook_add_worksheet(book_.get(), name.c_str());
    if (sheet == nullptr) throw XlsxRefused{LXW_ERROR_PARAMETER_VALIDATION};
    worksheet_set_paper(sheet, 9);  // A4
    worksheet_set_margins(sheet, 0.5, 0.5, 0.6, 0.6);
    worksheet_fit_to_pages(sheet, 1, 0);
    must(worksheet_set_footer(sheet, "&L&A&R&P / &N"));
    return {sheet, name};
  }

  void write_summary() {
    const auto& words = report_words();
    const auto made = add_sheet(words.summary.in(language_));
    auto* sheet = made.sheet;
    must(worksheet_set_column(sheet, 0, 0, 44, nullptr));
    must(worksheet_set_column(sheet, 1, 1, 60, nullptr));
    lxw_row_t row = 0;
    must(worksheet_set_row(sheet, row, 24, nullptr));  // not every program does it for letters of 16 points
    cells_->write_text(sheet, row++, 0, document_.title.in(language_), cells_->format(Look::title));
    cells_->write_text(sheet, row++, 0, document_.period.label(language_), cells_->format(Look::plain));
    write_facts(sheet, row, words.findings, document_.findings);
    // They limit the figures, and would not be seen below a hundred communes.
    if (!document_.notes.empty()) write_list(sheet, row, words.notes, document_.notes, 1);
    write_facts(sheet, row, words.parameters, document_.parameters);
    write_facts(sheet, row, words.basis, basis_facts(document_));
    write_list(sheet, row, words.without_data, document_.without_data, 0);
  }

  void write_facts(lxw_worksheet* sheet, lxw_row_t& row, const Said& heading,
                   const std::vector<Fact>& facts) {
    if (facts.empty()) return;
    cells_->write_text(sheet, ++row, 0, heading.in(language_), cells_->format(Look::section));
    ++row;
    for (const auto& fact : facts) {
      cells_->write_text(sheet, row, 0, full_name(fact).in(language_), cells_->format(Look::wrapped));
      cells_->write(sheet, row, 1, fact.value, fact.kind, fact.digits, Look::wrapped);
      set_lines(sheet, row,
                std::max(lines_of(full_name(fact).in(language_), 44),
                         lines_of(cell_for_people(fact.value, fact.kind, fact.digits, language_), 60)));
      ++row;
    }
  }

  static std::size_t lines_of(const std::string& text, std::size_t width) {
    // Words do not break: a line is not full to its end.
    return 1 + letters_of(text) * 11 / (10 * width);
  }
  /// Not every program makes rows as high as their texts.
  static void set_lines(lxw_worksheet* sheet, lxw_row_t row, std::size_t lines) {
    if (lines > 1) must(worksheet_set_row(sheet, row, 15.0 * static_cast<double>(lines), nullptr));
  }

  /// `merged`: long texts go over both columns.
  void write_list(lxw_worksheet* sheet, lxw_row_t& row, const Said& heading, const std::vector<Said>& texts,
                  int merged) {
    cells_->write_text(sheet, ++row, 0, heading.in(language_) + " (" + std::to_string(texts.size()) + ")",
                       cells_->format(Look::section));
    ++row;
    for (const auto& said : texts) {
      const auto text = said.in(language_);
      if (merged != 0) {
        must(worksheet_merge_range(sheet, row, 0, row, 1, xlsx_text(text).c_str(),
                                   cells_->format(Look::wrapped)));
        // Merged cells do not grow by themselves: 100 letters a line, 15 points each.
        must(worksheet_set_row(sheet, row, 15.0 * static_cast<double>(1 + letters_of(text) / 95), nullptr));
      } else {
        cells_->write_text(sheet, row, 0, text, cells_->format(Look::plain));
      }
      ++row;
    }
  }

  void write_table(const Table& table) {
    const auto made = add_sheet(table.title.in(language_));
    sheet_of_[table.key] = made.name;
    auto* sheet = made.sheet;
    worksheet_set_landscape(sheet);
    must(worksheet_repeat_rows(sheet, 0, 0));
    const auto width = static_cast<lxw_col_t>(table.columns.size());
    double inches = 0;
    std::vector<std::size_t> lines(table.rows.size(), 1);
    must(worksheet_set_row(sheet, 0, 45, nullptr));
    for (lxw_col_t i = 0; i < width; ++i) {
      const auto& column = table.columns[i];
      cells_->write_text(sheet, 0, i, column.heading.in(language_), cells_->format(Look::heading));
      // A heading may take three lines.
      std::size_t letters = std::max<std::size_t>(9, letters_of(column.heading.in(language_)) / 2 + 2);
      lxw_row_t at = 1;
      for (const auto& row : table.rows) {
        const auto text = cell_for_people(row.cells[i], column.kind, column.digits, language_);
        lines[at - 1] = std::max(lines[at - 1], lines_of(text, kWidest));
        cells_->write(sheet, at++, i, row.cells[i], column.kind, column.digits, Look::wrapped);
        letters = std::max(letters, letters_of(text) + 2);
      }
      const auto wide = static_cast<double>(std::min(letters, kWidest));
      must(worksheet_set_column(sheet, i, i, wide, nullptr));
      inches += (7 * wide + 5) / 96;  // of the usual font, at 96 points an inch
    }
    for (lxw_row_t i = 0; i < lines.size(); ++i) set_lines(sheet, i + 1, lines[i]);
    // On one page across while it can be read; else over several, each with the names of its rows.
    if (inches * kLeastPrintScale / 100 > kPaperInches) {
      worksheet_set_print_scale(sheet, kLeastPrintScale);
      must(worksheet_repeat_columns(sheet, 0, static_cast<lxw_col_t>(table.fixed_columns - 1)));
    }
    worksheet_freeze_panes(sheet, 1, static_cast<lxw_col_t>(table.fixed_columns));
    if (!table.rows.empty()) {
      must(worksheet_autofilter(sheet, 0, 0, static_cast<lxw_row_t>(table.rows.size()),
                                static_cast<lxw_col_t>(width - 1)));
    } else {
      cells_->write_text(sheet, 1, 0, report_words().no_rows.in(language_), cells_->format(Look::missing));
    }
  }

  void write_charts() {
    const auto made =
        add_sheet(language_ == Language::vietnamese ? std::string("Biểu đồ") : std::string("Charts"));
    lxw_row_t row = 0;
    lxw_col_t beside = kBesideCharts;
    for (const auto& chart : document_.charts) {
      const auto* table = table_named(document_, chart.table);
      if (table == nullptr || table->rows.empty()) continue;
      const auto rows = rows_of(chart, *table);
      const auto note = hidden_rows_note(rows);
      if (rows.hidden == 0) {
        // The table's own cells: who changes one sees the chart follow.
        insert_chart(made.sheet, row, chart, *table, cells_of(chart, *table, rows.drawn.size()));
      } else {
        if (!rows.drawn.empty())
          insert_chart(made.sheet, row, chart, *table, copy_of(made, beside, chart, *table, rows));
        cells_->write_text(made.sheet, row + 24, 0, note.in(language_), cells_->format(Look::plain));
        beside = static_cast<lxw_col_t>(beside + chart.values.size() + 2);
      }
      row += 25;
    }
    if (beside > kBesideCharts && row > 0)
      must(worksheet_print_area(made.sheet, 0, 0, row - 1, kBesideCharts - 1));
    if (row == 0)
      cells_->write_text(made.sheet, 0, 0, report_words().no_rows.in(language_),
                         cells_->format(Look::missing));
  }

  /// Excel takes the form of the cells by itself; LibreOffice would write 0.2 to 1.2 beside shares.
  static void set_axis(lxw_chart_axis* axis, ColumnKind kind) {
    if (kind == ColumnKind::percent) {
      chart_axis_set_num_format(axis, "0%");
      chart_axis_set_min(axis, 0);
      chart_axis_set_max(axis, 1);
    } else if (kind == ColumnKind::duration) {
      chart_axis_set_num_format(axis, "[h]:mm");
    }
  }

  /// Where a chart finds its rows, below a line of headings.
  struct ChartCells {
    std::string sheet;
    lxw_row_t last = 0;
    lxw_col_t category = 0;
    std::vector<lxw_col_t> values;
  };

  ChartCells cells_of(const Chart& chart, const Table& table, std::size_t rows) const {
    ChartCells cells{sheet_of_.at(table.key),
                     static_cast<lxw_row_t>(rows),
                     static_cast<lxw_col_t>(*column_at(table, chart.category)),
                     {}};
    for (const auto& key : chart.values) {
      cells.values.push_back(static_cast<lxw_col_t>(*column_at(table, key)));
    }
    return cells;
  }

  /// The rows that are drawn, together: between them in the table are others whose figures are hidden.
  ChartCells copy_of(const Sheet& on, lxw_col_t first, const Chart& chart, const Table& table,
                     const ChartRows& rows) {
    ChartCells cells{on.name, static_cast<lxw_row_t>(rows.drawn.size()), first, {}};
    auto keys = chart.values;
    keys.insert(keys.begin(), chart.category);
    lxw_col_t at = first;
    for (const auto& key : keys) {
      const auto from = *column_at(table, key);
      const auto& column = table.columns[from];
      must(worksheet_set_column(on.sheet, at, at, at == first ? 30 : 14, nullptr));
      cells_->write_text(on.sheet, 0, at, column.heading.in(language_), cells_->format(Look::heading));
      lxw_row_t line = 1;
      for (const auto row : rows.drawn) {
        cells_->write(on.sheet, line++, at, table.rows[row].cells[from], column.kind, column.digits,
                      Look::plain);
      }
      if (at != first) cells.values.push_back(at);
      ++at;
    }
    return cells;
  }

  void insert_chart(lxw_worksheet* sheet, lxw_row_t row, const Chart& chart, const Table& table,
                    const ChartCells& cells) {
    static constexpr std::array kTypes{LXW_CHART_COLUMN, LXW_CHART_LINE, LXW_CHART_COLUMN_STACKED};
    auto* drawn = workbook_add_chart(book_.get(),
                                     static_cast<std::uint8_t>(kTypes[static_cast<std::size_t>(chart.kind)]));
    if (drawn == nullptr) throw XlsxRefused{LXW_ERROR_MEMORY_MALLOC_FAILED};
    const auto& name = cells.sheet;
    std::size_t number = 0;
    for (const auto column : cells.values) {
      auto* series = chart_add_series(drawn, nullptr, nullptr);
      if (series == nullptr) throw XlsxRefused{LXW_ERROR_MEMORY_MALLOC_FAILED};
      chart_series_set_categories(series, name.c_str(), 1, cells.category, cells.last, cells.category);
      chart_series_set_values(series, name.c_str(), 1, column, cells.last, column);
      chart_series_set_name_range(series, name.c_str(), 0, column);
      const auto colour = static_cast<lxw_color_t>(colour_of(chart, number++));
      if (chart.kind == ChartKind::line) {
        lxw_chart_line line{};
        line.color = colour;
        line.width = 2;
        chart_series_set_line(series, &line);
      } else {
        lxw_chart_fill fill{};
        fill.color = colour;
        chart_series_set_fill(series, &fill);
      }
    }
    set_axis(drawn->y_axis, table.columns[*column_at(table, chart.values.front())].kind);
    chart_title_set_name(drawn, xlsx_text(chart.title.in(language_)).c_str());
    if (chart.values.size() == 1) {
      chart_legend_set_position(drawn, LXW_CHART_LEGEND_NONE);
    } else {
      chart_legend_set_position(drawn, LXW_CHART_LEGEND_BOTTOM);
    }
    lxw_chart_options options{};
    options.x_scale = 2.0;
    options.y_scale = 1.6;
    must(worksheet_insert_chart_opt(sheet, row, 0, drawn, &options));
  }

  void write_definitions() {
    const auto& words = report_words();
    const auto made = add_sheet(words.definitions.in(language_));
    auto* sheet = made.sheet;
    worksheet_set_landscape(sheet);
    must(worksheet_set_column(sheet, 0, 0, 32, nullptr));
    must(worksheet_set_column(sheet, 1, 1, 90, nullptr));
    must(worksheet_set_column(sheet, 2, 2, 40, nullptr));
    cells_->write_text(sheet, 0, 0, words.term.in(language_), cells_->format(Look::heading));
    cells_->write_text(sheet, 0, 1, words.meaning.in(language_), cells_->format(Look::heading));
    cells_->write_text(sheet, 0, 2, words.source.in(language_), cells_->format(Look::heading));
    worksheet_freeze_panes(sheet, 1, 0);
    lxw_row_t row = 1;
    for (const auto& definition : document_.definitions) {
      cells_->write_text(sheet, row, 0, definition.term.in(language_), cells_->format(Look::wrapped));
      cells_->write_text(sheet, row, 1, definition.meaning.in(language_), cells_->format(Look::wrapped));
      cells_->write_text(sheet, row, 2, definition.source.in(language_), cells_->format(Look::wrapped));
      set_lines(sheet, row,
                std::max({lines_of(definition.term.in(language_), 32),
                          lines_of(definition.meaning.in(language_), 90),
                          lines_of(definition.source.in(language_), 40)}));
      ++row;
    }
  }

  const Document& document_;
  Language language_;
  std::string scratch_;
  std::unique_ptr<lxw_workbook, Free> book_;
  std::optional<XlsxCells> cells_;
  std::set<std::string> names_;
  std::map<std::string, std::string> sheet_of_;  ///< table's key → sheet's name
};

/// Gone with all that is in it.
class ScratchPlace {
 public:
  ScratchPlace() {
    std::error_code none;
    auto pattern = (std::filesystem::temp_directory_path(none) / "xalink-report-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) path_ = pattern;
  }
  ScratchPlace(const ScratchPlace&) = delete;
  ScratchPlace& operator=(const ScratchPlace&) = delete;
  ~ScratchPlace() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Unexpected not_made(const Said& what) {
  return Unexpected(refusal("xlsx", what,
                            {"free space in /tmp, or name another folder in TMPDIR",
                             "giải phóng chỗ trong /tmp, hoặc chỉ thư mục khác bằng TMPDIR"}));
}

}  // namespace

Result<std::string> as_xlsx(const Document& document, Language language) {
  const ScratchPlace scratch;
  if (scratch.path().empty()) {
    return not_made({"no temporary folder can be made", "không tạo được thư mục tạm"});
  }
  const auto file = scratch.path() / "report.xlsx";
  try {
    Workbook(file, scratch.path(), document, language).write();
  } catch (const XlsxRefused& refused) {
    return not_made(Said::same(lxw_strerror(static_cast<lxw_error>(refused.code))));
  }
  std::ifstream in(file, std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (!in || bytes.empty()) {
    return not_made({"the temporary file cannot be read back", "không đọc lại được tệp tạm"});
  }
  return bytes;
}

}  // namespace xalink::reports
