#include "gateway/reports/csv_writer.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "gateway/reports/cell_text.hpp"
#include "gateway/reports/report_words.hpp"

namespace xalink::reports {
namespace {

constexpr const char* kByteOrderMark = "\xEF\xBB\xBF";

std::string quoted_where_needed(std::string_view text) {
  const bool blank_end = !text.empty() && (text.front() == ' ' || text.back() == ' ');
  if (!blank_end && text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string field = "\"";
  for (const char c : text) {
    if (c == '"') field += '"';
    field += c;
  }
  return field + "\"";
}

void add_line(std::string& text, const std::vector<std::string>& fields) {
  for (std::size_t i = 0; i < fields.size(); ++i) {
    if (i > 0) text += ',';
    text += fields[i];
  }
  text += "\r\n";
}

bool is_text(const Cell& cell) {
  return std::holds_alternative<std::string>(cell) || std::holds_alternative<Said>(cell);
}

std::string field_of(const Cell& cell, int digits, Language language) {
  const auto text = cell_for_programs(cell, digits, language);
  if (!text) return {};
  return is_text(cell) ? csv_text_field(*text) : *text;
}

std::string text_of(const Table& table, Language language) {
  std::string text = kByteOrderMark;
  std::vector<std::string> fields;
  for (const auto& column : table.columns) fields.push_back(csv_text_field(column.heading.in(language)));
  const bool coded = std::ranges::any_of(table.rows, [](const Row& row) { return !row.code.empty(); });
  if (coded) fields.push_back(csv_text_field(report_words().code.in(language)));
  fields.push_back(csv_text_field(report_words().missing.in(language)));
  add_line(text, fields);
  for (const auto& row : table.rows) {
    fields.clear();
    std::string missing;
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      const auto& column = table.columns[i];
      fields.push_back(field_of(row.cells[i], column.digits, language));
      const auto why = missing_for_programs(row.cells[i]);
      if (!why.empty()) missing += (missing.empty() ? "" : ";") + column.key + "=" + why;
    }
    if (coded) fields.push_back(csv_text_field(row.code));
    fields.push_back(quoted_where_needed(missing));
    add_line(text, fields);
  }
  return text;
}

class About {
 public:
  explicit About(Language language) : language_(language) {
    const bool vietnamese = language == Language::vietnamese;
    add_line(text_, {vietnamese ? "Phần" : "Part", vietnamese ? "Tên" : "Name",
                     vietnamese ? "Giá trị" : "Value", csv_text_field(report_words().missing.in(language))});
  }
  void add(const Said& part, const Said& name, const std::string& field, const std::string& missing = {}) {
    add_line(text_, {csv_text_field(part.in(language_)), csv_text_field(name.in(language_)), field, missing});
  }
  void add(const Said& part, const std::vector<Fact>& facts) {
    for (const auto& fact : facts) {
      add(part, full_name(fact), field_of(fact.value, fact.digits, language_),
          missing_for_programs(fact.value));
    }
  }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  Language language_;
  std::string text_ = kByteOrderMark;
};

std::string about(const Document& document, Language language) {
  const auto& words = report_words();
  About lines(language);
  lines.add(words.summary, document.title, {});
  lines.add(words.summary, words.period, csv_text_field(document.period.label(language)));
  lines.add(words.findings, document.findings);
  // They limit the figures, and would not be seen below a hundred communes.
  for (const auto& note : document.notes) lines.add(words.notes, {}, csv_text_field(note.in(language)));
  lines.add(words.parameters, document.parameters);
  lines.add(words.basis, basis_facts(document));
  for (const auto& commune : document.without_data) {
    lines.add(words.basis, words.without_data, csv_text_field(commune.in(language)));
  }
  for (const auto& definition : document.definitions) {
    const auto& source = definition.source.in(language);
    lines.add(words.definitions, definition.term,
              csv_text_field(definition.meaning.in(language) + (source.empty() ? "" : " [" + source + "]")));
  }
  return std::move(lines).text();
}

}  // namespace

std::string csv_text_field(std::string_view text) {
  // What Excel, LibreOffice and Google Sheets begin a formula with, the wide forms of East Asia too; blanks
  // before it they pass over.
  static constexpr std::array<std::string_view, 8> kBegins{"=", "+", "-", "@", "＝", "＋", "－", "＠"};
  const auto first = text.find_first_not_of(" \t\r\n");
  const bool formula =
      first != std::string_view::npos &&
      (text[0] == '\t' || text[0] == '\r' || text[0] == '\n' ||
       std::ranges::any_of(kBegins, [&](auto begin) { return text.substr(first).starts_with(begin); }));
  return quoted_where_needed(formula ? "'" + std::string(text) : std::string(text));
}

std::vector<CsvFile> as_csv(const Document& document, Language language) {
  std::vector<CsvFile> files;
  files.push_back({"about", about(document, language)});
  for (const auto& table : document.tables) files.push_back({table.key, text_of(table, language)});
  return files;
}

}  // namespace xalink::reports
