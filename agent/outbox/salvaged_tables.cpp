#include "agent/outbox/salvaged_tables.hpp"

#include <algorithm>
#include <string_view>

#include "agent/outbox/outbox.hpp"
#include "agent/outbox/row_seal.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

using Kind = Field::Kind;

// SQLite's own largest row id lies far above; no lane counts so far, and sums stay exact.
constexpr std::int64_t kHighestRow = std::int64_t{1} << 60U;

bool is_uuid(const Field& field) {
  if (field.kind != Kind::text || field.bytes.size() != 36) return false;
  for (std::size_t i = 0; i < field.bytes.size(); ++i) {
    const char c = field.bytes[i];
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? c != '-' : !((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
  }
  return true;
}

bool is_row(const Field& field) {
  return field.kind == Kind::integer && field.integer >= 0 && field.integer <= kHighestRow;
}

bool is_lane(const Field& field) {
  return field.kind == Kind::integer && field.integer >= 0 &&
         field.integer < static_cast<std::int64_t>(kLaneCount);
}

/// Text as programs write it. A note with anything else in it was changed by the damage.
bool is_text(const Field& field) {
  if (field.kind != Kind::text) return false;
  for (std::size_t at = 0; at < field.bytes.size();) {
    const auto length = utf8_sequence(field.bytes, at);
    const auto byte = static_cast<unsigned char>(field.bytes[at]);
    if (length == 0 || (byte < 0x20 && byte != '\n' && byte != '\t')) return false;
    at += length;
  }
  return true;
}

std::string text(const Field& field) {
  return std::string(field.bytes);
}

class Tables {
 public:
  void table_row(const LeafRow& row) {
    const auto& fields = row.fields;
    if (row.row_id <= 0 || fields.size() < 3 || fields[0].kind != Kind::null) return;
    switch (fields.size()) {
      case 3: meta(row); break;
      case 4: predecessor(row); break;
      case 5:
      case 6: fields[2].kind == Kind::text ? schema(row) : boot(row); break;
      default:
        if (fields.size() < 8) boot(row);  // of formats that know more of a boot
    }
  }

  void index_row(const LeafRow& row) {
    const auto& fields = row.fields;
    if (fields.size() == 4) position(fields);
    if (fields.size() == 3 && is_lane(fields[0]) && is_text(fields[1]) && is_row(fields[2])) {
      auto& records = tables_.given_up[{static_cast<Lane>(fields[0].integer), text(fields[1])}];
      records = std::max(records, fields[2].integer);
    }
    if (fields.size() != 2) return;
    if (fields[0].kind == Kind::blob && fields[1].kind == Kind::blob) {
      const bool fits = fields[0].bytes.size() == Telling::kSubjectBytes && fields[1].bytes.size() % 8 == 0;
      if (fits) tables_.said.try_emplace(text(fields[0]), text(fields[1]));
    } else if (is_text(fields[0]) && is_text(fields[1])) {
      tables_.notes.try_emplace(text(fields[0]), text(fields[1]));
    }
  }

  SalvagedTables take() && {
    for (const auto& [id, row] : predecessors_) tables_.predecessors.push_back(row);
    if (tables_.predecessors.size() > kMostPredecessors) {
      tables_.predecessors.erase(tables_.predecessors.begin(),
                                 tables_.predecessors.end() - kMostPredecessors);
    }
    return std::move(tables_);
  }

 private:
  void meta(const LeafRow& row) {
    const auto& fields = row.fields;
    if (row.row_id != 1 || !is_uuid(fields[1])) return;
    if (tables_.epoch.empty()) {
      tables_.epoch = text(fields[1]);
      if (fields[2].kind == Kind::integer && fields[2].integer >= 0 && fields[2].integer < 256) {
        tables_.bdseq = fields[2].integer;
      }
    }
    if (fields[2].kind == Kind::integer) tables_.bdseqs_seen.insert(fields[2].integer);
  }

  void predecessor(const LeafRow& row) {
    const auto& fields = row.fields;
    if (!is_uuid(fields[1]) || !is_row(fields[2]) || !is_row(fields[3])) return;
    predecessors_.try_emplace(row.row_id, text(fields[1]),
                              std::array<RowId, kLaneCount>{static_cast<RowId>(fields[2].integer),
                                                            static_cast<RowId>(fields[3].integer)});
  }

  void schema(const LeafRow& row) {
    const auto& fields = row.fields;
    if (!is_text(fields[1]) || !is_text(fields[2]) || !is_lane(fields[3]) || fields[4].kind != Kind::blob)
      return;
    auto columns = unpack_columns(fields[4].bytes);
    if (!columns) return;
    Schema schema;
    schema.device = text(fields[1]);
    schema.group = text(fields[2]);
    schema.lane = static_cast<Lane>(fields[3].integer);
    schema.columns = std::move(*columns);
    const bool sealed = fields.size() > 5 && fields[5].kind == Kind::integer;
    if (sealed && fields[5].integer != seal_of(row.row_id, schema)) return;
    tables_.schemas.try_emplace(row.row_id, std::move(schema));
  }

  void boot(const LeafRow& row) {
    const auto& fields = row.fields;
    for (const std::size_t at : {2U, 3U, 4U}) {
      if (fields.size() <= at || fields[at].kind != Kind::integer) return;
    }
    if (!is_text(fields[1]) || fields[4].integer < 0 || fields[4].integer > 2) return;
    tables_.boots.try_emplace(row.row_id, SalvagedTables::Boot{text(fields[1]), fields[2].integer,
                                                               fields[3].integer, fields[4].integer});
  }

  void position(const std::vector<Field>& fields) {
    if (!is_lane(fields[0]) || fields[1].kind != Kind::text || !is_row(fields[3])) return;
    if (fields[2].kind != Kind::integer || fields[2].integer != 0) return;
    auto& place = fields[1].bytes == "last" ? tables_.last : tables_.acknowledged;
    if (fields[1].bytes != "last" && fields[1].bytes != "acknowledged") return;
    auto& row = place[static_cast<std::size_t>(fields[0].integer)];
    // Both only ever grow: of several versions the higher one is the newer.
    row = std::max(row.value_or(0), static_cast<RowId>(fields[3].integer));
  }

  SalvagedTables tables_;
  std::map<std::int64_t, std::pair<std::string, std::array<RowId, kLaneCount>>> predecessors_;
};

}  // namespace

SalvagedTables read_tables(const PageReader& pages) {
  Tables tables;
  pages.read(PageReader::Leaves::tables, [&](const std::vector<LeafRow>& rows) {
    for (const auto& row : rows) tables.table_row(row);
  });
  pages.read(PageReader::Leaves::without_row_id, [&](const std::vector<LeafRow>& rows) {
    for (const auto& row : rows) tables.index_row(row);
  });
  return std::move(tables).take();
}

}  // namespace xalink
