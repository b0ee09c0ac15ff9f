#include "agent/dossiers/json_rows.hpp"

#include <algorithm>
#include <array>
#include <boost/json/basic_parser_impl.hpp>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "agent/dossiers/field_value.hpp"
#include "sparkplug/text_form.hpp"

namespace xalink {
namespace {

namespace json = boost::json;
using json::error_code;

constexpr std::string_view kTwice = "stands twice; keep one | có hai lần; hãy giữ lại một";
constexpr std::string_view kNoFlag =
    "is true or false where a text or a number stands; correct it | là true hoặc false, không phải chữ hoặc "
    "số; hãy sửa lại";
constexpr std::string_view kNoValue =
    "is a list or an object, not a single value; name the key inside it as key.inner | là danh sách hoặc đối "
    "tượng, không phải một giá trị; hãy khai báo dạng khóa.khóa_con";

/// Called by the parser for each thing it meets.
class Handler {
 public:
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();

  Handler(const std::map<std::string, std::size_t, std::less<>>& wanted, const TableSettings& settings,
          const JsonPlaces& places)
      : wanted_(wanted), settings_(settings), places_(places) {}

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    open(/*array=*/false);
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    close();
    return true;
  }
  bool on_array_begin(error_code&) {
    open(/*array=*/true);
    return true;
  }
  bool on_array_end(std::size_t, error_code&) {
    close();
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, error_code&) {
    key_.append(part.data(), part.size());
    Level& level = levels_.back();
    path_.resize(level.path_length);
    if (!path_.empty()) path_ += '.';
    path_ += std::exchange(key_, {});
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, error_code&) {
    string_.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, error_code&) {
    string_.append(part.data(), part.size());
    take(std::exchange(string_, {}));
    return true;
  }
  bool on_number_part(json::string_view part, error_code&) {
    number_.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t number, json::string_view, error_code&) {
    number_.clear();
    take(std::to_string(number));
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, error_code&) {
    number_.clear();
    take(std::to_string(number));
    return true;
  }
  bool on_double(double number, json::string_view part, error_code&) {
    number_.append(part.data(), part.size());
    std::string written = std::exchange(number_, {});
    // 2 and 2.0 are the same number; other systems write either.
    constexpr double kWhole = 9'007'199'254'740'992;  // 2^53
    const bool whole = std::abs(number) < kWhole && number == std::floor(number);
    // Else as it is written: a code of many digits must not become its neighbour's.
    if (whole) {
      std::array<char, 40> text{};
      std::snprintf(text.data(), text.size(), "%.0f", number);
      written = text.data();
    }
    take(std::move(written));
    return true;
  }
  bool on_bool(bool value, error_code&) {
    const auto field = wanted_field();
    // Elsewhere than in a flag or a presence a 1 would mean something: the first state, the dossier "1".
    if (field && settings_.kind->fields[*field].kind != FieldKind::flag && !is_presence(*field)) {
      refuse(*field, kNoFlag);
    } else {
      take(value ? "true" : "false");
    }
    return true;
  }
  bool on_null(error_code&) {
    take({});
    return true;
  }
  bool on_comment_part(json::string_view, error_code&) { return true; }
  bool on_comment(json::string_view, error_code&) { return true; }

  JsonRows found;
  bool rows_seen = false;

 private:
  struct Level {
    bool array = false;
    bool list_of_rows = false;
    bool row = false;
    std::size_t path_length = 0;  ///< of the path that leads here
  };

  [[nodiscard]] bool in_array() const { return !levels_.empty() && levels_.back().array; }

  void open(bool array) {
    Level level;
    level.array = array;
    level.path_length = path_.size();
    if (row_) {
      if (const auto field = wanted_field()) {
        if (is_presence(*field)) {
          tell(*field, {});
        } else {
          refuse(*field, kNoValue);
        }
      }
      if (array) {
        tell_of_list();
        ++arrays_in_row_;
      }
    } else if (array) {
      level.list_of_rows = !in_array() && path_ == places_.rows;
    } else {
      level.row = levels_.empty() ? places_.rows.empty() : levels_.back().list_of_rows;
    }
    rows_seen = rows_seen || level.list_of_rows || level.row;
    if (level.row) {
      row_.emplace();
      row_->texts.resize(settings_.kind->fields.size());
      row_path_length_ = path_.empty() ? 0 : path_.size() + 1;
    }
    levels_.push_back(level);
  }

  void close() {
    const Level level = levels_.back();
    levels_.pop_back();
    path_.resize(level.path_length);
    if (level.row) {
      found.rows.push_back(std::move(*row_));
      row_.reset();
    } else if (row_ && level.array) {
      --arrays_in_row_;
    }
  }

