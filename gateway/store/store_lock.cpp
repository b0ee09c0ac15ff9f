#include "gateway/store/store_lock.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "sparkplug/said.hpp"

namespace xalink::store {
namespace {

std::filesystem::path lock_file(const std::filesystem::path& store) {
  auto file = store;
  file += ".lock";
  return file;
}

// Open-file-description locks: unlike the older kind they also keep two owners in one process apart.
struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

Said advice_on(int reason) {
  switch (reason) {
    case ENOSPC:
    case EDQUOT:
      return {
          "Free space on this disk: nothing is lost, the boards keep their records until it can be stored",
          "Giải phóng chỗ trên đĩa này: không mất gì, các máy giữ bản ghi cho tới khi lưu được"};
    case EROFS:
      return {
          "Mount its file system for writing; dmesg tells why it is read-only. Nothing is lost while the "
          "boards keep their records",
          "Gắn lại hệ thống tệp ở chế độ ghi; dmesg cho biết vì sao nó chỉ đọc. Không mất gì khi các máy "
          "còn giữ bản ghi"};
    case EIO:
      return {"Look at the disk (dmesg, smartctl): nothing is lost while the boards keep their records",
              "Kiểm tra đĩa (dmesg, smartctl): không mất gì khi các máy còn giữ bản ghi"};
    default:
      return {"Create the folder, or let the gateway's user write in it",
              "Tạo thư mục, hoặc cho người dùng của gateway được ghi vào đó"};
  }
}

// Two lines: the owner's process id, and kStoreNote as soon as there is a store.
constexpr std::string_view kStoreNote = "there is a store\n";

std::string text_of(int file) {
  std::array<char, 64> text{};
  const auto size = ::pread(file, text.data(), text.size(), 0);
  return size <= 0 ? std::string() : std::string(text.data(), static_cast<std::size_t>(size));
}

Said owner_of(int file) {
  const auto text = text_of(file);
  if (text.empty()) return {"another process", "một tiến trình khác"};
  return Said("process ", "tiến trình ") + text.substr(0, text.find('\n'));
}

}  // namespace

Result<StoreLock> StoreLock::take(const std::filesystem::path& store) {
  const auto path = lock_file(store);
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file < 0) {
    const int reason = errno;
    return Unexpected(
        refusal(path.string(),
                Said("cannot be opened: ", "không mở được: ") + std::generic_category().message(reason),
                advice_on(reason)));
  }
  auto lock = whole_file();
  if (::fcntl(file, F_OFD_SETLK, &lock) != 0) {
    const auto owner = owner_of(file);
    ::close(file);
    return Unexpected(refusal(store.string(),
                              Said("the store is in use by another xalink-gateway (",
                                   "kho dữ liệu đang được một xalink-gateway khác dùng (") +
                                  owner + ")",
                              {"Stop that one first, or give this one a store of its own",
                               "Dừng chương trình đó trước, hoặc khai báo kho riêng cho chương trình này"}));
  }
  StoreLock taken(file, text_of(file).find(kStoreNote) != std::string::npos);
  taken.write_note();
  return taken;
}

void StoreLock::note_store() {
  if (std::exchange(knows_store_, true)) return;
  write_note();
  // Refused: the note is on its way to the disk all the same, and the store itself is what must last.
  (void)::fdatasync(file_);
}

void StoreLock::write_note() const {
  auto text = std::to_string(::getpid()) + "\n";
  if (knows_store_) text += kStoreNote;
  // The number is a courtesy to whoever is refused; the lock does not depend on it. Written over what was
  // there before that is cut off: a note survives whatever happens between.
  if (::pwrite(file_, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) return;
  if (::ftruncate(file_, static_cast<off_t>(text.size())) != 0) return;
}

StoreLock::StoreLock(StoreLock&& other) noexcept
    : file_(std::exchange(other.file_, -1)), knows_store_(other.knows_store_) {}

StoreLock::~StoreLock() {
  if (file_ >= 0) ::close(file_);
}

StoreInUse is_in_use(const std::filesystem::path& store) {
  const int file = ::open(lock_file(store).c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return errno == ENOENT ? StoreInUse::no : StoreInUse::unknown;
  auto lock = whole_file();
  const int asked = ::fcntl(file, F_OFD_GETLK, &lock);
  ::close(file);
  if (asked != 0) return StoreInUse::unknown;
  return lock.l_type == F_UNLCK ? StoreInUse::no : StoreInUse::yes;
}

}  // namespace xalink::store
