#include "sparkplug/csv_reader.hpp"

#include <algorithm>
#include <array>

namespace xalink {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";
constexpr std::string_view kDelimiters = ",;\t|";

/// Where the first line ends; npos when it does not. Line ends in quotes do not count.
std::size_t find_line_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '"') quoted = !quoted;
    if (!quoted && (text[at] == '\n' || text[at] == '\r')) return at;
  }
  return std::string_view::npos;
}

char best_delimiter(std::string_view line) {
  std::array<std::size_t, kDelimiters.size()> count{};
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') quoted = !quoted;
    const std::size_t which = kDelimiters.find(c);
    if (!quoted && which != std::string_view::npos) ++count[which];
  }
  // The first of several: a comma when there is nothing to choose by.
  const auto best = std::max_element(count.begin(), count.end());
  return kDelimiters[static_cast<std::size_t>(best - count.begin())];
}

/// What follows a quote that is not closed counts as if it were none.
std::size_t unquoted_delimiters(std::string_view line, char delimiter) {
  std::size_t outside = 0;
  std::size_t inside = 0;
  bool quoted = false;
  for (const char c : line) {
    if (c == '"') {
      quoted = !quoted;
      inside = 0;
    } else if (c == delimiter) {
      ++(quoted ? inside : outside);
    }
  }
  return outside + inside;
}

bool is_sep_line(std::string_view line) {
  return line.size() == 5 && (line[0] == 's' || line[0] == 'S') && (line[1] == 'e' || line[1] == 'E') &&
         (line[2] == 'p' || line[2] == 'P') && line[3] == '=' && line[4] != '"' && line[4] != '\0';
}

}  // namespace

void CsvReader::feed(std::string_view bytes) {
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_.append(bytes);
}

const CsvRow* CsvReader::next() {
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.empty()) return nullptr;
  const std::string_view text = rest.substr(0, kMaxRowBytes);
  const bool complete = finished_ && rest.size() <= kMaxRowBytes;

  std::size_t start = 0;
  if (!started_) {
    if (!complete && text.size() < kBom.size()) return nullptr;
    if (text.substr(0, kBom.size()) == kBom) start = kBom.size();
  }
  row_.fields.clear();
  row_.broken = {};
  if (inside_long_row_) {
    const std::size_t end = text.find(line_end_);
    if (end == std::string_view::npos && !finished_ && rest.size() <= kMaxRowBytes) return nullptr;
    inside_long_row_ = end == std::string_view::npos;
    row_.fields.emplace_back();
    return give(inside_long_row_ ? text.size() : end + 1);
  }
  if (!started_ || delimiter_ == kAnyDelimiter) {
    std::size_t sep_line = 0;
    const bool enough = complete || finished_ || rest.size() > kMaxRowBytes;
    if (!settle(text.substr(start), enough, sep_line)) return nullptr;
    if (sep_line > 0) {
      row_.fields.emplace_back();
      return give(start + sep_line);
    }
  }

  std::size_t length = 0;
  switch (parse(text.substr(start), complete, length)) {
    case Found::row: {
      const std::string_view row = text.substr(start, length);
      const std::size_t first_end = row.find(line_end_);
      const bool several_lines = first_end != std::string_view::npos && first_end + 1 < length;
      if (!several_lines || fits(row)) return give(start + length);
      row_.broken =
          "a quote is opened in this line and closes in a later one, where the fields do not add up; close "
          "it "
          "| dấu nháy mở ở dòng này lại đóng ở dòng sau, số ô không khớp; hãy đóng lại";
      break;
    }
    case Found::broken: break;
    case Found::more:
      // One byte above the limit decides, so that pieces of any size give the same rows.
      if (rest.size() <= kMaxRowBytes && !finished_) return nullptr;
      row_.broken =
          complete
              ? "a quote is opened and never closed; close it | có dấu nháy mở mà không đóng; hãy đóng lại"
              : "the row is longer than 64 KiB; a quote may not be closed | dòng dài quá 64 KiB; có thể "
                "thiếu dấu nháy đóng";
      break;
  }
  row_.fields.clear();
  const std::size_t line_end = text.find(line_end_);
  if (line_end == std::string_view::npos && !finished_ && rest.size() <= kMaxRowBytes) return nullptr;
  // One line costs one error, however long it is.
  inside_long_row_ = line_end == std::string_view::npos;
  return give(line_end == std::string_view::npos ? text.size() : line_end + 1);
}

const CsvRow* CsvReader::give(std::size_t length) {
  started_ = true;
  row_.raw = std::string_view(buffer_).substr(begin_, length);
  row_.line = line_;
  line_ += static_cast<std::size_t>(std::count(row_.raw.begin(), row_.raw.end(), line_end_));
  begin_ += length;
  return &row_;
}

