#include "agent/source_config.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "agent/address_text.hpp"
#include "agent/ca_file_config.hpp"
#include "agent/dossiers/event_store.hpp"

namespace xalink {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

void read_columns(Settings& settings, TableSettings& into) {
  SettingsTable table = settings.table(std::string(into.kind->settings) + ".columns");
  TableColumns& columns = into.columns;
  for (const TableField& field : into.kind->fields) {
    std::string& header = columns.find(field.key)->second;
    header = table.text(field.key, header);
    if (field.mandatory && header.empty()) {
      table.mistake(field.key, "is empty, but no row can be read without it",
                    "name the column of the file that holds it");
    }
  }
  for (auto field = into.kind->fields.begin(); field != into.kind->fields.end(); ++field) {
    const std::string& header = columns.find(field->key)->second;
    if (header.empty()) continue;
    for (auto other = into.kind->fields.begin(); other != field; ++other) {
      if (columns.find(other->key)->second != header) continue;
      const bool this_one = table.has(field->key);
      table.mistake(this_one ? field->key : other->key,
                    "names the same column as " + std::string(this_one ? other->key : field->key),
                    "give each field its own column, or \"\" where the file has none");
    }
  }
}

/// Keys that every kind of table has.
void read_drop_folder(Settings& settings, DropFolderSettings& into) {
  SettingsTable table = settings.table(into.table.kind->settings);
  into.folder = table.path("drop_folder", into.folder);
  into.scan_interval = table.duration("scan_seconds", into.scan_interval, Milliseconds(100), hours(1));
  into.settle = table.duration("settle_seconds", into.settle, Milliseconds(0), hours(1));
  into.keep_done = std::chrono::days(table.integer("keep_done_days", into.keep_done.count(), 0, 3650));
  into.table.delimiter = table.choice<char>(
      "delimiter", into.table.delimiter,
      {{"auto", TableSettings::kAnyDelimiter}, {",", ','}, {";", ';'}, {"\t", '\t'}, {"|", '|'}});
  into.table.encoding = table.choice<TextEncoding>("encoding", into.table.encoding,
                                                   {{"auto", TextEncoding::automatic},
                                                    {"utf-8", TextEncoding::utf8},
                                                    {"utf-16", TextEncoding::utf16},
                                                    {"windows-1258", TextEncoding::windows_1258},
                                                    {"tcvn3", TextEncoding::tcvn3}});
  read_columns(settings, into.table);
}

void read_dossiers(Settings& settings, DropFolderSettings& dossiers) {
  read_drop_folder(settings, dossiers);
  SettingsTable table = settings.table("dossiers");
  // The one zone of the country, +07:00 without daylight saving since 1975: nothing to choose yet, but a
  // file from elsewhere must not be read as if it were from here.
  (void)table.word("time_zone", "Asia/Ho_Chi_Minh", {"Asia/Ho_Chi_Minh"});
  const std::filesystem::path key_file = table.path("code_hash_key_file", {});
  if (!key_file.empty()) {
    Result<CodeHash> hash = CodeHash::load(key_file);
    if (hash) {
      dossiers.table.code_hash = std::move(*hash);
    } else {
      table.mistake("code_hash_key_file", hash.error().where + ": " + hash.error().what, hash.error().next);
    }
  }
  for (const auto& [word, state] : table.named_integers("states", 1, 10)) {
    dossiers.table.states.insert_or_assign(word, static_cast<std::uint8_t>(state));
  }
}

/// "field:KEY", "json:PATH" or "header:NAME".
bool is_cursor(const std::string& cursor, const TableKind& kind) {
  const std::size_t colon = cursor.find(':');
  if (colon == std::string::npos || colon + 1 == cursor.size()) return false;
  const std::string_view where = std::string_view(cursor).substr(0, colon);
  const std::string_view what = std::string_view(cursor).substr(colon + 1);
  if (where == "json" || where == "header") return true;
  return where == "field" &&
         std::any_of(kind.fields.begin(), kind.fields.end(), [&](const TableField& field) {
           return field.key == what && field.kind == FieldKind::time;
         });
}

void read_dossier_server(Settings& settings, const DropFolderSettings& dossiers, HttpSourceSettings& server) {
  // Columns, states, delimiter and code hash are the same, wherever a dossier comes from.
  server.table = dossiers.table;
  SettingsTable table = settings.table("dossiers.http");
  server.url = table.text("url", server.url);
  if (!server.url.empty() && (!is_web_url(server.url) || server.url.find('#') != std::string::npos)) {
    table.mistake("url", "is not an http:// or https:// URL",
                  "write it as \"https://lgsp.example.gov.vn/ho-so?donvi=H22.58.12\"");
  }
  server.interval = table.duration("interval_seconds", server.interval, seconds(10), hours(24));
  server.timeout = table.duration("timeout_seconds", server.timeout, seconds(1), minutes(10));
  server.token_file = table.path("token_file", server.token_file);
  std::error_code error;
  if (!server.token_file.empty() && !std::filesystem::is_regular_file(server.token_file, error)) {
    table.mistake("token_file", server.token_file.string() + ": there is no such file",
                  "put the token there (mode 0600), or remove this key");
  }
  const bool in_the_clear = server.url.starts_with("http://") && host_of(server.url) != "127.0.0.1";
  if (!server.token_file.empty() && in_the_clear) {
    table.mistake("url", "sends the token in the clear", "use https://");
  }
  server.ca_file = read_ca_file(table);
  server.since_parameter = table.text("since_parameter", server.since_parameter);
  server.since_form = table.choice<SinceForm>(
      "since_form", server.since_form,
      {{"iso", SinceForm::iso}, {"compact", SinceForm::compact}, {"unix_ms", SinceForm::unix_ms}});
  server.cursor = table.text("cursor", server.cursor);
  if (!is_cursor(server.cursor, *server.table.kind)) {
    table.mistake("cursor", "says not where the next cursor comes from",
                  "use \"field:state_at\" or another field with a time, \"json:data.cursor\" or "
                  "\"header:X-Cursor\"");
  }
  server.rows = table.text("rows", server.rows);
  server.next = table.text("next", server.next);
  server.max_answer_bytes = static_cast<std::size_t>(table.integer(
      "max_answer_bytes", static_cast<std::int64_t>(server.max_answer_bytes), 1024, 64 * 1024 * 1024));
  server.rejected_folder = table.path("rejected_folder", server.rejected_folder);
  if (server.rejected_folder.empty() && !dossiers.folder.empty()) {
    server.rejected_folder = dossiers.folder / "rejected";
  }
  if (!server.url.empty() && server.rejected_folder.empty()) {
    table.mistake("rejected_folder", "is missing, and there is no drop_folder to have it in",
                  "name a folder for the reports of rows that cannot be read");
  }
}

}  // namespace

void read_sources(Settings& settings, AgentConfig& config) {
  const std::size_t at_once = rows_per_append(config.outbox.max_bytes);
  config.dossiers.rows_per_append = at_once;
  config.dossier_server.rows_per_append = at_once;
  for (DropFolderSettings& indicators : config.indicators) indicators.rows_per_append = at_once;
  read_dossiers(settings, config.dossiers);
  read_dossier_server(settings, config.dossiers, config.dossier_server);
  for (DropFolderSettings& indicators : config.indicators) read_drop_folder(settings, indicators);
}

}  // namespace xalink
