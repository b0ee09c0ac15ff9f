#include "gateway/reports/svg_chart.hpp"

#include <algorithm>
#include <cmath>
#include <optional>
#include <vector>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/chart_rows.hpp"
#include "gateway/reports/html_text.hpp"
#include "gateway/reports/report_words.hpp"
#include "gateway/reports/tone_colour.hpp"

namespace xalink::reports {
namespace {

constexpr double kWidth = 720;
constexpr double kBarLabels = 190;  // left of bars
constexpr double kBarValues = 90;   // right of bars
constexpr double kLetter = 6.2;     // of 11 px text, on the average

std::string rectangle(double x, double y, double width, double height, std::string_view fill) {
  return "<rect x=\"" + at(x) + "\" y=\"" + at(y) + "\" width=\"" + at(width) + "\" height=\"" + at(height) +
         "\" fill=\"" + std::string(fill) + "\"/>";
}

std::string grid_line(double x1, double y1, double x2, double y2) {
  return "<line x1=\"" + at(x1) + "\" y1=\"" + at(y1) + "\" x2=\"" + at(x2) + "\" y2=\"" + at(y2) +
         "\" class=\"grid\"/>";
}

/// 0 to the first round number at or above `most`, in few round steps.
struct Scale {
  double low = 0;
  double high = 1;
  double step = 1;
  int digits = 0;

  /// `whole`: no steps between whole numbers.
  static Scale over(double least, double most, bool whole) {
    Scale scale;
    const double span = std::max(most, 0.0) - std::min(least, 0.0);
    const double rough = (span > 0 ? span : 1.0) / 5;
    const double power = std::pow(10.0, std::floor(std::log10(rough)));
    for (const double factor : {1.0, 2.0, 5.0, 10.0}) {
      scale.step = factor * power;
      if (scale.step >= rough * 0.999) break;
    }
    if (whole) scale.step = std::max(scale.step, 1.0);
    scale.low = std::floor(std::min(least, 0.0) / scale.step) * scale.step;
    scale.high = std::max(std::ceil(std::max(most, 0.0) / scale.step - 1e-9) * scale.step, scale.step);
    scale.digits = std::max(0, static_cast<int>(-std::floor(std::log10(scale.step) + 1e-9)));
    return scale;
  }
  [[nodiscard]] int steps() const { return static_cast<int>(std::lround((high - low) / step)); }
  [[nodiscard]] double share(double value) const { return (value - low) / (high - low); }
};

class Drawing {
 public:
  Drawing(const Chart& chart, const Table& table, Language language)
      : chart_(chart),
        table_(table),
        language_(language),
        category_(*column_at(table, chart.category)),
        chosen_(reports::rows_of(chart, table)),
        rows_(chosen_.drawn.size()) {
    for (const auto& key : chart.values) columns_.push_back(*column_at(table, key));
  }

  std::string draw() {
    std::string body;
    if (rows_ > 0) {
      if (columns_.size() > 1) body += legend();
      body += chart_.kind == ChartKind::line ? lines() : bars();
    }
    if (chosen_.more) body += note(report_words().more_rows);
    if (chosen_.hidden > 0) body += note(hidden_rows_note(chosen_));
    y_ += 8;
    return "<svg class=\"chart\" viewBox=\"0 0 " + at(kWidth) + " " + at(y_) +
           "\" role=\"img\" aria-label=\"" + escaped(chart_.title.in(language_)) +
           "\" xmlns=\"http://www.w3.org/2000/svg\">" + body + "</svg>";
  }

 private:
  /// Of the rows that are drawn.
  const Cell& cell(std::size_t row, std::size_t column) const {
    return table_.rows[chosen_.drawn[row]].cells[column];
  }

  std::string note(const Said& said) {
    y_ += 14;
    return svg_text(kWidth, y_, "end", said.in(language_), "class=\"faint\"");
  }

  std::string words(const Cell& shown, std::size_t column) const {
    return cell_for_people(shown, table_.columns[column].kind, table_.columns[column].digits, language_);
  }

