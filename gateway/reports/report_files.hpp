#pragma once
// A report on the disk.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

#include "gateway/reports/document.hpp"
#include "sparkplug/language.hpp"
#include "sparkplug/progress_bar.hpp"
#include "sparkplug/result.hpp"

namespace xalink::reports {

enum class Format : std::uint8_t { xlsx, html, csv, geojson, json };

[[nodiscard]] std::string_view to_string(Format format);
[[nodiscard]] std::optional<Format> format_named(std::string_view name);

/// Makes `folder` when it is not there. Fails when it is none or may not be written to.
[[nodiscard]] Result<void> make_folder(const std::filesystem::path& folder);
/// Writes the report in each of the formats into `folder`, which is made when it is not there, and gives the
/// files' names. Each is there whole or not at all, in place of an older one of its name:
/// fleet-2024-Q3-commune-vi.xlsx, .html; -vi-TABLE.csv for each table; without the language .json, .geojson.
[[nodiscard]] Result<std::vector<std::filesystem::path>> write_report(const Document& document,
                                                                      const std::vector<Format>& formats,
                                                                      Language language,
                                                                      const std::filesystem::path& folder,
                                                                      ProgressBar& progress);

}  // namespace xalink::reports
