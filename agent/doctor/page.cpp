#include "agent/doctor/page.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "sparkplug/time_text.hpp"
#include "sparkplug/version.hpp"

namespace xalink {
namespace {

namespace json = boost::json;

struct Look {
  const char* sign;
  const char* colour;
};
Look look_of(Mark mark) {
  switch (mark) {
    case Mark::good: return {"✓", "\x1b[32m"};
    case Mark::notable: return {"!", "\x1b[33m"};
    case Mark::wrong: return {"✗", "\x1b[1;31m"};
    case Mark::unchecked: return {"-", "\x1b[2m"};
  }
  return {"-", ""};
}

Said title_of(Part part) {
  switch (part) {
    case Part::board: return {"Board", "Máy"};
    case Part::program: return {"Program", "Chương trình"};
    case Part::way: return {"Way to the province", "Đường tới tỉnh"};
  }
  return {};
}

/// In characters: what is composed of several is not used here.
std::size_t width_of(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  }));
}

/// What stands in a line of the page must stay in it, wherever it came from.
std::string in_one_line(std::string text) {
  std::replace_if(
      text.begin(), text.end(),
      [](char byte) { return static_cast<unsigned char>(byte) < 0x20 || byte == '\x7F'; }, ' ');
  return text;
}

json::object both(const Said& said) {
  return {{"en", said.english}, {"vi", said.vietnamese}};
}

}  // namespace

std::string findings_as_text(const Diagnosis& diagnosis, const PageHead& head, Language language,
                             Colours colours) {
  const auto painted = [&](const std::string& text, const char* colour) {
    return colours == Colours::terminal ? colour + text + "\x1b[0m" : text;
  };
  constexpr const char* kBold = "\x1b[1m";
  std::string page = "xalink-agent doctor " + std::string(kVersion);
  if (!head.site.empty()) page += ", " + head.site;
  page += ", " + local_text(head.at, "%Y-%m-%d %H:%M:%S") + "\n";
  constexpr std::size_t kWidest = 28;
  for (const Part part : kParts) {
    page += "\n" + painted(title_of(part).in(language), kBold) + "\n";
    std::size_t width = 0;
    for (const auto& line : diagnosis.findings) {
      if (line.part == part) width = std::max(width, std::min(kWidest, width_of(line.name.in(language))));
    }
    for (const auto& line : diagnosis.findings) {
      if (line.part != part) continue;
      const auto& name = line.name.in(language);
      const auto look = look_of(line.mark);
      page += "  " + painted(look.sign, look.colour) + " " + in_one_line(name);
      page += std::string(width > width_of(name) ? width - width_of(name) : 0, ' ') + "  ";
      page += in_one_line(line.reason.in(language)) + "\n";
      if (!line.next.empty() && line.mark != Mark::good)
        page += "      → " + in_one_line(line.next.in(language)) + "\n";
    }
  }
  const auto wrong = diagnosis.count(Mark::wrong);
  const auto notable = diagnosis.count(Mark::notable);
  const Said reaches = Said("The office reaches: ", "Kết nối tới: ") + name_of(diagnosis.reached);
  page += "\n" + reaches.in(language) + "\n";
  if (wrong == 0 && notable == 0) {
    page += painted(Said("All is well.", "Mọi thứ đều tốt.").in(language), "\x1b[32m") + "\n";
    return page;
  }
  const Said counts(std::to_string(wrong) + " wrong (✗), " + std::to_string(notable) + " to see to (!), " +
                        std::to_string(diagnosis.count(Mark::good)) + " well (✓), " +
                        std::to_string(diagnosis.count(Mark::unchecked)) + " not checked (-)",
                    std::to_string(wrong) + " lỗi (✗), " + std::to_string(notable) + " cần để ý (!), " +
                        std::to_string(diagnosis.count(Mark::good)) + " tốt (✓), " +
                        std::to_string(diagnosis.count(Mark::unchecked)) + " chưa kiểm tra (-)");
  page += counts.in(language) + "\n";
  if (const auto* first = diagnosis.first_wrong()) {
    const Said begin = Said("Begin with: ", "Bắt đầu từ: ") + first->name + ". " + first->next;
    page += painted(in_one_line(begin.in(language)), kBold) + "\n";
  }
  return page;
}

std::string findings_as_json(const Diagnosis& diagnosis, const PageHead& head) {
  json::object root;
  root["version"] = kVersion;
  root["site"] = head.site.empty() ? json::value(nullptr) : json::value(head.site);
  root["at"] = utc_text(head.at, "%Y-%m-%dT%H:%M:%SZ");
  const auto* first = diagnosis.first_wrong();
  root["well"] = first == nullptr;
  root["reaches"] = std::string(to_string(diagnosis.reached));
  root["begin_with"] = first == nullptr ? json::value(nullptr) : json::value(first->id);
  json::array findings;
  for (const auto& line : diagnosis.findings) {
    findings.push_back(json::object({{"id", line.id},
                                     {"part", std::string(to_string(line.part))},
                                     {"mark", std::string(to_string(line.mark))},
                                     {"name", both(line.name)},
                                     {"reason", both(line.reason)},
                                     {"next", both(line.next)}}));
  }
  root["findings"] = std::move(findings);
  return json::serialize(root);
}

}  // namespace xalink
