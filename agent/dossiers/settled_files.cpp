#include "agent/dossiers/settled_files.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <system_error>

namespace xalink {
namespace {

struct Suffix {
  std::string_view text;
  TableForm form;
};
constexpr std::array<Suffix, 4> kSuffixes = {{{".csv", TableForm::csv},
                                              {".tsv", TableForm::csv},
                                              {".jsonl", TableForm::json_lines},
                                              {".ndjson", TableForm::json_lines}}};
// A folder full of strangers must not fill the status.
constexpr std::size_t kMostWaiting = 20;

bool ends_with(const std::string& name, std::string_view suffix) {
  if (name.size() <= suffix.size()) return false;
  return std::equal(suffix.begin(), suffix.end(), name.end() - static_cast<std::ptrdiff_t>(suffix.size()),
                    [](char wanted, char c) { return (c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c) == wanted; });
}

/// A read lease is granted only while nobody has the file open for writing. Files of other users are refused
/// for another reason, which says nothing.
bool is_open_for_writing(const FileDescriptor& file) {
  if (::fcntl(file.get(), F_SETLEASE, F_RDLCK) == 0) {
    ::fcntl(file.get(), F_SETLEASE, F_UNLCK);
    return false;
  }
  return errno == EAGAIN;
}

/// UTF-16 has a zero byte behind or before it.
bool has_line_end_at_end(const FileDescriptor& file, std::uint64_t size) {
  std::array<char, 2> end{};
  const std::size_t wanted = static_cast<std::size_t>(std::min<std::uint64_t>(size, end.size()));
  const ssize_t got = ::pread(file.get(), end.data(), wanted, static_cast<off_t>(size - wanted));
  if (got <= 0) return false;
  return std::string_view(end.data(), static_cast<std::size_t>(got)).find_first_of("\r\n") !=
         std::string_view::npos;
}

}  // namespace

std::optional<TableForm> form_of(const std::string& name) {
  if (name.empty() || name.front() == '.' || name.front() == '~') return std::nullopt;
  for (const Suffix& suffix : kSuffixes) {
    if (ends_with(name, suffix.text)) return suffix.form;
  }
  return std::nullopt;
}

Result<std::vector<FolderEntry>> list_folder(const std::filesystem::path& folder) {
  std::vector<FolderEntry> entries;
  std::error_code error;
  std::filesystem::directory_iterator entry(folder, error);
  for (; !error && entry != std::filesystem::directory_iterator(); entry.increment(error)) {
    FolderEntry found;
    found.name = entry->path().filename().string();
    if (found.name.front() == '.' || found.name == "done" || found.name == "rejected") continue;
    const Result<FileIdentity> identity = identify(entry->path(), found.regular);
    if (!identity) continue;  // gone again, or out of reach
    found.identity = *identity;
    if (found.regular && form_of(found.name)) {
      const FileDescriptor file(
          ::open(entry->path().c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
      found.open_for_writing = file.get() >= 0 && is_open_for_writing(file);
      found.ends_with_line_end = file.get() >= 0 && has_line_end_at_end(file, identity->size);
    }
    entries.push_back(std::move(found));
  }
  if (!error) return entries;
  return failure(folder.string(), "cannot be listed: " + error.message(),
                 "let the agent's user read the drop folder");
}

std::vector<std::string> SettledFiles::look(const std::vector<FolderEntry>& entries, SteadyTime now) {
  std::vector<std::string> whole;
  std::map<std::string, Seen> seen;
  waiting_.clear();
  for (const FolderEntry& entry : entries) {
    const auto before = seen_.find(entry.name);
    const bool same = before != seen_.end() && before->second.identity == entry.identity;
    const Seen one = same ? before->second : Seen{entry.identity, now};
    if (entry.regular) seen.emplace(entry.name, one);
    const std::string reason = reason_to_wait(entry, one, same, now);
    if (reason.empty()) {
      whole.push_back(entry.name);
    } else if (waiting_.size() < kMostWaiting) {
      waiting_.push_back({entry.name, reason});
    }
  }
  seen_ = std::move(seen);
  std::sort(whole.begin(), whole.end());
  return whole;
}

std::string SettledFiles::reason_to_wait(const FolderEntry& entry, const Seen& seen, bool seen_before,
                                         SteadyTime now) const {
  if (!entry.regular) return "is not a plain file; put the file itself there";
  if (!form_of(entry.name)) {
    return "is not taken by its name; rename it to *.csv or *.jsonl when it is complete";
  }
  if (entry.identity.size == 0) return "is still empty";
  if (entry.open_for_writing) return "is being written";
  const Duration settle = entry.ends_with_line_end ? settle_ : settle_ * kUnfinished;
  if (seen_before && now - seen.since >= settle) return {};
  return entry.ends_with_line_end ? "has to stand still first"
                                  : "ends in the middle of a line; is the rest coming?";
}

bool SettledFiles::is(const std::string& name, const FileIdentity& identity) const {
  const auto seen = seen_.find(name);
  return seen != seen_.end() && seen->second.identity == identity;
}

}  // namespace xalink
