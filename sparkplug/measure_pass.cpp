#include "sparkplug/measure_pass.hpp"

#include <array>
#include <utility>

namespace xalink {
namespace {

constexpr std::size_t kFields = 6;
constexpr char kBetween = '.';  // not a letter of base64

}  // namespace

std::string MeasurePass::signed_text(std::string_view method, std::string_view target) const {
  // Nothing else that this key signs begins so. No field can hold a line's end: ids have no control
  // characters, the challenge is base64, and a request's first line is one line.
  std::string text = "xalink measure 1\n";
  text.append(node.group).append("\n").append(node.node).append("\n").append(challenge).append("\n");
  text.append(method).append(" ").append(target).append("\n");
  return text;
}

bool MeasurePass::verifies(std::string_view method, std::string_view target) const {
  const auto key = PublicKey::from_der(public_key);
  return key && key->verifies(signed_text(method, target), signature);
}

std::string MeasurePass::to_header() const {
  std::string value(kMeasureScheme);
  char before = ' ';
  for (const std::string* field :
       {&node.group, &node.node, &challenge, &public_key, &certificate, &signature}) {
    value += before;
    value += to_base64(*field);
    before = kBetween;
  }
  return value;
}

std::optional<MeasurePass> MeasurePass::from_header(std::string_view value) {
  const auto space = value.find(' ');
  if (space == std::string_view::npos || value.substr(0, space) != kMeasureScheme) return std::nullopt;
  value.remove_prefix(space + 1);
  std::array<std::string, kFields> fields;
  for (std::size_t i = 0; i < kFields; ++i) {
    const auto end = value.find(kBetween);
    const bool last = i + 1 == kFields;
    if (last != (end == std::string_view::npos)) return std::nullopt;
    const auto text = value.substr(0, end);
    fields[i] = from_base64(text);
    if (fields[i].empty() && !text.empty()) return std::nullopt;
    if (!last) value.remove_prefix(end + 1);
  }
  MeasurePass pass;
  pass.node = {std::move(fields[0]), std::move(fields[1])};
  pass.challenge = std::move(fields[2]);
  pass.public_key = std::move(fields[3]);
  pass.certificate = std::move(fields[4]);
  pass.signature = std::move(fields[5]);
  return pass;
}

Result<MeasurePass> make_pass(const NodeId& node, std::string challenge, const SigningKey& key,
                              std::string certificate, std::string_view method, std::string_view target) {
  MeasurePass pass;
  pass.node = node;
  pass.challenge = std::move(challenge);
  pass.public_key = key.public_key().der();
  pass.certificate = std::move(certificate);
  auto signature = key.sign(pass.signed_text(method, target));
  if (!signature) return Unexpected(signature.error());
  pass.signature = std::move(*signature);
  return pass;
}

}  // namespace xalink
