// Writes files of the corpora that are made and not written by hand: `make_corpus tests/fuzz/corpus`.
// What a board says, and what a liar would make of it.

#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "sparkplug/delivery.hpp"
#include "sparkplug/export_file.hpp"
#include "sparkplug/metric_names.hpp"
#include "sparkplug/packed_values.hpp"
#include "sparkplug/payload.hpp"

namespace xalink {
namespace {

constexpr std::uint64_t kNoon = 1'790'000'000'000;
const ClockContext kBirths{"boot-one", ClockQuality::synchronised, Milliseconds(1'789'999'000'000)};

// Places in payload_target.cpp's list of topics.
enum Topics : char {
  nbirth,
  dbirth_backlog,
  dbirth_network,
  ddata_backlog,
  ddata_network,
  ndata,
  ndeath,
  ddeath,
  nbirth_b,
  dbirth_b,
  ddata_b,
  ndata_b,
  state,
  ncmd
};

std::filesystem::path root;

void save(const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories((root / name).parent_path());
  std::ofstream(root / name, std::ios::binary) << bytes;
}

std::string piece(const std::string& bytes) {
  std::string out;
  out += static_cast<char>(bytes.size() & 0xFFU);
  out += static_cast<char>(bytes.size() >> 8U);
  return out + bytes;
}

Metric metric(std::string name, DataType type, MetricValue value, std::optional<std::uint64_t> alias = {}) {
  Metric made;
  made.name = std::move(name);
  made.type = type;
  made.value = std::move(value);
  made.alias = alias;
  made.timestamp = kNoon;
  return made;
}

std::string bytes_of(std::optional<std::uint64_t> seq, std::vector<Metric> metrics,
                     WriteTypes types = WriteTypes::in_births) {
  Payload payload;
  payload.timestamp = kNoon;
  payload.seq = seq;
  payload.metrics = std::move(metrics);
  return encode(payload, types);
}

struct Story {
  std::string bytes = "S";
  void say(Topics topic, const std::string& payload) { bytes += std::string(1, topic) + piece(payload); }
};

std::uint64_t alias_of(std::string_view, std::string_view name) {
  if (name == metric::kOrder) return 1;
  if (name == metric::delivery_lane(Lane::events)) return 2;
  if (name == metric::delivery_lane(Lane::measurements)) return 3;
  if (name == "backlog/Gap") return 4;
  return name == "board/Board" ? 5 : 6;
}

using Change = std::function<void(std::vector<Metric>&)>;

std::string node_birth(const Change& change = {}) {
  std::vector<Metric> metrics = {
      metric("bdSeq", DataType::int64, std::int64_t{7}),
      metric("Node Control/Rebirth", DataType::boolean, false),
      metric("Delivery/Epoch", DataType::string, std::string("00000000-0000-4000-8000-00000000000a")),
      metric("Delivery/Lane 0", DataType::uint64, std::uint64_t{0}),
      metric("Delivery/Lane 1", DataType::uint64, std::uint64_t{40}),
      metric("Clock/Boot Id", DataType::string, std::string("boot-one")),
      metric("Clock/Quality", DataType::uint8, std::uint64_t{2}),
      metric("Clock/Boot Offset", DataType::int64, std::int64_t{1'789'999'000'000}),
      metric("Outbox/Depth Lane 1", DataType::uint64, std::uint64_t{300}, 20)};
  if (change) change(metrics);
  return bytes_of(0, std::move(metrics));
}

std::string backlog_birth(const Change& change = {}) {
  std::vector<Metric> metrics = {metric("Delivery/Order", DataType::bytes, {}, 1),
                                 metric("Delivery/Lane 0", DataType::uint64, {}, 2),
                                 metric("Delivery/Lane 1", DataType::uint64, {}, 3),
                                 metric("backlog/Gap", DataType::data_set, {}, 4),
                                 metric("board/Board", DataType::data_set, {}, 5),
                                 metric("network/Ping/gateway", DataType::data_set, {}, 6)};
  if (change) change(metrics);
  return bytes_of(1, std::move(metrics));
}

Value value_of(const Column& column, RowId row) {
  switch (column.type) {
    case DataType::boolean: return row % 2 == 0;
    case DataType::string: return "xã Lũng Cú " + std::to_string(row % 3);
    case DataType::float32:
    case DataType::float64: return static_cast<double>(row) / 4;
    case DataType::int64:
    case DataType::int32: return -static_cast<std::int64_t>(row);
    default: return std::uint64_t{row % 200};
  }
}

Batch records(RowId first, RowId last, bool gap) {
  Batch batch;
  batch.epoch = "00000000-0000-4000-8000-00000000000a";
  batch.lane = Lane::measurements;
  batch.schemas = {ping_schema("gateway"), board_schema(), gap_schema(batch.lane)};
  for (RowId row = first; row <= last; ++row) {
    Stamp stamp{WallTime(Milliseconds(static_cast<std::int64_t>(kNoon + row))),
                BootTime(1'000'000 + static_cast<std::int64_t>(row)), row % 9 == 0 ? "boot-two" : "boot-one",
                ClockQuality::synchronised};
    if (gap && row == first) {
      batch.items.push_back(make_gap(2, row, row + 9, 10, "space", stamp));
      row += 9;
      continue;
    }
    Batch::Item item;
    item.schema = row % 4 == 0 ? 1 : 0;
    item.first = item.last = row;
    item.record.stamp = stamp;
    for (const auto& column : batch.schemas[item.schema].columns)
      item.record.values.push_back(value_of(column, row));
    batch.items.push_back(std::move(item));
  }
  return batch;
}

std::string backlog(std::uint64_t seq, const Change& change = {}, bool gap = false) {
  auto encoded = encode_backlog(records(41, 60, gap), 0, 60'000, kBirths, alias_of);
  if (change) change(encoded.metrics);
  return bytes_of(seq, std::move(encoded.metrics), WriteTypes::never);
}

/// A session of a board whose backlog message somebody has changed.
void lie(const std::string& name, const Change& change, bool gap = false) {
  Story story;
  story.say(nbirth, node_birth());
  story.say(dbirth_backlog, backlog_birth());
  story.say(ddata_backlog, backlog(2, change, gap));
  save("payload/" + name, story.bytes);
}

DataSet& set_in(std::vector<Metric>& metrics) {
  for (auto& each : metrics) {
    if (auto* set = std::get_if<DataSet>(&each.value)) return *set;
  }
  throw std::logic_error("no DataSet");
}

void payloads() {
  save("payload/nbirth", node_birth());
  save("payload/dbirth", backlog_birth());
  save("payload/ddata-backlog", backlog(2));
  save("payload/empty", "");
  Story board;
  board.say(nbirth, node_birth());
  board.say(dbirth_backlog, backlog_birth());
  board.say(dbirth_network,
            bytes_of(2, {metric("Ping/gateway/RTT mean", DataType::uint32, std::uint64_t{500}, 10),
                         metric("Delivery/Lane 1", DataType::uint64, std::uint64_t{40}, 11)}));
  board.say(ddata_backlog, backlog(3));
  board.say(ddata_network, bytes_of(4,
                                    {metric({}, DataType::uint32, std::uint64_t{7}, 10),
                                     metric({}, DataType::uint64, std::uint64_t{61}, 11)},
                                    WriteTypes::never));
  board.say(ndata, bytes_of(5, {metric({}, DataType::uint64, std::uint64_t{0}, 20)}, WriteTypes::never));
  board.say(ddata_backlog, backlog(9));  // overtook others
  board.say(ddata_backlog, backlog(6));
  board.say(ddeath, bytes_of(7, {}));
  board.say(ndeath, bytes_of({}, {metric("bdSeq", DataType::int64, std::int64_t{7})}));
  save("payload/story-of-a-board", board.bytes);
  Story plain;
  plain.say(nbirth_b, bytes_of(0, {metric("bdSeq", DataType::int64, std::int64_t{0}),
                                   metric("Uptime", DataType::uint64, std::uint64_t{5}, 1)}));
  plain.say(dbirth_b,
            bytes_of(1, {metric("Pressure", DataType::float64, std::numeric_limits<double>::quiet_NaN(), 2),
                         metric("Mode", DataType::string, std::string("tự động"), 3),
                         metric("Steps", DataType::int8, std::int64_t{-1}, 4)}));
  plain.say(
      ddata_b,
      bytes_of(2, {metric({}, DataType::float64, 2.25, 2), metric({}, DataType::int8, std::int64_t{-7}, 4)},
               WriteTypes::never));
  plain.say(ndata_b, bytes_of(3, {metric("Uptime", DataType::uint64, std::uint64_t{6})}));
  plain.say(state, encode_state({false, 1}));
  save("payload/story-of-a-plain-node", plain.bytes);

  lie("gap", {}, /*gap=*/true);
  lie(
      "gap-of-2-to-the-63",
      [](auto& metrics) {
        auto& set = set_in(metrics);
        set.rows.resize(1);
        set.rows[0][1] = std::uint64_t{1};
        set.rows[0][2] = (std::uint64_t{1} << 63U) - 1;
        metrics = {metrics.front(), metrics.back()};
        metrics.back().value = (std::uint64_t{1} << 63U) - 1;
      },
      true);
  for (const auto& [name, row] : {std::pair{"row-2-to-the-64", ~std::uint64_t{0}},
                                  {"row-0", std::uint64_t{0}},
                                  {"row-2-to-the-63", std::uint64_t{1} << 63U}}) {
    lie(name, [row = row](auto& metrics) { metrics.back().value = row; });
  }
  lie("column-of-unknown-type", [](auto& metrics) { set_in(metrics).columns[1].type = DataType::unknown; });
  lie("column-of-type-99",
      [](auto& metrics) { set_in(metrics).columns[1].type = static_cast<DataType>(99); });
  lie("order-names-no-set", [](auto& metrics) {
    for (auto& each : metrics) {
      if (auto* order = std::get_if<Bytes>(&each.value)) order->bytes.assign(order->bytes.size(), '\xFE');
    }
  });
  lie("no-offset", [](auto& metrics) { set_in(metrics).rows[0][0] = Value{}; });
  lie("time-of-year-292277026", [](auto& metrics) {
    for (auto& each : metrics) each.timestamp = 9'223'372'036'854'775'807;
  });
  lie("boot-time-of-2-to-the-64", [](auto& metrics) {
    for (auto& property : metrics.front().properties) {
      if (property.key == "Boot Time") property.value = ~std::uint64_t{0};
    }
  });
  lie("boot-of-a-thousand-bytes", [](auto& metrics) {
    metrics.front().properties.push_back({"Boot", DataType::string, std::string(1000, 'b')});
  });
  lie("constant-at-no-place", [](auto& metrics) {
    metrics.front().properties.push_back({"Constant/99999999999/x", DataType::uint8, std::uint64_t{1}});
  });
  lie("text-that-is-not-utf8", [](auto& metrics) { set_in(metrics).columns[1].name = "\xC3\x28"; });
  for (const auto& [name, offset] : {std::pair{"boot-offset-max", std::numeric_limits<std::int64_t>::max()},
                                     {"boot-offset-min", std::numeric_limits<std::int64_t>::min()}}) {
    Story story;
    story.say(nbirth, node_birth([offset = offset](auto& metrics) { metrics[7].value = offset; }));
    story.say(dbirth_network,
              bytes_of(1, {metric("Ping/gateway/RTT mean", DataType::uint32, std::uint64_t{5}, 10),
                           metric("Delivery/Lane 1", DataType::uint64, std::uint64_t{40}, 11)}));
    story.say(ddata_network, bytes_of(2,
                                      {metric({}, DataType::uint32, std::uint64_t{7}, 10),
                                       metric({}, DataType::uint64, std::uint64_t{41}, 11)},
                                      WriteTypes::never));
    save("payload/" + std::string(name), story.bytes);
  }
  for (const auto type : {DataType::unknown, DataType::file, static_cast<DataType>(99)}) {
    Story story;  // a record's metric was born with a type that no record can hold
    story.say(nbirth, node_birth());
    story.say(dbirth_network,
              bytes_of(1, {metric("Ping/gateway/RTT mean", DataType::unknown, std::uint64_t{5}, 10),
                           metric("Ping/gateway/Loss", type, {}, 12),
                           metric("Delivery/Lane 1", DataType::uint64, std::uint64_t{40}, 11)}));
    story.say(ddata_network, bytes_of(2,
                                      {metric({}, DataType::uint32, std::uint64_t{7}, 10),
                                       metric({}, DataType::uint64, std::uint64_t{41}, 11)},
                                      WriteTypes::never));
    save("payload/record-of-type-" + std::to_string(static_cast<int>(type)), story.bytes);
  }
  Story births;  // ever new names
  for (int birth = 0; birth < 4; ++birth) {
    std::vector<Metric> metrics = {metric("bdSeq", DataType::int64, std::int64_t{birth})};
    for (int i = 0; i < 300; ++i) {
      metrics.push_back(metric("m" + std::to_string(birth * 1000 + i), DataType::uint8, std::uint64_t{1}));
      metrics.back().timestamp.reset();
    }
    births.say(nbirth_b, bytes_of(0, std::move(metrics)));
  }
  save("payload/ever-new-names", births.bytes);
  // Templates in templates, property sets in property sets, rows and metrics of nothing.
  std::string nested = "\x0A\x00";
  for (int depth = 0; depth < 300 && nested.size() < 16'000; ++depth) {
    std::string length;
    for (auto left = nested.size();; left >>= 7U) {
      length += static_cast<char>((left & 0x7FU) | (left >= 0x80 ? 0x80U : 0));
      if (left < 0x80) break;
    }
    nested = (depth % 2 == 0 ? "\x92\x01" : "\x12") + length + nested;
  }
  save("payload/nested-templates", nested);
  std::string rows;
  for (int i = 0; i < 20'000; ++i) rows += "\x22\x00";
  rows.resize(40'000);
  for (std::size_t i = 1; i < rows.size(); i += 2) rows[i] = '\0';
  save("payload/rows-of-nothing", std::string("\x12\xC6\xB8\x02\x8A\x01\xC2\xB8\x02", 9) + rows);
}

void packed() {
  const auto schema = ping_schema("gateway");
  std::vector<Value> values;
  for (const auto& column : schema.columns) values.push_back(value_of(column, 7));
  save("packed/ping", piece(pack_columns(schema.columns)) + pack(schema.columns, values));
  const auto dossier = dossier_schema();
  values.clear();
  for (const auto& column : dossier.columns) values.push_back(value_of(column, 8));
  for (std::size_t i = 0; i < values.size(); i += 3) values[i] = Value{};
  save("packed/dossier", piece(pack_columns(dossier.columns)) + pack(dossier.columns, values));
  save("packed/none", piece(pack_columns({})));
  save("packed/columns-without-end", piece("\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01"));
  const std::vector<Column> one = {{"text", DataType::string, ""}};
  save("packed/text-of-2-to-the-64",
       piece(pack_columns(one)) + "\x01\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF\x01");
}

class TextSink final : public ByteSink {
 public:
  Result<void> write(std::string_view bytes) override {
    text.append(bytes);
    return {};
  }
  std::string text;
};

void export_files() {
  const auto scratch = root / "key.pem";
  const auto key = SigningKey::load_or_make(scratch);
  std::filesystem::remove(scratch);
  if (!key) throw std::runtime_error(key.error().to_string());
  ExportHeader header;
  header.node = {"VN-03", "xa-lung-cu"};
  header.epoch = "00000000-0000-4000-8000-00000000000a";
  header.created = WallTime(Milliseconds(static_cast<std::int64_t>(kNoon)));
  header.lanes[1] = {41, 60};
  header.public_key = key->public_key().der();
  const auto batch = records(41, 60, true);
  TextSink sink;
  ExportWriter writer(sink, header);
  const bool written = writer.begin() && writer.add(batch) && writer.finish(*key);
  if (!written) throw std::runtime_error("no export file");
  save("export_file/whole", sink.text);
  save("export_file/cut", sink.text.substr(0, sink.text.size() / 2));
  save("export_file/nothing", "");
  save("export_file/magic-alone", std::string(kSignedFileMagic));
  // The same frames for the target to put right checksums to: type and length as they stand in the file.
  std::string frames = "F";
  for (std::size_t at = kSignedFileMagic.size() + 2; at + 5 < sink.text.size();) {
    const char type = sink.text[at];
    std::size_t length = 0;
    for (unsigned i = 0; i < 4; ++i)
      length |= std::size_t{static_cast<unsigned char>(sink.text[at + 1 + i])} << (8 * i);
    if (type == 'S') break;
    frames += static_cast<char>(type == 'H' ? 0 : type == 'P' ? 1 : 2);
    frames += piece(sink.text.substr(at + 5, length));
    at += 5 + length + 16;
  }
  save("export_file/frames", frames);
  save("export_file/frames-without-a-part", frames.substr(0, frames.size() / 3));
}

}  // namespace
}  // namespace xalink

int main(int count, char** arguments) {
  if (count != 2) {
    std::cerr << "make_corpus: name the folder of the corpora. Next: make_corpus tests/fuzz/corpus\n";
    return 2;
  }
  xalink::root = arguments[1];
  xalink::payloads();
  xalink::packed();
  xalink::export_files();
  return 0;
}
