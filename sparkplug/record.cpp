#include "sparkplug/record.hpp"

#include <charconv>
#include <system_error>

namespace xalink {
namespace {

template <class Number>
std::string shortest(Number number) {
  // The shortest form of any double has at most 24 characters; no locale can put a comma into it.
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, number);
  return end.ec == std::errc{} ? std::string(text, end.ptr) : std::string{};
}

struct Text {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool value) const { return value ? "true" : "false"; }
  std::string operator()(std::int64_t value) const { return shortest(value); }
  std::string operator()(std::uint64_t value) const { return shortest(value); }
  std::string operator()(double value) const { return shortest(value); }
  std::string operator()(const std::string& value) const { return value; }
};

}  // namespace

std::string_view to_string(DataType type) {
  switch (type) {
    case DataType::unknown: return "Unknown";
    case DataType::int8: return "Int8";
    case DataType::int16: return "Int16";
    case DataType::int32: return "Int32";
    case DataType::int64: return "Int64";
    case DataType::uint8: return "UInt8";
    case DataType::uint16: return "UInt16";
    case DataType::uint32: return "UInt32";
    case DataType::uint64: return "UInt64";
    case DataType::float32: return "Float";
    case DataType::float64: return "Double";
    case DataType::boolean: return "Boolean";
    case DataType::string: return "String";
    case DataType::date_time: return "DateTime";
    case DataType::text: return "Text";
    case DataType::uuid: return "UUID";
    case DataType::data_set: return "DataSet";
    case DataType::bytes: return "Bytes";
    case DataType::file: return "File";
    case DataType::template_instance: return "Template";
  }
  return "Unknown";
}

std::string to_text(const Value& value) {
  return std::visit(Text{}, value);
}

}  // namespace xalink
