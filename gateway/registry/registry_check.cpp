#include "gateway/registry/registry_check.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <utility>

#include "gateway/registry/registry.hpp"
#include "gateway/registry/service_check.hpp"
#include "sparkplug/text_form.hpp"

namespace xalink::registry {
namespace {

Said shown(const Place& place) {
  if (place.line > 0) return Said::same(place.file + ":" + std::to_string(place.line));
  return told_place(place);
}
/// Of a row that stands in no line: which one it is.
Said named(const Entry& row) {
  std::string key;
  const auto& columns = shape_of(row.kind).columns;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i].key && !row.fields.at(i).empty()) key += " " + row.fields.at(i);
  }
  return Said("row", "dòng") + key + Said(" of the table ", " của bảng ") +
         std::string(shape_of(row.kind).name) + ": ";
}
/// Which of two rows that do not go together is to be mended: rather one of a file than one that is held.
std::pair<const Entry*, const Entry*> to_mend_first(const Entry* later, const Entry* earlier) {
  if (later->place.line == 0 && earlier->place.line > 0) return {earlier, later};
  return {later, earlier};
}
std::string shown(const Period& period) {
  return (period.first ? date_text(*period.first) : "...") + " – " +
         (period.last ? date_text(*period.last) : "...");
}

class Check {
 public:
  explicit Check(const RowsToCheck& rows) : rows_(rows) {}

  std::vector<Mistake> run() {
    take_rows();
    for (const Entry* commune : communes_) check_commune(*commune);
    for (const Entry& row : rows_.alone) check_days(row);
    check_validity_overlaps();
    check_names();
    check_words("district_code", "district", true);
    check_words("province_code", "province", false);
    for (const Entry* zone : of_[static_cast<std::size_t>(Kind::zones)]) check_zone(*zone);
    check_overlaps(Kind::zones, "zone_from", "zone_to",
                   [](const Entry& zone) { return commune_key_of(zone).to_string(); });
    for (const Entry* village : of_[static_cast<std::size_t>(Kind::villages)]) {
      refer_to_commune(*village);
      check_not_to_come(*village, "date");
    }
    for (const Entry* site : of_[static_cast<std::size_t>(Kind::sites)]) check_site(*site);
    check_overlaps(Kind::sites, "from", "to", [](const Entry& site) { return site.at("site"); });
    for (const Entry* line : of_[static_cast<std::size_t>(Kind::lines)]) check_line(*line);
    check_overlaps(Kind::lines, "from", "to",
                   [](const Entry& line) { return line.at("site") + " " + line.at("technology"); });
    check_services();
    return std::move(mistakes_);
  }

 private:
  void tell(const Entry& entry, std::string_view column, Said what, Said next, bool warning = false) {
    if (entry.place.line == 0) what = named(entry) + what;
    mistakes_.push_back({entry.place, 0, std::string(column), std::move(what), std::move(next), warning});
  }

  void take_rows() {
    std::map<std::pair<Kind, std::string>, const Entry*> seen;
    for (const auto& entry : rows_.entries) {
      const auto [first, is_new] = seen.try_emplace({entry.kind, entry.key()}, &entry);
      if (!is_new) {
        const auto& columns = shape_of(entry.kind).columns;
        const auto key = std::ranges::find_if(columns, &Column::key);
        tell(entry, key->name,
             Said("this row stands already at ", "dòng này đã có tại ") + shown(first->second->place),
             {"keep one of them", "giữ lại một dòng"});
        continue;
      }
      of_[static_cast<std::size_t>(entry.kind)].push_back(&entry);
      if (entry.kind == Kind::communes) {
        communes_.push_back(&entry);
        by_key_.emplace(commune_key_of(entry), &entry);
      }
      if (entry.kind == Kind::sites) sites_.insert(entry.at("site"));
    }
  }

  bool half_read(const CommuneKey& key) const {
    const std::string text = key.code + '\x1f' + (key.valid_from ? date_text(*key.valid_from) : "") + '\x1f';
    return rows_.half_read.contains(text);
  }

  /// Of a row that is judged by itself alone.
  void check_days(const Entry& row) {
    switch (row.kind) {
      case Kind::communes: forward(row, "valid_from", "valid_to"); break;
      case Kind::zones: forward(row, "zone_from", "zone_to"); break;
      case Kind::sites:
      case Kind::lines:
      case Kind::office_hours:
      case Kind::procedures:
      case Kind::official: forward(row, "from", "to"); break;
      case Kind::villages:
      case Kind::calendar:
      case Kind::tasks:
      case Kind::targets:
      case Kind::scores:
      case Kind::score_bands: break;
    }
  }

