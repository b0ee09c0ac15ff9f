#include "agent/dossiers/csv_reader.hpp"

#include <algorithm>

namespace xalink {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

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
  std::size_t length = 0;
  switch (parse(text.substr(start), complete, length)) {
    case Found::row: return give(start + length);
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
  const std::size_t line_end = text.find('\n');
  if (line_end == std::string_view::npos && !finished_ && rest.size() <= kMaxRowBytes) return nullptr;
  return give(line_end == std::string_view::npos ? text.size() : line_end + 1);
}

const CsvRow* CsvReader::give(std::size_t length) {
  started_ = true;
  row_.raw = std::string_view(buffer_).substr(begin_, length);
  row_.line = line_;
  line_ += static_cast<std::size_t>(std::count(row_.raw.begin(), row_.raw.end(), '\n'));
  begin_ += length;
  return &row_;
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
    if (stop == '\r') ++at;  // its '\n'
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
  const std::string_view after = text.substr(from, 2);
  if (!complete && (after.empty() || after == "\r")) return Found::more;
  // A file cut off between CR and LF ends its last row all the same.
  if (after == "\r") from += 1;
  const bool ends = after.empty() || after == "\r" || after == "\r\n" || after[0] == '\n';
  if (!ends && after[0] != delimiter_) {
    row_.broken =
        "text follows a closing quote; double the quotes inside a field | có chữ sau dấu nháy đóng; dấu nháy "
        "trong ô phải viết hai lần";
    return Found::broken;
  }
  row_.fields.push_back(std::move(field));
  at = from;
  return Found::row;
}

CsvReader::Found CsvReader::parse_plain(std::string_view text, bool complete, std::size_t& at) {
  const char stops[] = {delimiter_, '\n'};
  std::size_t stop = text.find_first_of(std::string_view(stops, sizeof stops), at);
  if (stop == std::string_view::npos) {
    if (!complete) return Found::more;
    stop = text.size();
  }
  std::string_view field = text.substr(at, stop - at);
  const bool ends_line = stop == text.size() || text[stop] == '\n';
  if (ends_line && !field.empty() && field.back() == '\r') field.remove_suffix(1);
  row_.fields.emplace_back(field);
  at = stop;
  return Found::row;
}

}  // namespace xalink
