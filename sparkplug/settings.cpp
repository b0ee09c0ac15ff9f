#include "sparkplug/settings.hpp"

#include <toml++/toml.h>

#include <algorithm>
#include <cerrno>
#include <cmath>
#include <fstream>
#include <limits>
#include <set>
#include <system_error>
#include <tuple>
#include <utility>

#include "sparkplug/settings_wording.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

std::string joined(std::string_view path, std::string_view key) {
  return path.empty() ? shown_key(key) : std::string(path) + "." + shown_key(key);
}

std::string_view kind_of(const toml::node& node) {
  switch (node.type()) {
    case toml::node_type::table: return "a table";
    case toml::node_type::array: return "an array";
    case toml::node_type::string: return "a text";
    case toml::node_type::integer: return "a whole number";
    case toml::node_type::floating_point: return "a number with a fraction";
    case toml::node_type::boolean: return "true or false";
    case toml::node_type::date:
    case toml::node_type::time:
    case toml::node_type::date_time: return "a date or time";
    case toml::node_type::none: break;
  }
  return "nothing";
}

std::string lower_first(std::string text) {
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') text[0] = static_cast<char>(text[0] - 'A' + 'a');
  return text;
}

std::string place(std::string_view file, const toml::source_position& at) {
  if (at.line == 0) return std::string(file);
  return std::string(file) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column);
}

/// toml++ gives none for a whole number that a double cannot hold exactly; here it is the nearest.
double as_double(const toml::node& number) {
  if (const auto* whole = number.as_integer()) return static_cast<double>(whole->get());
  return number.value<double>().value_or(std::numeric_limits<double>::quiet_NaN());
}

std::string as_written(const toml::node& number) {
  if (const auto* whole = number.as_integer()) return std::to_string(whole->get());
  return shown(as_double(number));
}

}  // namespace

std::string to_string(const std::vector<Error>& errors) {
  std::string out;
  for (const Error& error : errors) out += error.to_string() + "\n";
  return out;
}

struct SettingsTable::State {
  struct Placed {
    toml::source_position at;
    Error error;
  };

  toml::table root;
  std::string file;
  std::map<std::string, std::set<std::string, std::less<>>, std::less<>> known;  ///< keys by table
  std::vector<Placed> mistakes;

  [[nodiscard]] const toml::table* find_table(std::string_view path) const {
    const toml::table* table = &root;
    while (!path.empty() && table != nullptr) {
      const std::size_t dot = path.find('.');
      const toml::node* node = table->get(path.substr(0, dot));
      table = node == nullptr ? nullptr : node->as_table();
      path = dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1);
    }
    return table;
  }

  /// Makes the table and its parents known.
  void declare(std::string_view path) {
    known.try_emplace(std::string(path));
    if (path.empty()) return;
    const std::size_t dot = path.rfind('.');
    const std::string_view parent = dot == std::string_view::npos ? std::string_view{} : path.substr(0, dot);
    declare(parent);
    known.find(parent)->second.emplace(dot == std::string_view::npos ? path : path.substr(dot + 1));
  }

  /// Makes the key known.
  [[nodiscard]] const toml::node* ask(std::string_view path, std::string_view key) {
    known.find(path)->second.emplace(key);
    const toml::table* table = find_table(path);
    return table == nullptr ? nullptr : table->get(key);
  }

  void add(const toml::source_position& at, std::string_view name, std::string what, std::string next) {
    std::string where = place(file, at) + ": " + std::string(name);
    mistakes.push_back({at, Error{std::move(where), std::move(what), std::move(next)}});
  }

  void wrong_kind(std::string_view path, std::string_view key, const toml::node& node,
                  std::string_view wanted, std::string next) {
    add(node.source().begin, joined(path, key),
        "is " + std::string(kind_of(node)) + ", but must be " + std::string(wanted), std::move(next));
  }

  void check_unknown(std::string_view path, const toml::table& table) {
    const auto& keys = known.find(path)->second;
    for (const auto& [key, node] : table) {
      const std::string name =
          path.empty() ? std::string(key.str()) : std::string(path) + "." + std::string(key.str());
      if (keys.find(key.str()) == keys.end()) {
        report_unknown(path, key, node);
      } else if (known.find(name) != known.end()) {
        if (const toml::table* inner = node.as_table()) {
          check_unknown(name, *inner);
        } else {
          wrong_kind(path, key.str(), node, "a table", "write it as [" + name + "] with its keys below");
        }
      }
    }
  }

  void report_unknown(std::string_view path, const toml::key& key, const toml::node& node) {
    const auto& keys = known.find(path)->second;
    std::string_view nearest;
    std::size_t least = std::numeric_limits<std::size_t>::max();
    for (const std::string& candidate : keys) {
      const std::size_t distance = edit_distance(key.str(), candidate);
      if (distance < least) std::tie(least, nearest) = std::tuple(distance, std::string_view(candidate));
    }
    const std::string_view kind = node.is_table() ? "unknown table" : "unknown key";
    std::string what = std::string(kind) + "; the nearest known one here is " + in_quotes(nearest);
    std::string next = "correct or remove it";
    if (least > std::max<std::size_t>(2, nearest.size() / 3)) {
      // Not a slip of the fingers: it may be in the wrong place, or meant for another version.
      std::vector<std::string_view> here(keys.begin(), keys.end());
      next += "; known here: " + list_of(here);
      for (const auto& [table, others] : known) {
        if (table == path || others.find(key.str()) == others.end()) continue;
        what +=
            "; a key of this name belongs " +
            (table.empty() ? std::string("at the top of the file, before any table") : "in [" + table + "]");
        next = "move or remove it";
        break;
      }
    }
    add(key.source().begin, joined(path, key.str()), std::move(what), std::move(next));
  }
};

