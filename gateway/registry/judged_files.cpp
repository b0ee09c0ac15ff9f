#include "gateway/registry/judged_files.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "gateway/registry/registry_check.hpp"
#include "gateway/registry/registry_file.hpp"

namespace xalink::registry {
namespace {

/// The file's name; where another of the files has it too, with its folders as they were given.
std::string name_among(const std::vector<std::filesystem::path>& files, const std::filesystem::path& file) {
  const auto alike = std::ranges::count_if(files, [&](const std::filesystem::path& each) {
    return each.filename() == file.filename() && each != file;
  });
  return alike > 0 ? file.string() : file.filename().string();
}

}  // namespace

Result<JudgedFiles> judge_files(const std::vector<std::filesystem::path>& files,
                                const std::vector<Entry>& held, bool replace, TextEncoding encoding,
                                std::optional<Date> today) {
  JudgedFiles judged;
  std::vector<Entry> incoming;
  std::vector<Entry> judged_only;
  std::vector<Kind> replaced;
  RowsToCheck rows;
  std::map<std::string, ReadTable> tables;
  std::map<std::string, std::size_t> order;
  for (const auto& file : files) {
    const std::string name = name_among(files, file);
    auto table = read_table(file, encoding, name);
    if (!table) return Unexpected(table.error());
    order.try_emplace(name, order.size());
    judged.files.push_back({name, table->kind, table->digest, table->entries.size()});
    if (replace) replaced.push_back(table->kind);
    rows.half_read.merge(table->half_read);
    std::ranges::copy(table->mistakes, std::back_inserter(judged.mistakes));
    std::ranges::copy(table->entries, std::back_inserter(incoming));
    std::ranges::move(table->judged_only, std::back_inserter(judged_only));
    std::ranges::move(table->judged_alone, std::back_inserter(rows.alone));
    tables.insert_or_assign(name, std::move(*table));
  }
  judged.change = change_by(held, incoming, replaced);
  // Equal keys in the files are a mistake of theirs; of the result each key stands once.
  rows.entries = judged.change.result;
  rows.today = today;
  std::map<std::pair<Kind, std::string>, std::size_t> seen;
  for (const auto& entry : incoming) {
    if (seen[{entry.kind, entry.key()}]++ > 0) rows.entries.push_back(entry);
  }
  // What a row with a mistake is to take the place of is judged no longer.
  std::set<std::pair<Kind, std::string>> superseded;
  for (const auto& entry : judged_only) superseded.emplace(entry.kind, entry.key());
  std::erase_if(rows.entries, [&](const Entry& entry) {
    return entry.place.line == 0 && superseded.contains({entry.kind, entry.key()});
  });
  std::ranges::move(judged_only, std::back_inserter(rows.entries));
  for (auto& mistake : check_registry(rows)) {
    const auto table = tables.find(mistake.place.file);
    if (table != tables.end() && mistake.place.line > 0) {
      const auto column = shape_of(table->second.kind).column(mistake.heading);
      if (column && *column < table->second.columns.size()) mistake.column = table->second.columns[*column];
    }
    judged.mistakes.push_back(std::move(mistake));
  }
  std::ranges::stable_sort(judged.mistakes, {}, [&](const Mistake& mistake) {
    const auto at = order.find(mistake.place.file);
    return std::tuple(at == order.end() ? order.size() : at->second, mistake.place.line, mistake.column);
  });
  judged.errors = static_cast<std::size_t>(
      std::ranges::count_if(judged.mistakes, [](const Mistake& mistake) { return !mistake.warning; }));
  return judged;
}

}  // namespace xalink::registry
