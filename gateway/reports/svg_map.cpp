#include "gateway/reports/svg_map.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <vector>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/html_text.hpp"
#include "gateway/reports/tone_colour.hpp"

namespace xalink::reports {
namespace {

constexpr double kWidth = 720;
constexpr double kMostHeight = 620;
constexpr double kMargin = 34;
constexpr double kLeastDegrees = 0.1;  // one point still has something around it
constexpr double kKilometresPerDegree = 111.2;

struct Box {
  double left, top, right, bottom;
  [[nodiscard]] bool meets(const Box& other) const {
    return left < other.right && other.left < right && top < other.bottom && other.top < bottom;
  }
};

struct Point {
  double x = 0;
  double y = 0;
  std::string name;
  State state;
};

/// From worst to best: the worst have names before others, and are drawn over them.
int weight_of(Tone tone) {
  switch (tone) {
    case Tone::bad: return 3;
    case Tone::limited: return 2;
    case Tone::unknown: return 1;
    case Tone::good: break;
  }
  return 0;
}

std::string shape(double x, double y, Tone tone) {
  const auto fill = " fill=\"" + colour(colour_of(tone)) + "\" stroke=\"#fff\" stroke-width=\"1\"";
  switch (tone) {
    case Tone::good: return "<circle cx=\"" + at(x) + "\" cy=\"" + at(y) + "\" r=\"4.5\"" + fill + "/>";
    case Tone::limited:
      return "<path d=\"M" + at(x) + " " + at(y - 6) + "L" + at(x + 5.5) + " " + at(y + 4) + "L" +
             at(x - 5.5) + " " + at(y + 4) + "Z\"" + fill + "/>";
    case Tone::bad:
      return "<rect x=\"" + at(x - 4.5) + "\" y=\"" + at(y - 4.5) + "\" width=\"9\" height=\"9\"" + fill +
             "/>";
    case Tone::unknown: break;
  }
  return "<circle cx=\"" + at(x) + "\" cy=\"" + at(y) + "\" r=\"4\" fill=\"#fff\" stroke=\"" +
         colour(colour_of(tone)) + "\" stroke-width=\"2\"/>";
}

class Drawing {
 public:
  Drawing(const Map& map, const Table& table, Language language) : map_(map), language_(language) {
    const auto name = *column_at(table, map.name);
    const auto state = *column_at(table, map.state);
    double west = 180;
    double east = -180;
    double south = 90;
    double north = -90;
    for (const auto& row : table.rows) {
      if (!row.place) continue;
      west = std::min(west, row.place->longitude);
      east = std::max(east, row.place->longitude);
      south = std::min(south, row.place->latitude);
      north = std::max(north, row.place->latitude);
    }
    if (west > east) return;
    const auto widen = [](double& low, double& high) {
      const double lack = std::max(0.0, kLeastDegrees - (high - low)) / 2;
      low -= lack;
      high += lack;
    };
    widen(west, east);
    widen(south, north);
    west_ = west;
    north_ = north;
    east_ = east;
    south_ = south;
    squeeze_ = std::cos((south + north) / 2 * std::numbers::pi / 180);
    const double across = (east - west) * squeeze_;
    const double down = north - south;
    pixels_ = std::min((kWidth - 2 * kMargin) / across, (kMostHeight - 2 * kMargin) / down);
    left_ = (kWidth - across * pixels_) / 2;
    height_ = down * pixels_ + 2 * kMargin;
    for (const auto& row : table.rows) {
      if (!row.place) continue;
      const auto* is = std::get_if<State>(&row.cells[state]);
      points_.push_back({x_of(row.place->longitude), y_of(row.place->latitude),
                         cell_for_people(row.cells[name], table.columns[name].kind, 0, language),
                         is != nullptr ? *is
                                       : State{"",
                                               {missing_for_people(Missing::no_data, Language::english),
                                                missing_for_people(Missing::no_data, Language::vietnamese)},
                                               Tone::unknown}});
    }
  }

  std::string draw() {
    if (points_.empty()) return {};
    std::ranges::stable_sort(points_, std::ranges::less{},
                             [](const Point& point) { return weight_of(point.state.tone); });
    std::string body = net();
    body += marks();
    body += names();
    body += legend();  // makes room for itself below
    return "<svg class=\"map\" viewBox=\"0 0 " + at(kWidth) + " " + at(height_) +
           "\" role=\"img\" aria-label=\"" + escaped(map_.title.in(language_)) +
           "\" xmlns=\"http://www.w3.org/2000/svg\">" + body + "</svg>";
  }

 private:
  [[nodiscard]] double x_of(double longitude) const {
    return left_ + (longitude - west_) * squeeze_ * pixels_;
  }
  [[nodiscard]] double y_of(double latitude) const { return kMargin + (north_ - latitude) * pixels_; }