  std::string label(std::size_t row) const { return words(cell(row, category_), category_); }

  std::string value_text(std::size_t row, std::size_t column) const {
    return label(row) + ": " + table_.columns[column].heading.in(language_) + " " +
           words(cell(row, column), column);
  }

  std::string axis_text(double value, int digits) const {
    const auto kind = table_.columns[columns_[0]].kind;
    const auto* unit = kind == ColumnKind::percent ? "\u00a0%" : "";
    return number_for_people(value, digits, language_) + unit;
  }

  std::string legend() {
    std::string text;
    double x = 0;
    y_ += 12;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto heading = table_.columns[columns_[i]].heading.in(language_);
      const double width = 22 + kLetter * static_cast<double>(heading.size());
      if (x > 0 && x + width > kWidth) {
        x = 0;
        y_ += 16;
      }
      text += rectangle(x, y_ - 9, 10, 10, colour(colour_of(chart_, i)));
      text += svg_text(x + 15, y_, "start", heading);
      x += width;
    }
    y_ += 8;
    return text;
  }

  Scale scale() const {
    double least = 0;
    double most = 0;
    for (std::size_t row = 0; row < rows_; ++row) {
      double sum = 0;
      for (const auto column : columns_) {
        const auto figure = figure_of(cell(row, column)).value_or(0);
        sum = chart_.kind == ChartKind::stack ? sum + std::max(figure, 0.0) : figure;
        least = std::min(least, sum);
        most = std::max(most, sum);
      }
    }
    const bool whole = std::ranges::all_of(
        columns_, [&](auto column) { return table_.columns[column].kind == ColumnKind::integer; });
    auto scale = Scale::over(least, most, whole);
    // No axis beyond what a percent can be.
    if (table_.columns[columns_[0]].kind == ColumnKind::percent && most <= 100) {
      scale.high = std::min(scale.high, 100.0);
    }
    return scale;
  }

  std::string bars() {
    const auto scale = this->scale();
    const bool stacked = chart_.kind == ChartKind::stack;
    const double room = kWidth - kBarLabels - kBarValues;
    const std::size_t beside = stacked ? 1 : columns_.size();
    const double thick = beside == 1 ? 13 : 9;
    const double pitch = thick * static_cast<double>(beside) + 7;
    const double top = y_ + 4;
    const double bottom = top + pitch * static_cast<double>(rows_);
    const auto x_of = [&](double value) { return kBarLabels + room * scale.share(value); };
    std::string text;
    for (int i = 0; i <= scale.steps(); ++i) {
      const double value = scale.low + scale.step * i;
      text += grid_line(x_of(value), top, x_of(value), bottom);
      text += svg_text(x_of(value), bottom + 13, "middle", axis_text(value, scale.digits), "class=\"faint\"");
    }
    for (std::size_t row = 0; row < rows_; ++row) {
      const double y = top + pitch * static_cast<double>(row) + 3;
      text += svg_text(kBarLabels - 6, y + thick * static_cast<double>(beside) / 2 + 4, "end",
                       shortened(label(row), 30));
      double from = 0;
      for (std::size_t i = 0; i < columns_.size(); ++i) {
        const double line = y + (stacked ? 0 : thick * static_cast<double>(i));
        const auto& shown = cell(row, columns_[i]);
        const auto figure = figure_of(shown);
        const double to = (stacked ? from : 0) + figure.value_or(0);
        const double begin = x_of(std::min(stacked ? from : 0, to));
        const double end = x_of(std::max(stacked ? from : 0, to));
        if (figure && end > begin) {
          text += "<g><title>" + escaped(value_text(row, columns_[i])) + "</title>" +
                  rectangle(begin, line, end - begin, thick - 1, colour(colour_of(chart_, i))) + "</g>";
        }
        if (!stacked) text += svg_text(end + 5, line + thick - 3, "start", words(shown, columns_[i]));
        if (stacked) from = to;
      }
      if (stacked) text += stack_total(row, x_of(from) + 5, y + thick - 3);
    }
    y_ = bottom + 20;
    return text;
  }