SettingsTable::SettingsTable(std::shared_ptr<State> state, std::string path)
    : state_(std::move(state)), path_(std::move(path)) {
  state_->declare(path_);
}

std::string SettingsTable::text(std::string_view key, std::string fallback) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  if (const auto* text = node->as_string()) return text->get();
  state_->wrong_kind(path_, key, *node, "a text", "put it in double quotes");
  return fallback;
}

std::string SettingsTable::required_text(std::string_view key, std::string_view why) {
  const bool present = has(key);
  std::string value = text(key, "");
  if (!value.empty()) return value;
  const toml::node* node = state_->ask(path_, key);
  if (!present || node->is_string()) {
    mistake(key, present ? "is empty" : "is missing", "set it to " + std::string(why));
  }
  return value;
}

std::filesystem::path SettingsTable::path(std::string_view key, std::filesystem::path fallback) {
  if (!has(key)) return fallback;
  std::filesystem::path value = text(key, fallback.string());
  if (value.empty() || value.is_absolute()) return value;
  return std::filesystem::path(state_->file).parent_path() / value;
}

bool SettingsTable::flag(std::string_view key, bool fallback) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  if (const auto* flag = node->as_boolean()) return flag->get();
  state_->wrong_kind(path_, key, *node, "true or false", "write it without quotes");
  return fallback;
}

std::int64_t SettingsTable::integer(std::string_view key, std::int64_t fallback, std::int64_t least,
                                    std::int64_t most) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  const std::string range = "between " + std::to_string(least) + " and " + std::to_string(most);
  const auto* number = node->as_integer();
  if (number == nullptr) {
    state_->wrong_kind(path_, key, *node, "a whole number", "give a number " + range + " without quotes");
    return fallback;
  }
  if (number->get() >= least && number->get() <= most) return number->get();
  mistake(key, "is " + std::to_string(number->get()) + ", which is out of range", "give a number " + range);
  return fallback;
}

double SettingsTable::number(std::string_view key, double fallback, double least, double most) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  const std::string range = "between " + shown(least) + " and " + shown(most);
  if (!node->is_number()) {
    state_->wrong_kind(path_, key, *node, "a number", "give a number " + range + " without quotes");
    return fallback;
  }
  const double value = as_double(*node);
  if (value >= least && value <= most) return value;
  mistake(key, "is " + as_written(*node) + ", which is out of range", "give a number " + range);
  return fallback;
}