  bool forward(const Entry& entry, std::string_view first, std::string_view last) {
    const auto period = period_of(entry, first, last);
    if (!period.first || !period.last || *period.first <= *period.last) return true;
    tell(entry, last,
         {date_text(*period.last) + " is before " + std::string(first) + " " + date_text(*period.first),
          date_text(*period.last) + " sớm hơn " + std::string(first) + " " + date_text(*period.first)},
         {"swap or mend the days", "đổi lại hoặc sửa ngày"});
    return false;
  }

  /// A survey of 2099 would be the newest for ever. Of rows that are held a warning: whoever brings other
  /// rows is not to be stopped by them.
  void check_not_to_come(const Entry& entry, std::string_view column) {
    const auto day = read_date(entry.at(column));
    if (!day || !rows_.today || *day <= *rows_.today) return;
    const auto today = date_text(*rows_.today);
    tell(entry, column,
         {date_text(*day) + " is still to come (today is " + today + ")",
          date_text(*day) + " chưa đến (hôm nay là " + today + ")"},
         {"give the day of the figure; or look at this machine's clock",
          "ghi ngày của số liệu; hoặc kiểm tra đồng hồ của máy này"},
         entry.place.line == 0);
  }

  void check_commune(const Entry& entry) {
    const auto key = commune_key_of(entry);
    const auto period = period_of(entry, "valid_from", "valid_to");
    forward(entry, "valid_from", "valid_to");
    check_not_to_come(entry, "population_date");
    if (entry.at("latitude").empty() != entry.at("longitude").empty()) {
      tell(entry, entry.at("latitude").empty() ? "latitude" : "longitude",
           {"is empty while its other half is there", "để trống trong khi tọa độ kia có"},
           {"give both or neither", "ghi cả hai hoặc bỏ trống cả hai"});
    }
    const auto successors = successors_of(entry);
    if (!successors.empty() && !period.last) {
      tell(entry, "valid_to",
           {"is empty although the row names successors", "để trống trong khi đã ghi đơn vị thay thế"},
           {"give its last day in force", "ghi ngày cuối cùng còn hiệu lực"});
    }
    if (successors.empty() && period.last) {
      tell(entry, "successors",
           {"is empty although the unit ended on " + date_text(*period.last),
            "để trống trong khi đơn vị hết hiệu lực ngày " + date_text(*period.last)},
           {"name what replaced it, or its figures end there",
            "ghi đơn vị thay thế, nếu không số liệu sẽ dừng tại đó"},
           true);
    }
    std::set<CommuneKey> named;
    for (const auto& successor : successors) {
      if (successor == key) {
        tell(entry, "successors", {"the unit is named as its own successor", "đơn vị tự thay thế chính mình"},
             {"mend the code or the day", "sửa mã hoặc ngày"});
      } else if (!named.insert(successor).second) {
        tell(entry, "successors",
             {successor.to_string() + " is named twice", successor.to_string() + " bị ghi hai lần"},
             {"keep one", "giữ lại một"});
      } else if (!by_key_.contains(successor) && !half_read(successor)) {
        tell(entry, "successors",
             {"there is no unit " + successor.to_string(), "không có đơn vị " + successor.to_string()},
             {"add its row, or mend code and day" +
                  same_code(successor.code, "; this code is in force from: "),
              "thêm dòng của đơn vị đó, hoặc sửa mã và ngày" +
                  same_code(successor.code, "; mã này có hiệu lực từ: ")});
      } else if (period.last && successor.valid_from &&
                 *successor.valid_from != *period.last + std::chrono::days(1)) {
        tell(entry, "successors",
             {successor.to_string() + " does not begin on the day after " + date_text(*period.last),
              successor.to_string() + " không bắt đầu ngay sau ngày " + date_text(*period.last)},
             {"days must follow without a gap: mend valid_to here or valid_from there",
              "các ngày phải liền nhau: sửa valid_to ở đây hoặc valid_from ở kia"});
      }
    }
  }

  std::string same_code(const std::string& code, const std::string& before) const {
    std::string text;
    for (const auto& [key, entry] : by_key_) {
      if (key.code != code) continue;
      text += (text.empty() ? before : ", ") + (key.valid_from ? date_text(*key.valid_from) : "...");
    }
    return text;
  }

