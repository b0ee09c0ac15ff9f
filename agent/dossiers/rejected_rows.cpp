#include "agent/dossiers/rejected_rows.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <utility>

#include "agent/dossiers/source_file.hpp"
#include "sparkplug/utf8.hpp"

namespace xalink {
namespace {

constexpr std::string_view kHeader =
    "\xEF\xBB\xBF"
    "file,line,field,reason,row\r\n";
// Written out when so much has come together, so that a file of bad rows only takes no more memory.
constexpr std::size_t kMaxWaiting = 64 * 1024;

/// One field: broken bytes as U+FFFD, always in quotes. Spreadsheets run what begins with = + - @ even from
/// CSV, and these texts come from others' files.
void append_field(std::string& out, std::string_view text) {
  out += '"';
  if (!text.empty() && std::string_view("=+-@\t").find(text.front()) != std::string_view::npos) out += '\'';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_sequence(text, at);
    if (length == 0) {
      out.append("\xEF\xBF\xBD");
      ++at;
      continue;
    }
    if (text[at] == '"') out += '"';
    out.append(text.substr(at, length));
    at += length;
  }
  out += '"';
}

}  // namespace

RejectedRows::RejectedRows(std::filesystem::path folder, std::string file, std::uint64_t durable_bytes)
    : folder_(std::move(folder)),
      file_name_(std::move(file)),
      part_(part_of(folder_, file_name_)),
      bytes_(durable_bytes) {}

std::filesystem::path RejectedRows::part_of(const std::filesystem::path& folder, std::string_view file) {
  // By digest: the file's own name may already be as long as a name can be.
  PrefixDigest digest;
  digest.add(file);
  return folder / ("." + digest.hex().substr(0, 32) + ".part");
}

Result<void> RejectedRows::add(std::size_t line, std::string_view field, std::string_view reason,
                               std::string_view shown) {
  append_field(waiting_, file_name_);
  waiting_ += ',' + std::to_string(line) + ',';
  append_field(waiting_, field);
  waiting_ += ',';
  append_field(waiting_, reason);
  waiting_ += ',';
  append_field(waiting_, shown);
  waiting_ += "\r\n";
  if (waiting_.size() > kMaxWaiting) return write();
  return {};
}

Result<void> RejectedRows::open() {
  part_file_ = std::make_shared<FileDescriptor>(
      ::open(part_.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640));
  if (part_file_->get() < 0) {
    Unexpected error = system_failure(part_, "cannot be created");
    part_file_.reset();
    return error;
  }
  struct stat status = {};
  if (::fstat(part_file_->get(), &status) != 0) return system_failure(part_, "cannot be looked at");
  // Somebody tidied up the part: a report of the rest is better than none.
  if (static_cast<std::uint64_t>(status.st_size) < bytes_) bytes_ = 0;
  if (::ftruncate(part_file_->get(), static_cast<off_t>(bytes_)) != 0) {
    return system_failure(part_, "cannot be cut to its durable part");
  }
  if (::lseek(part_file_->get(), 0, SEEK_END) < 0) return system_failure(part_, "cannot be appended to");
  if (bytes_ == 0) waiting_.insert(0, kHeader);
  return {};
}

Result<void> RejectedRows::write() {
  if (waiting_.empty()) return {};
  if (!part_file_) {
    if (auto opened = open(); !opened) return opened;
  }
  if (auto written = write_all(*part_file_, waiting_, part_); !written) return written;
  bytes_ += waiting_.size();
  waiting_.clear();
  unsynced_ = true;
  return {};
}

std::function<Result<void>()> RejectedRows::take_sync() {
  if (!std::exchange(unsynced_, false)) return {};
  return [file = part_file_, part = part_, folder = folder_]() -> Result<void> {
    if (::fsync(file->get()) != 0) return system_failure(part, "cannot be made durable");
    return sync_folder(folder);
  };
}

}  // namespace xalink