  /// Behind a stack; where no part has a value, why.
  std::string stack_total(std::size_t row, double x, double y) const {
    const bool any =
        std::ranges::any_of(columns_, [&](auto column) { return figure_of(cell(row, column)).has_value(); });
    if (!any) return svg_text(x, y, "start", words(cell(row, columns_[0]), columns_[0]), "class=\"faint\"");
    const auto kind = table_.columns[columns_[0]].kind;
    if (kind == ColumnKind::duration) {
      Milliseconds sum{0};
      for (const auto column : columns_) {
        if (const auto* part = std::get_if<Milliseconds>(&cell(row, column))) sum += *part;
      }
      return svg_text(x, y, "start", duration_for_people(sum));
    }
    double sum = 0;
    for (const auto column : columns_) sum += figure_of(cell(row, column)).value_or(0);
    return svg_text(x, y, "start", axis_text(sum, table_.columns[columns_[0]].digits));
  }

  std::string lines() {
    const auto scale = this->scale();
    const double left = 56;
    const double top = y_ + 8;
    const double height = 200;
    const double room = kWidth - left - 14;
    const auto y_of = [&](double value) { return top + height * (1 - scale.share(value)); };
    const auto x_of = [&](std::size_t row) {
      return left + (rows_ < 2 ? room / 2 : room * static_cast<double>(row) / static_cast<double>(rows_ - 1));
    };
    std::string text;
    for (int i = 0; i <= scale.steps(); ++i) {
      const double value = scale.low + scale.step * i;
      text += grid_line(left, y_of(value), left + room, y_of(value));
      text += svg_text(left - 6, y_of(value) + 4, "end", axis_text(value, scale.digits), "class=\"faint\"");
    }
    // As many labels as stand beside each other.
    std::size_t longest = 1;
    for (std::size_t row = 0; row < rows_; ++row) longest = std::max(longest, label(row).size());
    const double each = kLetter * static_cast<double>(std::min<std::size_t>(longest, 16)) + 12;
    const auto fit = std::max<std::size_t>(1, static_cast<std::size_t>(room / each));
    const std::size_t every = std::max<std::size_t>(1, (rows_ + fit - 1) / fit);
    for (std::size_t row = 0; row < rows_; row += every) {
      const auto* anchor = row == 0 && rows_ > 1 ? "start" : row + 1 == rows_ && rows_ > 1 ? "end" : "middle";
      text += svg_text(x_of(row), top + height + 16, anchor, shortened(label(row), 16), "class=\"faint\"");
    }
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const auto stroke = colour(colour_of(chart_, i));
      std::string path;
      bool pen_down = false;  // a missing value interrupts the line
      for (std::size_t row = 0; row < rows_; ++row) {
        const auto figure = figure_of(cell(row, columns_[i]));
        if (figure) {
          path += (pen_down ? "L" : "M") + at(x_of(row)) + " " + at(y_of(*figure));
          text += "<g><title>" + escaped(value_text(row, columns_[i])) + "</title><circle cx=\"" +
                  at(x_of(row)) + "\" cy=\"" + at(y_of(*figure)) + "\" r=\"" + (rows_ > 60 ? "1.2" : "2.6") +
                  "\" fill=\"" + stroke + "\"/></g>";
        }
        pen_down = figure.has_value();
      }
      if (!path.empty()) {
        text += "<path d=\"" + path + "\" fill=\"none\" stroke=\"" + stroke + "\" stroke-width=\"1.8\"/>";
      }
    }
    y_ = top + height + 22;
    return text;
  }

  const Chart& chart_;
  const Table& table_;
  Language language_;
  std::size_t category_;
  std::vector<std::size_t> columns_;
  ChartRows chosen_;
  std::size_t rows_;
  double y_ = 0;  ///< where the next part begins
};

}  // namespace

std::string svg_of(const Chart& chart, const Table& table, Language language) {
  if (table.rows.empty()) return {};
  return Drawing(chart, table, language).draw();
}

}  // namespace xalink::reports
