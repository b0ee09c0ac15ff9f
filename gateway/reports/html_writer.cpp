#include "gateway/reports/html_writer.hpp"

#include <algorithm>
#include <vector>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/html_text.hpp"
#include "gateway/reports/report_words.hpp"
#include "gateway/reports/svg_chart.hpp"
#include "gateway/reports/svg_map.hpp"
#include "gateway/reports/tone_colour.hpp"

namespace xalink::reports {
namespace {

/// More columns than these lie across the paper; of more still each row takes several lines, as long as each
/// other: a type that fitted all of them into one could not be read.
constexpr std::size_t kMostUpright = 8;
constexpr std::size_t kMostAcross = 13;

/// Columns of each line beside the first one, which names the row.
std::size_t columns_of_line(std::size_t width) {
  const auto others = width - 1;
  const auto lines = (others + kMostAcross - 1) / kMostAcross;
  return (others + lines - 1) / lines;
}

constexpr const char* kStyle = R"css(
@page { size: A4; margin: 14mm 12mm 16mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8pt sans-serif; color: #555; } }
@page across { size: A4 landscape; }
* { box-sizing: border-box; }
html { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
body { margin: 0 auto; max-width: 186mm; padding: 8mm 4mm; color: #1b2126; background: #fff; font: 10.5pt/1.45 "Noto Sans", "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 1mm; color: #1f4e79; }
h2 { font-size: 13pt; margin: 9mm 0 2mm; color: #1f4e79; border-bottom: 1.5px solid #1f4e79; padding-bottom: 1mm; break-after: avoid; }
h3 { font-size: 10.5pt; margin: 5mm 0 2mm; break-after: avoid; }
.period { font-size: 12pt; margin: 0 0 5mm; color: #444; }
.findings { display: grid; grid-template-columns: repeat(auto-fit, minmax(38mm, 1fr)); gap: 3mm; margin: 0; }
.findings div { border: 1px solid #cfd6dc; border-top: 3px solid #1f4e79; border-radius: 2px; padding: 2mm 3mm; break-inside: avoid; }
.findings dt { font-size: 8.5pt; color: #555; }
.findings dd { margin: 0; font-size: 15pt; font-weight: 600; font-variant-numeric: tabular-nums; }
.findings dd.missing { font-size: 10.5pt; }
.findings small { display: block; font-size: 8pt; font-weight: 400; color: #555; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.6mm 5mm; margin: 0; font-size: 9.5pt; }
.facts dt { color: #555; max-width: 80mm; }
.facts dd { margin: 0; }
.wide { overflow-x: auto; }
@media screen {
  body { max-width: 1300px; }
  .note, ul, .upright .wide { max-width: 186mm; }
  figure { display: inline-block; vertical-align: top; width: max(49%, min(100%, 130mm)); padding-right: 4mm; }
  .across table { min-width: 1250px; }
  .narrow table { min-width: 1700px; }
}
table { border-collapse: collapse; width: 100%; font-size: 8.5pt; line-height: 1.3; }
thead { display: table-header-group; }
th { background: #1f4e79; color: #fff; font-weight: 600; text-align: left; vertical-align: bottom; padding: 1.2mm 1.6mm; border: 1px solid #1f4e79; }
.name { min-width: 24mm; }
td { padding: 0.9mm 1.6mm; border: 1px solid #d5dbe0; vertical-align: top; }
tr { break-inside: avoid; }
tbody tr:nth-child(even) { background: #f5f7f9; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
th.number { white-space: normal; }
.moment { white-space: nowrap; font-variant-numeric: tabular-nums; }
.missing { color: #6b747c; font-style: italic; font-weight: 400; white-space: normal; }
.state { border-radius: 2px; padding: 0.2mm 1.4mm; white-space: nowrap; }
.note { font-size: 9pt; color: #444; margin: 0 0 2mm; }
ul { margin: 0; padding-left: 5mm; }
.columns { columns: 3; font-size: 9pt; }
figure { margin: 0 0 5mm; break-inside: avoid; }
figcaption { font-weight: 600; margin: 4mm 0 2mm; }
svg { display: block; width: 100%; height: auto; font: 11px "Noto Sans", "Segoe UI", "DejaVu Sans", Arial, sans-serif; }
svg text { fill: #1b2126; }
svg text.faint { fill: #66707a; font-size: 10px; }
svg text.name { font-size: 9.5px; }
svg .grid { stroke: #dfe4e8; stroke-width: 1; }
svg .sea { fill: #fafbfc; stroke: #cfd6dc; }
@media print {
  body { max-width: none; padding: 0; }
  .wide { overflow: visible; }
  .across { page: across; }
  .across table { font-size: 7.5pt; }
  .narrow table { font-size: 7.2pt; }
  .narrow tr { display: grid; grid-template-columns: 30mm repeat(var(--columns), minmax(0, 1fr)); }
  .narrow tr > :first-child { grid-row: 1 / span 4; }
  .narrow .name { min-width: 0; }
  .narrow th, .narrow td { padding: 0.6mm 0.8mm; }
  .narrow thead tr { background: #1f4e79; }
  .narrow .state { white-space: normal; }
  .upright td { padding: 0.5mm 1.2mm; }
  .upright .moment { white-space: normal; }
}
)css";

class Page {
 public:
  Page(const Document& document, Language language) : document_(document), language_(language) {}

  std::string write() {
    const auto& words = report_words();
    begin();
    if (!document_.findings.empty()) {
      heading(words.findings);
      facts("findings", document_.findings, /*boxed=*/true);
    }
    // Before the figures that they limit, and not on page 30.
    list(words.notes, document_.notes, "", false);
    for (const auto& chart : document_.charts) add(chart);
    if (document_.map) add(*document_.map);
    for (const auto& table : document_.tables) add(table);
    if (!document_.parameters.empty()) {
      heading(words.parameters);
      facts("facts", document_.parameters, /*boxed=*/false);
    }
    heading(words.basis);
    facts("facts", basis_facts(document_), /*boxed=*/false);
    list(words.without_data, document_.without_data, " class=\"columns\"", true);
    definitions();
    text_ += "</body>\n</html>\n";
    return std::move(text_);
  }

 private:
  std::string say(const Said& said) const { return escaped(said.in(language_)); }

  void begin() {
    text_ = "<!DOCTYPE html>\n<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"";
    text_ += language_ == Language::vietnamese ? "vi" : "en";
    text_ += "\">\n<head>\n<meta charset=\"utf-8\"/>\n";
    // Even if a text slipped through unescaped, a browser would run and fetch nothing.
    text_ +=
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'\"/>\n";
    text_ += "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>";
    text_ += say(document_.title) + " – " + escaped(document_.period.label(language_));
    text_ += "</title>\n<style>" + std::string(kStyle) + tone_style() + "</style>\n</head>\n<body>\n<h1>";
    text_ += say(document_.title) + "</h1>\n<p class=\"period\">" +
             escaped(document_.period.label(language_)) + "</p>\n";
  }

  static std::string name_of(Tone tone) {
    switch (tone) {
      case Tone::good: return "good";
      case Tone::limited: return "limited";
      case Tone::bad: return "bad";
      case Tone::unknown: break;
    }
    return "unknown";
  }

  static std::string tone_style() {
    std::string style;
    for (const auto tone : {Tone::good, Tone::limited, Tone::bad, Tone::unknown}) {
      style += "." + name_of(tone) + " { background: " + colour(pale_colour_of(tone)) + "; }\n";
    }
    return style;
  }

  void heading(const Said& said) { text_ += "<h2>" + say(said) + "</h2>\n"; }

  std::string value(const Cell& cell, ColumnKind kind, int digits) const {
    const auto shown = escaped(cell_for_people(cell, kind, digits, language_));
    const auto* state = std::get_if<State>(&cell);
    return state == nullptr ? shown
                            : "<span class=\"state " + name_of(state->tone) + "\">" + shown + "</span>";
  }

  void facts(const char* look, const std::vector<Fact>& facts, bool boxed) {
    text_ += "<dl class=\"" + std::string(look) + "\">\n";
    for (const auto& fact : facts) {
      const bool missing = !missing_for_programs(fact.value).empty();
      text_ += boxed ? "<div>" : "";
      text_ += "<dt>" + say(fact.name) + "</dt><dd" + (missing ? " class=\"missing\"" : "") + ">" +
               value(fact.value, fact.kind, fact.digits) +
               (fact.of.empty() ? "" : "<small>" + say(fact.of) + "</small>") + "</dd>";
      text_ += boxed ? "</div>\n" : "\n";
    }
    text_ += "</dl>\n";
  }

  void list(const Said& title, const std::vector<Said>& texts, const char* look, bool even_empty) {
    if (texts.empty() && !even_empty) return;
    heading(title);
    if (texts.empty()) {
      text_ += "<p>" + say(report_words().none) + "</p>\n";
      return;
    }
    text_ += "<ul" + std::string(look) + ">\n";
    for (const auto& text : texts) text_ += "<li>" + say(text) + "</li>\n";
    text_ += "</ul>\n";
  }

  void add(const Chart& chart) {
    const auto* table = table_named(document_, chart.table);
    const auto drawn = table == nullptr ? std::string() : svg_of(chart, *table, language_);
    if (drawn.empty()) return;
    const bool in_hours =
        table->columns[*column_at(*table, chart.values.front())].kind == ColumnKind::duration;
    text_ += "<figure><figcaption>" + say(chart.title) +
             (in_hours ? " (" + say(report_words().hours) + ")" : "") + "</figcaption>" + drawn +
             "</figure>\n";
  }

  void add(const Map& map) {
    Table points;  // of all tables on the map, what it shows of them
    for (const auto* table : tables_on_map(document_)) {
      const auto name = *column_at(*table, map.name);
      const auto state = *column_at(*table, map.state);
      if (points.columns.empty()) points.columns = {table->columns[name], table->columns[state]};
      for (const auto& row : table->rows) {
        points.rows.push_back({{row.cells[name], row.cells[state]}, row.place});
      }
    }
    if (points.columns.empty()) return;
    const auto drawn = svg_of(map, points, language_);
    // Regions and provinces are no places: of them nothing is missing.
    if (drawn.empty() && document_.scope != "commune") return;
    if (!drawn.empty()) {
      text_ += "<figure><figcaption>" + say(map.title) + "</figcaption>" + drawn + "</figure>\n";
    }
    std::string names;
    for (const auto& row : points.rows) {
      if (row.place) continue;
      names +=
          (names.empty() ? "" : ", ") + cell_for_people(row.cells[0], points.columns[0].kind, 0, language_);
    }
    if (!names.empty()) {
      text_ += "<p class=\"note\">" + say(report_words().without_place) + ": " + escaped(names) + "</p>\n";
    }
  }

  static const char* look_of(const Column& column) {
    switch (column.kind) {
      case ColumnKind::integer:
      case ColumnKind::decimal:
      case ColumnKind::percent:
      case ColumnKind::duration: return "number";
      case ColumnKind::date:
      case ColumnKind::time: return "moment";
      case ColumnKind::text: return column.key == "unit" || column.key == "commune" ? "name" : "";
      case ColumnKind::state: break;
    }
    return "";
  }

  void add(const Table& table) {
    const auto width = table.columns.size();
    text_ += "<section class=\"" +
             std::string(width > kMostAcross    ? "across narrow"
                         : width > kMostUpright ? "across"
                                                : "upright") +
             "\"";
    if (width > kMostAcross) {
      text_ += " style=\"--columns: " + std::to_string(columns_of_line(width)) + "\"";
    }
    text_ += ">\n";
    heading(table.title);
    if (!table.note.empty()) text_ += "<p class=\"note\">" + say(table.note) + "</p>\n";
    if (table.rows.empty()) {
      text_ += "<p>" + say(report_words().no_rows) + "</p>\n</section>\n";
      return;
    }
    text_ += "<div class=\"wide\"><table>\n<thead><tr>";
    for (const auto& column : table.columns) {
      text_ +=
          "<th scope=\"col\" class=\"" + std::string(look_of(column)) + "\">" + say(column.heading) + "</th>";
    }
    text_ += "</tr></thead>\n<tbody>\n";
    for (const auto& row : table.rows) {
      text_ += "<tr>";
      for (std::size_t i = 0; i < width; ++i) {
        const auto& column = table.columns[i];
        const bool missing = !missing_for_programs(row.cells[i]).empty();
        text_ += "<td class=\"" + std::string(look_of(column)) + (missing ? " missing" : "") + "\">" +
                 value(row.cells[i], column.kind, column.digits) + "</td>";
      }
      text_ += "</tr>\n";
    }
    text_ += "</tbody>\n</table></div>\n</section>\n";
  }

  void definitions() {
    if (document_.definitions.empty()) return;
    const auto& words = report_words();
    heading(words.definitions);
    text_ += "<table>\n<thead><tr>";
    for (const auto& title : {words.term, words.meaning, words.source}) {
      text_ += "<th scope=\"col\">" + say(title) + "</th>";
    }
    text_ += "</tr></thead>\n<tbody>\n";
    for (const auto& definition : document_.definitions) {
      text_ += "<tr><td>" + say(definition.term) + "</td><td>" + say(definition.meaning) + "</td><td>" +
               say(definition.source) + "</td></tr>\n";
    }
    text_ += "</tbody>\n</table>\n";
  }

  const Document& document_;
  Language language_;
  std::string text_;
};

}  // namespace

std::string as_html(const Document& document, Language language) {
  return Page(document, language).write();
}

}  // namespace xalink::reports
