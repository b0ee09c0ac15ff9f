#include "gateway/registry/communes_command.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <fstream>
#include <iostream>
#include <utility>

#include "gateway/registry/judged_files.hpp"
#include "gateway/registry/registry.hpp"
#include "gateway/registry/registry_file.hpp"
#include "gateway/text_table.hpp"
#include "sparkplug/program.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/text_form.hpp"
#include "sparkplug/time_text.hpp"

namespace xalink {
namespace {

namespace json = boost::json;
using registry::Entry;
using registry::JudgedFiles;
using registry::Kind;
using registry::Mistake;
using registry::RegistryStore;

int complain(const Error& error, Language language, int code = kProblem) {
  return xalink::complain("xalink-gateway", told(error, language), static_cast<ExitCode>(code));
}
Error no_table(const std::string& name) {
  return refusal("", Said("there is no table ", "không có bảng ") + name,
                 Said::same("xalink-gateway communes --help"));
}
const char* pick(Language language, const char* english, const char* vietnamese) {
  return language == Language::vietnamese ? vietnamese : english;
}

TextEncoding encoding_named(std::string_view name) {
  if (name == "utf-16") return TextEncoding::utf16;
  if (name == "windows-1258") return TextEncoding::windows_1258;
  if (name == "tcvn3") return TextEncoding::tcvn3;
  return TextEncoding::automatic;
}

json::object mistake_object(const Mistake& mistake, Language language) {
  return {{"file", mistake.place.file},
          {"line", mistake.place.line},
          {"column", mistake.column},
          {"heading", mistake.heading},
          {"severity", mistake.warning ? "warning" : "error"},
          {"what", mistake.what.in(language)},
          {"next", mistake.next.in(language)}};
}

json::object judged_object(const JudgedFiles& judged, Language language) {
  json::object object;
  json::array files;
  for (const auto& file : judged.files) {
    files.push_back(json::object{{"name", file.name},
                                 {"table", shape_of(file.kind).name},
                                 {"rows", file.rows},
                                 {"sha256", file.digest}});
  }
  object["files"] = std::move(files);
  json::array mistakes;
  for (const auto& mistake : judged.mistakes) mistakes.push_back(mistake_object(mistake, language));
  object["errors"] = judged.errors;
  object["warnings"] = judged.mistakes.size() - judged.errors;
  object["mistakes"] = std::move(mistakes);
  object["added"] = judged.change.added.size();
  object["changed"] = judged.change.changed.size();
  object["removed"] = judged.change.removed.size();
  return object;
}

void tell_mistakes(const JudgedFiles& judged, Language language) {
  for (const auto& mistake : judged.mistakes) std::cerr << mistake.to_string(language) << "\n";
}

std::string counts(const JudgedFiles& judged, Language language) {
  const auto& change = judged.change;
  std::string text;
  for (const auto& file : judged.files) {
    text += file.name + ": " + std::string(shape_of(file.kind).name) + ", " + std::to_string(file.rows) +
            pick(language, " rows\n", " dòng\n");
  }
  const std::size_t warnings = judged.mistakes.size() - judged.errors;
  text += std::to_string(judged.errors) + pick(language, " errors, ", " lỗi, ") + std::to_string(warnings) +
          pick(language, " warnings; ", " cảnh báo; ") + std::to_string(change.added.size()) +
          pick(language, " rows new, ", " dòng mới, ") + std::to_string(change.changed.size()) +
          pick(language, " changed, ", " thay đổi, ") + std::to_string(change.removed.size()) +
          pick(language, " removed\n", " bị bỏ\n");
  return text;
}

struct Held {
  std::int64_t version = 0;
  std::vector<Entry> entries;
};

Result<Held> held_rows(const RegistryStore& store) {
  const auto newest = store.newest();
  if (!newest) return Unexpected(newest.error());
  auto entries = store.entries(newest->id);
  if (!entries) return Unexpected(entries.error());
  return Held{newest->id, std::move(*entries)};
}

registry::Date day_of(WallTime time) {
  // The registry's days are Vietnam's: UTC+7 all year.
  return std::chrono::floor<std::chrono::days>(
      std::chrono::sys_time<Milliseconds>(time.time_since_epoch() + std::chrono::hours(7)));
}

std::string text_of(const std::vector<registry::CommuneKey>& keys) {
  std::string text;
  for (const auto& key : keys) text += (text.empty() ? "" : ";") + key.to_string();
  return text;
}

json::value or_null(const std::optional<double>& number) {
  return number ? json::value(*number) : json::value(nullptr);
}

}  // namespace

int check_communes(const std::filesystem::path& registry_file, const CommunesOrder& order, Language language,
                   const Clock& clock) {
  Held held;
  if (!order.alone) {
    auto store = RegistryStore::open_to_read(registry_file);
    auto rows = store ? held_rows(*store) : Result<Held>(Unexpected(store.error()));
    if (!rows) return complain(rows.error(), language);
    held = std::move(*rows);
  }
  const auto judged = registry::judge_files(order.files, held.entries, order.replace,
                                            encoding_named(order.encoding), day_of(clock.wall()));
  if (!judged) return complain(judged.error(), language, kUsage);
  if (order.json) {
    std::cout << json::serialize(judged_object(*judged, language)) << "\n";
  } else {
    tell_mistakes(*judged, language);
    std::cout << counts(*judged, language);
  }
  return judged->errors > 0 ? kProblem : kFine;
}

int import_communes(const std::filesystem::path& registry_file, const CommunesOrder& order, Language language,
                    const Clock& clock) {
  // Judged before the file is made: what is refused leaves nothing behind.
  auto reading = RegistryStore::open_to_read(registry_file);
  const auto held = reading ? held_rows(*reading) : Result<Held>(Unexpected(reading.error()));
  if (!held) return complain(held.error(), language);
  const auto judged = registry::judge_files(order.files, held->entries, order.replace,
                                            encoding_named(order.encoding), day_of(clock.wall()));
  if (!judged) return complain(judged.error(), language, kUsage);
  std::int64_t version = held->version;
  if (judged->errors == 0 && !judged->change.empty()) {
    auto store = RegistryStore::open(registry_file);
    if (!store) return complain(store.error(), language);
    const auto made = store->import(judged->change, judged->files, held->version, clock.wall());
    if (!made) return complain(made.error(), language);
    version = *made;
  }
  if (order.json) {
    auto object = judged_object(*judged, language);
    object["version"] = version;
    object["imported"] = judged->errors == 0;
    std::cout << json::serialize(object) << "\n";
    return judged->errors > 0 ? kProblem : kFine;
  }
  tell_mistakes(*judged, language);
  std::cout << counts(*judged, language);
  if (judged->errors > 0) {
    std::cout << pick(language, "Nothing was imported. Next: mend what is listed above and import again.\n",
                      "Chưa nhập dòng nào. Tiếp theo: sửa các lỗi nêu trên rồi nhập lại.\n");
    return kProblem;
  }
  if (version == held->version) {
    std::cout << pick(language, "Nothing changes: the registry stays at version ",
                      "Không có thay đổi: danh bạ vẫn ở phiên bản ")
              << version << "\n";
  } else {
    std::cout << pick(language, "Imported: the registry is now at version ",
                      "Đã nhập: danh bạ nay ở phiên bản ")
              << version << "\n";
  }
  return kFine;
}

int list_communes(const std::filesystem::path& registry_file, const CommunesOrder& order, Language language,
                  const Clock& clock) {
  const auto day = order.date.empty() ? std::optional(day_of(clock.wall())) : registry::read_date(order.date);
  if (!day) {
    const auto years = std::to_string(registry::kFirstYear) + " – " + std::to_string(registry::kLastYear);
    return complain(refusal("--date",
                            Said::same("\"" + order.date + "\"") +
                                (registry::is_day_of_other_years(order.date)
                                     ? Said(" is in a year outside " + years, " có năm ngoài khoảng " + years)
                                     : Said(" is not a day of the calendar", " không phải ngày có thật")),
                            {"write 2025-07-01", "ghi 2025-07-01"}),
                    language, kUsage);
  }
  auto store = RegistryStore::open_to_read(registry_file);
  const auto held = store ? held_rows(*store) : Result<Held>(Unexpected(store.error()));
  if (!held) return complain(held.error(), language);
  if (held->version == 0) {
    return complain(refusal(registry_file.string(), {"the registry is empty", "danh bạ chưa có dòng nào"},
                            Said::same("xalink-gateway communes import "
                                       "/usr/share/xalink/communes-ha-giang-tuyen-quang.csv")),
                    language);
  }
  const registry::Registry all(held->entries);
  const std::string wanted = folded(order.search);
  std::vector<std::vector<std::string>> rows;
  rows.push_back(
      language == Language::vietnamese
          ? std::vector<std::string>{"Mã", "Từ ngày", "Tên", "Huyện", "Tỉnh", "Khu vực", "Thay cho", "Điểm"}
          : std::vector<std::string>{"Code", "From", "Name", "District", "Province", "Zone", "Replaced",
                                     "Sites"});
  json::array array;
  for (const auto& [key, commune] : all.communes()) {
    if (!commune.valid.holds(*day)) continue;
    const std::string about = folded(key.code + " " + commune.full_name() + " " + commune.name_english + " " +
                                     commune.district + " " + commune.province);
    if (about.find(wanted) == std::string::npos) continue;
    std::vector<std::string> sites;
    for (const auto& site : all.sites()) {
      const auto* found = site.valid.holds(*day) ? all.commune_of(site.id, *day) : nullptr;
      if (found == &commune) sites.push_back(site.id);
    }
    std::string site_names;
    json::array site_ids;
    for (const auto& site : sites) {
      site_names += (site_names.empty() ? "" : " ") + site;
      site_ids.push_back(json::string(site));
    }
    const auto zone = all.zone_of(key, *day);
    rows.push_back({key.code, key.valid_from ? registry::date_text(*key.valid_from) : "", commune.full_name(),
                    commune.district, commune.province, zone, text_of(commune.predecessors), site_names});
    json::array predecessors;
    for (const auto& each : commune.predecessors) predecessors.push_back(json::string(each.to_string()));
    json::array successors;
    for (const auto& each : commune.successors) successors.push_back(json::string(each.to_string()));
    array.push_back(json::object{
        {"key", key.to_string()},
        {"code", key.code},
        {"valid_from",
         key.valid_from ? json::value(registry::date_text(*key.valid_from)) : json::value(nullptr)},
        {"valid_to",
         commune.valid.last ? json::value(registry::date_text(*commune.valid.last)) : json::value(nullptr)},
        {"type", commune.type},
        {"name", commune.name},
        {"district", commune.district},
        {"province", commune.province},
        {"latitude", or_null(commune.latitude)},
        {"longitude", or_null(commune.longitude)},
        {"zone", zone.empty() ? json::value(nullptr) : json::value(zone)},
        {"predecessors", std::move(predecessors)},
        {"successors", std::move(successors)},
        {"sites", std::move(site_ids)}});
  }
  if (order.json) {
    const std::size_t count = array.size();
    std::cout << json::serialize(json::object{{"version", held->version},
                                              {"date", registry::date_text(*day)},
                                              {"count", count},
                                              {"communes", std::move(array)}})
              << "\n";
    return kFine;
  }
  std::cout << aligned(rows) << rows.size() - 1 << pick(language, " communes on ", " đơn vị vào ngày ")
            << registry::date_text(*day) << pick(language, ", registry version ", ", danh bạ phiên bản ")
            << held->version << "\n";
  return kFine;
}

int export_communes(const std::filesystem::path& registry_file, const CommunesOrder& order,
                    Language language) {
  const auto kind = registry::kind_named(order.table);
  if (!kind) return complain(no_table(order.table), language, kUsage);
  auto store = RegistryStore::open_to_read(registry_file);
  const auto held = store ? held_rows(*store) : Result<Held>(Unexpected(store.error()));
  if (!held) return complain(held.error(), language);
  std::vector<Entry> entries;
  std::ranges::copy_if(held->entries, std::back_inserter(entries),
                       [&](const Entry& entry) { return entry.kind == *kind; });
  const auto text = registry::table_text(*kind, entries, language);
  if (!order.out) {
    std::cout << text;
    return std::cout.flush() ? kFine : kProblem;
  }
  std::ofstream out(*order.out, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out) {
    return complain(
        refusal(order.out->string(), {"cannot be written", "không ghi được"},
                {"look at the folder and the free space", "kiểm tra thư mục và dung lượng trống"}),
        language);
  }
  std::cout << order.out->string() << ": " << entries.size() << pick(language, " rows\n", " dòng\n");
  return kFine;
}

int template_of_communes(const CommunesOrder& order, Language language) {
  const auto kind = registry::kind_named(order.table);
  if (!kind) return complain(no_table(order.table), language, kUsage);
  std::cout << registry::table_text(*kind, {}, language);
  for (const auto& column : registry::shape_of(*kind).columns) {
    std::cerr << (language == Language::vietnamese ? column.vietnamese : column.name)
              << (column.required ? "*" : "") << ": " << column.meaning.in(language) << "\n";
  }
  return kFine;
}

int versions_of_communes(const std::filesystem::path& registry_file, const CommunesOrder& order,
                         Language language) {
  const auto store = RegistryStore::open_to_read(registry_file);
  const auto versions =
      store ? store->versions() : Result<std::vector<registry::RegistryVersion>>(Unexpected(store.error()));
  if (!versions) return complain(versions.error(), language);
  json::array array;
  std::vector<std::vector<std::string>> rows;
  rows.push_back(language == Language::vietnamese
                     ? std::vector<std::string>{"Phiên bản", "Nhập ngày", "Mới", "Đổi", "Bỏ", "Tệp"}
                     : std::vector<std::string>{"Version", "Imported", "New", "Changed", "Removed", "Files"});
  for (const auto& version : *versions) {
    const auto files = json::parse(version.files).as_array();
    std::string names;
    for (const auto& file : files) {
      names += (names.empty() ? "" : ", ") + std::string(file.at("name").as_string());
    }
    rows.push_back({std::to_string(version.id), registry::date_text(day_of(version.imported)),
                    std::to_string(version.added), std::to_string(version.changed),
                    std::to_string(version.removed), names});
    array.push_back(json::object{{"version", version.id},
                                 {"imported_ms", version.imported.time_since_epoch().count()},
                                 {"added", version.added},
                                 {"changed", version.changed},
                                 {"removed", version.removed},
                                 {"files", files}});
  }
  if (order.json) {
    std::cout << json::serialize(array) << "\n";
  } else {
    std::cout << aligned(rows);
  }
  return kFine;
}

}  // namespace xalink
