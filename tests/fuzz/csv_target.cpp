// A table from an office's system, CSV or JSON Lines: the first byte chooses kind, form and delimiter, the
// second how the file is cut into pieces.

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "agent/dossiers/table_reader.hpp"
#include "sparkplug/csv_reader.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/utf8.hpp"
#include "tests/fuzz/fuzz_target.hpp"

using namespace xalink;
using fuzz::claim;

namespace {

void feed_all(std::string_view text, std::size_t piece, const auto& feed) {
  for (std::size_t at = 0; at < text.size(); at += piece) feed(text.substr(at, piece));
}

struct CsvText {
  std::size_t line = 0;
  std::string raw;
  std::vector<std::string> fields;
  std::string broken;
  friend bool operator==(const CsvText&, const CsvText&) = default;
};

std::vector<CsvText> read_csv(std::string_view text, char delimiter, std::size_t piece) {
  CsvReader reader(delimiter);
  std::vector<CsvText> rows;
  const auto drain = [&] {
    while (const auto* row = reader.next()) {
      rows.push_back(CsvText{row->line, std::string(row->raw), row->fields, std::string(row->broken)});
    }
  };
  feed_all(text, piece, [&](std::string_view bytes) {
    reader.feed(bytes);
    drain();
  });
  reader.finish();
  drain();
  claim(reader.at_end(), "a finished file is read to its end");
  return rows;
}

struct TableText {
  TableRow::What what{};
  std::size_t line = 0;
  std::vector<Value> values;
  std::string reason;
  friend bool operator==(const TableText&, const TableText&) = default;
};

std::vector<TableText> read_table(std::string_view text, TableForm form, const TableSettings& settings,
                                  std::size_t piece) {
  const auto schema = settings.kind->schema();
  TableReader reader(form, settings);
  std::vector<TableText> rows;
  const auto drain = [&] {
    while (const auto* row = reader.next()) {
      auto& read = rows.emplace_back(TableText{row->what, row->line, {}, row->reason});
      if (row->what == TableRow::What::no_header)
        claim(!row->reason.empty(), "a header that is refused has a reason");
      if (row->what != TableRow::What::row) continue;
      auto mapped = reader.read();
      if (!mapped) {
        claim(!mapped.error().reason.empty(), "a row that is refused has a reason");
        read.reason = mapped.error().reason;
        continue;
      }
      claim(mapped->values.size() == schema.columns.size(), "a row has a value for each column");
      for (const auto& value : mapped->values) {
        const auto* words = std::get_if<std::string>(&value);
        claim(words == nullptr || find_broken_utf8(*words) == std::string_view::npos, "texts are UTF-8");
      }
      const auto again = unpack(schema.columns, pack(schema.columns, mapped->values));
      claim(again && *again == mapped->values, "a row can be stored");
      read.values = std::move(mapped->values);
    }
  };
  feed_all(text, piece, [&](std::string_view bytes) {
    reader.feed(bytes);
    drain();
  });
  reader.finish();
  drain();
  return rows;
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  fuzz::Pieces pieces(fuzz::as_text(bytes, size));
  const unsigned choice = pieces.byte();
  const std::size_t piece = 1 + pieces.byte();
  const auto text = pieces.rest();
  const auto whole = std::max<std::size_t>(1, text.size());
  const char delimiter = std::array{',', ';', '\t', CsvReader::kAnyDelimiter}[choice % 4];

  const auto rows = read_csv(text, delimiter, whole);
  claim(rows == read_csv(text, delimiter, piece), "rows do not depend on how a file is cut into pieces");
  std::string together;
  for (const auto& row : rows) together += row.raw;
  claim(together == text, "every byte of a file belongs to exactly one row");

  const std::array kinds = {&dossier_table(), &satisfaction_table(), &task_table(), &village_table()};
  TableSettings settings(*kinds[choice / 4 % 4]);
  settings.delimiter = delimiter;
  const auto form = choice / 16 % 2 == 0 ? TableForm::csv : TableForm::json_lines;
  claim(read_table(text, form, settings, whole) == read_table(text, form, settings, piece),
        "a table does not depend on how it is cut into pieces");
  return 0;
}