Milliseconds SettingsTable::duration(std::string_view key, Milliseconds fallback, Milliseconds least,
                                     Milliseconds most) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  // A bare number counts in the unit that the key's name ends with.
  const bool in_ms = key.ends_with("_ms");
  const std::string next = std::string("give ") + (in_ms ? "milliseconds" : "seconds") +
                           " as a number, or a text such as \"10s\", \"5m\" or \"250ms\", between " +
                           shown(least) + " and " + shown(most);
  std::optional<double> value;
  std::string given;
  if (node->is_number()) {
    const double count = as_double(*node);
    value = in_ms ? count : count * 1000.0;
    given = as_written(*node);
  } else if (const auto* text = node->as_string()) {
    value = milliseconds_in(text->get());
    given = in_quotes(text->get());
    if (!value) {
      mistake(key, "is " + given + ", which is not a duration", next);
      return fallback;
    }
  } else {
    state_->wrong_kind(path_, key, *node, "a duration", next);
    return fallback;
  }
  // A NaN is in no range.
  const bool in_range =
      *value >= static_cast<double>(least.count()) && *value <= static_cast<double>(most.count());
  if (in_range) return Milliseconds(std::llround(*value));
  mistake(key, "is " + given + ", which is out of range", next);
  return fallback;
}

std::uint64_t SettingsTable::bytes(std::string_view key, std::uint64_t fallback, std::uint64_t least,
                                   std::uint64_t most) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  const std::string next = "give bytes as a number, or a text such as \"64MiB\", between " +
                           shown_bytes(least) + " and " + shown_bytes(most);
  std::optional<double> value;
  std::string given;
  if (const auto* number = node->as_integer()) {
    value = static_cast<double>(number->get());
    given = std::to_string(number->get());
  } else if (const auto* text = node->as_string()) {
    value = bytes_in(text->get());
    given = in_quotes(text->get());
    if (!value) {
      mistake(key, "is " + given + ", which is not a number of bytes", next);
      return fallback;
    }
  } else {
    state_->wrong_kind(path_, key, *node, "a number of bytes", next);
    return fallback;
  }
  const bool in_range = *value >= static_cast<double>(least) && *value <= static_cast<double>(most);
  if (in_range) return static_cast<std::uint64_t>(*value);
  mistake(key, "is " + given + ", which is out of range", next);
  return fallback;
}

std::vector<std::string> SettingsTable::texts(std::string_view key, std::vector<std::string> fallback) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  const toml::array* array = node->as_array();
  if (array == nullptr) {
    state_->wrong_kind(path_, key, *node, "a list of texts", "write it as [\"one\", \"two\"]");
    return fallback;
  }
  std::vector<std::string> values;
  for (const toml::node& element : *array) {
    if (const auto* text = element.as_string()) {
      values.push_back(text->get());
    } else {
      state_->wrong_kind(path_, key, element, "a text", "put it in double quotes");
    }
  }
  // Not to be taken for one that is empty.
  if (values.empty() && !array->empty()) return fallback;
  return values;
}

std::map<std::string, std::string> SettingsTable::named_texts(std::string_view key,
                                                              std::map<std::string, std::string> fallback) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return fallback;
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    state_->wrong_kind(path_, key, *node, "a table of names", "write it as { name = \"value\" }");
    return fallback;
  }
  std::map<std::string, std::string> values;
  for (const auto& [name, value] : *table) {
    if (const auto* text = value.as_string()) {
      values.emplace(name.str(), text->get());
    } else {
      state_->wrong_kind(joined(path_, key), name.str(), value, "a text", "put it in double quotes");
    }
  }
  return values;
}

std::map<std::string, std::int64_t> SettingsTable::named_integers(std::string_view key, std::int64_t least,
                                                                  std::int64_t most) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return {};
  const std::string next = "give a number between " + std::to_string(least) + " and " + std::to_string(most);
  const toml::table* table = node->as_table();
  if (table == nullptr) {
    state_->wrong_kind(path_, key, *node, "a table of names", "write it as { name = 1 }");
    return {};
  }
  std::map<std::string, std::int64_t> values;
  for (const auto& [name, value] : *table) {
    const auto* number = value.as_integer();
    if (number == nullptr) {
      state_->wrong_kind(joined(path_, key), name.str(), value, "a whole number", next);
    } else if (number->get() < least || number->get() > most) {
      mistake(key, name.str(), "is " + std::to_string(number->get()) + ", which is out of range", next);
    } else {
      values.emplace(name.str(), number->get());
    }
  }
  return values;
}

std::optional<std::size_t> SettingsTable::chosen(std::string_view key,
                                                 const std::vector<std::string_view>& words) {
  const toml::node* node = state_->ask(path_, key);
  if (node == nullptr) return std::nullopt;
  const auto* text = node->as_string();
  if (text == nullptr) {
    state_->wrong_kind(path_, key, *node, "a text", "give " + list_of(words));
    return std::nullopt;
  }
  const auto found = std::find(words.begin(), words.end(), text->get());
  if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  mistake(key, "is " + in_quotes(text->get()) + ", which is not one of the choices",
          "give " + list_of(words));
  return std::nullopt;
}

