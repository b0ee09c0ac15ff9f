#include "sparkplug/stick_file.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <limits>
#include <system_error>
#include <utility>

#include "sparkplug/folder.hpp"
#include "sparkplug/said.hpp"

namespace xalink {
namespace {

constexpr std::size_t kBuffer = std::size_t{256} * 1024;

Said next_for(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return {"Free space there, or use another stick", "Giải phóng chỗ ở đó, hoặc dùng USB khác"};
    case EFBIG:
      return {"The file system takes no file this large (FAT: 4 GiB): use one with exFAT or ext4",
              "Hệ thống tệp không nhận tệp lớn như vậy (FAT: 4 GiB): dùng exFAT hoặc ext4"};
    case EIO:
    case ENODEV:
    case ENXIO:
    case ESTALE:
      return {"Was the stick pulled out? Plug it in again and repeat the command; else use another",
              "USB có bị rút ra không? Cắm lại rồi chạy lại lệnh; nếu không được, dùng USB khác"};
    case EROFS:
      return {"The stick is read-only: move its switch, or mount it for writing",
              "USB chỉ đọc: gạt khóa của nó, hoặc gắn lại ở chế độ ghi"};
    case EACCES:
    case EPERM:
      return {"Run this as root, or choose a folder where you may write",
              "Chạy lệnh này bằng root, hoặc chọn thư mục bạn được ghi"};
    case ENOENT:
      return {"See that the folder exists and the stick is mounted",
              "Kiểm tra thư mục có tồn tại và USB đã được gắn"};
    case ENAMETOOLONG:
    case EINVAL:
      return {"Choose a shorter name of letters, digits, '-' and '_'",
              "Chọn tên ngắn hơn, chỉ gồm chữ cái, chữ số, '-' và '_'"};
    default: return {"Check the stick and repeat the command", "Kiểm tra USB rồi chạy lại lệnh"};
  }
}

Said cannot_be(StickAttempt attempt) {
  switch (attempt) {
    case StickAttempt::read: return {"cannot be read: ", "không đọc được: "};
    case StickAttempt::written: return {"cannot be written: ", "không ghi được: "};
    case StickAttempt::named: return {"cannot be given its name: ", "không đặt được tên: "};
  }
  return {};
}

}  // namespace

Error stick_error(const std::filesystem::path& file, StickAttempt attempt, int code) {
  return refusal(file.string(), cannot_be(attempt) + std::generic_category().message(code), next_for(code));
}

Result<std::unique_ptr<StickFile>> StickFile::create(const std::filesystem::path& file) {
  struct stat there {};
  if (::lstat(file.c_str(), &there) == 0 && !S_ISREG(there.st_mode)) {
    return Unexpected(refusal(
        file.string(), {"is there already and is no ordinary file", "đã có ở đó và không phải tệp thường"},
        {"Choose another name", "Chọn tên khác"}));
  }
  auto partial = file;
  partial += ".partial";
  const int descriptor =
      ::open(partial.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0644);
  if (descriptor < 0) return Unexpected(stick_error(file, StickAttempt::written, errno));
  std::unique_ptr<StickFile> opened(new StickFile(file, partial, descriptor));
  // File systems without locks have nobody who holds one.
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
    opened->partial_.clear();  // the other's
    return Unexpected(refusal(file.string(),
                              {"is being written by somebody else now", "đang có chương trình khác ghi"},
                              {"Wait for that to end", "Chờ việc đó xong"}));
  }
  struct stat locked {};
  struct stat named {};
  if (::fstat(descriptor, &locked) != 0 || ::stat(partial.c_str(), &named) != 0 ||
      locked.st_ino != named.st_ino || !S_ISREG(locked.st_mode)) {
    opened->partial_.clear();  // what we hold got another name meanwhile
    return Unexpected(refusal(file.string(),
                              {"was being written by somebody else", "vừa có chương trình khác ghi"},
                              {"Look at it, and try again", "Xem lại tệp rồi thử lại"}));
  }
  if (::ftruncate(descriptor, 0) != 0) return Unexpected(stick_error(file, StickAttempt::written, errno));
  return opened;
}