  std::string net() const {
    std::string text = "<rect x=\"0.5\" y=\"0.5\" width=\"" + at(kWidth - 1) + "\" height=\"" +
                       at(height_ - 1) + "\" class=\"sea\"/>";
    const double span = std::max((east_ - west_), (north_ - south_));
    double step = 0.05;
    for (const double wider : {0.1, 0.25, 0.5, 1.0, 2.0, 5.0}) {
      if (span / step > 5) step = wider;
    }
    const int digits = step < 0.1 || step == 0.25 ? 2 : 1;
    const double first_x = std::ceil((west_ - left_ / pixels_ / squeeze_) / step);
    for (double i = first_x; x_of(i * step) < kWidth; ++i) {
      const double x = x_of(i * step);
      text += "<line x1=\"" + at(x) + "\" y1=\"0\" x2=\"" + at(x) + "\" y2=\"" + at(height_) +
              "\" class=\"grid\"/>";
      if (x > 30 && x < kWidth - 30) {
        text += svg_text(x, height_ - 5, "middle", number_for_people(i * step, digits, language_) + "°",
                         "class=\"faint\"");
      }
    }
    const double first_y = std::ceil((south_ - kMargin / pixels_) / step);
    for (double i = first_y; y_of(i * step) > 0; ++i) {
      const double y = y_of(i * step);
      text += "<line x1=\"0\" y1=\"" + at(y) + "\" x2=\"" + at(kWidth) + "\" y2=\"" + at(y) +
              "\" class=\"grid\"/>";
      if (y > 20 && y < height_ - 30) {
        text += svg_text(5, y - 3, "start", number_for_people(i * step, digits, language_) + "°",
                         "class=\"faint\"");
      }
    }
    return text + scale();
  }

  std::string scale() const {
    const double per_kilometre = pixels_ / kKilometresPerDegree;
    double kilometres = 1;
    for (const double more : {2.0, 5.0, 10.0, 20.0, 50.0, 100.0}) {
      if (more * per_kilometre < 160) kilometres = more;
    }
    const double width = kilometres * per_kilometre;
    const double right = kWidth - 14;
    const double y = height_ - 22;
    return "<path d=\"M" + at(right - width) + " " + at(y - 4) + "V" + at(y) + "H" + at(right) + "V" +
           at(y - 4) + "\" fill=\"none\" stroke=\"#333\" stroke-width=\"1.2\"/>" +
           svg_text(right - width / 2, y - 6, "middle",
                    at(kilometres).substr(0, at(kilometres).find('.')) + " km");
  }

  std::string marks() const {
    std::string text;
    for (const auto& point : points_) {
      text += "<g><title>" + escaped(point.name + ": " + point.state.words.in(language_)) + "</title>" +
              shape(point.x, point.y, point.state.tone) + "</g>";
    }
    return text;
  }

  /// Left or right of its point, where nothing stands yet.
  std::string names() {
    std::vector<Box> taken;
    for (const auto& point : points_) {
      taken.push_back({point.x - 5, point.y - 5, point.x + 5, point.y + 5});
    }
    taken.push_back({kWidth - 190, height_ - 44, kWidth, height_});  // the scale
    std::string text;
    for (auto point = points_.rbegin(); point != points_.rend(); ++point) {
      const auto name = shortened(point->name, 28);
      const auto letters = static_cast<double>(std::ranges::count_if(
          name, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
      const double width = 6.1 * letters;
      for (const bool right : {true, false}) {
        const double begin = right ? point->x + 7 : point->x - 7 - width;
        const Box box{begin, point->y - 6, begin + width, point->y + 6};
        if (box.left < 2 || box.right > kWidth - 2 || box.bottom > height_ - 16) continue;
        if (std::ranges::any_of(taken, [&](const Box& other) { return other.meets(box); })) continue;
        taken.push_back(box);
        text += svg_text(right ? point->x + 7 : point->x - 7, point->y + 4, right ? "start" : "end", name,
                         "class=\"name\"");
        break;
      }
    }
    return text;
  }

  /// Under the map: each state that is on it, the worst first, and how often.
  std::string legend() {
    std::vector<std::pair<State, int>> states;
    for (auto point = points_.rbegin(); point != points_.rend(); ++point) {
      const auto there = std::ranges::find(states, point->state, &std::pair<State, int>::first);
      if (there == states.end()) {
        states.emplace_back(point->state, 1);
      } else {
        ++there->second;
      }
    }
    std::string text;
    double x = 10;
    height_ += 16;
    for (const auto& [state, count] : states) {
      const auto words = state.words.in(language_) + " (" + std::to_string(count) + ")";
      const double width = 30 + 6.2 * static_cast<double>(words.size());
      if (x > 10 && x + width > kWidth) {
        x = 10;
        height_ += 18;
      }
      text += shape(x, height_ - 4, state.tone) + svg_text(x + 11, height_, "start", words);
      x += width;
    }
    height_ += 6;
    return text;
  }

  const Map& map_;
  Language language_;
  std::vector<Point> points_;
  double west_ = 0;
  double east_ = 0;
  double south_ = 0;
  double north_ = 0;
  double squeeze_ = 1;  ///< a degree of longitude to one of latitude
  double pixels_ = 1;   ///< to a degree of latitude
  double left_ = 0;
  double height_ = 0;
};

}  // namespace

std::string svg_of(const Map& map, const Table& table, Language language) {
  return Drawing(map, table, language).draw();
}

}  // namespace xalink::reports
