#include "agent/dossiers/json_lines.hpp"

namespace xalink {
namespace {

constexpr std::string_view kBom = "\xEF\xBB\xBF";

}  // namespace

void JsonLines::feed(std::string_view bytes) {
  buffer_.erase(0, begin_);
  begin_ = 0;
  buffer_.append(bytes);
}

const JsonLine* JsonLines::next() {
  const std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.empty()) return nullptr;
  const std::size_t end = rest.substr(0, kMaxLineBytes).find('\n');
  const bool too_long = end == std::string_view::npos && rest.size() > kMaxLineBytes;
  if (end == std::string_view::npos && !too_long && !finished_) return nullptr;
  std::size_t length = rest.size();
  if (end != std::string_view::npos) length = end + 1;
  if (too_long) length = kMaxLineBytes;

  line_ = {};
  line_.line = line_number_;
  line_.raw = rest.substr(0, length);
  line_.text = line_.raw;
  if (!started_ && line_.text.starts_with(kBom)) line_.text.remove_prefix(kBom.size());
  if (line_.text.ends_with('\n')) line_.text.remove_suffix(1);
  if (line_.text.ends_with('\r')) line_.text.remove_suffix(1);
  line_.blank = inside_long_line_ || line_.text.find_first_not_of(" \t") == std::string_view::npos;
  if (too_long && !inside_long_line_) {
    line_.blank = false;
    line_.broken =
        "the line is longer than 64 KiB; write each object on a line of its own | dòng dài quá 64 KiB; hãy "
        "ghi mỗi đối tượng trên một dòng";
  }
  started_ = true;
  inside_long_line_ = too_long;
  if (end != std::string_view::npos) ++line_number_;
  begin_ += length;
  return &line_;
}

}  // namespace xalink