StickFile::StickFile(std::filesystem::path file, std::filesystem::path partial, int descriptor)
    : file_(std::move(file)), partial_(std::move(partial)), descriptor_(descriptor) {}

StickFile::~StickFile() {
  if (!partial_.empty()) ::unlink(partial_.c_str());
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<void> StickFile::write(std::string_view bytes) {
  buffer_ += bytes;
  if (buffer_.size() < kBuffer) return {};
  return flush();
}

Result<void> StickFile::flush() {
  std::string_view left = buffer_;
  while (!left.empty()) {
    const auto written = ::write(descriptor_, left.data(), left.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0)
      return Unexpected(stick_error(file_, StickAttempt::written, written < 0 ? errno : ENOSPC));
    left.remove_prefix(static_cast<std::size_t>(written));
  }
  buffer_.clear();
  return {};
}

Result<void> StickFile::finish() {
  if (auto flushed = flush(); !flushed) return flushed;
  if (::fsync(descriptor_) != 0) return Unexpected(stick_error(file_, StickAttempt::written, errno));
  const int descriptor = std::exchange(descriptor_, -1);
  if (::close(descriptor) != 0) return Unexpected(stick_error(file_, StickAttempt::written, errno));
  if (::rename(partial_.c_str(), file_.c_str()) != 0)
    return Unexpected(stick_error(file_, StickAttempt::named, errno));
  partial_.clear();
  const int folder = ::open(folder_of(file_).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) return Unexpected(stick_error(file_, StickAttempt::named, errno));
  // On FAT the table of clusters is no part of the folder.
  int code = ::syncfs(folder) == 0 ? 0 : errno;
  ::close(folder);
  if (code == 0) code = sync_names(folder_of(file_));
  if (code != 0) return Unexpected(stick_error(file_, StickAttempt::named, code));
  return {};
}

std::uint64_t StickFile::free_bytes() const {
  struct statvfs space {};
  if (descriptor_ < 0 || ::fstatvfs(descriptor_, &space) != 0 || space.f_blocks == 0)
    return std::numeric_limits<std::uint64_t>::max();
  return std::uint64_t{space.f_bavail} * space.f_frsize;
}

Result<std::unique_ptr<StickSource>> StickSource::open(const std::filesystem::path& file) {
  // Not waiting for a pipe's other end.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return Unexpected(stick_error(file, StickAttempt::read, errno));
  return adopt(descriptor, file.string());
}

Result<std::unique_ptr<StickSource>> StickSource::adopt(int descriptor, std::string name) {
  std::unique_ptr<StickSource> source(new StickSource(descriptor, std::move(name), 0));
  struct stat what {};
  if (::fstat(descriptor, &what) != 0)
    return Unexpected(stick_error(source->name_, StickAttempt::read, errno));
  if (!S_ISREG(what.st_mode)) {
    return Unexpected(refusal(source->name_,
                              S_ISDIR(what.st_mode) ? Said{"is a folder", "là thư mục"}
                                                    : Said{"is no ordinary file", "không phải tệp thường"},
                              {"Name the file in it, or copy it to one first",
                               "Nêu tên tệp trong đó, hoặc chép ra một tệp trước"}));
  }
  source->size_ = static_cast<std::uint64_t>(what.st_size);
  return source;
}

StickSource::StickSource(int descriptor, std::string name, std::uint64_t size)
    : descriptor_(descriptor), name_(std::move(name)), size_(size) {}

StickSource::~StickSource() {
  ::close(descriptor_);
}

Result<std::size_t> StickSource::read(char* to, std::size_t most) {
  for (;;) {
    const auto got = ::pread(descriptor_, to, most, static_cast<off_t>(at_));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      failed_ = true;
      return Unexpected(stick_error(name_, StickAttempt::read, errno));
    }
    at_ += static_cast<std::uint64_t>(got);
    return static_cast<std::size_t>(got);
  }
}

}  // namespace xalink
