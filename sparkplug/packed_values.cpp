#include "sparkplug/packed_values.hpp"

#include <bit>
#include <cassert>
#include <cstdint>
#include <optional>
#include <utility>

namespace xalink {
namespace {

constexpr std::size_t kLongestVarint = 10;  // 64 bits in groups of 7
constexpr std::size_t kSmallestColumn = 3;  // type, length of the name, length of the unit

/// The alternatives of Value that columns can have, as packed.
enum class Form : std::uint8_t { none, boolean, whole_signed, whole_unsigned, float32, float64, text };

constexpr Form form_of(DataType type) {
  switch (type) {
    case DataType::int8:
    case DataType::int16:
    case DataType::int32:
    case DataType::int64: return Form::whole_signed;
    case DataType::uint8:
    case DataType::uint16:
    case DataType::uint32:
    case DataType::uint64:
    case DataType::date_time: return Form::whole_unsigned;
    case DataType::float32: return Form::float32;
    case DataType::float64: return Form::float64;
    case DataType::boolean: return Form::boolean;
    case DataType::string:
    case DataType::text:
    case DataType::uuid: return Form::text;
    case DataType::unknown:
    case DataType::data_set:
    case DataType::bytes:
    case DataType::file:
    case DataType::template_instance: return Form::none;
  }
  return Form::none;
}

bool fits(Form form, const Value& value) {
  switch (form) {
    case Form::boolean: return std::holds_alternative<bool>(value);
    case Form::whole_signed: return std::holds_alternative<std::int64_t>(value);
    case Form::whole_unsigned: return std::holds_alternative<std::uint64_t>(value);
    case Form::float32:
    case Form::float64: return std::holds_alternative<double>(value);
    case Form::text: return std::holds_alternative<std::string>(value);
    case Form::none: return false;
  }
  return false;
}

constexpr std::uint64_t zigzag(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1U) ^ static_cast<std::uint64_t>(value >> 63);
}

constexpr std::int64_t unzigzag(std::uint64_t bits) {
  return static_cast<std::int64_t>((bits >> 1U) ^ (~(bits & 1U) + 1U));
}

/// Writes into room that was measured beforehand, so that no byte costs a capacity check.
class Packer {
 public:
  explicit Packer(char* at) : at_(at) {}

  void varint(std::uint64_t value) {
    for (; value >= 0x80U; value >>= 7U) *at_++ = static_cast<char>(value | 0x80U);
    *at_++ = static_cast<char>(value);
  }
  template <class Bits>
  void little_endian(Bits bits) {
    for (std::size_t i = 0; i < sizeof(Bits); ++i) *at_++ = static_cast<char>(bits >> (8U * i));
  }
  void byte(bool value) { *at_++ = value ? '\1' : '\0'; }
  void text(std::string_view text) {
    varint(text.size());
    at_ += text.copy(at_, text.size());
  }
  [[nodiscard]] char* at() const { return at_; }

 private:
  char* at_;
};

/// Reads bytes that may be anybody's: everything is checked, nothing is allocated for a promised length.
class Unpacker {
 public:
  explicit Unpacker(std::string_view bytes) : at_(bytes.data()), end_(bytes.data() + bytes.size()) {}

  [[nodiscard]] std::size_t left() const { return static_cast<std::size_t>(end_ - at_); }

  bool varint(std::uint64_t& value) {
    value = 0;
    for (unsigned shift = 0; shift < 64 && at_ != end_; shift += 7) {
      const auto group = static_cast<unsigned char>(*at_++);
      // The tenth group has room for one bit.
      if (shift == 63 && group > 1) return false;
      value |= static_cast<std::uint64_t>(group & 0x7fU) << shift;
      if ((group & 0x80U) == 0) return true;
    }
    return false;
  }
  template <class Bits>
  bool little_endian(Bits& bits) {
    if (left() < sizeof(Bits)) return false;
    bits = 0;
    for (std::size_t i = 0; i < sizeof(Bits); ++i) {
      bits = static_cast<Bits>(bits | static_cast<Bits>(static_cast<unsigned char>(*at_++)) << (8U * i));
    }
    return true;
  }
  bool text(std::string_view& text) {
    std::uint64_t size = 0;
    if (!varint(size) || size > left()) return false;
    text = std::string_view(at_, static_cast<std::size_t>(size));
    at_ += text.size();
    return true;
  }
  bool take(std::size_t size, std::string_view& bytes) {
    if (size > left()) return false;
    bytes = std::string_view(at_, size);
    at_ += size;
    return true;
  }

