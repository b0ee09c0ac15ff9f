#include "agent/outbox/row_seal.hpp"

#include <boost/crc.hpp>

#include "sparkplug/packed_values.hpp"

namespace xalink {
namespace {

void add(boost::crc_ccitt_type& crc, std::uint64_t value) {
  for (int i = 0; i < 8; ++i) crc.process_byte(static_cast<unsigned char>(value >> (8 * i)));
}

}  // namespace

std::int16_t seal_of(const LaneRow& row) {
  boost::crc_ccitt_type crc;
  add(crc, row.row_id);
  add(crc, row.first);
  // A gap has no schema; no schema has number 0.
  add(crc, static_cast<std::uint64_t>(row.schema.value_or(0)));
  add(crc, static_cast<std::uint64_t>(row.boot));
  add(crc, static_cast<std::uint64_t>(row.boot_time.count()));
  add(crc, static_cast<std::uint64_t>(row.wall.time_since_epoch().count()));
  add(crc, static_cast<std::uint64_t>(row.quality));
  crc.process_bytes(row.body.data(), row.body.size());
  return static_cast<std::int16_t>(crc.checksum());
}

std::int16_t seal_of(std::int64_t number, const Schema& schema) {
  boost::crc_ccitt_type crc;
  add(crc, static_cast<std::uint64_t>(number));
  add(crc, index(schema.lane));
  for (const auto& text : {schema.device, schema.group, pack_columns(schema.columns)}) {
    add(crc, text.size());
    crc.process_bytes(text.data(), text.size());
  }
  return static_cast<std::int16_t>(crc.checksum());
}

}  // namespace xalink
