#pragma once
// xalink-gateway communes check | import | list | template | export | versions.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "sparkplug/clock.hpp"
#include "sparkplug/language.hpp"

namespace xalink {

struct CommunesOrder {
  std::vector<std::filesystem::path> files;
  /// check: judge the files alone, not together with the registry.
  bool alone = false;
  /// import: rows of the files' tables that the files lack are removed.
  bool replace = false;
  std::string encoding = "auto";
  std::string table;                         ///< template, export
  std::optional<std::filesystem::path> out;  ///< export: nothing: standard output
  std::string date;                          ///< list: the day; empty: today
  std::string search;                        ///< list: part of a name, a code, or a district
  bool json = false;
};

// Each prints to standard output, complains on standard error, and gives the exit code.
// `registry_file` is `[registry] file` of the configuration.
int check_communes(const std::filesystem::path& registry_file, const CommunesOrder& order, Language language,
                   const Clock& clock);
int import_communes(const std::filesystem::path& registry_file, const CommunesOrder& order, Language language,
                    const Clock& clock);
int list_communes(const std::filesystem::path& registry_file, const CommunesOrder& order, Language language,
                  const Clock& clock);
int export_communes(const std::filesystem::path& registry_file, const CommunesOrder& order,
                    Language language);
int template_of_communes(const CommunesOrder& order, Language language);
int versions_of_communes(const std::filesystem::path& registry_file, const CommunesOrder& order,
                         Language language);

}  // namespace xalink
