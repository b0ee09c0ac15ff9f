#pragma once
// Files of the registry read, put together with the rows that are held, and judged.

#include <cstdint>
#include <filesystem>
#include <vector>

#include "gateway/registry/entry.hpp"
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

/// Fails when a file cannot be read at all.
[[nodiscard]] Result<JudgedFiles> judge_files(const std::vector<std::filesystem::path>& files,
                                              const std::vector<Entry>& held, bool replace,
                                              TextEncoding encoding);

}  // namespace xalink::registry