 private:
  const char* at_;
  const char* end_;
};

bool read_value(Unpacker& from, Form form, Value& value) {
  std::uint64_t bits = 0;
  switch (form) {
    case Form::boolean: {
      std::uint8_t byte = 0;
      if (!from.little_endian(byte) || byte > 1) return false;
      value.emplace<bool>(byte == 1);
      return true;
    }
    case Form::whole_signed:
      if (!from.varint(bits)) return false;
      value.emplace<std::int64_t>(unzigzag(bits));
      return true;
    case Form::whole_unsigned:
      if (!from.varint(bits)) return false;
      value.emplace<std::uint64_t>(bits);
      return true;
    case Form::float32: {
      std::uint32_t single = 0;
      if (!from.little_endian(single)) return false;
      value.emplace<double>(std::bit_cast<float>(single));
      return true;
    }
    case Form::float64:
      if (!from.little_endian(bits)) return false;
      value.emplace<double>(std::bit_cast<double>(bits));
      return true;
    case Form::text: {
      std::string_view text;
      if (!from.text(text)) return false;
      value.emplace<std::string>(text);
      return true;
    }
    case Form::none: return false;
  }
  return false;
}

std::string ordinal(std::span<const Column> columns, std::size_t i) {
  return "column " + std::to_string(i + 1) + " of " + std::to_string(columns.size()) + " (" +
         columns[i].name + ")";
}

Unexpected damaged(std::string what) {
  return failure({}, "packed values are damaged: " + std::move(what),
                 "Check the storage medium they came from");
}

Unexpected damaged_columns(std::string what) {
  return failure({}, "packed columns are damaged: " + std::move(what),
                 "Check the storage medium they came from");
}

}  // namespace

bool is_packable(DataType type) {
  return form_of(type) != Form::none;
}

void pack_into(std::string& out, std::span<const Column> columns, std::span<const Value> values) {
  assert(values.size() == columns.size());
  const std::size_t bitmap = (columns.size() + 7) / 8;
  std::size_t room = bitmap + columns.size() * kLongestVarint;
  for (const auto& value : values) {
    if (const auto* text = std::get_if<std::string>(&value)) room += text->size();
  }
  out.clear();
  out.resize(room);
  Packer packer(out.data() + bitmap);
  for (std::size_t i = 0; i < columns.size() && i < values.size(); ++i) {
    const auto& value = values[i];
    if (is_null(value)) continue;
    const Form form = form_of(columns[i].type);
    if (!fits(form, value)) {
      assert(!"the value's alternative does not fit its column's type");
      continue;
    }
    out[i / 8] = static_cast<char>(static_cast<unsigned char>(out[i / 8]) | (1U << (i % 8)));
    switch (form) {
      case Form::boolean: packer.byte(*std::get_if<bool>(&value)); break;
      case Form::whole_signed: packer.varint(zigzag(*std::get_if<std::int64_t>(&value))); break;
      case Form::whole_unsigned: packer.varint(*std::get_if<std::uint64_t>(&value)); break;
      case Form::float32:
        packer.little_endian(std::bit_cast<std::uint32_t>(static_cast<float>(*std::get_if<double>(&value))));
        break;
      case Form::float64:
        packer.little_endian(std::bit_cast<std::uint64_t>(*std::get_if<double>(&value)));
        break;
      case Form::text: packer.text(*std::get_if<std::string>(&value)); break;
      case Form::none: break;
    }
  }
  out.resize(static_cast<std::size_t>(packer.at() - out.data()));
}

std::string pack(std::span<const Column> columns, std::span<const Value> values) {
  std::string out;
  pack_into(out, columns, values);
  return out;
}

Result<std::vector<Value>> unpack(std::span<const Column> columns, std::string_view bytes) {
  Unpacker from(bytes);
  std::string_view present;
  if (!from.take((columns.size() + 7) / 8, present)) return damaged("they end within the list of columns");
  std::vector<Value> values(columns.size());
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (((static_cast<unsigned char>(present[i / 8]) >> (i % 8)) & 1U) == 0) continue;
    if (!read_value(from, form_of(columns[i].type), values[i])) {
      return damaged(ordinal(columns, i) + " has no " + std::string(to_string(columns[i].type)));
    }
  }
  const std::size_t used = columns.size() % 8;
  if (used != 0 && (static_cast<unsigned char>(present.back()) >> used) != 0) {
    return damaged("they name more columns than there are");
  }
  if (from.left() != 0) return damaged(std::to_string(from.left()) + " bytes are left over");
  return values;
}

std::string pack_columns(std::span<const Column> columns) {
  std::size_t room = kLongestVarint;
  for (const auto& column : columns) room += 3 * kLongestVarint + column.name.size() + column.unit.size();
  std::string out(room, '\0');
  Packer packer(out.data());
  packer.varint(columns.size());
  for (const auto& column : columns) {
    packer.varint(static_cast<std::uint32_t>(column.type));
    packer.text(column.name);
    packer.text(column.unit);
  }
  out.resize(static_cast<std::size_t>(packer.at() - out.data()));
  return out;
}

Result<std::vector<Column>> unpack_columns(std::string_view bytes) {
  Unpacker from(bytes);
  std::uint64_t count = 0;
  if (!from.varint(count) || count > from.left() / kSmallestColumn) {
    return damaged_columns("they end before the last one");
  }
  std::vector<Column> columns(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    std::uint64_t type = 0;
    std::string_view name;
    std::string_view unit;
    if (!from.varint(type) || !from.text(name) || !from.text(unit)) {
      return damaged_columns("they end within column " + std::to_string(i + 1));
    }
    if (type > static_cast<std::uint32_t>(DataType::template_instance) ||
        form_of(static_cast<DataType>(type)) == Form::none) {
      return damaged_columns("column " + std::to_string(i + 1) + " has type " + std::to_string(type) +
                             ", which is not one of a record's values");
    }
    columns[i] = Column{std::string(name), static_cast<DataType>(type), std::string(unit)};
  }
  if (from.left() != 0) return damaged_columns(std::to_string(from.left()) + " bytes are left over");
  return columns;
}

}  // namespace xalink
