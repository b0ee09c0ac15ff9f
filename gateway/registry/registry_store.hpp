#pragma once
// The registry on the disk: one SQLite file, every version of it kept.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "gateway/registry/entry.hpp"
#include "sparkplug/clock.hpp"
#include "sparkplug/result.hpp"

namespace SQLite {
class Database;
}

namespace xalink::registry {

struct ImportedFile {
  std::string name;
  Kind kind = Kind::communes;
  std::string digest;
  std::size_t rows = 0;
};

struct RegistryVersion {
  std::int64_t id = 0;  ///< 0: nothing was imported yet
  WallTime imported{};
  std::string files;  ///< JSON
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t removed = 0;
};

/// What an import would do to the rows that are there.
struct Change {
  std::vector<Entry> added;
  std::vector<Entry> changed;  ///< as they become
  std::vector<Entry> removed;
  std::vector<Entry> result;  ///< all rows afterwards; those of the registry have line 0
  [[nodiscard]] bool empty() const { return added.empty() && changed.empty() && removed.empty(); }
};

/// `tables`: those whose rows are replaced whole; rows of theirs that `incoming` lacks are removed.
[[nodiscard]] Change change_by(const std::vector<Entry>& held, const std::vector<Entry>& incoming,
                               const std::vector<Kind>& replaced_whole);

/// Several processes may read and write at a time. Thread-safety: none.
class RegistryStore {
 public:
  /// Creates the file when it is not there.
  [[nodiscard]] static Result<RegistryStore> open(const std::filesystem::path& file);
  /// Nothing when there is no file: an empty registry.
  [[nodiscard]] static Result<RegistryStore> open_to_read(const std::filesystem::path& file);
  RegistryStore(RegistryStore&&) noexcept;
  RegistryStore& operator=(RegistryStore&&) noexcept;
  ~RegistryStore();

  /// All versions, oldest first.
  [[nodiscard]] Result<std::vector<RegistryVersion>> versions() const;
  /// The newest; id 0 when there is none.
  [[nodiscard]] Result<RegistryVersion> newest() const;
  /// The rows of a version, by table and key.
  [[nodiscard]] Result<std::vector<Entry>> entries(std::int64_t version) const;
  /// One transaction: all of it or nothing. `based_on` must still be the newest version. Nothing to change
  /// makes no version and gives `based_on` back.
  [[nodiscard]] Result<std::int64_t> import(const Change& change, const std::vector<ImportedFile>& files,
                                            std::int64_t based_on, WallTime now);

 private:
  RegistryStore(std::filesystem::path file, std::unique_ptr<SQLite::Database> database);
  std::filesystem::path file_;
  std::unique_ptr<SQLite::Database> database_;  ///< null: an empty registry to read
};

}  // namespace xalink::registry