  void check_validity_overlaps() {
    check_overlaps(Kind::communes, "valid_from", "valid_to",
                   [](const Entry& entry) { return entry.at("code"); });
  }

  /// Rows of one owner may not hold on the same day.
  template <class Owner>
  void check_overlaps(Kind kind, std::string_view first, std::string_view last, Owner owner) {
    std::map<std::string, std::vector<const Entry*>> of_owner;
    for (const Entry* entry : of_[static_cast<std::size_t>(kind)]) of_owner[owner(*entry)].push_back(entry);
    for (const auto& [name, rows] : of_owner) {
      for (std::size_t i = 1; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          const auto [row, other] = to_mend_first(rows[i], rows[j]);
          const auto held = period_of(*other, first, last);
          if (!period_of(*row, first, last).overlaps(held)) continue;
          tell(*row, first,
               Said("overlaps with ", "trùng thời gian với ") + shown(other->place) + Said(" of ", " của ") +
                   (name + " (" + shown(held) + ")"),
               {"end one on the day before the other begins",
                "cho dòng này kết thúc trước ngày dòng kia bắt đầu"});
        }
      }
    }
  }

  void check_names() {
    std::map<std::pair<std::string, std::string>, std::vector<const Entry*>> alike;
    for (const Entry* entry : communes_) {
      const auto& district =
          entry->at("district_code").empty() ? entry->at("district") : entry->at("district_code");
      alike[{entry->at("province_code") + "/" + folded(district), folded(entry->at("name"))}].push_back(
          entry);
    }
    for (const auto& [name, rows] : alike) {
      for (std::size_t i = 1; i < rows.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
          if (rows[i]->at("code") == rows[j]->at("code")) continue;  // told as an overlap where it is one
          const auto [row, other] = to_mend_first(rows[i], rows[j]);
          const auto valid = period_of(*row, "valid_from", "valid_to");
          if (!valid.overlaps(period_of(*other, "valid_from", "valid_to"))) continue;
          const bool same_type = row->at("type") == other->at("type");
          tell(*row, "name",
               Said(row->at("name") + " is also the name of " + other->at("code") +
                        " in the same district at the same time (",
                    row->at("name") + " cũng là tên của " + other->at("code") +
                        " trong cùng huyện, cùng thời gian (") +
                   shown(other->place) + ")",
               {"mend the name, the district or the days", "sửa tên, huyện hoặc ngày"}, !same_type);
        }
      }
    }
  }

  /// One code, one name; a province's name, one code.
  void check_words(std::string_view code, std::string_view name, bool in_province) {
    std::map<std::string, const Entry*> first;
    std::map<std::string, const Entry*> first_named;
    for (const Entry* entry : communes_) {
      if (entry->at(code).empty() || entry->at(name).empty()) continue;
      const auto key = (in_province ? entry->at("province_code") + "/" : std::string()) + entry->at(code);
      const Entry* known = first.try_emplace(key, entry).first->second;
      if (folded(known->at(name)) != folded(entry->at(name))) {
        tell(
            *entry, name,
            Said(entry->at(name) + " has the code " + entry->at(code) + ", which is " + known->at(name) +
                     " at ",
                 entry->at(name) + " có mã " + entry->at(code) + ", là mã của " + known->at(name) + " tại ") +
                shown(known->place),
            {"mend code or name", "sửa mã hoặc tên"});
      }
      if (in_province) continue;
      known = first_named.try_emplace(folded(entry->at(name)), entry).first->second;
      if (known->at(code) == entry->at(code)) continue;
      tell(
          *entry, code,
          Said(entry->at(name) + " has the code " + entry->at(code) + " here and " + known->at(code) + " at ",
               entry->at(name) + " có mã " + entry->at(code) + " ở đây và " + known->at(code) + " tại ") +
              shown(known->place),
          {"look whether one is a slip", "xem có phải ghi nhầm không"}, true);
    }
  }

  bool refer_to_commune(const Entry& entry) {
    const auto key = commune_key_of(entry);
    if (by_key_.contains(key)) return true;
    if (half_read(key)) return false;
    tell(entry, "code", {"there is no unit " + key.to_string(), "không có đơn vị " + key.to_string()},
         {"give code and valid_from as they stand in the table communes" +
              same_code(key.code, "; this code is in force from: "),
          "ghi mã và ngày hiệu lực đúng như trong bảng communes" +
              same_code(key.code, "; mã này có hiệu lực từ: ")});
    return false;
  }

  void check_zone(const Entry& entry) {
    refer_to_commune(entry);
    forward(entry, "zone_from", "zone_to");
  }

  /// The commune must hold, or have one successor that does, on every day of the row.
  void check_site(const Entry& entry) {
    if (entry.at("latitude").empty() != entry.at("longitude").empty()) {
      tell(entry, entry.at("latitude").empty() ? "latitude" : "longitude",
           {"is empty while its other half is there", "để trống trong khi tọa độ kia có"},
           {"give both or neither", "ghi cả hai hoặc bỏ trống cả hai"});
    }
    check_hours_named(entry);
    if (!forward(entry, "from", "to") || !refer_to_commune(entry)) return;
    const auto period = period_of(entry, "from", "to");
    const Entry* commune = by_key_.at(commune_key_of(entry));
    const auto begin = period_of(*commune, "valid_from", "valid_to").first;
    if (begin && (!period.first || *period.first < *begin)) {
      tell(entry, "from",
           {"is before the unit " + commune_key_of(entry).to_string() + " began",
            "sớm hơn ngày đơn vị " + commune_key_of(entry).to_string() + " có hiệu lực"},
           {"give the row of the earlier days the unit before it",
            "ghi đơn vị trước đó cho những ngày sớm hơn"});
    }
    std::set<const Entry*> passed;
    while (passed.insert(commune).second) {
      const auto end = period_of(*commune, "valid_from", "valid_to").last;
      if (!end || (period.last && *period.last <= *end)) return;
      const auto successors = successors_of(*commune);
      if (successors.size() != 1) {
        tell(entry, "to",
             {"the unit " + commune_key_of(*commune).to_string() + " ended on " + date_text(*end) +
                  (successors.empty() ? " without a successor"
                                      : " and was split: " + commune->at("successors")),
              "đơn vị " + commune_key_of(*commune).to_string() + " hết hiệu lực ngày " + date_text(*end) +
                  (successors.empty() ? ", không có đơn vị thay thế"
                                      : " và được tách: " + commune->at("successors"))},
             {"end the row on that day and add one for the site from the next day on",
              "kết thúc dòng vào ngày đó và thêm một dòng cho điểm này từ ngày hôm sau"});
        return;
      }
      const auto next = by_key_.find(successors.front());
      if (next == by_key_.end()) return;  // told where it is named
      commune = next->second;
    }
  }

  /// Figures would be made by the default hours, and nobody would see why.
  void check_hours_named(const Entry& site) {
    const auto& name = site.at("office_hours");
    const auto& hours = of_[static_cast<std::size_t>(Kind::office_hours)];
    if (name.empty() ||
        std::ranges::any_of(hours, [&](const Entry* row) { return row->at("hours") == name; }))
      return;
    tell(site, "office_hours",
         {"there are no office hours named " + name + ": the default ones hold",
          "không có giờ làm việc tên " + name + ": sẽ dùng giờ mặc định"},
         {"add them to the table office_hours, or mend the name", "thêm vào bảng office_hours, hoặc sửa tên"},
         true);
  }

  void check_line(const Entry& entry) {
    forward(entry, "from", "to");
    if (sites_.contains(entry.at("site")) || rows_.half_read.contains(entry.at("site"))) return;
    tell(entry, "site", {"there is no site " + entry.at("site"), "không có điểm " + entry.at("site")},
         {"add it to the table sites, or mend the id", "thêm vào bảng sites, hoặc sửa mã điểm"});
  }

  void check_services() {
    for (const Kind kind : {Kind::office_hours, Kind::procedures, Kind::official}) {
      for (const Entry* row : of_[static_cast<std::size_t>(kind)]) forward(*row, "from", "to");
    }
    check_overlaps(Kind::office_hours, "from", "to", [](const Entry& row) { return row.at("hours"); });
    check_overlaps(Kind::procedures, "from", "to", [](const Entry& row) { return row.at("procedure"); });
    for (const Kind kind : kKinds) {
      check_service_rows(kind, of_[static_cast<std::size_t>(kind)], mistakes_);
    }
  }

  const RowsToCheck& rows_;
  std::array<std::vector<const Entry*>, kKinds.size()> of_;
  std::vector<const Entry*> communes_;
  std::map<CommuneKey, const Entry*> by_key_;
  std::set<std::string> sites_;
  std::vector<Mistake> mistakes_;
};

}  // namespace

std::vector<Mistake> check_registry(const RowsToCheck& rows) {
  return Check(rows).run();
}

}  // namespace xalink::registry
