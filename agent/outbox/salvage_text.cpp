// A salvage as text: for the note that remembers it, and for people.

#include <charconv>
#include <string_view>

#include "agent/outbox/salvage.hpp"

namespace xalink {
namespace {

constexpr std::string_view kForm = "salvage 1";

std::string one_line(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return text;
}

std::string_view take_line(std::string_view& text) {
  const auto end = text.find('\n');
  const auto line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

bool take_number(std::string_view& text, std::uint64_t& number) {
  const auto line = take_line(text);
  const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
  return error == std::errc{} && end == line.data() + line.size();
}

}  // namespace

std::string to_string(const Salvage& salvage) {
  const auto number = [](std::uint64_t rows) { return std::to_string(rows); };
  std::string text = "the outbox was damaged (" + salvage.reason +
                     ") and has been begun anew: " + number(salvage.salvaged[0]) + " events and " +
                     number(salvage.salvaged[1]) + " measurements salvaged, " + number(salvage.lost[0]) +
                     " and " + number(salvage.lost[1]) + " lost; the damaged file is kept as " +
                     salvage.kept_as;
  if (!salvage.bdseq_known) text += "; bdSeq could not be read and begins at a random number";
  text += ". Next: when this comes again, replace the card or disk; what is kept may be deleted";
  return text;
}

std::string encode(const Salvage& salvage) {
  std::string text(kForm);
  for (const auto& part : {salvage.old_epoch, salvage.new_epoch, salvage.reason, salvage.kept_as}) {
    text += "\n" + one_line(part);
  }
  for (const Lane lane : kLanes) {
    text += "\n" + std::to_string(salvage.salvaged[index(lane)]) + "\n" +
            std::to_string(salvage.lost[index(lane)]);
  }
  return text + (salvage.bdseq_known ? "\n1" : "\n0");
}

Result<Salvage> decode_salvage(std::string_view text) {
  Salvage salvage;
  bool fine = take_line(text) == kForm;
  for (auto* part : {&salvage.old_epoch, &salvage.new_epoch, &salvage.reason, &salvage.kept_as}) {
    *part = std::string(take_line(text));
  }
  for (const Lane lane : kLanes) {
    fine = fine && take_number(text, salvage.salvaged[index(lane)]) &&
           take_number(text, salvage.lost[index(lane)]);
  }
  std::uint64_t known = 0;
  fine = fine && take_number(text, known);
  salvage.bdseq_known = known == 1;
  if (fine) return salvage;
  return failure("the outbox's note on its salvage", "is not in a form that this program knows");
}

}  // namespace xalink