  /// The field that the value at the present path is for.
  [[nodiscard]] std::optional<std::size_t> wanted_field() const {
    if (!row_ || path_.size() <= row_path_length_) return std::nullopt;
    const auto wanted = wanted_.find(folded(std::string_view(path_).substr(row_path_length_)));
    if (wanted == wanted_.end() || (arrays_in_row_ > 0 && !is_presence(wanted->second))) return std::nullopt;
    return wanted->second;
  }

  [[nodiscard]] bool is_presence(std::size_t field) const {
    return settings_.kind->fields[field].kind == FieldKind::presence;
  }

  /// One item of a list that is there is enough.
  void tell(std::size_t field, const std::string& text) {
    auto& told = row_->texts[field];
    if (!told || !tells_presence(*told)) told = text;
  }

  /// The list that leads to a key in its items is there; it may hold none.
  void tell_of_list() {
    if (path_.size() <= row_path_length_) return;
    const std::string before = folded(std::string_view(path_).substr(row_path_length_)) + ".";
    for (auto wanted = wanted_.lower_bound(before);
         wanted != wanted_.end() && wanted->first.starts_with(before); ++wanted) {
      if (is_presence(wanted->second)) tell(wanted->second, {});
    }
  }

  /// Of a value in a list or an object that a field stands for as a whole.
  void take_within(const std::string& text) {
    if (!row_ || text.empty() || path_.size() <= row_path_length_) return;
    if (path_.find('.', row_path_length_) == std::string::npos) return;
    const std::string path = folded(std::string_view(path_).substr(row_path_length_));
    for (std::size_t end = path.rfind('.'); end != std::string::npos && end > 0;
         end = path.rfind('.', end - 1)) {
      const auto wanted = wanted_.find(std::string_view(path).substr(0, end));
      // That an item says no to something is no item less.
      if (wanted != wanted_.end() && is_presence(wanted->second)) tell(wanted->second, "1");
    }
  }

  void refuse(std::size_t field, std::string_view reason) {
    if (!row_->bad_reason.empty()) return;
    row_->bad_field = settings_.columns.find(settings_.kind->fields[field].key)->second;
    row_->bad_reason = reason;
  }

  void take(std::string text) {
    take_within(text);
    if (const auto field = wanted_field()) {
      if (arrays_in_row_ > 0) return tell(*field, text);
      if (row_->texts[*field]) refuse(*field, kTwice);
      row_->texts[*field] = std::move(text);
    } else if (!row_ && in_array() && levels_.back().list_of_rows) {
      JsonRow row;
      row.texts.resize(settings_.kind->fields.size());
      row.bad_reason = "is not an object | không phải là một đối tượng {...}";
      found.rows.push_back(std::move(row));
    } else if (!row_ && !in_array() &&
               std::find(places_.extras.begin(), places_.extras.end(), path_) != places_.extras.end()) {
      found.extras[path_] = std::move(text);
    }
  }

  const std::map<std::string, std::size_t, std::less<>>& wanted_;
  const TableSettings& settings_;
  const JsonPlaces& places_;
  std::vector<Level> levels_;
  std::string path_;
  std::string key_;
  std::string string_;
  std::string number_;
  std::optional<JsonRow> row_;
  std::size_t row_path_length_ = 0;
  std::size_t arrays_in_row_ = 0;
};

}  // namespace

JsonRowReader::JsonRowReader(const TableSettings& settings, JsonPlaces places)
    : settings_(settings), places_(std::move(places)) {
  for (std::size_t i = 0; i < settings.kind->fields.size(); ++i) {
    const auto name = settings.columns.find(settings.kind->fields[i].key);
    if (name != settings.columns.end() && !name->second.empty()) wanted_.emplace(folded(name->second), i);
  }
}

Result<JsonRows> JsonRowReader::read(std::string_view text) const {
  json::basic_parser<Handler> parser(json::parse_options{}, wanted_, settings_, places_);
  error_code error;
  std::size_t used = parser.write_some(/*more=*/false, text.data(), text.size(), error);
  // What follows the value may be blank.
  const std::size_t rest = text.find_first_not_of(" \t\r\n", used);
  if (!error && rest != std::string_view::npos) {
    error = json::error::extra_data;
    used = rest;
  }
  if (error) {
    const std::string place = std::to_string(used + 1);
    return bad_input("is not JSON: " + error.message() + " at byte " + place + "; correct it",
                     "không phải JSON: lỗi ở byte " + place + "; hãy sửa lại");
  }
  if (!parser.handler().rows_seen) {
    if (places_.rows.empty()) {
      return bad_input("is not an object; each line is one {...}",
                       "không phải đối tượng; mỗi dòng là một {...}");
    }
    return bad_input("holds no list \"" + places_.rows + "\"", "không có danh sách \"" + places_.rows + "\"");
  }
  return std::move(parser.handler().found);
}

}  // namespace xalink