bool CsvReader::settle(std::string_view text, bool complete, std::size_t& sep_line) {
  std::size_t end = find_line_end(text);
  if (end == std::string_view::npos) {
    if (!complete) return false;
    end = text.find_first_of("\r\n");  // a quote is never closed
  }
  const std::string_view line = text.substr(0, end);
  if (end != std::string_view::npos && !started_) {
    const bool carriage_return = text[end] == '\r';
    // Programs that write CRLF into a file in text mode leave CR CR LF.
    if (carriage_return && end + 2 >= text.size() && !complete) return false;
    const std::string_view after = text.substr(end + 1, 2);
    if (carriage_return && !after.empty() && after[0] != '\n' && after != "\r\n") line_end_ = '\r';
    if (is_sep_line(line)) {
      delimiter_ = line[4];
      sep_line_seen_ = true;
      sep_line = std::min(text.find(line_end_, end), text.size() - 1) + 1;
      return true;
    }
  }
  if (delimiter_ == kAnyDelimiter && !line.empty()) delimiter_ = best_delimiter(line);
  return true;
}

bool CsvReader::fits(std::string_view row) const {
  if (width_ == 0) return true;
  const bool wide_enough =
      row_.fields.size() >= width_ &&
      std::all_of(row_.fields.begin() + static_cast<std::ptrdiff_t>(width_), row_.fields.end(),
                  [](const std::string& field) { return field.empty(); });
  if (!wide_enough) return false;
  if (width_ < 3) return true;
  // Where the first line and one inside would be rows by themselves they are, most likely: what closes the
  // quote is another slip. The first alone says nothing, nor does an address with commas in the last.
  if (width_ != unquoted_delimiters(row.substr(0, row.find(line_end_)), delimiter_) + 1) return true;
  if (row.ends_with(line_end_)) row.remove_suffix(1);
  for (std::size_t end = row.find(line_end_); end != std::string_view::npos;) {
    row.remove_prefix(end + 1);
    end = row.find(line_end_);
    const std::string_view line = row.substr(0, end);
    const auto delimiters = static_cast<std::size_t>(std::count(line.begin(), line.end(), delimiter_));
    const std::size_t close = line.rfind('"');
    // In the last line the quote closes; a field that began further up may end in its first column.
    const bool may_be_rest = end == std::string_view::npos && line.find(delimiter_) > close;
    if (delimiters + 1 == width_ && !may_be_rest) return false;
  }
  return true;
}

CsvReader::Found CsvReader::parse(std::string_view text, bool complete, std::size_t& end) {
  std::size_t at = 0;
  while (true) {
    const bool quoted = at < text.size() && text[at] == '"';
    const Found found = quoted ? parse_quoted(text, complete, at) : parse_plain(text, complete, at);
    if (found != Found::row) return found;
    // Here stands a delimiter, a line end, or nothing.
    if (at == text.size()) break;
    const char stop = text[at++];
    if (stop == delimiter_) continue;
    break;
  }
  end = at;
  return Found::row;
}

CsvReader::Found CsvReader::parse_quoted(std::string_view text, bool complete, std::size_t& at) {
  std::string field;
  std::size_t from = at + 1;
  while (true) {
    const std::size_t quote = text.find('"', from);
    if (quote == std::string_view::npos) return Found::more;
    field.append(text.substr(from, quote - from));
    from = quote + 1;
    if (from < text.size() && text[from] == '"') {
      field += '"';
      ++from;
      continue;
    }
    break;
  }
  std::size_t end = from;
  while (line_end_ == '\n' && end < text.size() && text[end] == '\r') ++end;
  if (!complete && end == text.size()) return Found::more;
  // A file cut off between CR and LF ends its last row all the same.
  const bool ends = end == text.size() || text[end] == line_end_;
  if (!ends && text[from] != delimiter_) {
    row_.broken =
        "text follows a closing quote; double the quotes inside a field | có chữ sau dấu nháy đóng; dấu nháy "
        "trong ô phải viết hai lần";
    return Found::broken;
  }
  row_.fields.push_back(std::move(field));
  at = ends ? end : from;
  return Found::row;
}

CsvReader::Found CsvReader::parse_plain(std::string_view text, bool complete, std::size_t& at) {
  const char stops[] = {delimiter_, line_end_};
  std::size_t stop = text.find_first_of(std::string_view(stops, sizeof stops), at);
  if (stop == std::string_view::npos) {
    if (!complete) return Found::more;
    stop = text.size();
  }
  std::string_view field = text.substr(at, stop - at);
  const bool ends_line = stop == text.size() || text[stop] == line_end_;
  while (ends_line && line_end_ == '\n' && field.ends_with('\r')) field.remove_suffix(1);
  row_.fields.emplace_back(field);
  at = stop;
  return Found::row;
}

}  // namespace xalink