std::string SettingsTable::word(std::string_view key, std::string fallback,
                                std::initializer_list<std::string_view> words) {
  const std::vector<std::string_view> choices(words);
  const std::optional<std::size_t> found = chosen(key, choices);
  return found ? std::string(choices[*found]) : std::move(fallback);
}

bool SettingsTable::has(std::string_view key) const {
  return state_->ask(path_, key) != nullptr;
}

void SettingsTable::mistake(std::string_view key, std::string what, std::string next) {
  const toml::node* node = state_->ask(path_, key);
  const toml::table* table = state_->find_table(path_);
  toml::source_position at{};
  if (node != nullptr) {
    at = node->source().begin;
  } else if (table != nullptr && !path_.empty()) {
    at = table->source().begin;
  }
  state_->add(at, joined(path_, key), std::move(what), std::move(next));
}

void SettingsTable::mistake(std::string_view key, std::string_view entry, std::string what,
                            std::string next) {
  const toml::node* node = state_->ask(path_, key);
  const toml::table* table = node == nullptr ? nullptr : node->as_table();
  const toml::node* value = table == nullptr ? nullptr : table->get(entry);
  const toml::source_position at = value == nullptr ? toml::source_position{} : value->source().begin;
  state_->add(at, joined(joined(path_, key), entry), std::move(what), std::move(next));
}

Settings::Settings(std::shared_ptr<SettingsTable::State> state) : state_(std::move(state)) {
  state_->declare("");
}

Result<Settings> Settings::load(const std::filesystem::path& file, std::string next_if_missing) {
  std::error_code error;
  const auto status = std::filesystem::status(file, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return failure(file.string(), "there is no such configuration file", std::move(next_if_missing));
  }
  if (status.type() == std::filesystem::file_type::directory) {
    return failure(file.string(), "is a folder, not a configuration file",
                   "name the file in it with --config");
  }
  std::ifstream in(file, std::ios::binary);
  std::string text;
  if (in) text.assign(std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>());
  if (!in || in.bad()) {
    return failure(file.string(),
                   "the configuration file cannot be read: " + std::generic_category().message(errno),
                   "check its permissions and those of the folders above it");
  }
  return parse(text, file.string());
}

Result<Settings> Settings::parse(std::string_view text, std::string file_name) {
  const std::size_t broken = find_broken_utf8(text);
  if (broken != std::string_view::npos) {
    const std::string_view before = text.substr(0, broken);
    const auto line = static_cast<toml::source_index>(std::count(before.begin(), before.end(), '\n') + 1);
    const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
    const std::string_view in_line = before.substr(line_start);
    // A column is a character, as an editor counts them.
    const auto column =
        static_cast<toml::source_index>(1 + std::count_if(in_line.begin(), in_line.end(), [](char c) {
                                          return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                                        }));
    return failure(
        place(file_name, {line, column}), "is not UTF-8 text",
        "save the file as UTF-8 (an editor may have used another encoding for Vietnamese letters)");
  }
  auto state = std::make_shared<SettingsTable::State>();
  state->file = std::move(file_name);
  try {
    state->root = toml::parse(text, std::string_view(state->file));
  } catch (const toml::parse_error& error) {
    return failure(place(state->file, error.source().begin),
                   "is not valid TOML: " + lower_first(std::string(error.description())),
                   "correct this line; texts need double quotes, and each key stands once in its table");
  }
  return Settings(std::move(state));
}

SettingsTable Settings::table(std::string_view path) {
  return {state_, std::string(path)};
}

std::vector<Error> Settings::finish() {
  state_->check_unknown("", state_->root);
  auto& mistakes = state_->mistakes;
  std::stable_sort(mistakes.begin(), mistakes.end(), [](const auto& a, const auto& b) {
    return std::tie(a.at.line, a.at.column) < std::tie(b.at.line, b.at.column);
  });
  std::vector<Error> errors;
  errors.reserve(mistakes.size());
  for (auto& mistake : mistakes) errors.push_back(std::move(mistake.error));
  mistakes.clear();
  return errors;
}

std::string read_log_level(Settings& settings) {
  return settings.table("log").word("level", "info", {"trace", "debug", "info", "warning", "error", "off"});
}

}  // namespace xalink
