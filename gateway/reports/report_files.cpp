#include "gateway/reports/report_files.hpp"

#include <unistd.h>

#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <string>
#include <system_error>
#include <utility>

#include "gateway/reports/csv_writer.hpp"
#include "gateway/reports/html_writer.hpp"
#include "gateway/reports/json_writer.hpp"
#include "gateway/reports/xlsx_writer.hpp"
#include "sparkplug/said.hpp"
#include "sparkplug/stick_file.hpp"

namespace xalink::reports {
namespace {

constexpr std::array<std::pair<Format, std::string_view>, 5> kNames{{{Format::xlsx, "xlsx"},
                                                                     {Format::html, "html"},
                                                                     {Format::csv, "csv"},
                                                                     {Format::geojson, "geojson"},
                                                                     {Format::json, "json"}}};

struct NamedBytes {
  std::string name;
  std::string bytes;
};

Result<std::vector<NamedBytes>> files_of(const Document& document, Format format, Language language) {
  const auto stem = file_stem(document);
  const auto in_language = stem + (language == Language::vietnamese ? "-vi" : "-en");
  std::vector<NamedBytes> files;
  switch (format) {
    case Format::xlsx: {
      auto bytes = as_xlsx(document, language);
      if (!bytes) return Unexpected(bytes.error());
      files.push_back({in_language + ".xlsx", std::move(*bytes)});
      break;
    }
    case Format::html: files.push_back({in_language + ".html", as_html(document, language)}); break;
    case Format::csv:
      for (auto& file : as_csv(document, language)) {
        files.push_back({in_language + "-" + file.name + ".csv", std::move(file.text)});
      }
      break;
    case Format::geojson: files.push_back({stem + ".geojson", as_geojson(document)}); break;
    case Format::json: files.push_back({stem + ".json", as_json(document)}); break;
  }
  return files;
}

Result<void> write_whole(const std::filesystem::path& file, std::string_view bytes) {
  auto out = StickFile::create(file);
  if (!out) return Unexpected(out.error());
  if (auto written = (*out)->write(bytes); !written) return written;
  return (*out)->finish();
}

}  // namespace

std::string_view to_string(Format format) {
  for (const auto& [each, name] : kNames) {
    if (each == format) return name;
  }
  return {};
}

std::optional<Format> format_named(std::string_view name) {
  for (const auto& [format, each] : kNames) {
    if (each == name) return format;
  }
  return std::nullopt;
}

Result<void> make_folder(const std::filesystem::path& folder) {
  const Said next{"name a folder where you may write", "chọn một thư mục được phép ghi"};
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error || !std::filesystem::is_directory(folder, error)) {
    return Unexpected(refusal("-o " + folder.string(),
                              Said("cannot be made a folder", "không tạo được thư mục") +
                                  (error ? ": " + error.message() : std::string()),
                              next));
  }
  if (::access(folder.c_str(), W_OK | X_OK) != 0) {
    return Unexpected(refusal("-o " + folder.string(),
                              Said("cannot be written to: ", "không ghi được: ") + std::strerror(errno),
                              next));
  }
  return {};
}

Result<std::vector<std::filesystem::path>> write_report(const Document& document,
                                                        const std::vector<Format>& formats, Language language,
                                                        const std::filesystem::path& folder,
                                                        ProgressBar& progress) {
  const auto flaw = flaw_of(document);
  assert(flaw.empty());
  if (auto made = make_folder(folder); !made) return Unexpected(made.error());
  std::vector<std::filesystem::path> written;
  for (std::size_t i = 0; i < formats.size(); ++i) {
    progress.show(i, formats.size());
    const auto files = files_of(document, formats[i], language);
    if (!files) return Unexpected(files.error());
    for (const auto& file : *files) {
      if (auto done = write_whole(folder / file.name, file.bytes); !done) return Unexpected(done.error());
      written.push_back(folder / file.name);
    }
  }
  return written;
}

}  // namespace xalink::reports
