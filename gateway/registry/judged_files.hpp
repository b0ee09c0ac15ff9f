#pragma once
// Files of the registry read, put together with the rows that are held, and judged.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "gateway/registry/entry.hpp"
#include "gateway/registry/field_text.hpp"
#include "gateway/registry/registry_store.hpp"
#include "sparkplug/result.hpp"
#include "sparkplug/text_encoding.hpp"

namespace xalink::registry {

struct JudgedFiles {
  std::vector<ImportedFile> files;
  Change change;
  std::vector<Mistake> mistakes;  ///< by file and line
  std::size_t errors = 0;         ///< those that are no warnings
};

/// Fails when a file cannot be read at all. `today`: figures of later days are mistakes; nothing: nobody
/// knows the day.
[[nodiscard]] Result<JudgedFiles> judge_files(const std::vector<std::filesystem::path>& files,
                                              const std::vector<Entry>& held, bool replace,
                                              TextEncoding encoding, std::optional<Date> today = {});

}  // namespace xalink::registry
