#include "gateway/registry/judged_files.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "gateway/registry/registry_check.hpp"
#include "gateway/registry/registry_file.hpp"

namespace xalink::registry {

Result<JudgedFiles> judge_files(const std::vector<std::filesystem::path>& files,
                                const std::vector<Entry>& held, bool replace, TextEncoding encoding) {
  JudgedFiles judged;
  std::vector<Entry> incoming;
  std::vector<Kind> replaced;
  RowsToCheck rows;
  std::map<std::string, ReadTable> tables;
  std::map<std::string, std::size_t> order;
  for (const auto& file : files) {
    auto table = read_table(file, encoding);
    if (!table) return Unexpected(table.error());
    const std::string name = file.filename().string();
    order.try_emplace(name, order.size());
    judged.files.push_back({name, table->kind, table->digest, table->entries.size()});
    if (replace) replaced.push_back(table->kind);
    rows.half_read.merge(table->half_read);
    std::ranges::copy(table->mistakes, std::back_inserter(judged.mistakes));
    std::ranges::copy(table->entries, std::back_inserter(incoming));
    tables.insert_or_assign(name, std::move(*table));
  }
  judged.change = change_by(held, incoming, replaced);
  // Equal keys in the files are a mistake of theirs; of the result each key stands once.
  rows.entries = judged.change.result;
  std::map<std::pair<Kind, std::string>, std::size_t> seen;
  for (const auto& entry : incoming) {
    if (seen[{entry.kind, entry.key()}]++ > 0) rows.entries.push_back(entry);
  }
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
