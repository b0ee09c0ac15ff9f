#include "gateway/reports/technology_words.hpp"

#include <map>
#include <string_view>

namespace xalink::reports {

Said words_of_technology(const std::string& technology) {
  static const std::map<std::string_view, Said> words = {
      {"fibre", {"fibre", "cáp quang"}},
      {"ethernet", {"Ethernet", "Ethernet"}},
      {"tslcd", {"dedicated state network (TSLCD)", "mạng truyền số liệu chuyên dùng"}},
      {"wifi", {"Wi-Fi", "Wi-Fi"}},
      {"5g", {"5G", "5G"}},
      {"4g", {"4G", "4G"}},
      {"3g", {"3G", "3G"}},
      {"2g", {"2G", "2G"}},
      {"mobile", {"mobile network", "mạng di động"}},
      {"vsat", {"satellite (VSAT)", "vệ tinh (VSAT)"}},
      {"leo", {"low-orbit satellite", "vệ tinh tầm thấp"}},
      {"other", {"other", "khác"}},
  };
  const auto found = words.find(technology);
  return found == words.end() ? Said::same(technology) : found->second;
}

}  // namespace xalink::reports
