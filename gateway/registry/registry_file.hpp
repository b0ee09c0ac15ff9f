#pragma once
// A table of the registry as a CSV file: reading what people and Excel wrote, writing what they fill in.

#include <filesystem>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/registry/entry.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/text_encoding.hpp"

namespace xalink::registry {

struct ReadTable {
  std::vector<Entry> entries;  ///< the rows that are well-formed in themselves
  std::vector<Mistake> mistakes;
  /// Rows with mistakes only in fields that no other row is judged by (population, border, price, ...), those
  /// fields empty: not taken in, but judged with the others, so that every mistake is told at once.
  std::vector<Entry> judged_only;
  /// Other rows with mistakes, wrong fields empty: judged by what stands in the row itself.
  std::vector<Entry> judged_alone;
  /// Keys of communes and ids of sites whose rows have a mistake.
  std::set<std::string> half_read;
  /// Per column of the shape its number in the file, from 1; 0: the file does not have it.
  std::vector<std::size_t> columns;
  Kind kind = Kind::communes;
  std::string digest;  ///< SHA-256 of the file, hexadecimal
};

/// Which table it is, the headings say. Every mistake of every row is told, with line and column; a row with
/// a mistake is in `mistakes`, never in `entries`. Fails when the file cannot be read at all.
[[nodiscard]] Result<ReadTable> read_table(const std::filesystem::path& file,
                                           TextEncoding encoding = TextEncoding::automatic,
                                           const std::string& name = {});
/// The same for bytes; `name` is for messages (of a file, if empty, its own without folders).
[[nodiscard]] ReadTable read_table_text(std::string_view bytes, const std::string& name,
                                        TextEncoding encoding = TextEncoding::automatic);

/// With a byte order mark, which Excel needs for Vietnamese; headings in `language`.
[[nodiscard]] std::string table_text(Kind kind, const std::vector<Entry>& entries, Language language);

}  // namespace xalink::registry
